"""A summary counts facts, not passes."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text

from syncd.store import Store
from syncd.sync.counts import Counts, LastJudgement, WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import Place


def test_a_cycle_of_several_rounds_counts_each_account_once(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    counts = run().counts
    with sqlite_store.database.reading() as connection:
        rows = connection.execute(text("SELECT standing, mqls FROM judgement")).all()
    assert dict(counts.standings) == dict(Counter(row.standing for row in rows))
    assert counts.mqls == sum(row.mqls for row in rows) > 0
    assert len(counts.judged) == len(rows)


def test_a_record_that_is_written_twice_in_one_cycle_is_one_record(place: Place, wiring: Wiring) -> None:
    edited: list[str] = []

    def promote(work: str, number: int) -> None:
        """While the first round writes, sales learns what those do whom it wrote: the second round says it anew."""
        if work.startswith("push") and not edited:
            edited.extend(row["Id"] for row in place.rows("Contact") if row.get("Syncd_MQL__c"))
            for id in edited:
                place.edit("Contact", id, Title="Janitor")

    summary = cycle(wiring, Run(progress=promote))
    for object_, name in (("Opportunity", "opportunity"), ("Account", "account"), ("Task", "task")):
        keyed = [row for row in place.rows(object_) if row.get("Syncd_Key__c")]
        assert summary.counts.of(WriteOutcome.CREATED, name) == len(keyed)
    writes = [write["id"] for write in place.sandbox.salesforce.org.writes if write["object"] in OURS]
    shown = sum(number for write, number in summary.counts.writes.items() if write.system == "salesforce")
    assert len(writes) > len(set(writes)) == shown


OURS = ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Task")


def test_counts_of_parts_add_up_and_the_last_judgement_of_an_account_counts() -> None:
    whole, part = Counts(), Counts()
    for counts, key in ((whole, "one"), (part, "another")):
        counts.pulled["hubspot", "contacts"] += 2
        counts.end("salesforce", "task", key, WriteOutcome.CREATED)
    whole.judged["a"] = LastJudgement("in", 2)
    part.judged |= {"a": LastJudgement("out", 0), "b": LastJudgement("in", 1)}
    whole.add(part)
    assert whole.plain() == {
        "streams": {"hubspot.contacts": {"pulled": 4}},
        "golden": {},
        "judged": {"accounts": 2, "standings": {"in": 1, "out": 1}, "mqls": 1},
        "writes": {"salesforce": {"task": {"created": 2}}},
        "touched": 0,
    }


@pytest.mark.parametrize(
    ("outcomes", "counted"),
    [
        ("held refused held", "held"),
        ("refused refused", "refused"),
        ("created held", "created"),
        ("held created changed kept", "created"),
        ("kept changed kept", "changed"),
        ("waiting created uncertain", "created"),
    ],
)
def test_a_wish_is_counted_once_by_what_became_of_it(outcomes: str, counted: str) -> None:
    counts = Counts()
    for outcome in outcomes.split():
        counts.end("salesforce", "opportunity", "bank/fraud", WriteOutcome(outcome))
    assert counts.plain()["writes"] == {"salesforce": {"opportunity": {counted: 1}}}

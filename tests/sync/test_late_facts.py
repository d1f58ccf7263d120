"""What comes late changes what was judged before: the end is that of a syncd that knew everything from the start."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.empty_stores import empty_sqlite
from tests.ledger import find
from tests.sync.conftest import AFTER_A_CYCLE, Place, judge, placed, wired
from tests.sync.remote import tell

LATE = {
    "salesforce users": {"salesforce": ["User"]},
    "hubspot owners": {"hubspot": ["owners"]},
    "all users": {"salesforce": ["User"], "hubspot": ["owners"]},
    "salesforce contacts and leads": {"salesforce": ["Contact", "Lead"]},
    "hubspot contacts": {"hubspot": ["contacts"]},
    "accounts": {"salesforce": ["Account"], "hubspot": ["companies"]},
    "opportunities": {"salesforce": ["Opportunity", "OpportunityContactRole"]},
    "what people did": {"hubspot": ["form_submissions", "email_events", "marketing_events"]},
}


def without_keys(rows: Counter[tuple[object, ...]]) -> Counter[tuple[object, ...]]:
    """Keys are golden ids: the id of whichever record of a person came first."""
    keyed = re.compile(r"\w+\.(contacts|Contact|Lead)/")
    return Counter(tuple(value for value in row if not keyed.search(str(value))) for row in rows.elements())


def judge_what_is_known(wiring: Wiring) -> int:
    """Match and judge; gives how many accounts were judged."""
    match(wiring.store, wiring.readers, Run())
    run = Run()
    judge(wiring.store, wiring.book, wiring.today(), run)
    return len(run.counts.judged)


@pytest.fixture(scope="module")
def wanted(mappings: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[object, ...]]:
    """What the systems say after a run that nothing disturbed."""
    database = tmp_path_factory.mktemp("calm") / "calm.db"
    with placed(database, mappings) as calm:
        undisturbed = Store(empty_sqlite(database))
        cycle(wired(calm, undisturbed), Run())
        undisturbed.close()
        return tell(calm)


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_judged_before_a_stream_was_read_it_ends_as_if_it_had_been(
    place: Place, store: Store, wanted: Counter[tuple[object, ...]], late: dict[str, list[str]]
) -> None:
    """Killed at a bad moment: opportunities without their rep, because Salesforce's users came after the judgement."""
    wiring = wired(place, store)
    wiring.use_agreement()
    for system, source in wiring.sources.items():
        mapping = wiring.mappings[system]
        early = [stream for stream in mapping.streams if stream not in late.get(system, ())]
        pull(source, mapping, store, Run(), streams=early)
    assert judge_what_is_known(wiring) > 0
    for system, streams in late.items():
        pull(wiring.sources[system], wiring.mappings[system], store, Run(), streams=streams)
    assert judge_what_is_known(wiring) > 0
    for system, target in wiring.targets.items():
        assert push(target, wiring.mappings[system], store, wiring.readers, Run()).failure is None
    assert cycle(wiring, Run()).outcome == "done"
    assert without_keys(tell(place)) == without_keys(wanted)


@AFTER_A_CYCLE
def test_a_second_record_of_a_known_person_is_served_though_it_says_nothing_new(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    account = next(one for one in place.rows("Account", Syncd_Standing__c="in") if one["Website"])
    email = "vera.lund@lund-known.example"
    person = {"FirstName": "Vera", "LastName": "Lund", "Email": email, "Phone": "+1 555 010 2000"}
    place.add("Contact", AccountId=account["Id"], **person, Title="Chief Financial Officer")
    run()
    assert find(sqlite_store, "contact", email)
    remote_id = place.portal_add("contacts", email=email, firstname="Vera", lastname="Lund")
    run()
    (record,) = [one for one in place.portal("contacts") if one["id"] == remote_id]
    assert record["properties"].get("syncd_qualification") == "no"


@AFTER_A_CYCLE
@pytest.mark.parametrize("which", ["older", "younger"])
def test_of_two_records_of_one_person_the_one_that_stays_is_kept_true(
    place: Place, run: Callable[..., Summary], which: str
) -> None:
    account = next(one for one in place.rows("Account", Syncd_Standing__c="in") if one["Website"])
    email = "vera.lund@lund-twice.example"
    person = {"FirstName": "Vera", "LastName": "Lund", "Email": email, "Phone": "+1 555 010 2000"}
    twins = [place.add("Contact", AccountId=account["Id"], **person, Title="Chief Financial Officer") for _ in range(2)]
    run()
    gone, stays = twins if which == "older" else reversed(twins)
    place.delete("Contact", gone)
    run()
    (now,) = place.rows("Contact", Id=stays)
    assert now["Syncd_Role__c"], "the role stands on the record that is left"
    assert run().written == 0

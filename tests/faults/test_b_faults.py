"""A fault costs its record: what breaks a batch is found by halving and set aside, and the rest of the day goes on."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from connectors.salesforce.refusals import overload
from syncd.errors import Unavailable
from syncd.matching.evidence import account_tokens
from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.halving import by_halves
from syncd.sync.match import match
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import find, quarantined
from tests.matching.test_golden import READERS, bring, person
from tests.sync.conftest import AFTER_A_CYCLE, Place


@pytest.mark.parametrize(("sqlstate", "fault"), [("54000", True), ("40P01", False), ("53100", False), (None, False)])
def test_a_thing_that_is_too_large_for_the_database_is_set_aside_and_a_database_out_of_order_is_told(
    sqlite_store: Store, sqlstate: str | None, fault: bool
) -> None:
    """An index row of PostgreSQL holds 2,700 bytes: the driver calls that operational, as it does a lost connection."""
    aside: list[int] = []

    def work(things: Sequence[int]) -> int:
        if 7 in things:
            cause = Exception()
            cause.sqlstate = sqlstate  # type: ignore[attr-defined]
            raise OperationalError("INSERT", {}, cause)
        return len(things)

    with sqlite_store.database.writing() as connection:
        if not fault:
            with pytest.raises((OperationalError, Unavailable)):
                by_halves(connection, range(20), work, lambda thing, _: aside.append(thing))
            return
        assert sum(by_halves(connection, range(20), work, lambda thing, _: aside.append(thing))) == 19
    assert aside == [7]


def test_an_account_is_not_recognised_by_a_name_that_no_index_takes() -> None:
    row = {"name": "\u9280" * 900, "city": "Osaka", "country": "JP", "domain": "ginko.example"}
    assert {how for how, _ in account_tokens(row, READERS.customs)} == {"domain"}
    assert "place" in {how for how, _ in account_tokens({**row, "name": "\u9280" * 90}, READERS.customs)}


# ---- match -----------------------------------------------------------------------------------------------------------


def refuse(store: Store, name: str) -> None:
    """Let the database itself refuse every contact of this last name."""
    if store.database.is_sqlite:
        condition = f"WHEN NEW.last_name = '{name}' BEGIN SELECT RAISE(ABORT, 'no {name}'); END"
        statement = f"CREATE TRIGGER no_{name} BEFORE INSERT ON contact {condition}"
    else:
        statement = f"ALTER TABLE contact ADD CONSTRAINT no_{name} CHECK (last_name <> '{name}')"
    with store.database.writing() as connection:
        connection.execute(text(statement))


def relent(store: Store, name: str) -> None:
    drop = f"DROP TRIGGER no_{name}" if store.database.is_sqlite else f"ALTER TABLE contact DROP CONSTRAINT no_{name}"
    with store.database.writing() as connection:
        connection.execute(text(drop))


def test_one_record_at_which_a_batch_breaks_is_set_aside_and_all_others_are_matched(store: Store) -> None:
    """Whatever it is. It is tried again by every run, and comes out of quarantine by itself."""
    refuse(store, "Broken")
    people = [person(str(number), f"{number}@a.example") for number in range(100, 400)]
    people[77]["properties"]["lastname"] = people[200]["properties"]["lastname"] = "Broken"
    bring(store, "hubspot", "contacts", people, "id")
    match(store, READERS, Run())
    faults = quarantined(store)
    assert [fault["remote_id"] for fault in faults] == ["177", "300"]
    assert all(fault["step"] == "place" and "IntegrityError at " in fault["reason"] for fault in faults)
    assert all("Broken" not in fault["reason"] for fault in faults), "a stranger's words may hold anybody's data"
    with store.database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM contact")) == 298
    match(store, READERS, Run())
    assert [fault["attempts"] for fault in quarantined(store)] == [2, 2]
    relent(store, "Broken")
    match(store, READERS, Run())
    assert quarantined(store) == []
    assert find(store, "contact", "177@a.example")


def test_a_record_that_breaks_its_batch_leaves_nothing_behind_of_its_half(store: Store) -> None:
    """What a broken half did is taken back before each of its halves is tried by itself."""
    refuse(store, "Broken")
    bring(store, "hubspot", "contacts", [person("1", "one@a.example"), person("2", lastname="Broken")], "id")
    match(store, READERS, Run())
    with store.database.reading() as connection:
        for table, number in (("contact", 1), ("link", 1), ("identifier", 1), ("waiting", 1)):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == number, table


def test_a_database_that_cannot_be_used_is_nobody_s_fault_in_particular(sqlite_store: Store) -> None:
    bring(sqlite_store, "hubspot", "contacts", [person("1", "one@a.example")], "id")
    with sqlite_store.database.writing() as connection:
        connection.execute(text("DROP TABLE waiting"))
    with pytest.raises(Exception, match="cannot be used now"):
        match(sqlite_store, READERS, Run())
    assert quarantined(sqlite_store) == []


def test_a_cycle_over_a_record_that_cannot_be_placed_does_all_else(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    refuse(sqlite_store, "Broken")
    place.add("Contact", LastName="Broken", AccountId=place.rows("Account")[0]["Id"])
    summary = run()
    assert summary.outcome == "done"
    assert summary.quarantined == {"place": 1}
    assert len(place.ours()) == 3


# ---- judge -----------------------------------------------------------------------------------------------------------


@AFTER_A_CYCLE
def test_one_account_at_which_a_judgement_breaks_is_set_aside_and_all_others_are_judged(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    golden = f"id = '{find(sqlite_store, 'account', place.ours()[0]['AccountId'])[0]}'"
    with sqlite_store.database.writing() as connection:
        connection.execute(text(f"UPDATE account SET codes = 'many' WHERE {golden}"))
        connection.execute(text("UPDATE account SET stale = true"))
    summary = run()
    assert (summary.outcome, summary.quarantined) == ("done", {"judge": 1})
    assert len(summary.counts.judged) > 20
    (fault,) = quarantined(sqlite_store)
    assert "cannot be judged (" in fault["reason"] and "many" not in fault["reason"]
    assert run().quarantined == {"judge": 1}, "it is tried again, and costs no more"
    with sqlite_store.database.writing() as connection:
        connection.execute(text(f"UPDATE account SET codes = '[]' WHERE {golden}"))
    assert run().quarantined == {}


# ---- push ------------------------------------------------------------------------------------------------------------

TOO_MUCH = [
    "AccountTrigger: execution of BeforeUpdate caused by: System.LimitException: Apex CPU time limit exceeded",
    "accountTrigger: System.LimitException: Too many future calls: 51",
    "npsp.TDTM_Opportunity: System.LimitException: npsp:Too many DML statements: 151",
    "npsp:Too many query rows: 50001",
    "The flow failed to access the value: Apex CPU time limit exceeded",
    "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking.",
    "Apex heap size too large: 6012345",
]


@pytest.mark.parametrize("message", TOO_MUCH)
def test_a_refusal_that_comes_from_the_number_of_rows_is_known_by_its_words(message: str) -> None:
    assert overload({"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": message})


@pytest.mark.parametrize("message", ["System.NullPointerException: null", "Too many people know him", ""])
def test_a_row_s_own_fault_is_not_taken_for_the_batch_s(message: str) -> None:
    assert not overload({"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": message})


def test_rows_that_are_too_many_for_the_org_s_triggers_are_halved_until_they_pass_and_the_size_is_remembered(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """More than 10 rows a call were answered row by row with a LimitException, and refused in every cycle."""
    place.sandbox.salesforce.org.settings.trigger_rows = {"Account": 3, "Task": 1}
    summary = run()
    assert summary.outcome == "done"
    assert quarantined(wiring.store) == []
    assert summary.counts.of(WriteOutcome.CHANGED, "account") == 16
    halvings = summary.retries["salesforce"]["too many rows"]
    assert halvings == 5, "16, 8, 4 accounts and 6, 3 tasks; then the size is known"


def test_a_single_row_that_is_too_much_for_the_org_s_triggers_is_refused_and_told(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    place.sandbox.salesforce.org.settings.trigger_rows = {"Task": 0}
    summary = run()
    assert summary.outcome == "incomplete"
    assert summary.counts.of(WriteOutcome.REFUSED, "task") > 0
    assert all("Apex CPU time limit exceeded" in fault["reason"] for fault in quarantined(wiring.store))
    assert len(place.ours()) == 3


@AFTER_A_CYCLE
@pytest.mark.parametrize(
    ("strikes", "refused", "failed"), [(1, 0, False), (2, 1, False), (3, 1, False), (None, 2, True)]
)
def test_what_a_whole_call_is_refused_for_is_found_by_halving_unless_it_is_everybody_s(
    place: Place, run: Callable[..., Summary], wiring: Wiring, strikes: int | None, refused: int, failed: bool
) -> None:
    """Before it writes, syncd looks at what stands there, in one query for three, then for one and two."""
    with wiring.store.database.writing() as connection:
        ours = "object = 'opportunity' AND key LIKE 'fdic.%'"  # not the pictures of what sales opened
        connection.execute(text(f"UPDATE wish SET sent = '{{}}', sent_digest = 'x' WHERE {ours}"))
    place.fault({"kind": "status", "status": 400, "system": "salesforce", "path": "*/query*", "count": strikes})
    pushed = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, Run())
    assert pushed.run.counts.of(WriteOutcome.REFUSED, "opportunity") == refused
    assert (pushed.failure is not None) is failed
    assert len(quarantined(wiring.store)) == refused

"""Signing in and calling: one renewal, no recursion, headers kept, timeouts, budgets, and what ends a call."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from connectors.base import BudgetExhausted, Misconfigured, TryLater
from connectors.salesforce import paths
from connectors.sandbox.faults import Rule

NOWHERE = r"cannot be reached at 127\.0\.0\.1:9 .*check SYNCD_SALESFORCE_LOGIN_URL"


def counts(org):
    return Counter(call["path"] for call in org.simulator.calls)


def signed_in(org):
    return counts(org)["/services/oauth2/token"]


def test_an_unknown_authority_is_told_with_its_mend(world):
    org = world()
    with org.connect(ca_file=None) as connector, pytest.raises(Misconfigured, match="CA file"):
        connector.stages()


def test_an_expired_session_is_renewed_once(world):
    org = world()
    with org.connect() as connector:
        connector.stages()
        org.simulator.sessions.close_all()
        assert connector.stages()
    assert signed_in(org) == 2


def test_a_session_that_stays_refused_ends_after_one_renewal(world):
    """No recursion: simple-salesforce made 1,940 calls and a RecursionError of it."""
    org = world()
    org.faults.add(Rule("expired", path="/services/data/*"))
    with org.connect() as connector, pytest.raises(TryLater, match="just granted"):
        connector.stages()
    assert connector.budget.calls == 2


def test_the_repeated_call_carries_the_same_headers_and_body(world):
    """simple-salesforce's own renewal drops custom headers."""
    org = world()
    heard = []

    async def listen(scope, receive, send):
        if "/services/data/" in scope["path"]:
            heard.append({name: value for name, value in scope["headers"] if name != b"authorization"})
        await org.simulator(scope, receive, send)

    org.stand_before(listen)
    org.faults.add(Rule("expired", path="/services/data/*", count=1))
    with org.connect() as connector:
        headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        connector.client.call(paths.COMPOSITE, body=b'{"compositeRequest":[]}', headers=headers, parse=len_of)
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert heard[0][b"sforce-duplicate-rule-header"] == b"allowSave=true"
    assert b"x-prettyprint" not in heard[0]  # indented bodies are a third larger


def test_a_netrc_entry_does_not_replace_our_session(world, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with world().connect() as connector:
        assert connector.stages()


def len_of(response):
    return len(response.content)


def test_a_401_without_json_is_an_expired_session_too(world):
    org = world()
    org.faults.add(Rule("html", path="/services/data/*", status=401, count=1))
    with org.connect() as connector:
        assert connector.stages()


def test_a_session_that_expires_in_the_middle_of_paging_loses_nothing(world, accounts):
    org = world(accounts(1000), page_size=200)
    org.faults.add(*(Rule("expired", path="/services/data/*/query/*", skip=skip, count=1) for skip in (1, 3)))
    with org.connect() as connector:
        records = [record for page in connector.pull("Account", ["Name"], None) for record in page.records]
    assert len({record.id for record in records}) == len(records) == 1000


def test_connections_are_lent_to_one_at_a_time_and_used_again(world):
    with world().connect() as connector:
        with connector.client.lend() as first:
            pass
        with connector.client.lend() as again, connector.client.lend() as other:
            assert again is first
            assert other is not first


def test_threads_share_one_sign_in_and_no_client(world, accounts):
    org = world(accounts(600), page_size=200)
    with org.connect() as connector, ThreadPoolExecutor(8) as threads:
        org.faults.add(Rule("expired", path="/services/data/*/queryAll", skip=3, count=1))
        counted = threads.map(
            lambda _: sum(len(page.records) for page in connector.pull("Account", ["Name"], None)), range(8)
        )
        assert list(counted) == [600] * 8
    assert signed_in(org) == 2


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("unavailable", "busy"),
        ("html", "server"),
        ("status", "server"),
        ("empty", "body"),
        ("truncated", "body"),
        ("cut_before", "connection"),
        ("cut_after", "connection"),
        ("cut_during", "connection"),
        ("limited", "concurrent"),
    ],
)
def test_a_passing_fault_is_passed(world, kind, cause):
    org = world()
    org.faults.add(Rule(kind, path="/services/data/*", count=2))
    with org.connect() as connector:
        assert connector.stages()
        assert connector.budget.retries == {cause: 2}
        assert connector.budget.waited > 0
    assert len(org.naps) == 2


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(world):
    org = world()
    org.faults.add(Rule("latency", path="/services/data/*", seconds=1.0, count=1))
    with org.connect(timeout=(5, 0.3)) as connector:
        assert connector.stages()
        assert connector.budget.retries == {"timeout": 1}


@pytest.mark.parametrize("kind", ["unavailable", "html", "empty", "cut_before"])
def test_a_fault_that_stays_ends_in_try_later(world, kind):
    org = world()
    org.faults.add(Rule(kind, path="/services/data/*"))
    with org.connect() as connector, pytest.raises(TryLater) as raised:
        connector.stages()
    assert raised.value.retry_at > org.START
    assert connector.budget.calls < 20


def test_a_spent_allowance_stops_at_once_and_comes_back(world):
    org = world(daily_limit=20)
    with org.connect(reserve=0) as connector:
        for _ in range(20):
            connector.stages()
        calls = len(org.calls())
        with pytest.raises(BudgetExhausted) as raised:
            connector.stages()
        assert len(org.calls()) == calls == 20  # not even asked
        assert raised.value.retry_at > org.clock()
        org.clock.advance(26 * 3600)
        assert connector.stages()


def test_an_allowance_that_others_used_up_is_believed(world):
    org = world()
    org.faults.add(Rule("exhausted", path="/services/data/*", count=1))
    with org.connect() as connector, pytest.raises(BudgetExhausted):
        connector.stages()
    assert org.naps == []  # waiting for it is the caller's to plan


def test_a_share_of_the_allowance_is_left_to_others(world):
    org = world(daily_limit=100)
    with org.connect(reserve=0.25) as connector:
        with pytest.raises(BudgetExhausted, match="25 of 100"):
            for _ in range(100):
                connector.stages()
        assert len(org.calls()) == 75
        assert (connector.budget.daily_limit, connector.budget.daily_remaining) == (100, 25)


def test_the_servers_clock_is_known_from_its_answers(world):
    org = world()
    with org.connect(clock=lambda: org.clock() + timedelta(minutes=7)) as connector:
        connector.stages()
        assert connector.client.skew == timedelta(minutes=-7)
        assert connector.client.now() == org.clock()
    with org.connect(clock=lambda: org.clock() - timedelta(minutes=7)) as connector:
        connector.stages()
        assert connector.client.now() == org.clock() - timedelta(minutes=7)  # the earlier one is safe


def test_the_budget_is_read_from_the_headers(world):
    org = world()
    with org.connect() as connector:
        connector.stages()
        assert connector.budget.daily_limit == 15000
        assert connector.budget.daily_remaining == 14999
        assert connector.budget.seen_at == org.START


def test_a_server_that_is_not_there_is_tried_later(world):
    with world().connect(login_url="https://127.0.0.1:9") as connector, pytest.raises(TryLater, match=NOWHERE):
        connector.stages()


def test_a_page_that_is_fetched_ahead_may_end_after_closing(world):
    connector = world().connect()
    connector.stages()
    connector.close()
    assert connector.stages()

"""The three 429 policies, their headers, and the day's quota."""

from __future__ import annotations

from typing import Any

import pytest

CONTACTS = "/crm/v3/objects/contacts"
PREFIX = b"x-hubspot-ratelimit-"


class Timer:
    """Seconds that pass only when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def limit_headers(headers: dict[bytes, bytes]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).decode(): value.decode() for name, value in headers.items() if name.startswith(PREFIX)
    }


@pytest.mark.parametrize(("tier", "burst", "daily"), [
    ("free", "100", "250000"), ("professional", "190", "650000"), ("enterprise", "190", "1000000"),
])  # fmt: skip
def test_headers_tell_the_tier(make: Any, tier: str, burst: str, daily: str) -> None:
    _, _, headers = make(tier=tier).full("GET", CONTACTS)
    assert limit_headers(headers) == {
        "max": burst, "remaining": str(int(burst) - 1), "interval-milliseconds": "10000",
        "daily": daily, "daily-remaining": str(int(daily) - 1),
        "secondly": str(int(burst) // 10), "secondly-remaining": str(int(burst) // 10 - 1),
    }  # fmt: skip


def test_oauth_apps_have_no_daily_headers(make: Any) -> None:
    _, _, headers = make(tier="oauth").full("GET", CONTACTS)
    assert set(limit_headers(headers)) == {
        "max", "remaining", "interval-milliseconds", "secondly", "secondly-remaining",
    }  # fmt: skip


def test_the_window_rolls(make: Any) -> None:
    timer = Timer()
    call = make(tier="free", timer=timer)
    for n in range(100):
        timer.now = 1000.0 + n * 0.05
        assert call("GET", CONTACTS)[0] == 200
    status, body, headers = call.full("GET", CONTACTS)
    assert (status, body["errorType"], body["policyName"]) == (429, "RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert body["message"] == "You have reached your ten_secondly_rolling limit."
    assert limit_headers(headers)["remaining"] == "0"
    timer.now = 1010.0
    assert call("GET", CONTACTS)[0] == 200, "the oldest call has left the window"
    assert call("GET", CONTACTS)[0] == 429
    timer.now = 1020.0
    assert limit_headers(call.full("GET", CONTACTS)[2])["remaining"] == "99"


def test_searches_have_a_limit_of_their_own_and_are_told_only_of_the_day(make: Any) -> None:
    timer = Timer()
    call = make(tier="professional", search_limit=5, timer=timer)
    for _ in range(5):
        status, _, headers = call.full("POST", f"{CONTACTS}/search", {})
        assert status == 200 and set(limit_headers(headers)) == {"daily", "daily-remaining"}
    status, body, headers = call.full("POST", f"{CONTACTS}/search", {})
    assert (status, body["policyName"], body["message"]) == (429, "SECONDLY", "You have reached your secondly limit.")
    assert limit_headers(headers) == {}
    assert call("GET", CONTACTS)[0] == 200
    timer.now += 1.0
    assert call("POST", f"{CONTACTS}/search", {})[0] == 200


def test_the_day_is_over_until_midnight(make: Any, clock: Any) -> None:
    call = make(daily_limit=3)
    assert [call("GET", CONTACTS)[0] for _ in range(4)] == [200, 200, 200, 429]
    status, body, headers = call.full("GET", CONTACTS)
    assert (status, body["policyName"]) == (429, "DAILY")
    assert limit_headers(headers)["daily-remaining"] == "0"
    clock.advance(12 * 3600)
    assert call("GET", CONTACTS)[0] == 200


def test_the_account_tells_its_usage(make: Any) -> None:
    call = make(daily_limit=10)
    call("GET", CONTACTS)
    usage = call.ok("GET", "/account-info/v3/api-usage/daily/private-apps")["results"][0]
    assert (usage["usageLimit"], usage["currentUsage"], usage["resetsAt"]) == (10, 2, "2026-11-03T00:00:00Z")


def test_unlimited_refuses_nobody(make: Any) -> None:
    call = make(tier="unlimited")
    assert {call("GET", CONTACTS, limit=1)[0] for _ in range(500)} == {200}


def test_searching_lists_is_no_crm_search(make: Any) -> None:
    call = make(tier="professional", search_limit=0)
    assert call("POST", "/crm/v3/lists/search", {})[0] == 200
    assert call("POST", f"{CONTACTS}/search", {})[0] == 429

"""HubSpot's calls to us: whose signature counts, of which time, and which records an event tells of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hubspot.utils.signature import Signature

from connectors.announcing import Announced, Announcement, Unreadable, Unsigned
from connectors.hubspot.webhooks import SIGNATURE, TIMESTAMP, Webhooks, decoded, signature

SECRET, ADDRESS = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "https://syncd.example.com/hooks/hubspot"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
AT = NOON - timedelta(seconds=3)
EVENT = {
    "eventId": 1,
    "subscriptionId": 12345,
    "portalId": 62515,
    "appId": 54321,
    "occurredAt": int(AT.timestamp() * 1000),
    "subscriptionType": "contact.propertyChange",
    "attemptNumber": 0,
    "objectId": 123,
    "changeSource": "FORM",
    "propertyName": "recent_conversion_date",
    "propertyValue": "1793620797000",
}


def call(
    *events: Any, at: datetime = NOON, secret: str = SECRET, address: str = ADDRESS
) -> tuple[dict[str, str], bytes]:
    body, stamp = orjson.dumps(events), str(int(at.timestamp() * 1000))
    return {SIGNATURE: signature(secret, address, body, stamp), TIMESTAMP: stamp}, body


def read(*events: Any, tenant: str | None = "62515", app: int | None = None, **options: Any) -> Announced:
    return Webhooks(SECRET, ADDRESS, app, clock=lambda: NOON).read(*call(*events, **options), tenant)


def records(announced: Announced) -> list[tuple[str, str, str]]:
    return [(one.stream, one.remote_id, one.how) for one in announced.announcements]


def test_the_signature_is_that_of_hubspot_s_own_client() -> None:
    body, stamp = orjson.dumps([EVENT]), "1793620800000"
    theirs = Signature.get_signature(SECRET, body.decode(), "v3", ADDRESS, "POST", stamp)
    assert signature(SECRET, ADDRESS, body, stamp) == theirs


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("https://a.example/x%3Ay%2Fz?q=%40%21%24%27%28%29%2A%2C%3B", "https://a.example/x:y/z?q=@!$'()*,;"),
        ("https://a.example/x%3ay?q=a%20b%26c", "https://a.example/x:y?q=a%20b%26c"),
    ],
)
def test_an_address_is_signed_as_hubspot_decodes_it(sent: str, signed: str) -> None:
    assert decoded(sent) == signed


def test_an_event_says_which_record_changed_and_nothing_of_it() -> None:
    (announcement,) = read(EVENT).announcements
    assert announcement == Announcement(announcement.id, "contacts", "123", "changed", AT)
    assert "1793620797000" not in repr(announcement)


def test_the_same_event_is_the_same_at_every_attempt_and_another_one_is_not() -> None:
    again = read(EVENT, EVENT | {"attemptNumber": 3}, EVENT | {"eventId": 2}, EVENT | {"objectId": 124})
    first, second, *others = [one.id for one in again.announcements]
    assert first == second
    assert len({first, *others}) == 3


@pytest.mark.parametrize("at", [NOON - timedelta(minutes=4, seconds=59), NOON + timedelta(seconds=59)])
def test_what_was_signed_within_five_minutes_is_read(at: datetime) -> None:
    assert len(read(EVENT, at=at).announcements) == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"secret": "another"}, "its signature is another one"),
        ({"address": "https://evil.example/hooks/hubspot"}, "its signature is another one"),
        ({"at": NOON - timedelta(minutes=5, seconds=1)}, "it is older than five minutes"),
        ({"at": NOON + timedelta(minutes=2)}, "it is of a time to come"),
    ],
)
def test_whoever_signs_otherwise_is_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(Unsigned, match=why):
        read(EVENT, **options)


@pytest.mark.parametrize(
    "change",
    [
        {SIGNATURE: ""},
        {TIMESTAMP: ""},
        {TIMESTAMP: "-5"},
        {TIMESTAMP: "٣"},
        {TIMESTAMP: "9" * 15},
        {TIMESTAMP: "9" * 40},
    ],
)
def test_headers_that_say_nothing_are_refused_before_the_body_is_looked_at(change: dict[str, str]) -> None:
    headers, _ = call(EVENT)
    with pytest.raises(Unsigned):
        Webhooks(SECRET, ADDRESS, clock=lambda: NOON).require_timely(headers | change)


def test_one_byte_of_the_body_is_enough() -> None:
    headers, body = call(EVENT)
    with pytest.raises(Unsigned):
        Webhooks(SECRET, ADDRESS, clock=lambda: NOON).read(headers, body + b" ", "62515")


def test_a_signature_that_is_no_ascii_is_another_one() -> None:
    headers, body = call(EVENT)
    with pytest.raises(Unsigned):
        Webhooks(SECRET, ADDRESS, clock=lambda: NOON).read(headers | {SIGNATURE: "ü\udcff"}, body, "62515")


@pytest.mark.parametrize("body", [b"", b"{", b'{"objectId": 1}', b"[1]", b'"x"'])
def test_what_is_signed_and_no_list_of_events_cannot_be_read(body: bytes) -> None:
    stamp = str(int(NOON.timestamp() * 1000))
    headers = {SIGNATURE: signature(SECRET, ADDRESS, body, stamp), TIMESTAMP: stamp}
    with pytest.raises(Unreadable):
        Webhooks(SECRET, ADDRESS, clock=lambda: NOON).read(headers, body, "62515")


def test_events_of_another_portal_or_app_are_counted_and_left() -> None:
    announced = read(EVENT, EVENT | {"portalId": 1, "eventId": 2}, EVENT | {"appId": 2}, app=54321)
    assert (len(announced.announcements), announced.foreign) == (1, 2)
    assert read(EVENT | {"appId": 2}, tenant=None).foreign == 0


@pytest.mark.parametrize(
    ("event", "record"),
    [
        ({"subscriptionType": "contact.deletion"}, ("contacts", "123", "gone")),
        ({"subscriptionType": "contact.privacyDeletion"}, ("contacts", "123", "gone")),
        ({"subscriptionType": "contact.restore"}, ("contacts", "123", "changed")),
        ({"subscriptionType": "company.creation"}, ("companies", "123", "changed")),
        ({"subscriptionType": "object.propertyChange", "objectTypeId": "0-1"}, ("contacts", "123", "changed")),
        (
            {"subscriptionType": "contact.merge", "primaryObjectId": 123, "mergedObjectIds": [123], "newObjectId": 125},
            ("contacts", "125", "changed"),
        ),
        (
            {"subscriptionType": "contact.associationChange", "fromObjectId": 7, "toObjectId": 8},
            ("contacts", "7", "changed"),
        ),
    ],
)
def test_each_kind_of_event_names_its_record(event: dict[str, Any], record: tuple[str, str, str]) -> None:
    assert records(read(EVENT | event)) == [record]


@pytest.mark.parametrize(
    "event",
    [
        {"subscriptionType": "deal.creation"},
        {"subscriptionType": "object.creation", "objectTypeId": "2-17"},
        {"subscriptionType": "contact.dance"},
        {"subscriptionType": None},
        {"propertyName": "syncd_qualification"},
        {"objectId": "../../etc"},
        {"objectId": None},
        {"occurredAt": "yesterday"},
        {"occurredAt": 10**18},
    ],
)
def test_what_is_of_no_use_or_of_our_own_writing_is_passed_over(event: dict[str, Any]) -> None:
    announced = read(EVENT | event)
    assert (announced.announcements, announced.passed, announced.foreign) == ([], 1, 0)

"""What became of every marketing e-mail: delivered or bounced, opened, clicked by people and by scanners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from connectors.sandbox.world.catalogue import Mailing, link_of
from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.model import Person
from connectors.sandbox.world.stamps import HOUR, MINUTE, SECOND, Calendar

Record = dict[str, Any]

PORTAL = 9_900_100

_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
_SCANNERS = {
    "Barracuda": "BarracudaCentral/1.0 (Barracuda Email Security Gateway; link protection)",
    "Proofpoint": "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
    "Mimecast": "Mozilla/5.0 (compatible; Mimecast URL Protect)",
    "SafeLinks": "Mozilla/5.0 (compatible; Microsoft SafeLinks)",
    "browser": _BROWSERS[0],
}


class Reader(NamedTuple):
    """How often somebody opens an e-mail, and clicks in one that they have opened."""

    opens: float
    clicks: float


_COLD = Reader(0.16, 0.0)
_OFF_TOPIC = Reader(0.30, 0.02)
_WARM = Reader(0.70, 0.55)
_HOT = Reader(0.85, 0.65)


def deliver(
    dice: Dice, calendar: Calendar, mailings: Sequence[Mailing], people: Sequence[Person], deliveries: int
) -> list[Record]:
    """Send every mailing to a random list and to those who follow its topic; return the e-mail events by time."""
    readers = [person for person in people if person.email and person.hubspot_id and not person.archived]
    followers = [person for person in readers if person.interest]
    each = min(len(readers), max(1, (deliveries - len(followers) * 8) // len(mailings)))
    events: list[Record] = []
    returned: set[int] = set()  # after a hard bounce, nothing is sent there any more
    for mailing in mailings:
        chosen = {id(person): person for person in dice.sample(readers, each)}
        chosen.update((id(person), person) for person in followers if _listed(dice, calendar, mailing, person))
        for person in chosen.values():
            if id(person) not in returned and not (person.opted_out and dice.chance(0.9)):
                events.extend(_send(dice, mailing, person, _reader(calendar, mailing, person)))
        returned |= {identity for identity, person in chosen.items() if person.bounced}
    return sorted(events, key=itemgetter("created"))


def _reader(calendar: Calendar, mailing: Mailing, person: Person) -> Reader:
    """Return how the person takes this mailing: by their interest, if it is its topic's and of its time."""
    interest = person.interest
    if interest is None:
        return _COLD
    if not calendar.ago(interest.since) <= mailing.at <= calendar.ago(interest.until):
        return _OFF_TOPIC
    if mailing.topic is not None and mailing.topic == interest.besides:
        return _WARM
    if interest.topic != mailing.topic:
        return _OFF_TOPIC
    return _HOT if interest.hot else _WARM


def _listed(dice: Dice, calendar: Calendar, mailing: Mailing, person: Person) -> bool:
    return dice.chance(0.08 if _reader(calendar, mailing, person) is _OFF_TOPIC else 0.75)


def _send(dice: Dice, mailing: Mailing, person: Person, reader: Reader) -> Iterator[Record]:
    """Yield what became of one e-mail to one person."""
    at = mailing.at + dice.within(1, 900) * SECOND
    person.note(at)
    sent = {"id": dice.guid(), "created": at}
    common = {
        "recipient": person.email,
        "portalId": PORTAL,
        "appId": 113,
        "appName": "Batch",
        "emailCampaignId": mailing.id,
        "emailCampaignGroupId": mailing.id - 1,
        "sentBy": sent,
    }
    at += dice.within(300, 4_000)
    if person.bounced:
        category = {"category": "UNKNOWN_USER", "status": "5.1.1", "response": "550 5.1.1 user unknown"}
        yield {"id": dice.guid(), "type": "BOUNCE", "created": at} | common | category
        return
    person.delivered += 1
    yield {"id": dice.guid(), "type": "DELIVERED", "created": at, **common, "response": "250 2.0.0 OK"}
    if person.company.gateway and dice.chance(0.5):
        yield from _scan(dice, mailing, person, common, at)
    if dice.chance(reader.opens):
        yield from _read(dice, mailing, person, common, at, reader.clicks)


def _scan(dice: Dice, mailing: Mailing, person: Person, common: Record, at: int) -> Iterator[Record]:
    """Yield a mail gateway's clicks: several links within two seconds of the delivery."""
    assert person.company.gateway is not None
    agent = {"userAgent": _SCANNERS[person.company.gateway], "deviceType": "COMPUTER", "filteredEvent": False}
    for number in range(dice.within(3, 6)):
        at += dice.within(150, 450)
        person.clicked += 1
        click = {"id": dice.guid(), "type": "CLICK", "created": at, "linkId": number, "url": link_of(mailing, number)}
        yield click | common | agent


def _read(dice: Dice, mailing: Mailing, person: Person, common: Record, at: int, clicks: float) -> Iterator[Record]:
    """Yield an open, minutes to two days later, and perhaps a click in the e-mail that was opened."""
    at += 4 * MINUTE + int(dice.random() ** 3 * 40 * HOUR)
    agent = {"userAgent": dice.pick(_BROWSERS), "deviceType": "COMPUTER", "filteredEvent": False}
    person.opened += 1
    yield {"id": dice.guid(), "type": "OPEN", "created": at, "duration": dice.within(500, 90_000)} | common | agent
    if dice.chance(clicks):
        at += dice.within(8, 400) * SECOND
        link = dice.within(0, 4)
        person.clicked += 1
        person.note(at)
        click = {"id": dice.guid(), "type": "CLICK", "created": at, "linkId": link, "url": link_of(mailing, link)}
        yield click | common | agent

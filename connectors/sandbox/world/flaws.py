"""What is wrong with some people's records: the usual mess, dealt out so that every kind of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.people import plain

FREE_MAIL = ("gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com")


class Numbers(NamedTuple):
    """The next id of each kind of record that stands for a person."""

    hubspot: Iterator[str]
    contact: Iterator[str]
    lead: Iterator[str]


class Hand(NamedTuple):
    """What spoiling needs: the dice, the companies that one could move to, and new ids."""

    dice: Dice
    companies: Sequence[Company]
    numbers: Numbers


class Flaw(NamedTuple):
    """One thing that is wrong with a share of the people, among those whom it can befall."""

    share: float
    befalls: Callable[[Person], bool]
    spoil: Callable[[Hand, Person], None]


def _in_hubspot(person: Person) -> bool:
    return person.hubspot_id is not None


def _in_hubspot_only(person: Person) -> bool:
    return person.hubspot_id is not None and person.crm_id is None


def _contact(person: Person) -> bool:
    return person.contact_id is not None


def _lose_email(hand: Hand, person: Person) -> None:
    person.email = None


def _lose_name(hand: Hand, person: Person) -> None:
    person.given_name = person.family = None


def _lose_given_name(hand: Hand, person: Person) -> None:
    person.given_name = None


def _lose_title(hand: Hand, person: Person) -> None:
    person.title = None


def _use_free_mail(hand: Hand, person: Person) -> None:
    person.email = free_mail(hand.dice, person)


def _add_email(hand: Hand, person: Person) -> None:
    """Give them a second address: a private one, or an older one at work."""
    given_name, family = plain(person.given_name or "x"), plain(person.family or "x")
    old = f"{given_name[:1]}{family}{hand.dice.within(10, 99)}@{person.company.mail}"
    person.more_emails = (free_mail(hand.dice, person) if hand.dice.chance(0.5) else old,)


def _stray(hand: Hand, person: Person) -> None:
    person.stray = True


def _bounce(hand: Hand, person: Person) -> None:
    person.bounced = True


def _opt_out(hand: Hand, person: Person) -> None:
    person.opted_out = True


def _change_employer(hand: Hand, person: Person) -> None:
    """Move them to another company in HubSpot; Salesforce still has them where they were."""
    elsewhere = [one for one in hand.companies[:400] if one.hubspot_id and one is not person.company]
    assert person.email is not None
    person.employer = hand.dice.pick(elsewhere)
    person.more_emails = (person.email,)
    person.email = f"{person.email.partition('@')[0]}@{person.employer.mail}"


def _double(hand: Hand, person: Person) -> None:
    """Note that a further record stands for them in that system."""
    person.doubled = "salesforce" if person.contact_id else "hubspot"


def _archive(hand: Hand, person: Person) -> None:
    person.archived = True


def _merge(hand: Hand, person: Person) -> None:
    """Merge one or two records into theirs: the survivor gets a new id."""
    assert person.hubspot_id is not None
    new = [next(hand.numbers.hubspot) for _ in range(hand.dice.within(2, 3))]
    person.merged = (person.hubspot_id, *new[:-1])
    person.hubspot_id = new[-1]


def _convert(hand: Hand, person: Person) -> None:
    """Let the contact have come from a lead, which stays behind, converted."""
    person.lead_id = next(hand.numbers.lead)
    person.converted = True


FLAWS = (
    Flaw(0.010, _in_hubspot, _change_employer),
    Flaw(0.006, _in_hubspot, _archive),
    Flaw(0.006, _in_hubspot, _merge),
    Flaw(0.004, _in_hubspot_only, _lose_name),
    Flaw(0.006, _contact, _double),
    Flaw(0.006, _in_hubspot_only, _double),
    Flaw(0.010, _contact, _convert),
    Flaw(0.020, _in_hubspot, _lose_email),
    Flaw(0.015, _in_hubspot, _lose_given_name),
    Flaw(0.055, _in_hubspot, _lose_title),
    Flaw(0.025, _in_hubspot, _use_free_mail),
    Flaw(0.030, _in_hubspot, _add_email),
    Flaw(0.025, _in_hubspot, _stray),
    Flaw(0.025, _in_hubspot, _bounce),
    Flaw(0.030, _in_hubspot, _opt_out),
)


def spoil(hand: Hand, people: Sequence[Person]) -> None:
    """Deal each flaw to its share of the people, to one at least; nobody has two."""
    deck = hand.dice.sample(people, len(people))
    for flaw in FLAWS:
        owed = max(1, round(flaw.share * len(people)))
        spared = []
        while deck and owed:
            person = deck.pop()
            if flaw.befalls(person):
                flaw.spoil(hand, person)
                owed -= 1
            else:
                spared.append(person)
        deck += spared


def free_mail(dice: Dice, person: Person) -> str:
    """Return an address at a free-mail provider that nobody can hold.

    Gmail admits no underscore in a name; the others admit no digit at its beginning.
    """
    given_name, family = plain(person.given_name or "x"), plain(person.family or "x")
    return f"{dice.within(10, 99)}{given_name}_{family}@{dice.pick(FREE_MAIL)}"

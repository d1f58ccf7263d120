"""Who works where, and which records stand for them in the two systems."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.flaws import Hand, Numbers, spoil
from connectors.sandbox.world.ids import hubspot_ids, salesforce_ids
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.people import draw_title, names
from connectors.sandbox.world.trade import Trade

IN_SALESFORCE = 0.42  # of the people whose company has an account
AS_LEADS = 0.10  # of the others
ONLY_SALESFORCE = 0.06  # of those in Salesforce
FICTION_IN_GERMANY = {"30": "23125", "40": "66969", "69": "90009", "89": "99998", "221": "4710"}  # by area


def populate(dice: Dice, trade: Trade, companies: Sequence[Company], contacts: int) -> list[Person]:
    """Give the companies about so many people, more to the larger ones, and return them all."""
    numbers = Numbers(hubspot_ids(dice), salesforce_ids("Contact"), salesforce_ids("Lead"))
    present = [company for company in companies if company.hubspot_id or company.account_id]
    weights = [_weight(company) * (0.6 + 0.8 * dice.random()) for company in present]
    share = contacts * 1.045 / sum(weights)
    owed = 0.0
    for company, weight in zip(present, weights, strict=True):
        owed += weight * share
        many, owed = int(owed), owed % 1
        company.people = list(_staff(dice, trade, company, many, numbers))
    people = [person for company in present for person in company.people]
    spoil(Hand(dice, companies, numbers), people)
    return people


def _weight(company: Company) -> float:
    """Return how many people a vendor knows there, roughly: with the logarithm of the assets."""
    if company.employees is not None:
        return max(1.5, 2.0 * (math.log10(company.employees + 1) - 0.8)) * (1.25 if company.core else 0.9)
    if company.assets is None:
        return 3.0
    return max(1.5, 3.2 * (math.log10(max(company.assets, 1)) - 4.2)) * (1.25 if company.core else 0.9)


def _staff(dice: Dice, trade: Trade, company: Company, many: int, numbers: Numbers) -> Iterator[Person]:
    slots, taken = trade.titles(company), set[str]()
    locals_: set[str] = set()
    given_names, family = names("given"), names("family")
    for _ in range(many):
        first, last = dice.pick(given_names), dice.pick(family)
        local = f"{first[1]}.{last[1]}"
        while local in locals_:
            local += str(dice.within(2, 9))
        locals_.add(local)
        person = Person(first[0], last[0], draw_title(dice, slots, taken), company, f"{local}@{company.mail}")
        if dice.chance(0.6):
            person.phone = fictitious_phone(dice, company)
        _record(dice, person, numbers)
        yield person


def fictitious_phone(dice: Dice, company: Company) -> str:
    """Return a number of a range that is kept free for fiction, in some usual notation.

    In the US 555-0100 to 555-0199; in Germany a thousand in each of five cities (Bundesnetzagentur, Amtsblatt
    7/2021, Mitteilung 148, "Drama Numbers").
    """
    area = company.state.area
    if company.country.code == "DE":
        return f"+49 {area} {FICTION_IN_GERMANY[area]}{dice.within(0, 999):03d}"
    line = f"{dice.within(100, 199):04d}"
    way = dice.random()
    if way < 0.55:
        return f"({area}) 555-{line}"
    return f"+1 {area}-555-{line}" if way < 0.85 else f"{area}.555.{line}"


def _record(dice: Dice, person: Person, numbers: Numbers) -> None:
    """Decide in which system the person stands, and whether HubSpot knows the Salesforce id."""
    company = person.company
    if company.account_id and dice.chance(IN_SALESFORCE):
        person.contact_id = next(numbers.contact)
    elif dice.chance(AS_LEADS):
        person.lead_id = next(numbers.lead)
    if company.hubspot_id and not (person.crm_id and dice.chance(ONLY_SALESFORCE)):
        person.hubspot_id = next(numbers.hubspot)
        person.crossed = person.crm_id is not None and dice.chance(0.6)
    elif not person.crm_id:
        if company.account_id:
            person.contact_id = next(numbers.contact)
        else:
            person.hubspot_id = next(numbers.hubspot)

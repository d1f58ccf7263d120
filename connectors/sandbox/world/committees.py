"""Where a whole committee is on the subject: a few banks with so many voters that an offer may be one too small.

In a caucus of seven or more, 15 % of those present are two: the one who stands alone for a third topic has to realign
to the one that they read about besides. A world of a handful of companies has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.model import Company, Interest, Person
from connectors.sandbox.world.trade import Trade

LEAST_COMPANIES = 100
SHARE = 6 / 4_339  # of the institutions
LEAST, MOST = 7, 9  # on one committee
SECOND = 3  # of them follow the second topic, one alone the third
_DECIDE = frozenset({"C-level", "VP", "director"})


def convene(dice: Dice, trade: Trade, companies: Sequence[Company]) -> None:
    """Seat committees at a few hot prospects with many people: most follow one topic, a few another, one a third."""
    possible = [(company, people) for company in companies if (people := _fitting(company))]
    wanted = max(2, round(SHARE * len(companies)))
    for company, people in sorted(possible, key=lambda one: -len(one[1]))[:wanted]:
        _seat(dice, trade, company, people[: dice.within(LEAST, MOST)])


def _fitting(company: Company) -> list[Person]:
    """Whom a committee could be made of; nobody where there are too few."""
    if not (company.core and company.heat == "hot" and company.account_id and company.relation == "prospect"):
        return []
    whole = [person for person in company.people if _whole(person)]
    return whole if len(whole) >= LEAST else []


def _whole(person: Person) -> bool:
    """Whether nothing is wrong with somebody's records, so that they are known and reached."""
    flawed = person.bounced or person.opted_out or person.archived or person.stray or person.merged or person.doubled
    moved = person.employer or person.converted or not (person.email or "").endswith(f"@{person.company.mail}")
    return bool(person.hubspot_id and person.title and person.given_name) and not (flawed or moved)


def _seat(dice: Dice, trade: Trade, company: Company, people: Sequence[Person]) -> None:
    first = company.topics[0]
    second, third = ((first + step) % len(trade.topics) for step in (1, 2))
    company.topics = (first, second)
    topics = [third, *[second] * SECOND, *[first] * (len(people) - SECOND - 1)]
    slots = trade.titles(company).items
    posts = [slot for slot in slots if slot[0].department in trade.keen and slot[0].rank == "director"]
    for number, (person, topic) in enumerate(zip(people, topics, strict=True)):
        besides = second if topic == first else first
        person.interest = Interest(topic, True, dice.within(60, 130), dice.within(0, 20), besides)
        title = person.title
        if title is None or title.department not in trade.keen or title.rank not in _DECIDE:
            person.title = dice.pick(posts[number % len(posts)])

"""Groups made of an example's own terms: accounts at every bound and code, people of every title, each offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from syncd import rules, shipped
from syncd.agreement import Agreement, load, load_industries, title_words
from syncd.agreement.file import read_text
from syncd.agreement.terms import Segment
from syncd.document import read
from syncd.model import Account, Activity, Contact, Group, IndustryCode, User
from syncd.rules import Rulebook, rulebook_of
from tests.rules.a_sensitive_world import STRANGE, decided
from tests.rules.builders import DESTINATIONS, TODAY, a_contact, a_group, an_account, did, exactly

POSTS = ("Chief {} Officer", "VP of {}", "Director of {}", "{} Manager", "{} Analyst")


def nowhere(segment: Segment) -> dict[str, Any]:
    """A state that no territory names, where the segment leaves a choice."""
    return {"state": "VT"} if "US" in segment.countries and not segment.states else {}


class ExamplesWorld:
    """One example: its content, and the groups in which its terms make a difference."""

    def __init__(self, name: str) -> None:
        self.folder: Path = shipped.example(name)
        self.content: dict[str, Any] = read(*read_text(None, self.folder)).content
        self.agreement: Agreement = load(None, self.folder)
        self.users = {
            email: User(email, email, email, remote_ids={"salesforce.User": (email,)}) for email in self._reps
        }

    @property
    def segments(self) -> Sequence[Segment]:
        return self.agreement.served_market.segments

    @cached_property
    def _reps(self) -> list[str]:
        own = [s.terms.territories for s in self.segments if s.terms and s.terms.territories]
        lines = [*self.agreement.handover.territories, *(line for lines in own for line in lines)]
        return sorted({rep for line in lines for rep in line.reps})

    def decisions(self, content: Mapping[str, Any], groups: Sequence[Group]) -> Iterator[Any]:
        """What is decided of these groups by that content."""
        agreement = Agreement.model_validate(content)
        book = rulebook_of(agreement, title_words(self.folder), load_industries(), DESTINATIONS)
        return (self._decided(group, book) for group in groups)

    def _decided(self, group: Group, book: Rulebook) -> Any:
        judgement = rules.judge(group, book, TODAY)
        return decided(judgement), judgement.candidates

    # ---- groups ---------------------------------------------------------------------------------------------------

    @cached_property
    def market(self) -> list[Group]:
        """One person at accounts of every bound, code, country and state; one who follows each offer."""
        first = self.agreement.offers[0].words[0]
        made = [self._group(account, self._people(account, 1), first) for account in self._accounts()]
        for account in (self._inside(segment, **nowhere(segment)) for segment in self.segments):
            made += [self._group(account, self._people(account, 1), offer.words[0]) for offer in self.agreement.offers]
        return made

    @cached_property
    def people(self) -> list[Group]:
        """Everybody whom an agreement's words could name, at one account of each segment."""
        return [
            self._group(
                account, [a_contact(f"p{at}", None, title=title) for at, title in enumerate(self._titles())], ""
            )
            for account in map(self._inside, self.segments)
        ]

    @cached_property
    def offers(self) -> list[Group]:
        """At accounts of each segment and size, people who follow each word of each offer."""
        return [
            self._group(account, self._people(account, 4), word)
            for segment in self.segments
            for number, account in enumerate((self._inside(segment), *self._sized(segment)))
            for offer in self.agreement.offers
            for word in (offer.words[:1] if number else offer.words)
        ]

    @cached_property
    def kinds(self) -> list[Group]:
        """One person who did one thing of each kind, twice, long ago and lately."""
        engagement = self.agreement.engagement
        rungs = engagement.rungs
        names = [*rungs.messaging, *rungs.mobilization, *rungs.money, *engagement.explore]
        account = self._inside(self.segments[-1])
        people = self._people(account, 1)
        who = people[0].id
        return [
            self._plain(account, people, [did(who, kind, days, self.agreement.offers[0].words[0]) for days in span])
            for kind in names
            for span in ((2,), (9, 2), (100,), (235,))
        ]

    def _accounts(self) -> Iterator[Account]:
        for segment in self.segments:
            yield self._inside(segment)
            yield from self._sized(segment)
            for code in segment.industries.codes if segment.industries else ():
                yield self._inside(segment, code=code)
            for fact, values in (("country", segment.countries), ("state", segment.states)):
                yield from (self._inside(segment, **{fact: value}) for value in values)
            yield self._inside(segment, country="FR", state=None)
            lines = segment.terms.territories if segment.terms else None
            for line in self.agreement.handover.territories if lines is None else lines:
                yield from (self._inside(segment, name=name) for name in line.accounts)
                yield from (self._inside(segment, state=state) for state in line.states)

    def _sized(self, segment: Segment) -> Iterator[Account]:
        """At its bounds, and at those of each band of an amount."""
        size = segment.size
        for bound in (size.min, size.max) if size else ():
            if size and bound is not None:
                yield self._inside(segment, **{size.measure: bound})
        own = segment.terms.amounts if segment.terms else {}
        for amount in [*(offer.amount for offer in self.agreement.offers), *own.values()]:
            for bound in (band.up_to for band in amount.bands if amount.by):
                if bound is not None:
                    yield self._inside(segment, **{str(amount.by): bound})
                    yield self._inside(segment, **{str(amount.by): bound + 1})

    def _inside(self, segment: Segment, **facts: Any) -> Account:
        """An account that the segment admits, but for these facts."""
        industries, size = segment.industries, segment.size
        code = facts.pop("code", None) or (industries.codes[0] if industries else "")
        known: dict[str, Any] = {"annual_revenue": 160_000_000, "employees": 600, "total_assets": None}
        if size and size.min is not None:
            known[size.measure] = size.min + 1
        country = segment.countries[0] if segment.countries else "US"
        state = segment.states[0] if segment.states else "MI" if country == "US" else None
        known |= {"country": country, "state": state, "owner": None} | facts
        currency = (size and size.currency) or self.agreement.currency
        for measure in ("annual_revenue", "employees"):
            known[measure] = exactly(known[measure])
        scheme = (industries.system, industries.year) if industries else ("SIC", 1987)
        return an_account(currency=currency, codes=(IndustryCode(*scheme, code),), **known)

    def _titles(self) -> Iterator[str]:
        yield from (post.format(word) for word in (STRANGE, *self.agreement.functions) for post in POSTS)
        yield from (f"Director of {word}" for terms in self.agreement.functions.values() for word in terms.keywords)
        yield from ("Chief Executive Officer", "Chief Financial Officer", "Vice President", f"Finance {STRANGE}")
        yield from (word for terms in self.agreement.levels.values() for word in terms.keywords)

    def _people(self, account: Account, many: int) -> list[Contact]:
        titles = ("Chief Financial Officer", "Chief Executive Officer", "Director of Quality", "Maintenance Manager")
        return [
            a_contact(f"c{at}", None, title=title, legal_basis="given consent", country=account.country)
            for at, title in enumerate(titles[:many])
        ]

    def _group(self, account: Account, people: Sequence[Contact], topic: str) -> Group:
        did_so = [
            act for who in people for act in (did(who.id, "email_clicked", 9, topic), did(who.id, "webinar", 2, topic))
        ]
        return self._plain(account, people, did_so)

    def _plain(self, account: Account, people: Sequence[Contact], activities: Sequence[Activity]) -> Group:
        return a_group(people, activities, account=account, users=self.users)

"""What an agreement's offers lack: roles that somebody can have, words, an amount for every served account."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.terms import Agreement, Offer, RoleRule
from syncd.document import Path


def check_offers(partial: PartialAgreement) -> Iterator[Mistake]:
    """Every problem of every offer."""
    agreement = partial.agreement
    if not agreement.offers:
        yield Mistake(("offers",), "there is nothing to sell", "add an offer")
    defined = partial.defined("roles")
    reached = reachable_roles(agreement.roles, agreement.functions, agreement.levels)
    for index, offer in enumerate(agreement.offers):
        path: Path = ("offers", index)
        if not offer.name.strip():
            yield Mistake((*path, "name"), "an offer has no name", "name it")
        if "/" in offer.name or offer.name.isdecimal():
            what = f"the name {offer.name!r} cannot stand in a key"
            yield Mistake((*path, "name"), what, "a word without slashes that is no number")
        if not any(re.search(r"\w", word) for word in offer.words):
            yield Mistake((*path, "words"), f"no activity shows interest in {offer.name}", "give it words")
        if not offer.roles:
            yield Mistake((*path, "roles"), f"{offer.name} needs no roles", "say who decides: five or six roles")
        for section, roles in (("roles", offer.roles), ("questions", offer.questions)):
            for role in roles:
                if defined is not None and role not in defined:
                    yield Mistake((*path, section, role), *undefined("role", role, defined))
                elif section == "roles" and role not in reached and partial.sound("roles"):
                    what = f"no title ever gives the role {role!r}: earlier rules take all that its rules describe"
                    yield Mistake((*path, section, role), what, "put its rule further up, or widen it")
        yield from _amount((*path, "amount"), offer, agreement)


def _amount(path: Path, offer: Offer, agreement: Agreement) -> Iterator[Mistake]:
    """Whether every served account gets an amount above zero."""
    amount = offer.amount
    if (amount.fixed is None) == (amount.by is None and not amount.bands):
        yield Mistake(path, f"{offer.name}: give an amount either fixed or by bands", "one of fixed, or by with bands")
        return
    if amount.fixed is not None:
        return
    if amount.by is None or not amount.bands:
        yield Mistake(path, f"{offer.name}: bands need a measure, and a measure bands", "add by, or bands")
        return
    bounds = [band.up_to for band in amount.bands]
    for index, (bound, following) in enumerate(pairwise(bounds)):
        if bound is None:
            what = f"{offer.name}: a band without up_to takes everything, what follows is never reached"
            yield Mistake((*path, "bands", index), what, "put it last")
        elif following is not None and following <= bound:
            what = f"{offer.name}: the bands do not rise, {following:,f} follows {bound:,f}"
            yield Mistake((*path, "bands", index + 1), what, "order them by up_to")
    last = bounds[-1]
    if last is None:
        return
    sizes = [segment.size for segment in agreement.served_market.segments]
    for size in sizes:
        if size is None or size.measure != amount.by or size.max is None or size.max > last:
            what = f"{offer.name}: served accounts above {last:,f} have no amount"
            yield Mistake((*path, "bands"), what, "end with a band without up_to")
            return


def reachable_roles(rules: Iterable[RoleRule], functions: Collection[str], levels: Collection[str]) -> frozenset[str]:
    """The roles that some title can still get: what an earlier rule takes entirely never reaches a later one."""
    every = (frozenset(functions) | {""}, frozenset(levels) | {""})
    earlier: list[tuple[frozenset[str], frozenset[str]]] = []
    reached: set[str] = set()
    for rule in rules:
        own = (frozenset(rule.functions) or every[0], frozenset(rule.levels) or every[1])
        cells = {(function, level) for function in own[0] for level in own[1]}
        if any(not any(function in taken[0] and level in taken[1] for taken in earlier) for function, level in cells):
            reached.add(rule.role)
        earlier.append(own)
    return frozenset(reached)

"""Whom the gates exclude, and what points are given for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.document import Path
from syncd.model.addresses import same_domain

RELATIONS = ("customer", "competitor", "colleague", "partner", "prospect")


def check_mql(partial: PartialAgreement) -> Iterator[Mistake]:
    """Relations, domains and names of points that mean nothing."""
    agreement, terms = partial.agreement, partial.agreement.mql
    for index, relation in enumerate(terms.exclude):
        if relation not in RELATIONS:
            yield Mistake(("mql", "exclude", index), *undefined("relation", relation, RELATIONS))
    for index, domain in enumerate(terms.colleague_domains):
        if same_domain(domain) is None:
            yield Mistake(("mql", "colleague_domains", index), f"{domain!r} is no domain", "such as example.com")
    if terms.scored is None:
        return
    rungs = agreement.engagement.rungs
    kinds = frozenset({*rungs.messaging, *rungs.mobilization, *rungs.money, *agreement.engagement.explore})
    fit, here = terms.scored.fit, ("mql", "scored")
    known: list[tuple[str, Path, Mapping[str, int], frozenset[str] | None]] = [
        ("role", (*here, "fit", "role"), fit.role, partial.defined("roles")),
        ("level", (*here, "fit", "level"), fit.level, partial.defined("levels")),
        ("function", (*here, "fit", "function"), fit.function, partial.defined("functions")),
        (
            "activity kind",
            (*here, "behaviour", "points"),
            terms.scored.behaviour.points,
            kinds if partial.sound("engagement") else None,
        ),
    ]
    for kind, path, table, defined in known:
        for name in table:
            if defined is not None and name not in defined:
                yield Mistake((*path, name), *undefined(kind, name, defined))

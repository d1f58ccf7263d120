"""Functions, levels and roles: words that are words, names that are defined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement


def check_titles(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether keywords show anything, and the level of a plain vice president exists."""
    agreement = partial.agreement
    for section, terms in (("functions", agreement.functions), ("levels", agreement.levels)):
        for name, own in terms.items():
            for index, keyword in enumerate(own.keywords):
                if not re.search(r"\w", keyword):
                    yield Mistake(
                        (section, name, "keywords", index), f"{name}: a keyword without a word", "leave it out"
                    )
    levels = partial.defined("levels")
    if levels is not None and agreement.titles.vp_is not in levels:
        yield Mistake(("titles", "vp_is"), *undefined("level", agreement.titles.vp_is, agreement.levels))


def check_roles(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether every rule gives a role, by functions and levels that are defined."""
    agreement = partial.agreement
    if not agreement.roles:
        yield Mistake(("roles",), "there are no roles", "map functions and levels to buying roles")
    for index, rule in enumerate(agreement.roles):
        if not rule.role.strip():
            yield Mistake(("roles", index, "role"), "a rule without a role", "a value of OpportunityContactRole.Role")
        for section, kind, names in (("functions", "function", rule.functions), ("levels", "level", rule.levels)):
            defined = partial.defined(section)
            for at, name in enumerate(names):
                if defined is not None and name not in defined:
                    yield Mistake(("roles", index, section, at), *undefined(kind, name, defined))

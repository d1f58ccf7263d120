"""The opportunity's stage, weight, bar and name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement

CLOSED = re.compile(r"\W*closed\b\W*(won|lost)?\W*", re.IGNORECASE)  # as every org calls them at first
NAME_FIELDS = ("account", "offer")


def check_forecast(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether an opportunity can be opened as the agreement says."""
    terms = partial.agreement.forecast
    if not terms.stage.strip():
        yield Mistake(("forecast", "stage"), "the forecast names no stage", "an open stage of 10 to 20 percent")
    elif _closed(terms.stage):
        what = f"in the stage {terms.stage!r} an opportunity is closed: none can be opened in it"
        yield Mistake(("forecast", "stage"), what, "an open stage of 10 to 20 percent")
    if terms.probability.min > terms.probability.max:
        what = f"the probability's bounds are inverted: {terms.probability.min} to {terms.probability.max}"
        yield Mistake(("forecast", "probability"), what, "exchange min and max")
    for name in ("mqls_in_required_role", "supporters_at_mobilization"):
        if getattr(terms.bar, name) < 0:
            yield Mistake(("forecast", "bar", name), "a bar below zero", "give zero or more")
    defined = partial.defined("roles")
    for at, role in enumerate(terms.bar.roles_known):
        if defined is not None and role not in defined:
            yield Mistake(("forecast", "bar", "roles_known", at), *undefined("role", role, defined))
    try:
        fields = [field for _, field, _, _ in Formatter().parse(terms.name) if field is not None]
    except ValueError:
        fields = [terms.name]
    for field in fields:
        if field not in NAME_FIELDS:
            yield Mistake(("forecast", "name"), f"the name's {{{field}}} is not known", "use {account} and {offer}")


def _closed(stage: str) -> bool:
    """Whether a stage's name alone says so; what an org's own names mean is looked at before each push."""
    return CLOSED.fullmatch(stage) is not None

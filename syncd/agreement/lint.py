"""Every problem of an agreement that can be read: names that point nowhere, sums that do not add up, gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from string import Formatter

from syncd.agreement.draft import Draft, Finding
from syncd.agreement.industries import Industries
from syncd.agreement.offers import check_offers, undefined
from syncd.agreement.scoring import check_scoring
from syncd.agreement.standards import COUNTRIES, CURRENCIES, STATES, is_time_zone
from syncd.agreement.statements import check_market, likely_country
from syncd.document import Complaint, Path

PARTIES = ("sales", "marketing")
RELATIONS = ("customer", "competitor", "colleague", "partner", "prospect")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
NAME_FIELDS = ("account", "offer")


def lint(draft: Draft, industries: Industries) -> list[Complaint]:
    """Every complaint about a draft, what could not be read included, in the order of the file's lines."""
    draft.complain(check_market(draft, industries))
    for check in CHECKS:
        draft.complain(check(draft))
    return sorted(set(draft.complaints), key=lambda complaint: (complaint.line, complaint.what))


# ---- who signed, and the agreement's own terms -------------------------------------------------------------------


def _head(draft: Draft) -> Iterator[Finding]:
    agreement = draft.agreement
    for name in ("version", "name"):
        if not getattr(agreement, name).strip():
            yield Finding((name,), f"the agreement has no {name}", f"give it a {name}")
    if not is_time_zone(agreement.time_zone):
        yield Finding(
            ("time_zone",), f"{agreement.time_zone!r} is no time zone", "an IANA name, such as America/New_York"
        )
    if agreement.currency not in CURRENCIES:
        yield Finding(("currency",), *_currency(agreement.currency))
    for party in PARTIES:
        if not any(signature.party == party for signature in agreement.signed):
            mend = f"add a line with party: {party}, by and on"
            yield Finding(("signed",), f"{party} has not signed", mend)
    for index, signature in enumerate(agreement.signed):
        if not signature.by.strip():
            yield Finding(("signed", index, "by"), f"{signature.party} signed without a name", "say who signed")
    for index, segment in enumerate(agreement.served_market.segments):
        currency = segment.size.currency if segment.size else None
        if currency is not None and currency not in CURRENCIES:
            yield Finding(("served_market", "segments", index, "size", "currency"), *_currency(currency))


def _currency(code: str) -> tuple[str, str]:
    likely = code.strip().upper()
    return (
        f"{code!r} is no ISO 4217 currency",
        f"did you mean {likely}?" if likely in CURRENCIES else "such as USD or EUR",
    )


def _names(draft: Draft) -> Iterator[Finding]:
    agreement = draft.agreement
    segments = [segment.name for segment in agreement.served_market.segments]
    yield from _twice(("served_market", "segments"), segments, "segment", ("name",))
    yield from _twice(("offers",), [offer.name for offer in agreement.offers], "offer", ("name",))
    yield from _twice(("offers",), [offer.label for offer in agreement.offers], "offer's label", ("label",))
    yield from _twice(("functions",), list(agreement.functions), "function")
    yield from _twice(("levels",), list(agreement.levels), "level")


def _twice(base: Path, names: list[str], what: str, tail: Path = ()) -> Iterator[Finding]:
    """Names that differ in nothing but case or blanks."""
    folded = [" ".join(name.casefold().split()) for name in names]
    counts = Counter(folded)
    for index, (name, fold) in enumerate(zip(names, folded, strict=True)):
        if counts[fold] > 1 and folded.index(fold) != index:
            place: Path = (*base, index, *tail) if tail else (*base, name)
            yield Finding(place, f"there are two {what}s named {name!r}", "give each its own name")


# ---- functions, levels, roles ------------------------------------------------------------------------------------


def _functions(draft: Draft) -> Iterator[Finding]:
    agreement = draft.agreement
    for section, terms in (("functions", agreement.functions), ("levels", agreement.levels)):
        for name, own in terms.items():
            for index, keyword in enumerate(own.keywords):
                if not re.search(r"\w", keyword):
                    yield Finding(
                        (section, name, "keywords", index), f"{name}: a keyword without a word", "leave it out"
                    )
    levels = draft.defined("levels")
    if levels is not None and agreement.titles.vp_is not in levels:
        yield Finding(("titles", "vp_is"), *undefined("level", agreement.titles.vp_is, agreement.levels))


def _roles(draft: Draft) -> Iterator[Finding]:
    agreement = draft.agreement
    if not agreement.roles:
        yield Finding(("roles",), "there are no roles", "map functions and levels to buying roles")
    for index, rule in enumerate(agreement.roles):
        if not rule.role.strip():
            yield Finding(("roles", index, "role"), "a rule without a role", "a value of OpportunityContactRole.Role")
        for section, kind, names in (("functions", "function", rule.functions), ("levels", "level", rule.levels)):
            defined = draft.defined(section)
            for at, name in enumerate(names):
                if defined is not None and name not in defined:
                    yield Finding(("roles", index, section, at), *undefined(kind, name, defined))


# ---- engagement and MQL ------------------------------------------------------------------------------------------


def _engagement(draft: Draft) -> Iterator[Finding]:
    terms = draft.agreement.engagement
    places: list[tuple[Path, Mapping[str, float]]] = [
        (("engagement", "rungs", "messaging"), terms.rungs.messaging),
        (("engagement", "rungs", "mobilization"), terms.rungs.mobilization),
        (("engagement", "rungs", "money"), terms.rungs.money),
        (("engagement", "explore"), terms.explore),
    ]
    kinds = Counter(kind for _, weights in places for kind in weights)
    if not kinds:
        yield Finding(("engagement", "rungs"), "no activity counts", "put the kinds of activity on rungs")
    for path, weights in places:
        for kind, weight in weights.items():
            if not (isfinite(weight) and weight >= 0):
                yield Finding((*path, kind), f"{kind} weighs {weight:g}", "give a weight of zero or more")
            if kinds[kind] > 1 and any(kind in other for _, other in places[: places.index((path, weights))]):
                yield Finding((*path, kind), f"{kind!r} stands on two rungs", "leave it on one")
    for index, kind in enumerate(terms.not_a_response):
        if kind not in kinds and draft.sound("engagement", "rungs"):
            yield Finding(("engagement", "not_a_response", index), *undefined("activity kind", kind, kinds))
    if terms.bots.seconds_after_delivery < 0:
        yield Finding(
            ("engagement", "bots", "seconds_after_delivery"), "time runs forward", "give zero or more seconds"
        )
    if terms.bots.links_at_once.count < 2:
        mend = "give two or more"
        yield Finding(("engagement", "bots", "links_at_once", "count"), "a single click would be a scanner's", mend)


def _mql(draft: Draft) -> Iterator[Finding]:
    agreement, terms = draft.agreement, draft.agreement.mql
    for index, relation in enumerate(terms.exclude):
        if relation not in RELATIONS:
            yield Finding(("mql", "exclude", index), *undefined("relation", relation, RELATIONS))
    for index, domain in enumerate(terms.colleague_domains):
        if not DOMAIN.fullmatch(domain):
            yield Finding(("mql", "colleague_domains", index), f"{domain!r} is no domain", "such as example.com")
    if terms.scored is None:
        return
    rungs = agreement.engagement.rungs
    kinds = frozenset({*rungs.messaging, *rungs.mobilization, *rungs.money, *agreement.engagement.explore})
    fit, here = terms.scored.fit, ("mql", "scored")
    known: list[tuple[str, Path, Mapping[str, int], frozenset[str] | None]] = [
        ("role", (*here, "fit", "role"), fit.role, draft.defined("roles")),
        ("level", (*here, "fit", "level"), fit.level, draft.defined("levels")),
        ("function", (*here, "fit", "function"), fit.function, draft.defined("functions")),
        (
            "activity kind",
            (*here, "behaviour", "points"),
            terms.scored.behaviour.points,
            kinds if draft.sound("engagement") else None,
        ),
    ]
    for kind, path, table, defined in known:
        for name in table:
            if defined is not None and name not in defined:
                yield Finding((*path, name), *undefined(kind, name, defined))


# ---- forecast and handover -----------------------------------------------------------------------------------------


def _forecast(draft: Draft) -> Iterator[Finding]:
    terms = draft.agreement.forecast
    if not terms.stage.strip():
        yield Finding(("forecast", "stage"), "the forecast names no stage", "an open stage of 10 to 20 percent")
    if terms.probability.min > terms.probability.max:
        what = f"the probability's bounds are inverted: {terms.probability.min} to {terms.probability.max}"
        yield Finding(("forecast", "probability"), what, "exchange min and max")
    for name in ("mqls_in_required_role", "supporters_at_mobilization"):
        if getattr(terms.bar, name) < 0:
            yield Finding(("forecast", "bar", name), "a bar below zero", "give zero or more")
    try:
        fields = [field for _, field, _, _ in Formatter().parse(terms.name) if field is not None]
    except ValueError:
        fields = [terms.name]
    for field in fields:
        if field not in NAME_FIELDS:
            yield Finding(("forecast", "name"), f"the name's {{{field}}} is not known", "use {account} and {offer}")


def _handover(draft: Draft) -> Iterator[Finding]:
    territories = draft.agreement.handover.territories
    for index, territory in enumerate(territories):
        path: Path = ("handover", "territories", index)
        if not ADDRESS.fullmatch(territory.rep):
            yield Finding((*path, "rep"), f"{territory.rep!r} is no e-mail address", "the rep's, as in Salesforce")
        if not (territory.states or territory.countries) and index < len(territories) - 1:
            yield Finding(path, "this line takes the rest, the lines below are never reached", "put it last")
        for at, state in enumerate(territory.states):
            if state not in STATES:
                yield Finding((*path, "states", at), f"{state!r} is no USPS state code", "such as NY")
        for at, country in enumerate(territory.countries):
            if country not in COUNTRIES:
                what = f"{country!r} is no ISO 3166 country code"
                yield Finding((*path, "countries", at), what, likely_country(country))
    if draft.agreement.handover.task_due_days < 0:
        yield Finding(("handover", "task_due_days"), "a task due before it is given", "give zero or more days")
    if draft.agreement.safety.opportunities.never_below < 0:
        yield Finding(("safety", "opportunities", "never_below"), "a number below zero", "give zero or more")


CHECKS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    _head,
    _names,
    _functions,
    _roles,
    _engagement,
    _mql,
    check_scoring,
    check_offers,
    _forecast,
    _handover,
)

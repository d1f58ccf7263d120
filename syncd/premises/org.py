"""The agreement's stage, roles, reps and currency must be the org's, and what is written must be writable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.base import ConnectorError, Org, OrgUser, Picklist, Problem
from syncd.agreement import Agreement
from syncd.mapping import SystemMapping


def examine(org: Org, agreement: Agreement, mapping: SystemMapping) -> list[Problem]:
    """Compare the org with the agreement and the mapping that are meant for it."""
    try:
        return [
            *_stage(org, agreement),
            *_roles(org.role_picklist(), agreement),
            *_reps(org, agreement, mapping, org.users()),
            *_currency(org, agreement, mapping),
            *org.check_writes(mapping.written(), _values(mapping, agreement)),
        ]
    except ConnectorError as error:
        return [Problem("error", org.system, str(error), f"run it again; if it stays, see {org.status_page}")]


def _values(mapping: SystemMapping, agreement: Agreement) -> dict[tuple[str, str], Sequence[str]]:
    """What our words are called in picklists, and our accounts' places where states and countries are picklists."""
    segments = agreement.served_market.segments
    states = dict.fromkeys(state for segment in segments for state in segment.states)
    countries = dict.fromkeys(country for segment in segments for country in segment.countries)
    rules = mapping.writes
    written: Mapping[str, Mapping[str, Sequence[str]]] = {
        **{kind: {name: (*words.values(),) for name, words in rule.values.items()} for kind, rule in rules.items()},
        "account": {"state": (*states,), "country": (*countries,)},
    }
    return {
        (rules[kind].object, rules[kind].fields[name]): of
        for kind, values in written.items()
        for name, of in values.items()
        if kind in rules and name in rules[kind].fields
    }


def _stage(org: Org, agreement: Agreement) -> Iterator[Problem]:
    wanted, terms = agreement.forecast.stage, agreement.forecast.probability
    fitting = [stage.name for stage in org.pipeline() if stage.open and terms.min <= stage.probability <= terms.max]
    if wanted not in fitting:
        choice = ", ".join(fitting) or f"none: add one in {org.stage_setup}"
        yield Problem(
            "error",
            "agreement forecast.stage",
            f"{wanted!r} is no open, active stage of the org with a default probability of {terms.min}-{terms.max} %",
            f"set forecast.stage to one that is: {choice}",
        )


def _roles(roles: Picklist, agreement: Agreement) -> Iterator[Problem]:
    if missing := sorted({rule.role for rule in agreement.roles} - set(roles.values)):
        # An API takes any value of an unrestricted picklist, but lists and reports do not offer it.
        yield Problem(
            "error" if roles.strict else "warning",
            "agreement roles",
            f"the org's {roles.name} picklist lacks {', '.join(missing)}",
            f"add them in {roles.setup}; or use: {', '.join(roles.values)}",
        )


def _reps(org: Org, agreement: Agreement, mapping: SystemMapping, users: Sequence[OrgUser]) -> Iterator[Problem]:
    active = {user.email.casefold() for user in users if user.active}
    if len(users) <= 1:
        what = "the integration user sees no user but itself: nobody's records can be handed to anybody"
        where = f"{org.system} {mapping.stream_into('user')}"
        yield Problem("warning", where, what, "grant it View All Users, or share users with it")
    for rep in dict.fromkeys(line.rep for line in agreement.handover.territories):
        if rep.casefold() not in active:
            yield Problem(
                "warning",
                f"agreement handover {rep}",
                f"is no active {org.system.capitalize()} user: what falls to this territory gets no rep",
                "correct the agreement's handover.territories, or activate the user",
            )


def _currency(org: Org, agreement: Agreement, mapping: SystemMapping) -> Iterator[Problem]:
    rule, currency = mapping.writes.get("opportunity"), org.currency()
    if rule and "amount" in rule.fields and currency not in (None, agreement.currency):
        name = org.system.capitalize()
        yield Problem(
            "error",
            "agreement currency",
            f"amounts are agreed in {agreement.currency}, and {name} would take them for {currency}",
            "correct the agreement's currency, or the default currency of the org or of the integration user",
        )

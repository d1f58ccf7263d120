"""What `syncd doctor` compares: the agreement and the mapping with the Salesforce org that they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.base import ConnectorError, Problem
from connectors.salesforce import Salesforce
from syncd.agreement import Agreement
from syncd.mapping import SystemMapping
from syncd.rules.tasks import OPEN, PRIORITIES
from syncd.sync.cycle import Wiring


def unfit(wiring: Wiring) -> list[Problem]:
    """The agreement's stage, roles, reps and currency must be the org's, and what is written must be writable."""
    salesforce = wiring.sources["salesforce"]
    if not isinstance(salesforce, Salesforce):
        return []
    agreed, mapping = wiring.agreement, wiring.mappings["salesforce"]
    try:
        pages = salesforce.pull("User", ["Email", "IsActive"], None)
        users = [one.raw for page in pages for one in page.records if not one.deleted]
        return [
            *_stage(agreed, salesforce.stages()),
            *_roles(agreed, salesforce),
            *_reps(agreed, users),
            *_currency(agreed, mapping, salesforce.currency()),
            *salesforce.check_writes(mapping.written(), _values(mapping, agreed)),
        ]
    except ConnectorError as error:
        return [Problem("error", "salesforce", str(error), "run it again; if it stays, see status.salesforce.com")]


def _values(mapping: SystemMapping, agreement: Agreement) -> dict[tuple[str, str], Sequence[str]]:
    """What our tasks write into picklists, and our accounts where states and countries are picklists."""
    segments = agreement.served_market.segments
    states = dict.fromkeys(state for segment in segments for state in segment.states)
    countries = dict.fromkeys(country for segment in segments for country in segment.countries)
    written: Mapping[str, Mapping[str, Sequence[str]]] = {
        "task": {"status": (OPEN,), "priority": PRIORITIES},
        "account": {"state": (*states,), "country": (*countries,)},
    }
    rules = mapping.writes
    return {
        (rules[kind].object, rules[kind].fields[name]): of
        for kind, values in written.items()
        for name, of in values.items()
        if kind in rules and name in rules[kind].fields
    }


def _stage(agreement: Agreement, stages: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    wanted, terms = agreement.forecast.stage, agreement.forecast.probability
    good = [
        stage["ApiName"]
        for stage in stages
        if stage["IsActive"]
        and not stage["IsClosed"]
        and stage["ForecastCategoryName"] != "Omitted"
        and terms.min <= Decimal(str(stage["DefaultProbability"])) <= terms.max
    ]
    if wanted not in good:
        choice = ", ".join(good) or "none: add one in Setup, Object Manager, Opportunity, StageName"
        yield Problem(
            "error",
            "agreement forecast.stage",
            f"{wanted!r} is no open, active stage of the org with a default probability of {terms.min}-{terms.max} %",
            f"set forecast.stage to one that is: {choice}",
        )


def _roles(agreement: Agreement, salesforce: Salesforce) -> Iterator[Problem]:
    roles = salesforce.contact_roles()
    if missing := sorted({rule.role for rule in agreement.roles} - set(roles)):
        # The API takes any value of an unrestricted picklist, but lists and reports do not offer it.
        yield Problem(
            "error" if salesforce.insists("OpportunityContactRole", "Role") else "warning",
            "agreement roles",
            f"the org's OpportunityContactRole.Role picklist lacks {', '.join(missing)}",
            f"add them in Setup, Opportunity Contact Role, Role; or use: {', '.join(roles)}",
        )


def _reps(agreement: Agreement, users: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    active = {str(user.get("Email") or "").casefold() for user in users if user.get("IsActive")}
    if len(users) <= 1:
        what = "the integration user sees no user but itself: nobody's records can be handed to anybody"
        yield Problem("warning", "salesforce User", what, "grant it View All Users, or share users with it")
    for rep in dict.fromkeys(line.rep for line in agreement.handover.territories):
        if rep.casefold() not in active:
            yield Problem(
                "warning",
                f"agreement handover {rep}",
                "is no active Salesforce user: what falls to this territory gets no rep",
                "correct the agreement's handover.territories, or activate the user",
            )


def _currency(agreement: Agreement, mapping: SystemMapping, currency: str | None) -> Iterator[Problem]:
    rule = mapping.writes.get("opportunity")
    if rule and "amount" in rule.fields and currency not in (None, agreement.currency):
        yield Problem(
            "error",
            "agreement currency",
            f"amounts are agreed in {agreement.currency}, and Salesforce would take them for {currency}",
            "correct the agreement's currency, or the default currency of the org or of the integration user",
        )

"""The gates of a qualified lead, as the salesperson would define one, in their order.

market: the account is in the served market; role: function and level give a role that some offer requires; reachable:
by mail or by phone (see reach); relation: no customer, competitor, colleague; responded: they did something
within the window. In `mode: scored` a sixth gate, points, stands behind them: points never open another gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncd.agreement.lead_terms import ReachTerms, Scoring
from syncd.agreement.terms import Agreement, RoleRule
from syncd.model import Account, Contact, Gate, GateName, Interest, Ruling, Standing, TitleReading
from syncd.model.addresses import same_domain
from syncd.rules.answers import SaidRole
from syncd.rules.reach import by_mail, by_phone, reachable

EXCLUDED = "s are no leads"
UNCLEAR = "unclear"  # a relation that a record states in words which the mapping's table lacks
RULINGS = {Standing.IN: Ruling.YES, Standing.OUT: Ruling.NO, Standing.UNKNOWN: Ruling.UNKNOWN}


@dataclass(frozen=True, slots=True)
class GateTerms:
    """The agreement's MQL terms, to gate many contacts by."""

    required: frozenset[str]  # roles that at least one offer requires
    rules: tuple[RoleRule, ...]
    exclude: frozenset[str]
    colleague_domains: frozenset[str]
    window: int  # days in which an activity is a response
    scored: Scoring | None  # the points' table where the mode is scored
    reach: ReachTerms


def gate_terms(agreement: Agreement) -> GateTerms:
    """Read the agreement's MQL terms."""
    mql = agreement.mql
    return GateTerms(
        required=frozenset(role for offer in agreement.offers for role in offer.roles),
        rules=agreement.roles,
        exclude=frozenset(mql.exclude),
        colleague_domains=frozenset(same_domain(domain) or domain.casefold() for domain in mql.colleague_domains),
        window=agreement.engagement.response_days,
        scored=mql.scored if mql.mode == "scored" else None,
        reach=mql.reach,
    )


def qualify(
    contact: Contact,
    account: Account,
    reading: TitleReading,
    role: str | None,
    interest: Interest,
    market: Gate,
    terms: GateTerms,
    said: SaidRole | None = None,
) -> tuple[Gate, ...]:
    """The contact's gates in order; `market` is the account's (see market_gate). said: the role that a person gave."""
    gates = (
        market,
        _said_role(said, terms) if said else _role(contact, reading, role, terms),
        reachable(by_mail(contact, terms.reach), by_phone(contact, account)),
        relation_gate(contact, account, terms),
        _responded(interest, terms),
    )
    return (
        gates
        if terms.scored is None
        else (*gates, _points(points(terms.scored, reading, role, interest), terms.scored))
    )


def decide(gates: Iterable[Gate]) -> Ruling:
    """No where any gate says no, else unknown where any is unknown, else yes: a qualified lead."""
    rulings = {gate.ruling for gate in gates}
    return next((ruling for ruling in (Ruling.NO, Ruling.UNKNOWN) if ruling in rulings), Ruling.YES)


def market_gate(standing: Standing, segment: str | None, criteria: Iterable[Gate]) -> Gate:
    """One gate of the account's standing, which its contacts share: the criteria that decided it, in their words."""
    ruling = RULINGS[standing]
    deciding = [gate for gate in criteria if gate.ruling is ruling]
    reason = "; ".join(gate.reason for gate in deciding if gate.reason)
    return Gate(
        name=GateName.MARKET,
        ruling=ruling,
        value=segment or "; ".join(gate.value for gate in deciding if gate.value),
        source="; ".join(dict.fromkeys(gate.source for gate in deciding if gate.source)),
        reason=f"in the served market: {segment}" if standing is Standing.IN else reason or f"{standing} of the market",
        mend="; ".join(dict.fromkeys(gate.mend for gate in deciding if gate.mend)),
    )


def excluded_as(relation: Gate) -> str | None:
    """As what the agreement excludes them (customer, competitor, …); None where it does not."""
    return relation.reason.removesuffix(EXCLUDED) if relation.reason.endswith(EXCLUDED) else None


def points(scored: Scoring, reading: TitleReading, role: str | None, interest: Interest) -> dict[str, int]:
    """Fit, behaviour and total points.

    Fit: the role's, the level's, and the best function's, none of them for a post that is no longer held. Behaviour:
    each counted activity's, the sum capped; without a cap each kind counts once, so the largest possible sum is that of
    the table.
    """
    fit = scored.fit
    functions, level = ((), None) if reading.former else (reading.functions, reading.level)
    of_functions = [fit.function[function] for function in functions if function in fit.function]
    fitting = fit.role.get(role or "", 0) + fit.level.get(level or "", 0) + max(of_functions, default=0)
    behaving = behaviour(scored, interest.kinds)
    return {"fit": fitting, "behaviour": behaving, "total": fitting + behaving}


def behaviour(scored: Scoring, kinds: Mapping[str, int]) -> int:
    """The points of what they did, never above the cap."""
    table, cap = scored.behaviour.points, scored.behaviour.cap
    if cap is None:
        return sum(table[kind] for kind in kinds if kind in table)
    return min(cap, sum(table[kind] * count for kind, count in kinds.items() if kind in table))


# ---- the gates ---------------------------------------------------------------------------------------------------


def _role(contact: Contact, reading: TitleReading, role: str | None, terms: GateTerms) -> Gate:
    source, title = contact.sources.get("title", ""), contact.title or ""

    def gate(ruling: Ruling, reason: str, mend: str = "") -> Gate:
        return Gate(GateName.ROLE, ruling, role or title, source, reason, mend)

    if not title.strip():
        return gate(Ruling.UNKNOWN, "no job title is known", "find out the job title")
    if reading.former:
        return gate(Ruling.NO, "the title says that they have left or retired", "find out who holds the office now")
    what = ", ".join((*reading.functions, *filter(None, [reading.level]))) or "neither function nor level"
    if role in terms.required:
        return gate(Ruling.YES, f"{role}: the title reads as {what}")
    if role is None and _may_fit(reading, terms):
        missing = " and ".join(
            word for word, known in (("function", reading.functions), ("level", reading.level)) if not known
        )
        return gate(
            Ruling.UNKNOWN,
            f"the title reads as {what}",
            f"find out their {missing}, or add the title's word to the agreement",
        )
    roles = ", ".join(sorted(terms.required))
    reason = f"{role} is no required role of any offer" if role else f"the title reads as {what}: no buying role"
    return gate(Ruling.NO, reason, f"a title that gives one of {roles}")


def _said_role(said: SaidRole, terms: GateTerms) -> Gate:
    """A person's word outranks the title's."""
    if said.role in terms.required:
        return Gate(GateName.ROLE, Ruling.YES, said.role, said.where, f"{said.role}: {said.where}")
    mend = f"one of {', '.join(sorted(terms.required))}, set there instead"
    reason = f"{said.role} is no required role of any offer; {said.where}"
    return Gate(GateName.ROLE, Ruling.NO, said.role, said.where, reason, mend)


def _may_fit(reading: TitleReading, terms: GateTerms) -> bool:
    """Whether what the title does not say could still give a required role."""
    if reading.functions and reading.level:
        return False
    return any(
        rule.role in terms.required
        and (not rule.functions or not reading.functions or not set(rule.functions).isdisjoint(reading.functions))
        and (not rule.levels or not reading.level or reading.level in rule.levels)
        for rule in terms.rules
    )


def relation_gate(contact: Contact, account: Account, terms: GateTerms) -> Gate:
    """Whether the agreement excludes them for what they, or their company, are to us."""
    for relation, value, source in _relations(contact, account, terms):
        if relation in terms.exclude:
            mend = f"correct it if they are no {relation}"
            return Gate(GateName.RELATION, Ruling.NO, value, source, f"{relation}{EXCLUDED}", mend)
    if UNCLEAR in (account.relation, contact.relation) and terms.exclude:
        where = account.sources.get("relation") or contact.sources.get("relation", "")
        reason = "what they are to us stands there in words that no table knows"
        mend = f"add the value of {where or 'that field'} to the mapping's table of relations"
        return Gate(GateName.RELATION, Ruling.UNKNOWN, UNCLEAR, where, reason, mend)
    relation = contact.relation or account.relation or ""
    source = contact.sources.get("relation", "") or account.sources.get("relation", "")
    return Gate(GateName.RELATION, Ruling.YES, relation, source, relation or "no relation on record")


def _relations(contact: Contact, account: Account, terms: GateTerms) -> Iterable[tuple[str, str, str]]:
    """What the contact is to us, with the value and the field that say so."""
    if account.relation:
        yield account.relation, account.relation, account.sources.get("relation", "")
    if contact.relation:
        yield contact.relation, contact.relation, contact.sources.get("relation", "")
    if contact.lifecycle:
        yield contact.lifecycle, contact.lifecycle, contact.sources.get("lifecycle", "")
    for email in contact.emails:
        if _is_ours(email.rpartition("@")[2], terms.colleague_domains):
            yield "colleague", email, contact.sources.get("emails", "")
    if account.domain and _is_ours(account.domain, terms.colleague_domains):
        yield "colleague", account.domain, account.sources.get("domain", "")


def _is_ours(domain: str, domains: frozenset[str]) -> bool:
    folded = domain.casefold()
    return any(folded == ours or folded.endswith(f".{ours}") for ours in domains)


def _responded(interest: Interest, terms: GateTerms) -> Gate:
    source = f"engagement.response_days: {terms.window}"
    if interest.responded:
        return Gate(GateName.RESPONDED, Ruling.YES, _spoken(interest.responses), source, "they responded")
    others = f"; {_spoken(interest.kinds)} does not count as one, or is older" if interest.kinds else ""
    bots = f"; {machines_of(interest)}" if interest.bots else ""
    reason = f"no response within {terms.window} days{others}{bots}"
    return Gate(GateName.RESPONDED, Ruling.NO, "", source, reason, "a response: a click, a reply, a form, an event")


def _spoken(kinds: Iterable[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds)


def machines_of(interest: Interest) -> str:
    """What of somebody's activities a machine made, with the signs that gave it away."""
    signs = ", ".join(f"{sign} ×{count}" for sign, count in interest.signs.items())
    return f"{interest.bots} opens, clicks or replies were a machine's: {signs}"


def _points(sums: Mapping[str, int], scored: Scoring) -> Gate:
    enough = sums["total"] >= scored.threshold
    return Gate(
        name=GateName.POINTS,
        ruling=Ruling.YES if enough else Ruling.NO,
        value=str(sums["total"]),
        source="mql.scored",
        reason=f"{sums['fit']} for fit and {sums['behaviour']} for behaviour, {scored.threshold} needed",
        mend="" if enough else f"{scored.threshold - sums['total']} more points",
    )

"""The agreement's stage, roles, reps and currency must be the org's, and what is written must be writable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.base import Org, OrgUser, Picklist, Problem, Rest, Stage
from syncd.agreement import Agreement, readings
from syncd.agreement.terms import ForecastTerms
from syncd.mapping import SystemMapping
from syncd.model.addresses import INVALID

MISSING = "package"  # premise of a field of ours that is not there: one that is written is told already
REFRESHED = INVALID  # what a copy of an org appends to the addresses of its users, so that nobody there gets mail


def look(org: Org, agreement: Agreement, mapping: SystemMapping) -> list[Problem]:
    """Compare the org with the agreement and the mapping that are meant for it. Raises ConnectorError."""
    reps = [*_territories(agreement), *(calendar.rep for calendar in agreement.reps)]
    users = org.users([address for rep in reps for address in (rep, rep + REFRESHED)])
    writes = org.check_writes(mapping.written(), _values(mapping, agreement))  # first: what is asked anew serves all
    named = {problem.where for problem in writes}
    rights = org.check_rights([*mapping.streams], [*mapping.written()])
    return [
        *_stage(org, agreement, mapping),
        *_segments(agreement, mapping),
        *_roles(org.role_picklist(), agreement, mapping),
        *_reps(org, agreement, mapping, users),
        *_owners(org, mapping, users),
        *_currency(org, agreement, mapping),
        *_barring(org, mapping),
        *(problem for problem in rights if problem.premise != MISSING or problem.where not in named),
        *writes,
    ]


def _values(mapping: SystemMapping, agreement: Agreement) -> dict[tuple[str, str], Sequence[str]]:
    """What our words are called in picklists, and our accounts' places where states and countries are picklists."""
    segments = agreement.served_market.segments
    states = dict.fromkeys(state for segment in segments for state in segment.states)
    countries = dict.fromkeys(country for segment in segments for country in segment.countries)
    rules, moot = mapping.writes, agreement.handover.moot_status
    written: Mapping[str, Mapping[str, Sequence[str]]] = {
        **{kind: {name: (*words.values(),) for name, words in rule.values.items()} for kind, rule in rules.items()},
        "account": {"state": (*states,), "country": (*countries,)},
        "closing": {"status": (moot,) if moot else ()},
    }
    constants: dict[tuple[str, str], Sequence[str]] = {}
    for rule in rules.values():
        for name, value in rule.every_constant:
            if isinstance(value, str):
                constants[rule.object, name] = (*constants.get((rule.object, name), ()), value)
    for kind, values in written.items():  # several kinds of wishes may write one field: a task's status
        for name, of in values.items():
            if kind in rules and name in rules[kind].fields:
                place = rules[kind].object, rules[kind].fields[name]
                constants[place] = tuple(dict.fromkeys((*constants.get(place, ()), *of)))
    return constants


def _territories(agreement: Agreement) -> list[str]:
    """The reps whom territories name, of segments too."""
    lines = (line for reading in readings(agreement) for line in reading.handover.territories)
    return [*dict.fromkeys(rep for line in lines for rep in line.reps)]


def _rest(mapping: SystemMapping, kind: str, name: str | None = None, **how: object) -> tuple[Rest, ...]:
    """What rests on a premise, by our names of the kind of wish and its field; nothing where it is not written."""
    rule = mapping.writes.get(kind)
    if rule is None or (name is not None and name not in rule.fields):
        return ()
    return (Rest(rule.object, field=rule.fields[name] if name else None, **how),)  # type: ignore[arg-type]


# ---- the stage ---------------------------------------------------------------------------------------------------


def _stage(org: Org, agreement: Agreement, mapping: SystemMapping) -> Iterator[Problem]:
    """The agreed stage must be one in which an opportunity can be opened and weighed as agreed, in every segment."""
    rule = mapping.writes.get("opportunity")
    served = [segment.name for segment in agreement.served_market.segments]
    apart = [name for name in served if rule and name in rule.by_segment]
    yield from _stage_in(
        org, agreement, mapping, rule.constants if rule else {}, [one for one in served if one not in apart]
    )
    for name in apart:
        yield from _stage_in(org, agreement, mapping, rule.constants_in(name) if rule else {}, [name])


def _stage_in(
    org: Org, agreement: Agreement, mapping: SystemMapping, constants: Mapping[str, object], segments: Sequence[str]
) -> Iterator[Problem]:
    """The same for the segments whose new opportunities get these constants, a record type among them."""
    terms = agreement.forecast
    wanted, bounds = terms.stage, terms.probability
    stages, process = org.pipeline(), org.process(constants)
    faults = {stage.name: _fault(stage, terms, process) for stage in stages}
    if not segments or not (fault := faults.get(wanted, "does not exist in the org")):
        return
    all_of_them = len(segments) == len(agreement.served_market.segments)
    choice = ", ".join(name for name, why in faults.items() if not why) or f"none: add one in {org.stage_setup}"
    yield Problem(
        "error",
        "agreement forecast.stage" if all_of_them else f"agreement forecast.stage, {', '.join(segments)}",
        f"{wanted!r} {fault}; it must be an open, active stage of the pipeline with a default probability of "
        f"{bounds.min}-{bounds.max} %",
        f"set forecast.stage to one that is: {choice}",
        "stage",
        _rest(mapping, "opportunity", "stage")
        if all_of_them
        else _rest(mapping, "opportunity", "segment", verb="create", values=tuple(segments)),
    )


def _segments(agreement: Agreement, mapping: SystemMapping) -> Iterator[Problem]:
    """A segment that the mapping names and the agreement does not gets its constants never."""
    served = {segment.name for segment in agreement.served_market.segments}
    for kind, rule in mapping.writes.items():
        for name in rule.by_segment.keys() - served:
            what = f"there is no segment {name!r} in the agreement"
            mend = f"name one of: {', '.join(sorted(served))}"
            yield Problem("warning", f"{mapping.system} writes.{kind}.by_segment", what, mend)


def _fault(stage: Stage, terms: ForecastTerms, process: Sequence[str] | None) -> str:
    """Why no opportunity may be opened in a stage; empty where nothing speaks against it."""
    if not stage.active:
        return "is inactive"
    if stage.closed:
        return "is closed"
    if not terms.probability.min <= stage.probability <= terms.probability.max:
        return f"has a default probability of {stage.probability.normalize():f} %"
    if not stage.pipeline:
        return f"is of the forecast category {stage.category}, not of the pipeline"
    if process is not None and stage.name not in process:
        return "is not in the sales process of the record type that new opportunities get"
    return ""


# ---- roles, reps, the currency -----------------------------------------------------------------------------------


def _roles(roles: Picklist, agreement: Agreement, mapping: SystemMapping) -> Iterator[Problem]:
    named = {rule.role for reading in readings(agreement) for rule in reading.roles}
    if missing := sorted(named - set(roles.values)):
        # An API takes any value of an unrestricted picklist, but then neither lists nor reports offer it.
        yield Problem(
            "error",
            "agreement roles",
            f"the org's {roles.name} picklist lacks {', '.join(missing)}",
            f"add them in {roles.setup}; or use: {', '.join(roles.values)}",
            "roles",
            _rest(mapping, "contact_role", "role", values=tuple(missing)),
        )


def _reps(org: Org, agreement: Agreement, mapping: SystemMapping, users: Sequence[OrgUser]) -> Iterator[Problem]:
    active = {user.email.casefold().removesuffix(REFRESHED) for user in users if user.active}
    if len(users) <= 1:
        what = "the integration user sees no user but itself: nobody's records can be handed to anybody"
        where = f"{org.system} {mapping.stream_into('user')}"
        yield Problem("warning", where, what, "grant it View All Users, or share users with it")
    rests = tuple(
        Rest(rule.object, "create", rule.fields["owner"], values=())
        for rule in mapping.writes.values()
        if "owner" in rule.fields
    )
    for rep in _territories(agreement):
        if rep.casefold() not in active:
            yield Problem(
                "error",
                f"agreement handover {rep}",
                f"is no active {org.system.capitalize()} user: what falls to this territory gets no rep",
                "correct the agreement's handover.territories, or activate the user",
                "reps",
                rests,
            )
    for calendar in agreement.reps:
        if calendar.rep.casefold() not in active:
            yield Problem(
                "warning",
                f"agreement reps {calendar.rep}",
                f"is no active {org.system.capitalize()} user: its absences and places hold for nobody",
                "correct the address to that of the user, or take the calendar out",
            )


def _owners(org: Org, mapping: SystemMapping, users: Sequence[OrgUser]) -> Iterator[Problem]:
    """Nothing is handed to a user who was deactivated since the store last read them."""
    inactive = frozenset(user.id for user in users if not user.active)
    owned = [rule for rule in mapping.writes.values() if "owner" in rule.fields]
    if inactive and owned:
        yield Problem(
            "error",
            f"{org.system} owner",
            "is an inactive user by now",
            "activate the user; another one is found once the change was read",
            "inactive owners",
            tuple(Rest(rule.object, field=rule.fields["owner"], values=inactive) for rule in owned),
        )


def _currency(org: Org, agreement: Agreement, mapping: SystemMapping) -> Iterator[Problem]:
    """An amount is written beside its currency where each record has one, else only in the one that it will be in."""
    rests = _rest(mapping, "opportunity", "amount", whole=False)
    if not rests:
        return
    where, name, agreed = "agreement currency", org.system.capitalize(), agreement.currency
    offered = org.currencies() if "currency" in mapping.writes["opportunity"].fields else ()
    if offered:
        if agreed not in offered:
            what = f"amounts are agreed in {agreed}, which is no active currency of {name}: {', '.join(offered)}"
            mend = "activate it in the org, or correct the agreement's currency"
            rests += _rest(mapping, "opportunity", "currency", whole=False)
            yield Problem("error", where, what, mend, "currency", rests)
        return
    currency = org.currency()
    if currency is None:
        what = f"amounts are agreed in {agreed}, and {name} does not tell in which currency it would take them: "
        setting = f"SYNCD_{org.system.upper()}_CURRENCY"
        mend = f"let the integration user ask the API that tells it, or say it by {setting}"
        yield Problem("error", where, what + "none is written", mend, "currency", rests)
    elif currency != agreed:
        what = f"amounts are agreed in {agreed}, and {name} would take them for {currency}: none is written"
        mend = "correct the agreement's currency, or the default currency of the org or of the integration user"
        yield Problem("error", where, what, mend, "currency", rests)


# ---- what is read -------------------------------------------------------------------------------------------------


def _barring(org: Org, mapping: SystemMapping) -> Iterator[Problem]:
    """Nothing new is opened or handed over while nobody can see who opted out, bounced or is a customer already.

    What was seen before the field was hidden stays; of new records it would not be known.
    """
    kinds = ("contact", "opportunity", "task")
    rests = tuple(rest for kind in kinds for rest in _rest(mapping, kind, verb="create"))
    for stream in mapping.streams:
        known = org.known(stream) if (fields := mapping.barring(stream)) else ()
        for path in fields:
            if known and path.partition(".")[0] not in known:
                what = "is hidden from the integration user, and may say that somebody is not to be sold to"
                mend = "deploy and assign the permission set, or say `optional: true` in the mapping"
                yield Problem("error", f"{org.system} {stream}.{path}", what, mend, "barring fields", rests)

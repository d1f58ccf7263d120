"""The agreement against what the store holds: whom its segments admit, and whether its version is bound already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches

from connectors.base import Problem
from syncd.agreement import NOT_YET, Agreement, Industries, readings, terms_digest
from syncd.errors import AgreementError
from syncd.model import Account, Gate, GateName, Ruling, Standing
from syncd.planning.crew import crew_of
from syncd.rules.currencies import as_of
from syncd.rules.handover import takes_records
from syncd.rules.market import admitting, stand, suppositions
from syncd.rules.suppositions import country_of
from syncd.store import Store
from syncd.today import today_of

WHERE = "agreement"
PAGE = 500  # accounts
NOBODY = "; warning: nobody comes of it: look at its size, codes and places, or bring its accounts in"
EVERYBODY = "; whoever admits everybody serves nobody: draw it closer"
WITH_REPS = ("mql", "released", "accepted")  # stages of which each takes a place of a rep's week


def binding(store: Store, agreement: Agreement) -> Iterator[Problem]:
    """Yield why nothing may be written by this agreement: nobody signed it yet, or its version has other terms."""
    if agreement.unsigned:
        what = f"{agreement.label}: {' and '.join(agreement.unsigned)} did not sign, and nothing comes of it"
        yield Problem("error", WHERE, what, "have both parties sign it, or name the one in force in SYNCD_AGREEMENT")
        return
    if (first := agreement.in_force_from) > today_of(agreement):
        what = f"{agreement.label}: {NOT_YET.format(day=first)}"
        yield Problem("error", WHERE, what, "correct the day, or name the one in force in SYNCD_AGREEMENT")
        return
    try:
        with store.reading() as unit:
            unit.judgements.require_bound(agreement.version, terms_digest(agreement))
    except AgreementError as error:
        yield Problem("error", WHERE, str(error), "give the new terms a version of their own")


def shares(store: Store, agreement: Agreement, industries: Industries) -> Iterator[str]:
    """Say in a line a segment how many of the known accounts it admits, by which assumptions, and who is unknown."""
    standings, missing = Counter[Standing](), Counter[str]()
    segments, assumed = Counter[str](), Counter[tuple[str, str]]()
    listed = Counter[tuple[str, str]]()  # segment and register
    overlaps = Counter[tuple[str, ...]]()
    for account, (standing, segment, gates) in _stands(store, agreement, industries):
        standings[standing] += 1
        segments[segment or ""] += 1
        if segment and len(agreement.served_market.segments) > 1:
            overlaps[admitting(account, agreement, industries)] += 1
        listed.update({(segment or "", stream.partition(".")[0]) for stream in account.remote_ids})
        if standing is Standing.UNKNOWN:
            missing.update(gate.name for gate in gates if gate.ruling is Ruling.UNKNOWN)
        elif segment:
            assumed.update((segment, what) for what in suppositions(gates))
    known = standings.total()
    if not known:
        return
    for name in (served.name for served in agreement.served_market.segments):
        share = segments[name] / known
        odd = NOBODY if not share else EVERYBODY if share == 1 else ""
        supposed = "".join(
            f"; {number:,} of them only by an assumed {what}" for (of, what), number in assumed.items() if of == name
        )
        yield f"{name} admits {segments[name]:,} of {known:,} known accounts ({share:.0%}){supposed}{odd}"
    for (first, *others), number in sorted(overlaps.items()):
        if others:
            yield f"{number:,} accounts stand in {first} and in {' and '.join(others)} as well: {first} comes first"
    yield from _registers(agreement, listed)
    if unknown := standings[Standing.UNKNOWN]:
        facts = ", ".join(f"{name} of {number:,}" for name, number in missing.most_common())
        yield f"unknown of {unknown:,} accounts, for want of: {facts}"


def _registers(agreement: Agreement, listed: Counter[tuple[str, str]]) -> Iterator[str]:
    """Hold the agreed count of each register against what is there: none of 1,200 is a gap, not a finished register."""
    for served in agreement.served_market.segments:
        if (register := served.register_) is not None:
            number = listed[served.name, register.name]
            against = f"{number - register.count:+,} against {register.count:,} agreed"
            within = " (within the tolerance)" if register.tolerates(number) else ""
            gap = "as agreed" if number == register.count else f"{against}{within}"
            yield f"{served.name}: {number:,} accounts of the register {register.name} stand in it, {gap}"
            if not register.tolerates(number):
                yield f"{served.name}: `syncd audit` names who stands on one side of the register only"


def over_capacity(store: Store, agreement: Agreement, stream: str) -> Iterator[str]:
    """Say which weekly targets ask for more than all reps have places for.

    The reps are those of whom the queue knows, and whom the agreement names. stream: where owners are users.
    """
    with store.reading() as unit:
        taken, entries = unit.queue.taken(datetime.now(UTC)), unit.queue.waiting()
        users = unit.groups.users()
    reps = {part.rep for part in taken} | {entry.candidate.rep or "" for entry in entries}
    crew = crew_of(agreement, users, stream, reps)
    places = sum(calendar.cap for calendar in crew.values())
    for target in agreement.targets.weekly if crew else ():
        if target.stage in WITH_REPS and target.per_week > places:
            asked = f"targets: {target.per_week.normalize():f} {target.stage} a week"
            yield f"{asked}; warning: the {len(crew):,} known reps have {places:,} places a week: the others wait"


def of_nobody(store: Store, agreement: Agreement, stream: str) -> Iterator[str]:
    """Say which calendars and territories name nobody who takes records, as far as the store knows users at all.

    stream: where owners are users.
    """
    with store.reading() as unit:
        users = [user for user in unit.groups.users().values() if takes_records(user, stream)]
    known = {user.email.casefold(): user.email for user in users if user.email}
    if not known:
        return
    lines = (line for reading in readings(agreement) for line in reading.handover.territories)
    named = {
        "reps": dict.fromkeys(calendar.rep for calendar in agreement.reps),
        "handover.territories": dict.fromkeys(rep for line in lines for rep in line.reps),
    }
    lost = {"reps": "its absences and places hold for nobody", "handover.territories": "what falls to it gets no rep"}
    for where, addresses in named.items():
        for address in addresses:
            if address.casefold() not in known:
                near = get_close_matches(address.casefold(), known, n=1)
                meant = f"; {known[near[0]]}?" if near else ""
                yield f"{where}: {address}; warning: no active user whom the store knows: {lost[where]}{meant}"


def countries(store: Store, agreement: Agreement, industries: Industries) -> Iterator[Problem]:
    """Yield a proposal where accounts would be in, but that no record names their country, nor speaks against it."""
    served = [country for segment in agreement.served_market.segments for country in segment.countries]
    if not served:
        return
    likely = Counter(served).most_common(1)[0][0]
    waiting = sum(
        {gate.name for gate in gates if gate.ruling is not Ruling.YES} == {GateName.COUNTRY}
        and country_of(account, likely) == (likely, f"assumed: {likely}, by served_market.assume", True, "")
        for account, (standing, _, gates) in _stands(store, agreement, industries)
        if standing is Standing.UNKNOWN
    )
    if waiting:
        what = f"{waiting:,} accounts would be in, but that no record names their country"
        line = f"served_market: {{assume: {{country: {likely}}}}}"
        mend = f"fill it in; or, where all of them are in {likely}, agree on {line}"
        yield Problem("warning", f"{WHERE} served_market", what, mend)


def _stands(
    store: Store, agreement: Agreement, industries: Industries
) -> Iterator[tuple[Account, tuple[Standing, str | None, tuple[Gate, ...]]]]:
    """Every known account with where it stands today."""
    agreement = as_of(agreement, today_of(agreement))
    with store.reading() as unit:
        for ids in unit.groups.pages(PAGE):
            for account in unit.groups.accounts(ids):
                yield account, stand(account, agreement, industries)

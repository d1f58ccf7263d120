"""The served market: where an account stands, criterion by criterion.

A definite no on any criterion is out. A fact that is missing, or too coarse to decide, is unknown and never out: a
vendor's band across a bound, an amount in another currency, a code whose counterparts disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from syncd.agreement import terms
from syncd.agreement.industries import Industries
from syncd.agreement.standards import COUNTRIES, STATES
from syncd.model import Account, Band, Gate, GateName, IndustryCode, Ruling, Standing
from syncd.rules.currencies import exchange
from syncd.rules.suppositions import Homeland, country_of

NAMES = {"annual_revenue": "annual revenue", "total_assets": "total assets", "employees": "employees"}
UNITED_STATES = "US"
SUPPOSED = ", as assumed"
CURRENCY_SUPPOSED = "; currency assumed: "  # in the source of an amount


class _SegmentStanding(NamedTuple):
    segment: terms.Segment
    standing: Standing
    gates: tuple[Gate, ...]


def stand(
    account: Account, agreement: terms.Agreement, industries: Industries
) -> tuple[Standing, str | None, tuple[Gate, ...]]:
    """Where the account stands, the segment that admits it (None unless in), and that segment's gates.

    In when one segment admits it, the first one in the agreement's order; out when every segment rules it out, else
    unknown. An earlier segment that is unknown stands behind the gates of the one that admits it. Outside, the gates
    are those of the segment that comes nearest: fewest noes, then fewest unknowns, then the agreement's order. A person
    account is out, whatever else is known of it.
    """
    if account.person:
        return Standing.OUT, None, (_person(account),)
    standings = [_stand_in(account, segment, agreement, industries) for segment in agreement.served_market.segments]
    for standing in (Standing.IN, Standing.UNKNOWN, Standing.OUT):
        if candidates := [candidate for candidate in standings if candidate.standing is standing]:
            nearest = min(candidates, key=_distance)
            if standing is Standing.IN:
                return standing, nearest.segment.name, (*nearest.gates, *_earlier(standings, nearest))
            return standing, None, nearest.gates
    return Standing.OUT, None, ()


def admitting(account: Account, agreement: terms.Agreement, industries: Industries) -> tuple[str, ...]:
    """Every segment that admits the account, in the agreement's order: it belongs to the first."""
    if account.person:
        return ()
    standings = (_stand_in(account, segment, agreement, industries) for segment in agreement.served_market.segments)
    return tuple(candidate.segment.name for candidate in standings if candidate.standing is Standing.IN)


def _person(account: Account) -> Gate:
    """Companies are sold to: who buys for themselves is an account and a contact in one, and left out."""
    return Gate(
        name=GateName.PERSON,
        ruling=Ruling.NO,
        value="person account",
        source=account.sources.get("person", ""),
        reason="left out: a person account, which is no company",
        mend="an account of the company, if they buy for one",
    )


def _earlier(standings: Sequence[_SegmentStanding], admitted: _SegmentStanding) -> Iterator[Gate]:
    """The segments that come first and may admit it as well, with what is not known."""
    for candidate in standings[: standings.index(admitted)]:
        if candidate.standing is Standing.UNKNOWN:
            unknown = [gate for gate in candidate.gates if gate.ruling is Ruling.UNKNOWN]
            name = candidate.segment.name
            yield Gate(
                name=GateName.SEGMENT,
                ruling=Ruling.UNKNOWN,
                value=name,
                source="; ".join(dict.fromkeys(gate.source for gate in unknown if gate.source)),
                reason=f"{name} comes first, and may be theirs: {'; '.join(gate.reason for gate in unknown)}",
                mend="; ".join(gate.mend for gate in unknown if gate.mend),
            )


def suppositions(gates: Iterable[Gate]) -> Iterator[str]:
    """What of an account that is in no record says: its country, or the currency of its size."""
    for gate in gates:
        if gate.name is GateName.COUNTRY and gate.reason.endswith(SUPPOSED):
            yield "country"
        if gate.name is GateName.SIZE and CURRENCY_SUPPOSED in gate.source:
            yield "currency"


def _distance(candidate: _SegmentStanding) -> tuple[int, int]:
    rulings = [gate.ruling for gate in candidate.gates]
    return rulings.count(Ruling.NO), rulings.count(Ruling.UNKNOWN)


def _stand_in(
    account: Account, segment: terms.Segment, agreement: terms.Agreement, industries: Industries
) -> _SegmentStanding:
    gates = tuple(_gates(account, segment, agreement, industries))
    rulings = {gate.ruling for gate in gates}
    if Ruling.NO in rulings:
        return _SegmentStanding(segment, Standing.OUT, gates)
    return _SegmentStanding(segment, Standing.UNKNOWN if Ruling.UNKNOWN in rulings else Standing.IN, gates)


def _gates(
    account: Account, segment: terms.Segment, agreement: terms.Agreement, industries: Industries
) -> Iterator[Gate]:
    if segment.size:
        yield _size(account, segment.size, agreement)
    if segment.industries:
        yield _industry(account, segment.industries, industries)
    country = country_of(account, agreement.served_market.assume.country)
    if segment.countries:
        yield _country(country, segment.countries)
    if segment.states:
        yield _state(account, country, segment)
    if segment.register_:
        yield _register(account, segment, segment.register_.name)


# ---- size --------------------------------------------------------------------------------------------------------


def _size(account: Account, size: terms.Size, agreement: terms.Agreement) -> Gate:
    measured = sized(account, size)
    gate = _own_size(measured, size, agreement)
    if measured is account:
        return gate
    owner = measured.name or measured.domain or measured.id
    mend = f"{gate.mend} of {owner}" if gate.mend else ""
    return replace(gate, reason=f"{gate.reason}: those of {owner}, which owns it", mend=mend)


def _own_size(account: Account, size: terms.Size, agreement: terms.Agreement) -> Gate:
    currency = agreement.currency
    name, wanted = NAMES[size.measure], _bounds(size, currency)
    band: Band | None = getattr(account, size.measure)
    source = account.sources.get(size.measure, "")
    if band is None or (band.low is None and band.high is None):
        return Gate(GateName.SIZE, Ruling.UNKNOWN, "", source, f"the {name} are not known", f"find out the {name}")
    value, by_rate = _band(band), ""
    if size.measure in terms.MONEY:
        unit = size.currency or currency
        value = f"{value} {band.currency or ''}".rstrip()
        exchanged = exchange(band, unit, currency, agreement.rates)
        if exchanged is None:
            reason = (
                f"the {name} are in {band.currency}" if band.currency else f"the currency of the {name} is not known"
            )
            mend = f"find out the {name} in {unit}" + (
                f", or agree on a rate of {band.currency}" if band.currency else ""
            )
            return Gate(GateName.SIZE, Ruling.UNKNOWN, value, source, reason, mend)
        band, by_rate = exchanged.band, f", {exchanged.words}" if exchanged.words else ""
    within = _within(band, size)
    if within is Ruling.YES:
        return Gate(GateName.SIZE, within, value, source, f"{name} of {wanted}{by_rate}")
    if within is Ruling.NO:
        reason = f"the {name} are not {wanted}{by_rate}"
        return Gate(GateName.SIZE, within, value, source, reason, f"{name} of {wanted}")
    return Gate(GateName.SIZE, within, value, source, f"the band straddles {wanted}", f"find out the exact {name}")


def sized(account: Account, size: terms.Size | None) -> Account:
    """Whose size counts: the account's own, or that of the topmost company which owns it, where that was agreed."""
    return account.parents[-1] if size and size.of == "group" and account.parents else account


def _within(band: Band, size: terms.Size) -> Ruling:
    """Bounds and band are inclusive; an open side reaches without end."""
    if (band.high is not None and size.min is not None and band.high < size.min) or (
        band.low is not None and size.max is not None and band.low > size.max
    ):
        return Ruling.NO
    above = size.min is None or (band.low is not None and band.low >= size.min)
    below = size.max is None or (band.high is not None and band.high <= size.max)
    return Ruling.YES if above and below else Ruling.UNKNOWN


def _bounds(size: terms.Size, currency: str) -> str:
    unit = f"{size.currency or currency} " if size.measure in terms.MONEY else ""
    if size.min is None or size.max is None:
        return f"{unit}{_number(size.max)} at most" if size.min is None else f"{unit}{_number(size.min)} at least"
    return f"{unit}{_number(size.min)} to {_number(size.max)}"


def _band(band: Band) -> str:
    return _number(band.low) if band.exact else f"{_number(band.low)}..{_number(band.high)}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,f}"


# ---- industry ----------------------------------------------------------------------------------------------------


def _industry(account: Account, wanted: terms.IndustryCodes, industries: Industries) -> Gate:
    source = account.sources.get("codes", "")
    codes = f"one of {wanted.system} {', '.join(wanted.codes)}"
    if not account.codes:
        label = f"“{account.industry}” does not tell the code" if account.industry else "no industry code is known"
        return Gate(
            GateName.INDUSTRY,
            Ruling.UNKNOWN,
            account.industry or "",
            source,
            label,
            f"find out the {wanted.system} code",
        )
    value = ", ".join(_named(code, industries) for code in account.codes)
    rulings = {_covered(code, wanted, industries) for code in account.codes}
    ruling = _one_of(rulings) if account.codes_ambiguous else _any_of(rulings)
    if ruling is Ruling.YES:
        return Gate(GateName.INDUSTRY, ruling, value, source, f"its industry is {codes}")
    if ruling is Ruling.NO:
        return Gate(
            GateName.INDUSTRY, ruling, value, source, f"its industry is not {codes}", f"an industry that is {codes}"
        )
    reason = f"it can be {codes}, and something else" if _readable(account, industries) else "the code is in no table"
    return Gate(GateName.INDUSTRY, ruling, value, source, reason, f"find out the {wanted.system} code")


@lru_cache(maxsize=4096)
def _covered(code: IndustryCode, wanted: terms.IndustryCodes, industries: Industries) -> Ruling:
    """Whether the wanted codes cover every industry that the code can be, none of them, or some."""
    scheme = (wanted.system, wanted.year)
    possible = industries.translate(code, scheme)
    if not possible:
        return Ruling.UNKNOWN
    served: frozenset[str] = frozenset().union(*(industries.leaves(scheme, one) for one in wanted.codes))
    if possible <= served:
        return Ruling.YES
    return Ruling.UNKNOWN if possible & served else Ruling.NO


def _one_of(rulings: set[Ruling]) -> Ruling:
    """Exactly one of the codes holds: only when all agree we know."""
    return next(iter(rulings)) if len(rulings) == 1 else Ruling.UNKNOWN


def _any_of(rulings: set[Ruling]) -> Ruling:
    """All codes hold: a company of several industries is served for one of them."""
    return next((ruling for ruling in (Ruling.YES, Ruling.UNKNOWN) if ruling in rulings), Ruling.NO)


def _readable(account: Account, industries: Industries) -> bool:
    return any(industries.read(code) for code in account.codes)


@lru_cache(maxsize=4096)
def _named(code: IndustryCode, industries: Industries) -> str:
    known = industries.read(code)
    return f"{code} {industries.title((code.system, code.year), known)}" if known else str(code)


# ---- place and register ------------------------------------------------------------------------------------------


def _place(name: GateName, value: str | None, source: str, wanted: tuple[str, ...]) -> Gate:
    served = f"one of {', '.join(wanted)}" if len(wanted) > 1 else wanted[0]
    if not value:
        return Gate(name, Ruling.UNKNOWN, "", source, f"the {name} is not known", f"find out the {name}")
    if value.upper() in (place.upper() for place in wanted):
        return Gate(name, Ruling.YES, value, source, f"the {name} is {served}")
    return Gate(name, Ruling.NO, value, source, f"the {name} is not {served}", f"an account whose {name} is {served}")


def _country(country: Homeland, wanted: tuple[str, ...]) -> Gate:
    """A country that nobody names counts as supposed, until something of the record speaks against it."""
    if country.code and country.code.upper() not in COUNTRIES:
        return _unread(GateName.COUNTRY, country.code, country.source)
    gate = _place(GateName.COUNTRY, country.code, country.source, wanted)
    if country.against:
        reason = f"the country is only assumed to be {country.code}, and {country.against}"
        return Gate(GateName.COUNTRY, Ruling.UNKNOWN, gate.value, gate.source, reason, "find out the country")
    return replace(gate, reason=f"{gate.reason}{SUPPOSED}") if country.supposed else gate


def _state(account: Account, country: Homeland, segment: terms.Segment) -> Gate:
    """States are those of the United States: another country is a no, whatever its province is called."""
    code = country.code.upper() if country.code else ""
    if code in COUNTRIES and code != UNITED_STATES and not country.supposed:
        return _place(GateName.STATE, country.code, country.source, segment.states)
    source = account.sources.get("state", "")
    if account.state and account.state.upper() not in STATES:
        return _unread(GateName.STATE, account.state, source)
    return _place(GateName.STATE, account.state, source, segment.states)


def _unread(name: GateName, words: str, source: str) -> Gate:
    """Words that name no country or state that anybody knows: where the company is, they do not tell."""
    reason = f"“{words}” cannot be read as a {name}"
    return Gate(name, Ruling.UNKNOWN, words, source, reason, f"find out the {name}, or spell it in places.yaml")


def _register(account: Account, segment: terms.Segment, register: str) -> Gate:
    """The register is the criterion where it alone draws the line (a rank list, or neither size nor codes).

    Where size or codes draw the line, it is evidence: an account whose facts fit is in, though the register lacks it.
    """
    source, listed = account.sources.get("registers", ""), register in account.registers
    value = ", ".join(account.registers)
    if listed:
        return Gate(GateName.REGISTER, Ruling.YES, value, source, f"the register {register} lists it")
    if segment.rank_list or not (segment.size or segment.industries):
        what = segment.rank_list or segment.name
        reason = f"the register {register} does not list it"
        return Gate(
            GateName.REGISTER, Ruling.NO, value, source, reason, f"an account of {what}, or its line in the register"
        )
    return Gate(GateName.REGISTER, Ruling.YES, value, source, f"the register {register} lacks it; its facts decide")

"""The agreement's terms as frozen, typed values: one class a section of `mappings/agreement.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from syncd.agreement.group_terms import GroupTerms
from syncd.agreement.handing_over import Capacity, Handover, RepTerms, SegmentCapacity, Territory
from syncd.agreement.lead_terms import EngagementTerms, MqlTerms
from syncd.agreement.targets import Targets
from syncd.agreement.term import MOST, TEN_YEARS, Bound, Money, Term

__all__ = [
    "Agreement",
    "Capacity",
    "EngagementTerms",
    "Handover",
    "MqlTerms",
    "RepTerms",
    "Term",
    "Territory",
]

Measure = Literal["annual_revenue", "total_assets", "employees"]  # of an account's size
MONEY = ("annual_revenue", "total_assets")  # the measures in a currency

PARTIES = ("sales", "marketing")
NOT_YET = "signed on {day}, a day that is still to come: nothing comes of it until then"


class Signature(Term):
    """Who signed for which party, and when."""

    party: Literal["sales", "marketing"]
    by: str
    on: date


class Size(Term):
    """A size measure with inclusive bounds. Money is in `currency` units (ISO 4217), employees are heads.

    of: whose size counts, the company's own or, where others own it, that of the topmost one of its group.
    """

    measure: Measure
    of: Literal["company", "group"] = "company"
    currency: str | None = None
    min: Bound | None = None
    max: Bound | None = None


class IndustryCodes(Term):
    """The codes of one classification and year that are served. A code covers all codes below it."""

    system: Literal["SIC", "NAICS"]
    year: int
    codes: tuple[str, ...]


class RegisterTerms(Term):
    """A documented universe: the mapping file's system name, and the count both parties agreed on.

    count: how many of the register's accounts stand *in* this segment. tolerance_percent: how far what is counted may
    differ before the audit says that it does not hold.
    """

    name: str
    count: Annotated[int, Field(le=10**12)]
    tolerance_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)

    def tolerates(self, counted: int) -> bool:
        """Whether what was counted differs by no more than was agreed on."""
        return abs(Decimal(counted - self.count)) <= self.count * self.tolerance_percent / 100


class Rate(Term):
    """What one unit of a currency was worth on a day, in the agreement's currency; counts from it to the next one."""

    currency: str
    rate: Annotated[Decimal, Field(gt=0, lt=MOST)]
    on: date
    source: str = ""


class Words(Term):
    """Words that show a function or a level in a job title, added to those of mappings/titles/."""

    keywords: tuple[str, ...] = ()


class TitleTerms(Term):
    """How titles are read where branches differ: vp_is names the level of a plain "vice president"."""

    vp_is: str = "VP"


class RoleRule(Term):
    """Function × level → buying role. Empty functions or levels admit all."""

    role: str
    functions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


class AmountBand(Term):
    """Up to this size (inclusive; None: any), this amount in the agreement's currency."""

    up_to: Bound | None = None
    amount: Money


class Amount(Term):
    """The amount rule of an offer: fixed, or by a size measure's bands in rising order."""

    fixed: Money | None = None
    by: Measure | None = None
    bands: tuple[AmountBand, ...] = ()


class Offer(Term):
    """What we could sell: the words that show interest in it, the roles it needs, and what it is worth.

    sold_again: whether who bought it may buy it once more, so that a won opportunity is followed by another one.
    """

    name: str
    label: str
    words: tuple[str, ...]
    roles: Mapping[str, Annotated[int, Field(gt=0, le=MOST)]]
    amount: Amount
    questions: Mapping[str, str] = {}  # role → the question that finds it out
    sold_again: bool = False


class CaucusTerms(Term):
    """Viability: ceil(percent × present / 100) supporters."""

    viable_percent: Annotated[int, Field(gt=0, le=100)] = 15


class Probability(Term):
    """The weighted stage's bounds in percent."""

    min: Annotated[Decimal, Field(ge=10, le=20)] = Decimal(10)
    max: Annotated[Decimal, Field(ge=10, le=20)] = Decimal(20)


class Bar(Term):
    """What a group must show before its opportunity enters the forecast.

    people: how many must stand for the offer. roles_known: roles that somebody of the account must have, whether or
    not they responded. response_days: one of those who stand for it responded within so many calendar days.
    """

    mqls_in_required_role: Annotated[int, Field(le=MOST)] = 1
    supporters_at_mobilization: Annotated[int, Field(le=MOST)] = 1
    people: Annotated[int, Field(ge=0, le=MOST)] = 0
    roles_known: tuple[str, ...] = ()
    response_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] | None = None


class ForecastTerms(Term):
    """The opportunity that a qualified group becomes. sales_cycle_days: calendar days from today to the close date.

    without_offer: where an open opportunity of sales names no offer: adopt it for the qualified offer with the most
    delegates; ask its owner first, by a task, and open nothing beside it until then; or ignore it.
    lapsed_weight: of one of ours whose group qualifies no more: kept as it was, or the least that there is.
    rest_after_loss_days: so many calendar days after a lost one, or one that a person deleted, another one may be
    opened for the same offer, on evidence that is newer than the loss; null: never.
    """

    stage: str
    without_offer: Literal["adopt", "ask first", "ignore"] = "ask first"
    lapsed_weight: Literal["kept", "least"] = "kept"
    rest_after_loss_days: Annotated[int, Field(ge=0, le=TEN_YEARS)] | None = 180
    probability: Probability = Probability()
    bar: Bar = Bar()
    sales_cycle_days: Annotated[int, Field(gt=0, le=TEN_YEARS)]
    name: str = "{account} – {offer}"


class DoubleTerms(Term):
    """Likely doubles wait for people. wait_days: calendar days for which nothing is created beside one.

    copying_days: where an integration of the vendors' own copies people from one system into the other, so many
    calendar days it has to do so, before they are created beside it; 0: there is none.
    """

    wait_days: Annotated[int, Field(ge=0, le=TEN_YEARS)] = 14
    copying_days: Annotated[int, Field(ge=0, le=TEN_YEARS)] = 0


class SegmentTerms(Term):
    """Terms of a segment's own; each stands in for the general one as a whole, for the accounts of that segment.

    offers: names of those that are sold there. amounts: offer → its amount there. bar, sales_cycle_days: as in
    `forecast`; territories: as in `handover`.
    """

    roles: tuple[RoleRule, ...] | None = None
    offers: tuple[str, ...] | None = None
    amounts: Mapping[str, Amount] = {}
    bar: Bar | None = None
    sales_cycle_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] | None = None
    territories: tuple[Territory, ...] | None = None
    capacity: SegmentCapacity | None = None


class Segment(Term):
    """One definitive, actionable statement of whom we serve, with the terms of its own, if it has some."""

    name: str
    statement: str = ""
    size: Size | None = None
    industries: IndustryCodes | None = None
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    states: tuple[str, ...] = ()  # USPS codes
    languages: tuple[str, ...] = ()  # alone they are refused by check
    rank_list: str | None = None  # e.g. "the Global 2000"; needs a register
    register_: RegisterTerms | None = Field(default=None, alias="register")
    terms: SegmentTerms | None = None


class Assumed(Term):
    """What is taken for true of accounts of which no record says it, and shown as assumed.

    country: counts unless the record's state, postal code, telephone number or domain speaks against it.
    """

    country: str | None = None  # ISO 3166-1 alpha-2


class ServedMarket(Term):
    """The segments; an account is in when one of them admits it."""

    segments: tuple[Segment, ...]
    assume: Assumed = Assumed()


class OpportunityShare(Term):
    """The most opportunities one run may create or change, as a share of the served accounts."""

    percent_of_served_accounts: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(25)
    never_below: Annotated[int, Field(le=MOST)] = 25


class RecordShare(Term):
    """The most records of one kind that one run may write in one system, as a share of those that stand there."""

    percent_of_records: Annotated[Decimal, Field(gt=0, le=100)]
    never_below: Annotated[int, Field(le=MOST)]


class AcquisitionSource(Term):
    """From where people may be had. words: by which systems tell that somebody came from there, in any case.

    roles: for which it is used; none: for all.
    """

    name: str
    words: tuple[str, ...]
    roles: tuple[str, ...] = ()


class AuditTerms(Term):
    """What the audit asks for. stale_days: a contact of whom nothing was heard for so many days is stale.

    sources: from where missing people may be had; due_days: so many calendar days after a gap was first counted it is
    to be closed, unless somebody says another day.
    """

    stale_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 365
    due_days: Annotated[int, Field(ge=0, le=TEN_YEARS)] = 30
    sources: tuple[AcquisitionSource, ...] = ()


class Safety(Term):
    """The valve that stops a run which changes too much, before it writes anything anywhere.

    own_fields: changes of nothing but the fields that syncd made; others: all other writes but of opportunities, as a
    share of what stands there, or of the served accounts where these are more, so that a young org can grow.
    """

    opportunities: OpportunityShare = OpportunityShare()
    others: RecordShare = RecordShare(percent_of_records=Decimal(50), never_below=250)
    own_fields: RecordShare = RecordShare(percent_of_records=Decimal(100), never_below=1_000)


class Agreement(Term):
    """What sales and marketing signed. `version` stands beside every judgement it led to."""

    version: str
    name: str
    time_zone: str = "UTC"
    currency: str = "USD"
    rates: tuple[Rate, ...] = ()  # amounts in other currencies count by these alone
    signed: tuple[Signature, ...] = ()
    served_market: ServedMarket
    functions: Mapping[str, Words]
    levels: Mapping[str, Words]
    titles: TitleTerms = TitleTerms()
    roles: tuple[RoleRule, ...]
    engagement: EngagementTerms
    mql: MqlTerms
    offers: tuple[Offer, ...]
    group: GroupTerms = GroupTerms()
    caucus: CaucusTerms = CaucusTerms()
    forecast: ForecastTerms
    handover: Handover = Handover()
    doubles: DoubleTerms = DoubleTerms()
    capacity: Capacity = Capacity()
    reps: tuple[RepTerms, ...] = ()
    targets: Targets = Targets()
    audit: AuditTerms = AuditTerms()
    safety: Safety = Safety()

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The parties that have not signed; while there is one, the agreement is tried and not in force."""
        signed = {signature.party for signature in self.signed}
        return tuple(party for party in PARTIES if party not in signed)

    @property
    def in_force_from(self) -> date:
        """The day on which the last party signed. Raises ValueError where nobody did."""
        return max(signature.on for signature in self.signed)

    @property
    def label(self) -> str:
        """The version as every output names it: `2026.1`, or `2026.2, unsigned`."""
        return f"{self.version}, unsigned" if self.unsigned else self.version

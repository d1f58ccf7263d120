"""The opportunities that sales opened by itself: open, won and lost ones, with their history and contact roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connectors.sandbox.world import history
from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.ids import salesforce_ids
from connectors.sandbox.world.model import Company, Person
from connectors.sandbox.world.org import audit
from connectors.sandbox.world.staff import INTEGRATION_USER, USER_IDS, desk_of
from connectors.sandbox.world.stamps import DAY, HOUR, Calendar, day, offset
from connectors.sandbox.world.trade import Deals, Trade

Row = dict[str, Any]


class Stage(NamedTuple):
    """One opportunity stage. Names, probabilities (percent) and categories are those of a new Salesforce org."""

    name: str
    probability: int
    category: str = "Pipeline"
    active: bool = True
    closed: bool = False
    won: bool = False


STAGES = (
    Stage("Prospecting", 10),
    Stage("Qualification", 10),
    Stage("Needs Analysis", 20),
    Stage("Value Proposition", 50),
    Stage("Id. Decision Makers", 60),
    Stage("Perception Analysis", 70),
    Stage("Proposal/Price Quote", 75),
    Stage("Negotiation/Review", 90),
    Stage("Closed Won", 100, "Closed", closed=True, won=True),
    Stage("Closed Lost", 0, "Omitted", closed=True),
    Stage("Verbal Commitment", 80, "Forecast", active=False),
)
WON, LOST = STAGES[8], STAGES[9]
CATEGORY_NAMES = {"Forecast": "Commit"}
ROLES = ("Decision Maker", "Economic Buyer", "Technical Buyer", "Executive Sponsor", "Influencer", "Business User")

DEALS = Deals(60 / 4_339, 110 / 4_339, 190 / 4_339)  # of the banks' world, by institution
LATELY = 300  # days; what was closed before it is the history of cold companies


@dataclass(slots=True)
class Pipeline:
    """The rows of the three objects that tell of opportunities."""

    opportunities: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)


class Course(NamedTuple):
    """How one opportunity went: the stages with the moment at which each was entered."""

    steps: tuple[tuple[Stage, int], ...]
    topic: int | None


def stages(calendar: Calendar) -> list[Row]:
    """Return the org's OpportunityStage rows, the inactive one last."""
    ids, stamp = salesforce_ids("OpportunityStage"), offset(calendar.ago(1_200))
    return [
        {
            "Id": next(ids),
            "MasterLabel": stage.name,
            "ApiName": stage.name,
            "IsActive": stage.active,
            "SortOrder": number + 1,
            "IsClosed": stage.closed,
            "IsWon": stage.won,
            "ForecastCategory": stage.category,
            "ForecastCategoryName": CATEGORY_NAMES.get(stage.category, stage.category),
            "DefaultProbability": float(stage.probability),
            "Description": None,
            "CreatedDate": stamp,
            "CreatedById": INTEGRATION_USER,
            "LastModifiedDate": stamp,
            "LastModifiedById": INTEGRATION_USER,
            "SystemModstamp": stamp,
        }
        for number, stage in enumerate(STAGES)
    ]


def make_pipeline(
    seed: int, calendar: Calendar, trade: Trade, companies: Sequence[Company], institutions: int
) -> Pipeline:
    """Return the opportunities of the last two years; two thirds of the open ones stand where something is going on."""
    dice = Dice(seed, "deals")
    sold_to = [
        company for company in companies if company.account_id and company.kind == trade.served and company.people
    ]
    prospects = [company for company in sold_to if company.relation == "prospect"] or sold_to
    lively = [company for company in prospects if company.heat != "cold"] or prospects
    hot = [company for company in prospects if company.core and company.heat == "hot"] or lively
    customers = [company for company in sold_to if company.relation == "customer"] or sold_to
    pipeline, numbers = Pipeline(), (salesforce_ids("Opportunity"), salesforce_ids("OpportunityHistory"))
    role_ids = salesforce_ids("OpportunityContactRole")
    casting = Dice(seed, "casts") if has_history(trade, institutions) else None
    for number in range(max(3, round(trade.deals.open * institutions))):
        company = dice.pick((hot, lively, prospects)[number % 3])
        course = _open_course(dice, calendar, trade, company)
        _add(dice, calendar, trade, pipeline, numbers, role_ids, company, course)
    past = []
    for share, last, pool, law in (
        (trade.deals.won, WON, customers, history.WON),
        (trade.deals.lost, LOST, sold_to, history.LOST),
    ):
        wanted = max(2, round(share * institutions))
        spans = list(history.courses(Dice(seed, f"{last.name} lags"), calendar, law, calendar.ago(LATELY), wanted))
        lately = [span for span in spans if span.closed >= calendar.ago(LATELY)]
        past += [(last, span) for span in spans if span.closed < calendar.ago(LATELY)]
        for span in lately:
            course = _closed_course(dice, trade, last, span)
            _add(dice, calendar, trade, pipeline, numbers, role_ids, dice.pick(pool), course, casting)
    cold = [company for company in prospects if company.core and company.heat == "cold"] or prospects
    for last, span in past if has_history(trade, institutions) else ():
        course = _closed_course(dice, trade, last, span)._replace(topic=dice.within(0, len(trade.topics) - 1))
        _add(dice, calendar, trade, pipeline, numbers, role_ids, dice.pick(cold), course, casting)
    return pipeline


def has_history(trade: Trade, companies: int) -> bool:
    """Whether the world is large enough for two years that teach something, or its trade wants them."""
    return companies >= history.LEAST_COMPANIES if trade.history is None else trade.history


def _open_course(dice: Dice, calendar: Calendar, trade: Trade, company: Company) -> Course:
    steps, at = [], calendar.working(dice, 130, 5)
    for stage in STAGES[dice.within(0, 1) : dice.within(2, 7)]:
        if at < calendar.midnight:
            steps.append((stage, at))
        at += dice.within(5, 35) * DAY
    topic = company.topics[0] if company.topics else dice.within(0, len(trade.topics) - 1)
    return Course(tuple(steps), topic if dice.chance(0.5) else None)


def _closed_course(dice: Dice, trade: Trade, last: Stage, span: history.Course) -> Course:
    many = dice.within(3, 8) if last is WON else dice.within(1, 7)
    gaps = [dice.within(4, 40) for _ in range(many)]
    opened, closed = (midnight + int((13 + 9 * dice.random()) * HOUR) for midnight in span)
    steps, past, days = [], 0, sum(gaps)
    for stage, gap in zip(STAGES[:many], gaps, strict=True):
        steps.append((stage, opened + (closed - opened) * past // days))
        past += gap
    return Course((*steps, (last, closed)), dice.within(0, len(trade.topics) - 1) if dice.chance(0.5) else None)


def _add(
    dice: Dice,
    calendar: Calendar,
    trade: Trade,
    pipeline: Pipeline,
    numbers: tuple[Iterator[str], Iterator[str]],
    role_ids: Iterator[str],
    company: Company,
    course: Course,
    casting: Dice | None = None,
) -> None:
    """Write one opportunity, a history row for every stage, and its contact roles; casting: by the history's laws."""
    opportunity_ids, history_ids = numbers
    identifier, owner = next(opportunity_ids), USER_IDS[desk_of(trade, company)]
    amount = float(dice.within(8, 60) * 5_000)
    (_, opened), (stage, changed) = course.steps[0], course.steps[-1]
    closes = day(changed if stage.closed else calendar.midnight + dice.within(-20, 120) * DAY)
    row = _opportunity(dice, trade, identifier, company, course, amount, closes, owner)
    pipeline.opportunities.append(row | audit(opened, calendar.before(changed + dice.within(0, 5) * HOUR), owner))
    pipeline.history += [
        {
            "Id": next(history_ids),
            "OpportunityId": identifier,
            "StageName": step.name,
            "Amount": amount,
            "ExpectedRevenue": amount * step.probability / 100,
            "CloseDate": closes,
            "Probability": float(step.probability),
            "ForecastCategory": step.category,
            "CreatedById": owner,
            "CreatedDate": offset(at),
            "SystemModstamp": offset(at),
            "IsDeleted": False,
        }
        for step, at in course.steps
    ]
    if casting:
        people = history.cast(casting, company, history.ON_WON if stage.won else history.ON_LOST)
        cast = [(person, history.role_of(person)) for person in people]
    else:
        known = [person for person in company.people if person.contact_id]
        people = dice.sample(known, min(len(known), dice.within(0, 3)))
        cast = [(person, dice.pick(ROLES) if dice.chance(0.85) else None) for person in people]
    for number, (person, role) in enumerate(cast):
        pipeline.roles.append(_role(next(role_ids), identifier, person, role, number == 0, opened, owner))


def _opportunity(
    dice: Dice, trade: Trade, identifier: str, company: Company, course: Course, amount: float, closes: str, owner: str
) -> Row:
    stage, changed = course.steps[-1]
    product = dice.pick(trade.plain_products if course.topic is None else trade.topics[course.topic].products)
    return {
        "Id": identifier,
        "AccountId": company.account_id,
        "Name": f"{company.name} - {product}",
        "Description": None,
        "StageName": stage.name,
        "Amount": amount,
        "Probability": float(stage.probability),
        "ExpectedRevenue": amount * stage.probability / 100,
        "TotalOpportunityQuantity": None,
        "CloseDate": closes,
        "Type": dice.pick(("New Customer", "Existing Customer - Upgrade", None)),
        "NextStep": None if stage.closed else dice.pick((None, "Call the sponsor", "Send the proposal")),
        "LeadSource": dice.pick((None, "Web", "Trade Show", "Partner Referral")),
        "IsPrivate": False,
        "IsClosed": stage.closed,
        "IsWon": stage.won,
        "ForecastCategory": stage.category,
        "ForecastCategoryName": CATEGORY_NAMES.get(stage.category, stage.category),
        "HasOpportunityLineItem": False,
        "CampaignId": None,
        "ContactId": None,
        "OwnerId": owner,
        "LastStageChangeDate": offset(changed),
        "LastActivityDate": day(changed),
        "FiscalYear": int(closes[:4]),
        "FiscalQuarter": (int(closes[5:7]) + 2) // 3,
        "Fiscal": f"{closes[:4]} {(int(closes[5:7]) + 2) // 3}",
    }


def _role(
    identifier: str, opportunity: str, person: Person, role: str | None, primary: bool, opened: int, owner: str
) -> Row:
    return {
        "Id": identifier,
        "OpportunityId": opportunity,
        "ContactId": person.contact_id,
        "Role": role,
        "IsPrimary": primary,
    } | audit(opened, opened + HOUR, owner)

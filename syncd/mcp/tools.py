"""The tools: each declared once, with what it takes. All of them look; none writes, and none asks a vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from syncd import agreement as agreements
from syncd.errors import AgreementError, ConfigError, NotFound
from syncd.health import examine
from syncd.in_force import load_mappings, load_rulebook
from syncd.mcp.untrusted import DEFAULT, LIMIT
from syncd.rules import Rulebook
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.replay import replay
from syncd.today import today_of
from syncd.views.acquisition import gaps_as_json
from syncd.views.explain import explanation
from syncd.views.lacking import lacking
from syncd.views.pending import pending_drafts
from syncd.views.queue import board_of
from syncd.views.replayed import ReplayQuestion, plain
from syncd.views.status import glance

Name = Annotated[str, Field(min_length=1, max_length=300)]
A_YEAR: Final = timedelta(days=365)
LONGEST: Final = 3_650  # days that a replay goes back
TEXT: Final = 300_000  # characters of an agreement
SENT: Final = "the agreement that was sent"  # what stands in complaints for its file


@dataclass(frozen=True)
class Installation:
    """What is looked at: a store that is open for reading alone, and the settings that say what is in force."""

    store: Store
    settings: Settings

    def book(self) -> Rulebook:
        """What accounts are judged by at this moment: a session may be older than the agreement."""
        return load_rulebook(self.settings)


class Arguments(BaseModel):
    """What a tool takes: nothing there is ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Who(Arguments):
    """Somebody, or something."""

    who: Name = Field(
        description="A contact (e-mail address, name, id), an account (name, domain, id), an opportunity (id, key), or "
        "a remote record such as hubspot.contacts/168"
    )


class Page(Arguments):
    """How much of a list."""

    limit: int = Field(default=DEFAULT, ge=1, le=LIMIT, description="How many entries at most; the answer counts all")


class Which(Page):
    """Which drafts."""

    system: Name | None = Field(default=None, description="hubspot or salesforce alone")
    object: Name | None = Field(default=None, description="One kind of record, such as task or opportunity")
    account: Name | None = Field(default=None, description="One account's, by name, domain or id")


class Segment(Page):
    """Which gaps."""

    segment: Name | None = Field(default=None, description="One segment of the agreement, by its name")


class Rep(Page):
    """Whose week."""

    rep: Name | None = Field(default=None, description="One rep's alone: e-mail address, name or golden id")


class Nothing(Arguments):
    """Nothing is named."""


class Terms(Page):
    """Which terms, over which days."""

    agreement: str = Field(min_length=1, max_length=TEXT, description="The whole agreement as YAML, unsigned as well")
    since: date | None = Field(default=None, description="The first day of the past; a year ago where none is named")
    names: bool = Field(default=False, description="Name the accounts and people who enter and leave")


@dataclass(frozen=True)
class Tool:
    """One tool. alone: it works long, so that one of it at a time is enough."""

    name: str
    title: str
    description: str
    takes: type[Arguments]
    answer: Callable[[Installation, Any], Any]
    alone: bool = False


def _explain(installation: Installation, asked: Who) -> Any:
    book, mappings = installation.book(), load_mappings(installation.settings)
    return explanation(installation.store, book, mappings, asked.who, today_of(book.agreement)).plain()


def _lacking(installation: Installation, asked: Who) -> Any:
    book, mappings = installation.book(), load_mappings(installation.settings)
    return lacking(explanation(installation.store, book, mappings, asked.who, today_of(book.agreement)))


def _drafts(installation: Installation, asked: Which) -> Any:
    with installation.store.reading() as unit:
        drafts = pending_drafts(unit, asked.limit, system=asked.system, object_=asked.object, account=asked.account)
        return {**drafts, "first_plan": "due" if unit.first_plan.is_due() else "applied"}


def _gaps(installation: Installation, asked: Segment) -> Any:
    agreement = installation.book().agreement
    names = [own.name for own in agreement.served_market.segments]
    if asked.segment not in (None, *names):
        raise NotFound(f"no segment of the agreement is called so; it has {', '.join(names)}")
    with installation.store.reading() as unit:
        return gaps_as_json(unit, agreement, today_of(agreement), asked.limit, asked.segment)


def _queue(installation: Installation, asked: Rep) -> Any:
    with installation.store.reading() as unit:
        board = board_of(unit, installation.book(), datetime.now(UTC), asked.rep).plain()
    return _first(board, "reps", asked.limit) | _first(board, "waiting", asked.limit) | {"due": board["due"]}


def _first(content: Mapping[str, Any], name: str, limit: int) -> dict[str, Any]:
    """The first entries of a list, and how many it has."""
    return {name: content[name][:limit], f"number_of_{name}": len(content[name])}


def _health(installation: Installation, _: Nothing) -> Any:
    now, store = datetime.now(UTC), installation.store
    shown = glance(store, examine(store, now), installation.settings.keep, now)
    return {name: value for name, value in shown.items() if name not in ("tables", "store")}


def _simulate(installation: Installation, asked: Terms) -> Any:
    """What `syncd agreement diff` says, of a text; it is judged in memory."""
    folder, old = installation.settings.mappings, installation.book()
    agreement, complaints = agreements.examine(asked.agreement, SENT, folder)
    if agreement is None:
        raise AgreementError("\n".join(map(str, complaints[:LIMIT])))
    new = load_rulebook(installation.settings, agreement=agreement)
    today = today_of(old.agreement)
    since = asked.since or today - A_YEAR
    if not today - timedelta(days=LONGEST) <= since <= today:
        raise ConfigError(f"since: a day from {today - timedelta(days=LONGEST)} to {today}")
    replayed = replay(installation.store, old, new, since, today, names=asked.names)
    if not replayed.replay.accounts:
        raise NotFound("the store knows no account, there is no past to replay: `syncd cycle` fills it")
    shown = plain(ReplayQuestion.of(old, new, SENT, since, today), replayed)
    return shown | (_first(shown, "names", asked.limit) if asked.names else {})


TOOLS: Final[Sequence[Tool]] = (
    Tool(
        "explain",
        "Explain",
        "Why somebody is, or is not, a qualified lead: every gate with its evidence; of an account its standing, "
        "contacts, caucus and forecast; of an opportunity the picture of its decision.",
        Who,
        _explain,
    ),
    Tool(
        "what_would_pass",
        "What would pass",
        "What a contact, an account or an opportunity lacks, and what would make it pass: open conditions alone.",
        Who,
        _lacking,
    ),
    Tool(
        "plan",
        "Pending drafts",
        "What would be written into HubSpot and Salesforce, field by field, before and after, and why; as the store "
        "knows it. Nothing is written, and neither system is asked.",
        Which,
        _drafts,
    ),
    Tool(
        "audit_gaps",
        "Audit gaps",
        "Who is missing for the roles required: the acquisition list, ranked, with the audit's counts of have, "
        "reachable and missing of the day on which it was last counted.",
        Segment,
        _gaps,
    ),
    Tool(
        "queue",
        "Queue",
        "Every rep's week: places, who came, and who waits until when and why.",
        Rep,
        _queue,
    ),
    Tool(
        "sync_health",
        "Sync health",
        "Whether both systems are kept in step: what is wrong, since when, what mends it; freshness per stream, what "
        "is pending and quarantined, the last runs.",
        Nothing,
        _health,
    ),
    Tool(
        "simulate_agreement",
        "Simulate an agreement",
        "What other terms would have made of the stored past: who enters and leaves, which of the rejected would not "
        "have been sent, which of the won would have been missed, each rep's weeks. In memory: nothing is kept, and "
        "nobody is bound. It judges every account twice, which takes a while.",
        Terms,
        _simulate,
        alone=True,
    ),
)

"""Runs: what was done, is done now, and waits to be done; asking for one, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field, RootModel, StringConstraints

from syncd.errors import ConfigError
from syncd.model.runs import CauseKind, RunOutcome
from syncd.store import Store
from syncd.store.at_work import plain, read_run, read_runs
from syncd.store.runs import MOST, WAITING, WORKING
from syncd.sync import resync
from syncd.sync.door import Act, ask, asked_before, cancel
from syncd.sync.names import chosen_streams
from syncd.sync.resync import Scope
from syncd.sync.verbs import act_of
from syncd.web.operations import Asked, Call, Nothing, Operation, Reply, Told
from syncd.web.problems import Refusal
from syncd.web.rights import Right

# What people call things; no control characters, which no name has and PostgreSQL does not keep.
Word = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
MOST_WAITING = 50  # each works for seconds to minutes
State = Literal["waiting", "working", "done", "incomplete", "unsafe", "stopped", "cancelled", "failed", "broken off"]
assert {WAITING, WORKING, *RunOutcome} == set(State.__args__)  # type: ignore[attr-defined]


class CauseShown(Told):
    """Why something was not done."""

    kind: CauseKind
    where: list[str]
    what: str
    mend: str
    number: int = Field(default=0, description="of records")


class RunShown(Told):
    """A run, as `syncd runs N --json` shows it. Times are UTC, ISO 8601."""

    run: int
    verb: str
    actor: str = Field(description="who asked: `schedule`, `cli:USER`, `api:TOKEN`, `page:PERSON`")
    scope: dict[str, Any] = Field(description="what was named")
    state: State
    asked_at: str | None
    started_at: str | None
    finished_at: str | None
    phase: str | None = Field(description="what it is at: pull, match, judge, push")
    done: int | None = Field(description="how far it is in this phase")
    total: int | None
    outcome: RunOutcome | None = Field(description="how it ended; null while it waits or works")
    exit_code: int | None = Field(description="what the command of that name would have ended with")
    counts: dict[str, Any]
    causes: list[CauseShown]
    error: str | None


class RunAsked(Told):
    """A run that waits for the daemon, which looks every two seconds."""

    run: int


class RunTakenBack(Told):
    """What has become of it: one that works ends behind the page in hand, and is `working` until then."""

    run: int
    state: State


class StreamsAsked(Asked):
    """Streams of a system, or all."""

    system: Word | None = Field(default=None, description="all of its streams", examples=["hubspot"])
    stream: Word | None = Field(default=None, description="one stream", examples=["contacts"])


class Again(StreamsAsked):
    """What is to be read again: a record, an account, a stream, a system; without any of them, everything."""

    account: Word | None = Field(default=None, description="id, name, domain or remote id", examples=["Endeavor Bank"])
    record: Word | None = Field(default=None, description="system.stream/id", examples=["hubspot.contacts/168"])
    full: bool = Field(default=False, description="also find what was deleted")


class AskWhole(Asked):
    """A verb that works on all there is."""

    verb: Literal["cycle", "reconcile", "match", "judge", "push", "prune"]
    scope: Nothing = Nothing()


class AskPull(Asked):
    """Pull what is new."""

    verb: Literal["pull"]
    scope: StreamsAsked = StreamsAsked()


class AskResync(Asked):
    """Read again, whatever the cursors say, then run a cycle."""

    verb: Literal["resync"]
    scope: Again = Again()


class RunRequest(RootModel[Annotated[AskWhole | AskPull | AskResync, Field(discriminator="verb")]]):
    """A verb, and what it is to work on. What the safety valve holds back is not forced from here."""


class RunQuery(Asked):
    """Which runs, newest first."""

    verb: Word | None = Field(default=None, description="of this verb alone")
    state: State | None = Field(default=None, description="in this state alone")
    limit: int = Field(default=20, ge=1, le=200, description="how many at most")
    before: int | None = Field(default=None, ge=1, le=MOST, description="those with a smaller number alone")


def list_runs(call: Call) -> Reply:
    """Newest first; `Link` names the next page."""
    page = call.query_as(RunQuery)
    store = call.house.store
    rows = read_runs(store, page.limit + 1, verb=page.verb, state=page.state, before=page.before)
    shown = rows[: page.limit]
    if len(rows) <= page.limit:
        return Reply([plain(row) for row in shown])
    following = page.model_dump(exclude_none=True) | {"before": shown[-1]["id"]}
    return Reply([plain(row) for row in shown], {"link": f'</api/runs?{urlencode(following)}>; rel="next"'})


def read_one_run(call: Call) -> Any:
    """It has its state of now, and each cause of what was not done, with what mends it."""
    return plain(read_run(call.house.store, call.path["number"]))


def ask_for_run(call: Call) -> Reply:
    """The daemon looks every two seconds for what waits. What is named must be there, and is kept by its own name."""
    asked = call.body_as(RunRequest).root
    wiring, named = call.house.wiring, asked.scope.model_dump(exclude_defaults=True)
    act_of(asked.verb)
    if isinstance(asked, AskResync):
        stands = resync.standing(wiring, Scope.read(named))
        named |= {name: getattr(stands, name) for name in named}
    elif isinstance(asked, AskPull):
        chosen_streams(wiring, asked.scope.system, asked.scope.stream)
    return leave(call, Act(asked.verb, call.principal.actor, named))


def cancel_run(call: Call) -> Any:
    """One that waits is not begun, one at work ends behind the page in hand. The daemon goes on."""
    number = call.path["number"]
    return {"run": number, "state": cancel(call.house.store, number, call.principal.actor)}


def leave(call: Call, act: Act, scope: Callable[[], Mapping[str, Any]] | None = None) -> Reply:
    """Leave an act for the daemon, once under its key. scope: makes what the run keeps of it, where that is more."""
    store, key = call.house.store, key_of(call)
    number = asked_before(store, act, key)
    if number is None:
        _require_room(store)
        number = ask(store, replace(act, scope=scope()) if scope else act, key)
    return Reply({"run": number}, {"location": f"/api/runs/{number}"})


def _require_room(store: Store) -> None:
    """Raise Refusal where more runs wait than anybody needs."""
    with store.reading() as unit:
        waiting = len(unit.runs.waiting())
    if waiting >= MOST_WAITING:
        raise Refusal(
            *(
                429,
                f"{waiting} runs wait already",
                "wait until they are done, or cancel some: GET /api/runs?state=waiting",
            ),
            kind=CauseKind.UNAVAILABLE,
            headers={"retry-after": "60"},
        )


def key_of(call: Call) -> str | None:
    """The Idempotency-Key of a request. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/

    Raises ConfigError where it can be none.
    """
    key = call.request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        words = "Idempotency-Key: 1 to 255 printable characters; such as a UUID"
        raise ConfigError(words, plain=words)
    return key


OPERATIONS = (
    Operation(
        "GET",
        "/api/runs",
        Right.VIEW,
        "What was done, is done now, and waits to be done",
        list_runs,
        query=RunQuery,
        answer=list[RunShown],
        command="syncd runs",
        headers={"Link": 'the next page, as `rel="next"`, where there is one'},
    ),
    Operation(
        "POST",
        "/api/runs",
        Right.OPERATE,
        "Have the daemon do something",
        ask_for_run,
        body=RunRequest,
        answer=RunAsked,
        status=202,
        command="syncd cycle, syncd resync, syncd pull, syncd match, syncd judge, syncd push, syncd prune",
        refusals=(CauseKind.NOT_FOUND,),
        headers={"Location": "where the run is to be seen"},
        asked_once=True,
    ),
    Operation(
        "GET",
        "/api/runs/{number:int}",
        Right.VIEW,
        "One run: who asked, how far it is, how it ended and why",
        read_one_run,
        answer=RunShown,
        command="syncd runs N",
        refusals=(CauseKind.NOT_FOUND,),
    ),
    Operation(
        "POST",
        "/api/runs/{number:int}/cancel",
        Right.OPERATE,
        "Take a run back",
        cancel_run,
        answer=RunTakenBack,
        command="syncd cancel N",
        refusals=(CauseKind.NOT_FOUND,),
    ),
)

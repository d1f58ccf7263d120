"""The contract every connector keeps: what a source hands out, what a target takes, and how both say what went wrong.

Nothing here knows syncd: records and payloads are plain JSON of the vendor, times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from connectors.callers import Caller, Spent, who_calls
from connectors.endpoints import Endpoint

Raw = dict[str, Any]
PROBLEM = "_problem"  # in a raw record that its source could not read: why not


class Record(NamedTuple):
    """One remote record as it came."""

    id: str
    modified_at: datetime | None  # aware UTC; None where the vendor keeps no stamp
    deleted: bool
    raw: Raw


class Page(NamedTuple):
    """One batch of a stream's records, and an opaque bookmark past it.

    Saving the records and the cursor in one transaction makes a kill at any moment harmless:
    `pull(stream, fields, page.cursor)` goes on behind this page. hidden: the fields that were asked for and that these
    records do not show, because they are not there or hidden from us: what was read of them before is not refuted.
    """

    records: Sequence[Record]
    cursor: str
    hidden: tuple[str, ...] = ()


class Payload(NamedTuple):
    """What should stand in one remote record. `fields` carries the vendor's names."""

    key: str  # our stable key: the value of the External-ID field where `remote_id` is unknown
    remote_id: str | None
    fields: Mapping[str, Any]


WriteKind = Literal["retry", "refused", "uncertain", "gone"]
NOT_TRIED = "NOT_TRIED"  # the code of what was not even called for
FEWEST_SILENT = 2  # calls in a row without an answer, after which nothing more is sent


class WriteError(NamedTuple):
    """Why one payload was not written.

    kind: `retry` (a passing fault, such as a row lock), `refused` (the record or the org must be mended),
    `uncertain` (no answer came: look the key up before writing again), `gone` (the remote record was deleted).
    """

    kind: WriteKind
    code: str  # the vendor's code, e.g. FIELD_CUSTOM_VALIDATION_EXCEPTION
    message: str  # without personal data
    fields: Sequence[str] = ()


class Receipt(NamedTuple):
    """The remote system's answer to one payload. left_out: those of its fields that were not sent after all."""

    key: str
    remote_id: str | None
    error: WriteError | None
    left_out: Sequence[str] = ()


class Rest(NamedTuple):
    """Writes that rest on something, by the vendor's names.

    verb: creations, changes, or both. field: only writes that send this field; values: only those that send one of
    these, and where there are none, only those that do not send the field. whole: False where the field alone is left
    out, and the rest of the record can be written all the same.
    """

    object: str
    verb: Literal["create", "change", "write"] = "write"
    field: str | None = None
    values: tuple[str, ...] | frozenset[str] | None = None
    whole: bool = True


class Problem(NamedTuple):
    """One thing that keeps a cycle from its work, and what mends it.

    level: an error makes the run incomplete and holds the writes that rest on it; a warning holds none, and what rests
    on it is done without until it is mended; a note has nothing to mend. premise: the name under which
    `syncd.premises` declares it, where it is one. rests: the writes that it keeps back.
    """

    level: Literal["error", "warning", "note"]
    where: str
    what: str
    mend: str
    premise: str = ""
    rests: tuple[Rest, ...] = ()


@dataclass(slots=True, eq=False)
class Budget:
    """What a system still lets us ask, as its response headers last said. None where it has not said.

    What is counted is counted for the process, and for who calls.
    """

    calls: int = 0  # calls made by this process
    waited: float = 0.0  # seconds spent waiting for the limit
    limit: int | None = None  # per burst interval
    remaining: int | None = None
    daily_limit: int | None = None
    daily_remaining: int | None = None
    seen_at: datetime | None = None
    waiting_since: datetime | None = None  # when the oldest call was made that is on its way, with all its repeats
    retries: dict[str, int] = field(default_factory=dict)  # by cause

    def called(self) -> None:
        """Count one more call."""
        for spent in self._accounts():
            spent.calls += 1

    def waited_for(self, seconds: float) -> None:
        """Count seconds spent waiting for the limit."""
        for spent in self._accounts():
            spent.waited += seconds

    def retried(self, cause: str) -> None:
        """Count one more retry for this cause."""
        for spent in self._accounts():
            spent.retries[cause] = spent.retries.get(cause, 0) + 1

    def _accounts(self) -> Iterator[Budget | Spent]:
        yield self
        if (who := who_calls()) is not None:
            yield who.spent(self)


@runtime_checkable
class Source(Protocol):
    """A system that syncd pulls from."""

    system: str
    streams: Sequence[str]
    budget: Budget

    def tenant(self) -> str | None:
        """Return the vendor's id of the portal or org behind the credentials; None where it does not tell.

        The vendor is asked once at most, so that every run can make sure that its records belong into the store.
        """
        ...

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the stream's pages from `cursor` on; None reads everything.

        The iterator ends when nothing is left to read now; the last page's cursor starts the next incremental pull
        (a stream without news still yields one empty page that moves the cursor).
        """
        ...

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        """Read single records again. Ids that do not exist are left out; archived ones come with `deleted`."""
        ...

    def check(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find what would make a cycle fail: credentials, scopes, the fields `wanted` per stream, clock skew."""
        ...


@runtime_checkable
class Target(Protocol):
    """A system that syncd writes to."""

    system: str
    budget: Budget

    def push(self, object: str, wishes: Sequence[Payload]) -> Sequence[Receipt]:
        """Write the payloads of one object type; exactly one receipt each, in the same order.

        A payload with a `remote_id` updates that record; one without is created under its key, or updates the record
        that already carries the key. Never raises for a single row; raises a ConnectorError where no row was tried.
        """
        ...

    def find(self, object: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Look up which keys already stand in the remote system: key → remote id."""
        ...


SIGNED_IN_AS = "signed in as"  # a setting: the id of the user that the credentials are, among the system's users


@runtime_checkable
class Settled(Protocol):
    """A system whose settings say what its records leave open: the currency of their amounts, who we are there."""

    system: str

    def settings(self) -> Mapping[str, str]:
        """Return what the org or portal says of itself, by the vendor's names; without what nobody tells."""
        ...


@runtime_checkable
class Versioned(Protocol):
    """A system that is asked by endpoints whose versions end some day."""

    system: str

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints that are asked; nobody is asked for them."""
        ...


@runtime_checkable
class Glancing(Protocol):
    """A system that reads streams with little or no news in fewer calls than one each."""

    def glance(self, wanted: Mapping[str, tuple[Sequence[str], str | None]]) -> Mapping[str, Page]:
        """Return the only page of each of these streams that could be read to its end so; wanted: fields and cursor.

        A stream that is left out must be pulled. What an admin changed meanwhile in what the streams show is seen,
        by the pulls that follow as well.
        """
        ...


@runtime_checkable
class Calling(Protocol):
    """A system whose calls can be broken off."""

    def hang_up(self, caller: Caller | None = None) -> None:
        """End every call of a caller that is on its way, as if its answer was lost; later calls are made as ever.

        None: whoever calls.
        """
        ...


@runtime_checkable
class Offering(Protocol):
    """A system that tells which values a field offers."""

    def offered(self, stream: str, field: str) -> Sequence[str]:
        """Return the values that a field of a stream's records offers; none where it is free, or not there for us."""
        ...


@runtime_checkable
class Labelled(Protocol):
    """A system that keeps the internal values of options in its records, and tells what people call them."""

    def labels(self, stream: str, fields: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Return value → label of these fields' options, by field; where both are one word, nothing."""
        ...


class Stage(NamedTuple):
    """One stage of opportunities.

    probability: percent, by default; category: of the forecast, as the vendor calls it; pipeline: it is the pipeline's.
    """

    name: str
    probability: Decimal
    active: bool
    closed: bool
    pipeline: bool
    category: str


class Picklist(NamedTuple):
    """The values that a field offers. name: the vendor's; strict: refuses all others; setup: where to add one."""

    name: str
    values: Sequence[str]
    strict: bool
    setup: str


class OrgUser(NamedTuple):
    """Somebody who can, or once could, sign in to a system."""

    email: str
    active: bool
    id: str = ""


@runtime_checkable
class Portal(Protocol):
    """A system whose admin may take away what our writes rest on."""

    system: str

    def check_writes(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find what would make writes be refused; `wanted` are the fields to be written, per object.

        Asked anew each time, in a few calls: what the admin changed a minute ago counts. Raises ConnectorError.
        """
        ...


@runtime_checkable
class Org(Protocol):
    """A system in which sales works: its admin may change what the agreement takes for granted."""

    system: str
    status_page: str  # where the vendor tells of outages
    stage_setup: str  # where an admin adds a stage

    def check_writes(
        self, wanted: Mapping[str, Sequence[str]], values: Mapping[tuple[str, str], Sequence[str]] | None = None
    ) -> Sequence[Problem]:
        """Find what would make writes be refused; `values`: what picklists must take, by object and field.

        Asked anew each time, in a few calls: what the admin changed a minute ago counts. Raises ConnectorError.
        """
        ...

    def check_rights(self, reads: Collection[str], writes: Collection[str]) -> Sequence[Problem]:
        """Find what else our user was not granted, of rights or of what we brought there. Asked anew each time."""
        ...

    def check_rules(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find the org's own rules that may refuse single records of these objects; a run learns of them by receipt."""
        ...

    def pipeline(self) -> Sequence[Stage]:
        """Return the stages of opportunities in their order."""
        ...

    def process(self, constants: Mapping[str, Any]) -> Sequence[str] | None:
        """Return the stages that the record type of a new opportunity offers; None where it offers all.

        constants: what every new opportunity is created with, by the vendor's names.
        """
        ...

    def known(self, object: str) -> Collection[str]:
        """Return the fields of an object that stand there for us; none where it does not itself."""
        ...

    def uneditable(self, ids: Sequence[str]) -> Collection[str]:
        """Return those of these records that we see and may not edit, whatever the rights to their object say."""
        ...

    def untransferable(self, ids: Sequence[str]) -> Collection[str]:
        """Return those of these records that we see and may not give another owner, though we may edit them."""
        ...

    def role_picklist(self) -> Picklist:
        """Return the roles that a contact of an opportunity may have."""
        ...

    def users(self, emails: Sequence[str]) -> Sequence[OrgUser]:
        """Return the users that we may see: those with one of these addresses, and those deactivated lately.

        One at most only where we see nobody else. Every run asks, so that this costs no reading of all users.
        """
        ...

    def currency(self) -> str | None:
        """Return the currency of an amount that is written without one, as an ISO code; None where nobody tells."""
        ...

    def currencies(self) -> Sequence[str]:
        """Return the active currencies that an opportunity may name; empty where the org has but one."""
        ...


class ConnectorError(Exception):
    """The remote system could not be used. mend: what mends it, where that is known better than by its kind."""

    def __init__(self, message: str | None = None, *, retry_at: datetime | None = None, mend: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        self.retry_at, self.mend = retry_at, mend


class Misconfigured(ConnectorError):
    """The credentials, scopes or settings must be mended before another call makes sense."""


class NotThere(Misconfigured):
    """The system has no such stream, or shows it to nobody like us."""


class TryLater(ConnectorError):
    """The remote system does not answer properly now; the same call may succeed later."""


class Stopped(TryLater):
    """syncd was asked to stop; what is not done is done by the next run."""


class BudgetExhausted(TryLater):
    """The API allowance is used up until `retry_at`."""


class Refused(ConnectorError):
    """The remote system refused this request; repeating it unchanged is pointless."""


class Uncertain(TryLater):
    """No answer came to a write: it may or may not have taken effect."""

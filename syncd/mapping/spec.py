"""What a mapping file may say, as frozen, typed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from syncd.model.facts import WHYS

Kind = Literal[  # as in model/kinds
    "user",
    "account",
    "contact",
    "campaign",
    "campaign_member",
    "opportunity",
    "stage_change",
    "line_item",
    "contact_role",
    "activity",
]
BARRING = frozenset({*WHYS, "relation", "lifecycle"})  # of what a mapping reads: it may say that somebody is not free
IdSpelling = Literal["plain", "case_safe"]
How = Literal[
    "text",
    "words",
    "number",
    "whole",
    "money",
    "band",
    "datetime",
    "date",
    "boolean",
    "present",
    "absent",
    "email",
    "emails",
    "flags",
    "email_ref",
    "domain",
    "domains",
    "phone",
    "state",
    "country",
    "ids",
    "codes",
    "ref",
    "refs",
]


Says = Literal["form", "outcome", "missed", "called_off"]
FormKind = Literal[  # what a form's name can tell; the first of several weak words that fit counts
    "ready_to_buy",
    "contact_sales",
    "price_request",
    "demo_booked",
    "trial_started",
    "webinar",
    "survey_answered",
    "whitepaper",
    "breakfast_seminar",
    "event",
    "page_viewed",
]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _quoted(value: Any) -> Any:
    if isinstance(value, int):
        raise PydanticCustomError("code", "a code is a text: put it in quotes, for YAML reads 0111 as 73")
    return value


Paths = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Optional = Annotated[bool | tuple[str, ...], BeforeValidator(_listed)]
Code = Annotated[str, BeforeValidator(_quoted)]


class Rule(BaseModel):
    """One part of a mapping file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Setting(Rule):
    """What the whole org or portal says where a record says nothing. called: in words, such as "the org's currency"."""

    name: str
    called: str


class FieldRule(Rule):
    """How one of our fields is read: from which paths (the first that is not blank), as what, through which table.

    default, setting: of an account or contact they are assumptions, and lose against any record's own word.
    """

    paths: Paths = Field(default=(), alias="from")
    how: How = Field(default="text", alias="as")
    value: str | bool | None = None  # a constant
    default: str | bool | None = None  # where nothing stands
    setting: Setting | None = None  # where nothing stands, and the org or portal has a setting of that name
    to: Annotated[
        tuple[str, ...] | dict[str, str], BeforeValidator(_listed)
    ] = ()  # ref: streams, or id prefix → stream
    through: str | None = None  # a table of this file, or a file below mappings/
    otherwise: str | None = None  # through, matches: where the table lacks what stands there; "=" keeps it
    matches: str | None = None  # a table of words, the first that stands there: whole ones; "^…" begins, "" always does
    says: Says | None = None  # what no table of this file says, told by the words of mappings/wording/
    fields: str | None = None  # says form: the path of the submitted fields
    called_off: str | None = None  # says outcome: the path of a title that may say so, too
    when: str | None = None  # read only where this path is true
    called: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()  # flags: a name for each path of `from`
    equals: str | None = None  # true where the value is this
    differs: str | None = None  # true where the value is another
    times: float = 1  # band, number: units of the vendor's number
    locale: str | None = None  # numbers: how a text writes them, such as de-DE; else as the file says
    system: str | None = None  # codes: SIC or NAICS
    year: int | None = None  # codes
    region: str | None = None  # phone: the country (ISO 3166-1 alpha-2) of numbers in a record that names none
    without: str | None = None  # email: an ending that the vendor adds where mail must not arrive (.invalid)
    titled: str | None = None  # how the field is called on screens, where people answer in it
    labels: bool = False  # what stands there is an option's internal value: its label is read where that says more
    required: bool = False
    optional: Optional = False  # not every org has the field, or these of the paths: none complains where they lack

    @model_validator(mode="after")
    def _of_paths(self) -> FieldRule:
        if self.optional is not True and (others := {*(self.optional or ())} - {*self.paths}):
            raise PydanticCustomError("optional", f"optional: {', '.join(sorted(others))} stands in no `from` here")
        return self

    @property
    def expected(self) -> tuple[str | None, ...]:
        """The paths whose absence is worth a word."""
        if self.optional is True:
            return ()
        return (*(path for path in self.paths if path not in (self.optional or ())), self.called_off, self.when)


class StreamRule(Rule):
    """One stream: which of our kinds it becomes, and its fields.

    any_of: at least one of these must stand. log: the vendor lets old entries age out, so that what a full read does
    not meet is not deleted; the nightly full read reads such a stream on from its cursor, and only a resync reads it
    again. live: its records are what references and wishes of that kind mean in this system; of golden records that
    become one, the one with such a record stays. needed: without it nothing is pushed into any system, for a push could
    double what people just made: `once` where it was never read to its end, `always` also where this run could not read
    it, `shown` where this run could not read it though the system shows it to us. becomes: the stream whose records
    these are turned into, as leads are into contacts: what such a record says counts behind theirs, and it stands on no
    opportunity. merged_into: where a deleted record says which one it was merged into.
    """

    into: Kind
    fields: Mapping[str, FieldRule]
    any_of: tuple[str, ...] = ()
    log: bool = False
    live: bool = False
    needed: Literal["once", "always", "shown"] | None = None
    becomes: str | None = None
    merged_into: str | None = None


class WriteRule(Rule):
    """How one kind of wish is written.

    stream: whose records it changes, where that is not called as the object is. behind: the field that points at the
    record that must be ours to edit, where it is not the written one. guarded: never again once a person has touched
    them. later: these may point at a record that does not stand yet, and are written once it does. optional: not every
    org has these, and a record is whole without them. constants: what stands in a new record besides, by the vendor's
    names: a type, a source, a record type. by_segment: segment of the agreement → what stands in a new record of its
    accounts, beside the constants or in their place. length: how many characters the vendor takes; more are cut.
    decimals: how many digits behind the point the vendor keeps; a number is rounded to them, halves up. values: what a
    word of ours is called there. needs: none is made without these of our fields, so that nothing is handed to the user
    that syncd signs in as. first: what a new record starts with and judge wants no more once it stands: where it was
    left out then, it is written once it can be, if it is still blank. act: it is done, and nothing of it stands there
    that could be looked up: so it is done once at most, and waits no longer than its wish's `until`.
    """

    object: str
    fields: Mapping[str, str]
    stream: str | None = None
    behind: str | None = None
    guarded: tuple[str, ...] = ()
    create_only: tuple[str, ...] = ()
    length: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    decimals: Mapping[str, Annotated[int, Field(ge=0)]] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    optional: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    constants: Mapping[str, str | bool | int] = {}
    by_segment: Mapping[str, Mapping[str, str | bool | int]] = {}
    needs: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    act: bool = False

    def constants_in(self, segment: str | None) -> dict[str, str | bool | int]:
        """What stands in a new record of an account of that segment (None: of any other), by the vendor's names."""
        return {**self.constants, **self.by_segment.get(segment or "", {})}

    @property
    def every_constant(self) -> list[tuple[str, str | bool | int]]:
        """Every field and value that some new record gets, whatever its account's segment."""
        return list(
            dict.fromkeys(pair for name in (None, *self.by_segment) for pair in self.constants_in(name).items())
        )

    @property
    def own(self) -> frozenset[str]:
        """Our names of the fields that syncd made there: nobody else's work stands in them."""
        return frozenset(name for name, vendors in self.fields.items() if vendors.lower().startswith("syncd_"))


class SystemMapping(Rule):
    """One mapping file."""

    system: str
    streams: Mapping[str, StreamRule]
    tables: Mapping[str, Mapping[str, str]] = {}
    writes: Mapping[str, WriteRule] = {}
    file: str | None = None  # a register's file below mappings/: CSV, or a spreadsheet (.xlsx, .xls, .ods)
    encoding: str | None = None  # of a register's text that is no UTF-8, such as cp1252
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None  # of a register's text, else found out
    sheet: str | None = None  # of a register's spreadsheet, else the first
    id: str | None = None  # a register's id column
    locale: str | None = None  # how texts write numbers, such as de-DE
    source: str | None = None
    path_prefix: str | None = None  # what a path starts with that is no part of the field's name
    id_spelling: IdSpelling = "plain"  # case_safe: 15 characters are the short form of 18
    digest: str = ""  # of the file and all tables that it names

    def asked(self, stream: str) -> list[str]:
        """The vendor's field names to ask for."""
        rule = self.streams[stream]
        return self._names(_paths(rule.fields.values()), rule.merged_into)

    @property
    def tells_persons(self) -> bool:
        """Whether it says which accounts are person accounts."""
        return any("person" in rule.fields for rule in self.streams.values() if rule.into == "account")

    def missed(self, stream: str) -> list[str]:
        """Those of the fields asked for whose absence is worth a word."""
        rule = self.streams[stream]
        return self._names((path for field in rule.fields.values() for path in field.expected), rule.merged_into)

    def barring(self, stream: str) -> list[str]:
        """Those of them that may say that somebody is not to be sold to, or not to be asked: hidden, nobody is free."""
        fields = self.streams[stream].fields.items()
        return self._names(path for name, rule in fields if name in BARRING for path in rule.expected)

    def label(self, path: str) -> str:
        """The vendor's name of the field at this path."""
        return path.removeprefix(f"{self.path_prefix}.") if self.path_prefix else path

    def _names(self, paths: Iterable[str | None], *others: str | None) -> list[str]:
        return list(dict.fromkeys(self.label(path) for path in (*paths, *others) if path))

    def written(self) -> dict[str, list[str]]:
        """The vendor's field names that are written, by object."""
        fields: dict[str, list[str]] = {}
        for rule in self.writes.values():
            fields.setdefault(rule.object, []).extend((*rule.fields.values(), *dict(rule.every_constant)))
        return fields

    def stream_into(self, kind: Kind) -> str | None:
        """The first stream that becomes this kind."""
        return next((name for name, rule in self.streams.items() if rule.into == kind), None)

    def live(self, kind: str) -> str | None:
        """The stream whose records references and wishes of that kind mean."""
        return next((name for name, rule in self.streams.items() if rule.live and rule.into == kind), None)

    def forerunners(self, stream: str | None) -> tuple[str, ...]:
        """The streams whose records are turned into records of that one."""
        return tuple(name for name, rule in self.streams.items() if rule.becomes == stream is not None)

    def needed(self, *how: str) -> list[str]:
        """The streams that are needed so before anything is pushed."""
        return [name for name, rule in self.streams.items() if rule.needed in how]

    def essential(self, stream: str) -> bool:
        """Whether what is written rests on this stream."""
        rule = self.streams[stream]
        return rule.live or rule.needed in ("once", "always")

    def doing_without(self, names: Iterable[str]) -> SystemMapping:
        """The mapping without those of the streams, as `system.stream`, that are its own.

        Wishes that only change such records, and never make one, go with them.
        """
        gone = {name.partition(".")[2] for name in names if name.startswith(f"{self.system}.")}
        if not gone:
            return self
        streams = {name: rule for name, rule in self.streams.items() if name not in gone}
        writes = {
            name: rule
            for name, rule in self.writes.items()
            if "key" in rule.fields or (rule.stream or rule.object) not in gone
        }
        digest = f"{self.digest} without {sorted(gone)}"
        return self.model_copy(update={"streams": streams, "writes": writes, "digest": digest})

    def stream_written(self, rule: WriteRule) -> str | None:
        """The stream whose records such wishes change."""
        stream = rule.stream or rule.object
        return stream if stream in self.streams else None


def _paths(rules: Iterable[FieldRule]) -> Iterable[str | None]:
    return (path for rule in rules for path in (*rule.paths, rule.called_off, rule.when))


class Places(Rule):
    """places.yaml: how systems spell states and countries, name → code."""

    states: Mapping[str, str]
    countries: Mapping[str, str]


Phrase = str | tuple[str | tuple[str, ...], ...]  # words; or one of each list, in that order


class FormWords(Rule):
    """wording/forms.yaml: one language's words for forms."""

    small: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    deny_nothing: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    nothing: tuple[Phrase, ...] = ()
    other: tuple[Phrase, ...] = ()
    products: tuple[str, ...] = ()
    past: tuple[Phrase, ...] = ()
    beside: tuple[str, ...] = ()
    heads: tuple[FormKind, ...] = ()
    asks: Mapping[FormKind, tuple[Phrase, ...]] = {}
    hands_out: Mapping[FormKind, tuple[Phrase, ...]] = {}
    hints: Mapping[FormKind, tuple[Phrase, ...]] = {}
    alone: Mapping[FormKind, tuple[str, ...]] = {}
    pages: tuple[Phrase, ...] = ()
    asking: tuple[str, ...] = ()
    selling: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


class OutcomeWords(Rule):
    """wording/outcomes.yaml: one language's words for how something went."""

    off: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class FormFile(RootModel[Mapping[str, FormWords]]):
    """wording/forms.yaml: a language → its words."""

    model_config = ConfigDict(frozen=True)


class OutcomeFile(RootModel[Mapping[str, OutcomeWords]]):
    """wording/outcomes.yaml: a language → its words."""

    model_config = ConfigDict(frozen=True)


class Codes(RootModel[Mapping[str, Mapping[Literal["SIC", "NAICS"], tuple[Code, ...]] | None]]):
    """A file of a vendor's words for industries: word → the codes that each can mean."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, content: Any) -> Any:
        return content.get("industries", content) if isinstance(content, dict) else content

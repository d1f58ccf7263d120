"""YAML documents with the place of every value, so that a complaint can name file and line.

Booleans are YAML 1.2's `true` and `false` only: `on`, `no` and the country NO stay words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from syncd.errors import ConfigError, shortened
from syncd.yaml_loaders import GROUPED, FastLoader, Grouped, Loader, TextLoader

Path = tuple[str | int, ...]
MOST_VALUES = 100_000
DOCUMENTS_KEPT = 32  # an installation has some ten
M = TypeVar("M", bound=BaseModel)


_TABLE, _WHOLE, _NUMBER = (
    "a table of names and values is expected",
    "a whole number is expected",
    "a number is expected",
)
EXPECTED = {  # pydantic's kinds of problems that our words say better
    **dict.fromkeys(("tuple_type", "list_type"), "a list is expected here"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), _TABLE),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false is expected"),
}


def wording(path: Sequence[str | int], problem: ErrorDetails) -> str:
    """What is wrong at `path`, in our words where we have some."""
    what = EXPECTED.get(problem["type"], problem["msg"].removeprefix("Value error, "))  # pydantic's own words
    return ": ".join(filter(None, (".".join(map(str, path)), what)))


class Complaint(NamedTuple):
    """One problem of a document: where, what, and what would mend it."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" + (f" ({self.mend})" if self.mend else "")


_HALF = re.compile(r"[\ud800-\udfff]")


def is_grouped(value: Any) -> bool:
    """Whether a value of a document is such a number, bare or in quotes."""
    return isinstance(value, Grouped) or (isinstance(value, str) and GROUPED.fullmatch(value.strip()) is not None)


@dataclass(frozen=True)
class Document:
    """A parsed YAML file, or several that were joined: the content, and the place of every path into it."""

    file: str
    content: Any
    lines: dict[Path, int]
    parts: tuple[Document, ...] = ()  # what it was joined of, which know their own lines

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the value at `path`, or of its nearest parent that exists."""
        for end in range(len(path), -1, -1):
            if (line := self.lines.get(tuple(path[:end]))) is not None:
                return line
        return 1

    def complaint(self, path: Sequence[str | int], what: str, mend: str = "") -> Complaint:
        """A complaint about the value at `path`."""
        part, source = self._part(path)
        return Complaint(part.file, part.line(source), what, mend)

    def _part(self, path: Sequence[str | int]) -> tuple[Document, Path]:
        """The part from which the value at `path` is, or its nearest parent, and its path there."""
        if not self.parts:
            return self, tuple(path)
        places: list[tuple[Document, Path, Any]] = [(part, (), part.content) for part in self.parts]
        for depth, step in enumerate(path):
            below, index = [], step
            for part, source, value in places:
                if isinstance(value, dict) and step in value:
                    below.append((part, (*source, step), value[step]))
                elif isinstance(value, list) and isinstance(index, int):
                    if 0 <= index < len(value):
                        below.append((part, (*source, index), value[index]))
                    index -= len(value)  # lists were joined one behind the other
            if not below:
                return places[0][0], (*places[0][1], *path[depth:])
            places = below
        return places[0][:2]

    def complaints(self, error: ValidationError) -> list[Complaint]:
        """Every problem that pydantic found, at its place."""
        problems = [(*self._part(problem["loc"]), problem) for problem in error.errors()]
        return [part.complaint(source, wording(source, problem)) for part, source, problem in problems]


class Unreadable(ConfigError):
    """The file is no YAML; `complaint` says where it breaks."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(str(complaint))
        self.complaint = complaint


# What ends PyYAML where a value is not what it looks like, or what its tag promises (`!!int ""`).
_LIES = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


def read(text: str, file: str) -> Document:
    """Parse one YAML document; raises Unreadable with the line on a syntax error, a duplicate key, or no content.

    A command reads the same files for several purposes: what was parsed is kept, and everybody gets a content of
    their own.
    """
    document = _parsed(text, file)
    return replace(document, content=deepcopy(document.content))


@lru_cache(maxsize=DOCUMENTS_KEPT)
def _parsed(text: str, file: str) -> Document:
    lines: dict[Path, int] = {}
    loader: yaml.SafeLoader | None = None
    try:
        loader, node = _composed(text)
        if node is None:
            raise Unreadable(Complaint(file, 1, "the file is empty"))
        _locate(node, (), lines, file)
        content = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Unreadable(Complaint(file, line, getattr(error, "problem", None) or "this is no YAML")) from error
    except _LIES as error:
        raise Unreadable(_unread(file, loader)) from error
    return Document(file, content, lines)


def _unread(file: str, loader: yaml.SafeLoader | None) -> Complaint:
    """A value that is not what it looks like, or not what its tag promises."""
    node = getattr(loader, "node", None)
    if node is None:
        return Complaint(file, 1, "this is no YAML", "look for control characters and `!!` tags")
    kind = str(node.tag).rpartition(":")[2]
    what = f"{shortened(node.value)!r} " if isinstance(node.value, str) else "what stands here "
    if kind == "timestamp":
        problem, mend = f"{what}is no day of the calendar", "write one as YYYY-MM-DD, or put a text in quotes"
    else:
        problem, mend = f"{what}cannot be read as !!{kind}", "take the tag away, or write what it promises"
    return Complaint(file, int(node.start_mark.line) + 1, problem, mend)


def _composed(text: str) -> tuple[yaml.SafeLoader, yaml.Node | None]:
    """The text's nodes, and what makes values of them; what libyaml refuses is refused in PyYAML's own words."""
    with suppress(yaml.YAMLError, ValueError):
        loader = FastLoader(text)
        return loader, loader.get_single_node()
    loader = Loader(text)
    return loader, loader.get_single_node()


@lru_cache(maxsize=DOCUMENTS_KEPT)
def typed(text: str) -> Any:
    """A document that was read, with every value as the text that was typed; it is kept, and nobody changes it."""
    return yaml.load(text, Loader=TextLoader)


@lru_cache(maxsize=DOCUMENTS_KEPT)
def glance(text: str) -> Any:
    """What YAML makes of a text, for a quick look; it is kept, and nobody changes it. Raises Unreadable."""
    try:
        return yaml.load(text, FastLoader)
    except (yaml.YAMLError, *_LIES) as error:
        raise Unreadable(Complaint("the text", 1, "this is no YAML")) from error


def read_as(model: type[M], text: str, file: str) -> tuple[M, Document]:
    """One YAML document as a value of that model; raises ConfigError with every problem, each at its line."""
    document = read(text, file)
    return validated(model, document), document


def validated(model: type[M], document: Document) -> M:
    """A document as a value of that model; raises ConfigError with every problem, each at its place."""
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        raise ConfigError("\n".join(map(str, document.complaints(error)))) from error


def joined(documents: Sequence[Document]) -> Document:
    """Several documents as one: tables are joined name by name, lists one behind the other.

    Raises Unreadable where two of them say different things of one name.
    """
    content: Any = None
    for number, document in enumerate(documents):
        before = Document(document.file, content, {}, tuple(documents[:number]))
        content = _join(before, document, content, document.content, ())
    return Document(documents[0].file, content, {}, tuple(documents))


def _join(before: Document, document: Document, value: Any, more: Any, path: Path) -> Any:
    """What stands at `path` of the documents before, and what another one adds to it there."""
    match value, more:
        case None, _:
            return more
        case dict(), dict():
            return value | {
                name: _join(before, document, value.get(name), inner, (*path, name)) for name, inner in more.items()
            }
        case list(), list():
            return value + more
        case _ if value == more:
            return value
    first = before.complaint(path, "")
    what = f"{'.'.join(map(str, path))} stands in {first.file}:{first.line} as well, and says otherwise"
    raise Unreadable(document.complaint(path, what, "keep one of them"))


def _locate(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> None:
    if len(lines) > MOST_VALUES:
        raise Unreadable(Complaint(file, 1, f"more than {MOST_VALUES:,} values; look for aliases of aliases"))
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in names:
                first = f"the first one is in line {lines[(*path, name)]}; keep one of them"
                raise Unreadable(Complaint(file, key.start_mark.line + 1, f"{name!r} stands here twice", first))
            _require_whole(key, file)
            names.add(name)
            lines[(*path, name)] = key.start_mark.line + 1
            _locate(value, (*path, name), lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            _locate(item, (*path, index), lines, file)
    else:
        _require_whole(node, file)


def _require_whole(node: yaml.Node, file: str) -> None:
    """Refuse half a pair of UTF-16, as `"\\ud83d"` is: no JSON, no database and no screen takes it."""
    text = str(node.value)
    if not text.isascii() and _HALF.search(text):
        what = "half a character stands here"
        raise Unreadable(Complaint(file, node.start_mark.line + 1, what, "write the character itself, in UTF-8"))

"""GET …/search?q=FIND … and …/parameterizedSearch: SOSL over the text of the rows, without an index's delays.

Source: Salesforce, SOQL and SOSL Reference, "SOSL Syntax"; REST API Developer Guide, "Search", "Parameterized Search".
Words without an operator must all occur; AND, OR, AND NOT are read from left to right; * and ? stand for letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..parsing import objects
from ..parsing import word as text_of
from ..refusal import Refusal
from ..schema import Field
from ..soql import running
from ..soql.tree import parse
from ..table import Row
from ..wire import Request, Response, Route, reply

_MOST, _SHORTEST = 2000, 2
_FIND = re.compile(r"\s*FIND\s*\{(?P<text>(?:\\.|[^\\}])*)\}\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_IN = re.compile(r"IN\s+(?P<group>ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\b\s*", re.IGNORECASE)
_TAIL = re.compile(r"(?:\s*WITH\s+[^()]+?(?=\s+LIMIT\b|\s*$))*\s*(?:LIMIT\s+(?P<limit>\d+))?\s*", re.IGNORECASE)
_SPEC = re.compile(r"\s*(?P<name>\w+)\s*(?P<open>\()?")
_TERM = re.compile(r'"(?P<phrase>[^"]*)"|(?P<word>\S+)')
_TEXT = ("string", "textarea", "email", "phone", "url", "picklist", "combobox")
_GROUPS: Mapping[str, Callable[[Field], bool]] = {
    "ALL": lambda field: field.type in _TEXT,
    "SIDEBAR": lambda field: field.type in _TEXT,
    "NAME": lambda field: bool(field["nameField"]) or field.name in ("FirstName", "LastName"),
    "EMAIL": lambda field: field.type == "email",
    "PHONE": lambda field: field.type == "phone",
}
_NO_TERM = "No search term found. The search term must be enclosed in braces."

Meets = Callable[[str], bool]


def search(request: Request) -> Response:
    """Answer GET …/search?q=FIND {…} …"""
    match = _FIND.fullmatch(request.query.get("q", ""))
    if match is None:
        raise Refusal("MALFORMED_SEARCH", _NO_TERM)
    rest, group = match["rest"], "ALL"
    if wanted := _IN.match(rest):
        rest, group = rest[wanted.end() :], wanted["group"].upper()
    specs: list[str] = []
    if (returning := re.match(r"RETURNING\b", rest, re.IGNORECASE)) is not None:
        specs, rest = _specs(rest[returning.end() :])
    tail = _TAIL.fullmatch(rest)
    if tail is None:
        raise Refusal("MALFORMED_SEARCH", f"unexpected token: {rest.strip().split()[0]}")
    return _answer(request, re.sub(r"\\(.)", r"\1", match["text"]), group, specs, int(tail["limit"] or _MOST))


def by_parameters(request: Request) -> Response:
    """Answer GET or POST …/parameterizedSearch."""
    asked = dict(request.query) | (request.fields() if request.method == "POST" else {})
    specs = []
    named = [{"name": name} for name in str(asked.get("sobject") or "").split(",") if name]
    for scope in objects(asked, "sobjects") or named:
        name = text_of(scope, "name")
        fields = scope.get("fields") or asked.get(f"{name}.fields") or asked.get("fields") or "Id"
        limit = scope.get("limit") or asked.get(f"{name}.limit") or asked.get("defaultLimit")
        where = scope.get("where") or asked.get(f"{name}.where")
        listed = ",".join(fields) if isinstance(fields, list) else fields
        specs.append(
            f"SELECT {listed} FROM {name}{f' WHERE {where}' if where else ''}{f' LIMIT {limit}' if limit else ''}"
        )
    group = str(asked.get("in") or "ALL").split()[0].upper()
    overall = str(asked.get("overallLimit") or _MOST)
    if not overall.isascii() or not overall.isdigit():
        raise Refusal("INVALID_SEARCH", f"overallLimit must be a number: {overall}")
    limit = int(overall)
    return _answer(request, str(asked.get("q") or ""), group if group in _GROUPS else "ALL", specs, limit)


def _answer(request: Request, text: str, group: str, specs: list[str], limit: int) -> Response:
    meets = _condition(text)
    names = [name for name, found in request.org.schema.objects.items() if found.attributes.get("searchable", True)]
    records: list[dict[str, Any]] = []
    for soql in specs or [f"SELECT Id FROM {name}" for name in sorted(names)]:
        records += _search(request, soql, group, meets)
    return reply({"searchRecords": records[:limit]} if request.version >= 37 else records[:limit])


def _search(request: Request, soql: str, group: str, meets: Meets) -> list[dict[str, Any]]:
    query = parse(soql)
    everything = replace(query, limit=None, offset=0)
    result = running.run(request.org, request.user, everything, request.base)
    if result.show is None:
        raise Refusal("MALFORMED_SEARCH", "Only fields can be returned by a search")
    sobject = request.org.schema.find(query.source)
    fields = [] if sobject is None else [name for name, field in sobject.fields.items() if _GROUPS[group](field)]
    rows = [row for row in result.rows if meets(_text(row, fields))]
    end = None if query.limit is None else query.offset + query.limit
    return [result.show(row) for row in rows[query.offset : end]]


def _text(row: Row, fields: list[str]) -> str:
    return "\n".join(value.lower() for name in fields if isinstance(value := row.get(name), str))


def _condition(text: str) -> Meets:
    """Return the test of a search's text."""
    terms = [(found["phrase"] or found["word"] or "", found["phrase"] is not None) for found in _TERM.finditer(text)]
    words = [(word.strip("()"), quoted) for word, quoted in terms if word.strip("()")]
    if not words:
        raise Refusal("MALFORMED_SEARCH", _NO_TERM)
    joined: Meets | None = None
    operator = "AND"
    for word, quoted in words:
        if not quoted and word in ("AND", "OR", "NOT"):
            operator = "NOT" if word == "NOT" else word
            continue
        joined, operator = _joined(joined, operator, _term(word)), "AND"
    return joined or _term(words[0][0])


def _joined(left: Meets | None, operator: str, right: Meets) -> Meets:
    if left is None:
        return right
    before = left
    match operator:
        case "OR":
            return lambda text: before(text) or right(text)
        case "NOT":
            return lambda text: before(text) and not right(text)
    return lambda text: before(text) and right(text)


def _term(word: str) -> Meets:
    """Return the test of one word or phrase: its words stand beside each other, * and ? are wildcards."""
    if len(word.strip("*?")) < _SHORTEST:
        raise Refusal("MALFORMED_SEARCH", f"search term must be longer than one character: {word}")
    pieces = re.split(r"([*?])", word.lower())
    shape = "".join({"*": r"\w*", "?": r"\w"}.get(piece) or re.escape(piece) for piece in pieces)
    matches = re.compile(rf"(?<!\w){shape}(?!\w)").search
    return lambda text: matches(text) is not None


def _specs(text: str) -> tuple[list[str], str]:
    """Return RETURNING's objects as SOQL, and what follows them."""
    specs = []
    while True:
        match = _SPEC.match(text)
        if match is None:
            raise Refusal("MALFORMED_SEARCH", "unexpected token: <EOF>")
        text = text[match.end() :]
        inner = ""
        if match["open"]:
            end = next(_closing(text), None)
            if end is None:
                raise Refusal("MALFORMED_SEARCH", "unexpected token: <EOF>")
            inner, text = text[:end], text[end + 1 :]
        specs.append(_soql(match["name"], inner))
        comma = re.match(r"\s*,", text)
        if comma is None:
            return specs, text
        text = text[comma.end() :]


def _closing(text: str) -> Iterator[int]:
    """Yield the place of the parenthesis that closes the one before `text`."""
    depth, quoted, place = 1, False, 0
    while place < len(text):
        letter = text[place]
        if quoted and letter == "\\":
            place += 1
        elif letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if depth == 0:
                yield place
                return
        place += 1


def _soql(name: str, inner: str) -> str:
    """Turn `Id, Name WHERE … ORDER BY … LIMIT n` of an object into SOQL."""
    cut = re.search(r"\b(?:USING|WHERE|ORDER\s+BY|LIMIT|OFFSET)\b", inner, re.IGNORECASE)
    fields = (inner[: cut.start()] if cut else inner).strip() or "Id"
    return f"SELECT {fields} FROM {name} {inner[cut.start() :] if cut else ''}"


ROUTES: tuple[Route, ...] = (
    ("GET", "search", search),
    ("GET", "parameterizedSearch", by_parameters),
    ("POST", "parameterizedSearch", by_parameters),
)

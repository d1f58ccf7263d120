"""No vendor's object, field or value is named where all systems are alike: rules, planning, premises, sync, store."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.mapping import SystemMapping, load_all
from syncd.model import kinds
from syncd.model.wishes import WISHED

ROOT = Path(__file__).parents[1]
FOLDERS = ("rules", "planning", "premises", "sync", "store")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / "syncd" / folder).rglob("*.py"))]
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# MECHANISMS §0, the field's usual words, singular; a vendor may use them too.
OURS = frozenset(
    [
        "agreement",
        "register",
        "stream",
        "page",
        "cursor",
        "account",
        "contact",
        "activity",
        "campaign",
        "opportunity",
        "user",
        "group",
        "gate",
        "ruling",
        "rung",
        "offer",
        "judgement",
        "wish",
        "receipt",
        "release",
        "verdict",
        "milestone",
        "answer",
        "snapshot",
        "plan",
        "premise",
        "unsigned",
        "right",
        "task",
        "accounts",
        "contacts",
        "activities",
        "campaigns",
        "opportunities",
        "users",
        "tasks",
    ]
)
# Plain words and Python's own, which a vendor uses as names too.
PLAIN = frozenset(
    [
        "address",
        "amount",
        "archived",
        "attended",
        "calls",
        "created",
        "event",
        "notes",
        "recipient",
        "type",
        "url",
        "zip",
    ]
)
MADE_UP = re.compile(r"[a-z][A-Z]|_")  # no word of any text


def vendor_names() -> frozenset[str]:
    """Every object and field that the shipped mappings name and that is no word of ours."""
    mappings = load_all()
    named = {name for mapping in mappings.values() for name in _named(mapping)}
    own = {name for kind in kinds.DECLARED for name in (*kinds.read(kind), kind)}
    own |= {name for fields in WISHED.values() for name in fields} | set(WISHED)
    return frozenset(name for name in named if name not in own and name.lower() not in OURS | PLAIN)


def _named(mapping: SystemMapping) -> Iterator[str]:
    for stream in mapping.streams:
        yield stream
        for path in mapping.asked(stream):
            yield from path.split(".")
    for object_, fields in mapping.written().items():
        yield from (object_, *fields)


def vendor_values() -> frozenset[str]:
    """What the shipped mappings say that a vendor's fields hold, where it is no word of ours."""
    mappings = load_all().values()
    read = {value for mapping in mappings for table in mapping.tables.values() for value in table}
    rules = [rule for mapping in mappings for rule in mapping.writes.values()]
    written = {value for rule in rules for words in rule.values.values() for value in words.values()}
    compared = {
        field.equals for mapping in mappings for stream in mapping.streams.values() for field in stream.fields.values()
    }
    own = {word for mapping in mappings for table in mapping.tables.values() for word in table.values()}
    own |= {word for rule in rules for words in rule.values.values() for word in words}
    named = (value for value in (*read, *written, *compared) if value)
    return frozenset(value for value in named if value not in own and value not in OURS | PLAIN)


def words_in(text: str) -> Iterator[tuple[int, str]]:
    """Names and words of literals in a module, with their lines."""
    for line, literal in literals_in(text):
        yield line, literal
        yield from ((line, word) for word in WORD.findall(literal) if MADE_UP.search(word))
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                yield node.lineno, name


def literals_in(text: str) -> Iterator[tuple[int, str]]:
    """The texts of a module, with their lines; prose (docstrings, comments) may say what it likes."""
    tree = ast.parse(text)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(literal)) if id(node) not in prose:
                yield node.lineno, literal


def vendor_words(text: str, names: frozenset[str], systems: frozenset[str]) -> list[str]:
    """What a module says that is a vendor's: a system, a stream of it, one of its names or values, or one so made."""
    held = [f"{line}: {literal}" for line, literal in literals_in(text) if literal in VALUES]
    return held + [
        f"{line}: {word}"
        for line, word in words_in(text)
        if word in names
        or word in systems
        or word.endswith("__c")
        or word.startswith("hs_")
        or word.partition(".")[0] in systems
    ]


NAMES, VALUES, SYSTEMS = vendor_names(), vendor_values(), frozenset(load_all())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_names_nothing_of_a_vendors(file: Path) -> None:
    assert vendor_words(file.read_text(encoding="utf-8"), NAMES, SYSTEMS) == []


@pytest.mark.parametrize(
    "line",
    [
        'STREAM = "salesforce.Account"',
        'if system == "hubspot": pass',
        'name = raw["LastName"]',
        'key = "Syncd_Key__c"',
        'stamp = row.get("hs_timestamp")',
        "row.MasterRecordId",
        'stream = "Lead"',
        'fields = "FirstName LastName"',
        'place = "companies"',
        'status = "Not Started"',
        'PRIORITIES = ("High", "Normal")',
        'buys = {"evangelist": "customer"}',
        'by_us = direction == "OUTBOUND"',
    ],
)
def test_each_kind_of_name_is_seen(line: str) -> None:
    assert vendor_words(line, NAMES | {"MasterRecordId"}, SYSTEMS) != []


def test_words_of_ours_and_prose_are_not_seen() -> None:
    text = '"""Salesforce keeps Probability; see Account."""\naccount = Account(name=row["city"])  # hs_timestamp\n'
    assert vendor_words(text, NAMES, SYSTEMS) == []

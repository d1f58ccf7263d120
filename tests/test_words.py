"""Names say what the thing is: no `found`, `one`, `told`, `given`, `seen`, and none that the glossary turned down."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
EMPTY = frozenset({"found", "one", "told", "given", "seen"})
LINES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
KEPT: Mapping[tuple[str, str], str] = {
    ("connectors/hubspot/cursor.py", "seen"): "stored cursors carry this name",
    ("connectors/sandbox/fault_rules.py", "seen"): "the sandbox's answers of its faults carry this name",
    ("syncd/tables/core.py", "seen"): "the table's name",
}
TURNED_DOWN = frozenset({"deal", "deals", "deed", "deeds"})
PLANS = frozenset({"plan", "plans", "planned", "planning"})


class Name(NamedTuple):
    """A name that is bound, and in which line."""

    line: int
    name: str


def bound(tree: ast.AST) -> Iterator[Name]:
    """Every name that a tree binds: variables, parameters, captures, functions and classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield Name(node.lineno, name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield Name(node.lineno, name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield Name(node.lineno, name)
            case ast.MatchMapping(rest=str(name)):
                yield Name(node.lineno, name)
            case ast.alias(asname=str(name)):
                yield Name(node.lineno, name)


def on_one_line(tree: ast.AST) -> Iterator[Name]:
    """What is bound in a comprehension or a lambda that stands on one line: its whole life is in view."""
    for node in ast.walk(tree):
        if isinstance(node, LINES) and node.lineno == node.end_lineno:
            yield from bound(node)


def empty_names(source: str) -> list[Name]:
    """The names in a file that say nothing of the thing."""
    tree = ast.parse(source)
    short = set(on_one_line(tree))
    return sorted({name for name in bound(tree) if name.name in EMPTY} - short)


def named_with(source: str, words: frozenset[str]) -> list[Name]:
    """The names in a file that have one of these words in them."""
    return sorted({name for name in bound(ast.parse(source)) if words & set(parts(name.name))})


def parts(name: str) -> list[str]:
    """The words of a name in snake or camel case, small."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" in file.parts:
                continue
            yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["syncd", "connectors", "tests"])
def test_every_name_says_what_the_thing_is(folder: str) -> None:
    names = {file: empty_names(source) for file, source in sources(folder)}
    strays = [f"{file}:{line}: {name}" for file, of in names.items() for line, name in of if (file, name) not in KEPT]
    assert strays == []


def test_every_name_that_is_kept_still_stands() -> None:
    standing = {(file, name.name) for file, source in sources("syncd", "connectors") for name in empty_names(source)}
    assert standing == set(KEPT)


def test_nothing_of_ours_has_a_name_that_the_glossary_turned_down() -> None:
    names = {file: named_with(source, TURNED_DOWN) for file, source in sources("syncd")}
    assert {file: of for file, of in names.items() if of} == {}


def test_a_plan_is_the_drafts_of_a_push_and_nothing_else() -> None:
    """Who makes, shows, keeps or carries one out knows the class, its drafts, or the refusal that stops it."""
    names = {
        file: named_with(source, PLANS)
        for file, source in sources("syncd")
        if not re.search(r"\b(Plan|UnsafePlan|Draft)\b", source)
    }
    assert {file: of for file, of in names.items() if of} == {}


def hidden(package: str, source: str, modules: set[str]) -> set[str]:
    """The modules of a package that a function, class, variable or import of its `__init__` hides."""
    body = ast.parse(source).body
    own = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == package]
    others = [node for node in body if node not in own]
    imported = {alias.name for node in others if isinstance(node, ast.ImportFrom) for alias in node.names}
    defined = {node.name for node in others if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    set_here = {name.name for node in others if isinstance(node, (ast.Assign, ast.AnnAssign)) for name in bound(node)}
    return modules & (imported | defined | set_here)


def test_no_package_hides_a_module_of_its_own() -> None:
    strays = {}
    for file, source in sources("syncd", "connectors"):
        if file.endswith("/__init__.py"):
            folder = (ROOT / file).parent
            package = file.removesuffix("/__init__.py").replace("/", ".")
            strays[file] = hidden(package, source, {path.stem for path in folder.iterdir()} - {"__init__"})
    assert {file: names for file, names in strays.items() if names} == {}


@pytest.mark.parametrize("source", ["def push(): ...", "from house.push import push", "push = 1"])
def test_what_hides_a_module(source: str) -> None:
    assert hidden("house", source, {"push", "pull"}) == {"push"}
    assert hidden("house", "from house import push", {"push"}) == set()


CASES: Mapping[str, tuple[str, list[str]]] = {
    "a variable": ("found = 1", ["found"]),
    "an unpacked one": ("first, (one, *seen) = rows", ["one", "seen"]),
    "a parameter": ("def shown(told, *, given=None): ...", ["given", "told"]),
    "a loop variable": ("for one in rows: ...", ["one"]),
    "a walrus": ("if (found := look()): ...", ["found"]),
    "a with": ("with opened() as one: ...", ["one"]),
    "an error": ("try: ...\nexcept OSError as seen: ...", ["seen"]),
    "a capture": ("match row:\n    case [one, *given]: ...", ["given", "one"]),
    "a function": ("async def found(): ...", ["found"]),
    "a field": ("class Row:\n    seen: int = 0", ["seen"]),
    "an import": ("from rows import row as one", ["one"]),
    "a comprehension of two lines": ("[\n    one.id\n    for one in rows\n]", ["one"]),
    "a comprehension of one line": ("ids = {one.id: one for one in rows if one}", []),
    "a lambda of one line": ("key = lambda one: one.id", []),
    "a name in part": ("one_day, seen_at = 1, 2", []),
    "a use": ("print(found)", []),
}


@pytest.mark.parametrize(("source", "names"), CASES.values(), ids=CASES)
def test_what_is_an_empty_name(source: str, names: list[str]) -> None:
    assert sorted(name.name for name in empty_names(source)) == names


@pytest.mark.parametrize(
    ("source", "names"),
    {
        "class OpenDeal: ...": ["OpenDeal"],
        "def deed_of(row): ...": ["deed_of"],
        "hubspot_deals = 1": ["hubspot_deals"],
        "ideal = dealt = 1": [],
    }.items(),
)
def test_what_is_named_with_a_word(source: str, names: list[str]) -> None:
    assert [name.name for name in named_with(source, TURNED_DOWN)] == names

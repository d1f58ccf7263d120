"""What a library says of its error is neither shown nor kept as it is: it may quote a token, or a person."""

import ast
import csv
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ("syncd", "connectors")
FILES = [
    file
    for folder in HOUSE
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "sandbox" not in file.parts
    and any(word in file.read_text(encoding="utf-8") for word in (" as error:", "except"))
]
# What of a stranger's error may be read: the system's own words for a number, codes, places.
# pydantic's `errors` are places, kinds, and messages without the input, which a test below holds it to.
SAFE = frozenset(
    {"errors", "errno", "strerror", "status", "retry_at", "value", "__cause__", "__traceback__", "__context__"}
)
# Handlers whose error is ours, though its type is everybody's.
KNOWN = {
    ("syncd/cli/commands.py", "UsageError"): "what somebody typed, made legible",
    ("syncd/web/entry/provider.py", "AuthlibBaseError"): "codes alone: what is none is not told",
    ("syncd/web/entry/provider.py", "ClaimError"): "names of claims alone, the same way",
    ("syncd/sync/names.py", "ValueError"): "RemoteRef.read says in our words what a name looks like",
}


def handlers(file: Path) -> Iterator[tuple[ast.ExceptHandler, list[Any]]]:
    """The handlers of a module that name their error, with the types of it that are not ours."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name]
    if named:
        module = importlib.import_module(
            ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        local = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
        for handler in named:
            strangers = [kind for kind in _kinds(module, handler.type, local) if not is_safe(kind)]
            if strangers:
                yield handler, strangers


def is_safe(kind: type[BaseException]) -> bool:
    """Whether an error's words are ours; the csv module's are constants of _csv.c."""
    return kind.__module__.partition(".")[0] in HOUSE or kind is csv.Error


def _kinds(module: ModuleType, type_: ast.expr | None, imports: list[ast.stmt]) -> list[Any]:
    scope = dict(vars(module))
    imported = ast.Module([one for one in imports if getattr(one, "module", "") != "__future__"], [])
    if isinstance(type_, ast.Name) and type_.id not in scope and not hasattr(__builtins__, type_.id):
        exec(compile(imported, "imports", "exec"), scope)
    kinds = eval(compile(ast.Expression(type_), "type", "eval"), scope)  # type: ignore[arg-type]
    return list(kinds) if isinstance(kinds, tuple) else [kinds]


def words_for(handler: ast.ExceptHandler) -> Iterator[str]:
    """How a handler tells of its error in words: as a text, in a text, by a part that may quote a value."""
    for node in ast.walk(handler):
        match node:
            case ast.FormattedValue(value=ast.Name(id=name)) if name == handler.name:
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.Call(func=ast.Name(id="str" | "repr" | "format" | "print"), args=[ast.Name(id=name), *_]):
                if name == handler.name:
                    yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.Attribute(value=ast.Name(id=name), attr=part) if name == handler.name and part not in SAFE:
                yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_stranger_s_words_are_told(file: Path) -> None:
    place = str(file.relative_to(ROOT))
    wrong = [
        words
        for handler, strangers in handlers(file)
        if not all((place, kind.__name__) in KNOWN for kind in strangers)
        for words in words_for(handler)
    ]
    assert wrong == []


def test_what_is_known_is_still_there() -> None:
    """A permission that nobody needs any more is taken back."""
    needed = {
        (str(file.relative_to(ROOT)), kind.__name__)
        for file in FILES
        for handler, strangers in handlers(file)
        for kind in strangers
        if list(words_for(handler))
    }
    assert [place for place in KNOWN if place not in needed] == []


@pytest.mark.parametrize(
    "line",
    [
        "raise ConfigError(str(error))",
        'say(f"broken: {error}")',
        "log(repr(error))",
        "keep(error.args)",
        "x = f'{error!r}'",
    ],
)
def test_each_way_to_tell_is_seen(line: str) -> None:
    (handler,) = ast.parse(f"try:\n    pass\nexcept OSError as error:\n    {line}").body[0].handlers  # type: ignore[attr-defined]
    assert list(words_for(handler)) != []


def test_pydantic_s_words_for_a_value_are_not_shown() -> None:
    """`wording` relies on it: what pydantic says of a problem is one thing, and the input another."""

    class Model(pydantic.BaseModel):
        number: int

    with pytest.raises(pydantic.ValidationError) as raised:
        Model(number="canary")  # type: ignore[arg-type]
    assert all("canary" not in problem["msg"] for problem in raised.value.errors())

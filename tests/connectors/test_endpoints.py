"""Nothing but a connector's table composes a path of its vendor."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors
from connectors.endpoints import Version

FOLDER = Path(connectors.__file__).parent
FILES = [
    file
    for file in sorted(FOLDER.rglob("*.py"))
    if file.name != "paths.py" and not {"sandbox", "package"} & set(file.relative_to(FOLDER).parts)
]
PATH = re.compile(r"^/[a-z{]|/v\d|/20\d\d-\d\d/|/services/")


def texts(source: str) -> Iterator[str]:
    """Every text of a module, those of f-strings too, without docstrings."""
    tree = ast.parse(source)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_no_module_but_the_table_composes_a_path(file: Path) -> None:
    assert [text for text in texts(file.read_text(encoding="utf-8")) if PATH.search(text)] == []


@pytest.mark.parametrize("line", ['f"/crm/{name}"', '"/services/data"', 'host + "/oauth/v1/token"', 'f"{host}/v3/x"'])
def test_a_composed_path_is_seen(line: str) -> None:
    assert any(PATH.search(text) for text in texts(f'"""/v3 in prose."""\naddress = {line}\n'))


def test_a_version_stands_in_its_places_alone() -> None:
    place = Version("v9").at("/things/{version}/{id}")
    assert (place.url, place.version.name, place.version.end) == ("/things/v9/{id}", "v9", "")

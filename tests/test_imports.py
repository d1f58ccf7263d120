"""No circle of imports, not even one that exists for type checkers only: the floors of import-linter see packages."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


@pytest.mark.parametrize("package", ["connectors", "syncd"])
def test_no_circle_of_imports_with_those_for_type_checkers_counted(package: str) -> None:
    graph = grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 30
    assert circle(imports) == ""


def test_a_circle_is_found_and_told() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}}) in ("b → c → b", "c → b → c")
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == ""


def circle(imports: dict[str, set[str]]) -> str:
    """A circle of modules, each importing the next; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""

"""No circle of imports, not even one that exists for type checkers only: the floors of import-linter see packages.

And no module that cannot be seen, because its package gives its name to something else.
"""

import importlib
import pkgutil
from collections.abc import Iterator
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


@pytest.mark.parametrize("package", ["connectors", "syncd"])
def test_no_module_is_hidden_by_what_its_package_calls_by_the_same_name(package: str) -> None:
    modules = {name: importlib.import_module(name) for name in module_names(package)}
    assert len(modules) > 30
    assert [name for name, module in modules.items() if seen_as(name) is not module] == []


def module_names(package: str) -> Iterator[str]:
    path = importlib.import_module(package).__path__
    names = (module.name for module in pkgutil.walk_packages(path, f"{package}."))
    return (name for name in names if not name.endswith("__main__"))


def seen_as(name: str) -> object:
    """What stands under the module's name in its package."""
    package, _, own = name.rpartition(".")
    return getattr(importlib.import_module(package), own)


def circle(imports: dict[str, set[str]]) -> str:
    """A circle of modules, each importing the next; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""

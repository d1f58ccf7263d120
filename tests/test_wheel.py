"""The wheel holds everything that runs: built, installed outside the checkout, with the sandbox's extra and without."""

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from packaging.requirements import Requirement

from syncd.cli.sandbox import NEEDS
from tests import pins

CHECKOUT = Path(__file__).parents[1]
# One of each kind that a wheel may forget.
HELD = (
    "syncd/cli/__init__.py",
    "syncd/web/paper/templates/layout.html",
    "syncd/web/paper/static/htmx.js",
    "connectors/sandbox/salesforce/soql/soql.lark",
    "connectors/sandbox/salesforce/schema.json",
    "connectors/sandbox/hubspot/schema.yaml",
    "connectors/sandbox/world/data/titles.tsv",
    "mappings/agreement.yaml",
    "mappings/examples/manufacturers/agreement.yaml",
    "mappings/examples/supplier/titles/plants.yaml",
    "connectors/sandbox/world/trades/supplier.py",
    "mappings/titles/english.yaml",
    "mappings/registers/fdic.csv.gz",
    "mappings/industries/naics2022.csv",
    "migrations/versions/0001_the_ledger.py",
    "migrations/env.py",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the tools that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def production(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what requirements.txt pins, and nothing else: its bin folder."""
    return environment(tmp_path_factory.mktemp("production"), wheel, "requirements.txt")


@pytest.fixture(scope="module")
def trial(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with what the extra needs besides: its bin folder."""
    return environment(tmp_path_factory.mktemp("trial"), wheel, "requirements-sandbox.txt")


def environment(folder: Path, wheel: Path, requirements: str) -> Path:
    """Make an environment of the wheel and of links to what is pinned; the checkout stays outside."""
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    bin_ = folder / "venv" / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(bin_ / "python"), "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-index", str(wheel)], check=True, capture_output=True, timeout=60)
    (site,) = (folder / "venv").glob("lib/python3*/site-packages")
    for name in {part for pinned in pins.read(requirements) for part in parts(pinned)}:
        (site / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    return bin_


def is_tool(name: str) -> bool:
    """Whether a file lints, tests or renders the Salesforce package, and so is no part of the wheel."""
    inside = name.removeprefix("connectors/salesforce/package/")
    shipped = inside == name or inside.startswith("force-app/") or inside in {"README.md", "sfdx-project.json"}
    return not shipped or "/__tests__/" in name


def parts(distribution: str) -> set[str]:
    """The files and folders of site-packages that belong to an installed distribution."""
    return {file.parts[0] for file in metadata.distribution(distribution).files or ()} - {"..", "__pycache__"}


def outside(tmp_path: Path, *command: str | Path) -> CompletedProcess[str]:
    """Run a command in an empty folder, with an environment that says nothing of the checkout."""
    variables = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return subprocess.run(
        command, check=False, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=110
    )


def test_the_wheel_holds_code_tables_registers_and_sandbox(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not set(HELD) - names
    shipped = {
        str(path.relative_to(CHECKOUT))
        for folder in ("syncd", "connectors", "mappings", "migrations")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not {name for name in shipped if not is_tool(name)} - names
    assert not [name for name in names if is_tool(name)]
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_every_package_comes_from_the_wheel(production: Path, tmp_path: Path) -> None:
    names = "syncd, connectors, mappings, migrations"
    ask = f"import json, sys, {names}; print(json.dumps([[package.__file__ for package in ({names})], sys.path]))"
    asked = outside(tmp_path, production / "python", "-c", ask)
    files, path = json.loads(asked.stdout)
    assert all(Path(file).is_relative_to(production.parent) for file in files)
    assert str(CHECKOUT) not in path


OF_AN_EXTRA = ("connectors/sandbox/", "syncd/mcp/server.py")


def test_all_but_what_needs_an_extra_runs_without_it(wheel: Path, production: Path, tmp_path: Path) -> None:
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith(("syncd/", "connectors/")) and name.endswith(".py") and "/__main__" not in name
        if not name.startswith(OF_AN_EXTRA)
    ]
    ask = f"import sys, {', '.join(modules)}; print([name for name in sys.modules if 'connectors.sandbox' in name])"
    asked = outside(tmp_path, production / "python", "-W", "ignore", "-c", ask)
    assert (asked.returncode, asked.stdout.strip()) == (0, "[]"), asked.stderr
    checked = outside(tmp_path, production / "syncd", "agreement", "check")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("extra", "command"), [("sandbox", ("demo", "--once")), ("sandbox", ("sandbox", "--help")), ("mcp", ("mcp",))]
)
def test_without_an_extra_the_commands_that_need_it_say_how_to_get_it(
    extra: str, command: tuple[str, ...], production: Path, tmp_path: Path
) -> None:
    refused = outside(tmp_path, production / "syncd", *command)
    assert refused.returncode == 2
    assert f"pip install --require-hashes -r requirements-{extra}.txt" in refused.stderr
    assert "Traceback" not in refused.stderr + refused.stdout


def test_the_extra_is_what_the_commands_ask_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {Requirement(line).name for line in project["optional-dependencies"]["sandbox"]}
    assert {"connectors.sandbox", *extra} == set(NEEDS)
    assert not extra & set(pins.read("requirements.txt"))


def test_the_demo_runs_from_the_wheel_and_its_extra_alone(trial: Path, tmp_path: Path) -> None:
    demo = outside(tmp_path, trial / "syncd", "demo", "--once", "--size", "tiny", "--json")
    assert demo.returncode == 0, demo.stderr
    shown = json.loads(demo.stdout)
    assert shown["first"]["outcome"] == shown["second"]["outcome"] == "done"
    assert shown["second"]["written"] == 0
    assert shown["standings"]["in"] == 1_301
    assert shown["opportunities"]
    assert {"queue", "caucus", "picture", "audit"} <= shown["panels"].keys()
    assert all(10 <= row["Probability"] <= 20 and row["Syncd_Reason__c"] for row in shown["opportunities"])
    assert list(tmp_path.iterdir()) == []

"""The wheel holds everything that runs: built, installed outside the checkout, and tried."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
# One of each kind that a wheel may forget.
HELD = (
    "syncd/cli/__init__.py",
    "connectors/sandbox/salesforce/soql/soql.lark",
    "connectors/sandbox/salesforce/schema.json",
    "connectors/sandbox/hubspot/schema.yaml",
    "connectors/sandbox/world/data/titles.tsv",
    "mappings/agreement.yaml",
    "mappings/titles.yaml",
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
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel and sees the dependencies, but not the checkout: its bin folder.

    A folder that a .pth file names is searched, but the .pth files in it are not read: the checkout, which is
    installed by such a file, stays out.
    """
    folder = tmp_path_factory.mktemp("outside") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=60)
    (site,) = folder.glob("lib/python3*/site-packages")
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return folder / "bin"


def outside(tmp_path: Path, *command: str | Path) -> str:
    """Run a command in an empty folder, with an environment that says nothing of the checkout; its output."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    done = subprocess.run(
        command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_code_tables_registers_and_sandbox(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not set(HELD) - names
    shipped = {
        str(path.relative_to(CHECKOUT))
        for folder in ("syncd", "connectors", "mappings", "migrations")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not shipped - names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_every_package_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    names = "syncd, connectors, mappings, migrations"
    ask = f"import json, sys, {names}; print(json.dumps([[one.__file__ for one in ({names})], sys.path]))"
    told = outside(tmp_path, installed / "python", "-c", ask)
    files, path = json.loads(told)
    assert all(Path(file).is_relative_to(installed.parent) for file in files)
    assert str(CHECKOUT) not in path


def test_the_demo_runs_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    shown = json.loads(outside(tmp_path, installed / "syncd", "demo", "--once", "--size", "tiny", "--json"))
    assert shown["first"]["outcome"] == shown["second"]["outcome"] == "done"
    assert shown["second"]["written"] == 0
    assert shown["standings"]["in"] == 1_301
    assert shown["opportunities"]
    assert all(10 <= row["Probability"] <= 20 and row["Syncd_Reason__c"] for row in shown["opportunities"])
    assert list(tmp_path.iterdir()) == []

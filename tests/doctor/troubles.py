"""What may be wrong with an installation, and how doctor is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from syncd.cli import app
from tests.sync.conftest import Place
from tests.sync.test_trust import environment

__all__ = ["Env", "Trouble", "agreement", "environment", "examine", "mapping", "require_found"]

Env = dict[str, str]


@dataclass(frozen=True)
class Trouble:
    """What is wrong, how it is made so, and what of a problem's text must say so."""

    name: str
    make: Callable[[Place, Env, Path], object]
    level: str
    said: str
    mend: str = ""


def agreement(env: Env, folder: Path, old: str, new: str) -> None:
    text = files("mappings").joinpath("agreement.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "agreement.yaml").write_text(text.replace(old, new), encoding="utf-8")
    env["SYNCD_AGREEMENT"] = str(folder / "agreement.yaml")


def mapping(env: Env, folder: Path, system: str, old: str, new: str) -> None:
    text = files("mappings").joinpath(f"{system}.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{system}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    env["SYNCD_MAPPINGS"] = str(folder)


def examine(env: Env) -> tuple[int, list[dict[str, Any]]]:
    """Ask doctor: its exit code and the causes that it tells."""
    result = CliRunner().invoke(app, ["doctor", "--json"], env=env)
    assert result.stdout.startswith("["), (result.output, result.exception)
    return result.exit_code, orjson.loads(result.stdout)


def require_found(trouble: Trouble, place: Place, tmp_path: Path) -> None:
    """Make the trouble, and hold doctor to naming it, its weight, and what mends it."""
    folder = tmp_path / "own"
    folder.mkdir()
    env = environment(place, tmp_path / "syncd.db")
    trouble.make(place, env, folder)
    code, problems = examine(env)
    fitting = [
        cause
        for cause in problems
        if any(trouble.said in f"{place}: {cause['what']}" for place in (cause["where"], *cause["places"]))
    ]
    assert fitting, problems
    assert trouble.level in {one["level"] for one in fitting}
    assert all(one["mend"] for one in problems)
    assert any(trouble.mend in one["mend"] for one in fitting), fitting
    assert code == (2 if any(one["level"] == "error" for one in problems) else 0)

"""requirements*.txt: what pyproject.toml wants is pinned, with a hash of each file, and no index is named."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.pins import LAYERS, PYTHONS, ROOT, Layer, entries, read, unmarked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-sandbox.txt": PROJECT["project"]["optional-dependencies"]["sandbox"],
    "requirements-mcp.txt": PROJECT["project"]["optional-dependencies"]["mcp"],
    "requirements-build.txt": [*PROJECT["dependency-groups"]["build"], *PROJECT["build-system"]["requires"]],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
    "requirements-node.txt": PROJECT["dependency-groups"]["node"],
}


@pytest.fixture(params=LAYERS, ids=lambda layer: layer.file)
def layer(request: pytest.FixtureRequest) -> Layer:
    assert isinstance(request.param, Layer)
    return request.param


def test_every_pin_carries_the_hash_of_each_file_and_nothing_else_stands_there(layer: Layer) -> None:
    text = (ROOT / layer.file).read_text(encoding="utf-8")
    for name, pin in entries(text).items():
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}", pin), f"{name} has no hash: make pins"
        text = text.replace(pin, "")
    kept = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert kept == [f"-r {name}" for name in layer.below], "a line that is no pin with hashes: make pins"


def test_what_is_wanted_is_pinned_within_its_bounds(layer: Layer) -> None:
    pins = read(layer.file)
    for wanted in map(Requirement, WANTED[layer.file]):
        assert wanted.name in pins, f"{wanted}: make pins"
        version = pins[wanted.name].split()[0].partition("==")[2]
        assert wanted.specifier.contains(version), f"{wanted}, but pinned {version}: make pins"


def test_no_package_is_pinned_twice() -> None:
    for layer in LAYERS:
        own = entries((ROOT / layer.file).read_text(encoding="utf-8"))
        assert not own.keys() & {name for below in layer.below for name in read(below)}


def test_the_classifiers_name_the_pythons_that_pins_are_made_for() -> None:
    assert re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"])) == [*PYTHONS]


@pytest.mark.parametrize(
    ("pin", "kept"),
    [
        ("a==1 ; sys_platform == 'linux' or sys_platform == 'darwin' \\\n    --hash=x", "a==1 \\\n    --hash=x"),
        ("a==1 ; python_full_version < '3.15' \\\n    --hash=x", "a==1 \\\n    --hash=x"),
        (
            "a==1 ; python_full_version < '3.12' \\\n    --hash=x",
            "a==1 ; python_full_version < '3.12' \\\n    --hash=x",
        ),
        ("a==1 \\\n    --hash=x", "a==1 \\\n    --hash=x"),
    ],
)
def test_a_marker_that_holds_everywhere_is_taken_away(pin: str, kept: str) -> None:
    assert unmarked(pin) == kept


def test_a_pin_with_extras_goes_by_its_package_s_name() -> None:
    assert entries("coverage[toml]==7.1 \\\n    --hash=sha256:1\n") == {
        "coverage": "coverage[toml]==7.1 \\\n    --hash=sha256:1"
    }

"""`make image` hands over to the engine what the build needs: secrets, options, and the engine's own name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.engine import ROOT


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A program that writes down what it is asked, and knows no image."""
    script = tmp_path / "engine"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {tmp_path}/asked\n[ "$1" = build ]\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def make(*variables: str) -> str:
    """Run what `make image` runs at last; returns what it printed."""
    bin_folder = Path(sys.executable).parent
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "image", f"BIN={bin_folder}", *variables],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    line = shown.strip().splitlines()[-1]
    done = subprocess.run(line, shell=True, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_engine_gets_secrets_and_options(engine: Path, tmp_path: Path) -> None:
    make(f"ENGINE={engine}", f"PIP={tmp_path}/pip.conf", f"CA={tmp_path}/ca.pem", "OPTIONS=--isolation chroot")
    *_, build = (engine.parent / "asked").read_text(encoding="utf-8").splitlines()
    assert build.startswith("build ")
    assert f"--secret id=pip,src={tmp_path}/pip.conf" in build
    assert f"--secret id=ca,src={tmp_path}/ca.pem" in build
    assert "--isolation chroot" in build


def test_without_any_it_is_built_as_ever(engine: Path) -> None:
    make(f"ENGINE={engine}")
    *_, build = (engine.parent / "asked").read_text(encoding="utf-8").splitlines()
    assert "--secret" not in build
    assert build.endswith("--target production --tag syncd .")

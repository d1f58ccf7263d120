"""Salesforce's own library converts the whole package without a warning, and finds in it what syncd packs."""

import json
from pathlib import Path

import pytest

from connectors.salesforce.metadata import components
from tests.lightning.toolchain import PACKAGE, REQUIRED, Missing, modules, node, run


def test_source_deploy_retrieve_converts_what_syncd_packs(tmp_path: Path) -> None:
    try:
        modules()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")
    source = PACKAGE / "force-app"
    converted = run(node(), "rig/convert.mjs", source, tmp_path)
    assert (converted.returncode, converted.stderr) == (0, "")
    whole = {(kind, name) for kind, name in json.loads(converted.stdout) if kind != "CustomObject"}
    ours = {(kind, name) for kind, names in components().items() for name in names}
    folders = {(kind.removesuffix("Folder"), name) for kind, name in whole if kind.endswith("Folder")}
    assert {pair for pair in whole if not pair[0].endswith("Folder")} | folders == ours
    assert (tmp_path / "package.xml").exists()

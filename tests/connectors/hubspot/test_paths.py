"""Every path stands in one table, with its version and the day on which that ends."""

from __future__ import annotations

import re
from pathlib import Path

import connectors.hubspot


def test_every_path_stands_in_the_one_table_with_its_version() -> None:
    """Paths of a version end on a day; the table is where to move on."""
    folder = Path(connectors.hubspot.__file__).parent
    modules = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.py")}
    written = re.compile(r'"/(?:crm|marketing|email|form-integrations|account-info|oauth|events)/')
    assert [name for name, text in modules.items() if written.search(text)] == ["paths.py"]
    assert not re.search(r"/v\d", modules["paths.py"].partition("Path:")[2].replace('"v', ""))

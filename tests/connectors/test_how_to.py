"""The how-to's connector keeps the contract, as the page prints it."""

import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-connector.md"
SOURCE, SUITE, *_ = (
    textwrap.dedent(block)
    for block in re.findall(r"^ *```python\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
)

sys.modules["connectors.folder"] = ModuleType("connectors.folder")
exec(compile(SOURCE, "connectors/folder.py", "exec"), vars(sys.modules["connectors.folder"]))
exec(compile(SUITE, "tests/connectors/test_folder.py", "exec"))

"""Draw what `syncd demo` prints as the README's two pictures: `python -m tests.reference.picture`.

The numbers are those of the day on which it is drawn, as the sandbox's world ends on that day. Seconds are left out:
they are the machine's.
"""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).parents[2] / "docs" / "images"
CYCLES, PANELS = FOLDER / "demo.svg", FOLDER / "panels.svg"
WIDTH = 118  # characters
COMMAND = "syncd demo --once"
THEME = TerminalTheme(
    (252, 252, 250),
    (40, 42, 48),
    [
        *((40, 42, 48), (170, 50, 45), (45, 120, 70), (150, 110, 20)),
        *((40, 90, 160), (120, 70, 140), (30, 120, 130), (110, 112, 118)),
    ],
)
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_LABEL = re.compile(
    r"^(sandbox|cycle \d|plan|queue|caucus|picture|audit|lag|Salesforce now holds .*|why .*)(?=\s)", re.MULTILINE
)
_SECONDS = re.compile(r", in [\d.]+ s$", re.MULTILINE)


def draw(printed: str, command: str = "") -> str:
    """The terminal's text as SVG, without a font that would have to be fetched."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    if command:
        console.print(Text(f"$ {command}", style="blue"))
    text = Text(printed)
    text.highlight_regex(_LABEL, "bold")
    console.print(text)
    return _FONT.sub("", console.export_svg(title=COMMAND, theme=THEME))


if __name__ == "__main__":
    shown = subprocess.run(
        [sys.executable, "-m", "syncd", *COMMAND.split()[1:]], capture_output=True, text=True, check=True
    )
    cycles, panels = _SECONDS.sub("", shown.stdout).split("\n\n", 1)
    FOLDER.mkdir(exist_ok=True)
    CYCLES.write_text(draw(cycles, COMMAND), encoding="utf-8")
    PANELS.write_text(draw(panels), encoding="utf-8")
    sys.stdout.write(f"{CYCLES}\n{PANELS}\n")

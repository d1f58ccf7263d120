"""The components' own reader takes the JSON of giants as syncd writes it, and loses nothing of what a page shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lightning.toolchain import PACKAGE, REQUIRED, Missing, node, run
from tests.rules.test_giants import NAMES, ROOM, a_crowd, shown, texts

READ = """
import { readFileSync } from 'node:fs';
const [reader, cases] = process.argv.slice(1).map((path) => readFileSync(path, 'utf8'));
const { readAccount, readGates, readPicture } = await import('data:text/javascript,' + encodeURIComponent(reader));
const by = { account: readAccount, opportunity: readPicture, contact: readGates };
console.log(JSON.stringify(JSON.parse(cases).map(([kind, text]) => by[kind](text))));
"""
# By another name there, or not shown at all: whose page it is says it, and gaps are told by roles and findings.
OURS = {"leftOut": "left_out", "wouldPass": "would_pass"}
UNSHOWN = {"opportunity": {"opportunity", "offer", "gaps"}, "contact": {"contact", "account"}}
# What String.prototype.trim takes away: ECMA-262, "WhiteSpace", "LineTerminator". Python's own strip takes more.
BLANKS = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
READER = PACKAGE / "force-app/main/default/lwc/syncdJson/syncdJson.js"


def crowd(number: int, roles: int) -> list[tuple[str, str]]:
    at_opportunity, at_account = (both.json or "" for both in shown(a_crowd(number, roles), ROOM))
    return [("opportunity", at_opportunity), ("account", at_account)]


def read(cases: list[tuple[str, str]], folder: Path) -> list[Any]:
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    try:
        program = node()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")
    answer = run(program, "--input-type=module", "-e", READ, READER, folder / "cases.json")
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout))


def test_the_reader_takes_the_json_of_giants_whole(tmp_path: Path) -> None:
    cases = [(record.partition("/")[0], text) for name in NAMES for record, text in texts(name).items()]
    cases += [*crowd(5_000, 5), *crowd(5_000, 100), *crowd(0, 100)]
    for (kind, text), reading in zip(cases, read(cases, tmp_path), strict=True):
        written = json.loads(text)
        assert whole(reading) == wanted(kind, written)


def whole(reading: Any) -> Any:
    """What was read, by the names in the JSON, without the keys by which a page tells rows apart."""
    if isinstance(reading, list):
        return [whole(part) for part in reading]
    if not isinstance(reading, dict):
        return "" if reading is None else reading
    if reading.keys() == {"key", "text"}:
        return reading["text"]
    return {OURS.get(name, name): whole(part) for name, part in reading.items() if name != "key"}


def wanted(kind: str, written: Any) -> Any:
    """What was written, as far as a page shows it."""
    if kind == "account":
        pictures = [wanted("opportunity", picture) for picture in written["opportunities"]]
        return {**as_read(written), "opportunities": pictures}
    left = {name: part for name, part in written.items() if name not in UNSHOWN[kind]}
    if kind == "opportunity":
        left["findings"] = [*left.pop("unknown"), *left.pop("known")]
    return as_read(left)


def as_read(written: Any) -> Any:
    """Without the blanks around a text; what is not known is an empty one."""
    if isinstance(written, dict):
        return {name: as_read(part) for name, part in written.items()}
    if isinstance(written, list):
        return [as_read(part) for part in written]
    return written.strip(BLANKS) if isinstance(written, str) else "" if written is None else written

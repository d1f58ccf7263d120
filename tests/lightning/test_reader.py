"""The components' own reader takes the JSON of giants as syncd writes it, and loses nothing of it."""

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
        assert reading["leftOut"] == written["left_out"]
        if kind == "contact":
            assert [gate["name"] for gate in reading["gates"]] == [gate["name"] for gate in written["gates"]]
            assert len(reading["wouldPass"]) == len(written["would_pass"])
            assert len(reading["guidance"]) == len(written["guidance"])
            continue
        pictures = [(reading, written)]
        if kind == "account":
            pictures = [*zip(reading["opportunities"], written["opportunities"], strict=True)]
        for drawn, picture in pictures:
            assert [len(role["by"]) for role in drawn["roles"]] == [len(role["by"]) for role in picture["roles"]]
            assert len(drawn["findings"]) == len(picture["known"]) + len(picture["unknown"])
            assert len(drawn["next"]) == len(picture["next"])
            fields = {finding["what"]: finding["field"] or "" for finding in (*picture["unknown"], *picture["known"])}
            assert {finding["what"]: finding["field"] for finding in drawn["findings"]} == fields

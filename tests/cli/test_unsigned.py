"""An unsigned agreement is named in every document that a command shows: text, JSON and CSV, each for itself."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.cli.conftest import Syncd
from tests.cli.every_command import Line, leaves, lines
from tests.rules.agreements import SHIPPED

ONE_PARTY = SHIPPED.replace("  - {party: sales, by: Head of Sales, on: 2026-01-05}\n", "")
LABEL = "2026.1, unsigned"

# What judges by no agreement, and what refuses an unsigned one; all others are gone through, a new command as well.
BY_NO_AGREEMENT = {
    "demo",
    "sandbox",
    "health",
    "salesforce deploy",
    "salesforce remove",
    "hubspot deploy",
    "agreement start",
    "backup",
    "restore",
    "admin",
    "admin remove",
    "admin sign-out-everybody",
    "token create",
    "token list",
    "token revoke",
}
REFUSED = {"run", "cycle", "push", "apply", "resync"}
WITHOUT_A_STORE = {"migrate", "doctor", "agreement check", "endpoints"}  # they say it in their document alone
NO_DOCUMENT = {  # command and way
    "report": "which reports there are",
    "audit back": "no list was filled in",
    "alert test": "no channel is set",
    "pack send": "nothing is sent by it",
    "mcp": "it answers an assistant, and every answer says so",
    "erase": "it asks first, and nobody is there to say yes",
    "export": "it is JSON whatever is asked for, and says so in it",
}
DONE_IN_TEXT = {"answer forget", "title forget", "erase yes", "doubles link", "doubles apart"}  # nothing is left to do
TYPED: Mapping[str, Mapping[str, str]] = {
    "runs number": {"number": "1"},
    "cancel": {"number": "1"},
    "explain": {"who": "BANK"},
    "caucus": {"account": "BANK"},
    "report name": {"name": "explorers"},
    "audit": {"to": "-", "back": "gaps.csv"},
    "waterfall back": {"bookings": "1m", "by": "2027-06-30"},
    "calendar": {"response": "4", "conversion": "25", "lag": "7"},
    "title": {"spelled": "Head of Sparkle", "level": "VP"},
    "agreement diff": {"file": "NEW"},
    "answer": {"which": "OPPORTUNITY", "what": "budget", "value": "200,000"},
    "link": {"record": "COMPANY", "to": "fdic.institutions/34618"},
    "unlink": {"record": "COMPANY"},
    "erase": {"who": "PERSON"},
    "export": {"who": "PERSON"},
    "doubles link": {"first": "COMPANY", "second": "ANOTHER"},
    "doubles apart": {"first": "COMPANY", "second": "THIRD"},
}


def every_line() -> Iterator[Line]:
    """Every way of every command in every format."""
    for leaf in leaves():
        if leaf.path not in BY_NO_AGREEMENT | REFUSED:
            yield from lines(leaf, TYPED)


def test_every_document_of_an_unsigned_agreement_says_so(shared: Syncd, tmp_path: Path) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text(ONE_PARTY, encoding="utf-8")
    named = names(shared, tmp_path)
    silent: list[tuple[Any, ...]] = []
    for line in every_line():
        way = f"{line.path} {line.way}".strip()
        if way in NO_DOCUMENT or (line.format and way in DONE_IN_TEXT):
            continue
        answer = shared(*(named.get(word, word) for word in line.words), SYNCD_AGREEMENT=str(file))
        if not says_unsigned(answer.out, "as_csv" if "-" in line.words and not line.format else line.format):
            silent.append((line.words, answer))
        elif line.path not in WITHOUT_A_STORE:
            assert f"{file}: version 2026.1, unsigned: sales did not sign" in answer.err, line.words
    assert silent == []


def test_a_file_of_gaps_says_so_and_is_read_again(shared: Syncd, tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text(ONE_PARTY, encoding="utf-8")
    gaps, unsigned = tmp_path / "gaps.csv", {"SYNCD_AGREEMENT": str(tmp_path / "agreement.yaml")}
    shared.done("audit", "--list", str(gaps), **unsigned)
    assert says_unsigned(gaps.read_text(encoding="utf-8"), "as_csv")
    assert shared.done("audit", "--read", str(gaps), "--json", **unsigned).json["agreement"] == LABEL


def test_what_all_signed_says_nothing_of_it(shared: Syncd) -> None:
    for words in (("status",), ("status", "--json"), ("audit", "--csv"), ("lag", "--json"), ("doctor", "--premises")):
        answer = shared.done(*words)
        assert "unsigned" not in answer.out + answer.err, words


def test_premises_say_that_nothing_is_written_by_what_is_unsigned(shared: Syncd, tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text(ONE_PARTY, encoding="utf-8")
    answer = shared("doctor", "--premises", SYNCD_AGREEMENT=str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    assert f"nothing is written: {LABEL}: sales did not sign" in answer.out


def names(syncd: Syncd, folder: Path) -> dict[str, str]:
    """What stands for whom in what is typed."""
    (folder / "new.yaml").write_text(SHIPPED.replace('version: "2026.1"', 'version: "2027.1"'), encoding="utf-8")
    opportunity = syncd.place.ours()[0]
    person = next(row for row in syncd.place.rows("Contact", AccountId=opportunity["AccountId"]) if row["Email"])
    companies = [f"hubspot.companies/{company['id']}" for company in syncd.place.portal("companies")]
    return {
        "BANK": opportunity["AccountId"],
        "OPPORTUNITY": opportunity["Id"],
        "PERSON": person["Email"],
        **dict(zip(("COMPANY", "ANOTHER", "THIRD"), companies, strict=False)),
        "NEW": str(folder / "new.yaml"),
    }


def says_unsigned(shown: str, kind: str) -> bool:
    """Whether a document says by itself that its agreement is unsigned: at its top, or in every row."""
    match kind:
        case "as_json":
            content = json.loads(shown or "[{}]")
            rows = content if isinstance(content, list) else [content]
            return all(row.get("agreement") == LABEL for row in rows)
        case "as_csv":
            headings, *table = csv.reader(io.StringIO(shown or "-", newline=""))
            return headings[-1] == "unsigned agreement" and {row[-1] for row in table} <= {LABEL}
        case _:
            return shown.startswith(f"agreement {LABEL}\n")

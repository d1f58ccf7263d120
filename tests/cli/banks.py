"""A store with three banks, as the commands that only look need it: no sandbox, no cycle."""

from __future__ import annotations

import json
from pathlib import Path

from syncd.store import Store
from syncd.tables.core import account, contact, likely_double
from tests.cli.conftest import Answer, ask
from tests.rules.builders import NOON

SEGMENT = "mid-size US banks"


def a_store(path: Path) -> Store:
    """First Bank has a finance chief who is reachable and a fraud director who is not; Second Bank nobody."""
    store = Store(f"sqlite:///{path}")
    store.migrate()
    fill(store)
    return store


def fill(store: Store) -> None:
    with store.writing() as unit:
        run = unit.connection.execute
        for name, assets, registers in (
            ("first", "900000000", ["fdic"]),
            ("second", "800000000", []),
            ("third", "", []),
        ):
            band = f"{assets}..{assets} USD" if assets else None
            facts = {"codes": json.dumps(["SIC 1987 6022"]), "country": "US", "state": "NY", "total_assets": band}
            called = {"id": name, "name": f"{name.capitalize()} Bank", "registers": json.dumps(registers)}
            run(account.insert().values(**called, **facts, sources="{}"))
        for name, title, emails in (
            ("ann", "Chief Financial Officer", ["ann@first.example"]),
            ("bob", "Director of Fraud Risk", []),
        ):
            words = {"first_name": name.capitalize(), "last_name": "Invented", "title": title}
            run(contact.insert().values(id=name, account_id="first", emails=json.dumps(emails), **words, sources="{}"))
        pair = {"kind": "account", "first_id": "first", "second_id": "third", "evidence": "the same website"}
        run(likely_double.insert().values(**pair, since=NOON))


def asked(path: Path, *arguments: str, **more: str) -> Answer:
    return ask({"SYNCD_DATABASE_URL": f"sqlite:///{path}", **more}, *arguments)

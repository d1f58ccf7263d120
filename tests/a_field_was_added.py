"""What a copy of the project with one more field answers, as JSON; test_add_a_field runs it there, by itself."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from typer.testing import CliRunner

import syncd
from connectors.memory import Memory
from syncd.cli import app
from syncd.mapping import load_all
from syncd.model import kinds
from syncd.store import Store
from syncd.store.migration import head
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.tables import ContactRow, metadata
from tests.reference import page


def main(copy: Path) -> dict[str, Any]:
    """Migrate, pull and match two people, and look at one of them."""
    assert Path(syncd.__file__).is_relative_to(copy)
    url = f"sqlite:///{copy / 'syncd.db'}"
    store, mappings = Store(url), load_all()
    store.migrate()
    for system in systems():
        pull(system, mappings[system.system], store, Run())
    match(store, Readers(mappings, load_customs(mappings.values())), Run())
    columns, declared = set(ContactRow.__table__.columns.keys()), {field.column for field in kinds.fields("contact")}
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [str(one) for one in compare_metadata(context, metadata)]
        rows = connection.execute(text("SELECT first_name, department, sources FROM contact")).all()
    asked = [name for system, stream in STREAMS.items() for name in mappings[system].asked(stream)]
    os.environ["SYNCD_DATABASE_URL"] = url
    explained = CliRunner().invoke(app, ["explain", "ada@bank.example", "--json"], catch_exceptions=False)
    return {
        "differences": differences,
        "head": head(),
        "columns": sorted(columns),
        "declared": sorted(declared - {""}),
        "asked": [name for name in asked if name.lower() == "department"],
        "rows": {name: [value, json.loads(sources)["department"]] for name, value, sources in rows},
        "facts": facts(store),
        "explained": json.loads(explained.stdout),
        "reference": {name: page(name) for name in ("mapping.md", "tables.md")},
    }


STREAMS = {"hubspot": "contacts", "salesforce": "Contact"}


def systems() -> tuple[Memory, Memory]:
    """One person in each system, without a job title."""
    hubspot, salesforce = (Memory(name, (stream,)) for name, stream in STREAMS.items())
    person = {"firstname": "Ada", "lastname": "A", "email": "ada@bank.example", "department": "Treasury"}
    hubspot.put("contacts", "1", {"properties": person})
    salesforce.put("Contact", "003A", {"FirstName": "Bo", "LastName": "B", "Department": "Lending"})
    return hubspot, salesforce


def facts(store: Store) -> dict[str, Any]:
    """What rules would get."""
    with store.reading() as unit:
        ids = unit.connection.execute(text("SELECT id FROM contact")).scalars().all()
        groups = [unit.groups.stray(one) for one in ids]
    return {person.first_name: person.department for group in groups if group for person in group.contacts}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))

"""One bank and one person as either system writes them, matched in a store."""

from collections.abc import Mapping
from typing import Any

from connectors.base import Page, Record
from syncd.mapping import load_all
from syncd.model import RemoteRef
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.benchmarks.pairs import merged, readers, sighting
from tests.ledger import save

READERS = readers()
TINY = {"Name": "Tiny Bank", "BillingCity": "Salem", "Website": "tinybank.example", "BillingCountry": "US"}


def hub(**properties: Any) -> Mapping[str, Any]:
    return {"name": "Tiny Bank", "city": "Salem", "domain": "tinybank.example", "country": "US", **properties}


def is_one(org: Mapping[str, Any], portal: Mapping[str, Any]) -> bool:
    """Whether an account of the org and a company of the portal become one, whichever comes first."""
    left = sighting(READERS, "salesforce.Account", "001", org)
    right = sighting(READERS, "hubspot.companies", "9", portal)
    answers = {merged("account", *order, READERS.customs) for order in ((left, right), (right, left))}
    assert len(answers) == 1, "the order must not matter"
    return answers.pop()


READ = Readers(load_all(), load_customs(load_all().values()))


def brought(store: Store, system: str, stream: str, *rows: Mapping[str, Any]) -> None:
    records = [Record(str(row.get("Id") or row["id"]), None, False, dict(row)) for row in rows]
    save(store, system, stream, Page(records, "x"))
    match(store, READ, Run())


def belongs_to(store: Store, ref: str) -> str:
    system, _, rest = ref.partition(".")
    stream, _, id = rest.partition("/")
    with store.reading() as unit:
        return unit.links.find([RemoteRef(system, stream, id)])[RemoteRef(system, stream, id)].golden_id


ORG_BANK = {"Id": "001000000000001AAA", "Name": "Tiny Bank", "Website": "tinybank.example"}
IN_ORG = {"Id": "003000000000001AAA", "LastName": "Ost", "FirstName": "Ida", "AccountId": ORG_BANK["Id"]}
IN_ORG |= {"Email": "ida@tinybank.example", "Phone": "+1 217 555 0101"}


def in_portal(email: str, **more: str) -> Mapping[str, Any]:
    names = {"firstname": "Ida", "lastname": "Ost", "phone": "217-555-0101", "hs_additional_emails": ""}
    return {"id": "168", "properties": {"email": email, **names, **more}, "associations": {}}


def doubles_of(store: Store, account_id: str) -> list[tuple[str, str, str]]:
    with store.reading() as unit:
        doubles = unit.doubles.of_accounts([account_id])
    return [(double.id, double.other, double.evidence) for of in doubles.values() for double in of]

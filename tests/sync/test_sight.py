"""Who may push: what must have been read to its end before anything is written."""

from collections.abc import Mapping

import pytest

from connectors.base import ConnectorError, Misconfigured, NotThere, Page, TryLater
from syncd.errors import Unavailable
from syncd.mapping import SystemMapping
from syncd.store import Store
from syncd.sync.sight import require_sight, unseen
from tests import ledger

FAULT, NO_SCOPE, NOT_THERE = TryLater("503"), Misconfigured("no scope"), NotThere("no such object")
MAPPING = SystemMapping.model_validate(
    {
        "system": "crm",
        "streams": {
            "Opportunity": {"into": "opportunity", "fields": {}, "needed": "always"},
            "contacts": {"into": "contact", "fields": {}, "needed": "once"},
            "products": {"into": "line_item", "fields": {}, "needed": "shown"},
            "mails": {"into": "activity", "fields": {}},
        },
    }
)
EVERY = tuple(MAPPING.streams)
CASES = {
    "nothing was ever read": ((), {}, ["crm.Opportunity", "crm.contacts"]),
    "all was read": (EVERY, {}, []),
    "the needed ones were read": (("Opportunity", "contacts"), {}, []),
    "one that is needed once was not": (("Opportunity", "mails"), {}, ["crm.contacts"]),
    "one that is needed always was not": (("contacts", "mails"), {}, ["crm.Opportunity"]),
    "one that is needed always fails now": (EVERY, {"crm.Opportunity": FAULT}, ["crm.Opportunity"]),
    "one that is needed once fails now": (EVERY, {"crm.contacts": FAULT}, []),
    "one that is needed as shown fails now": (EVERY, {"crm.products": FAULT}, ["crm.products"]),
    "one that is needed as shown is out of reach": (EVERY, {"crm.products": NO_SCOPE}, []),
    "one that is needed as shown is not there": (("Opportunity", "contacts"), {"crm.products": NOT_THERE}, []),
    "another one fails now": (EVERY, {"crm.mails": FAULT}, []),
    "the first reading of another one broke off": (("Opportunity", "contacts"), {"crm.mails": FAULT}, ["crm.mails"]),
    "another one is out of reach": (("Opportunity", "contacts"), {"crm.mails": NO_SCOPE}, []),
    "one that is needed once is out of reach": (("Opportunity",), {"crm.contacts": NO_SCOPE}, ["crm.contacts"]),
}


@pytest.mark.parametrize(("read", "failures", "lacking"), CASES.values(), ids=CASES)
def test_what_keeps_everything_from_being_pushed(
    sqlite_store: Store, read: tuple[str, ...], failures: Mapping[str, ConnectorError], lacking: list[str]
) -> None:
    for stream in read:
        ledger.save(sqlite_store, "crm", stream, Page([], "behind it"))
        ledger.complete(sqlite_store, "crm", stream)
    assert unseen(sqlite_store, {"crm": MAPPING}, failures) == lacking


def test_a_push_by_hand_names_what_was_never_read(sqlite_store: Store) -> None:
    with pytest.raises(Unavailable, match=r"crm.Opportunity, crm.contacts was never read to its end; run `syncd pull`"):
        require_sight(sqlite_store, {"crm": MAPPING})

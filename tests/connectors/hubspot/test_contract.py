from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.base import Payload, Source, Target
from connectors.hubspot.paths import Api
from tests.connectors.contract import Deletion, SourceContract, SourceRig, TargetContract, TargetRig
from tests.connectors.hubspot.portals import CONTACT, LONG_AGO, Open, Portal, company, contact

MS = int(LONG_AGO.timestamp() * 1000)


@dataclass
class HubSpotRig:
    portal: Portal
    stream: str = "contacts"
    fields: Sequence[str] = CONTACT
    deletion: Deletion = "flagged"
    lanes: int = 1
    api: Api = "dated"

    def source(self) -> Source:
        return self.portal.connect(lanes=self.lanes, api=self.api)

    def unreachable(self) -> Source:
        return self.portal.connect(host="http://127.0.0.1:9")

    def ids(self) -> set[str]:
        return self.portal.ids(self.stream)

    def change(self, id: str) -> None:
        self.portal.edit(self.stream, id, jobtitle="Treasurer")
        self.portal.clock.advance(60)

    def delete(self, id: str) -> None:
        self.portal.archive(self.stream, id)


class TestHubSpotContacts(SourceContract):
    @pytest.fixture(
        params=[(1, "dated"), (1, "numbered"), (3, "dated")],
        ids=["one lane", "one lane, numbered versions", "three lanes"],
    )
    def rig(self, open_portal: Open, request: pytest.FixtureRequest) -> SourceRig:
        lanes, api = request.param
        last = 445 if lanes == 1 else 1250  # several lanes are for many records
        contacts = [contact(number, companies=[1 + number % 3]) for number in range(100, last)]
        portal = open_portal({"contacts": contacts, "companies": [company(id) for id in (1, 2, 3)]})
        return HubSpotRig(portal, lanes=lanes, api=api)


class RowsRig(HubSpotRig):
    """A stream without search: rows of the portal under an id of ours."""

    rows: str
    key: str

    def ids(self) -> set[str]:
        return {self.id(row) for row in self.portal.rows(self.rows) if not row.get("archived")}

    def id(self, row: dict[str, Any]) -> str:
        return str(row["id"])

    def row(self, id: str) -> dict[str, Any]:
        return next(row for row in self.portal.rows(self.rows) if self.id(row) == id)

    def delete(self, id: str) -> None:
        self.portal.rows(self.rows).remove(self.row(id))


class OwnersRig(RowsRig):
    rows = "owners"

    def change(self, id: str) -> None:
        self.row(id)["firstName"] = "Zoe"

    def delete(self, id: str) -> None:
        self.row(id)["archived"] = True


class TestHubSpotOwners(SourceContract):
    @pytest.fixture(params=["dated", "numbered"])
    def rig(self, open_portal: Open, request: pytest.FixtureRequest) -> SourceRig:
        owners = [{"id": str(id), "email": f"rep{id}@example.com", "firstName": "Ann"} for id in range(1, 1200)]
        return OwnersRig(open_portal({"owners": owners}), "owners", (), api=request.param)


class TestHubSpotTarget(TargetContract):
    @pytest.fixture(params=["dated", "numbered"])
    def rig(self, open_portal: Open, request: pytest.FixtureRequest) -> TargetRig:
        return ContactsRig(open_portal({"contacts": []}), api=request.param)


@dataclass
class ContactsRig:
    portal: Portal
    object: str = "contact"
    api: Api = "dated"

    def __post_init__(self) -> None:
        self.portal.connect(api=self.api).deploy()

    def target(self) -> Target:
        return self.portal.connect(api=self.api)

    def payload(self, key: str, text: str, remote_id: str | None = None) -> Payload:
        return Payload(key, remote_id, {"syncd_reason": text, "email": f"{key}@example.com"})

    def bad(self, key: str) -> Payload:
        return Payload(key, None, {"syncd_verdict": "perhaps", "email": f"{key}@example.com"})

    def missing_id(self) -> str:
        return "987654"

    def standing(self) -> dict[str, str]:
        items = self.portal.shelf("contacts").items.values()
        return {item.properties["syncd_key"]: item.properties["syncd_reason"] for item in items}

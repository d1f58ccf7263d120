"""Salesforce as a source (page by page, and in bulk) and as a target, held against the contract of all connectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.base import Payload, Source, Target
from tests.connectors.contract import Deletion, SourceContract, SourceRig, TargetContract, TargetRig

KEY = "Syncd_Key__c"


@dataclass
class AccountsRig:
    org: Any
    bulk_threshold: int = 50_000
    stream: str = "Account"
    fields: Sequence[str] = ("Name", "Industry", "NumberOfEmployees", "Owner.Email", "Parent.Name")
    deletion: Deletion = "flagged"

    def source(self) -> Source:
        return self.org.connect(bulk_threshold=self.bulk_threshold)

    def unreachable(self) -> Source:
        return self.org.connect(login_url="https://127.0.0.1:9")

    def ids(self) -> set[str]:
        return {row["Id"] for row in self.org.rows(self.stream).values() if not row.get("IsDeleted")}

    def change(self, id: str) -> None:
        self.org.clock.advance(60)
        self.org.edit(self.stream, id, Industry="Banking")
        self.org.clock.advance(60)

    def delete(self, id: str) -> None:
        self.org.delete(self.stream, id)


class TestSalesforcePages(SourceContract):
    @pytest.fixture
    def rig(self, deployed: Callable[..., Any], accounts: Callable[..., Any]) -> SourceRig:
        return AccountsRig(deployed(accounts(650, NumberOfEmployees=12), page_size=200))


class TestSalesforceBulk(SourceContract):
    @pytest.fixture
    def rig(self, deployed: Callable[..., Any], accounts: Callable[..., Any]) -> SourceRig:
        return AccountsRig(deployed(accounts(4700, NumberOfEmployees=12), page_size=200), bulk_threshold=100)


@dataclass
class OpportunitiesRig:
    org: Any
    object: str = "Opportunity"

    def target(self) -> Target:
        return self.org.connect()

    def payload(self, key: str, text: str, remote_id: str | None = None) -> Payload:
        return Payload(key, remote_id, {"Name": text, "StageName": "Qualification", "CloseDate": "2027-03-01"})

    def bad(self, key: str) -> Payload:
        return Payload(key, None, {"Name": "x" * 200, "StageName": "Qualification", "CloseDate": "2027-03-01"})

    def missing_id(self) -> str:
        return "006000000099999AAA"

    def standing(self) -> dict[str, str]:
        return {row[KEY]: row["Name"] for row in self.org.rows(self.object).values()}


class TestSalesforceTarget(TargetContract):
    @pytest.fixture
    def rig(self, deployed: Callable[..., Any]) -> TargetRig:
        return OpportunitiesRig(deployed())

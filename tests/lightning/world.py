"""What the rendered pages show: the tiny world after syncd's first run, its reps, and one record for each face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connectors.sandbox.salesforce.settings import ValidationRule
from tests.lightning.rig import Face
from tests.rep import Rep
from tests.sync.conftest import Place

BANK = "Endeavor Bank"
EXPLORER = "Baker"


def begin(place: Place) -> None:
    """Let somebody book a demo on the day before."""
    (explorer,) = place.rows("Contact", LastName=EXPLORER)
    place.submit(explorer["Email"], "demo")


@dataclass
class Morning:
    """The org as reps find it."""

    place: Place

    @cached_property
    def rep(self) -> Rep:
        """Whose bank it is, whom its people were handed to."""
        return Rep(self.place, "south@")

    @cached_property
    def colleague(self) -> Rep:
        """Somebody else of sales, who owns the lead."""
        return Rep(self.place, "central@")

    @cached_property
    def stranger(self) -> Rep:
        """Somebody of sales to whom the permission set Syncd Sales was not given."""
        rep = Rep(self.place, "bjorn.halvorsen@")
        for assignment in self.place.rows("PermissionSetAssignment", AssigneeId=rep.id):
            self.place.sandbox.salesforce.org.tables["PermissionSetAssignment"].purge(assignment["Id"])
        return rep

    @cached_property
    def records(self) -> dict[Face, str]:
        """A bank with two open opportunities, the one that syncd opened, who was handed over, who did not qualify."""
        (account,) = self.place.rows("Account", Name=BANK)
        (opportunity,) = (one for one in self.place.ours() if one["AccountId"] == account["Id"])
        released = self.place.rows("Contact", AccountId=account["Id"], Syncd_Rep__c=self.rep.id)
        (lead,) = (one for one in self.place.rows("Lead") if one.get("Syncd_Gates_JSON__c"))
        contact = max(released, key=lambda one: len(one["Syncd_Gates_JSON__c"]))
        return {
            "Account": account["Id"],
            "Opportunity": opportunity["Id"],
            "Contact": contact["Id"],
            "Lead": lead["Id"],
        }

    @cached_property
    def explorer(self) -> str:
        """Who booked a demo and did not ask for sales."""
        (row,) = self.place.rows("Contact", LastName=EXPLORER)
        return str(row["Id"])

    @cached_property
    def guide(self) -> Rep:
        """Whom the explorer was handed to."""
        return Rep(self.place, "priya.raman@")

    def whose(self, face: Face) -> Rep:
        """Return whose record it is."""
        return self.colleague if face == "Lead" else self.rep

    def row(self, face: Face) -> dict[str, Any]:
        """Return the record as it stands."""
        (row,) = self.place.rows(face, Id=self.records[face])
        return row

    @contextmanager
    def having(self, face: Face, **fields: Any) -> Iterator[None]:
        """Let the record have these values; afterwards it is what it was, whatever was saved."""
        table = self.place.sandbox.salesforce.org.tables[face]
        before = table.rows[self.records[face]]
        table.put({**before, **fields})
        try:
            yield
        finally:
            table.put(before)

    @contextmanager
    def granted(self, face: Face, name: str, editable: bool | None) -> Iterator[None]:
        """Let Syncd Sales grant a field for reading alone for a while, or not at all where that is None."""
        access = self.place.sandbox.salesforce.org.access
        (sales,) = self.place.rows("PermissionSet", Name="Syncd_Sales")
        fields = access.sets[sales["Id"]].fields
        before = dict(fields)
        del fields[face, name]
        if editable is not None:
            fields[face, name] = editable
        access.revision += 1
        try:
            yield
        finally:
            fields.update(before)
            access.revision += 1

    @contextmanager
    def ruled(self, rule: ValidationRule) -> Iterator[None]:
        """Let the org have a validation rule for a while."""
        settings = self.place.sandbox.salesforce.org.settings
        before, settings.validation_rules = settings.validation_rules, [rule]
        try:
            yield
        finally:
            settings.validation_rules = before

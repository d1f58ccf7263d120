"""What a user may see and do: fields, objects and the like, by profile and permission sets. What is hidden looks as if
it did not exist.

A profile of the kind "Minimum Access" grants nothing; every other one grants the standard fields and objects, and the
administrator's all records besides. Permission sets only ever add to it. A custom field that comes by the Metadata API
is visible to nobody, the administrator included, until a profile or a permission set that grants it is deployed, and
the set assigned to the user with a PermissionSetAssignment record. Fields that describe does not call permissionable
need no grant; parts of an address go by their compound.
Source: Salesforce, Metadata API Developer Guide, "PermissionSet" and "Understanding Field-Level Security"; Salesforce
Help, "Permission Sets"; which standard fields are under it: the profile "Minimum Access - API Only Integrations" as
orgs retrieve it (17Sayan/SFDCTrailhead2026 on GitHub).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .schema import ACTIVITIES, Field, Schema, SObject
from .table import Table

Right = Literal["read", "create", "edit", "delete", "view all", "modify all"]
RIGHTS: frozenset[Right] = frozenset(("read", "create", "edit", "delete", "view all", "modify all"))
EVERYDAY: frozenset[Right] = frozenset(("read", "create", "edit", "delete"))
READING: frozenset[Right] = frozenset(("read", "view all"))
ADMINISTRATOR, MINIMUM = "System Administrator", "Minimum Access"
# Objects that permission sets and profiles grant by name; those below follow the object behind them.
GRANTED = frozenset({"Account", "Contact", "Lead", "Campaign", "Opportunity", "Product2"})
FOLLOWING: Mapping[str, str] = {
    "CampaignMember": "Campaign",
    "CampaignMemberStatus": "Campaign",
    "OpportunityContactRole": "Opportunity",
    "OpportunityHistory": "Opportunity",
    "OpportunityFieldHistory": "Opportunity",
    "OpportunityLineItem": "Opportunity",
}
# "Permissions for opportunity products are granted according to permissions for opportunities" (Salesforce Help,
# 005227420), and nobody sees one who may not read products.
BESIDE: Mapping[str, str] = {"OpportunityLineItem": "Product2"}
EDITED_BY: Mapping[str, str] = {"Task": "EditTask", "Event": "EditEvent"}  # user permission that writing needs
# "only users who have View Setup, Assign Permission Sets … can access": Object Reference, PermissionSetAssignment.
SETUP = frozenset({"PermissionSet", "PermissionSetAssignment", "PermissionSetLicenseAssign"})


@dataclass
class Grant:
    """What one permission set or profile grants: fields (→ editable), objects (→ rights), user permissions."""

    fields: dict[tuple[str, str], bool] = field(default_factory=dict)
    objects: dict[str, frozenset[Right]] = field(default_factory=dict)
    permissions: set[str] = field(default_factory=set)

    def add(self, sobject: str, name: str, *, editable: bool) -> None:
        """Grant reading a field, and writing it where `editable`; one of Activity stands for Task and Event."""
        for owner in ACTIVITIES if sobject == "Activity" else (sobject,):
            self.fields[owner, name] = editable

    def editable(self, sobject: str, declared: Field) -> bool | None:
        """Whether it lets a field be written; None where it does not grant it at all."""
        of_the_part = self.fields.get((sobject, declared.name))
        return of_the_part if of_the_part is not None else self.fields.get((sobject, str(compound(declared))))


@dataclass(frozen=True)
class View:
    """One object as one user sees it."""

    sobject: SObject
    fields: Mapping[str, Field]
    lower: Mapping[str, Field]
    locked: frozenset[str]  # visible, but not to be written
    rights: frozenset[Right]

    def find(self, name: str) -> Field | None:
        """Return the field of that name in any case, None where it is hidden."""
        return self.lower.get(name.lower())

    @property
    def hidden(self) -> bool:
        """True where the object looks as if it did not exist."""
        return "read" not in self.rights


def compound(declared: Field) -> str | None:
    """Return the compound by which a part of an address goes."""
    name = declared.attributes.get("compoundFieldName")
    return name if name != declared.name and str(name).endswith("Address") else None


class Access:
    """Answers what users see and may do. `revision` rises with every change of a grant."""

    def __init__(self, schema: Schema, tables: Mapping[str, Table], hidden: Mapping[str, Iterable[str]]) -> None:
        self._schema = schema
        self._assignments, self._users, self._profiles = (
            tables[name] for name in ("PermissionSetAssignment", "User", "Profile")
        )
        self._hidden = {sobject: frozenset(names) for sobject, names in hidden.items()}
        self.everyone = Grant()  # custom fields that the org's profiles grant
        self.sets: dict[str, Grant] = {}  # PermissionSet id → what it grants
        self._views: dict[tuple[str, str], tuple[object, View]] = {}
        self.revision = 0

    def profile(self, user: str) -> str:
        """Return the name of the user's profile; who has none is an administrator."""
        profile_id = (self._users.rows.get(user) or {}).get("ProfileId")
        return str((self._profiles.rows.get(profile_id or "") or {}).get("Name") or ADMINISTRATOR)

    def state(self, user: str) -> tuple[int, int, str, tuple[str, ...]]:
        """Return what the user's views depend on: revisions of schema and grants, profile, sets assigned."""
        assigned = tuple(
            row["PermissionSetId"]
            for record_id in self._assignments.matching("AssigneeId", user)
            if (row := self._assignments.rows[record_id])
        )
        return self._schema.revision, self.revision, self.profile(user), assigned

    def view(self, user: str, sobject: SObject) -> View:
        """Return the object as the user sees it."""
        state = self.state(user)
        known = self._views.get((user, sobject.name))
        if known is None or known[0] != state:
            known = self._views[user, sobject.name] = (state, self._look(user, sobject))
        return known[1]

    def permits(self, user: str, permission: str) -> bool:
        """True where the user has a user permission, such as EditTask."""
        return not self.profile(user).startswith(MINIMUM) or self.granted(user, permission)

    def granted(self, user: str, permission: str) -> bool:
        """True where one of the user's permission sets names a user permission."""
        return any(permission in grant.permissions for grant in self._assigned(user))

    def rights(self, user: str, sobject: SObject) -> frozenset[Right]:
        """Return what the user may do with the object's records, as far as sharing lets them."""
        if self.profile(user) == ADMINISTRATOR:
            return RIGHTS
        if not self.profile(user).startswith(MINIMUM):
            return EVERYDAY if sobject.name not in SETUP else frozenset()
        behind = FOLLOWING.get(sobject.name, sobject.name)
        beside = BESIDE.get(sobject.name)
        if beside and "read" not in self._objects(user, beside):
            return frozenset()
        if behind in GRANTED or sobject.attributes.get("custom"):
            return self._objects(user, behind)
        if sobject.name in SETUP and not self.permits(user, "ViewSetup"):
            return frozenset()
        needed = EDITED_BY.get(sobject.name)
        return EVERYDAY if needed is None or self.permits(user, needed) else READING

    def _objects(self, user: str, name: str) -> frozenset[Right]:
        granted: frozenset[Right] = frozenset().union(*(g.objects.get(name, frozenset()) for g in self._assigned(user)))
        return granted

    def _assigned(self, user: str) -> list[Grant]:
        return [self.sets[name] for name in self.state(user)[-1] if name in self.sets]

    def _look(self, user: str, sobject: SObject) -> View:
        minimum = self.profile(user).startswith(MINIMUM)
        grants = [*(() if minimum else (self.everyone,)), *self._assigned(user)]
        hidden = self._hidden.get(sobject.name, frozenset())
        visible: dict[str, Field] = {}
        locked = set()
        for name, declared in sobject.fields.items():
            granted = [editable for one in grants if (editable := one.editable(sobject.name, declared)) is not None]
            if not granted:
                secured = declared["permissionable"] and (declared["custom"] or minimum)
                if name in hidden or secured:
                    continue
            visible[name] = declared
            by_profile = not minimum and not declared["custom"] and name not in hidden
            if granted and not any(granted) and not by_profile:
                locked.add(name)
        lower = {name.lower(): declared for name, declared in visible.items()}
        return View(sobject, visible, lower, frozenset(locked), self.rights(user, sobject))

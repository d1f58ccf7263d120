"""What differs between orgs: who may sign in, limits, rules, and which of Setup's switches are on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .table import Row

# (object, row as it would be saved, row before or None) → the rule's message, or None where the row may be saved
ValidationRule = Callable[[str, Row, Row | None], str | None]

# (type, full name, its XML, or None where it is to be removed) → why this org refuses the component, or None
MetadataRule = Callable[[str, str, Any], str | None]

Sharing = Literal["private", "read", "edit", "parent"]
# What a new org begins with: Salesforce Help, "Organization-Wide Default Access Settings"; activities can only be
# private or controlled by their parent.
NEW_ORG: Mapping[str, Sharing] = {
    "Account": "edit",
    "Contact": "parent",
    "Lead": "edit",
    "Campaign": "edit",
    "Opportunity": "read",
    "Task": "private",
    "Event": "private",
}


@dataclass(frozen=True)
class DuplicateRule:
    """Rows of `sobject` are duplicates of rows of `against` (the same object by default) that agree on all `fields`.

    action: `block` refuses the save whatever the caller says; `alert` refuses it unless the caller sends
    `Sforce-Duplicate-Rule-Header: allowSave=true`.
    """

    name: str
    sobject: str
    fields: Sequence[str]
    action: Literal["alert", "block"] = "alert"
    against: str | None = None
    message: str = "Use one of these records?"

    def row(self) -> Row:
        """Return the rule as it shows in DuplicateRule, which does not say what it does with a double."""
        return {"DeveloperName": self.name, "MasterLabel": self.name, "SobjectType": self.sobject, "IsActive": True}


@dataclass(frozen=True)
class RecordType:
    """A record type of an object that the integration user may choose. offered: what its picklists offer, by field.

    An opportunity's sales process is what its record type offers of StageName. default: new records get it that name
    none.
    """

    name: str
    id: str
    default: bool = True
    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Currency:
    """One currency: its rate against the corporate one, whether it is active, and what it was since which days."""

    code: str
    rate: float = 1.0
    active: bool = True
    dated: Mapping[str, float] = field(default_factory=dict)  # day from which on → rate


@dataclass
class Settings:
    """What differs between orgs."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    refresh_token: str = "sandbox-refresh"  # of the web server flow's clients, for the user of the app
    integration_user: str = "005000000000001AAA"  # whom the connected app acts for
    admin_client_id: str = "sandbox-admin"  # a connected app of its own, that acts for the administrator
    admin_client_secret: str = "sandbox-admin-secret"
    admin_token: str = "sandbox-admin-token"  # a session of the administrator's that never ends
    administrator: str = "005000000000090AAA"
    jwt_keys: Mapping[str, str] = field(default_factory=dict)  # consumer key → PEM certificate or public key
    passwords: Mapping[str, str] = field(default_factory=dict)  # username → password + security token, for SOAP login
    session_seconds: int = 7200
    cors: Sequence[str] = ("http://localhost:*", "http://127.0.0.1:*")  # origins of pages that may call the API
    daily_limit: int = 15000
    currency: str = "USD"  # of every amount: the org keeps a single one
    currencies: Sequence[Currency] = ()  # of an org that keeps several, the corporate one first
    page_size: int = 2000
    open_locators: int = 10
    locator_seconds: int = 172800
    sharing: Mapping[str, Sharing] = field(default_factory=lambda: NEW_ORG)  # org-wide defaults
    hidden: Mapping[str, Iterable[str]] = field(default_factory=dict)  # object → fields without field-level access
    grant_deployed: bool = False  # True: what is deployed is visible at once, unlike Salesforce
    unique_activities: bool = True  # False: Activity takes no unique field, as the documentation leaves it open
    metadata_rules: Sequence[MetadataRule] = ()
    dynamic_dashboards: int | None = None  # how many may run as their viewer; None: by the org's edition
    active_pages: frozenset[str] = frozenset()  # Lightning pages that somebody has activated
    validation_rules: Sequence[ValidationRule] = ()
    trigger_rows: Mapping[str, int] = field(default_factory=dict)  # object → rows of a call that its triggers can bear
    duplicate_rules: Sequence[DuplicateRule] = ()
    recycle_days: int = 15  # how long deleted rows can be seen by queryAll and brought back
    tracked: frozenset[str] = frozenset({"Amount", "CloseDate", "OwnerId", "StageName"})  # → OpportunityFieldHistory
    ingest_rows: int = 10000  # rows of a bulk job processed at each look; the rest stays unprocessed on abort
    state_and_country_picklists: bool = False  # standard in newer orgs: codes beside states and countries
    person_accounts: bool = False  # accounts of people who buy for themselves, each with its contact behind it
    record_types: Mapping[str, Sequence[RecordType]] = field(default_factory=dict)  # by object, beside the master
    # (object, field) → what this org's admin has added to a picklist that every org has
    added_values: Mapping[tuple[str, str], Sequence[str]] = field(
        default_factory=lambda: {("OpportunityContactRole", "Role"): ("Champion",)}
    )
    bulk_polls: int = 0  # how often a bulk job or deployment says InProgress before it is done

    @property
    def apps(self) -> Mapping[str, tuple[str, str]]:
        """The connected apps: client id → secret, and the user whom the app acts for."""
        return {
            self.client_id: (self.client_secret, self.integration_user),
            self.admin_client_id: (self.admin_client_secret, self.administrator),
        }

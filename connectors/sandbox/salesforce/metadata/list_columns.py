"""What list views call the standard columns: a name of its own for each, not the field's.

Custom fields go by their API names. Task's columns are called with `TASK.` in front where the view stands on Activity.
Source: list views as public orgs retrieve them (SalesforceFoundation/NPSP, trailheadapps); an unknown one is refused
with "Could not resolve list view column". Names that no public org shows are not known here either.
"""

from __future__ import annotations

from collections.abc import Mapping

_OWNER = {
    "CORE.USERS.ALIAS": "Owner.Alias",
    "CORE.USERS.FIRST_NAME": "Owner.FirstName",
    "CORE.USERS.FULL_NAME": "Owner.Name",
    "CORE.USERS.LAST_NAME": "Owner.LastName",
}


def _named(prefix: str, **names: str) -> dict[str, str]:
    return {f"{prefix}.{token}": path for token, path in names.items()}


_STAMPS = {"CREATED_DATE": "CreatedDate", "LAST_UPDATE": "LastModifiedDate", "LAST_ACTIVITY": "LastActivityDate"}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "Account": {
        **_OWNER,
        **_named(
            "ACCOUNT", NAME="Name", PHONE1="Phone", INDUSTRY="Industry", TYPE="Type", RATING="Rating", SITE="Site",
            URL="Website", EMPLOYEES="NumberOfEmployees", ADDRESS1_CITY="BillingCity", ADDRESS1_STATE="BillingState",
            ADDRESS1_COUNTRY="BillingCountry", ADDRESS1_ZIP="BillingPostalCode", ADDRESS1_STREET="BillingStreet",
            DESCRIPTION="Description", ACCOUNT_NUMBER="AccountNumber", **_STAMPS,
        ),
        "SALES": "AnnualRevenue",
        "PARENT_NAME": "Parent.Name",
    },
    "Contact": {
        **_OWNER,
        "FULL_NAME": "Name",
        "NAME": "Name",
        "ACCOUNT.NAME": "Account.Name",
        **_named(
            "CONTACT", FIRST_NAME="FirstName", LAST_NAME="LastName", TITLE="Title", EMAIL="Email", PHONE1="Phone",
            PHONE3="MobilePhone", DEPARTMENT="Department", DO_NOT_CALL="DoNotCall", DESCRIPTION="Description",
            **_STAMPS,
        ),
    },
    "Lead": {
        **_OWNER,
        "FULL_NAME": "Name",
        **_named(
            "LEAD", FIRST_NAME="FirstName", LAST_NAME="LastName", TITLE="Title", COMPANY="Company", EMAIL="Email",
            PHONE="Phone", MOBILE="MobilePhone", STATUS="Status", RATING="Rating", INDUSTRY="Industry", CITY="City",
            STATE="State", COUNTRY="Country", LEAD_SOURCE="LeadSource", UNREAD="IsUnreadByOwner",
            CONVERTED="IsConverted", DO_NOT_CALL="DoNotCall", **_STAMPS,
        ),
    },
    "Opportunity": {
        **_OWNER,
        "ACCOUNT.NAME": "Account.Name",
        **_named(
            "OPPORTUNITY", NAME="Name", AMOUNT="Amount", CLOSE_DATE="CloseDate", STAGE_NAME="StageName", TYPE="Type",
            PROBABILITY="Probability", CLOSED="IsClosed", WON="IsWon", NEXT_STEP="NextStep", LEAD_SOURCE="LeadSource",
            EXP_AMOUNT="ExpectedRevenue", FORECAST_CATEGORY="ForecastCategoryName", DESCRIPTION="Description",
            **_STAMPS,
        ),
    },
    "Task": {
        **_OWNER,
        "SUBJECT": "Subject",
        "DUE_DATE": "ActivityDate",
        "STATUS": "Status",
        "PRIORITY": "Priority",
        "WHO_NAME": "Who.Name",
        "WHAT_NAME": "What.Name",
        "CREATED_DATE": "CreatedDate",
        "LAST_UPDATE": "LastModifiedDate",
        "TASK.CLOSED": "IsClosed",
        "IS_CLOSED": "IsClosed",
    },
}  # fmt: skip


def path_of(sobject: str, column: str) -> str | None:
    """Return the path of fields that a list view's column shows; None where no standard column is called so."""
    if column.endswith("__c"):
        return column.rpartition(".")[2]
    if sobject == "Activity":
        return COLUMNS["Task"].get(column) or COLUMNS["Task"].get(column.removeprefix("TASK."))
    return COLUMNS.get(sobject, {}).get(column)

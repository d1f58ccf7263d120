"""What stands in Salesforce, told without ids and stamps, so that two orgs can be compared."""

from collections import Counter
from typing import Any

from tests.sync.conftest import Place

_TOLD = {
    "Account": ("Name", "Syncd_Key__c", "Syncd_Standing__c", "Syncd_Segment__c"),
    "Contact": (
        "LastName",
        "Email",
        "Title",
        "AccountId",
        "Syncd_Key__c",
        "Syncd_MQL__c",
        "Syncd_Role__c",
        "Syncd_Next_Ask__c",
    ),
    "Opportunity": (
        *("Name", "AccountId", "StageName", "Amount", "Probability", "CloseDate", "NextStep", "OwnerId"),
        *("Syncd_Key__c", "Syncd_Offer__c", "Syncd_Qualified__c", "Syncd_Reason__c", "Syncd_Completeness__c"),
    ),
    "OpportunityContactRole": ("OpportunityId", "ContactId", "Role", "Syncd_Key__c"),
    "Task": ("Subject", "WhoId", "OwnerId", "ActivityDate", "Syncd_Key__c"),
}


def tell(place: Place) -> Counter[tuple[Any, ...]]:
    """Every row of the objects that syncd writes, references by the name of what they point at."""
    names = {
        row["Id"]: row.get("Name") or row.get("LastName")
        for object_ in ("User", "Account", "Contact", "Lead", "Opportunity")
        for row in place.rows(object_)
    }
    return Counter(
        (object_, *(names.get(row.get(field), row.get(field)) for field in fields))
        for object_, fields in _TOLD.items()
        for row in place.rows(object_)
    )

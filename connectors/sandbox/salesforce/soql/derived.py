"""Fields that Salesforce works out when they are read: addresses, members' names, campaign counts, photo links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..places import ADDRESSES
from ..schema import Field
from ..table import Row
from . import formulas

if TYPE_CHECKING:
    from ..org import Org

Reader = Callable[["Org", Row], Any]
_PARTS = {
    "city": "City",
    "country": "Country",
    "geocodeAccuracy": "GeocodeAccuracy",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "postalCode": "PostalCode",
    "state": "State",
    "street": "Street",
}
_CODES = {"countryCode": "CountryCode", "stateCode": "StateCode"}


def _address(prefix: str, org: Org, row: Row) -> Any:
    named = _PARTS if f"{prefix}CountryCode" not in row else _PARTS | _CODES
    parts = {key: row.get(prefix + name) for key, name in named.items()}
    return parts if any(value is not None for value in parts.values()) else None


def _person(org: Org, row: Row) -> Row:
    return org.row(row.get("ContactId")) or org.row(row.get("LeadId")) or {}


def _of_person(names: tuple[str, ...], org: Org, row: Row) -> Any:
    person = _person(org, row)
    return next((person[name] for name in names if person.get(name) is not None), None)


def _company(org: Org, row: Row) -> Any:
    person = _person(org, row)
    return person.get("Company") or (org.row(person.get("AccountId")) or {}).get("Name")


def _flag_of_person(name: str, org: Org, row: Row) -> bool:
    return bool(_person(org, row).get(name))


def _campaign_rows(org: Org, table: str, campaign: Row) -> Iterable[Row]:
    rows = org.tables[table].rows
    campaign_rows = (rows[record_id] for record_id in org.tables[table].matching("CampaignId", campaign["Id"]))
    return (row for row in campaign_rows if not row.get("IsDeleted"))


def _count(table: str, counts: Callable[[Org, Row], bool], org: Org, row: Row) -> int:
    return sum(1 for found in _campaign_rows(org, table, row) if counts(org, found))


def _amount(won: bool, org: Org, row: Row) -> float:
    rows = _campaign_rows(org, "Opportunity", row)
    return float(sum(row.get("Amount") or 0 for row in rows if not won or row.get("IsWon")))


def _converted(org: Org, member: Row) -> bool:
    return bool((org.row(member.get("LeadId")) or {}).get("IsConverted"))


_STREET = {"Street": ("MailingStreet", "Street"), "City": ("MailingCity", "City"), "State": ("MailingState", "State")}
_PLACE = {"PostalCode": ("MailingPostalCode", "PostalCode"), "Country": ("MailingCountry", "Country")}
_SAME = ("Salutation", "Name", "FirstName", "LastName", "Title", "Email", "Phone", "Fax", "MobilePhone", "Description")
_MEMBER: dict[str, Reader] = {
    **{name: partial(_of_person, (name,)) for name in (*_SAME, "LeadSource")},
    **{name: partial(_of_person, names) for name, names in (_STREET | _PLACE).items()},
    **{name: partial(_flag_of_person, name) for name in ("DoNotCall", "HasOptedOutOfEmail", "HasOptedOutOfFax")},
    "CompanyOrAccount": _company,
    "Type": lambda org, row: "Contact" if row.get("ContactId") else "Lead",
    "LeadOrContactId": lambda org, row: row.get("ContactId") or row.get("LeadId"),
    "LeadOrContactOwnerId": partial(_of_person, ("OwnerId",)),
}
_CAMPAIGN: dict[str, Reader] = {
    "NumberOfLeads": partial(_count, "CampaignMember", lambda org, row: bool(row.get("LeadId"))),
    "NumberOfConvertedLeads": partial(_count, "CampaignMember", _converted),
    "NumberOfContacts": partial(_count, "CampaignMember", lambda org, row: bool(row.get("ContactId"))),
    "NumberOfResponses": partial(_count, "CampaignMember", lambda org, row: bool(row.get("HasResponded"))),
    "NumberOfOpportunities": partial(_count, "Opportunity", lambda org, row: True),
    "NumberOfWonOpportunities": partial(_count, "Opportunity", lambda org, row: bool(row.get("IsWon"))),
    "AmountAllOpportunities": partial(_amount, False),
    "AmountWonOpportunities": partial(_amount, True),
}
DERIVED: dict[tuple[str, str], Reader] = {
    **{("CampaignMember", name): reader for name, reader in _MEMBER.items()},
    **{("Campaign", name): reader for name, reader in _CAMPAIGN.items()},
    **{
        (sobject, f"{prefix}Address"): partial(_address, prefix)
        for sobject, prefixes in ADDRESSES.items()
        for prefix in prefixes
    },
    **{
        (sobject, "PhotoUrl"): lambda org, row: f"/services/images/photo/{row['Id']}"
        for sobject in ("Account", "Contact", "Lead")
    },
}


def reader(org: Org, user: str, sobject: str, field: Field) -> Callable[[Row], Any]:
    """Return the function that reads a field from a row, as the user who asks; a checkbox is never null."""
    name = field.name
    derived = DERIVED.get((sobject, name))
    if derived is not None:
        return partial(derived, org)
    if field["custom"] and (formula := field.attributes.get("calculatedFormula")):
        return formulas.reader(org, user, sobject, formula, field.type)
    if field.type == "boolean":
        return lambda row: row.get(name) or False
    return lambda row: row.get(name)

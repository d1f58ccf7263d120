"""An org with several currencies: a CurrencyIsoCode beside every amount, the rates, and whose default a new record has.

Source: Salesforce, Object Reference, "CurrencyType" ("not available in single-currency organizations"),
"DatedConversionRate" and "CurrencyIsoCode"; Salesforce Help, "Manage Multiple Currencies": a record without one gets
the currency of its creator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from .ids import Mint
from .org import Org
from .schema import Field, SObject, type_defaults
from .settings import Currency
from .table import Row, Table

CODE = "CurrencyIsoCode"
CARRIERS = ("Account", "Contact", "Lead", "Campaign", "CampaignMember", "Opportunity", "OpportunityContactRole")
PREFIXES = {"CurrencyType": "01L", "DatedConversionRate": "04w"}


def enable(org: Org, currencies: Sequence[Currency], own: Mapping[str, str] | None = None) -> None:
    """Turn several currencies on, the corporate one first, as an administrator does in Setup.

    own: users' own currencies; the others have the corporate one, and so has every amount that stands already.
    """
    corporate = currencies[0].code
    for name in CARRIERS:
        _carry(org, name, CODE, currencies, corporate)
    _carry(org, "User", "DefaultCurrencyIsoCode", currencies, corporate)
    users = org.tables["User"]
    for user, code in (own or {}).items():
        users.put({**users.rows[user], "DefaultCurrencyIsoCode": code})
    for name in PREFIXES:
        _declare(org, name)
    for currency in currencies:
        _rate(org, currency, corporate=currency.code == corporate)
    org.settings.currency = corporate
    org.currencies = tuple(currency.code for currency in currencies)


def default(org: Org, user: str) -> str:
    """Return the currency of what a user creates without naming one."""
    return str((org.tables["User"].rows.get(user) or {}).get("DefaultCurrencyIsoCode") or org.settings.currency)


def _carry(org: Org, name: str, column: str, currencies: Iterable[Currency], corporate: str) -> None:
    active = tuple(currency.code for currency in currencies if currency.active)
    inactive = tuple(currency.code for currency in currencies if not currency.active)
    label = "Currency ISO Code" if column == CODE else "Default Currency ISO Code"
    org.schema.add_field(name, _picklist(column, label, active, inactive))
    table = org.tables[name]
    for row in list(table.rows.values()):
        table.put({**row, column: row.get(column) or corporate})


def _picklist(name: str, label: str, active: tuple[str, ...], inactive: tuple[str, ...] = ()) -> Field:
    own = {"type": "picklist", "label": label, "permissionable": False, "restrictedPicklist": True}
    return Field(name, {**type_defaults()["picklist"], **own, "defaultedOnCreate": True}, active, inactive)


def _declare(org: Org, name: str) -> None:
    template = org.schema.objects["TaskStatus"]
    kinds = {"IsoCode": "string", "ConversionRate": "double", "SystemModstamp": "datetime"}
    if name == "CurrencyType":
        kinds |= {"DecimalPlaces": "int", "IsActive": "boolean", "IsCorporate": "boolean"}
    else:
        kinds |= {"StartDate": "date", "NextStartDate": "date"}
    fields = {column: _plain(column, kind) for column, kind in kinds.items()}
    attributes = {**template.attributes, "label": name, "labelPlural": f"{name}s"}
    made = SObject(name, PREFIXES[name], attributes, {"Id": template.fields["Id"], **fields})
    org.schema.objects[name] = org.schema.lower[name.lower()] = org.schema.prefixes[made.prefix] = made
    org.schema.revision += 1
    org.tables[name] = Table(name)


def _plain(name: str, kind: str) -> Field:
    own = {"type": kind, "label": name, "permissionable": False, "createable": False, "updateable": False}
    return Field(name, {**type_defaults()[kind], **own})


def _rate(org: Org, currency: Currency, *, corporate: bool) -> None:
    row: Row = {"IsoCode": currency.code, "SystemModstamp": org.stamp()}
    kept = {"IsActive": currency.active, "IsCorporate": corporate, "DecimalPlaces": 2}
    _put(org.tables["CurrencyType"], org.mint, {**row, **kept, "ConversionRate": currency.rate})
    days = sorted(currency.dated)
    for day, following in zip_longest(days, days[1:]):
        dated = {"ConversionRate": currency.dated[day], "StartDate": day, "NextStartDate": following}
        _put(org.tables["DatedConversionRate"], org.mint, {**row, **dated})


def _put(table: Table, mint: Mint, row: Row) -> None:
    table.put({"Id": mint.next(PREFIXES[table.name]), **row})


def deactivate(org: Org, code: str) -> None:
    """Make a currency inactive: records keep it, and no new one takes it."""
    table = org.tables["CurrencyType"]
    for row in list(table.rows.values()):
        if row["IsoCode"] == code:
            table.put({**row, "IsActive": False})
    for name in (*CARRIERS, "User"):
        for column in (CODE, "DefaultCurrencyIsoCode"):
            if known := org.schema.objects[name].fields.get(column):
                kept = tuple(value for value in known.values if value != code)
                org.schema.add_field(name, replace(known, values=kept, inactive=(*known.inactive, code)))

"""The vendor's own people: Salesforce users, and HubSpot owners with the same e-mail addresses."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.sandbox.world.dice import Dice
from connectors.sandbox.world.ids import salesforce_ids, with_checksum
from connectors.sandbox.world.model import Company
from connectors.sandbox.world.stamps import Calendar, iso, offset
from connectors.sandbox.world.trade import Colleague, Trade

INTEGRATION_USER = with_checksum("005000000000001")
STANDARD_USER, MINIMUM_ACCESS = with_checksum("00e000000000002"), with_checksum("00e000000000003")  # profiles
DIRECTION, SALES = with_checksum("00E000000000001"), with_checksum("00E000000000002")  # roles, the upper one first


STAFF = (
    Colleague("Evelyn", "Hartwell", "east", "east", "America/New_York"),
    Colleague("Santiago", "Robles", "south", "south", "America/Chicago"),
    Colleague("Carla", "Lindqvist", "central", "central", "America/Chicago"),
    Colleague("Amara", "Okafor", "amara.okafor", "named", "America/New_York"),
    Colleague("Björn", "Halvorsen", "bjorn.halvorsen", "named", "America/Denver"),
    Colleague("Priya", "Raman", "priya.raman", "named", "America/Los_Angeles"),
    Colleague("Darnell", "Whitfield", "darnell.whitfield", "named", "America/Chicago"),
    Colleague("Mei", "Castellano", "marketing", "marketing", "America/New_York"),
    Colleague("Tobias", "Gray", "tobias.gray", "left", "America/New_York", active=False),
)
NAMED = tuple(number for number, one in enumerate(STAFF) if one.part == "named")
LEFT = next(number for number, one in enumerate(STAFF) if one.part == "left")
MARKETING = next(number for number, one in enumerate(STAFF) if one.part == "marketing")

USER_IDS = tuple(identifier for identifier, _ in zip(salesforce_ids("User"), STAFF, strict=False))
OWNER_IDS = tuple(str(41_629_700 + 17 * number) for number, _ in enumerate(STAFF))


def desk_of(trade: Trade, company: Company) -> int:
    """Return who looks after the company: its owner, else the rep of its territory."""
    if company.rep is not None:
        return company.rep
    part = trade.territory(company)
    return next(number for number, one in enumerate(trade.desks) if one.part == part)


def assign(dice: Dice, trade: Trade, company: Company) -> int:
    """Return who owns the company: its territory's rep, a named rep, or rarely someone who has left."""
    way = dice.random()
    if way < 0.02:
        return LEFT
    if way < 0.35:
        return dice.pick(NAMED)
    return desk_of(trade, company)


def owners(calendar: Calendar, desks: Sequence[Colleague]) -> list[dict[str, object]]:
    """Return HubSpot's owners; who has left is archived."""
    return [
        {
            "id": identifier,
            "email": colleague.email,
            "type": "PERSON",
            "firstName": colleague.given_name,
            "lastName": colleague.family,
            "userId": 9_580_000 + number,
            "userIdIncludingInactive": 9_580_000 + number,
            "createdAt": iso(calendar.ago(1100 - number)),
            "updatedAt": iso(calendar.ago(300 - number)),
            "archived": not colleague.active,
        }
        for number, (identifier, colleague) in enumerate(zip(OWNER_IDS, desks, strict=True))
    ]


def users(calendar: Calendar, desks: Sequence[Colleague]) -> list[dict[str, object]]:
    """Return Salesforce's users, the integration user first."""
    integration = Colleague("Syncd", "Integration", "integration", "integration", desks[0].zone, domain=desks[0].domain)
    rows = [_user(calendar, INTEGRATION_USER, 0, integration)]
    rows += [_user(calendar, USER_IDS[number], number + 1, one) for number, one in enumerate(desks)]
    return rows


def roles(calendar: Calendar) -> list[dict[str, object]]:
    """Return the role hierarchy: sales, and above it the role in which the integration user may edit what reps own."""
    changed = offset(calendar.ago(1100))
    stamps = {"LastModifiedDate": changed, "SystemModstamp": changed}
    return [
        {"Id": DIRECTION, "Name": "Sales Direction", "DeveloperName": "SalesDirection", **stamps},
        {"Id": SALES, "Name": "Sales", "DeveloperName": "Sales", "ParentRoleId": DIRECTION, **stamps},
    ]


def _user(calendar: Calendar, identifier: str, number: int, colleague: Colleague) -> dict[str, object]:
    changed = offset(calendar.ago(300 - number))
    return {
        "Id": identifier,
        "Username": f"{colleague.email}.crm",
        "FirstName": colleague.given_name,
        "LastName": colleague.family,
        "Name": f"{colleague.given_name} {colleague.family}",
        "Email": colleague.email,
        "Alias": colleague.local[:8],
        "Title": None,
        "Department": "Marketing" if colleague.part == "marketing" else "Sales",
        "IsActive": colleague.active,
        "UserType": "Standard",
        "TimeZoneSidKey": colleague.zone,
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "ManagerId": None,
        "UserRoleId": DIRECTION if colleague.part == "integration" else SALES,
        "ProfileId": MINIMUM_ACCESS if colleague.part == "integration" else STANDARD_USER,
        "CreatedDate": offset(calendar.ago(1100 - number)),
        "CreatedById": INTEGRATION_USER,
        "LastModifiedDate": changed,
        "LastModifiedById": INTEGRATION_USER,
        "SystemModstamp": changed,
    }

"""The list of premises: what a write rests on outside syncd, how that is asked, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Premise:
    """One thing that an admin may change between two runs.

    where: in the org, where sales works, or in the portal, where marketing does. rests: the writes that wait where it
    does not hold. asked: how each run looks at it, before its first push. mends: what makes it hold again.
    quiet: always so for somebody, so told only where a write waits for it. always_told: nothing waits for it.
    """

    name: str
    where: Literal["org", "portal"]
    rests: str
    asked: str
    mends: str
    quiet: bool = False
    always_told: bool = False


PREMISES: Final = (
    Premise(
        "stage",
        "org",
        "opportunities to be opened",
        "the list of stages, and those of the record type that a new opportunity gets",
        "name an open stage of the pipeline with the agreed probability in the agreement, or put it right in Setup",
    ),
    Premise(
        "currency",
        "org",
        "amounts of opportunities",
        "the org's currencies: of each record where it has several, else the one of org and user",
        "agree on amounts in the org's currency, or activate the agreed one in Setup",
    ),
    Premise(
        "roles",
        "org",
        "contact roles of that role",
        "the picklist of roles",
        "add the role to the picklist, or agree on one that stands there",
    ),
    Premise(
        "reps",
        "org",
        "new records that belong to nobody but the user that syncd signs in as",
        "the users that we may see",
        "activate the user, or correct the territory in the agreement",
    ),
    Premise(
        "inactive owners",
        "org",
        "records for a user who is inactive by now",
        "the users that we may see",
        "activate the user; the next judgement finds another one once the user was read",
        quiet=True,
    ),
    Premise(
        "record types",
        "org",
        "new records of that object",
        "the object's describe, as the integration user sees it",
        "give the record type to the integration user, or take it out of the mapping",
    ),
    Premise(
        "object rights",
        "org",
        "new records, or changes, of that object",
        "the object's describe, as the integration user sees it",
        "deploy and assign the permission set, or grant the right",
    ),
    Premise(
        "field rights",
        "org",
        "that field; the whole record where it cannot be without it, or would point at nobody",
        "the object's describe, as the integration user sees it",
        "deploy and assign the permission set, or grant the field",
    ),
    Premise(
        "user permissions",
        "org",
        "nothing by itself: what a permission is needed for is told beside it",
        "UserPermissionAccess, of the integration user",
        "deploy and assign the permission set, or grant the permission",
        always_told=True,
    ),
    Premise(
        "package",
        "org",
        "nothing by itself: people do not see what is not there",
        "the describes of the objects on which our fields stand",
        "deploy the package, and assign the permission set",
        always_told=True,
    ),
    Premise(
        "view all",
        "org",
        "new records of which there may be one that is hidden from us; the campaign of an opportunity",
        "ObjectPermissions of the integration user's permission sets",
        "deploy and assign the permission set, or grant View All",
    ),
    Premise(
        "barring fields",
        "org",
        "new contacts, opportunities and tasks",
        "the object's describe: consent, bounces, calls not wanted and relations that are read",
        "deploy and assign the permission set, or say in the mapping that the field is optional",
    ),
    Premise(
        "record access",
        "org",
        "changes of that record, and roles on that opportunity",
        "UserRecordAccess, for the records that are about to be changed",
        "put the integration user into a role above the owners, or share the records with it",
    ),
    Premise(
        "transfer",
        "org",
        "changes of that record that give it another owner",
        "UserRecordAccess, for the records that are about to get another owner",
        "put the integration user into a role above the owners, or grant it Transfer Record",
    ),
    Premise(
        "keys",
        "org",
        "new records of that object; all of them where the key is not there",
        "the object's describe",
        "deploy the package",
    ),
    Premise("own fields", "org", "that field of ours", "the object's describe", "deploy the package"),
    Premise(
        "required fields",
        "org",
        "new records of that object",
        "the object's describe",
        "give the field a default value, or make it optional",
    ),
    Premise(
        "picklists",
        "org",
        "records with a value that the picklist lacks",
        "the object's describe",
        "add the value to the picklist, or take it out of the mapping or the agreement",
    ),
    Premise(
        "notifications",
        "org",
        "notifications of reps, and nothing else",
        "the type of notification, the integration user's own permissions, and what the org said to the last one",
        "deploy and assign the permission set, or grant it Send Custom Notifications",
    ),
    Premise(
        "scopes",
        "portal",
        "all records of that kind",
        "what the token may do, where it says so",
        "grant the scope to the app",
    ),
    Premise(
        "properties",
        "portal",
        "that property",
        "the properties of contacts",
        "deploy the properties again, or correct the mapping",
    ),
    Premise("list", "portal", "members of the list", "the list, by its name", "deploy the list again"),
)
QUIET: Final = frozenset(premise.name for premise in PREMISES if premise.quiet)
TOLD: Final = frozenset(premise.name for premise in PREMISES if premise.always_told)

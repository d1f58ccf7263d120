"""Every path of the portal in one table, with its API version and the scope that it needs.

The dated versions follow from the numbered ones: `/crm/v3/objects/…` is `/crm/objects/2026-09/…` there (HubSpot's
«API reference», 2026-03 and 2026-09: `/api-name/version/resource`). What HubSpot's OpenAPI descriptions do not have in
a dated version is not served in one either; of forms they have a beta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from connectors.sandbox.hubspot import (
    account,
    associations,
    associations_v3,
    batches,
    legacy,
    legacy_writes,
    lists,
    marketing,
    merging,
    oauth,
    objects,
    properties,
    search,
    shapes,
)  # fmt: skip
from connectors.sandbox.hubspot.bodies import Shape
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.wire import Answer, Request

Handler = Callable[[Portal, Request], Answer]


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint. `scope`: `{scope}` stands for the object type's own; empty: any token will do."""

    method: str
    version: str
    template: str
    handler: Handler
    scope: str = ""
    public: bool = False  # no token needed
    body: Shape | None = None  # what its body must look like


READ, WRITE = "crm.objects.{scope}.read", "crm.objects.{scope}.write"
SCHEMA_READ, SCHEMA_WRITE = "crm.schemas.{scope}.read", "crm.schemas.{scope}.write"
LISTS_READ, LISTS_WRITE = "crm.lists.read", "crm.lists.write"
OWNERS, FORMS, EMAILS, CAMPAIGNS = "crm.objects.owners.read", "forms", "content", "marketing.campaigns.read"
EVENTS = "crm.objects.marketing_events.read"

O3, O4, A4 = "/crm/v3/objects/{type}", "/crm/v4/objects/{type}/{id}/associations", "/crm/v4/associations/{from}/{to}"
A3 = "/crm/v3/associations/{from}/{to}"
P3, L3, ME3 = "/crm/v3/properties/{type}", "/crm/v3/lists", "/marketing/v3/marketing-events"

NUMBERED: tuple[Path, ...] = (
    Path("GET", "v3", O3, objects.list_page, READ),
    Path("POST", "v3", O3, objects.create, WRITE, body=shapes.RECORD),
    Path("GET", "v3", f"{O3}/{{id}}", objects.get, READ),
    Path("PATCH", "v3", f"{O3}/{{id}}", objects.change, WRITE, body=shapes.CHANGE),
    Path("DELETE", "v3", f"{O3}/{{id}}", objects.archive, WRITE),
    Path("POST", "v3", f"{O3}/search", search.search, READ, body=shapes.SEARCH),
    Path("POST", "v3", f"{O3}/batch/read", batches.read, READ, body=shapes.READ),
    Path("POST", "v3", f"{O3}/batch/create", batches.create, WRITE, body=shapes.CREATE),
    Path("POST", "v3", f"{O3}/batch/update", batches.update, WRITE, body=shapes.UPDATE),
    Path("POST", "v3", f"{O3}/batch/upsert", batches.upsert, WRITE, body=shapes.UPSERT),
    Path("POST", "v3", f"{O3}/batch/archive", batches.archive, WRITE, body=shapes.IDS),
    Path("POST", "v3", f"{O3}/merge", merging.merge, WRITE, body=shapes.MERGE),
    Path("POST", "v3", f"{O3}/gdpr-delete", merging.forget, WRITE, body=shapes.FORGET),
    Path("GET", "v3", f"{O3}/{{id}}/associations/{{to}}", associations.list_page_v3, READ),
    Path("GET", "v4", f"{O4}/{{to}}", associations.list_page, READ),
    Path("PUT", "v4", f"{O4}/{{to}}/{{to_id}}", associations.put, WRITE, body=shapes.SPECS),
    Path("DELETE", "v4", f"{O4}/{{to}}/{{to_id}}", associations.remove, WRITE),
    Path("PUT", "v4", f"{O4}/default/{{to}}/{{to_id}}", associations.put_default, WRITE),
    Path("POST", "v4", f"{A4}/batch/read", associations.batch_read, READ, body=shapes.PAGED_IDS),
    Path("POST", "v4", f"{A4}/batch/create", associations.batch_create, WRITE, body=shapes.PAIRS),
    Path("POST", "v4", f"{A4}/batch/associate/default", associations.batch_default, WRITE, body=shapes.PLAIN_PAIRS),
    Path("POST", "v4", f"{A4}/batch/archive", associations.batch_archive, WRITE, body=shapes.FANS),
    Path("POST", "v4", f"{A4}/batch/labels/archive", associations.batch_archive_labels, WRITE, body=shapes.PAIRS),
    Path("GET", "v4", f"{A4}/labels", associations.labels, READ),
    Path("POST", "v3", f"{A3}/batch/read", associations.batch_read_v3, READ, body=shapes.PAGED_IDS),
    Path("POST", "v3", f"{A3}/batch/create", associations_v3.batch_create, WRITE, body=shapes.NAMED_PAIRS),
    Path("POST", "v3", f"{A3}/batch/archive", associations_v3.batch_archive, WRITE, body=shapes.NAMED_PAIRS),
    Path("GET", "v3", f"{A3}/types", associations_v3.list_types, READ),
    Path("PUT", "v3", f"{O3}/{{id}}/associations/{{to}}/{{to_id}}/{{label}}", associations_v3.put, WRITE),
    Path("DELETE", "v3", f"{O3}/{{id}}/associations/{{to}}/{{to_id}}/{{label}}", associations_v3.remove, WRITE),
    Path("GET", "v3", P3, properties.list_all, SCHEMA_READ),
    Path("POST", "v3", P3, properties.create, SCHEMA_WRITE, body=shapes.PROPERTY),
    Path("GET", "v3", f"{P3}/{{name}}", properties.get, SCHEMA_READ),
    Path("PATCH", "v3", f"{P3}/{{name}}", properties.change, SCHEMA_WRITE, body=shapes.PROPERTY_CHANGE),
    Path("DELETE", "v3", f"{P3}/{{name}}", properties.archive, SCHEMA_WRITE),
    Path("POST", "v3", f"{P3}/batch/read", properties.batch_read, SCHEMA_READ, body=shapes.PROPERTY_NAMES),
    Path("POST", "v3", f"{P3}/batch/create", properties.batch_create, SCHEMA_WRITE, body=shapes.PROPERTIES),
    Path("POST", "v3", f"{P3}/batch/archive", properties.batch_archive, SCHEMA_WRITE, body=shapes.PROPERTY_NAMES),
    Path("GET", "v3", f"{P3}/groups", properties.list_groups, SCHEMA_READ),
    Path("POST", "v3", f"{P3}/groups", properties.create_group, SCHEMA_WRITE, body=shapes.GROUP),
    Path("GET", "v3", f"{P3}/groups/{{name}}", properties.get_group, SCHEMA_READ),
    Path("PATCH", "v3", f"{P3}/groups/{{name}}", properties.change_group, SCHEMA_WRITE, body=shapes.GROUP_CHANGE),
    Path("DELETE", "v3", f"{P3}/groups/{{name}}", properties.archive_group, SCHEMA_WRITE),
    Path("GET", "v3", "/crm/v3/pipelines/{type}", account.pipelines, READ),
    Path("GET", "v3", "/crm/v3/pipelines/{type}/{id}", account.pipeline, READ),
    Path("GET", "v3", "/crm/v3/pipelines/{type}/{id}/stages", account.stages, READ),
    Path("GET", "v3", "/crm/v3/pipelines/{type}/{id}/stages/{stage}", account.stage, READ),
    Path("GET", "v3", "/crm/v3/owners", marketing.owners, OWNERS),
    Path("GET", "v3", "/crm/v3/owners/{id}", marketing.owner, OWNERS),
    Path("POST", "v3", L3, lists.create, LISTS_WRITE, body=shapes.LIST),
    Path("GET", "v3", L3, lists.get_many, LISTS_READ),
    Path("POST", "v3", f"{L3}/search", lists.search, LISTS_READ, body=shapes.LISTS),
    Path("GET", "v3", f"{L3}/object-type-id/{{type}}/name/{{name}}", lists.get_by_name, LISTS_READ),
    Path("GET", "v3", f"{L3}/records/{{type}}/{{id}}/memberships", lists.of_record, LISTS_READ),
    Path("POST", "v3", f"{L3}/records/memberships/batch/read", lists.of_records, LISTS_READ, body=shapes.RECORDS),
    Path("GET", "v3", f"{L3}/folders", lists.folders, LISTS_READ),
    Path("GET", "v3", f"{L3}/{{id}}", lists.get, LISTS_READ),
    Path("PUT", "v3", f"{L3}/{{id}}/update-list-filters", lists.refilter, LISTS_WRITE, body=shapes.FILTERS),
    Path("DELETE", "v3", f"{L3}/{{id}}", lists.delete, LISTS_WRITE),
    Path("PUT", "v3", f"{L3}/{{id}}/restore", lists.restore, LISTS_WRITE),
    Path("PUT", "v3", f"{L3}/{{id}}/update-list-name", lists.rename, LISTS_WRITE),
    Path("GET", "v3", f"{L3}/{{id}}/memberships", lists.memberships, LISTS_READ),
    Path("DELETE", "v3", f"{L3}/{{id}}/memberships", lists.clear, LISTS_WRITE),
    Path("GET", "v3", f"{L3}/{{id}}/memberships/join-order", lists.memberships_by_time, LISTS_READ),
    Path("PUT", "v3", f"{L3}/{{id}}/memberships/add", lists.add, LISTS_WRITE, body=shapes.MEMBERS),
    Path("PUT", "v3", f"{L3}/{{id}}/memberships/remove", lists.remove, LISTS_WRITE, body=shapes.MEMBERS),
    Path(
        "PUT",
        "v3",
        f"{L3}/{{id}}/memberships/add-and-remove",
        lists.add_and_remove,
        LISTS_WRITE,
        body=shapes.MEMBERSHIPS,
    ),
    Path("PUT", "v3", f"{L3}/{{id}}/memberships/add-from/{{source}}", lists.add_from, LISTS_WRITE),
    Path("GET", "v3", "/marketing/v3/forms", marketing.forms, FORMS),
    Path("GET", "v3", "/marketing/v3/forms/{id}", marketing.form, FORMS),
    Path("GET", "v3", "/marketing/v3/campaigns", marketing.campaigns, CAMPAIGNS),
    Path("GET", "v3", "/marketing/v3/campaigns/{id}", marketing.campaign, CAMPAIGNS),
    Path("GET", "v3", ME3, marketing.marketing_events, EVENTS),
    Path("GET", "v3", f"{ME3}/{{id}}", marketing.marketing_event, EVENTS),
    Path("GET", "v3", f"{ME3}/participations/{{id}}", marketing.participation_counts, EVENTS),
    Path("GET", "v3", f"{ME3}/participations/{{id}}/breakdown", marketing.participations, EVENTS),
    Path("GET", "v3", f"{ME3}/participations/contacts/{{id}}/breakdown", marketing.contact_participations, EVENTS),
    Path("GET", "v2", "/forms/v2/forms", marketing.forms_v2, FORMS),
    Path("GET", "v1", "/form-integrations/v1/submissions/forms/{id}", marketing.submissions, FORMS),
    Path("GET", "v1", "/email/public/v1/events", marketing.email_events, EMAILS),
    Path("GET", "v1", "/email/public/v1/campaigns", marketing.email_campaigns, EMAILS),
    Path("GET", "v1", "/email/public/v1/campaigns/by-id", marketing.email_campaigns, EMAILS),
    Path("GET", "v1", "/email/public/v1/campaigns/{id}", marketing.email_campaign, EMAILS),
    Path("GET", "v3", "/marketing/v3/emails/{id}", marketing.marketing_email, EMAILS),
    Path("GET", "v3", "/account-info/v3/details", account.details),
    Path("GET", "v3", "/account-info/v3/api-usage/daily/private-apps", account.usage),
    Path("GET", "v3", "/crm-object-schemas/v3/schemas", account.schemas),
    Path("GET", "v3", "/crm/v3/schemas", account.schemas),
    Path("GET", "v3", "/events/v3/events", account.events),
    Path("GET", "v3", "/crm-object-schemas/v3/schemas/{type}", account.schema),
    Path("GET", "v3", "/crm/v3/schemas/{type}", account.schema),
    # What older clients still call, with the answers of the versions above.
    Path("GET", "v4", "/crm/v4/objects/{type}", objects.list_page, READ),
    Path("GET", "v4", "/crm/v4/objects/{type}/{id}", objects.get, READ),
    Path("GET", "v2", "/properties/v2/form/properties", properties.list_of_forms_v2, FORMS),
    Path("GET", "v2", "/properties/v2/{type}/properties", properties.list_v2, SCHEMA_READ),
    Path(
        "POST", "v2", "/oauth/v2/private-apps/get/access-token-info", account.token_info, public=True, body=shapes.TOKEN
    ),
    Path("POST", "v1", "/oauth/v1/token", oauth.issue, public=True),
    Path("GET", "v1", "/oauth/v1/access-tokens/{token}", oauth.describe, public=True),
    Path("GET", "v1", "/oauth/v1/refresh-tokens/{token}", oauth.describe_refresh, public=True),
    Path("DELETE", "v1", "/oauth/v1/refresh-tokens/{token}", oauth.revoke, public=True),
)

C1, C2, D1, E1 = "/contacts/v1", "/companies/v2/companies", "/deals/v1/deal", "/engagements/v1/engagements"
_CONTACTS, _COMPANIES, _DEALS = (READ.format(scope=scope) for scope in ("contacts", "companies", "deals"))
_SCHEMAS = SCHEMA_READ.format(scope="companies")
# The first API, for those who read.
FIRST: tuple[Path, ...] = (
    Path("GET", "v1", f"{C1}/lists/all/contacts/all", legacy.contacts, _CONTACTS),
    Path("GET", "v1", f"{C1}/lists/all/contacts/recent", legacy.recent_contacts, _CONTACTS),
    Path("GET", "v1", f"{C1}/lists/recently_updated/contacts/recent", legacy.recent_contacts, _CONTACTS),
    Path("GET", "v1", f"{C1}/contact/vid/{{id}}/profile", legacy.contact, _CONTACTS),
    Path("GET", "v1", f"{C1}/contact/email/{{id}}/profile", legacy.contact_by_email, _CONTACTS),
    Path("GET", "v1", f"{C1}/contact/vids/batch", legacy.contacts_by_id, _CONTACTS),
    Path("GET", "v1", f"{C1}/lists/{{id}}/contacts/all", legacy.contacts_of_list, LISTS_READ),
    Path("GET", "v1", f"{C1}/lists/{{id}}", legacy.one_list, LISTS_READ),
    Path("GET", "v1", f"{C1}/lists", legacy.lists, LISTS_READ),
    Path("GET", "v2", f"{C2}/paged", legacy.companies, _COMPANIES),
    Path("GET", "v2", f"{C2}/recent/modified", legacy.recent("companies"), _COMPANIES),
    Path("GET", "v2", f"{C2}/{{id}}", legacy.one_record("companies"), _COMPANIES),
    Path("GET", "v2", f"{C2}/recent/created", legacy.recent("companies", created=True), _COMPANIES),
    Path("GET", "v2", f"{C2}/{{id}}/vids", legacy.vids_of_company, _COMPANIES),
    Path("GET", "v2", f"{C2}/{{id}}/contacts", legacy.contacts_of_company, _COMPANIES),
    Path("GET", "v1", f"{D1}/paged", legacy.deals, _DEALS),
    Path("GET", "v1", f"{D1}/recent/modified", legacy.recent("deals"), _DEALS),
    Path("GET", "v1", f"{D1}/recent/created", legacy.recent("deals", created=True), _DEALS),
    Path("GET", "v1", f"{D1}/{{id}}", legacy.one_record("deals"), _DEALS),
    Path("GET", "v1", "/deals/v1/pipelines", legacy.deal_pipelines, _DEALS),
    Path("GET", "v1", "/crm-pipelines/v1/pipelines/{type}", legacy.pipelines, READ),
    Path("GET", "v1", f"{E1}/paged", legacy.engagements, _CONTACTS),
    Path("GET", "v1", f"{E1}/associated/{{type}}/{{id}}/paged", legacy.engagements, _CONTACTS),
    Path("GET", "v1", f"{E1}/recent/modified", legacy.recent_engagements, _CONTACTS),
    Path("GET", "v1", f"{E1}/modified/after", legacy.engagements_since, _CONTACTS),
    Path("GET", "v1", f"{E1}/{{id}}", legacy.engagement, _CONTACTS),
    Path("POST", "v1", E1, legacy_writes.create, WRITE.format(scope="contacts"), body=shapes.ENGAGEMENT),
    Path(
        "PATCH",
        "v1",
        f"{E1}/{{id}}",
        legacy_writes.change,
        WRITE.format(scope="contacts"),
        body=shapes.ENGAGEMENT_CHANGE,
    ),
    Path("GET", "v1", "/properties/v1/{type}/properties", properties.list_v2, SCHEMA_READ),
    Path("GET", "v2", "/companies/v2/properties", properties.list_of("companies"), _SCHEMAS),
    Path("GET", "v1", "/deals/v1/properties", properties.list_of("deals"), _SCHEMAS),
    Path("GET", "v1", "/email/public/v1/subscriptions/timeline", legacy.nothing("timeline", hasMore=False), EMAILS),
    Path("GET", "v1", "/email/public/v1/subscriptions", legacy.nothing("subscriptionDefinitions"), EMAILS),
    Path("GET", "v3", "/automation/v3/workflows", legacy.nothing("workflows"), "automation"),
    Path("GET", "v3", "/marketing/v3/emails", legacy.nothing("results", total=0), EMAILS),
    Path("GET", "v1", "/marketing-emails/v1/emails/with-statistics", legacy.nothing("objects", total=0), EMAILS),
    Path("GET", "v4", "/automation/v4/flows", legacy.nothing("results"), "automation"),
    Path("GET", "v1", "/integrations/v1/me", account.me),
)

# Marketing events are documented under another prefix than the one that the client package speaks; both answer.
DOCUMENTED: tuple[Path, ...] = tuple(
    replace(path, template=path.template.replace(ME3, "/marketing/marketing-events/v3"))
    for path in NUMBERED
    if path.template.startswith(ME3)
)

DATES = ("2026-03", "2026-09")
# (numbered prefix, dated prefix); the first that fits is used. In the dated versions a record's associations have the
# v4 form, so the v3 endpoint for them has no successor of its own.
DATED: tuple[tuple[str, str | None], ...] = (
    ("/crm/v3/objects/{type}/{id}/associations", None),
    ("/crm/v3/objects", "/crm/objects/{date}"),
    ("/crm/v4/objects/{type}/{id}/associations", "/crm/objects/{date}/{type}/{id}/associations"),
    ("/crm/v4/associations", "/crm/associations/{date}"),
    ("/crm/v3/properties", "/crm/properties/{date}"),
    ("/crm/v3/pipelines", "/crm/pipelines/{date}"),
    ("/crm/v3/owners", "/crm/owners/{date}"),
    ("/crm/v3/lists", "/crm/lists/{date}"),
    ("/crm-object-schemas/v3", "/crm-object-schemas/{date}"),
    ("/marketing/v3/campaigns", "/marketing/campaigns/{date}"),
    ("/marketing/v3/emails", "/marketing/emails/{date}"),
    ("/marketing/v3/marketing-events", "/marketing/marketing-events/{date}"),
    ("/account-info/v3", "/account-info/{date}"),
)


def _dated() -> Iterator[Path]:
    for path in NUMBERED:
        prefix, dated = next((pair for pair in DATED if path.template.startswith(pair[0])), ("", None))
        for date in DATES:
            if dated is not None:
                template = dated.replace("{date}", date) + path.template.removeprefix(prefix)
                yield replace(path, version=date, template=template, body=path.body and shapes.dated(path.body))


BETA = "2026-09-beta"
_BETAS: tuple[Path, ...] = tuple(
    replace(path, version=BETA, template=path.template.replace("/marketing/v3/forms", f"/marketing/forms/{BETA}"))
    for path in NUMBERED
    if path.template.startswith("/marketing/v3/forms")
)

# What only the dated versions have.
ONLY_DATED: tuple[Path, ...] = tuple(
    Path("POST", date, f"/oauth/{date}/{rest}", handler, public=True)
    for date in DATES
    for rest, handler in (
        ("token", oauth.issue),
        ("token/introspect", oauth.introspect),
        ("token/revoke", oauth.revoke_posted),
    )
)

PATHS: tuple[Path, ...] = (*NUMBERED, *DOCUMENTED, *FIRST, *_dated(), *_BETAS, *ONLY_DATED)

"""The CRM object types that the portal knows, and how they are associated: declared, not programmed.

Type ids, default properties and association type ids after HubSpot's «Understanding the CRM» and «Associations v4»
pages and the client package's own table (hubspot/crm/association_type.py, Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One CRM object type. `stamp` and `created` name the properties that carry its times."""

    plural: str
    singular: str
    type_id: str
    default: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    required: tuple[str, ...] = ()  # a new record must have all of these
    one_of: tuple[str, ...] = ()  # … and at least one of these
    searchable: tuple[str, ...] = ()  # what a free-text `query` looks at
    stamp: str = "hs_lastmodifieddate"
    created: str = "hs_createdate"
    aliases: tuple[tuple[str, str], ...] = ()  # (unique property, property that lists more of its values)
    scope: str = "contacts"  # crm.objects.{scope}.read

    @property
    def always(self) -> tuple[str, ...]:
        """Return the properties that come with every answer, asked for or not."""
        return (self.created, self.stamp, "hs_object_id")


KINDS: tuple[Kind, ...] = (
    Kind(
        "contacts", "contact", "0-1", ("email", "firstname", "lastname"), ("email",), one_of=("email", "firstname",
        "lastname"),
        searchable=("firstname", "lastname", "email", "phone", "company", "hs_additional_emails"),
        stamp="lastmodifieddate", created="createdate", aliases=(("email", "hs_additional_emails"),),
    ),
    Kind("companies", "company", "0-2", ("domain", "name"), one_of=("name", "domain"),
         searchable=("name", "domain", "phone", "website"),
         scope="companies", created="createdate"),
    Kind("deals", "deal", "0-3", ("amount", "closedate", "dealname", "dealstage", "pipeline"),
         required=("dealname",),
         searchable=("dealname",), scope="deals", created="createdate"),
    Kind("tickets", "ticket", "0-5", ("content", "hs_pipeline", "hs_pipeline_stage", "subject"),
         required=("hs_pipeline_stage",),
         searchable=("subject", "content"), scope="tickets", created="createdate"),
    Kind("products", "product", "0-7", ("name", "price"), searchable=("name",), scope="products", created="createdate"),
    Kind("line_items", "line_item", "0-8", ("amount", "quantity"), scope="line_items", created="createdate"),
    Kind("tasks", "task", "0-27", required=("hs_timestamp",), searchable=("hs_task_subject", "hs_task_body")),
    Kind("campaigns", "campaign", "0-35", ("hs_name",), searchable=("hs_name",), scope="campaigns"),
    Kind("notes", "note", "0-46", required=("hs_timestamp",), searchable=("hs_note_body",)),
    Kind("meetings", "meeting", "0-47", required=("hs_timestamp",), searchable=("hs_meeting_title",)),
    Kind("calls", "call", "0-48", required=("hs_timestamp",), searchable=("hs_call_title", "hs_call_body")),
    Kind("emails", "email", "0-49", required=("hs_timestamp",), searchable=("hs_email_subject",)),
    Kind("communications", "communication", "0-18", required=("hs_timestamp",)),
    Kind("postal_mail", "postal_mail", "0-116", required=("hs_timestamp",)),
    # Nothing stands in these; clients that read every type ask for them all the same.
    Kind("deal_splits", "deal_split", "0-72", scope="deals"),
    Kind("feedback_submissions", "feedback_submission", "0-19", scope="feedback_submissions"),
    Kind("goal_targets", "goal_target", "0-74", scope="goals"),
    Kind("leads", "lead", "0-136", scope="leads"),
    Kind("quotes", "quote", "0-14", scope="quotes"),
    Kind("invoices", "invoice", "0-53", scope="invoices"),
    Kind("subscriptions", "subscription", "0-69", scope="subscriptions"),
    Kind("discounts", "discount", "0-84", scope="line_items"),
    Kind("fees", "fee", "0-85", scope="line_items"),
    Kind("taxes", "tax", "0-86", scope="line_items"),
    Kind("commerce_payments", "commerce_payment", "0-101", scope="commercepayments"),
    Kind("users", "user", "0-115", scope="users"),
    Kind("orders", "order", "0-123", scope="orders"),
    Kind("carts", "cart", "0-142", scope="carts"),
    Kind("services", "service", "0-162", scope="services"),
    Kind("courses", "course", "0-410", scope="courses"),
    Kind("listings", "listing", "0-420", scope="listings"),
    Kind("appointments", "appointment", "0-421", scope="appointments"),
    Kind("projects", "project", "0-970", scope="projects"),
)  # fmt: skip

# A type may be named by its plural, its singular or its id.
BY_NAME: dict[str, Kind] = {name: kind for kind in KINDS for name in (kind.plural, kind.singular, kind.type_id)}


@dataclass(frozen=True, slots=True)
class Label:
    """One way in which two records may be associated."""

    id: int
    name: str  # as the v3 endpoints call it: contact_to_company
    text: str | None = None  # the label that people see; only «Primary» is vendor-defined
    category: str = "HUBSPOT_DEFINED"

    @property
    def primary(self) -> bool:
        """Say whether it marks the one that counts, such as a contact's company."""
        return self.text == "Primary"


# (from, to): the id of the plain association, and of the primary one where there is such a thing.
_TYPES: dict[tuple[str, str], tuple[int, int | None]] = {
    ("contacts", "companies"): (279, 1), ("companies", "contacts"): (280, 2),
    ("deals", "companies"): (341, 5), ("companies", "deals"): (342, 6),
    ("tickets", "companies"): (339, 26), ("companies", "tickets"): (340, 25),
    ("deals", "contacts"): (3, None), ("contacts", "deals"): (4, None),
    ("contacts", "tickets"): (15, None), ("tickets", "contacts"): (16, None),
    ("deals", "tickets"): (27, None), ("tickets", "deals"): (28, None),
    ("deals", "line_items"): (19, None), ("line_items", "deals"): (20, None),
    ("contacts", "contacts"): (449, None), ("companies", "companies"): (450, None),
    ("companies", "calls"): (181, None), ("calls", "companies"): (182, None),
    ("companies", "emails"): (185, None), ("emails", "companies"): (186, None),
    ("companies", "meetings"): (187, None), ("meetings", "companies"): (188, None),
    ("companies", "notes"): (189, None), ("notes", "companies"): (190, None),
    ("companies", "tasks"): (191, None), ("tasks", "companies"): (192, None),
    ("contacts", "calls"): (193, None), ("calls", "contacts"): (194, None),
    ("contacts", "emails"): (197, None), ("emails", "contacts"): (198, None),
    ("contacts", "meetings"): (199, None), ("meetings", "contacts"): (200, None),
    ("contacts", "notes"): (201, None), ("notes", "contacts"): (202, None),
    ("contacts", "tasks"): (203, None), ("tasks", "contacts"): (204, None),
    ("deals", "calls"): (205, None), ("calls", "deals"): (206, None),
    ("deals", "emails"): (209, None), ("emails", "deals"): (210, None),
    ("deals", "meetings"): (211, None), ("meetings", "deals"): (212, None),
    ("deals", "notes"): (213, None), ("notes", "deals"): (214, None),
    ("deals", "tasks"): (215, None), ("tasks", "deals"): (216, None),
    ("contacts", "communications"): (82, None), ("communications", "contacts"): (81, None),
    ("companies", "communications"): (88, None), ("communications", "companies"): (87, None),
    ("contacts", "postal_mail"): (454, None), ("postal_mail", "contacts"): (453, None),
}  # fmt: skip


def _labels(pair: tuple[str, str], plain: int, primary: int | None) -> tuple[Label, ...]:
    name = f"{BY_NAME[pair[0]].singular}_to_{BY_NAME[pair[1]].singular}"
    if primary is None:
        return (Label(plain, name),)
    # Where a primary exists, v3 gives the bare name to it and calls the plain one `…_unlabeled`.
    return (Label(plain, f"{name}_unlabeled"), Label(primary, name, "Primary"))


# What two types may be associated by, the plain one first.
LABELS: dict[tuple[str, str], tuple[Label, ...]] = {pair: _labels(pair, *ids) for pair, ids in _TYPES.items()}


def mirror(pair: tuple[str, str], label: Label) -> Label:
    """Return what the association is called from the other side."""
    other = LABELS[pair[1], pair[0]]
    return next((candidate for candidate in other if candidate.primary == label.primary), other[0])

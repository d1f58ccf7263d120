"""What may be wished of each kind of remote record, in our own field names: the rules write them, mappings map them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WISHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "account": (
            *("key", "owner", "name", "website", "street", "city", "state", "postal_code", "country", "phone"),
            *("standing", "standing_reason", "segment", "picture", "picture_json", "tally"),
        ),
        "contact": (
            *("key", "owner", "account", "first_name", "last_name", "email", "phone", "title"),
            *("mql", "reason", "role", "next_ask", "rep", "released_on", "waiting", "gates_json"),
        ),
        "lead": ("mql", "reason", "role", "next_ask", "rep", "released_on", "waiting", "gates_json"),
        "opportunity": (
            *("key", "account", "name", "stage", "amount", "close_date", "probability", "owner", "next_step"),
            *("campaign", "offer", "qualified", "reason", "completeness", "agreement", "currency"),
            *("segment", "close_basis", "picture", "picture_json", "tally", "gaps", "people"),
            "stands_on",  # the contact for whom a new one waits; the shipped mapping does not write it
        ),
        "contact_role": ("key", "opportunity", "contact", "role"),
        "qualification": ("mql", "reason", "next_ask", "rep", "verdict"),
        "potential": ("member",),
        "reminder": ("priority", "remind", "at"),
        "closing": ("status", "because"),
        "answered": ("answered",),
        "unsaid": ("verdict", "verdict_reason", "was"),  # was: the word that may be taken out; no mapping writes it
        "lead_unsaid": ("verdict", "verdict_reason", "was"),
        "notification": (
            *("rep", "about", "title", "body"),
            *("until", "zone"),  # when it has lost its sense, and where the rep's day is; no mapping writes these
        ),
        "task": ("key", "contact", "about", "owner", "subject", "due", "description", "priority", "status"),
    }
)

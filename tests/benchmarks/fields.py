"""What is asked of HubSpot: the mapping's fields, and with contacts so many more that 32 properties have a value."""

from __future__ import annotations

OBJECTS = ("companies", "contacts", "calls", "emails", "meetings", "notes", "tasks")
FURTHER = (
    *("address", "city", "state", "zip", "website", "industry", "hs_lead_status", "createdate", "hs_language"),
    *("hs_timezone", "hs_marketable_status", "hs_analytics_source", "hs_email_domain", "num_conversion_events"),
    *("hs_analytics_num_visits", "hs_analytics_num_page_views", "hs_email_open", "hs_email_click"),
    *("hs_email_delivered", "hs_object_id", "lastmodifieddate"),
)


def asked(*streams: str) -> dict[str, list[str]]:
    """The fields to ask for, by stream."""
    from syncd.mapping import load

    mapping = load("hubspot")
    return {stream: [*mapping.asked(stream), *(FURTHER if stream == "contacts" else ())] for stream in streams}

"""What others recorded of the vendor (tests/data/hubspot/NOTICE.md) against what the simulator says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED: dict[str, Any] = json.loads((Path(__file__).parents[3] / "data/hubspot/recordings.json").read_text())
# The portal recorded in 2019 had made these its own, or the vendor has changed them since.
CHANGED = {"hs_email_optout", "annualrevenue", "salutation", "createdate", "hubspot_team_id"}


@pytest.mark.parametrize("type", ["contacts", "companies", "deals"])
def test_property_types(call: Any, type: str) -> None:
    ours = {one["name"]: one for one in call.ok("GET", f"/crm/v3/properties/{type}")["results"]}
    recorded = {name: facts for name, facts in RECORDED[type].items() if name not in CHANGED}
    assert len(recorded) >= 10
    for name, (kind, field, fixed) in recorded.items():
        assert ours[name]["type"] == kind, name
        assert ours[name]["modificationMetadata"]["readOnlyValue"] == fixed, name
        if kind == "enumeration" and not fixed:
            assert ours[name]["fieldType"] == field, name


def test_a_contact_that_exists(call: Any) -> None:
    recorded = RECORDED["existing_contact"]
    status, body = call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "c1@bank.example"}})
    assert status == recorded["status"]
    assert body["status"] == recorded["body"]["status"]
    assert body["message"].startswith(recorded["body"]["message"])
    assert len(body["correlationId"]) == len(recorded["body"]["correlationId"])


def test_rate_limit_headers_are_those_of_the_recording(make: Any) -> None:
    _, _, headers = make(tier="enterprise").full("GET", "/crm/v3/objects/contacts")
    recorded = RECORDED["existing_contact"]["headers"]
    daily = {name: value for name, value in recorded.items() if "daily" in name}
    assert headers[b"x-hubspot-ratelimit-daily"].decode() == daily["x-hubspot-ratelimit-daily"]
    assert {name.encode() for name in daily} <= set(headers)

"""The how-to "install syncd in Salesforce", typed in as it stands against an org that knows nothing of syncd."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.salesforce.components import shipped
from connectors.salesforce.left_out import MEANS
from connectors.salesforce.metadata import definitions
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build
from syncd.settings import Settings
from tests.cli.conftest import Syncd, environment
from tests.cli.test_tutorial import DOCS, Typed, shows, typed
from tests.sync.conftest import UNLIMITED, Place

PAGE = DOCS / "how-to" / "install-in-salesforce.md"
SOUGHT = ("CustomNotificationType", "ListView", "QuickAction")
LABEL = re.compile(r"<(?:label|masterLabel)>([^<]+)</(?:label|masterLabel)>")
TOKEN = "sandbox-admin-token"
SHOWN = f'{{"status": 0, "result": {{"accessToken": "{TOKEN}"}}}}'  # as `sf org display --json` prints it


@pytest.fixture
def admin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Syncd]:
    """An administrator whose org has never seen syncd, and whose CLI is signed in."""
    monkeypatch.chdir(tmp_path)
    Path("token").write_text(TOKEN)
    with Sandbox(build(1, datetime.now(UTC).date(), Size.TINY), hubspot_options=UNLIMITED) as sandbox:
        yield Syncd(environment(sandbox, tmp_path / "ours.db"), Place(sandbox, Settings()), tmp_path / "ours.db")


def test_every_step_does_what_it_says_and_the_org_is_left_as_it_was(admin: Syncd) -> None:
    org = admin.place.sandbox.salesforce.org
    before = {name: {*sobject.fields} for name, sobject in org.schema.objects.items()}
    steps = list(typed(PAGE))
    assert len(steps) >= 8
    for step in steps:
        printed = carried_out(admin, step)
        missing = [line for line in step.lines if not shows(printed, line)]
        assert missing == [], (step.command, printed)
    assert {name: {*sobject.fields} for name, sobject in org.schema.objects.items()} == before
    assert not [name for name in org.components if "Syncd" in name[1] or "syncd" in name[1]]


def carried_out(admin: Syncd, step: Typed) -> str:
    """Type a command; the Salesforce CLI's part of it is played."""
    before, _, command = step.command.rpartition(" | ")
    piped = " ".join(shlex.split(before)[1:])
    if before.startswith("sf org display --target-org ADMIN --json"):
        piped = SHOWN
    answer = admin(*shlex.split(command)[1:], typed=f"{piped}\n")
    assert answer.code == step.code, (step.command, answer)
    return answer.out


def test_the_page_names_every_kind_of_part_that_an_org_may_refuse() -> None:
    text = PAGE.read_text(encoding="utf-8").split("What the org refuses")[1].split("Deploy again")[0]
    words = {
        "CustomField": "a field",
        "CustomNotificationType": "the notification type",
        "Dashboard": "the dashboard",
        "FlexiPage": "a page",
        "LightningComponentBundle": "components",
        "ListView": "a list",
        "QuickAction": "an action",
        "Report": "a report",
        "ReportType": "a report",
    }
    assert words.keys() == MEANS.keys()
    assert [word for word in words.values() if word not in text] == []


def test_the_page_calls_what_an_administrator_looks_for_as_setup_does() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    labels = [label for part in shipped() if part.name.kind in SOUGHT for label in LABEL.findall(part.content.decode())]
    assert len(labels) > 10
    assert [label for label in labels if f"*{label}*" not in text and "Page" not in label] == []


def test_the_mapped_lead_fields_stand_on_the_contact_alike_and_are_those_that_syncd_does_not_write() -> None:
    rows = re.findall(r"^ +\| `(\w+)` \| `Contact\.(\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    fields = definitions()
    assert rows == [(name, name) for name in ("Syncd_Verdict__c", "Syncd_Verdict_Reason__c")]
    assert all(fields["Lead", name] == fields["Contact", name] for name, _ in rows)

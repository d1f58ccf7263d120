"""An org that refuses parts of the package: each is told as what is done without, and nothing waits for it or fails.

It refuses a field and the notification type, and has a checkbox of its own by the name of another field of ours.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.base import Problem
from connectors.salesforce import Administrator
from connectors.salesforce.components import NAMESPACE, Name
from connectors.salesforce.metadata import manifest, zipped
from connectors.salesforce.metadata_api import MetadataApi
from syncd import premises
from syncd.in_force import load_mappings, load_rulebook
from syncd.premises import streams
from syncd.rules.opportunities import NONE
from syncd.sync.counts import WriteOutcome
from syncd.sync.summary import Summary
from syncd.wiring import administrator, deploy_salesforce, salesforce, salesforce_differences
from tests.sync.conftest import Place

TOKEN = "sandbox-admin-token"
WAITING, ROLE = "Contact.Syncd_Waiting__c", "Contact.Syncd_Role__c"
REFUSED = {("CustomField", WAITING), ("CustomNotificationType", "Syncd_Radar")}
CHECKBOX = (
    f'<CustomObject xmlns="{NAMESPACE}"><fields><fullName>Syncd_Role__c</fullName><label>Unser Feld</label>'
    "<type>Checkbox</type><defaultValue>false</defaultValue></fields></CustomObject>"
)


def refuse(kind: str, name: str, element: Any) -> str | None:
    return "no, thanks" if (kind, name) in REFUSED and element is not None else None


def put(somebody: Administrator, name: Name, file: str, content: str) -> None:
    """Have an administrator deploy a component of their own."""
    package = zipped({file: content.encode(), "package.xml": manifest([name], somebody.client.version)})
    with somebody.client.lend() as http:
        done = MetadataApi(somebody.client, http).deploy(package)
    assert done.ok, done


@pytest.fixture
def refusing(place: Place) -> Iterator[Place]:
    """The tiny world, whose org has not all of the package."""
    settings = place.sandbox.salesforce.org.settings
    with administrator(place.settings, token=TOKEN) as somebody, salesforce(place.settings) as org:
        org.remove(somebody, org.deployed(somebody), fields=True)
        put(somebody, Name("CustomField", ROLE), "objects/Contact.object", CHECKBOX)
        settings.metadata_rules = (*settings.metadata_rules, refuse)
        done = deploy_salesforce(place.settings, somebody)
    assert done.ok, done.errors
    why = {part.name: part.why for part in done.left_out}
    assert "of the type Checkbox and labelled 'Unser Feld'" in why[f"CustomField {ROLE}"]
    place.say_offer(NONE)
    yield place


def examined(place: Place) -> list[Problem]:
    """What doctor says of Salesforce."""
    mapping, agreement = load_mappings(place.settings)["salesforce"], load_rulebook(place.settings).agreement
    with salesforce(place.settings) as org:
        return [*streams.examine(org, mapping), *premises.examine(org, agreement, mapping)]


def test_doctor_warns_of_each_once_and_has_no_error(refusing: Place) -> None:
    problems = examined(refusing)
    assert [problem for problem in problems if problem.level == "error"] == []
    left_out = {problem.where: problem for problem in problems if problem.level == "warning"}
    assert len(left_out) == len([problem for problem in problems if problem.level == "warning"])
    assert "the org refused it" in left_out[f"salesforce {WAITING}"].what
    assert "a field of the type Checkbox has its name" in left_out[f"salesforce {ROLE}"].what
    assert "Syncd_Radar" in left_out["salesforce notifications"].what


def test_a_grant_that_is_taken_away_is_an_error_all_the_same(refusing: Place) -> None:
    access = refusing.sandbox.salesforce.org.access
    for granted in access.sets.values():
        granted.fields.pop(("Contact", "Syncd_Reason__c"), None)
    access.revision += 1
    errors = [problem.where for problem in examined(refusing) if problem.level == "error"]
    assert "salesforce Contact.Syncd_Reason__c" in errors


def test_a_run_says_it_and_waits_for_none_of_it(refusing: Place, run: Callable[..., Summary]) -> None:
    for _ in range(2):
        done = run()
        assert (done.outcome, done.failures) == ("done", {})
        assert done.counts.of(WriteOutcome.HELD) == 0
        assert len([note for note in done.notes if WAITING in note or ROLE in note]) == 2
    assert [row for row in refusing.rows("Contact") if row.get("Syncd_Gates_JSON__c")]


def test_what_was_done_without_is_written_once_the_org_takes_it(refusing: Place, run: Callable[..., Summary]) -> None:
    run()
    settings = refusing.sandbox.salesforce.org.settings
    settings.metadata_rules = tuple(rule for rule in settings.metadata_rules if rule is not refuse)
    with administrator(refusing.settings, token=TOKEN) as somebody:
        assert WAITING not in {
            part.name.partition(" ")[2] for part in deploy_salesforce(refusing.settings, somebody).left_out
        }
    run()
    assert [row for row in refusing.rows("Contact") if row.get("Syncd_Waiting__c")]


def test_a_look_says_that_somebody_s_field_stays(refusing: Place) -> None:
    with administrator(refusing.settings, token=TOKEN) as somebody:
        lines = list(salesforce_differences(refusing.settings, somebody).lines())
    assert [line for line in lines if ROLE in line and "stays" in line and "left out" in line]
    assert not [line for line in lines if "Checkbox → " in line]

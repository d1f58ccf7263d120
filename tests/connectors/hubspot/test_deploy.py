"""Deploying to HubSpot: the group, the properties and the list, once, whatever stands already."""

from __future__ import annotations

import pytest

from connectors.base import Misconfigured
from connectors.hubspot.deploy import PROPERTIES, lacking
from connectors.hubspot.paths import Api
from tests.connectors.hubspot.portals import Open


def test_deploy_creates_the_group_the_properties_and_the_list_once(open_portal: Open) -> None:
    portal = open_portal({})
    missing = lacking(portal.connect().client)
    assert len(missing) == 3
    assert all(one.name in missing[1] for one in PROPERTIES)
    assert portal.simulator.portal.write_count == 0
    assert portal.connect().deploy() == missing
    assert portal.connect().deploy() == lacking(portal.connect().client) == []
    schema = portal.simulator.portal.schema["contacts"]
    assert {one.name for one in PROPERTIES} <= schema.keys()
    assert [option["value"] for option in schema["syncd_verdict"]["options"]] == ["accepted", "not yet", "rejected"]
    assert schema["syncd_key"]["hasUniqueValue"]


def test_deploy_completes_what_somebody_began_and_keeps_what_they_added(open_portal: Open) -> None:
    portal = open_portal({})
    portal.connect().deploy()
    verdict = portal.simulator.portal.schema["contacts"]["syncd_verdict"]
    verdict["options"] = [{**verdict["options"][0], "value": "maybe", "label": "Maybe"}, *verdict["options"][:2]]
    del portal.simulator.portal.schema["contacts"]["syncd_rep"]
    done = portal.connect().deploy()
    assert done == ["properties syncd_rep", "options rejected of property syncd_verdict"]
    options = portal.simulator.portal.schema["contacts"]["syncd_verdict"]["options"]
    assert [option["value"] for option in options] == ["maybe", "accepted", "not yet", "rejected"]


@pytest.mark.parametrize("api", ["dated", "numbered"])
def test_options_that_stand_without_an_order_get_one_when_others_come_behind_them(open_portal: Open, api: Api) -> None:
    """The dated versions take no option without."""
    portal = open_portal({})
    portal.connect(api=api).deploy()
    portal.simulator.portal.schema["contacts"]["syncd_qualification"]["options"] = [{"label": "No", "value": "no"}]
    assert portal.connect(api=api).deploy() == ["options yes, unknown of property syncd_qualification"]
    options = portal.simulator.portal.schema["contacts"]["syncd_qualification"]["options"]
    assert [(option["value"], option["displayOrder"]) for option in options] == [("no", 0), ("yes", 1), ("unknown", 2)]


def test_deploy_without_the_scope_says_which(open_portal: Open) -> None:
    portal = open_portal({})
    portal.simulator.portal.identity.grant("reader", ["crm.schemas.contacts.read"])
    with pytest.raises(Misconfigured, match=r"crm\.schemas\.contacts\.write"):
        portal.connect(token="reader").deploy()

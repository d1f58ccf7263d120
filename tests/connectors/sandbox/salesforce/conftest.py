"""A small hand-made org behind the simulator, for those who only ask it and for those who change it."""

import pytest

from tests.connectors.sandbox.salesforce.orgs import ANN, BOB, DEAL, LEAD, REP, WEBINAR, Api


@pytest.fixture
def api() -> Api:
    """The small org, to be changed."""
    return Api()


@pytest.fixture(scope="module")
def org() -> Api:
    """A small org with activities, members and a contact role."""
    api = Api()
    api.create("Task", Subject="Call", WhoId=ANN, WhatId=DEAL, Status="Completed", ActivityDate="2026-11-09")
    api.create("Task", Subject="Mail", WhoId=LEAD, OwnerId=REP, ActivityDate="2026-12-01")
    api.create("CampaignMember", CampaignId=WEBINAR, ContactId=ANN, Status="Responded")
    api.create("CampaignMember", CampaignId=WEBINAR, LeadId=LEAD)
    api.create("OpportunityContactRole", OpportunityId=DEAL, ContactId=BOB, Role="Decision Maker")
    return api

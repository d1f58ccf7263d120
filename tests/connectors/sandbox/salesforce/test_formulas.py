"""Formula fields: worked out for whoever asks, never written, and deployed only beside the fields that they name."""

import pytest

from connectors.sandbox.salesforce.soql.formulas import custom_names
from tests.connectors.sandbox.salesforce.orgs import (
    ANN,
    BOB,
    CY,
    LEAD,
    ME,
    REP,
    WEBINAR,
    Api,
    field,
    grants,
    object_file,
)

LOOKUP = field("Rep__c", "Lookup", referenceTo="User", relationshipName="Named")
MINE = field("Is_Mine__c", "Checkbox", formula="Rep__c = $User.Id")
GRANTS = grants("Contact.Rep__c").replace(
    "<label>", "<fieldPermissions><editable>false</editable><field>Contact.Is_Mine__c</field>"
    "<readable>true</readable></fieldPermissions><label>",
)  # fmt: skip


@pytest.fixture(scope="module")
def named() -> Api:
    """Ann is the integration user's, Bob the rep's, Cy nobody's."""
    api = Api()
    done = api.deploy(
        {"objects/Contact.object": object_file(MINE + LOOKUP), "permissionsets/All.permissionset": GRANTS}
    )
    assert done.status == "Succeeded", done.failures
    for user in (ME, REP):
        api.assign("All", user)
    api.ok("PATCH", f"sobjects/Contact/{ANN}", {"Rep__c": ME})
    api.ok("PATCH", f"sobjects/Contact/{BOB}", {"Rep__c": REP})
    return api


@pytest.mark.parametrize("user, mine", [(ME, ANN), (REP, BOB)])
def test_a_formula_with_the_user_is_another_for_each_who_asks(named: Api, user: str, mine: str) -> None:
    named.sign_in(user)
    assert named.column("SELECT Id FROM Contact WHERE Is_Mine__c = TRUE") == [mine]
    shown = {row["Id"]: row["Is_Mine__c"] for row in named.query("SELECT Id, Is_Mine__c FROM Contact")}
    assert shown == {one: one == mine for one in (ANN, BOB, CY)}
    assert named.ok("GET", f"sobjects/Contact/{mine}", fields="Is_Mine__c")["Is_Mine__c"] is True


def test_a_formula_is_not_written(named: Api) -> None:
    status, code, _ = named.refused("PATCH", f"sobjects/Contact/{CY}", {"Is_Mine__c": True})
    assert (status, code) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    described = {one["name"]: one for one in named.ok("GET", "sobjects/Contact/describe")["fields"]}["Is_Mine__c"]
    assert described["calculated"] and described["calculatedFormula"] == "Rep__c = $User.Id"
    assert not described["createable"] and not described["updateable"] and not described["groupable"]


def test_a_lookup_leads_to_its_user(named: Api) -> None:
    assert named.query(f"SELECT Rep__r.Name FROM Contact WHERE Id = '{BOB}'") == [{"Rep__r": {"Name": "Rita Rep"}}]


@pytest.mark.parametrize(
    "fields, problem",
    [
        (MINE, "Field Rep__c does not exist. Check spelling."),
        (
            LOOKUP + field("Other__c", "Lookup", referenceTo="User", relationshipName="Named"),
            "There is already a Child Relationship named Named on User.",
        ),
    ],
    ids=["a formula of a field that is not there", "two lookups of one name"],
)
def test_what_salesforce_refuses_to_deploy(api: Api, fields: str, problem: str) -> None:
    done = api.deploy({"objects/Contact.object": object_file(fields)})
    assert [found.problem for found in done.failures] == [problem]


def test_a_checkbox_is_hidden_until_it_is_granted(api: Api) -> None:
    api.deploy({"objects/Contact.object": object_file(field("Flag__c", "Checkbox", defaultValue="false"))})
    assert api.refused("GET", "query", q="SELECT Flag__c FROM Contact")[1] == "INVALID_FIELD"


@pytest.mark.parametrize(
    "formula, names",
    [
        ("Rep__c = $User.Id", ["Rep__c"]),
        ('IF(A__c, "B__c", Account.C__c) /* D__c */', ["A__c"]),
        ("A__c + A__c + B__c", ["A__c", "B__c"]),
    ],
)
def test_the_fields_that_a_formula_names(formula: str, names: list[str]) -> None:
    assert list(custom_names(formula)) == names


WORKED_OUT = {
    'IF(ISPICKVAL(Contact.LeadSource, ""), TEXT(Lead.LeadSource), TEXT(Contact.LeadSource))': ["Web", "Phone"],
    'IF(ISBLANK(LeadId), "a contact", "a lead")': ["a contact", "a lead"],
    "BLANKVALUE(Contact.Title, Lead.Title)": ["CFO", None],
    'IF(AND(NOT(ISBLANK(Contact.Title)), OR(FALSE, Contact.Title = "CFO")), "yes", TEXT(NULL))': ["yes", None],
    "TEXT(Contact.Account.Name)": ["Acme", None],
    "UPPER(Contact.Title)": [None, None],  # not known here
    "ISBLANK()": [None, None],
}


@pytest.mark.parametrize("formula, values", WORKED_OUT.items())
def test_what_a_formula_makes_of_the_records_above(api: Api, formula: str, values: list[str | None]) -> None:
    made = object_file(field("Said__c", "Text", formula=formula.replace("<", "&lt;")))
    set_ = grants("CampaignMember.Said__c", editable=False)
    assert api.deploy({"objects/CampaignMember.object": made, "permissionsets/S.permissionset": set_}).failures == []
    api.assign("S")
    for record, fields in ((f"Contact/{BOB}", {"LeadSource": "Web"}), (f"Lead/{LEAD}", {"LeadSource": "Phone"})):
        api("POST", f"/_sandbox/records/{record}", {"fields": fields})
    for person in ({"ContactId": BOB}, {"LeadId": LEAD}):
        api.create("CampaignMember", CampaignId=WEBINAR, **person)
    assert api.column("SELECT Said__c FROM CampaignMember ORDER BY Id") == values

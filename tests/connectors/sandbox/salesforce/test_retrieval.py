"""retrieve(): what was deployed and the standard parts of an org come back as a package that can be deployed."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable, Mapping

import pytest
from lxml import etree

from tests.connectors.sandbox.salesforce.orgs import (
    ANN,
    NAMESPACE,
    Answer,
    Api,
    grants,
    key_field,
    object_file,
    package,
)

RULE = (
    "<validationRules><fullName>Named</fullName><active>true</active><errorConditionFormula>ISBLANK(Name)"
    "</errorConditionFormula><errorMessage>Name it</errorMessage></validationRules>"
)


def call(api: Api, operation: str, inner: str, door: str = "m") -> Answer:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><h:SessionHeader xmlns:h="urn:h">'
        f"<h:sessionId>{api.session}</h:sessionId></h:SessionHeader></e:Header><e:Body>"
        f'<{operation} xmlns="{NAMESPACE}">{inner}</{operation}></e:Body></e:Envelope>'
    )
    return api("POST", f"/services/Soap/{door}/59.0", body.encode(), headers={"content-type": "text/xml"})


def said(answer: Answer, name: str) -> list[str]:
    return [found.text or "" for found in etree.fromstring(answer.body).iter(f"{{*}}{name}")]


def retrieve(api: Api, wanted: Mapping[str, Iterable[str]], *, more: str = "") -> tuple[Answer, dict[str, bytes]]:
    """Return the finished retrieval, and the files of its zip."""
    types = "".join(
        f"<types>{''.join(f'<members>{member}</members>' for member in members)}<name>{kind}</name></types>"
        for kind, members in wanted.items()
    )
    asked = f"<retrieveRequest><apiVersion>59.0</apiVersion>{more}<unpackaged>{types}</unpackaged></retrieveRequest>"
    (made,) = said(call(api, "retrieve", asked), "id")
    done = call(api, "checkRetrieveStatus", f"<asyncProcessId>{made}</asyncProcessId><includeZip>true</includeZip>")
    content = base64.b64decode(said(done, "zipFile")[0])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return done, {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def api() -> Api:
    made = Api()
    files = {
        "objects/Account.object": object_file(key_field() + RULE),
        "permissionsets/All.permissionset": grants("Account.Key__c"),
    }
    assert made.deploy(files).status == "Succeeded"
    return made


def test_what_was_deployed_comes_back_and_can_be_deployed_again(api: Api) -> None:
    wanted = {"CustomObject": ["Account"], "PermissionSet": ["All"]}
    done, files = retrieve(api, wanted)
    assert (said(done, "status"), said(done, "success")) == (["Succeeded"], ["true"])
    assert set(files) == {
        "unpackaged/objects/Account.object",
        "unpackaged/permissionsets/All.permissionset",
        "unpackaged/package.xml",
    }
    assert said(done, "fileName") == [
        "unpackaged/objects/Account.object",
        "unpackaged/permissionsets/All.permissionset",
    ]
    other = Api()
    texts = {name.removeprefix("unpackaged/"): content.decode() for name, content in files.items()}
    assert other.deploy(texts).failures == []
    assert {("CustomField", "Account.Key__c"), ("ValidationRule", "Account.Named")} <= set(other.org.components)
    assert retrieve(other, wanted)[1] == files


def test_a_single_package_has_no_folder_and_a_field_comes_alone(api: Api) -> None:
    _, files = retrieve(api, {"CustomField": ["Account.Key__c"]}, more="<singlePackage>true</singlePackage>")
    assert set(files) == {"objects/Account.object", "package.xml"}
    root = etree.fromstring(files["objects/Account.object"])
    assert [found.text for found in root.iter(f"{{{NAMESPACE}}}fullName")] == ["Key__c"]


def test_what_is_not_there_is_told_of(api: Api) -> None:
    done, files = retrieve(api, {"CustomField": ["Account.No__c"], "Layout": ["Account-No"], "Nonsense": ["x"]})
    assert said(done, "problem") == [
        "Entity of type 'CustomField' named 'Account.No__c' cannot be found",
        "Entity of type 'Layout' named 'Account-No' cannot be found",
        "Entity type: 'Nonsense' is unknown",
    ]
    assert set(files) == {"unpackaged/package.xml"}
    assert b"invalid cross reference id" in call(api, "checkRetrieveStatus", "<asyncProcessId>x</asyncProcessId>").body


def test_the_standard_parts_of_an_org(api: Api) -> None:
    wanted = {"CustomObject": ["Opportunity"], "StandardValueSet": ["OpportunityStage"], "Profile": ["Admin", "*"]}
    _, files = retrieve(api, wanted)
    stages = etree.fromstring(files["unpackaged/standardValueSets/OpportunityStage.standardValueSet"])
    won = next(found for found in stages if found.findtext("{*}fullName") == "Closed Won")
    assert {etree.QName(found).localname: found.text for found in won} == {
        "fullName": "Closed Won",
        "default": "false",
        "label": "Closed Won",
        "closed": "true",
        "forecastCategory": "Closed",
        "probability": "100",
        "won": "true",
    }
    names = etree.fromstring(files["unpackaged/objects/Opportunity.object"]).iter(f"{{{NAMESPACE}}}fullName")
    assert "StageName" in [found.text for found in names]
    assert b"<userLicense>Salesforce</userLicense>" in files["unpackaged/profiles/Admin.profile"]
    texts = {name.removeprefix("unpackaged/"): content.decode() for name, content in files.items() if "Opp" in name}
    del texts["standardValueSets/OpportunityStage.standardValueSet"]
    assert api.deploy(texts).status == "Succeeded"


def test_the_wildcard_means_custom_objects_only(api: Api) -> None:
    custom = object_file(
        "<deploymentStatus>Deployed</deploymentStatus><label>Thing</label><nameField><label>Name</label><type>Text</type>"
        "</nameField><pluralLabel>Things</pluralLabel><sharingModel>ReadWrite</sharingModel>"
    )
    assert api.deploy({"objects/Thing__c.object": custom}).status == "Succeeded"
    _, files = retrieve(api, {"CustomObject": ["*"]})
    assert set(files) == {"unpackaged/objects/Thing__c.object", "unpackaged/package.xml"}
    assert b"<pluralLabel>Things</pluralLabel>" in files["unpackaged/objects/Thing__c.object"]
    read = call(api, "readMetadata", "<type>CustomObject</type><fullNames>Account</fullNames>")
    assert "Key__c" in said(read, "fullName")


def test_a_retrieval_takes_as_many_looks_as_the_org_says() -> None:
    api = Api(bulk_polls=1)
    types = "<types><members>*</members><name>Profile</name></types>"
    asked = f"<retrieveRequest><unpackaged>{types}</unpackaged></retrieveRequest>"
    (made,) = said(call(api, "retrieve", asked), "id")
    look = f"<asyncProcessId>{made[:15]}</asyncProcessId><includeZip>false</includeZip>"
    assert said(call(api, "checkStatus", look), "state") == ["InProgress"]
    api = Api(bulk_polls=1)
    (made,) = said(call(api, "retrieve", asked), "id")
    states = [call(api, "checkRetrieveStatus", look) for _ in range(2)]
    assert said(call(api, "checkStatus", look), "state") == ["Completed"]
    assert [said(state, "status") for state in states] == [["InProgress"], ["Succeeded"]]
    assert said(states[1], "zipFile") == []


def test_a_package_without_files_holds_its_manifest() -> None:
    assert package({}).startswith(b"PK")
    _, files = retrieve(Api(), {})
    assert set(files) == {"unpackaged/package.xml"}


def test_an_emptied_recycle_bin_gives_nothing_back() -> None:
    api = Api()
    api.ok("DELETE", f"sobjects/Contact/{ANN}")
    answer = call(api, "emptyRecycleBin", f"<ids>{ANN}</ids><ids>{ANN}</ids>", door="u")
    assert said(answer, "success") == ["true", "false"]
    assert said(call(api, "undelete", f"<ids>{ANN}</ids>", door="u"), "success") == ["false"]
    assert api.column(f"SELECT Id FROM Contact WHERE Id = '{ANN}'", "queryAll") == []


def test_what_nobody_deployed_is_said_as_well(api: Api) -> None:
    columns = "<columns>ACCOUNT.NAME</columns><filterScope>Mine</filterScope><label>Mine</label>"
    made = object_file(key_field() + f"<listViews><fullName>Mine</fullName>{columns}</listViews>")
    assert api.deploy({"objects/Account.object": made}).failures == []
    _, files = retrieve(api, {"CustomField": ["Account.Key__c"], "ListView": ["Account.Mine"]})
    root = etree.fromstring(files["unpackaged/objects/Account.object"])
    described = {child.tag.rpartition("}")[2]: child.text for child in root.find("{*}fields")}
    assert list(described) == ["fullName", *sorted(described.keys() - {"fullName"})], "in the schema's order"
    assert tuple(described[name] for name in ("required", "trackFeedHistory", "trackHistory")) == (
        "false",
        "false",
        "false",
    )
    assert (described["externalId"], described["unique"]) == ("true", "true"), "what was deployed stays"
    assert root.findtext("{*}listViews/{*}language") == "en_US"

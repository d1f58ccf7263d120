"""Packages: faults in them, what they leave out, and the two ways to deploy them."""

from __future__ import annotations

import base64

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ME,
    NAMESPACE,
    Api,
    field,
    grants,
    key_field,
    object_file,
    package,
)

FAULTS: dict[str, tuple[str, str]] = {
    "no XML": ("<CustomObject", "Error parsing file: "),
    "another root": (
        f'<Foo xmlns="{NAMESPACE}"/>',
        f"Error parsing file: Element {{{NAMESPACE}}}Foo invalid at this location in type CustomObject",
    ),
    "no namespace": (
        "<CustomObject/>",
        "Error parsing file: Element CustomObject invalid at this location in type CustomObject",
    ),
    "unknown element": (
        object_file("<foo/>"),
        f"Error parsing file: Element {{{NAMESPACE}}}foo invalid at this location in type CustomObject",
    ),
    "element out of its group": (
        object_file(key_field("A__c") + "<label>x</label>" + key_field("B__c")),
        "Error parsing file: Element fields is duplicated at this location in type CustomObject",
    ),
    "bad enumeration": (
        object_file(field("F__c", "Txt", length=5)),
        "'Txt' is not a valid value for the enum 'FieldType'",
    ),
    "no label": (
        object_file("<fields><fullName>F__c</fullName><type>Date</type></fields>"),
        "Required field is missing: label",
    ),
    "no type": (
        object_file("<fields><fullName>F__c</fullName><label>x</label></fields>"),
        "Must specify a supported type for a CustomField: None",
    ),
    "no length": (object_file(field("F__c", "Text")), "Must specify 'length' for a CustomField of type Text"),
    "length out of range": (object_file(field("F__c", "Text", length=256)), "Length must be between 1 and 255"),
    "short long text": (
        object_file(field("F__c", "LongTextArea", length=100, visibleLines=3)),
        "Can not specify a length less than 256",
    ),
    "unique checkbox": (
        object_file(field("F__c", "Checkbox", defaultValue="true", unique="true")),
        "Can not specify 'unique' for a CustomField of type Checkbox",
    ),
    "required checkbox": (
        object_file(field("F__c", "Checkbox", defaultValue="true", required="true")),
        "Can not specify 'required' for a CustomField of type Checkbox",
    ),
    "bad name": (object_file(field("1F__c", "Date")), "The Field Name field can only contain underscores"),
    "unknown standard field": (
        object_file("<fields><fullName>Foo</fullName></fields>"),
        "Could not resolve standard field's name: Foo",
    ),
    "lookup to nothing": (
        object_file(field("F__c", "Lookup", referenceTo="Foo", relationshipName="x")),
        "referenceTo value of 'Foo' does not resolve to a valid sObject type",
    ),
    "text in the place of XML": ("hello", "Error parsing file: Content is not allowed in prolog."),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_component_fails_the_whole_deployment(api: Api, name: str) -> None:
    xml, problem = FAULTS[name]
    files = {
        "objects/Contact.object": object_file(key_field()),
        "objects/Account.object": xml,
        "permissionsets/P.permissionset": grants("Contact.Key__c"),
    }
    done = api.deploy(files)
    assert done.status == "Failed"
    (failure,) = done.failures
    assert failure.problem.startswith(problem), failure.problem
    assert failure.file == "objects/Account.object"
    assert api.query("SELECT Id FROM PermissionSet WHERE Name = 'P'") == []


def test_faults_of_permission_sets(api: Api) -> None:
    for name, problem in (
        ("Account.Foo__c", "In field: field - no CustomField named Account.Foo__c found"),
        ("Foo__c.Bar__c", "In field: field - no CustomField named Foo__c.Bar__c found"),
        ("Opportunity.StageName", "You cannot deploy to a required field: Opportunity.StageName"),
    ):
        (failure,) = api.deploy({"permissionsets/P.permissionset": grants(name)}).failures
        assert failure.problem == problem
    formula = object_file(field("F__c", "Text", formula="Name"))
    files = {"objects/Account.object": formula, "permissionsets/P.permissionset": grants("Account.F__c")}
    assert api.deploy(files).failures[0].problem == "Field Account.F__c is not editable"
    label = f'<PermissionSet xmlns="{NAMESPACE}"></PermissionSet>'
    assert (
        api.deploy({"permissionsets/P.permissionset": label}).failures[0].problem == "Required field is missing: label"
    )


def test_objects_and_folders_that_do_not_exist(api: Api) -> None:
    (failure, *_) = api.deploy({"objects/Foo.object": object_file("")}).failures
    assert failure.problem == "Could not find object: Foo"
    (failure,) = api.deploy({"objects/Foo__c.object": object_file("<label>x</label>")}).failures
    assert failure.problem == "Must specify a non-empty pluralLabel for the CustomObject"
    done = api.deploy({"nonsense/Foo.bar": "<a/>"})
    assert [failure.problem for failure in done.failures] == ["Unknown folder: nonsense"]


def test_without_rollback_the_good_components_stay(api: Api) -> None:
    files = {"objects/Account.object": object_file(key_field() + field("F__c", "Text"))}
    done = api.deploy(files, rollback=False)
    assert done.status == "SucceededPartial"
    assert "Key__c" in api.org.schema.objects["Account"].fields


def test_a_check_changes_nothing(api: Api) -> None:
    done = api.deploy({"objects/Account.object": object_file(key_field())}, check_only=True)
    assert done.status == "Succeeded"
    assert "Key__c" not in api.org.schema.objects["Account"].fields


def deployed(api: Api, content: bytes) -> list[str | None]:
    made = api.simulator.deployments.start(content, ME, check_only=False, rollback=True)
    return [message.problem for message in api.simulator.deployments.look(made.id).messages]


def test_package_xml_is_compared_with_the_zip(api: Api) -> None:
    files = {"objects/Account.object": object_file(key_field())}
    listed = {"CustomObject": ["Account", "Contact"]}
    assert (
        "An object 'Contact' of type CustomObject was named in package.xml, but was not found in zipped directory"
        in deployed(api, package(files, listed))
    )
    beside = deployed(
        api,
        package(
            files | {"layouts/Account-X.layout": f'<Layout xmlns="{NAMESPACE}"/>'}, {"CustomField": ["Account.Key__c"]}
        ),
    )
    assert "The file was not listed in package.xml" in beside
    assert deployed(api, package(files, {"CustomObject": ["*"]})) == [None, None]
    assert deployed(api, package(files, {"Foo": ["x"]})) == ["Unknown type name 'Foo' specified in package.xml"]
    assert deployed(api, package({"package.xml": "<x"}))[0].startswith("Error parsing file")  # type: ignore[union-attr]
    assert deployed(api, package({"package.xml": "<x/>"}))[0].startswith("Element x invalid")  # type: ignore[union-attr]
    assert deployed(api, b"no zip") == ["No package.xml found"]


def test_a_package_may_lie_in_a_folder_of_its_own(api: Api) -> None:
    listed = f'<Package xmlns="{NAMESPACE}"><types><members>*</members><name>CustomObject</name></types></Package>'
    files = {
        "unpackaged/package.xml": listed,
        "unpackaged/objects/Account.object": object_file(key_field()),
        "package.xml": "x",
    }
    content = package(files)
    assert deployed(api, content)[0] is not None
    del files["package.xml"]
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    assert deployed(api, stream.getvalue()) == [None, None]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("objects/Account.object", "x")
    assert deployed(api, stream.getvalue()) == ["No package.xml found"]


def test_destructive_changes_take_a_field_away(api: Api) -> None:
    api.deploy_key()
    members = "<members>Account.Key__c</members><members>Account.Foo__c</members>"
    listed = f'<Package xmlns="{NAMESPACE}"><types>{members}<name>CustomField</name></types></Package>'
    empty = f'<Package xmlns="{NAMESPACE}"><version>59.0</version></Package>'
    content = package({"package.xml": empty, "destructiveChanges.xml": listed})
    assert deployed(api, content) == ["No CustomField named: Account.Foo__c found", None]
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"


def test_other_components_are_checked_and_kept(api: Api) -> None:
    section = "<layoutSections><label>x</label><style>TwoColumnsTopToBottom</style></layoutSections>"
    layout = f'<Layout xmlns="{NAMESPACE}">{section}</Layout>'
    folder = f'<ReportFolder xmlns="{NAMESPACE}"><name>Mine</name></ReportFolder>'
    files = {
        "layouts/Account-X.layout": layout,
        "reports/Mine-meta.xml": folder,
        "lwc/tile/tile.js": "export default 1",
        "lwc/tile/tile.html": "<template><p class={look}></p></template>",
        "lwc/tile/tile.js-meta.xml": f'<LightningComponentBundle xmlns="{NAMESPACE}"/>',
        "classes/A.cls": "class A {}",
    }
    content = package(
        files, {"Layout": ["*"], "ReportFolder": ["*"], "LightningComponentBundle": ["*"], "ApexClass": ["*"]}
    )
    assert deployed(api, content) == [None] * 4
    kept = {("Layout", "Account-X"), ("ReportFolder", "Mine"), ("LightningComponentBundle", "tile"), ("ApexClass", "A")}
    assert set(api.org.components) == kept
    wrong = layout.replace("TwoColumnsTopToBottom", "Round")
    assert deployed(api, package({"layouts/Account-X.layout": wrong}, {"Layout": ["*"]})) == [
        "'Round' is not a valid value for the enum 'LayoutSectionStyle'"
    ]


def test_deploying_by_rest(api: Api) -> None:
    content = package({"objects/Account.object": object_file(key_field())})
    boundary = "--boundary\r\n"
    body = (
        f'{boundary}Content-Disposition: form-data; name="json"\r\nContent-Type: application/json\r\n\r\n'
        '{"deployOptions": {"checkOnly": false, "rollbackOnError": true}}\r\n'
        f'{boundary}Content-Disposition: form-data; name="file"; filename="deploy.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    ).encode()
    body += content + b"\r\n--boundary--\r\n"
    answer = api(
        "POST", "metadata/deployRequest", body, headers={"content-type": "multipart/form-data; boundary=boundary"}
    )
    assert answer.status == 201
    path = f"metadata/deployRequest/{answer.content['id'][:15]}"
    result = api.ok("GET", path, includeDetails="true")["deployResult"]
    assert (result["status"], result["success"], result["numberComponentsDeployed"]) == ("Succeeded", True, 2)
    assert [found["fullName"] for found in result["details"]["componentSuccesses"]] == ["Account", "Account.Key__c"]
    assert "details" not in api.ok("GET", path)["deployResult"]
    assert api.refused("POST", "metadata/deployRequest", {})[1] == "INVALID_MULTIPART_REQUEST"
    broken = body.replace(b'{"deployOptions"', b"{nonsense")
    assert (
        api(
            "POST", "metadata/deployRequest", broken, headers={"content-type": "multipart/form-data; boundary=boundary"}
        ).status
        == 400
    )


SOAP = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://soap.sforce.com/2006/04/metadata"><e:Header><m:SessionHeader><m:sessionId>{session}</m:sessionId></m:SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>'


def soap(api: Api, body: str, session: str | None = None) -> tuple[int, str]:
    text = SOAP.format(session=session or api.session, body=body)
    answer = api("POST", "/services/Soap/m/59.0", text.encode())
    return answer.status, answer.body.decode()


def test_soap_faults(api: Api) -> None:
    status, text = soap(api, "<m:describeMetadata/>", session="nobody")
    assert (status, "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in text) == (500, True)
    assert "No operation available for request foo" in soap(api, "<m:foo/>")[1]
    assert (
        "invalid cross reference id"
        in soap(api, "<m:checkDeployStatus><m:asyncProcessId>x</m:asyncProcessId></m:checkDeployStatus>")[1]
    )
    assert api("POST", "/services/Soap/m/59.0", b"<nonsense").status == 500


def test_a_soap_deployment_with_details(api: Api) -> None:
    content = base64.b64encode(package({"objects/Account.object": object_file(field("F__c", "Text"))})).decode()
    _, text = soap(
        api,
        f"<m:deploy><m:ZipFile>{content}</m:ZipFile><m:DeployOptions><m:rollbackOnError>true</m:rollbackOnError></m:DeployOptions></m:deploy>",
    )
    deployment = text.partition("<id>")[2].partition("</id>")[0]
    _, text = soap(
        api,
        f"<m:checkDeployStatus><m:asyncProcessId>{deployment}</m:asyncProcessId><m:includeDetails>true</m:includeDetails></m:checkDeployStatus>",
    )
    assert "<problem>Must specify 'length' for a CustomField of type Text</problem>" in text.replace("&apos;", "'")
    assert "<status>Failed</status>" in text
    _, text = soap(api, "<m:deploy><m:ZipFile>?</m:ZipFile></m:deploy>")
    assert "<state>Queued</state>" in text, "a broken zip fails when its status is asked for"

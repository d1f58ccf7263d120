"""What an administrator changed of syncd's parts is written over only after a word; values that they added stay."""

from connectors.salesforce.components import NAMESPACE, Name, shipped
from connectors.salesforce.metadata import manifest, zipped
from connectors.salesforce.metadata_api import MetadataApi
from syncd.wiring import administrator
from tests.cli.conftest import Syncd

TOKEN = "sandbox-admin-token"
LIST = Name("ListView", "Opportunity.Syncd_My_New_Opportunities")
FIELD = Name("CustomField", "Contact.Syncd_Verdict_Reason__c")
FILTER = "<filters><field>OPPORTUNITY.AMOUNT</field><operation>greaterThan</operation><value>1000</value></filters>"
VALUE = "<value><fullName>no mandate</fullName><default>false</default><label>no mandate</label></value>"


def change(syncd: Syncd, name: Name, before: str, after: str) -> None:
    """Have an administrator change one of syncd's parts."""
    (part,) = (part for part in shipped() if part.name == name)
    inside = part.content.decode().partition(f'xmlns="{NAMESPACE}">')[2].rpartition("</")[0]
    assert before in inside
    content = inside.replace(before, after, 1)
    xml = f'<CustomObject xmlns="{NAMESPACE}"><{part.tag}>{content}</{part.tag}></CustomObject>'
    with administrator(syncd.place.settings, token=TOKEN) as somebody, somebody.client.lend() as http:
        package = zipped({part.file: xml.encode(), "package.xml": manifest([name], somebody.client.version)})
        done = MetadataApi(somebody.client, http).deploy(package)
    assert done.ok, done


def deploy(syncd: Syncd, *arguments: str, typed: str = "") -> tuple[int, str]:
    file = syncd.database.parent / "token"
    file.write_text(TOKEN)
    token = () if "-" in arguments else ("--sign-in", str(file))
    answer = syncd("salesforce", "deploy", *arguments, *token, typed=typed)
    return answer.code, answer.out + answer.err


def test_a_filter_of_theirs_is_written_over_only_after_a_word(syncd: Syncd) -> None:
    change(syncd, LIST, "<label>", f"{FILTER}<label>")
    for arguments, typed in (((), "no\n"), (("--sign-in", "-"), TOKEN)):
        code, said = deploy(syncd, *arguments, typed=typed)
        assert (code, LIST.full in said, "nothing was changed" in said) == (2, True, True)
        assert "filters" in deploy(syncd, "--diff")[1]
    assert deploy(syncd, typed="overwrite\n")[0] == 0
    assert deploy(syncd, typed="")[0] == 0, "there is nothing to ask any more"
    change(syncd, LIST, "<label>", f"{FILTER}<label>")
    assert deploy(syncd, "--yes")[0] == 0


def test_a_field_that_was_relabelled_is_named_as_well(syncd: Syncd) -> None:
    change(syncd, FIELD, "<label>Verdict Reason</label>", "<label>Grund</label>")
    assert f"would change {FIELD} (somebody's change here" in deploy(syncd, "--diff")[1]
    assert "Grund" in deploy(syncd, typed="no\n")[1]


def test_a_value_that_they_added_stays_and_is_no_difference(syncd: Syncd) -> None:
    change(syncd, FIELD, "<value>", f"{VALUE}<value>")
    assert " 0 differ" in deploy(syncd, "--diff")[1]
    assert deploy(syncd)[0] == 0
    field = syncd.place.sandbox.salesforce.org.schema.objects["Contact"].fields["Syncd_Verdict_Reason__c"]
    assert "no mandate" in field.values

"""The components name fields as the package has them: by API names, and to people by labels."""

import re

import pytest

from syncd.model import Tally
from syncd.rules.telling import tally_in_words
from tests.connectors.salesforce.package_files import ROOT, of, shipped

SCRIPTS = {file.name: file.read_text("utf-8") for file in sorted(ROOT.glob("lwc/*/*.js"))}
LABELS: dict[str, set[str]] = {}
for _, field in of(shipped(), "CustomField"):
    LABELS.setdefault(field.findtext("fullName"), set()).add(field.findtext("label"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_field_and_every_label_of_a_component_is_the_package_s(script: str) -> None:
    text = SCRIPTS[script]
    assert {*re.findall(r"\bSyncd_\w+__c\b", text)} <= LABELS.keys()
    assert {*re.findall(r"'(Syncd [^']+)'", text)} <= set().union(*LABELS.values())
    for name, label in re.findall(r"insteadOf\(this\.fields\.(\w+), '([^']+)'", text):
        assert LABELS[name] == {label}


def test_there_is_something_to_look_at() -> None:
    assert "Syncd_Picture_JSON__c" in SCRIPTS["syncdDecision.js"]
    assert "insteadOf(this.fields.Syncd_Gates_JSON__c, 'Syncd Gates (JSON)'" in SCRIPTS["syncdPerson.js"]


def test_the_lists_of_a_tally_that_a_component_draws_row_by_row_are_lines_of_it() -> None:
    (listed,) = re.findall(r"const LISTS = \[(.+?)\]", SCRIPTS["syncdTally.js"])
    lines = tally_in_words(Tally(1, 1, {"a": ("b",)}, {"a": ("b",)}, ("a",), ()), {}, {})
    assert {*re.findall(r"'([^']+)'", listed)} == {line.partition(": ")[0] for line in lines[1:]}

"""A. What stands in new records besides comes from the mapping, may differ by segment, and is looked at before."""

from dataclasses import replace
from typing import Any

from syncd.model.runs import RunOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.holds import look_everywhere
from syncd.sync.run import Run
from tests.faults.admins import sales_process
from tests.sync.conftest import Place


def by_segment(wiring: Wiring, **constants: Any) -> Wiring:
    """The same by a mapping that says what stands in new opportunities of a segment."""
    mapping = wiring.mappings["salesforce"]
    rule = mapping.writes["opportunity"].model_copy(update={"constants": {"Type": "New Customer"}, **constants})
    changed = mapping.model_copy(update={"writes": {**mapping.writes, "opportunity": rule}})
    readers = type(wiring.readers)({**wiring.mappings, "salesforce": changed}, wiring.readers.customs)
    return replace(wiring, readers=readers)


def test_what_a_new_opportunity_of_a_segment_is_besides_comes_from_the_mapping(place: Place, wiring: Wiring) -> None:
    sales_process("Qualification")(place)
    banks = {"RecordTypeId": "012000000000001AAA", "LeadSource": "Web"}
    others = {"RecordTypeId": "012000000000009AAA"}
    there = by_segment(wiring, by_segment={"mid-size US banks": banks, "others": others})
    assert cycle(there, Run()).outcome is RunOutcome.INCOMPLETE, "nobody may choose the record type of the others"
    rows = place.ours()
    assert {(row["RecordTypeId"], row.get("LeadSource")) for row in rows} == {("012000000000001AAA", None)}, rows
    problems = look_everywhere(there.targets, there.agreement, there.mappings, Run())["salesforce"].problems
    assert {problem.where for problem in problems} == {
        "salesforce Opportunity.RecordTypeId",
        "salesforce Opportunity.LeadSource",  # not granted: it is left out, and the rest is opened
        "salesforce Opportunity.Type",
    }


def test_a_segments_record_type_without_the_agreed_stage_holds_that_segments_opportunities(
    place: Place, wiring: Wiring
) -> None:
    sales_process("Prospecting")(place)
    there = by_segment(wiring, by_segment={"mid-size US banks": {"RecordTypeId": "012000000000001AAA"}})
    summary = cycle(there, Run())
    assert place.ours() == []
    assert "sales process" in str(summary.failures)

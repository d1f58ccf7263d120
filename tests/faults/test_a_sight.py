"""An org that shows us nothing any more: one cause, with how many objects, and the one act that mends it."""

from connectors.salesforce.describes import UNSEEN
from syncd.doctor.causes import by_cause
from syncd.premises import examine as examine_premises
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from tests.sync.conftest import Place


def take_rights(place: Place) -> None:
    """Have an admin take syncd's permission sets from the integration user."""
    assignments = place.sandbox.salesforce.org.tables["PermissionSetAssignment"]
    for assignment in list(assignments.rows):
        place.delete("PermissionSetAssignment", assignment)


def test_rights_that_are_gone_are_one_finding_that_names_deploying(place: Place, wiring: Wiring) -> None:
    cycle(wiring, Run())
    take_rights(place)
    summary = cycle(wiring, Run())
    (cause,) = summary.causes()
    assert cause.what == UNSEEN
    assert cause.mend.startswith("run `syncd salesforce deploy`")
    assert {"salesforce.Account", "salesforce.Lead", "salesforce.Campaign"} <= {*cause.where}, "none is passed over"
    assert cause.number == len(cause.where)
    assert not [note for note in summary.notes if "passed over" in note]


def test_doctor_tells_of_it_once(place: Place, wiring: Wiring) -> None:
    take_rights(place)
    mapping = wiring.mappings["salesforce"]
    problems = examine_premises(wiring.targets["salesforce"], wiring.agreement, mapping)
    causes = [cause for cause in by_cause(problems) if cause.level == "error" and "deploy" in cause.mend]
    assert len(causes) == 1

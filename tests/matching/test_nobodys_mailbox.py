"""What stands where no address is known reaches nobody."""

import pytest

from syncd.matching import Sighting, survive
from syncd.model import RemoteRef
from tests.benchmarks.pairs import readers

CUSTOMS = readers().customs


def contact(system: str, *emails: str) -> Sighting:
    stream = "contacts" if system == "hubspot" else "Contact"
    return Sighting(RemoteRef(system, stream, "1"), {"emails": list(emails), "first_name": "Ida"})


@pytest.mark.parametrize("email", ["none@none.com", "noemail@test.invalid", "a.b@foo.invalid", "no-email@bank.example"])
def test_a_filler_is_no_address_of_anybody(email: str) -> None:
    assert survive("contact", [contact("hubspot", email)], CUSTOMS)[0]["emails"] == []
    both = [contact("hubspot", email), contact("salesforce", "ida@bank.example")]
    assert survive("contact", both, CUSTOMS)[0]["emails"] == ["ida@bank.example"]


@pytest.mark.parametrize("email", ["ida@bank.example", "info@bank.example", "nonet@bank.example"])
def test_a_mailbox_of_somebody_stays(email: str) -> None:
    assert survive("contact", [contact("hubspot", email)], CUSTOMS)[0]["emails"] == [email]

"""Who is who: what a record may be recognised by, when two records are one, and whose word counts where they differ.

Pure functions over mapped rows. The order of evidence: a manual link, an explicit cross-id or merge, then for accounts
website, name and place weighed together, for contacts every e-mail address.
"""

from syncd.matching.accounts import likely_accounts, recognise_account
from syncd.matching.contacts import likely_person, other_person, recognise_contact
from syncd.matching.customs import Customs, read_customs
from syncd.matching.evidence import EXPLICIT, TOKENS, Token, employer_tokens
from syncd.matching.names import called, company_name
from syncd.matching.persons import is_person, person_records
from syncd.matching.places import place
from syncd.matching.sightings import Candidate, Row, Sighting
from syncd.matching.survivorship import survive
from syncd.matching.users import recognise_user

__all__ = [
    "EXPLICIT",
    "TOKENS",
    "Candidate",
    "Customs",
    "Row",
    "Sighting",
    "Token",
    "called",
    "company_name",
    "employer_tokens",
    "is_person",
    "likely_accounts",
    "likely_person",
    "other_person",
    "person_records",
    "place",
    "read_customs",
    "recognise_account",
    "recognise_contact",
    "recognise_user",
    "survive",
]

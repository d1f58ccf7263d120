"""What people do in one gap between two runs: chains of merges, deletions that are taken back, slips of the pen."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.sync.people import PICK, People

# In fields that a run reads of many, where one cannot be read, or cannot be kept as it is.
SLIPS = [{"jobtitle": "x" * 1_224}, {"jobtitle": "CFO \ufffd"}, {"phone": "0" * 1_001}, {"lastname": "Me\u0000ier"}]


class Troubles(People):
    """People who cross syncd's way."""

    def in_a_row(self, rows: list[dict[str, Any]], pick: int, length: int) -> list[str]:
        """So many records that may become one, the first of which stays."""
        ids = [row["Id"] for row in rows]
        start = pick % len(ids)
        return [*ids[start:], *ids[:start]][:length] if len(ids) > length + 2 else []

    @rule(pick=PICK, length=st.integers(2, 4), inwards=st.booleans())
    def merge_a_chain_of_contacts(self, pick: int, length: int, inwards: bool) -> None:
        """inwards: the last into the one before it, and so on to the first; else each into the first."""
        contacts = self.place.rows("Contact")
        account = contacts[pick % len(contacts)]["AccountId"] if contacts else None
        chain = self.in_a_row([row for row in contacts if row["AccountId"] == account], pick, length)
        for place in range(len(chain) - 1, 0, -1):
            master = chain[place - 1] if inwards else chain[0]
            self.admin("merge", {"object": "Contact", "master": master, "victims": [chain[place]]})

    @rule(pick=PICK, object_=st.sampled_from(["Account", "Lead"]))
    def merge_a_chain_of_three(self, pick: int, object_: str) -> None:
        rows = [row for row in self.place.rows(object_) if not row.get("IsConverted")]
        chain = self.in_a_row(rows, pick, 3)
        for master, victim in zip(chain[-2::-1], chain[:0:-1], strict=True):
            self.admin("merge", {"object": object_, "master": master, "victims": [victim]})

    @rule(pick=PICK, kind=st.sampled_from(["contacts", "companies"]))
    def merge_what_was_merged_in_hubspot(self, pick: int, kind: str) -> None:
        records = self.live(kind)
        if len(records) > 6:
            first, second, third = (records[(pick + place) % len(records)]["id"] for place in range(3))
            content = {"primaryObjectId": first, "objectIdToMerge": second}
            survivor = self.hubspot("POST", f"/crm/v3/objects/{kind}/merge", content).json()["id"]
            content = {"primaryObjectId": third, "objectIdToMerge": survivor}
            self.hubspot("POST", f"/crm/v3/objects/{kind}/merge", content)

    @rule(pick=PICK, object_=st.sampled_from(["Contact", "Account", "Lead"]))
    def delete_and_take_back(self, pick: int, object_: str) -> None:
        rows = [row for row in self.place.rows(object_) if not row.get("IsConverted")]
        if rows:
            chosen = rows[pick % len(rows)]["Id"]
            self.place.delete(object_, chosen)
            self.place.undelete(object_, chosen)

    @rule(pick=PICK, slip=st.sampled_from(SLIPS))
    def slip_of_the_pen(self, pick: int, slip: dict[str, str]) -> None:
        contacts = self.live("contacts")
        self.place.portal_edit("contacts", contacts[pick % len(contacts)]["id"], **slip)

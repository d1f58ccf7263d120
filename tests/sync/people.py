"""What people do in both systems while syncd runs: the rules of the state machine that are theirs."""

import itertools
from datetime import datetime
from typing import Any

import requests
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.sync.conftest import NOON, Place

TITLES = ["Chief Financial Officer", "Chief Executive Officer", "Chief Information Officer", "Janitor", "Retired", ""]
FORMS = ("fraud", "lending", "treasury")
PICK = st.integers(0, 1_000)


class People(RuleBasedStateMachine):
    """Marketers and sales people, each in their own system."""

    place: Place

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.theirs: set[str] = set()  # opportunities whose amount and stage a person chose

    # ---- what people do in HubSpot ----

    def live(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.place.portal(kind) if not record["archived"]]

    def hubspot(self, method: str, path: str, content: Any = None) -> requests.Response:
        url = f"{self.place.sandbox.hubspot_url}{path}"
        headers = {"Authorization": "Bearer sandbox-token"}
        answer = requests.request(method, url, json=content, headers=headers, timeout=10)
        assert answer.status_code < 500 and answer.status_code not in (400, 401, 403), answer.text
        return answer

    @rule(pick=PICK, title=st.sampled_from(TITLES))
    def edit(self, pick: int, title: str) -> None:
        contacts = self.live("contacts")
        self.place.portal_edit("contacts", contacts[pick % len(contacts)]["id"], jobtitle=title)

    @rule(pick=PICK, about=st.sampled_from(FORMS))
    def submit_a_form(self, pick: int, about: str) -> None:
        contacts = [one for one in self.live("contacts") if one["properties"].get("email")]
        forms = [form for form in self.place.portal("forms") if about in form["name"].lower()]
        if not contacts or not forms:
            return
        contact, form = contacts[pick % len(contacts)], forms[pick % len(forms)]
        values = [{"name": "email", "value": contact["properties"]["email"], "objectTypeId": "0-1"}]
        at = int(datetime(2026, 11, 1, 12, tzinfo=NOON.tzinfo).timestamp() * 1000) + next(self.numbers)
        row = {"formId": form["id"], "conversionId": f"c{next(self.numbers)}", "submittedAt": at, "values": values}
        row |= {"pageUrl": "https://www.syncd-demo.example/", "pageTitle": form["name"]}
        url = f"{self.place.sandbox.hubspot_url}/_sandbox/records/form_submissions"
        assert requests.post(url, json=row, timeout=10).ok

    @rule(pick=PICK)
    def archive(self, pick: int) -> None:
        contacts = self.live("contacts")
        if len(contacts) > 5:
            self.hubspot("DELETE", f"/crm/v3/objects/contacts/{contacts[pick % len(contacts)]['id']}")

    @rule(pick=PICK)
    def merge_in_hubspot(self, pick: int) -> None:
        contacts = self.live("contacts")
        if len(contacts) > 5:
            first, second = contacts[pick % len(contacts)], contacts[(pick + 1) % len(contacts)]
            content = {"primaryObjectId": first["id"], "objectIdToMerge": second["id"]}
            self.hubspot("POST", "/crm/v3/objects/contacts/merge", content)

    @rule(pick=PICK)
    def restore(self, pick: int) -> None:
        archived = [one for one in self.place.portal("contacts") if one["archived"]]
        if archived:
            url = f"{self.place.sandbox.hubspot_url}/_sandbox/restore/contacts/{archived[pick % len(archived)]['id']}"
            assert requests.post(url, timeout=10).status_code in (200, 204, 404), "404: merged away, not archived"

    @rule(pick=PICK)
    def forget_a_person(self, pick: int) -> None:
        contacts = self.live("contacts")
        if len(contacts) > 5:
            self.hubspot(
                "POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": contacts[pick % len(contacts)]["id"]}
            )

    @rule(pick=PICK, other=PICK)
    def change_an_association(self, pick: int, other: int) -> None:
        """It touches no stamp: only a full read shows it."""
        contacts, companies = self.live("contacts"), self.live("companies")
        if contacts and companies:
            path = f"/crm/v4/objects/contacts/{contacts[pick % len(contacts)]['id']}/associations/companies"
            primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
            self.hubspot("PUT", f"{path}/{companies[other % len(companies)]['id']}", primary)

    # ---- what people do in Salesforce ----

    def admin(self, verb: str, content: dict[str, Any]) -> None:
        url = f"{self.place.sandbox.salesforce_http_url}/_sandbox/{verb}"
        answer = requests.post(url, json=content, timeout=10)
        assert answer.ok, answer.text

    @rule(pick=PICK)
    def merge_in_salesforce(self, pick: int) -> None:
        contacts = self.place.rows("Contact")
        if len(contacts) > 3:
            master, victim = contacts[pick % len(contacts)], contacts[(pick + 1) % len(contacts)]
            if master["AccountId"] == victim["AccountId"]:
                self.admin("merge", {"object": "Contact", "master": master["Id"], "victims": [victim["Id"]]})

    @rule(pick=PICK)
    def convert_a_lead(self, pick: int) -> None:
        leads = [lead for lead in self.place.rows("Lead") if not lead["IsConverted"]]
        leads = [lead for lead in leads if lead["OwnerId"].startswith("005")]  # a queue's is taken by somebody first
        if leads:
            self.admin("convert", {"lead": leads[pick % len(leads)]["Id"], "opportunity": False})

    @rule(pick=PICK, other=PICK)
    def move_to_another_account(self, pick: int, other: int) -> None:
        contacts, accounts = self.place.rows("Contact"), self.place.rows("Account")
        if contacts and accounts:
            self.place.edit(
                "Contact", contacts[pick % len(contacts)]["Id"], AccountId=accounts[other % len(accounts)]["Id"]
            )

    @rule(pick=PICK)
    def delete_a_contact(self, pick: int) -> None:
        contacts = self.place.rows("Contact")
        if len(contacts) > 3:
            self.place.delete("Contact", contacts[pick % len(contacts)]["Id"])

    @rule(pick=PICK)
    def work_on_an_opportunity(self, pick: int) -> None:
        ours = self.place.ours()
        if ours:
            chosen = ours[pick % len(ours)]["Id"]
            self.place.edit("Opportunity", chosen, Amount=7.0, StageName="Needs Analysis")
            self.theirs.add(chosen)

    def binned(self, object_: str) -> list[str]:
        """The ids of what lies in the recycle bin and was not merged away."""
        url = f"{self.place.sandbox.salesforce_http_url}/_sandbox/records/{object_}"
        rows = requests.get(url, timeout=10).json()
        return [row["Id"] for row in rows if row.get("IsDeleted") and not row.get("MasterRecordId")]

    def deleted_by_people(self) -> set[str]:
        """The keys of our opportunities in the recycle bin."""
        url = f"{self.place.sandbox.salesforce_http_url}/_sandbox/records/Opportunity"
        return {row["Syncd_Key__c"] for row in requests.get(url, timeout=10).json() if row.get("IsDeleted")}

    @rule(pick=PICK, object_=st.sampled_from(["Contact", "Opportunity"]))
    def undelete(self, pick: int, object_: str) -> None:
        ids = self.binned(object_)
        if ids:
            url = f"{self.place.sandbox.salesforce_http_url}/_sandbox/records/{object_}/{ids[pick % len(ids)]}"
            answer = requests.post(url, json={"undelete": True}, timeout=10)
            assert answer.ok or "UNDELETE_FAILED" in answer.text, "it went with its account, or is no longer kept"

    @rule(pick=PICK)
    def delete_an_opportunity(self, pick: int) -> None:
        ours = self.place.ours()
        if ours:
            self.place.delete("Opportunity", ours[pick % len(ours)]["Id"])

    @rule(pick=PICK)
    def deactivate_or_activate_a_user(self, pick: int) -> None:
        users = [user for user in self.place.rows("User") if user.get("UserType") == "Standard"]
        active = [user for user in users if user["IsActive"]]
        if users:
            user = users[pick % len(users)]
            if not user["IsActive"] or len(active) > 2:
                self.place.edit("User", user["Id"], IsActive=not user["IsActive"])

    @rule(what=st.sampled_from(["expire-sessions", "expire-locators"]))
    def end_sessions(self, what: str) -> None:
        self.admin(what, {})

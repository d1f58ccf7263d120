"""A rep at work in the sandbox's Salesforce, over HTTPS and with no more rights than a rep has.

What pages, quick actions and lists do goes through the APIs that serve them: a page by the User Interface API, actions
and lists by the REST API's resources of that name. One record is saved at a time where a cell of a list is edited.
"""

from __future__ import annotations

from typing import Any

import requests

from tests.sync.conftest import Place

API = "services/data/v63.0"


class Rep:
    """Somebody of sales, signed in, who has the permission set Syncd Sales."""

    def __init__(self, place: Place, name: str) -> None:
        self._place = place
        self.id = next(row["Id"] for row in place.rows("User") if row["Username"].startswith(name))
        place.org("assign", permission_set="Syncd_Sales", user=self.id)
        self.token = place.org("sign-in", user=self.id)["access_token"]

    def call(self, method: str, path: str, content: Any = None, **query: str) -> requests.Response:
        """Call an API of Salesforce's as this user."""
        sandbox = self._place.sandbox
        headers, address = {"Authorization": f"Bearer {self.token}"}, f"{sandbox.salesforce_url}/{API}/{path}"
        return requests.request(
            method, address, json=content, params=query, headers=headers, verify=sandbox.ca_file, timeout=10
        )

    def see(self, record: str, *fields: str) -> dict[str, Any]:
        """Open a page: those of the fields that this user may see, with their values."""
        answer = self.call("GET", f"ui-api/records/{record}", optionalFields=",".join(fields))
        assert answer.ok, answer.text
        return {name: shown["value"] for name, shown in answer.json()["fields"].items()}

    def save(self, record: str, **fields: Any) -> requests.Response:
        """Save on a page, as a component does."""
        return self.call("PATCH", f"ui-api/records/{record}", {"fields": fields})

    def act(self, action: str, record: str, **fields: Any) -> None:
        """Fill in an Update action and save it."""
        object_, _, name = action.partition(".")
        content = {"contextId": record, "record": fields}
        answer = self.call("POST", f"sobjects/{object_}/quickActions/{name}", content)
        assert answer.ok, answer.text

    def edit(self, object_: str, record: str, **fields: Any) -> None:
        """Save one record, as a cell of a list or a form does."""
        answer = self.call("PATCH", f"sobjects/{object_}/{record}", fields)
        assert answer.ok, answer.text

    def add(self, object_: str, **fields: Any) -> str:
        """Make a record."""
        answer = self.call("POST", f"sobjects/{object_}", fields)
        assert answer.ok, answer.text
        return str(answer.json()["id"])

    def list(self, object_: str, name: str) -> dict[str, dict[str, str | None]]:
        """Open a list: by Id, the rows that it shows this user, with the texts of its cells by field."""
        listed = self.call("GET", f"sobjects/{object_}/listviews").json()["listviews"]
        view = next(one["id"] for one in listed if one["developerName"] == name)
        answer = self.call("GET", f"sobjects/{object_}/listviews/{view}/results", limit="2000")
        assert answer.ok, answer.text
        rows = ({cell["fieldNameOrPath"]: cell["value"] for cell in row["columns"]} for row in answer.json()["records"])
        return {str(row["Id"]): row for row in rows}

    def report(self, name: str) -> requests.Response:
        """Run a report of the package."""
        return self.call("GET", f"analytics/reports/{self._found('Report', name)}")

    def dashboard(self) -> Any:
        """Open the dashboard Radar: what its components show, by their reports' names."""
        answer = self.call("GET", f"analytics/dashboards/{self._found('Dashboard', 'Radar')}")
        assert answer.ok, answer.text
        results = (component["reportResult"] for component in answer.json()["componentData"])
        return {result["reportMetadata"]["developerName"]: result for result in results if result}

    def _found(self, object_: str, name: str) -> str:
        query = f"SELECT Id FROM {object_} WHERE DeveloperName = '{name}'"
        return str(self.call("GET", "query", q=query).json()["records"][0]["Id"])


def share_folders(place: Place) -> None:
    """Have the administrator share the package's folders with everybody, as the how-to asks."""
    sandbox = place.sandbox
    headers = {"Authorization": f"Bearer {sandbox.salesforce.org.settings.admin_token}"}
    address = f"{sandbox.salesforce_url}/{API}/folders"

    def call(method: str, path: str, content: Any = None) -> Any:
        sent = {"json": content, "headers": headers, "verify": sandbox.ca_file, "timeout": 10}
        answer = requests.request(method, f"{address}{path}", **sent)
        assert answer.ok, answer.text
        return answer.json()

    for folder in call("GET", "")["folders"]:
        everybody = {"accessType": "view", "shareType": "organization"}
        call("POST", f"/{folder['id']}/shares", {"shares": [everybody]})

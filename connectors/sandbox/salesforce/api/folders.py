"""…/folders: the folders of reports and dashboards, and with whom an administrator shares them.

Source: Salesforce, Reports and Dashboards REST API Developer Guide, "Folder Collections" and "Folder Shares".
"""

from __future__ import annotations

from typing import Any

from .. import ids
from ..access import ADMINISTRATOR
from ..parsing import objects
from ..refusal import Refusal, not_found
from ..screens.folders import ORGANIZATION, ROLE, USER, may_open
from ..table import Row
from ..wire import Request, Response, Route, reply

_TYPES = (ORGANIZATION, ROLE, USER)
_ACCESS = ("view", "edit", "manage")


def list_folders(request: Request) -> Response:
    """Answer GET …/folders: those that the user may open."""
    rows = [row for row in request.org.tables["Folder"].live() if may_open(request.org, request.user, row["Id"])]
    return reply({"folders": [_described(request, row) for row in rows], "totalSize": len(rows)})


def list_shares(request: Request, folder_id: str) -> Response:
    """Answer GET …/folders/Id/shares."""
    return reply({"shares": _folder(request, folder_id).get("Shares") or []})


def add_shares(request: Request, folder_id: str) -> Response:
    """Answer POST …/folders/Id/shares with {"shares": [{"accessType", "shareType", "shareWithId"}, …]}."""
    return _share(request, folder_id, keep=True)


def replace_shares(request: Request, folder_id: str) -> Response:
    """Answer PUT …/folders/Id/shares: these alone from here on."""
    return _share(request, folder_id, keep=False)


def _share(request: Request, folder_id: str, *, keep: bool) -> Response:
    row = _folder(request, folder_id)
    if request.org.access.profile(request.user) != ADMINISTRATOR:
        raise Refusal("FORBIDDEN", "You don’t have permission to share this folder.", status=403)
    added = [_read(request, share) for share in objects(request.fields(), "shares")]
    shares = [*((row.get("Shares") or []) if keep else []), *added]
    request.org.tables["Folder"].put(row | {"Shares": shares})
    return reply({"shares": shares})


def _read(request: Request, share: dict[str, Any]) -> dict[str, Any]:
    kind, access = share.get("shareType"), share.get("accessType")
    whom = ids.read(share.get("shareWithId"))
    if kind not in _TYPES or access not in _ACCESS or (kind != ORGANIZATION and request.org.row(whom) is None):
        raise Refusal("BAD_REQUEST", f"the sandbox shares a folder with one of {', '.join(_TYPES)}, who is there")
    return {"accessType": access, "shareId": request.org.mint.next("004"), "shareType": kind, "sharedWithId": whom}


def _folder(request: Request, folder_id: str) -> Row:
    row = request.org.tables["Folder"].rows.get(ids.read(folder_id) or "")
    if row is None or not may_open(request.org, request.user, row["Id"]):
        raise not_found()
    return row


def _described(request: Request, row: Row) -> dict[str, Any]:
    url = f"{request.base}/folders/{row['Id']}"
    return {
        "id": row["Id"],
        "label": row["Name"],
        "name": row["DeveloperName"],
        "type": row["Type"].lower(),
        "url": url,
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "folders", list_folders),
    ("GET", "folders/*/shares", list_shares),
    ("POST", "folders/*/shares", add_shares),
    ("PUT", "folders/*/shares", replace_shares),
)

"""/_sandbox/: what demo and tests see and do behind the API's back. It needs no session and costs no call.

GET  state                     rows per object, calls, writes, API usage, open faults
GET  calls, GET writes         the calls made and the writes that took effect, newest last
GET  records/Object[/Id]       rows as they are stored, deleted ones included
POST records/Object            create as a person: {"user": Id, "fields": {…}}
POST records/Object/Id         edit as a person: {"user": Id, "fields": {…}}; {"delete": true}, {"undelete": true}
POST merge                     {"object": "Contact", "master": Id, "victims": [Id …]}
POST convert                   {"lead": Id, "account"?, "contact"?, "opportunity"?: bool, "name"?, "status"?}
POST expire-sessions           ends every session
POST expire-locators           ends every open query
POST lock                      {"id": Id, "times": 1}: the next writes of that row find it locked
POST usage                     {"used": 14990}: calls that others are said to have made in the last 24 hours
POST assign                    {"permission_set": Name, "user"?: Id}
POST sign-in                   {"user": Id or Username}: a session of any active user, as if by their password
GET/POST/DELETE faults         see connectors.sandbox.faults
GET/POST clock                 {"now": ISO stamp} or {"advance": seconds}
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from .. import ids, merging, writes
from ..org import Org
from ..refusal import Refusal, not_found
from ..schema import SObject
from ..wire import Request, Response, reply
from ..writes import Call

_TABLES_DISTURBED = ("Contact", "Account", "Lead", "Opportunity")


def answer(request: Request) -> Response:
    """Answer a call to the admin endpoint."""
    verb, _, rest = request.path.removeprefix("/_sandbox/").strip("/").partition("/")
    handler = _HANDLERS.get((request.method, verb))
    if handler is None:
        known = ", ".join(f"{method} /_sandbox/{name}" for method, name in _HANDLERS)
        raise Refusal("NOT_FOUND", f"the sandbox knows {known}", status=404)
    try:
        return handler(request, [part for part in rest.split("/") if part])
    except KeyError as error:
        raise Refusal("INVALID_INPUT", f"{verb} needs {error}") from None
    except ValueError as error:
        raise Refusal("INVALID_INPUT", str(error)) from None


def person(org: Org) -> str:
    """Return a user who is not the integration user, for edits by hand."""
    users = org.tables["User"].rows.values()
    machine = org.settings.integration_user
    others = (row["Id"] for row in users if row["Id"] != machine and row.get("IsActive"))
    return str(next(others, machine))


def disturb(org: Org) -> None:
    """Let a person change the least recently changed row of an object that clients read."""
    for name in _TABLES_DISTURBED:
        for record_id in org.tables[name].since(""):
            row = org.tables[name].rows[record_id]
            if not row.get("IsDeleted"):
                call = Call(org, person(org), behind=True)
                writes.update(call, org.schema.objects[name], record_id, {"Description": f"Seen at {org.stamp()}"})
                return


def _state(request: Request, rest: list[str]) -> Response:
    org = request.org
    rows = {name: sum(1 for _ in table.live()) for name, table in org.tables.items() if table.rows}
    return reply(
        {
            "now": org.stamp(),
            "rows": rows,
            "deleted": {name: len(table.graves) for name, table in org.tables.items() if table.graves},
            "calls": len(request.simulator.calls),
            "writes": len(org.writes),
            "usage": {"used": request.simulator.usage.used(), "limit": org.settings.daily_limit},
            "components": sorted(f"{kind} {name}" for kind, name in org.components),
        }
    )


def _calls(request: Request, rest: list[str]) -> Response:
    return reply(list(request.simulator.calls))


def _writes(request: Request, rest: list[str]) -> Response:
    return reply(request.org.writes)


def _records(request: Request, rest: list[str]) -> Response:
    sobject = _sobject(request, rest)
    rows = request.org.table(sobject).rows
    if len(rest) == 1:
        return reply(list(rows.values()))
    row = rows.get(ids.read(rest[1]) or "")
    if row is None:
        raise not_found()
    return reply(row)


def _edit(request: Request, rest: list[str]) -> Response:
    sobject, asked = _sobject(request, rest), _asked(request)
    user = asked.get("user") or person(request.org)

    def work(call: Call) -> dict[str, Any]:
        if len(rest) == 1:
            return {"id": writes.create(call, sobject, asked.get("fields") or {})}
        if asked.get("delete"):
            writes.delete(call, sobject, rest[1])
        elif asked.get("undelete"):
            writes.undelete(call, sobject, rest[1])
        else:
            writes.update(call, sobject, rest[1], asked.get("fields") or {})
        return dict(request.org.table(sobject).rows.get(ids.read(rest[1]) or "", {}))

    return reply(_whole(Call(request.org, user, behind=True), work))


def _merge(request: Request, rest: list[str]) -> Response:
    asked = _asked(request)

    def work(call: Call) -> dict[str, Any]:
        merging.merge(call, asked["object"], asked["master"], asked["victims"], asked.get("fields"))
        return {"id": asked["master"], "mergedRecordIds": asked["victims"]}

    return reply(_whole(Call(request.org, asked.get("user") or person(request.org), behind=True), work))


def _convert(request: Request, rest: list[str]) -> Response:
    asked = _asked(request)
    wanted = {key: asked[key] for key in ("account", "contact", "opportunity", "name", "status") if key in asked}

    def work(call: Call) -> dict[str, Any]:
        return dict(merging.convert(call, asked["lead"], **wanted))

    return reply(_whole(Call(request.org, asked.get("user") or person(request.org), behind=True), work))


def _expire_sessions(request: Request, rest: list[str]) -> Response:
    return reply({"ended": request.simulator.sessions.close_all()})


def _expire_locators(request: Request, rest: list[str]) -> Response:
    request.simulator.cursors.close_all()
    return reply({})


def _lock(request: Request, rest: list[str]) -> Response:
    asked = _asked(request)
    request.org.locked[ids.read(asked["id"]) or asked["id"]] = int(asked.get("times", 1))
    return reply(request.org.locked)


def _usage(request: Request, rest: list[str]) -> Response:
    usage = request.simulator.usage
    usage.extra += int(_asked(request)["used"]) - usage.used()
    return reply({"used": usage.used()})


def _assign(request: Request, rest: list[str]) -> Response:
    asked, org = _asked(request), request.org
    sets = org.tables["PermissionSet"].matching("Name", asked["permission_set"])
    if not sets:
        raise not_found()
    user = asked.get("user") or org.settings.integration_user
    body = {"AssigneeId": user, "PermissionSetId": sets[0]}
    return reply(
        _whole(
            Call(org, user, behind=True),
            lambda call: {"id": writes.create(call, org.schema.objects["PermissionSetAssignment"], body)},
        )
    )


def _sign_in(request: Request, rest: list[str]) -> Response:
    asked, users = _asked(request)["user"], request.org.tables["User"]
    user = users.rows.get(ids.read(asked) or "") or next(map(users.rows.get, users.matching("Username", asked)), None)
    if user is None or user.get("IsActive") is False:
        raise Refusal("INVALID_LOGIN", f"{asked} is no active user of this org")
    return reply({"access_token": request.simulator.sessions.open(user["Id"]), "id": user["Id"]})


def _faults(request: Request, rest: list[str]) -> Response:
    if request.method == "POST":
        request.simulator.faults.load(orjson.loads(request.body))
    elif request.method == "DELETE":
        request.simulator.faults.clear()
    return reply(request.simulator.faults.show())


def _clock(request: Request, rest: list[str]) -> Response:
    org = request.org
    if request.method == "POST":
        asked = _asked(request)
        step = float(asked.get("advance", 0))
        if wanted := asked.get("now") or asked.get("set"):
            step += (datetime.fromisoformat(wanted) - org.now()).total_seconds()
        advance = getattr(org.clock, "advance", None)
        if advance is not None:
            advance(step)
        else:
            org.offset += step
    return reply({"now": org.now().isoformat()})


def _whole(call: Call, work: Callable[[Call], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work(call)
    except Refusal:
        call.journal.roll_back()
        raise


def _sobject(request: Request, rest: list[str]) -> SObject:
    sobject = request.org.schema.find(rest[0]) if rest else None
    if sobject is None:
        raise not_found()
    return sobject


def _asked(request: Request) -> dict[str, Any]:
    content = orjson.loads(request.body) if request.body else {}
    return content if isinstance(content, dict) else {}


_HANDLERS: dict[tuple[str, str], Callable[[Request, list[str]], Response]] = {
    ("GET", "state"): _state,
    ("GET", "calls"): _calls,
    ("GET", "writes"): _writes,
    ("GET", "records"): _records,
    ("POST", "records"): _edit,
    ("POST", "merge"): _merge,
    ("POST", "convert"): _convert,
    ("POST", "expire-sessions"): _expire_sessions,
    ("POST", "expire-locators"): _expire_locators,
    ("POST", "lock"): _lock,
    ("POST", "usage"): _usage,
    ("POST", "assign"): _assign,
    ("POST", "sign-in"): _sign_in,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _faults,
    ("DELETE", "faults"): _faults,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
}

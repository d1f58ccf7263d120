"""The sandbox's own endpoint, /_sandbox/: what happened, and what people (or fate) do to the portal meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.hubspot.drawing import describe
from connectors.sandbox.hubspot.kinds import BY_NAME
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, not_found
from connectors.sandbox.hubspot.shelf import Item, Selection, Shelf, iso, number
from connectors.sandbox.hubspot.webhooks import Webhooks
from connectors.sandbox.hubspot.wire import Answer, Json, Request, reply


class Simulator(Protocol):
    """What people and fate reach of the simulator."""

    system: str
    portal: Portal
    faults: Faults


Handler = Callable[[Simulator, Request, list[str]], Any]


def answer(simulator: Simulator, request: Request) -> Answer:
    """Answer one call to the sandbox itself."""
    name, *rest = request.path.strip("/").split("/")[1:] or [""]
    handler = HANDLERS.get((request.method, name))
    if handler is None or len(rest) < NEEDED.get(name, 0):
        known = ", ".join(f"{method} /_sandbox/{what}" for method, what in HANDLERS)
        return reply({"message": f"the sandbox knows {known}"}, 404)
    try:
        return reply(handler(simulator, request, rest))
    except Refusal as refusal:
        return reply({"message": refusal.message}, refusal.status)
    except ValueError as fault:
        return reply({"message": str(fault)}, 400)


def state(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Return how many records of each type there are, and how many calls and writes were made."""
    portal = simulator.portal
    shelves = {name: shelf for name, shelf in portal.shelves.items() if shelf.items}
    return {
        "system": simulator.system,
        "now": portal.clock().isoformat(),
        "records": {name: len(shelf.live) for name, shelf in shelves.items()}
        | {name: len(rows) for name, rows in portal.rows.items()},
        "archived": {name: len(shelf.archived) for name, shelf in shelves.items() if shelf.archived},
        "calls": sum(portal.calls.values()),
        "writes": portal.write_count,
    }


def calls(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Return how often each endpoint was called; DELETE counts anew."""
    counted = {f"{method} {path}": count for (method, path), count in sorted(simulator.portal.calls.items())}
    if request.method == "DELETE":
        simulator.portal.calls.clear()
    return counted


def writes(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Return the latest changes, newest first."""
    limit = request.number("limit", 100)
    latest = list(simulator.portal.writes)[::-1][:limit]
    return {"count": simulator.portal.write_count, "writes": [asdict(write) for write in latest]}


def records(simulator: Simulator, request: Request, rest: list[str]) -> Any:
    """Return records of a type (or one of them) with all their properties; rows of other kinds as they are."""
    portal = simulator.portal
    if rest[0] not in BY_NAME:
        return portal.rows.get(rest[0], [])
    shelf = portal.shelf(rest[0])
    if len(rest) > 1:
        return _show(portal, shelf, _item(shelf, rest[1]))
    start, limit = request.number("offset", 0), request.number("limit", 1000)
    return [_show(portal, shelf, item) for item in list(shelf.items.values())[start : start + limit]]


def edit(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Change a record (or create one, without an id) as a person would: {"properties": {…}, "user": "17"}.

    Rows of other kinds (form_submissions, email_events, …) are added as they are given.
    """
    portal, content = simulator.portal, request.document()
    if rest[0] not in BY_NAME:
        portal.rows.setdefault(rest[0], []).append(content)
        return content
    shelf, who = portal.shelf(rest[0]), str(content.get("user") or "17")
    values = {name: None if value is None else str(value) for name, value in content.get("properties", {}).items()}
    if len(rest) == 1:
        return _show(portal, shelf, portal.create(shelf, {n: v for n, v in values.items() if v}, who))
    item = _item(shelf, rest[1])
    portal.change(shelf, item, values, who)
    return _show(portal, shelf, item)


def remove(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Archive a record as a person would: DELETE /_sandbox/records/{type}/{id}."""
    if len(rest) < 2:
        raise not_found()
    portal, shelf = simulator.portal, simulator.portal.shelf(rest[0])
    item = _item(shelf, rest[1])
    if item.archived_at is None:
        portal.archive(shelf, item, request.parameter("user", "17"))
    return _show(portal, shelf, item)


def restore(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Bring an archived record back: POST /_sandbox/restore/{type}/{id}."""
    portal, shelf = simulator.portal, simulator.portal.shelf(rest[0])
    item = _item(shelf, rest[1])
    if item.archived_at is not None:
        portal.restore(shelf, item, request.parameter("user", "17"))
    return _show(portal, shelf, item)


def faults(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Return the fault rules; POST replaces them, DELETE ends them."""
    if request.method == "POST":
        simulator.faults.load(request.json())
    elif request.method == "DELETE":
        simulator.faults.clear()
    return simulator.faults.show()


def clock(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Return the time; POST moves it: {"now": ISO stamp, "frozen": true} or {"advance": seconds}."""
    portal = simulator.portal
    if request.method == "POST":
        if not isinstance(portal.clock, Clock):
            raise ValueError("this sandbox runs on a clock that cannot be moved")
        content = request.document()
        if "now" in content:
            portal.clock.set(datetime.fromisoformat(content["now"]), frozen=bool(content.get("frozen")))
        portal.clock.advance(float(content.get("advance", 0)))
    return {"now": portal.clock().isoformat()}


def submit(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Have somebody fill in a form: {"email": …, "form": id, "values": {…}, "at": epoch milliseconds}.

    The contact of that address is made where there is none, and converts: what the portal counts of it moves.
    """
    portal, content = simulator.portal, request.document()
    form = next((one for one in portal.rows.get("forms", ()) if str(one["id"]) == str(content["form"])), None)
    if form is None:
        raise not_found()
    at, email, shelf = int(content.get("at") or portal.now()), str(content["email"]), portal.shelf("contacts")
    values = {"email": email, **content.get("values", {})}
    title = str(content.get("pageTitle") or "Home")
    row = {
        "formId": form["id"],
        "conversionId": f"{email}-{at}",
        "submittedAt": at,
        "values": [{"name": name, "value": value, "objectTypeId": "0-1"} for name, value in values.items()],
        "pageUrl": str(content.get("pageUrl") or "https://www.syncd-demo.example/"),
        "pageTitle": title,
    }
    portal.rows.setdefault("form_submissions", []).append(row)
    item = shelf.find(email, by="email") or portal.create(shelf, values, "FORM")
    times = int(item.properties.get("num_conversion_events") or 0) + 1
    changes = {"recent_conversion_date": iso(at), "recent_conversion_event_name": f"{title}: {form['name']}"}
    portal.change(shelf, item, changes | {"num_conversion_events": str(times)}, "FORM")
    return _show(portal, shelf, item)


def subscribe(simulator: Simulator, request: Request, rest: list[str]) -> Json:
    """Install an app with webhooks: the `config` of its file, with `clientSecret`; POST replaces, DELETE ends it.

    `spoils` says what goes wrong on the way, `pace` how much sooner than in a day it is sent again; GET shows what was
    sent. POST …/webhooks/events sends events as they are given.
    """
    portal = simulator.portal
    if request.method == "POST" and rest == ["events"]:
        if portal.webhooks is None:
            raise not_found()
        portal.webhooks.send(request.document()["events"])
    elif request.method != "GET":
        if portal.webhooks is not None:
            portal.webhooks.end()
        wanted = request.document() if request.method == "POST" else None
        portal.webhooks = Webhooks.read(wanted, portal.options.portal_id) if wanted else None
    return portal.webhooks.show() if portal.webhooks else {"deliveries": [], "waiting": 0}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "state"): state,
    ("GET", "calls"): calls,
    ("DELETE", "calls"): calls,
    ("GET", "writes"): writes,
    ("GET", "records"): records,
    ("POST", "records"): edit,
    ("DELETE", "records"): remove,
    ("POST", "restore"): restore,
    ("POST", "submissions"): submit,
    ("GET", "webhooks"): subscribe,
    ("POST", "webhooks"): subscribe,
    ("DELETE", "webhooks"): subscribe,
    ("GET", "faults"): faults,
    ("POST", "faults"): faults,
    ("DELETE", "faults"): faults,
    ("GET", "clock"): clock,
    ("POST", "clock"): clock,
}


NEEDED = {"records": 1, "restore": 2}  # how many parts of a path must follow the name


def _item(shelf: Shelf, id: str) -> Item:
    item = shelf.items.get(number(id) or 0)
    if item is None:
        raise not_found()
    return item


def _show(portal: Portal, shelf: Shelf, item: Item) -> Json:
    everything = Selection(shelf.kind, tuple(sorted(item.properties)), (), tuple(item.links), 10_000)
    return describe(portal, item, everything)

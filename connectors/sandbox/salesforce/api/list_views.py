"""…/sobjects/Name/listviews: the lists of an object, what each of them asks, and the rows that it shows.

Source: Salesforce, REST API Developer Guide, "List Views", "List View Basic Information", "List View Describe", "List
View Results" (limit 1 to 2,000, 25 where nobody says; offset from 0), "Recent List Views". Which texts refuse a limit
or an offset is not documented.
"""

from __future__ import annotations

from typing import Any

from .. import ids
from ..metadata.packages import Component
from ..metadata.rows import component_of
from ..refusal import Refusal, not_found
from ..schema import SObject
from ..screens.list_views import ListView, cells, is_served, read_view, rows_of
from ..table import Row
from ..wire import Request, Response, Route, reply
from .describing import named

_LIMIT, _MOST = 25, 2000


def list_views(request: Request, name: str) -> Response:
    """Answer GET …/listviews: every list of the object."""
    sobject = named(request, name)
    table = request.org.tables["ListView"]
    rows = [table.rows[record_id] for record_id in table.matching("SobjectType", sobject.name)]
    return _listed(sobject, [_basics(request, sobject, row) for row in rows])


def recent(request: Request, name: str) -> Response:
    """Answer GET …/listviews/recent: the sandbox does not note who looked at which."""
    return _listed(named(request, name), [])


def list_view(request: Request, name: str, view_id: str) -> Response:
    """Answer GET …/listviews/Id."""
    sobject, row, _ = _standing(request, name, view_id)
    return reply(_basics(request, sobject, row))


def describe(request: Request, name: str, view_id: str) -> Response:
    """Answer GET …/listviews/Id/describe: columns, conditions, and the query as a whole."""
    sobject, row, component = _standing(request, name, view_id)
    view = read_view(request.org, request.user, sobject, component)
    order = [{"fieldNameOrPath": path, "nullsPosition": "first", "sortDirection": "ascending"} for path in view.order]
    return reply(
        {"columns": view.described(), "id": row["Id"][:15], "orderBy": order, "query": view.query, "scope": view.scope}
        | {"sobjectType": sobject.name, "whereCondition": view.where()}
    )


def results(request: Request, name: str, view_id: str) -> Response:
    """Answer GET …/listviews/Id/results?limit=…&offset=…"""
    sobject, row, component = _standing(request, name, view_id)
    limit, offset = _number(request, "limit", _LIMIT, 1, _MOST), _number(request, "offset", 0, 0, None)
    view = read_view(request.org, request.user, sobject, component)
    rows = rows_of(request.org, request.user, view, request.base)
    return reply(_results(view, row, rows[offset : offset + limit], done=offset + limit >= len(rows)))


def _results(view: ListView, row: Row, rows: list[Row], *, done: bool) -> dict[str, Any]:
    records = [{"columns": cells(view, found)} for found in rows]
    said = {"columns": view.described(), "developerName": row["DeveloperName"], "done": done, "id": row["Id"][:15]}
    return said | {"label": row["Name"], "records": records, "size": len(records)}


def _standing(request: Request, name: str, view_id: str) -> tuple[SObject, Row, Component]:
    """Return the object, the list's record and its metadata; raises Refusal NOT_FOUND."""
    sobject = named(request, name)
    whole = ids.read(view_id) or ""
    row, component = request.org.row(whole), component_of(request.org, "ListView", whole)
    if row is None or component is None or row["SobjectType"] != sobject.name:
        raise not_found()
    return sobject, row, component


def _basics(request: Request, sobject: SObject, row: Row) -> dict[str, Any]:
    url = f"{request.base}/sobjects/{sobject.name}/listviews/{row['Id']}"
    component = component_of(request.org, "ListView", row["Id"])
    return {
        "describeUrl": f"{url}/describe",
        "developerName": row["DeveloperName"],
        "id": row["Id"],
        "label": row["Name"],
        "resultsUrl": f"{url}/results",
        "soqlCompatible": component is not None and is_served(component),
        "url": url,
    }


def _listed(sobject: SObject, listed: list[dict[str, Any]]) -> Response:
    said = {"done": True, "listviews": listed, "nextRecordsUrl": None, "size": len(listed)}
    return reply(said | {"sobjectType": sobject.name})


def _number(request: Request, name: str, default: int, least: int, most: int | None) -> int:
    said = request.query.get(name, str(default))
    if not said.isdecimal() or int(said) < least or (most is not None and int(said) > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise Refusal("ILLEGAL_QUERY_PARAMETER_VALUE", f"{name} must be {bounds}")
    return int(said)


ROUTES: tuple[Route, ...] = (
    ("GET", "sobjects/*/listviews", list_views),
    ("GET", "sobjects/*/listviews/recent", recent),
    ("GET", "sobjects/*/listviews/*", list_view),
    ("GET", "sobjects/*/listviews/*/describe", describe),
    ("GET", "sobjects/*/listviews/*/results", results),
)

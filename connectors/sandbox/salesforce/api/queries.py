"""GET …/query and …/queryAll: pages of rows, and locators to go on with.

Source: Salesforce, REST API Developer Guide, "Query", "Query More Results"; SOQL and SOSL Reference, "Query Cursors".
"""

from __future__ import annotations

import re
from typing import Any

from ..cursors import INVALID, Cursor
from ..refusal import Refusal
from ..soql import object_permissions, permission_access, record_access
from ..soql import running as querying
from ..soql.running import Result
from ..soql.tree import Query, parse
from ..wire import Request, Response, Route, reply
from .query_columns import tell_columns

_SMALLEST_PAGE, _LARGEST_PAGE = 200, 2000
_ONE_BATCH = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"


def query(request: Request) -> Response:
    """Answer GET …/query?q=…"""
    return _first(request, "query", deleted=False)


def query_all(request: Request) -> Response:
    """Answer GET …/queryAll?q=…, which shows deleted and merged rows too."""
    return _first(request, "queryAll", deleted=True)


def query_more(request: Request, locator: str) -> Response:
    """Answer GET …/query/<locator>-<offset>."""
    name, _, offset = locator.partition("-")
    cursor = request.simulator.cursors.get(request.user, name)
    if not offset.isdigit() or int(offset) >= cursor.result.total:
        raise Refusal("INVALID_QUERY_LOCATOR", INVALID)
    return _page(request, cursor, name, int(offset))


def _first(request: Request, resource: str, *, deleted: bool) -> Response:
    text = request.query.get("q")
    if text is None:
        raise Refusal("MALFORMED_QUERY", "A query string has to be specified")
    if request.query.get("columns") == "true":
        return reply(tell_columns(request.org, request.user, parse(text)))
    result = _run(request, parse(text), deleted=deleted)
    size = _page_size(request)
    if result.total <= size or not result.rows:
        records = result.page(0, size)
        return reply({"totalSize": result.total, "done": True, "records": records})
    if result.show is None:
        raise Refusal("EXCEEDED_ID_LIMIT", _ONE_BATCH)
    locator = request.simulator.cursors.open(request.user, result, size)
    return _page(request, request.simulator.cursors.get(request.user, locator), locator, 0)


def _run(request: Request, query: Query, *, deleted: bool) -> Result:
    if query.source.lower() == record_access.NAME.lower():
        return record_access.run(request.org, request.user, query)
    if query.source.lower() == permission_access.NAME.lower():
        return permission_access.run(request.org, request.user, query)
    if query.source.lower() == object_permissions.NAME.lower():
        return object_permissions.run(request.org, request.user, query, request.base)
    return querying.run(request.org, request.user, query, request.base, deleted=deleted)


def _page(request: Request, cursor: Cursor, locator: str, start: int) -> Response:
    end = start + cursor.size
    done = end >= cursor.result.total
    cursor.left = min(cursor.left, max(0, cursor.result.total - end))
    shown: dict[str, Any] = {"totalSize": cursor.result.total, "done": done}
    if not done:
        shown["nextRecordsUrl"] = f"{request.base}/query/{locator}-{end}"
    return reply(shown | {"records": cursor.result.page(start, cursor.size)})


def _page_size(request: Request) -> int:
    """Return the rows per page: the org's, or what the header Sforce-Query-Options asks for within bounds."""
    match = re.search(r"batchSize\s*=\s*(\d+)", request.headers.get("sforce-query-options", ""), re.IGNORECASE)
    if match is None:
        return request.org.settings.page_size
    return min(max(int(match[1]), _SMALLEST_PAGE), _LARGEST_PAGE)


ROUTES: tuple[Route, ...] = (
    ("GET", "query", query),
    ("GET", "queryAll", query_all),
    ("GET", "query/*", query_more),
    ("GET", "queryAll/*", query_more),
    ("GET", "tooling/query", query),  # the Tooling API's own objects are not there: INVALID_TYPE
    ("GET", "tooling/query/*", query_more),
)

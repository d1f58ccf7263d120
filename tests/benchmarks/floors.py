"""The floors: the same work with nothing but a keep-alive connection, orjson and sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import urllib3

from tests.benchmarks.places import Place

TABLE = """
CREATE TABLE source_record (system TEXT, stream TEXT, remote_id TEXT, modified_at TEXT, deleted INT, gone TEXT,
  raw TEXT, PRIMARY KEY (system, stream, remote_id))
"""
UPSERT = """
INSERT INTO source_record VALUES (?, ?, ?, ?, ?, '', ?) ON CONFLICT (system, stream, remote_id) DO UPDATE SET
  modified_at = excluded.modified_at, deleted = excluded.deleted, gone = '', raw = excluded.raw
"""


def opened(database: str) -> sqlite3.Connection:
    """A database as syncd sets it up, with the one table."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    connection.execute(TABLE)
    return connection


def load(place: Place, connection: sqlite3.Connection, asked: dict[str, Sequence[str]]) -> dict[str, float]:
    """Drain HubSpot object types page by page; each page is one executemany upsert in one transaction."""
    calls = 0
    for stream, fields in asked.items():
        for page in pages(place, stream, fields):
            calls += 1
            rows = [_row(stream, one) for one in page["results"]]
            connection.execute("BEGIN")
            connection.executemany(UPSERT, rows)
            connection.execute("COMMIT")
    return {"calls": calls}


def _row(stream: str, record: dict[str, Any]) -> tuple[Any, ...]:
    return "hubspot", stream, record["id"], record["updatedAt"], record["archived"], orjson.dumps(record).decode()


def pages(place: Place, stream: str, fields: Sequence[str]) -> Iterator[Any]:
    """Yield an object type's pages, parsed, over one connection; the query is the one that the connector sends."""
    host, _, port = place["hubspot_http"].rpartition("/")[2].partition(":")
    properties = ",".join(name for name in fields if not name.startswith("associations."))
    associations = ",".join(name.partition(".")[2] for name in fields if name.startswith("associations."))
    query = f"limit=100&properties={properties}" + (f"&associations={associations}" if associations else "")
    headers, after = {"Authorization": f"Bearer {place['hubspot_token']}"}, ""
    with urllib3.HTTPConnectionPool(host, int(port), maxsize=1) as pool:
        while True:
            answer = pool.request("GET", f"/crm/objects/2026-09/{stream}?{query}{after}", headers=headers)
            page = orjson.loads(answer.data)
            yield page
            following = page.get("paging", {}).get("next", {}).get("after")
            if not following:
                return
            after = f"&after={following}"


def send(place: Place, version: str, payloads: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Upsert opportunities by their key, 200 a call, over one connection; the sign-in is not counted."""
    with urllib3.PoolManager(ca_certs=place["ca_file"]) as pool:
        form = {
            "grant_type": "client_credentials",
            "client_id": place["salesforce_client_id"],
            "client_secret": place["salesforce_client_secret"],
        }
        base = place["salesforce_https"]
        token = pool.request("POST", f"{base}/services/oauth2/token", fields=form, encode_multipart=False).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}
        path = f"{base}/services/data/v{version}/composite/sobjects/Opportunity/Syncd_Key__c"
        calls = 0
        for start in range(0, len(payloads), 200):
            records = [{"attributes": {"type": "Opportunity"}, **payload} for payload in payloads[start : start + 200]]
            body = orjson.dumps({"allOrNone": False, "records": records})
            answer = orjson.loads(pool.request("PATCH", path, body=body, headers=headers).data)
            assert all(row["success"] for row in answer), answer[:1]
            calls += 1
    return {"calls": calls}

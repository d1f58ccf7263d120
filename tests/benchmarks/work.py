"""One measurement in a process of its own: `python -m tests.benchmarks.work WHAT PLACE DATABASE`, JSON comes last."""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import urllib3
from pydantic import SecretStr

Place = dict[str, Any]


def drain(place: Place, _: str) -> dict[str, float]:
    """Fetch and parse every page, write nothing."""
    return {"calls": sum(1 for _ in _pages(place))}


def floor(place: Place, database: str) -> dict[str, float]:
    """Drain, parse, and write each page with one executemany upsert: the raw record under system, stream and id."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    connection.execute(
        "CREATE TABLE record (system TEXT, stream TEXT, id TEXT, modified TEXT, deleted INT, raw TEXT, "
        "PRIMARY KEY (system, stream, id))"
    )
    statement = (
        "INSERT INTO record VALUES ('hubspot', 'contacts', ?, ?, ?, ?) ON CONFLICT (system, stream, id) "
        "DO UPDATE SET modified = excluded.modified, deleted = excluded.deleted, raw = excluded.raw"
    )
    calls = 0
    for page in _pages(place):
        calls += 1
        rows = [(one["id"], one["updatedAt"], one["archived"], orjson.dumps(one).decode()) for one in page["results"]]
        connection.execute("BEGIN")
        connection.executemany(statement, rows)
        connection.execute("COMMIT")
    connection.close()
    return {"calls": calls}


def _pages(place: Place) -> Iterator[Any]:
    fields = ",".join(_fields())
    host, _, port = place["hubspot_http"].rpartition("/")[2].partition(":")
    pool = urllib3.HTTPConnectionPool(host, int(port), maxsize=1)
    path: str | None = f"/crm/v3/objects/contacts?limit=100&properties={fields}&associations=companies"
    while path:
        answer = pool.request("GET", path, headers={"Authorization": f"Bearer {place['hubspot_token']}"})
        page = orjson.loads(answer.data)
        yield page
        after = page.get("paging", {}).get("next", {}).get("after")
        base = path.partition("&after=")[0]
        path = f"{base}&after={after}" if after else None
    pool.close()


def _fields() -> list[str]:
    from syncd.mapping import load

    return [name for name in load("hubspot").asked("contacts") if not name.startswith("associations.")] + _FURTHER


# Up to 32 properties a contact: what the mapping asks for, and what else a portal is commonly asked for.
_FURTHER = ["mobilephone", "address", "city", "state", "zip", "website", "hs_lead_status", "createdate"]


def pull(place: Place, database: str) -> dict[str, float]:
    """The connector into the store; what starting costs is not part of it."""
    from syncd.sync.pull import pull as pull_stream

    source, mapping, store = _opened(place, database)
    start, before = time.monotonic(), time.process_time()
    outcome = pull_stream(source, mapping, store, streams=["contacts"])
    assert not outcome.failures, outcome.failures
    spent = {"wall": time.monotonic() - start, "cpu": time.process_time() - before}
    return {**spent, "calls": source.budget.calls, "records": outcome.counts["pulled hubspot.contacts"]}


def incremental(place: Place, database: str) -> dict[str, float]:
    """An idle pull, and one after a thousandth has changed."""
    import requests

    from syncd.sync.pull import pull as pull_stream

    source, mapping, store = _opened(place, database)
    pull_stream(source, mapping, store, streams=["contacts"])
    found: dict[str, float] = {}
    ids = [str(row["id"]) for row in next(_pages(place))["results"]]
    for name, changed in (("idle", 0), ("changed", len(ids))):
        for number in range(changed):
            url = f"{place['hubspot_http']}/_sandbox/records/contacts/{ids[number]}"
            requests.post(url, json={"properties": {"jobtitle": f"Changed {number}"}}, timeout=10)
        before, start = source.budget.calls, time.monotonic()
        outcome = pull_stream(source, mapping, store, streams=["contacts"])
        found[f"{name} seconds"] = time.monotonic() - start
        found[f"{name} calls"] = source.budget.calls - before
        found[f"{name} records"] = outcome.counts["pulled hubspot.contacts"]
    return found


def _opened(place: Place, database: str) -> tuple[Any, Any, Any]:
    from datetime import timedelta

    from connectors.hubspot import HubSpot
    from syncd.mapping import load
    from syncd.store import Store

    mapping = load("hubspot")
    stream = mapping.streams["contacts"]
    fields = dict(stream.fields)
    for name in _FURTHER:
        fields[name] = stream.fields["title"].model_copy(update={"paths": (f"properties.{name}",)})
    widened = stream.model_copy(update={"fields": fields})
    mapping = mapping.model_copy(update={"streams": {**mapping.streams, "contacts": widened}})
    store = Store(f"sqlite:///{database}")
    store.migrate()
    return HubSpot(place["hubspot_token"], host=place["hubspot_http"], settle=timedelta(0)), mapping, store


def cycle(place: Place, database: str) -> dict[str, float]:
    """Two whole cycles on the world: rates of match and judge, and what the second one costs."""
    from connectors.hubspot.deploy import deploy
    from syncd.settings import Settings
    from syncd.store import Store
    from syncd.sync import cycle as run
    from syncd.sync import judge as judge_all
    from syncd.wiring import hubspot, salesforce, wire

    settings = Settings(
        hubspot_url=place["hubspot_http"],
        hubspot_token=SecretStr(place["hubspot_token"]),
        hubspot_settle_seconds=0,
        salesforce_login_url=place["salesforce_https"],
        salesforce_client_id=place["salesforce_client_id"],
        salesforce_client_secret=SecretStr(place["salesforce_client_secret"]),
        ca_file=Path(place["ca_file"]),
    )
    store = Store(f"sqlite:///{database}")
    store.migrate()
    with salesforce(settings) as org:
        org.deploy()
    deploy(hubspot(settings))
    wiring = wire(settings, store)
    first, second = run(wiring), run(wiring)
    store.use_agreement("judged again", wiring.agreement.version, wiring.agreement_text)
    start = time.monotonic()
    again = judge_all(store, wiring.agreement, wiring.today())["judged"]
    spent = time.monotonic() - start
    return {
        "records matched": first.counts.under("matched "),
        "records matched a second": first.counts.under("matched ") / first.seconds["match"],
        "accounts judged": first.counts["judged"],
        "accounts judged a second": first.counts["judged"] / first.seconds["judge"],
        "judged again a second": again / spent,
        "remote records written": first.written,
        "written a second": first.written / first.seconds["push"],
        "first cycle seconds": sum(first.seconds.values()),
        "second cycle written": second.written,
        "second cycle seconds": sum(second.seconds.values()),
        "second cycle calls": sum(second.calls.values()),
    }


WORK: dict[str, Callable[[Place, str], dict[str, float]]] = {
    "drain": drain,
    "floor": floor,
    "pull": pull,
    "incremental": incremental,
    "cycle": cycle,
}


def main() -> None:
    """Do one piece of work and tell its wall and CPU seconds and its peak memory in MiB."""
    what, place, database = sys.argv[1:4]
    start, before = time.monotonic(), time.process_time()
    found = WORK[what](json.loads(place), database)
    found = {"wall": time.monotonic() - start, "cpu": time.process_time() - before, **found}
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()

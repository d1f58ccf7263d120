"""What Prometheus and Grafana are given: every name in rules and dashboard is served, each rule fires and is silent."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import requests
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from connectors.base import Page, Record
from syncd.health.life import Life
from syncd.model.health import FindingKind, Grade
from syncd.model.references import RemoteRef
from syncd.model.runs import Ending, RunOutcome
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.web.figures import COUNTER, FIGURES
from syncd.web.metrics import Figures
from tests import ledger
from tests.store.test_wishes import NOW, judged, want, wished
from tests.web.houses import house, served

FOLDER = Path(__file__).parents[2] / "docs" / "monitoring"
RULES, DASHBOARD, STORIES = FOLDER / "alerts.yaml", FOLDER / "grafana.json", Path(__file__).parent / "alerts_test.yaml"
BUDGET = {"hubspot": {"calls": 7, "daily_remaining": 93}}
TO_LOOK_AT = ("lease_held", "wishes_pending_seconds", "last_run_timestamp_seconds")  # by hand
OF_SCRAPES = {"job", "instance"}
VALUES = {
    "kind": {kind.value for kind in FindingKind},
    "grade": {grade.value for grade in Grade},
    "outcome": {outcome.value for outcome in RunOutcome},
}
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None and os.environ.get("MONITORING_TESTS") != "required",
    reason="promtool is not installed (Debian: apt-get install prometheus): rules are parsed, and not run",
)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [rule["expr"] for rule in rules()] + [target["expr"] for panel in panels for target in panel["targets"]]


def selectors(expression: str) -> Iterator[Any]:
    """Every selector of an expression; promql_parser raises for what is no PromQL."""
    waiting = [promql.parse(expression)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, promql.VectorSelector):
            yield node
            continue
        parts = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "vector_selector")]
        waiting += [part for part in (*parts, *(getattr(node, "args", None) or ())) if part is not None]


@pytest.fixture
def busy(sqlite_store: Store) -> Store:
    """A store that has something of everything: a run, an account, wishes, a record that was set aside, a daemon."""
    store = sqlite_store
    ledger.save(store, "hubspot", "contacts", Page([Record("1", None, False, {"id": "1"})], "behind it"))
    ledger.complete(store, "hubspot", "contacts")
    want(store, judged("a", wished("a/new"), wished("a/refused")))
    with store.writing() as unit:
        unit.runs.finish(unit.runs.start("cycle"), Ending(RunOutcome.DONE, 0), {})
        unit.quarantine.keep("read", {RemoteRef("hubspot", "contacts", "1"): "it cannot be read"})
        unit.connection.exec_driver_sql("UPDATE wish SET error = 'no' WHERE key = 'a/refused'")
        Life(NOW, NOW, "process 1", 15.0).keep(unit)
    return store


def pulse() -> Pulse:
    """A daemon's, that was called with something."""
    return Pulse(heard=Counter({("hubspot", "new"): 2}))


def scraped(store: Store) -> str:
    """What Prometheus gets of it."""
    budgets = {"hubspot": {**BUDGET["hubspot"], "daily_limit": 100, "waited": 1.5, "retries": {"429": 2}}}
    figures = Figures(store, pulse(), lambda: budgets, [("hubspot", "contacts")], channels=lambda: {"slack": (3, 1)})
    registry = CollectorRegistry()
    registry.register(figures)
    return generate_latest(registry).decode()


def test_every_figure_is_served_and_named_after_the_conventions(busy: Store) -> None:
    families = {family.name: family for family in text_string_to_metric_families(scraped(busy))}
    names = {sample.name for family in families.values() for sample in family.samples}
    assert names == FIGURES.keys() - {"syncd_accounts"} | ({"syncd_accounts"} & names)
    for name, figure in FIGURES.items():
        assert (figure.kind == COUNTER) == name.endswith("_total")
        assert re.fullmatch(r"syncd(_[a-z]+)+", name)
        assert figure.help
        assert not figure.help.endswith(".")


@needs_promtool
def test_promtool_finds_nothing_to_say_of_the_figures(busy: Store) -> None:
    text = scraped(busy)
    answer = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert (answer.stdout, answer.stderr, answer.returncode) == ("", "", 0)


def test_every_name_and_label_in_rules_and_dashboard_is_served() -> None:
    names = set()
    for expression in expressions():
        for selector in selectors(expression):
            names.add(selector.name)
            if selector.name.startswith("process_"):
                continue
            figure = FIGURES[selector.name]
            for matcher in selector.matchers.matchers:
                assert matcher.name in {*figure.labels, *OF_SCRAPES}, f"{selector.name}: {matcher.name}"
                if matcher.name in VALUES:
                    assert set(matcher.value.split("|")) <= VALUES[matcher.name], matcher.value
    assert names >= {"syncd_build_info", "syncd_findings"}
    assert FIGURES.keys() - names == {
        "syncd_lease_held",
        "syncd_wishes_pending_seconds",
        "syncd_last_run_timestamp_seconds",
    }


def test_a_selector_of_nothing_that_is_served_would_be_seen() -> None:
    (selector,) = selectors("sum by (kind) (increase(syncd_nothing{kind='late'}[5m])) > 2")
    assert (selector.name, [matcher.name for matcher in selector.matchers.matchers]) == ("syncd_nothing", ["kind"])


def test_each_rule_has_a_story_in_which_it_fires_and_one_in_which_it_is_silent() -> None:
    stories = yaml.safe_load(STORIES.read_text(encoding="utf-8"))["tests"]
    covered: dict[bool, set[str]] = {True: set(), False: set()}
    for story in stories:
        for test in story["promql_expr_test"]:
            covered[bool(test["exp_samples"])].add(re.search(r'alertname="(\w+)"', test["expr"])[1])  # type: ignore[index]
    names = {rule["alert"] for rule in rules()}
    assert covered == {True: names, False: names}
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"].keys() == {"summary", "description"}


@needs_promtool
def test_the_stories_of_the_rules_hold() -> None:
    for words in (["check", "rules", str(RULES)], ["test", "rules", str(STORIES)]):
        answer = subprocess.run(["promtool", *words], text=True, capture_output=True, check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_server_tells_of_its_size_and_rows_without_counting(store: Store) -> None:
    values = {
        (sample.name, sample.labels.get("table", "")): sample.value
        for family in text_string_to_metric_families(scraped(store))
        for sample in family.samples
    }
    assert values["syncd_store_bytes", ""] > 0
    assert ("syncd_store_rows", "wish") in values
    assert (("syncd_disk_free_bytes", "") in values) == store.database.is_sqlite


def test_while_the_database_is_away_the_rest_is_served(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    families = text_string_to_metric_families(scraped(store))
    values = {sample.name: sample.value for family in families for sample in family.samples}
    store.close()
    assert values.keys() == {name for name, figure in FIGURES.items() if figure.away}
    assert values["syncd_database_up"] == 0


def test_what_needs_whole_tables_is_kept_for_a_minute(busy: Store) -> None:
    with served(house(busy, budgets=BUDGET)) as address:
        first = requests.get(f"{address}/metrics", timeout=10).text
        want(busy, judged("b", wished("b/new")))
        second = requests.get(f"{address}/metrics", timeout=10).text
    for text, pending in ((first, 2), (second, 3)):
        assert f'syncd_wishes_pending{{object="opportunity",system="crm"}} {pending}.0' in text
        assert 'syncd_store_rows{table="wish"} 2.0' in text
    assert "process_cpu_seconds_total" in first

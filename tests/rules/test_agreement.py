"""The agreement as a file: it is read, and any mistake in it is a complaint with its line, never a traceback."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.agreement import examine, load
from syncd.errors import AgreementError
from tests.rules.agreements import CONTENT, SHIPPED


def test_the_shipped_agreement_can_be_acted_on() -> None:
    agreement, problems = examine(SHIPPED, "agreement.yaml")
    assert problems == []
    assert agreement == load()


def test_a_version_is_read_as_it_is_typed() -> None:
    agreement, _ = examine(SHIPPED.replace('version: "2026.1"', "version: 2026.10"), "agreement.yaml")
    assert agreement is not None
    assert agreement.version == "2026.10"


def test_load_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(SHIPPED.replace('version: "2026.1"', 'version: "ours"'), encoding="utf-8")
    assert load(file).version == "ours"


def test_load_names_every_complaint(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        SHIPPED.replace("America/New_York", "Mars").replace("currency: USD", "currency: XXX", 1), encoding="utf-8"
    )
    with pytest.raises(AgreementError) as caught:
        load(file)
    assert re.fullmatch(rf"{re.escape(str(file))}:\d+: .*\n{re.escape(str(file))}:\d+: .*", str(caught.value))


def test_load_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AgreementError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Müller".encode("latin-1"))
    with pytest.raises(AgreementError, match="no UTF-8 text"):
        load(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "- a list",
        "7",
        "version: [",
        "version: a\nversion: b",
        "a: &x [*x]",
        "\x00",
        'version: !!int ""',
        "version: !!timestamp now",
        "version: !!bool perhaps",
        "version: !!python/object:os.system x",
        "? [a]\n: b",
        "1: one\ntrue: two\n2026-01-01: three",
        "2026-13-45: x\nversion: 2026-13-45",
        "name: !!binary aGk=",
        "functions: !!set {IT}",
    ],
)
def test_any_mistake_is_a_complaint_and_never_a_traceback(text: str) -> None:
    agreement, problems = examine(text, "agreement.yaml")
    assert agreement is None
    assert problems
    assert all(complaint.file == "agreement.yaml" and complaint.line >= 1 for complaint in problems)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_checked(text: str) -> None:
    assert examine(text, "agreement.yaml")[1]


LINES = SHIPPED.splitlines()
SCALARS = st.sampled_from(
    ["", "~", "7", "-1", ".nan", "[]", "{}", "x", "true", "2026-01-01", "[1, {a: b}]", '"{"', "&a [*a]"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), SCALARS), min_size=1, max_size=4))
def test_a_spoilt_agreement_is_checked(edits: list[tuple[int, str]]) -> None:
    """Values replaced at random lines: either it still holds, or there are complaints within the file."""
    lines = list(LINES)
    for at, scalar in edits:
        head, colon, _ = lines[at].partition(": ")
        lines[at] = f"{head}{colon}{scalar}" if colon else scalar
    agreement, problems = examine("\n".join(lines), "agreement.yaml")
    assert (agreement is None) == bool(problems)
    assert all(1 <= complaint.line <= len(lines) for complaint in problems)


BIG = 99_999_999_999_999_999_999_999


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("offers", 0, "amount"), {"fixed": BIG}),
        (("offers", 0, "amount"), {"by": "employees", "bands": [{"amount": BIG}]}),
        (("offers", 0, "amount"), {"by": "employees", "bands": [{"up_to": BIG, "amount": 1}, {"amount": 2}]}),
        (("offers", 0, "roles"), {"decision maker": BIG}),
        (("engagement", "half_life_days"), float("inf")),
        (("engagement", "half_life_days"), float("nan")),
        (("engagement", "half_life_days"), 1e300),
        (("engagement", "response_days"), BIG),
        (("engagement", "explore"), {"page_view": 1e300}),
        (("engagement", "bots", "seconds_after_delivery"), float("inf")),
        (("engagement", "bots", "links_at_once", "seconds"), float("nan")),
        (("engagement", "bots", "agents"), ["scanner", ""]),
        (("forecast", "sales_cycle_days"), 3_651),
        (("forecast", "sales_cycle_days"), BIG),
        (("forecast", "bar", "mqls_in_required_role"), BIG),
        (("handover", "task_due_days"), BIG),
        (("mql", "scored", "threshold"), BIG),
        (("mql", "scored", "behaviour", "cap"), BIG),
        (("safety", "opportunities", "never_below"), BIG),
        (("capacity", "per_rep_per_week"), BIG),
    ],
)
def test_a_figure_that_no_system_can_hold_is_refused_at_its_place(path: tuple[str | int, ...], value: object) -> None:
    content = deepcopy(CONTENT)
    section: Any = content
    for step in path[:-1]:
        section = section[step] if isinstance(step, int) else section.setdefault(step, {})
    section[path[-1]] = value
    agreement, problems = examine(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "agreement.yaml")
    assert agreement is None
    words = (str(path[-1]), "empty word", "weighs")
    assert any(word in problem.what for word in words for problem in problems), problems

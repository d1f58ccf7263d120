"""Records, and files, that somebody wrote to do harm: they are text of bounded length, read in bounded time."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hubspot import refusals as hubspot_refusals
from connectors.salesforce import refusals as salesforce_refusals
from connectors.salesforce.soql import lists, text
from connectors.scrubber import know, scrub
from syncd import document
from syncd.errors import ConfigError
from syncd.legible import legible, on_one_line
from syncd.mapping.values import READERS
from syncd.model.addresses import is_address, same_address, same_domain
from syncd.model.phones import dialled, is_phone
from syncd.rules import agents, replies
from syncd.sheet import written

LONG = 100_000
HOSTILE = {
    "letters": "a" * LONG,
    "blanks": " " * LONG + "x",
    "marks": "@." * (LONG // 2),
    "almost addresses": "a@a." * (LONG // 4) + "!",
    "digits": "1" * LONG + "x",
    "thousands": "1," * (LONG // 2) + "x",
    "ranges": "1-" * (LONG // 2),
    "slashes": "http://" + "/" * LONG,
    "brackets": "(" * LONG,
    "quotes": "'\"" * (LONG // 2),
    "lines": "\n" * LONG + "x",
    "accents": "e\u0301" * (LONG // 2),
}
AT_MOST = 2.0  # seconds of CPU, on a machine that is busy


def in_time(act: Callable[[], Any]) -> None:
    began = time.process_time()
    with suppress(ValueError):
        act()
    assert time.process_time() - began < AT_MOST


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_giant_value_is_read_or_refused_in_time(value: str) -> None:
    for read in READERS.values():
        in_time(lambda read=read: read(value))  # type: ignore[misc]


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_giant_text_is_shown_scrubbed_and_explained_in_time(value: str) -> None:
    know("canary-token-0123456789")
    for show in (scrub, legible, on_one_line, salesforce_refusals.in_words, hubspot_refusals.scrub):
        in_time(lambda show=show: show(value))  # type: ignore[misc]
    assert len(salesforce_refusals.in_words(value)) <= 500
    assert len(hubspot_refusals.explain({"category": value, "message": value, "correlationId": value})) <= 500


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_what_stands_in_a_record_is_read_by_the_rules_in_time(value: str) -> None:
    value = value[:2_000]  # longer than the mapping lets through
    for read in (replies.is_automatic, agents.machine_in, is_address, same_address, same_domain, is_phone):
        in_time(lambda read=read: read(value))  # type: ignore[operator, misc]
    in_time(lambda: dialled(value, "US"))


INJECTIONS = ["x' OR Name != '", "\\' OR 1=1 --", "a\nb", "Robert'); DROP TABLE", "\\", "'", "\u2019"]


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_stays_a_literal_in_a_query(name: str) -> None:
    for literal in (text(name), next(lists([name]))[1:-1]):
        assert re.fullmatch(r"'(?:[^'\\\n]|\\.)*'", literal), literal


@given(st.text(max_size=30))
def test_whatever_the_name_it_stays_a_literal(name: str) -> None:
    assert re.fullmatch(r"'(?:[^'\\]|\\.)*'", text(name), re.DOTALL)


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    names = ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\t=1", "\uff1d1"]
    assert all(
        line.strip('"').startswith("'") for line in written(["name"], [[name] for name in names]).split("\r\n")[1:-1]
    )


BOMBS = {
    "aliases of aliases": "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
    "depth": "[" * 5_000 + "]" * 5_000,
    "a file that holds itself": "a: &a\n  b: *a\n",
    "python": "a: !!python/object/apply:os.system ['true']\n",
    "many": "\n".join(f"k{n}: 1" for n in range(100_002)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_yaml_file_that_unfolds_without_end_is_refused_in_time(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(ConfigError):
        document.read(BOMBS[bomb], "agreement.yaml")
    assert time.process_time() - began < 10


@pytest.mark.parametrize("word", ["(a+)+$", "(a|aa)*b", "[", "a{999999}", ".*.*.*x"])
def test_a_word_of_the_agreement_is_no_pattern(word: str) -> None:
    """It is looked for as it stands: a pattern of somebody's own could take for ever."""
    in_time(lambda: agents.machine_in("a" * 40 + "!", [word]))
    assert agents.machine_in("a" * 40 + "!", [word]) is None

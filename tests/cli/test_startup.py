"""Commands import what they use: the container asks for health all day long, and people wait for an answer."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.address import Address
from syncd.settings import read
from tests.benchmarks.starts import ASKED_OFTEN, MARK, run, seconds

HEAVY = {
    "alembic",
    "apscheduler",
    "hubspot",
    "lxml",
    "mcp",
    "pydantic",
    "requests",
    "rich",
    "simple_salesforce",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "structlog",
    "uvicorn",
    "yaml",
}
CALL = """
import json, sys
from syncd.cli import main
sys.argv = ["syncd", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def imported(*arguments: str, folder: Path, **environment: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    done = run([sys.executable, "-c", CALL, *arguments], folder, environment)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which nothing stands."""
    return tmp_path


@pytest.mark.parametrize("arguments", ASKED_OFTEN, ids=" ".join)
def test_what_is_asked_all_day_long_imports_nothing_heavy(folder: Path, arguments: tuple[str, ...]) -> None:
    assert not imported(*arguments, folder=folder) & HEAVY


@pytest.mark.parametrize("arguments", ASKED_OFTEN, ids=" ".join)
def test_what_is_asked_all_day_long_costs_a_quarter_of_a_second_at_most(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    assert seconds(*arguments, folder=folder) <= MARK


def test_the_list_of_commands_is_shown_without_importing_them(folder: Path) -> None:
    packages = imported("--help", folder=folder)
    assert "rich" in packages
    assert not packages & (HEAVY - {"rich", "pydantic"})  # typer reads options by pydantic


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (("status",), {"hubspot", "simple_salesforce", "apscheduler", "starlette", "mcp"}),
        (("pause",), {"hubspot", "simple_salesforce", "apscheduler", "starlette", "mcp"}),
        (("cycle",), {"apscheduler", "starlette", "mcp"}),
        (("agreement", "check"), {"hubspot", "simple_salesforce", "sqlalchemy"}),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, tuple) else "",
)
def test_a_command_imports_what_it_uses(folder: Path, arguments: tuple[str, ...], without: set[str]) -> None:
    assert not imported(*arguments, folder=folder) & without


# ---- health reads two settings without the others, and as the others read them ------------------------------------

names = st.sampled_from(["SYNCD_HTTP_HOST", "SYNCD_HTTP_PORT", "syncd_http_port", "Syncd_Http_Host"])
values = st.sampled_from(["", "0", "8080", "007", "65535", "65536", "-1", " 80", "+80", "8_0", "٣", "x", "::1", "::"])


@given(environment=st.dictionaries(names, values))
def test_an_address_that_is_read_alone_is_the_settings_own(environment: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("SYNCD_")]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        plain = Address.plain(os.environ)
        assert plain is None or plain == read().address


def test_an_address_out_of_a_file_is_read_with_all_settings(tmp_path: Path) -> None:
    assert Address.plain({"SYNCD_HTTP_PORT_FILE": str(tmp_path / "port")}) is None
    assert Address.plain({}) == Address("127.0.0.1", 8080)

"""`syncd mcp` in a process of its own, asked by the SDK's own client over standard input and output."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import StdioServerParameters
from mcp.client import Client
from mcp_types import CallToolResult

from tests.cli.conftest import Syncd, cycled, shared, synced  # noqa: F401
from tests.sync.conftest import mappings  # noqa: F401

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Assistant:
    """A client of the protocol. errors: where the server's standard error goes."""

    client: Client
    portal: BlockingPortal

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Call a tool; whatever is answered is marked."""

        async def call() -> CallToolResult:
            answer = await self.client.call_tool(tool, arguments)
            assert isinstance(answer, CallToolResult)
            return answer

        return self.portal.call(call)

    def ask(self, tool: str, **arguments: Any) -> Any:
        """What a tool says to a call that is answered."""
        answer = self.call(tool, **arguments)
        assert not answer.is_error, answer.structured_content
        return answer.structured_content["untrusted"]

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Why a call is not answered."""
        answer = self.call(tool, **arguments)
        assert answer.is_error, answer.structured_content
        refused = answer.structured_content["untrusted"]["refused"]
        assert isinstance(refused, str)
        return refused


@contextmanager
def talking(environment: Mapping[str, str]) -> Iterator[Assistant]:
    """A session with a server that gets this environment and nothing else of ours."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "syncd", "mcp"], env={**environment, "PYTHONPATH": str(ROOT)}
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server)) as client:
        yield Assistant(client, portal)


def looking(syncd: Syncd) -> dict[str, str]:
    """What a server of this installation needs: its store and its agreement, and no vendor's credentials."""
    return {name: syncd.environment[name] for name in ("SYNCD_DATABASE_URL", "SYNCD_MAPPINGS")}


@pytest.fixture(scope="module")
def assistant(shared: Syncd) -> Iterator[Assistant]:  # noqa: F811
    """A session over the tiny world after its first cycle."""
    with talking(looking(shared)) as assistant:
        yield assistant

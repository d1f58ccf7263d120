"""`syncd sandbox`: the simulators of both vendors alone."""

from __future__ import annotations

import errno
from importlib.util import find_spec

import typer

from syncd.errors import ConfigError, SandboxMissing

NEEDS = ("connectors.sandbox", "httptools", "lark", "trustme", "uvloop")  # the simulators and the extra's libraries


def require_sandbox() -> None:
    """Raise SandboxMissing where the simulators or a library that they need are not installed."""
    if any(find_spec(name) is None for name in NEEDS):
        raise SandboxMissing


def sandbox(context: typer.Context) -> None:
    """Serve the HubSpot and Salesforce simulators alone, so that any client can be pointed at them.

    The first line on standard output is JSON: where everything listens, and the credentials. Options: size, seed, date,
    limits, faults, ports; `syncd sandbox --help` lists them.

    - `syncd sandbox --size tiny`

    - `syncd sandbox --size tiny --fault limited,system=hubspot,probability=0.1`

    - `syncd sandbox --size tiny --folder sandbox --keep`

    - `syncd sandbox fault limited,system=hubspot`
    """
    require_sandbox()
    from connectors.sandbox.__main__ import main as serve_sandbox

    try:
        serve_sandbox(context.args, program="syncd sandbox")
    except OSError as error:
        mend = "give other ports, e.g. --hubspot-port 0" if error.errno == errno.EADDRINUSE else "look at its options"
        raise ConfigError(f"the sandbox cannot start: {error.strerror}; {mend}") from error

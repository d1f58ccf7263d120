"""`syncd sandbox fault`: sets and lifts faults of a sandbox while it runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from connectors.sandbox.fault_rules import read

AT = "http://127.0.0.1:8801"
EXAMPLES = """examples:
  {program}                                              which are in force, and how often each has struck
  {program} limited,system=hubspot,probability=0.1       one more; RULE as in syncd sandbox --help
  {program} hang,at=body,system=salesforce,count=1
  {program} --now hang,at=connect,system=hubspot,seconds=60
  {program} --now jump,seconds=-3600
  {program} --now restart,seconds=5                      the database that the sandbox stands before
  {program} --lift limited                               end those of a kind
  {program} --lift                                       end all
"""


def steer(arguments: Sequence[str], program: str) -> None:
    """Say which faults are in force, set some, or lift some; exit code 2: that is no fault, 3: nobody answers."""
    parser = argparse.ArgumentParser(
        program,
        description="Set and lift faults of a sandbox that runs.",
        epilog=EXAMPLES.format(program=program),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rule", nargs="*", metavar="RULE", help="KIND,name=value,…")
    parser.add_argument("--now", action="store_true", help="at once, not at a call: jump, restart, hang at connect")
    parser.add_argument("--lift", nargs="?", const="", metavar="KIND", help="end those of a kind; without it, all")
    parser.add_argument("--at", default=AT, metavar="URL", help=f"where either system listens; default {AT}")
    parser.add_argument("--json", action="store_true", help="what is in force, as JSON")
    parsed = parser.parse_args(arguments)
    if parsed.lift is not None and (parsed.rule or parsed.now):
        parser.error("--lift ends faults: give it no RULE and no --now")
    if parsed.now and not parsed.rule:
        parser.error("--now needs a RULE, such as jump,seconds=3600")
    try:
        rules = [asdict(read(text)) for text in parsed.rule]
        shown = _ask(parsed.at, _step(rules, parsed))
    except ValueError as error:
        parser.error(str(error))
    except (URLError, TimeoutError, ConnectionError):
        print(f"no sandbox answers at {parsed.at}: start one with `syncd sandbox`, or give --at", file=sys.stderr)
        sys.exit(3)
    print(json.dumps(shown["rules"], indent=2) if parsed.json else "\n".join(_lines(shown["rules"])))


def _step(rules: list[dict[str, Any]], parsed: argparse.Namespace) -> dict[str, Any] | None:
    if parsed.lift is not None:
        return {"lift": parsed.lift}
    return {"now" if parsed.now else "add": rules} if rules else None


def _ask(at: str, step: dict[str, Any] | None) -> Any:
    """Ask the sandbox itself, past any proxy; raises ValueError for what it refuses, and URLError."""
    body = None if step is None else json.dumps(step).encode()
    request = Request(f"{at.rstrip('/')}/_sandbox/faults", data=body, headers={"content-type": "application/json"})
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
            return json.load(answer)
    except HTTPError as refused:
        with refused:
            raise ValueError(_reason(refused.read())) from None


def _reason(body: bytes) -> str:
    content = json.loads(body)
    first = content[0] if isinstance(content, list) else content
    return str(first.get("message", first))


def _lines(rules: list[dict[str, Any]]) -> list[str]:
    """One line a rule, as it would be typed, and how often it has struck."""
    defaults = {
        name: value for name, value in asdict(read("latency")).items() if name not in {"kind", "struck", "seen"}
    }
    lines = []
    for rule in rules:
        words = [
            f"{name}={rule[name]}" for name, usual in defaults.items() if name != "running" and rule[name] != usual
        ]
        times = "once" if rule["struck"] == 1 else f"{rule['struck']} times"
        lines.append(f"{','.join((rule['kind'], *words))}  struck {times}")
    return lines or ["no fault is in force"]

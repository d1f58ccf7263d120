"""The image itself, as an operator uses it: `make image-test` builds it, starts it and looks.

Nothing is simulated but the vendors, who run in a container of the demo image beside it; neither has a network but the
loopback that they share.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator

import pytest

from syncd import __version__
from tests.image.engine import DIGEST, Engine, engine, options

WANTED = os.environ.get("IMAGE_TEST") == "yes"
HARD = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges")
LONGEST_GOODBYE = 10.0  # seconds

pytestmark = [
    pytest.mark.skipif(not WANTED, reason="make image-test builds the image, and starts it"),
    pytest.mark.timeout(5400),
]


@pytest.fixture(scope="module")
def docker() -> Engine:
    here = engine()
    if here is None:
        pytest.skip("no container engine: neither docker nor podman answers on this machine")
    return here


@pytest.fixture(scope="module")
def images(docker: Engine) -> tuple[str, str]:
    """The production image and the demo's, freshly built."""
    base = os.environ.get("BASE") or "python:3.13-slim"
    tags = "syncd:test", "syncd:test-demo"
    for target, tag in zip(("production", "demo"), tags, strict=True):
        docker.build(target, tag, base, options())
    return tags


@pytest.fixture(scope="module")
def volumes(docker: Engine) -> Iterator[tuple[str, str]]:
    """One for the store, one for the vendors' certificate."""
    names = tuple(docker.run("volume", "create").strip() for _ in range(2))
    yield names[0], names[1]
    docker.ask("volume", "rm", "--force", *names)


@pytest.fixture(scope="module")
def vendors(docker: Engine, images: tuple[str, str], volumes: tuple[str, str]) -> Iterator[str]:
    """A container in which both vendors answer, prepared for syncd; whoever joins its network reaches them."""
    command = ("sandbox", "--size", "tiny", "--folder", "/data/sandbox")
    with docker.container("--network", "none", "--volume", f"{volumes[1]}:/data", *HARD, images[1], *command) as name:
        _wait(lambda: '"ca_file"' in docker.run("logs", name), 120)
        settings = _settings(name, volumes)
        once = ("run", "--rm", "--interactive", *settings, images[0])
        docker.run(*once, "salesforce", "deploy", "--sign-in", "-", stdin="sandbox-admin-token\n")
        docker.run(*once, "hubspot", "deploy")
        yield name


@pytest.fixture
def daemon(docker: Engine, images: tuple[str, str], vendors: str, volumes: tuple[str, str]) -> Iterator[str]:
    """`syncd run` as the how-to starts it: no root, nothing writable but the volume, no right at all."""
    with docker.container(*_settings(vendors, volumes), images[0]) as name:
        _wait(lambda: docker.ask("exec", name, "syncd", "health").returncode == 0, 120)
        yield name


def _settings(vendors: str, volumes: tuple[str, str]) -> list[str]:
    variables = {
        "SYNCD_HUBSPOT_URL": "http://127.0.0.1:8801",
        "SYNCD_HUBSPOT_TOKEN": "sandbox-token",
        "SYNCD_HUBSPOT_SETTLE_SECONDS": "0",
        "SYNCD_SALESFORCE_LOGIN_URL": "https://127.0.0.1:8803",
        "SYNCD_SALESFORCE_CLIENT_ID": "sandbox-client",
        "SYNCD_SALESFORCE_CLIENT_SECRET": "sandbox-secret",
        "SYNCD_CA_FILE": "/vendors/sandbox/ca.pem",
    }
    environment = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    mounts = ("--volume", f"{volumes[0]}:/data", "--volume", f"{volumes[1]}:/vendors:ro")
    return ["--network", f"container:{vendors}", *mounts, *HARD, *environment]


def _wait(ready: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.5)


def test_nothing_is_in_it_that_only_builds_installs_or_tests(docker: Engine, images: tuple[str, str]) -> None:
    look = "; ".join(
        [
            "for name in pip pip3 gcc cc ld make; do command -v $name; done",
            "find / -xdev -type d '(' -name ensurepip -o -name pip -o -name setuptools -o -name pytest ')'",
            "find / -xdev -type d -path '*/connectors/sandbox'",
            "find / -xdev -type f -perm /6000",
            "find / -xdev -name '*.whl'",
            'for name in pip setuptools ensurepip; do python3 -c "import $name" 2> /dev/null && echo $name; done',
            "find /opt/syncd /usr /etc -xdev -writable -not -type l",
        ]
    )
    out = docker.run(
        "run", "--rm", "--network", "none", "--entrypoint", "sh", *HARD, images[0], "-c", look, check=False
    )
    assert out.split() == []


def test_it_says_what_it_is(docker: Engine, images: tuple[str, str]) -> None:
    config = docker.inspect("image", images[0])["Config"]
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    assert (labels["version"], labels["licenses"], labels["title"]) == (__version__, "Apache-2.0", "syncd")
    assert labels["base.name"]
    assert not labels["base.digest"] or DIGEST.fullmatch(labels["base.digest"])
    assert config["User"] == "10001"
    assert (config["Entrypoint"], config["Cmd"]) == (["syncd"], ["run"])
    assert config.get("StopSignal", "SIGTERM") in ("SIGTERM", "15")
    assert "/data" in config["Volumes"]


def test_it_works_and_answers_and_ends_when_it_is_told_to(
    docker: Engine, images: tuple[str, str], vendors: str, volumes: tuple[str, str], daemon: str
) -> None:
    """The day of an operator: health, the first plan, a resync, a page's data, a stop, and the same store again."""

    def syncd(*words: str) -> tuple[int, str]:
        done = docker.ask("exec", daemon, "syncd", *words, seconds=300)
        return done.returncode, done.stdout + done.stderr

    def runs() -> list[dict[str, object]]:
        listed = json.loads(syncd("runs", "--json")[1])
        return list(listed["runs"] if isinstance(listed, dict) else listed)

    assert syncd("health")[0] == 0
    _wait(lambda: any(run["verb"] == "cycle" and run["state"] not in ("waiting", "working") for run in runs()), 300)
    code, said = syncd("apply", "--force")
    assert code == 0, said
    code, said = syncd("resync", "--full")
    assert code == 0, said
    assert docker.ask("exec", daemon, "touch", "/opt/syncd/x").returncode != 0, "the root is read-only"
    before = len(runs())

    began = time.monotonic()
    docker.run("stop", "--time", "30", daemon)
    assert time.monotonic() - began < LONGEST_GOODBYE
    assert docker.inspect("container", daemon)["State"]["ExitCode"] == 0, docker.run("logs", daemon)[-3000:]
    assert "Traceback" not in docker.run("logs", daemon)

    docker.run("start", daemon)
    _wait(lambda: syncd("health")[0] == 0, 120)
    assert len(runs()) >= before, "the volume holds the store"
    size = docker.inspect("image", images[0])["Size"]
    print(f"size of {images[0]}: {size / 1e6:.0f} MB")

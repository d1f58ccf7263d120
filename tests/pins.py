"""What requirements*.txt pin, and the hash of every file of it: `make pins` (or `python -m tests.pins`) writes them.

What is wanted stands in pyproject.toml, with its reason; uv resolves it once for every Python and system supported,
and keeps what is pinned already. `--upgrade` takes the newest of everything, `--upgrade NAME` of one package. Each file
pins what the ones below it do not, so that `pip install --require-hashes -r` of any takes all that it stands on. Index
addresses stand in no file: whose index it is, is the installing machine's business.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "x86_64-apple-darwin", "aarch64-apple-darwin")
PLACES: list[dict[str, str]] = [
    {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system}
    | {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    for python in PYTHONS
    for system in ("linux", "darwin")
]


@dataclass(frozen=True, slots=True)
class Layer:
    """One file: its first line, the files that it stands on, and where pyproject.toml says what is wanted."""

    file: str
    title: str
    below: tuple[str, ...]
    wanted: tuple[str, ...]


RUN = ("pyproject.toml",)
TRIAL = ("pyproject.toml", "--extra", "sandbox")
ASSISTANTS = ("pyproject.toml", "--extra", "mcp")
LAYERS = (
    Layer("requirements.txt", "What syncd runs on; reasons stand beside the names in pyproject.toml.", (), RUN),
    Layer(
        "requirements-sandbox.txt",
        "What the extra `sandbox` needs besides: for `syncd demo` and `syncd sandbox`.",
        ("requirements.txt",),
        TRIAL,
    ),
    Layer(
        "requirements-mcp.txt",
        "What the extra `mcp` needs besides: for `syncd mcp`.",
        ("requirements.txt",),
        ASSISTANTS,
    ),
    Layer("requirements-build.txt", "What builds syncd's wheel.", (), ("--group", "build")),
    Layer(
        "requirements-dev.txt",
        "What tests and checks need besides.",
        ("requirements-sandbox.txt", "requirements-mcp.txt", "requirements-build.txt"),
        (*TRIAL, "--extra", "mcp", "--group", "build", "--group", "dev"),
    ),
    Layer(
        "requirements-node.txt",
        "node and npm: installed into the environment where the machine has no node of at least 20.",
        (),
        ("--group", "node"),
    ),
)
EVERYTHING = (*TRIAL, "--extra", "mcp", "--group", "build", "--group", "dev", "--group", "node")


def entries(text: str) -> dict[str, str]:
    """The pins of a requirements file by their package's name: each with its extras, marker and hashes.

    The extras stand there because pip, asked for hashes, takes a pin without them for no pin of `coverage[toml]`.
    """
    pins = re.finditer(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==.*(?:\n +--hash=.*)*", text, re.MULTILINE)
    return {pin[1]: pin[0] for pin in pins}


def unmarked(pin: str) -> str:
    """Take a marker away that holds wherever syncd is supported: it says where, which pyproject.toml says once."""
    head, hashes = pin.partition(" \\\n")[::2]
    name, _, marker = head.partition(" ; ")
    return f"{name} \\\n{hashes}" if marker and all(map(Marker(marker).evaluate, PLACES)) else pin


def read(file: str) -> dict[str, str]:
    """The pins of a file and of those that it stands on."""
    text = (ROOT / file).read_text(encoding="utf-8")
    below: dict[str, str] = {}
    for name in re.findall(r"^-r (\S+)$", text, re.MULTILINE):
        below |= read(name)
    return below | entries(text)


def resolve(wanted: Sequence[str], into: Path, *options: str) -> dict[str, str]:
    """Ask uv for the pins of what is wanted. `into`: the file that it writes, and whose pins it keeps."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", PYTHONS[0]),
        *("--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-strip-extras"),
        *(*wanted, "--output-file", str(into), *options),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return {name: unmarked(pin) for name, pin in entries(into.read_text(encoding="utf-8")).items()}


def write(upgrade: Sequence[str]) -> None:
    """Write every file: first all of it is resolved as one, so that no package has two versions."""
    with TemporaryDirectory() as folder:
        whole = Path(folder, "whole.txt")
        kept: dict[str, str] = {}
        for layer in LAYERS:
            kept |= read(layer.file) if (ROOT / layer.file).exists() else {}
        whole.write_text("".join(f"{pin}\n" for pin in kept.values()), encoding="utf-8")
        resolve(EVERYTHING, whole, *upgrade)
        for layer in LAYERS:
            pins = resolve(layer.wanted, Path(folder, layer.file), "--constraints", str(whole))
            for name in layer.below:
                pins = {package: pin for package, pin in pins.items() if package not in read(name)}
            lines = [
                f"# {layer.title}",
                "# Pinned with hashes by `make pins`.",
                *(f"-r {name}" for name in layer.below),
            ]
            text = "\n".join([*lines, *(pins[name] for name in sorted(pins)), ""])
            (ROOT / layer.file).write_text(text, encoding="utf-8")


def unbuilt() -> Iterator[str]:
    """Name each package that some supported Python and system would have to compile for want of a wheel."""
    names = list(read(LAYERS[0].file))
    for python in PYTHONS:
        for system in SYSTEMS:
            asked = subprocess.run(
                [
                    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-deps", "--no-header"),
                    *("--only-binary", ":all:", "--python-version", python, "--python-platform", system),
                    LAYERS[0].file,
                ],
                cwd=ROOT, check=False, capture_output=True, text=True,
            )  # fmt: skip
            if asked.returncode:
                lacking = [name for name in names if re.search(rf"\b{re.escape(name)}\b", asked.stderr)]
                yield f"Python {python} on {system}: {', '.join(lacking) or asked.stderr.strip()}"


def main(arguments: Sequence[str]) -> None:
    """Write the files, and say what has no wheel somewhere."""
    named = [option for name in arguments[1:] for option in ("--upgrade-package", name)]
    write((named or ["--upgrade"]) if arguments[:1] == ["--upgrade"] else [])
    for line in unbuilt():
        print(f"no wheel: {line}")


if __name__ == "__main__":
    main(sys.argv[1:])

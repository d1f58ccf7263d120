"""Processes to be killed: forked where a cycle was rehearsed, so that nearly all of their time is the cycle's own."""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

from syncd.cli import main

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.sync.rehearsal"])


@cache
def rehearse() -> None:
    """Wait until the server has rehearsed: what the first process takes is its own time, too."""
    process = PROCESSES.Process(target=int)
    process.start()
    process.join()


@contextmanager
def commanded(environment: Mapping[str, str], *words: str) -> Iterator[BaseProcess]:
    """`syncd …` with that environment and no other, in a process that is killed in the end if it still runs."""
    rehearse()
    process = PROCESSES.Process(target=_command, args=(dict(environment), words))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def _command(environment: dict[str, str], words: tuple[str, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["syncd", *words]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        main()

"""Threads beside the work: what they do comes again and again, whatever breaks in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from syncd.strangers import outlined, reason_of

REST: Final = 1.0  # seconds, at least, to the next round after one that broke

log = structlog.get_logger()


class Companion:
    """A thread that goes its round until it is ended: `start`, `poke` it for a round at once, `end`.

    What breaks in a round is told once, until one ends well, and the next comes all the same. lock: for what the
    thread and others change.
    pause: seconds to the next round, asked after each; patient: the first round comes after a pause too.
    """

    def __init__(
        self, name: str, go_round: Callable[[], object], pause: Callable[[], float], *, patient: bool = False
    ) -> None:
        self.lock = threading.Lock()
        self._go_round, self._pause, self._patient = go_round, pause, patient
        self._over, self._poked = threading.Event(), threading.Event()
        self._broken: str | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @property
    def is_over(self) -> bool:
        """Whether it was told to end."""
        return self._over.is_set()

    def start(self) -> None:
        """Begin the first round."""
        self._thread.start()

    def poke(self) -> None:
        """Have the next round come at once, or as soon as the one at work is over."""
        self._poked.set()

    def end(self, seconds: float | None = None) -> None:
        """Go no other round; wait so long for the one at work, or until it is over."""
        self._over.set()
        self._poked.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        if self._patient:
            self._wait(self._pause())
        while not self._over.is_set():
            well = self._guarded()
            self._wait(self._pause() if well else max(self._pause(), REST))

    def _wait(self, seconds: float) -> None:
        self._poked.wait(seconds)
        self._poked.clear()

    def _guarded(self) -> bool:
        try:
            self._go_round()
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread must outlive it
            reason = reason_of(error)
            if reason != self._broken:
                log.error("broken", job=self._thread.name, error=reason, exception=outlined(error))
            self._broken = reason
            return False
        self._broken = None
        return True

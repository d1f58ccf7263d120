"""What every channel is: somewhere that a message is taken, or is not, for a reason that somebody can mend."""

from __future__ import annotations

from typing import Final, Protocol

from syncd.model.alerts import Message

CONNECT: Final = 5.0  # seconds
ANSWER: Final = 10.0  # seconds for a whole call

MEND_LATER: Final = "nothing, if it passes: it is sent again; else see whether the receiver is up"


class Undelivered(Exception):
    """A message was not taken.

    broken: somebody must mend something, and to send it again is no remedy. refused: it may be the message itself that
    is not to the receiver's taste, and another may be. wait: seconds that the receiver asks for.
    """

    def __init__(self, what: str, mend: str, *, broken: bool = False, refused: bool = False, wait: float = 0.0) -> None:
        super().__init__(what)
        self.what, self.mend, self.broken, self.refused, self.wait = what, mend, broken, refused, wait


class Channel(Protocol):
    """One channel."""

    @property
    def name(self) -> str:
        """`webhook`, `slack` or `mail`."""

    @property
    def setting(self) -> str:
        """The variable that names the receiver."""

    def send(self, message: Message) -> tuple[str, str] | None:
        """Send a message; returns what went wrong beside it with what mends it, or None. Raises Undelivered."""

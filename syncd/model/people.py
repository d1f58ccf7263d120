"""What a screen shows of one person: the gates of a qualified lead, what would make them pass, and how to speak.

Nothing in it moves by the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from syncd.model.judgements import Ask, GateName, Ruling, Rung


@dataclass(frozen=True, slots=True)
class ShownGate:
    """One gate with its evidence, without what would make it pass: that is told of all gates together."""

    name: GateName
    ruling: Ruling
    reason: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class PersonPicture:
    """The gates of one contact or lead, as `syncd explain CONTACT` prints them.

    would_pass: what would make the gates pass that do not. topics: what they follow, most engaged first. guidance: how
    to speak with somebody who explores; empty of all others. verdict: the word that counts, wherever it was said or by
    what it was shown. returned: why they rest with marketing, and until when. left_out: how many entries were left out
    because the field where it stands holds no more.
    """

    contact: str
    account: str
    mql: Ruling
    role: str | None
    ask: Ask
    rung: Rung
    agreement: str
    gates: tuple[ShownGate, ...]
    would_pass: tuple[str, ...]
    topics: tuple[str, ...]
    guidance: tuple[str, ...]
    verdict: str = ""
    returned: str = ""
    left_out: int = 0

"""Answers: what somebody found out about an unknown of an opportunity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PROCESS = ("criteria", "steps", "timeline", "budget", "signature")  # of a decision: what is asked beside the roles
LONGEST_ANSWER = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what it is about (a word of `PROCESS`, or a buying role), its value, when and where it was given.

    value: of a role, the golden id of the contact who has it. source: `syncd answer`, or the field of the record that
    says so. by: the golden id of the user who said it, or what somebody typed; "" where nobody knows.
    """

    opportunity_id: str
    what: str
    value: str
    at: datetime
    source: str
    by: str = ""

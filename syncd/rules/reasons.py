"""A judgement of a contact in words, as both systems show it."""

from __future__ import annotations

from syncd.model import ContactJudgement


def reason_of(judgement: ContactJudgement) -> str:
    """The gates in words, one a line, with what would make those pass that do not."""
    gates = [
        f"{gate.name}: {gate.ruling}, {gate.reason}" + (f" (mend: {gate.mend})" if gate.mend else "")
        for gate in judgement.gates
    ]
    return "\n".join([f"back with marketing: {judgement.returned}", *gates] if judgement.returned else gates)

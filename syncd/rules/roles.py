"""Function × level → buying role, as the agreement's rules say."""

from __future__ import annotations

from syncd.agreement.terms import Agreement, RoleRule
from syncd.model import TitleReading


def role_of(reading: TitleReading, agreement: Agreement) -> str | None:
    """The role of the first rule that fits, or None.

    Who held a post formerly has no role. What the title does not show fits only a rule that does not ask for it: a
    reading without a level never fits a rule with levels.
    """
    if reading.former:
        return None
    return next((rule.role for rule in agreement.roles if _fits(rule, reading)), None)


def _fits(rule: RoleRule, reading: TitleReading) -> bool:
    if rule.functions and not set(rule.functions) & set(reading.functions):
        return False
    return not rule.levels or reading.level in rule.levels

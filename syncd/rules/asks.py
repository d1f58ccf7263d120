"""What to ask of a contact next, and whether a hand-raise gets a human.

Whoever asked for sales or a price is answered: by a task to call them where they are a qualified lead, else by one to
find out what is missing. Only who is out of the served market, a competitor or a colleague is declined, and marketing
is told. Who explores is asked about their problem, never for business.
"""

from __future__ import annotations

from collections.abc import Mapping

from syncd.model import Ask, Gate, GateName, Interest, Ruling
from syncd.rules.engagement import mobilized
from syncd.rules.mql import excluded_as

CUSTOMER = "customer"
DECLINED = frozenset({"competitor", "colleague"})  # whose hand-raise nobody in sales answers


def next_ask(interest: Interest, gates: Mapping[GateName, Gate]) -> Ask:
    """What to ask of a contact next.

    decline, or ask: they raised their hand; listen: a gate is closed to them for good, or they have only read so far;
    explore: a demo or a trial; ask: they were mobilized; invite: they answered a message.
    """
    if interest.hand_raised:
        return Ask.DECLINE if is_declined(gates) else Ask.ASK
    if _is_no(gates, GateName.MARKET) or _is_no(gates, GateName.RELATION):
        return Ask.LISTEN
    if interest.explore:
        return Ask.EXPLORE
    if _is_no(gates, GateName.ROLE):
        return Ask.LISTEN
    if mobilized(interest):
        return Ask.ASK
    return Ask.INVITE if interest.responded else Ask.LISTEN


def is_declined(gates: Mapping[GateName, Gate]) -> bool:
    """Whether nobody in sales answers a hand-raise of theirs."""
    return _is_no(gates, GateName.MARKET) or excluded_as(gates[GateName.RELATION]) in DECLINED


def is_customer(gates: Mapping[GateName, Gate]) -> bool:
    """Whether a gate is closed because they buy already."""
    return excluded_as(gates[GateName.RELATION]) == CUSTOMER


def _is_no(gates: Mapping[GateName, Gate], name: GateName) -> bool:
    return gates[name].ruling is Ruling.NO

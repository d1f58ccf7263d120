"""Verbs: what can be run, and what each asks of an installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb, as runs keep its name.

    needs_hold: it works alone on its store. audited: who has it run by hand stands in the audit log.
    entire: it does all of a cycle, from pull to push.
    """

    name: str
    needs_hold: bool = True
    audited: bool = True
    entire: bool = False


DECLARED: Final[Mapping[str, Verb]] = {
    verb.name: verb
    for verb in (
        Verb("cycle", entire=True),
        Verb("reconcile", entire=True),
        Verb("resync", entire=True),
        Verb("retry", entire=True),  # what is in quarantine, or a part of it, then a cycle
        Verb("follow", audited=False),  # what a system announced of one account; nobody asks for it by hand
        Verb("apply"),
        Verb("push"),
        Verb("pull"),
        Verb("match"),
        Verb("judge"),
        Verb("prune"),
        Verb("backup", needs_hold=False),  # of a store at work; old backups of its folder go
        Verb("erase", audited=False),  # this one and the next two write a line of their own, with what came of it
        Verb("link", audited=False),
        Verb("unlink", audited=False),
        Verb("plan", needs_hold=False, audited=False),  # it only looks
        Verb("restore"),
    )
}
ENTIRE: Final = frozenset(verb.name for verb in DECLARED.values() if verb.entire)
BESIDE: Final = frozenset(verb.name for verb in DECLARED.values() if not verb.needs_hold)  # another run, on one store


def verb_named(name: str) -> Verb:
    """The verb of this name; of one that another syncd left, and this one does not know, the most is believed."""
    return DECLARED.get(name) or Verb(name)

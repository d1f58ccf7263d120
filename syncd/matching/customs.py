"""What the matching file says: whose word counts, and what identifies nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Customs:
    """The matching file: preferences per kind and field, and what identifies nobody."""

    prefer: Mapping[str, Mapping[str, Sequence[str] | str]]
    legal_forms: frozenset[str]
    free_mail: frozenset[str]
    role_mailboxes: frozenset[str]
    registers: frozenset[str] = frozenset()  # systems whose rows are never duplicates of each other
    forerunners: frozenset[str] = frozenset()  # `system.stream` whose records are turned into others, as leads are
    nicknames: Mapping[str, frozenset[str]] = field(default_factory=dict)  # "robert" → {"bob", "rob", …}, both ways

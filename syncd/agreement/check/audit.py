"""From where missing people may be had."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.document import Path


def check_audit(partial: PartialAgreement) -> Iterator[Mistake]:
    """Sources that nobody is known to come from, that stand twice, or that are used for roles that do not exist."""
    agreement = partial.agreement
    roles = partial.defined("roles")
    names: set[str] = set()
    words: dict[str, str] = {}
    for index, source in enumerate(agreement.audit.sources):
        path: Path = ("audit", "sources", index)
        if source.name.casefold() in names:
            yield Mistake((*path, "name"), f"there are two sources named {source.name!r}", "give each its own name")
        names.add(source.name.casefold())
        if not any(word.strip() for word in source.words):
            mend = "name words of its lead source, such as [trade show]"
            yield Mistake(path, f"source {source.name!r} has no words by which anybody is known to come from it", mend)
        for at, word in enumerate(source.words):
            if (other := words.setdefault(word.casefold(), source.name)) != source.name:
                yield Mistake((*path, "words", at), f"{word!r} tells of {other!r} already", "leave it to one source")
        for at, role in enumerate(source.roles):
            if roles is not None and role not in roles:
                mend = f"one of {', '.join(sorted(roles))}"
                yield Mistake((*path, "roles", at), f"{role!r} is no role of this agreement", mend)

"""Match: for which account a contact works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from syncd.matching import Customs, Sighting, Token, employer_tokens
from syncd.store import Batch


def employers(
    batch: Batch, customs: Customs, members: Mapping[str, Sequence[Sighting]], places: Mapping[str, str]
) -> dict[str, str]:
    """Each contact's account: the system's own reference, else the e-mail's domain, else company and place.

    members: golden contact → its records. places: reference → golden id. Who has none yet waits for it.
    """
    order = [*customs.prefer["contact"]["default"]]
    homes: dict[str, str] = {}
    weak: dict[str, list[Token]] = defaultdict(list)
    waiting: dict[tuple[str, str, str], list[str]] = {}
    for one, found in members.items():
        ranked = sorted(found, key=lambda seen: order.index(seen.system) if seen.system in order else len(order))
        refs = [ref for seen in ranked for name in ("account", "converted_account") for ref in seen.row.get(name, ())]
        if home := next((places[ref] for ref in refs if ref in places), None):
            homes[one] = home
            continue
        for seen in ranked:
            weak[one] += employer_tokens(seen.row, customs)
        waits = [*refs, *(f"{how}/{value}" for how, value in weak[one])]
        if waits:
            waiting.update({(seen.system, seen.stream, seen.remote_id): waits for seen in ranked})
    batch.wait(waiting)
    for how in ("domain", "place"):
        values = [value for tokens in weak.values() for way, value in tokens if way == how]
        found_by = batch.goldens_by("account", how, values)
        for one, tokens in weak.items():
            only = [found_by[value] for way, value in tokens if way == how and len(found_by.get(value, ())) == 1]
            if only:
                homes.setdefault(one, only[0][0])
    return homes

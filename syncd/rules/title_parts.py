"""The parts of a title that speak of what the person does today.

Left out are companies ("at …"), the people somebody works for ("assistant to …"), seats in bodies that watch or advise
("member of the supervisory board"), what somebody only takes part in, and former posts beside a present one.
"""

from __future__ import annotations

from syncd.rules.lexicon import Lexicon, Part
from syncd.rules.posts import CONTRIBUTOR, MANAGER, head_of, post_of
from syncd.rules.spelling import Tokens

FORMER = "former"
MOST_BETWEEN = 4  # words from "until" to its year: "until the end of 2023"
MANAGING = frozenset(
    ("executive", "management", "managing", "leadership", "operating")
)  # bodies whose members have a post


def own_parts(parts: list[Part], lexicon: Lexicon, year: int | None) -> tuple[list[Part], bool]:
    """The parts that hold in that year, or every part and True where the person holds none of them any more."""
    return _present(_dated(_without_others(_without_seats(parts, lexicon), lexicon), lexicon, year), lexicon)


# ---- seats and courses -------------------------------------------------------------------------------------------


def _without_seats(parts: list[Part], lexicon: Lexicon) -> list[Part]:
    """Leave out outside seats; "member of the audit and risk committee" is one seat."""
    kept: list[Part] = []
    for part in parts:
        seat = kept and _sits(kept[-1].tokens, part.tokens, lexicon)
        if not seat and not _is_outside(part.tokens, lexicon):
            kept.append(part)
        elif kept and _is_seat_of(kept[-1], part, lexicon):
            kept.pop()
    return kept


def _is_seat_of(before: Part, body: Part, lexicon: Lexicon) -> bool:
    """Whether the part before belongs to a body: "Chair, Audit Committee", "Member of the Audit and Risk Committee"."""
    if lexicon.lists["seats"].issuperset(before.tokens):
        return True
    return body.joined and "of" in before.tokens and not lexicon.levels.find(before.tokens)


def _is_outside(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether this part names a seat without a post in management, or somebody who takes part in a course."""
    lists = lexicon.lists
    if tokens[-1] in lists["guests"] or tokens[0] in lists["guests"] - lists["subordinate"]:
        return not lexicon.levels.find(head_of(tokens, lexicon)[-1:])  # a "participant services manager" has a post
    if _presides_over_a_club(tokens, lexicon):
        return True
    seat = lexicon.boards.find(tokens) or any(token.startswith(lexicon.board_beginnings) for token in tokens)
    return (bool(seat) or _sits_in_a_body(tokens, lexicon)) and lists["subordinate"].isdisjoint(tokens)


def _presides_over_a_club(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether somebody has an office beside their work: "President of Finance Club", "Rotary Club Treasurer"."""
    lists, head = lexicon.lists, head_of(tokens, lexicon)
    offices = lists["honorary"] | {"vice"}
    if not offices.isdisjoint(head) and head != tokens:
        return offices.issuperset(head) and not lists["clubs"].isdisjoint(tokens[len(head) :])
    chairs = tokens[0] in offices and not lists["clubs"].isdisjoint(tokens[1:3])  # "Prezes klubu sportowego"
    return chairs or (tokens[-1] in offices and not lists["clubs"].isdisjoint(tokens))


def _sits_in_a_body(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether somebody sits in a body that manages nothing: "Finance Committee Member", "Mitglied im Ausschuss"."""
    return _sits(tokens[-1:], tokens[:-1], lexicon) or _sits(tokens[:1], tokens, lexicon)


def _sits(seat: Tokens, body: Tokens, lexicon: Lexicon) -> bool:
    """Whether that is a seat, no chair, and the name of a body that manages nothing."""
    if not body or body[-1] not in lexicon.lists["bodies"] or not MANAGING.isdisjoint(body):
        return False
    levels = lexicon.levels
    return lexicon.lists["seats"].issuperset(seat) and not (levels.find(seat) or levels.find(body))


# ---- others ------------------------------------------------------------------------------------------------------


def _without_others(parts: list[Part], lexicon: Lexicon) -> list[Part]:
    """Leave out companies ("at …") and the people somebody works for ("assistant to …")."""
    kept: list[Part] = []
    dropping = False
    for part in parts:
        if dropping and part.joined and not lexicon.levels.find(part.tokens):
            continue
        dropping = False
        tokens = part.tokens
        cut = _company(tokens, lexicon)
        if cut is None and (cut := _master(tokens, lexicon)) is not None:
            kept.append(Part((*tokens[:cut], "to"), part.joined))
            dropping = True
            continue
        if cut is not None:
            dropping, tokens = True, tokens[:cut]
        if tokens:
            kept.append(Part(tokens, part.joined))
    return _without_masters(kept)


def _without_masters(parts: list[Part]) -> list[Part]:
    """After "assistant to X", "and Y" names another master."""
    kept: list[Part] = []
    serving = False
    for part in parts:
        serving = part.joined and serving
        if not serving:
            serving = part.tokens[-1] == "to"
            kept.append(Part(part.tokens[:-1], part.joined) if serving else part)
    return kept


def _company(tokens: Tokens, lexicon: Lexicon) -> int | None:
    follows = lexicon.lists["company_follows"]
    return (
        None if follows.isdisjoint(tokens) else next((at for at, token in enumerate(tokens) if token in follows), None)
    )


def _master(tokens: Tokens, lexicon: Lexicon) -> int | None:
    """Where somebody else's title begins: "assistant to the CEO", "asystent prezesa zarządu", not "order to cash"."""
    to, jobs, subordinate = lexicon.lists["belongs_to"], lexicon.lists["jobs"], lexicon.lists["subordinate"]
    places = [at for at, token in enumerate(tokens) if at and token in to]
    cut = next((at for at in places if tokens[at - 1] in jobs or tokens[at - 1] in subordinate), None)
    if cut is not None or tokens[0] not in lexicon.lists["serving"]:
        return cut
    masters = [hit.start for hit in lexicon.levels.find(tokens) if hit.value not in (CONTRIBUTOR, MANAGER)]
    return next((start for start in masters if start), None)


# ---- dates -------------------------------------------------------------------------------------------------------


def _dated(parts: list[Part], lexicon: Lexicon, year: int | None) -> list[Part]:
    """Without dates; what is told to have ended in a year that is over is marked as former: "CFO until 2024"."""
    kept: list[Part] = []
    for part in parts:
        at = _ended(part.tokens, lexicon, year) if year else None
        if at is None:
            kept.append(part)
        elif rest := part.tokens[:at]:
            kept.append(Part((FORMER, *rest), part.joined))
        elif kept:
            kept[-1] = Part((FORMER, *kept[-1].tokens), kept[-1].joined)
    return kept


def _ended(tokens: Tokens, lexicon: Lexicon, year: int) -> int | None:
    """Where a stretch of time begins that is over: "2019 2023", "until end of 2024", "2024 until"."""
    years = [at for at, token in enumerate(tokens) if len(token) == 4 and token.isdigit() and token[:2] in ("19", "20")]
    if not years or int(tokens[years[-1]]) >= year:
        return None
    last = years[-1]
    if last and last - 1 in years:
        return last - 1
    near = range(max(0, last - MOST_BETWEEN), min(last + 2, len(tokens)))
    words = [at for at in near if tokens[at] in lexicon.lists["until"]]
    return min(words[0], last, *(at for at in years if at >= words[0] - 1)) if words else None


# ---- former posts ------------------------------------------------------------------------------------------------


def _present(parts: list[Part], lexicon: Lexicon) -> tuple[list[Part], bool]:
    """The parts that hold today, or every part and True where the person holds none of them any more."""
    parts = [part._replace(tokens=_parted(part.tokens, lexicon)) for part in parts]
    still = [part._replace(tokens=_still(part.tokens, lexicon)) for part in parts]
    retired = still != parts
    present: list[Part] = []
    past: list[Part] = []
    was = waits = False
    for part in still:
        at = 0 if waits else _former(part.tokens, lexicon)
        if at is None:
            was = was and part.joined
            if part.tokens:
                (past if was else present).append(part)
            continue
        before, after = part.tokens[:at], part.tokens[at + (not waits) :]
        waits = not (before or after)  # "former: …" speaks of what follows
        if before and lexicon.levels.find(before):
            present.append(Part(before, part.joined))
        elif after:
            past.append(Part(after, part.joined))
            was = True
    if retired or (_holds(past, lexicon) and not _holds(present, lexicon)):
        return [*past, *present], True
    return present or past, False


def _parted(tokens: Tokens, lexicon: Lexicon) -> Tokens:
    """ "Exdirector" and "Altvorstand" say in one word what "former director" says in two."""
    begins = lexicon.lists["former_beginnings"]
    if not any(token[:2] in begins or token[:3] in begins for token in tokens):
        return tokens
    parted: list[str] = []
    for token in tokens:
        begin = next((begin for begin in begins if _was(token, begin, lexicon)), None)
        parted += [FORMER, token.removeprefix(begin)] if begin else [token]
    return tuple(parted)


def _was(token: str, begin: str, lexicon: Lexicon) -> bool:
    if not token.startswith(begin) or len(token) < len(begin) + 3 or lexicon.levels.word(token):
        return False
    return lexicon.levels.word(token.removeprefix(begin)) not in (None, "", CONTRIBUTOR)


def _still(tokens: Tokens, lexicon: Lexicon) -> Tokens:
    """The words of a part without those that say of the whole title that it was."""
    for hit in reversed(lexicon.retired.find(tokens)):
        tokens = (*tokens[: hit.start], *tokens[hit.end :])
    return tokens


def _holds(parts: list[Part], lexicon: Lexicon) -> bool:
    """Whether any of these parts names a post."""
    return any(post_of(part.tokens, lexicon).level for part in parts)


def _former(tokens: Tokens, lexicon: Lexicon) -> int | None:
    former = lexicon.lists["former"]
    if former.isdisjoint(tokens):
        return None
    for at, token in enumerate(tokens):
        if token in former and " ".join(tokens[at : at + 2]) not in lexicon.words.not_former:
            return at
    return None

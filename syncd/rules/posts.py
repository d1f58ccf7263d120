"""The level that one part of a title shows, by its words and by where they stand."""

from __future__ import annotations

from typing import NamedTuple

from syncd.rules.lexicon import Lexicon
from syncd.rules.phrases import Hit
from syncd.rules.spelling import Tokens

C_LEVEL, DIRECTOR, MANAGER = "C-level", "director", "manager"  # as mappings/titles/ names them
CONTRIBUTOR = "individual contributor"
GRADES = ("i", "ii", "iii", "iv", "v")  # "Analyst II"


class Post(NamedTuple):
    """What one part says of the level. `level` is the word list's name; `sure` where a level word stands there."""

    level: str | None = None
    words: tuple[Tokens, ...] = ()
    sure: bool = False
    serves: bool = False  # an assistant's or secretary's part


def post_of(tokens: Tokens, lexicon: Lexicon) -> Post:
    """The level that one part shows."""
    head = head_of(tokens, lexicon)
    hits = [hit for hit in lexicon.levels.find(tokens) if hit.start < len(head)]
    last = head[-1]
    inside = any(hit.start <= len(head) - 1 < hit.end for hit in hits)
    if not inside and _serves(last, lexicon):
        return Post(CONTRIBUTOR, ((last,),), sure=True, serves=True)
    marks = [(level, hit.phrase) for hit in hits if (level := _mark(hit, head, tokens, lexicon)) is not None]
    if not marks and hits and (hits[0].start, hits[0].end) == (0, len(head)):
        return Post()  # the whole of it is a phrase that shows none
    marks = marks or _compounds(head, lexicon)
    if not marks and head[0] in lexicon.lists["serving"]:
        return Post(CONTRIBUTOR, ((head[0],),), sure=True, serves=True)
    if not marks and not _job(last, lexicon):
        faint = [hit for hit in lexicon.faint_levels.find(head) if not _names_a_body(hit, head, lexicon, near=False)]
        marks = [(hit.value, hit.phrase) for hit in faint if not any(_covers(other, hit) for other in hits)]
    if marks:
        order = list(lexicon.words.levels)
        level = min((level for level, _ in marks), key=lambda name: order.index(name) if name in order else -1)
        return Post(level, tuple(phrase for _, phrase in marks), sure=True)
    job = last if _job(last, lexicon) else next((token for token in head if token in lexicon.lists["jobs"]), None)
    return Post(CONTRIBUTOR, ((job,),)) if job else Post()


def head_of(tokens: Tokens, lexicon: Lexicon) -> Tokens:
    """The words before the first preposition, without trailing grades ("Analyst II")."""
    scope = lexicon.lists["scope_follows"]
    end = next((at for at, token in enumerate(tokens) if at and token in scope), len(tokens))
    while end > 1 and (tokens[end - 1].isdigit() or tokens[end - 1] in GRADES):
        end -= 1
    return tokens[:end]


def _serves(word: str, lexicon: Lexicon) -> bool:
    """Whether a word names an assistant: "assistant", "Vorstandsassistent"."""
    subordinate = lexicon.lists["subordinate"]
    if word in subordinate:
        return True
    return (compound := lexicon.compound(word)) is not None and compound.end in subordinate


def _mark(hit: Hit[str], head: Tokens, tokens: Tokens, lexicon: Lexicon) -> str | None:
    """The level that a phrase shows at this place, or None where it speaks of something else."""
    words, lists = lexicon.words, lexicon.lists
    phrase = " ".join(hit.phrase)
    following = head[hit.end] if hit.end < len(head) else ""
    if following == "level" or (hit.value == C_LEVEL and following in lists["units"]):
        return None
    if _names_a_body(hit, head, lexicon):
        return None
    if phrase in words.bare:
        others = {*head[: hit.start], *head[hit.end :]}
        return hit.value if others <= lists["bare_with"] else None
    if phrase == "chief" and head[-1] in lists["chief_no_officer"]:
        return MANAGER
    if phrase in words.before_a_job and following and _job(head[-1], lexicon) and not _leads(head[-1], lexicon):
        return words.before_a_job[phrase]
    if phrase in words.scoped and {*tokens[: hit.start], *tokens[hit.end :]} - lists["whole"] - lists["scope_follows"]:
        return words.scoped[phrase] or None
    return hit.value or None


def _leads(word: str, lexicon: Lexicon) -> bool:
    return bool(lexicon.levels.find((word,)))


def _covers(other: Hit[str], hit: Hit[str]) -> bool:
    return other.start <= hit.start < other.end


def _names_a_body(hit: Hit[str], head: Tokens, lexicon: Lexicon, *, near: bool = True) -> bool:
    """Whether a managing word belongs to the name of a body or programme: "CEO Forum Host", not "VP Learning Academy".

    near: only where it stands right before it. "Management" and "leadership" may stand further off.
    """
    bodies = lexicon.lists["bodies"]
    body = next((at for at in range(hit.end, len(head)) if head[at] in bodies), None)
    if body is None or (near and body > hit.end):
        return False
    last = head[-1]
    return body == len(head) - 1 or not (lexicon.levels.word(last) or lexicon.compound(last))


def _compounds(head: Tokens, lexicon: Lexicon) -> list[tuple[str, Tokens]]:
    """Posts in one word: Vertriebsleiter, inkoopmanager, försäljningschef. Who leads a team or a shift is a manager."""
    for token in head:
        if (compound := lexicon.compound(token)) is not None:
            small = compound.level == DIRECTOR and compound.first.rstrip("s").endswith(lexicon.words.small_units)
            return [(MANAGER if small else compound.level, (token,))]
    return []


def _job(word: str, lexicon: Lexicon) -> bool:
    if word in lexicon.lists["jobs"]:
        return True
    return len(word) > 4 and word.endswith(lexicon.words.job_endings) and word not in lexicon.lists["no_jobs"]

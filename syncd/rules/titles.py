"""Job title → functions, level, the words that showed them, and how sure that is.

The rules are linguistic, the words are data (`mappings/titles.yaml`):

1. A title falls into parts at its punctuation and its "and"s; what follows "at" is the company.
2. A part names a post before its first preposition: "Director | of Sales". Only there a level is looked for; functions
   are looked for in the whole part.
3. The last word is the head: a "director assistant" assists; a "lead engineer" leads. "Assistant to …" has nothing of
   the level that follows.
4. The highest level of all parts counts. Former posts count only where no present one stands beside them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from syncd.model import TitleReading
from syncd.rules.lexicon import Hit, Lexicon, Part, Tokens, lexicon_of

__all__ = ["Lexicon", "lexicon_of", "read_title"]

C_LEVEL, MANAGER, CONTRIBUTOR = "C-level", "manager", "individual contributor"  # as mappings/titles.yaml names them
NOBODY = TitleReading(functions=(), level=None, words=(), confidence=0.0)
SURE_LEVEL, INFERRED_LEVEL = 0.5, 0.3  # shares of confidence: a level word, or only the ending of a job
ONE_FUNCTION, SEVERAL_FUNCTIONS = 0.5, 0.4


class Post(NamedTuple):
    """What one part says of the level. `level` is the word list's name; `sure` where a level word stands there."""

    level: str | None = None
    words: tuple[Tokens, ...] = ()
    sure: bool = False
    serves: bool = False  # an assistant's or secretary's part


@lru_cache(maxsize=16384)
def read_title(title: str | None, lexicon: Lexicon) -> TitleReading:
    """Read one job title with an agreement's words; level and functions are named as in the agreement.

    `confidence` is half the level's (0.5 a level word, 0.3 inferred from the kind of job, 0 none) and half the
    functions' (0.5 one, 0.4 several, 0 none).
    """
    parts = _without_others(lexicon.parts(title or ""), lexicon)
    present, former = _present(parts, lexicon)
    if not present:
        return NOBODY
    posts = _posts(present, lexicon)
    level, level_words = _level(posts, lexicon)
    functions, function_words = _functions(present, posts, lexicon)
    sure = any(post.sure for post in posts)
    confidence = (SURE_LEVEL if sure else INFERRED_LEVEL) if level else 0.0
    confidence += ONE_FUNCTION if len(functions) == 1 else SEVERAL_FUNCTIONS if functions else 0.0
    words = tuple(dict.fromkeys(" ".join(phrase) for phrase in (*level_words, *function_words)))
    return TitleReading(functions, level, words, round(confidence, 2), former)


# ---- parts that speak of the person ------------------------------------------------------------------------------


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
    return next((at for at, token in enumerate(tokens) if token in follows), None)


def _master(tokens: Tokens, lexicon: Lexicon) -> int | None:
    """Where "to" begins somebody else's title: "assistant to the CEO", not "order to cash"."""
    to, serving = lexicon.lists["belongs_to"], lexicon.lists["jobs"] | lexicon.lists["subordinate"]
    return next((at for at in range(1, len(tokens)) if tokens[at] in to and tokens[at - 1] in serving), None)


def _present(parts: list[Part], lexicon: Lexicon) -> tuple[list[Part], bool]:
    """The parts that hold today, or every part and True where the person holds none of them any more."""
    still = [part._replace(tokens=tuple(t for t in part.tokens if t not in lexicon.lists["retired"])) for part in parts]
    retired = still != parts
    present: list[Part] = []
    past: list[Part] = []
    was = False
    for part in still:
        at = _former(part.tokens, lexicon)
        if at is None:
            was = was and part.joined
            if part.tokens:
                (past if was else present).append(part)
            continue
        before, after = part.tokens[:at], part.tokens[at + 1 :]
        if before and lexicon.levels.find(before):
            present.append(Part(before, part.joined))
        elif after:
            past.append(Part(after, part.joined))
            was = True
    held, holds = _holds(past, lexicon), _holds(present, lexicon)
    if retired or (held and not holds):
        return [*past, *present], True
    return present or past, False


def _holds(parts: list[Part], lexicon: Lexicon) -> bool:
    return any(_post(part.tokens, lexicon).level for part in parts)


def _former(tokens: Tokens, lexicon: Lexicon) -> int | None:
    former = lexicon.lists["former"]
    for at, token in enumerate(tokens):
        if token in former and " ".join(tokens[at : at + 2]) not in lexicon.words.not_former:
            return at
    return None


# ---- level -------------------------------------------------------------------------------------------------------


def _posts(parts: list[Part], lexicon: Lexicon) -> list[Post]:
    posts = [_post(part.tokens, lexicon) for part in parts]
    if any(post.serves for post in posts):  # "Executive Assistant, CEO"
        bare = [post.level == C_LEVEL and part.tokens in post.words for part, post in zip(parts, posts, strict=True)]
        posts = [Post(serves=True) if alone else post for alone, post in zip(bare, posts, strict=True)]
    whole = lexicon.lists["whole"]
    scope = any(not post.level and part.tokens[-1] not in whole for part, post in zip(parts, posts, strict=True))
    return [_scoped(post, lexicon) if scope else post for post in posts]


def _level(posts: list[Post], lexicon: Lexicon) -> tuple[str | None, tuple[Tokens, ...]]:
    """The highest level that the agreement knows; a level only inferred gives way to one that is named."""
    names = lexicon.level_names
    known = [(names[post.level], post) for post in posts if post.level and post.level in names]
    if not known:
        return None, ()
    name, post = min(known, key=lambda entry: (not entry[1].sure, lexicon.ranks[entry[0]]))
    return name, post.words


def _post(tokens: Tokens, lexicon: Lexicon) -> Post:
    """The level that one part shows."""
    head = _head(tokens, lexicon)
    hits = [hit for hit in lexicon.levels.find(tokens) if hit.start < len(head)]
    last = head[-1]
    inside = any(hit.start <= len(head) - 1 < hit.end for hit in hits)
    if not inside and last in lexicon.lists["subordinate"]:
        return Post(CONTRIBUTOR, ((last,),), sure=True, serves=True)
    marks = [(level, hit.phrase) for hit in hits if (level := _mark(hit, head, tokens, lexicon)) is not None]
    marks = marks or _compound(head, lexicon)
    if not marks and not _job(last, lexicon):
        marks = [(hit.value, hit.phrase) for hit in lexicon.faint_levels.find(head)]
    if marks:
        order = list(lexicon.words.levels)
        level = min((level for level, _ in marks), key=lambda name: order.index(name) if name in order else -1)
        return Post(level, tuple(phrase for _, phrase in marks), sure=True)
    job = last if _job(last, lexicon) else next((token for token in head if token in lexicon.lists["jobs"]), None)
    return Post(CONTRIBUTOR, ((job,),)) if job else Post()


def _head(tokens: Tokens, lexicon: Lexicon) -> Tokens:
    """The words before the first preposition, without trailing grades ("Analyst II")."""
    scope = lexicon.lists["scope_follows"]
    end = next((at for at, token in enumerate(tokens) if at and token in scope), len(tokens))
    while end > 1 and (tokens[end - 1].isdigit() or tokens[end - 1] in ("i", "ii", "iii", "iv", "v")):
        end -= 1
    return tokens[:end]


def _mark(hit: Hit[str], head: Tokens, tokens: Tokens, lexicon: Lexicon) -> str | None:
    """The level that a phrase shows at this place, or None where it speaks of something else."""
    words, lists = lexicon.words, lexicon.lists
    phrase = " ".join(hit.phrase)
    following = head[hit.end] if hit.end < len(head) else ""
    if following == "level" or (hit.value == C_LEVEL and following in lists["units"]):
        return None
    if phrase in words.bare:
        others = {*head[: hit.start], *head[hit.end :]}
        return hit.value if others <= lists["bare_with"] else None
    if phrase == "chief" and head[-1] in lists["chief_no_officer"]:
        return MANAGER
    if phrase in words.before_a_job and following and _job(head[-1], lexicon) and not _leads(head[-1], lexicon):
        return words.before_a_job[phrase]
    if phrase in words.scoped and {*tokens[: hit.start], *tokens[hit.end :]} - lists["whole"] - lists["scope_follows"]:
        return words.scoped[phrase]
    return hit.value


def _leads(word: str, lexicon: Lexicon) -> bool:
    return bool(lexicon.levels.find((word,)))


def _scoped(post: Post, lexicon: Lexicon) -> Post:
    """A president whose part of the company stands in a part of its own: "President, Retail Banking"."""
    phrases = [" ".join(phrase) for phrase in post.words]
    if len(phrases) == 1 and phrases[0] in lexicon.words.scoped:
        return post._replace(level=lexicon.words.scoped[phrases[0]])
    return post


def _compound(head: Tokens, lexicon: Lexicon) -> list[tuple[str, Tokens]]:
    """German titles in one word: Vertriebsleiter, Marketingdirektorin."""
    for token in head:
        for ending in lexicon.words.endings:
            for end in ending.ends:
                if token.endswith(end) and len(token) > len(end) + 1:
                    small = token.startswith(lexicon.words.small_units) and ending.level == "director"
                    return [(MANAGER if small else ending.level, (token,))]
    return []


def _job(word: str, lexicon: Lexicon) -> bool:
    if word in lexicon.lists["jobs"]:
        return True
    return len(word) > 4 and word.endswith(lexicon.words.job_endings) and word not in lexicon.lists["no_jobs"]


# ---- functions ---------------------------------------------------------------------------------------------------


def _functions(parts: list[Part], posts: list[Post], lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[Tokens, ...]]:
    """The functions in the order in which the title names them, with the phrases that showed them."""
    namings = [
        (names, phrase)
        for part, post in zip(parts, posts, strict=True)
        for names, phrase in _part_functions(part.tokens, lexicon)
        if not (post.serves and lexicon.levels.find(phrase))  # the CEO's assistant has no part in the CEO's function
    ]
    if not any(names for names, _ in namings):
        namings = [((hit.value,), hit.phrase) for part in parts for hit in lexicon.last_functions.find(part.tokens)]
    names = tuple(dict.fromkeys(name for names, _ in namings for name in names))
    return names, tuple(phrase for names, phrase in namings if names)


def _part_functions(tokens: Tokens, lexicon: Lexicon) -> list[tuple[Tokens, Tokens]]:
    hits = lexicon.functions.find(tokens)
    namings = [(hit.value, hit.phrase) for hit in hits]
    strong = [(names, phrase) for names, phrase in namings if phrase not in lexicon.faint_functions]
    if strong or namings:
        return strong or namings
    compounds: list[tuple[Tokens, Tokens]] = [
        ((lexicon.function_names[key],), phrase)
        for _, phrase in _compound(tokens, lexicon)
        for key, stems in lexicon.words.stems.items()
        if key in lexicon.function_names and phrase[0].startswith(stems)
    ]
    return compounds[:1]

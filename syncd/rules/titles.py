"""Job title → functions, level, the words that showed them, and how sure that is.

The rules are linguistic, the words are data (`mappings/titles/`):

1. A title falls into parts at its punctuation and its "and"s; what follows "at" is the company.
2. A part names a post before its first preposition: "Director | of Sales". Only there a level is looked for; functions
   are looked for in the whole part.
3. The last word is the head: a "director assistant" assists; a "lead engineer" leads. "Assistant to …" has nothing of
   the level that follows.
4. The highest level of all parts counts. Former posts count only where no present one stands beside them.
"""

from __future__ import annotations

from functools import lru_cache

from syncd.model import TitleReading
from syncd.rules.lexicon import Lexicon, Part, lexicon_of
from syncd.rules.posts import C_LEVEL, CONTRIBUTOR, Post, post_of
from syncd.rules.spelling import Tokens
from syncd.rules.title_parts import own_parts

__all__ = ["Lexicon", "lexicon_of", "read_title"]

NOBODY = TitleReading(functions=(), level=None, words=(), confidence=0.0)
SURE_LEVEL, INFERRED_LEVEL = 0.5, 0.3  # shares of confidence: a level word, or only the ending of a job
ONE_FUNCTION, SEVERAL_FUNCTIONS = 0.5, 0.4


@lru_cache(maxsize=16384)
def read_title(title: str | None, lexicon: Lexicon, year: int | None = None) -> TitleReading:
    """Read one job title with an agreement's words; level and functions are named as in the agreement.

    year: the calendar year that it is, by which a post "until 2024" is a former one; None: no year is over.

    `confidence` is half the level's (0.5 a level word, 0.3 inferred from the kind of job, 0 none) and half the
    functions' (0.5 one, 0.4 several, 0 none).
    """
    present, former = own_parts(lexicon.parts(title or ""), lexicon, year)
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


# ---- level -------------------------------------------------------------------------------------------------------


def _posts(parts: list[Part], lexicon: Lexicon) -> list[Post]:
    posts = [post_of(part.tokens, lexicon) for part in parts]
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


def _scoped(post: Post, lexicon: Lexicon) -> Post:
    """A president whose part of the company stands in a part of its own: "President, Retail Banking"."""
    phrases = [" ".join(phrase) for phrase in post.words]
    if post.sure and len(phrases) == 1 and phrases[0] in lexicon.words.scoped:
        return post._replace(level=lexicon.words.scoped[phrases[0]] or None)
    return post


# ---- functions ---------------------------------------------------------------------------------------------------


def _functions(parts: list[Part], posts: list[Post], lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[Tokens, ...]]:
    """The functions in the order in which the title names them, with the phrases that showed them."""
    namings = [
        (names, phrase)
        for part, post in zip(parts, posts, strict=True)
        for names, phrase in _part_functions(part.tokens, lexicon) or _last_word(part.tokens, post, lexicon)
        if not (post.serves and _is_masters(names, phrase, lexicon))
    ]
    if not any(names for names, _ in namings):
        namings = [(hit.value, hit.phrase) for part in parts for hit in lexicon.last_functions.find(part.tokens)]
    names = tuple(dict.fromkeys(name for names, _ in namings for name in names))
    return names, tuple(phrase for names, phrase in namings if names)


def _is_masters(names: Tokens, phrase: Tokens, lexicon: Lexicon) -> bool:
    """Whether a function is whose assistant reads it: the CEO's assistant, or a Vorstandsassistent, leads no firm."""
    leader = phrase[-1].removesuffix("s")  # in the genitive: "Sekretär des Finanzvorstands"
    compound = lexicon.compound(leader) if leader != phrase[-1] else None
    leads = compound is not None and compound.level != CONTRIBUTOR
    return leads or bool(lexicon.levels.find(phrase)) or names == lexicon.general


def _part_functions(tokens: Tokens, lexicon: Lexicon) -> list[tuple[Tokens, Tokens]]:
    """What shows a function in one part: faint words only where no other does."""
    hits = lexicon.functions.find(tokens, lexicon.word_functions.of)
    namings = [(hit.value, hit.phrase) for hit in hits if hit.value]
    return [(names, phrase) for names, phrase in namings if not lexicon.is_faint(phrase)] or namings


def _last_word(tokens: Tokens, post: Post, lexicon: Lexicon) -> list[tuple[Tokens, Tokens]]:
    """Words that show a function only at the end: "Leiterin Personal", no "personal trainer"."""
    names = lexicon.last_words.get(tokens[-1], ())
    return [(names, tokens[-1:])] if names and not post.serves else []

"""What a form's name, a status or a title says, in any language that mappings/wording/ knows.

Names are compared as words without case and accents: "Preis-Anfrage", "preisanfrage" and "PreisAnfrage" are one. A mark
(a colon, a dash, a bracket) ends a clause; a negation does not reach past it, and a calendar's heading fills one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, get_args

from syncd.mapping.spec import FormKind, FormWords, OutcomeWords, Phrase

FORM_KINDS: tuple[str, ...] = get_args(FormKind)
NOTHING, PAGE, DEMO, EVENT = "", "page_viewed", "demo_booked", "event"
REQUESTS = frozenset(("ready_to_buy", "contact_sales", "price_request", "demo_booked", "trial_started"))
FORM_UNREAD, REQUEST_UNREAD = "form_unread", "request_unread"
MISSED, OPEN, DONE = "missed", "open", "done"

_MARKS = re.compile(r"[:;,.!?–—|/()\[\]{}<>•·*：，。（）【】「」]+|(?:^|\s)-+(?=\s|$)|\s-+(?=\S)|(?<=\S)-+\s")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ][a-zà-ÿ])")  # ContactSales
_OWN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_EDGE, _END = r"(?<![^ |])", r"(?![^ |])"


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """The words of a text in lower case without accents, one blank apart; a mark is a bar."""
    plain = _HUMP.sub(" ", text).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_OWN_LETTERS))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+|\|", _MARKS.sub(" | ", plain))).strip("| ")


class SaidPhrase(NamedTuple):
    """A phrase that stands at text[start:end], and what it means."""

    start: int
    end: int
    means: str


class _Language:
    """One language's words for forms, compiled."""

    def __init__(self, words: FormWords, every_small: str) -> None:
        small = _any(words.small)
        self._phrases = {
            part: {means: _phrases(phrases, small) for means, phrases in getattr(words, part).items()}
            for part in ("asks", "hands_out", "hints")
        }
        self._phrases["pages"] = {PAGE: _phrases(words.pages, small)}
        self._phrases["nothing"] = {NOTHING: _phrases(words.nothing, small)}
        self._phrases["other"] = {NOTHING: _phrases(words.other, small)}
        self._phrases["past"] = {PAGE: _phrases(words.past, small)}
        self._heads, self._past = frozenset(words.heads), _whole_clause(words.past)
        self._only_small = re.compile(rf"(?: {every_small})+ ")
        self._ends = re.compile(rf"$| \||(?: form[^ |]*| [^ |]*\d[^ |]*| {every_small})(?: |$)")
        self._product = re.compile(_EDGE + _any(words.products) + _END)
        self._product_before, self._beside = _before(words.products, 3), _before(words.beside, 0)
        self._alone = {means: _whole_clause(phrases) for means, phrases in words.alone.items()}
        self._deny = _before(words.deny, 2)
        self._denied = re.compile(rf"^(?: \|)?(?: [^ |]+){{0,2}} {_any(words.denied)}{_END}") if words.denied else None
        self._deny_nothing = re.compile(_EDGE + _any(words.deny_nothing) + _END) if words.deny_nothing else None
        self._about = _before(words.about, 4)
        self._aside = _before(words.aside, 0)

    def said(self, part: str, text: str) -> Iterator[SaidPhrase]:
        """What stands in the text, of one part of the words."""
        for means, pattern in self._phrases[part].items():
            if pattern is not None:
                yield from (SaidPhrase(*match.span(), means) for match in pattern.finditer(text))
        if part == "hints":
            for means, pattern in self._alone.items():
                yield from (SaidPhrase(*match.span(), means) for match in pattern.finditer(text))

    def denies(self, said: SaidPhrase, text: str) -> bool:
        before = text[: said.start]
        if self._deny_nothing:
            before = self._deny_nothing.sub("|", before)
        denied = self._denied is not None and self._denied.search(text[said.end :]) is not None
        return denied or (self._deny is not None and self._deny.search(before) is not None)

    def only_speaks(self, said: SaidPhrase, text: str) -> bool:
        return self._about is not None and self._about.search(text[: said.start]) is not None

    def others(self, text: str) -> list[SaidPhrase]:
        """What the form is for that is no matter of buying; a product for it ("complaint management") is none."""
        return [said for said in self.said("other", text) if not self._is_product(said, text)]

    def _is_product(self, said: SaidPhrase, text: str) -> bool:
        after = text[said.start : said.end] + " " + text[said.end :].partition("|")[0].strip().partition(" ")[0]
        before = self._product_before is not None and self._product_before.search(text[: said.start]) is not None
        return before or self._product.search(after) is not None

    def head(self, said: SaidPhrase, text: str) -> SaidPhrase | None:
        """The noun that the words make up with those behind them: "contact sales *survey*", "demo *recording*"."""
        parts = (part for name in ("hands_out", "pages", "past") for part in self.said(name, text))
        nouns = [noun for noun in parts if noun.means in self._heads] + self.others(text)
        behind = [noun for noun in nouns if self._joined(text[said.end : noun.start]) and noun.start >= said.end]
        return next((noun for noun in behind if self._ends.match(text[noun.end :])), None)

    def _joined(self, between: str) -> bool:
        words = between.split()
        return len(words) <= 2 and "|" not in words and not any(self._only_small.match(f" {word} ") for word in words)

    def looks_back(self, said: SaidPhrase, text: str) -> bool:
        """Whether this is only looked back at: "recording of the demo", "demo day (recording)"."""
        between = (text[past.end : said.start] for past in self.said("past", text))
        of = any(words == " " or self._only_small.fullmatch(words) for words in between)
        return of or self._past.search(text) is not None

    def stands_beside(self, said: SaidPhrase, text: str) -> bool:
        return self._beside is not None and self._beside.search(text[: said.start]) is not None

    def aside(self, said: SaidPhrase, text: str) -> bool:
        return self._aside is not None and self._aside.search(text[: said.start]) is not None


class Forms:
    """What the names of forms say."""

    def __init__(self, words: Mapping[str, FormWords]) -> None:
        self._words = words
        self.kind = lru_cache(maxsize=5_000)(self._kind)
        self.requests = lru_cache(maxsize=5_000)(self._requests)

    def _kind(self, name: str) -> str | None:
        """The kind that a form's name tells of; empty for none that counts, None where no word fits."""
        text = normal(name)
        asks, idle = self._asks(text)
        handed = [said for said in self._said("hands_out", text) if not self._stands_aside(said, text)]
        others = [said for language in self._languages for said in language.others(text)]
        past = [said for said in handed if said.means == EVENT and self._looks_back(said, text)]
        handed = [said._replace(means=PAGE) if said in past else said for said in handed]
        if first := [*asks, *self._said("nothing", text), *handed, *others]:
            decides = min(first, key=lambda said: (said.start, -said.end, said.means == NOTHING))
            return None if decides in asks and self._is_in_doubt(decides, others, text) else decides.means
        weak = {said.means for said in self._said("hints", text) if not _overlaps(said, idle)}
        if self._said("pages", text):
            return None if weak or self._sells(text) else PAGE
        return min(weak, key=FORM_KINDS.index) if weak else None

    def _is_in_doubt(self, ask: SaidPhrase, others: Iterable[SaidPhrase], text: str) -> bool:
        """Whether a request has another purpose behind it, which stands for it as much as it does for itself."""
        behind = [said for said in others if said.start >= ask.end] if ask.means in REQUESTS else []
        return any(not any(language.stands_beside(said, text) for language in self._languages) for said in behind)

    def _looks_back(self, said: SaidPhrase, text: str) -> bool:
        heads = (language.head(said, text) for language in self._languages)
        back = any(language.looks_back(said, text) for language in self._languages)
        return back or any(head is not None and head.means == PAGE for head in heads)

    def _asks(self, text: str) -> tuple[list[SaidPhrase], list[SaidPhrase]]:
        """What is asked for, as nothing where that is denied; and those requests and hints that are only spoken of."""
        asks, idle, requests = [], [], self._said("asks", text)
        for language in self._languages:
            hints = [said for said in language.said("hints", text) if not _overlaps(said, requests)]
            for said in (*language.said("asks", text), *hints):
                if language.only_speaks(said, text):
                    idle.append(said)
                elif (head := language.head(said, text)) and (said in requests or head.means != PAGE):
                    idle.append(said)
                    asks.append(said._replace(means=head.means))
                elif said.means == DEMO and said not in requests and self._looks_back(said, text):
                    idle.append(said)
                    asks.append(said._replace(means=PAGE))
                elif language.denies(said, text):
                    idle.append(said)
                    asks.append(said._replace(means=NOTHING))
        stated = [said for said in requests if not _overlaps(said, idle)]
        return [*asks, *stated], idle

    def _said(self, part: str, text: str) -> list[SaidPhrase]:
        return [said for language in self._languages for said in language.said(part, text)]

    def _stands_aside(self, said: SaidPhrase, text: str) -> bool:
        return any(language.aside(said, text) for language in self._languages)

    def _requests(self, name: str, fields: tuple[str, ...] = ()) -> bool:
        """Whether a form that no word fits looks like a request: by its name, or by a field that was filled in."""
        text = normal(name)
        if self._asking.search(text) or self._sells(text):
            return True
        return any(self._fields.search(normal(field)) for field in fields)

    def _sells(self, text: str) -> bool:
        return self._selling.search(text) is not None

    @cached_property
    def _languages(self) -> list[_Language]:
        every_small = _any(word for words in self._words.values() for word in words.small)
        return [_Language(words, every_small) for words in self._words.values()]

    @cached_property
    def _asking(self) -> re.Pattern[str]:
        return self._all("asking")

    @cached_property
    def _selling(self) -> re.Pattern[str]:
        return self._all("selling")

    @cached_property
    def _fields(self) -> re.Pattern[str]:
        return self._all("fields")

    def _all(self, part: str) -> re.Pattern[str]:
        return re.compile(_EDGE + _any(word for words in self._words.values() for word in getattr(words, part)) + _END)


class Outcomes:
    """What statuses and titles say of how something went."""

    def __init__(self, words: Mapping[str, OutcomeWords]) -> None:
        self._words = words
        self.outcome = lru_cache(maxsize=5_000)(self._outcome)
        self.called_off = lru_cache(maxsize=20_000)(self._called_off)

    def missed(self, status: str) -> bool:
        """Whether a status says that it was missed."""
        return self._missed.search(normal(status)) is not None

    def _outcome(self, status: str) -> str | None:
        """What a status says: missed, open or done; None where it says none of them, or two."""
        text = normal(status)
        if self._missed.search(text):
            return MISSED
        done = list(self._done.finditer(text))
        if any(self._deny.search(text[: match.start()]) for match in done):
            return None
        is_open = self._open.search(text) is not None
        return None if bool(done) == is_open else DONE if done else OPEN

    def _called_off(self, title: str) -> Literal["surely", "perhaps"] | None:
        """Whether a title says that it was called off: set apart by a mark, or only beside its other words."""
        text = normal(title)
        if self._off_clause.search(text):
            return "surely"
        return "perhaps" if self._off_edge.search(text) or self._moved.search(text) else None

    def _every(self, *parts: str) -> str:
        return _any(word for words in self._words.values() for part in parts for word in getattr(words, part))

    @cached_property
    def _missed(self) -> re.Pattern[str]:
        return re.compile(_EDGE + self._every("off", "apart", "moved", "missed") + _END)

    @cached_property
    def _done(self) -> re.Pattern[str]:
        return re.compile(_EDGE + self._every("done") + _END)

    @cached_property
    def _open(self) -> re.Pattern[str]:
        return re.compile(_EDGE + self._every("open") + _END)

    @cached_property
    def _deny(self) -> re.Pattern[str]:
        return re.compile(rf"{_EDGE}{self._every('deny')}(?: [^ |]+){{0,1}} $")

    @cached_property
    def _off_clause(self) -> re.Pattern[str]:
        return _whole_clause_of(self._every("off", "apart"))

    @cached_property
    def _off_edge(self) -> re.Pattern[str]:
        topics = self._every("topics")
        return re.compile(
            rf"(?:^|\| ){self._every('off')}{_END}(?! {topics}{_END})|{_EDGE}{self._every('off')}(?:$| \|)"
        )

    @cached_property
    def _moved(self) -> re.Pattern[str]:
        return re.compile(rf"(?:^|\| ){self._every('moved')}{_END}|{_EDGE}{self._every('moved')}(?:$| \|)")


class Wording(NamedTuple):
    """Both: what forms' names, and what statuses and titles say."""

    forms: Forms
    outcomes: Outcomes


def _overlaps(said: SaidPhrase, others: Iterable[SaidPhrase]) -> bool:
    return any(said.start < other.end and other.start < said.end for other in others)


def _whole_clause(phrases: Iterable[Phrase]) -> re.Pattern[str]:
    return _whole_clause_of(_any(phrase for phrase in phrases if isinstance(phrase, str)))


def _whole_clause_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\| )(?:{words})(?= \||$)")


def _before(words: Iterable[str], apart: int) -> re.Pattern[str] | None:
    """Where one of these stands before the end of the text, in one clause, with so many words between."""
    some = list(words)
    return re.compile(rf"{_EDGE}{_any(some)}(?: [^ |]+){{0,{apart}}} $") if some else None


def _phrases(phrases: Iterable[Phrase], small: str) -> re.Pattern[str] | None:
    """Where any of the phrases stands whole; between the words of a list of lists may stand small ones and marks."""
    between = rf"(?:[ |]+{small}(?![^ |])){{0,5}}[ |]+"
    some = [
        between.join(_any([part] if isinstance(part, str) else part) for part in _parts(phrase)) for phrase in phrases
    ]
    return re.compile(f"{_EDGE}(?:{'|'.join(some)}){_END}") if some else None


def _parts(phrase: Phrase) -> Iterable[str | Iterable[str]]:
    return [phrase] if isinstance(phrase, str) else phrase


def _any(words: Iterable[str]) -> str:
    """The words as one pattern, the longest first, in either number; none at all stand nowhere."""
    some = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(_word, some))})" if some else r"(?!)"


def _word(word: str) -> str:
    if word.endswith(" *"):  # a word with any other behind it
        return _word(word.removesuffix(" *")) + " [^ |]+"
    begins, ends = r"[^ |]*" if word.startswith("*") else "", r"[^ |]*" if word.endswith("*") else "(?:e?s)?"
    parts = [" ?".join(map(re.escape, normal(part).split())) for part in word.strip("*").split("*")]
    return begins + r"[^ |]*".join(parts) + ends

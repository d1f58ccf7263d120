"""Fields that are told by words: a form's kind by its name, an outcome by a status or a title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncd.mapping.spec import FieldRule
from syncd.mapping.wording import FORM_UNREAD, MISSED, OPEN, REQUEST_UNREAD, Wording

Read = Callable[[Mapping[str, Any]], Any]  # raw → one value
Own = Callable[[Any], str | None]  # what a table of the mapping says of a value
Words = Callable[[], Wording]  # loaded when the first record asks for them


def spoken(rule: FieldRule, find: Read, own: Own, words: Words, at: Callable[[str], Read]) -> Read:
    """How such a field is read. find: what stands in the record; own: what the mapping's own table says of it."""
    match rule.says:
        case "form":
            return _form(find, own, words, at(rule.fields) if rule.fields else None)
        case "outcome":
            return _outcome(rule, find, own, words, at(rule.called_off) if rule.called_off else None)
        case "missed":
            return _word(find, own, lambda status: MISSED if words().outcomes.missed(status) else None)
        case _:
            return _word(find, own, lambda title: MISSED if words().outcomes.called_off(title) else None)


def _word(find: Read, own: Own, say: Callable[[str], str | None]) -> Read:
    def value_of(raw: Mapping[str, Any]) -> str | None:
        word = find(raw)
        if word is None:
            return None
        return said if (said := own(word)) is not None else say(str(word))

    return value_of


def _form(find: Read, own: Own, words: Words, fields: Read | None) -> Read:
    """The kind of a form; one that no word fits is unread, and one of those that looks like a request is told apart."""

    def value_of(raw: Mapping[str, Any]) -> str:
        forms, name = words().forms, str(find(raw) or "")
        kind = said if (said := own(name)) is not None else forms.kind(name)
        if kind is not None:
            return kind
        values = fields(raw) if fields else None
        filled = tuple(sorted(key for key, value in values.items() if value)) if isinstance(values, dict) else ()
        return REQUEST_UNREAD if forms.requests(name, filled) else FORM_UNREAD

    return value_of


def _outcome(rule: FieldRule, find: Read, own: Own, words: Words, title: Read | None) -> Read:
    """How it went by its status; a title that surely says that it was called off holds, whatever else is marked."""
    status = _word(find, own, lambda word: words().outcomes.outcome(word) or rule.otherwise)

    def value_of(raw: Mapping[str, Any]) -> str | None:
        outcome, name = status(raw), title(raw) if title else None
        called_off = words().outcomes.called_off(str(name)) if name else None
        holds = called_off == "surely" or (called_off == "perhaps" and outcome in (None, OPEN))
        return MISSED if holds else outcome

    return value_of

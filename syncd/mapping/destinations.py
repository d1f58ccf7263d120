"""The mappings' word on where wishes go: streams, systems, and what may stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncd.mapping.spec import FieldRule, SystemMapping
from syncd.model import Destination, Destinations
from syncd.model.answers import PROCESS
from syncd.model.wishes import WISHED

ASKED = ("offer", *PROCESS)


def destinations(mappings: Iterable[SystemMapping]) -> Destinations:
    """Where each object that is wished is written, and where users stand: the first mapping that says so counts."""
    mappings = list(mappings)
    return {name: next(_places(name, mappings), Destination()) for name in (*WISHED, "user")}


def _places(name: str, mappings: Iterable[SystemMapping]) -> Iterator[Destination]:
    for mapping in mappings:
        rule = mapping.writes.get(name)
        stream = mapping.stream_written(rule) if rule else mapping.live(name)
        if rule or stream:
            answers = _answers(mapping, stream) if rule and stream and name == "opportunity" else {}
            yield Destination(
                system=mapping.system,
                stream=f"{mapping.system}.{stream}" if stream else "",
                forerunners=tuple(f"{mapping.system}.{before}" for before in mapping.forerunners(stream)),
                lengths=rule.length if rule else {},
                decimals=rule.decimals if rule else {},
                values=rule.values if rule else {},
                answers=answers,
                titles={what: _title(mapping, stream or "", what) for what in answers},
            )


def _answers(mapping: SystemMapping, stream: str) -> dict[str, str]:
    """In which fields of such a record people answer what is asked of it, in words of their own.

    A field of another record is none, nor is one that says it by an option or a word of a table.
    """
    rules = mapping.streams[stream].fields
    paths = {what: mapping.label(rules[what].paths[0]) for what in ASKED if what in rules and _in_words(rules[what])}
    return {what: path for what, path in paths.items() if "." not in path}


def _title(mapping: SystemMapping, stream: str, what: str) -> str:
    """How screens call the field: as the mapping says, else as its own name reads."""
    rule = mapping.streams[stream].fields[what]
    return rule.titled or mapping.label(rule.paths[0]).removesuffix("__c").replace("_", " ")


def _in_words(rule: FieldRule) -> bool:
    """Whether what is read is what somebody typed."""
    another = rule.through or rule.matches or rule.says or rule.when or rule.labels
    return bool(rule.paths) and rule.how in ("text", "words") and not another

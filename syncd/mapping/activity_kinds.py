"""Which kinds of activity mappings can tell of at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syncd.agreement.terms import Agreement
from syncd.mapping.spec import FieldRule, SystemMapping
from syncd.mapping.wording import FORM_KINDS

TELLING = ("activity", "campaign_member")  # what those who responded to a campaign did is an activity, too
OF_A_CALL = {"call_made": "call_answered"}  # a call of ours that was answered


def kinds_told(mappings: Iterable[SystemMapping]) -> frozenset[str]:
    """Every kind that some record could become by these mappings."""
    kinds = {
        kind
        for mapping in mappings
        for stream in mapping.streams.values()
        if stream.into in TELLING and "kind" in stream.fields
        for kind in _values(stream.fields["kind"], mapping.tables)
    }
    return frozenset(kinds | {OF_A_CALL[kind] for kind in kinds & OF_A_CALL.keys()}) - {""}


def silent_kinds(agreement: Agreement, mappings: Iterable[SystemMapping]) -> list[str]:
    """The kinds that the agreement puts on a rung and that no mapping can ever tell of: nobody gets there by them."""
    rungs = agreement.engagement.rungs
    kinds = {*rungs.messaging, *rungs.mobilization, *rungs.money, *agreement.engagement.explore}
    return sorted(kinds - kinds_told(mappings))


def _values(rule: FieldRule, tables: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    for value in (rule.value, rule.default, rule.otherwise):
        if isinstance(value, str):
            yield value
    if rule.says == "form":
        yield from FORM_KINDS
    for table in (rule.through, rule.matches):
        yield from tables.get(table or "", {}).values()

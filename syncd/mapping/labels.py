"""What a field's options are called: a portal keeps an option's internal value in its records, people know its label.

Where a mapping asks for `labels`, a table (and the word lists behind `says`) is looked up by the value first, then by
the label; a text is the label. HubSpot: an option's `value` "must be set through the API", its `label` is shown
(developers.hubspot.com/docs/api/crm/properties); standard options are values such as COMPUTER_SOFTWARE, a portal's own
often numbers. The labels are settings of the system: read with them, kept, and what was read before is matched anew
where one changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from syncd.mapping.paths import Read, value_at
from syncd.mapping.spec import FieldRule, SystemMapping

SETTING = "labels {}.{}"  # of a stream's property; its value: JSON, value → label


def wanted(mapping: SystemMapping) -> dict[str, list[str]]:
    """Which properties' labels a mapping asks for, by stream."""
    named = {
        stream: [mapping.label(path) for field in rule.fields.values() if field.labels for path in field.paths]
        for stream, rule in mapping.streams.items()
    }
    return {stream: list(dict.fromkeys(names)) for stream, names in named.items() if names}


def labelled(
    mapping: SystemMapping, stream: str, rule: FieldRule, settings: Mapping[str, str], read: Callable[[FieldRule], Read]
) -> Read:
    """Read a field by its options' labels as well; read: compiles a rule. settings: looked at as records are read."""
    names = [(path, value_at(path), SETTING.format(stream, mapping.label(path))) for path in rule.paths]
    value_of = read(rule)
    tabled = rule.through or rule.matches or rule.says
    strict = read(rule.model_copy(update={"otherwise": None, "default": None})) if tabled else None

    def in_words(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The record with labels in the place of values; None where no value has another label."""
        changed = raw
        for path, value, setting in names:
            said, text = value(raw), settings.get(setting)
            if said is not None and text and (label := _labels(text).get(str(said))) is not None:
                changed = _put(changed, path, label)
        return None if changed is raw else changed

    def by_label(raw: Mapping[str, Any]) -> Any:
        if not any(setting in settings for _, _, setting in names):
            return value_of(raw)
        if strict and (said := strict(raw)) not in (None, []):
            return said
        spoken = in_words(raw)
        return value_of(raw if spoken is None else spoken)

    return by_label


@lru_cache(maxsize=1_000)
def _labels(text: str) -> dict[str, str]:
    return dict(json.loads(text))


def _put(raw: Mapping[str, Any], path: str, label: str) -> dict[str, Any]:
    """The record with another value at a path, which is one that stands there."""
    step, _, rest = path.partition(".")
    return {**raw, step: _put(raw[step], rest, label) if rest else label}

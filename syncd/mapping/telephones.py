"""Fields that hold telephone numbers, read by the numbering plan of the record's country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncd.mapping import values
from syncd.mapping.paths import Read, value_at
from syncd.mapping.spec import FieldRule


def first_phone(rule: FieldRule, country: Read | None) -> Read:
    """The first of the paths that holds a telephone number, by the plan of the record's country where it names one."""
    paths, fixed = [value_at(path) for path in rule.paths], {"region": rule.region}

    def value_of(raw: Mapping[str, Any]) -> Any:
        options = None
        for path in paths:
            if (value := path(raw)) is not None:
                if options is None:
                    region = country(raw) if country else None
                    options = {"region": region} if region else fixed
                if number := values.phone(value, options):
                    return number
        return None

    return value_of


def phones(rule: FieldRule, country: Read | None) -> Read:
    """The telephone numbers of all the paths, each once."""
    paths, fixed = [value_at(path) for path in rule.paths], {"region": rule.region}

    def value_of(raw: Mapping[str, Any]) -> Any:
        numbers = [value for path in paths if (value := path(raw)) is not None]
        if not numbers:
            return None
        region = country(raw) if country else None
        options = {"region": region} if region else fixed
        return list(dict.fromkeys(values.every(lambda value: [values.phone(value, options)], numbers)))

    return value_of

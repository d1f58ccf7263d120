"""Streams that a portal or an org does not have: told once, then passed over in silence until they are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connectors.base import ConnectorError, Misconfigured, NotThere
from syncd.mapping import SystemMapping
from syncd.store import Store
from syncd.store.notes import NOT_OURS


def pass_over(
    store: Store, mappings: Mapping[str, SystemMapping], failures: dict[str, ConnectorError], read: Collection[str]
) -> list[str]:
    """Take the failures of streams out that their systems do not have; returns what is new of them, in words.

    read: the streams that were tried, as `system.stream`. A stream that every push needs is nothing to pass over.
    """
    with store.reading() as unit:
        known = unit.notes.read_all(NOT_OURS).keys()
    blind = unsighted(mappings, failures)
    absent = {
        name: error
        for name, error in failures.items()
        if isinstance(error, NotThere) and name.partition(".")[0] not in blind and not _essential(mappings, name)
    }
    back = (known & set(read)) - failures.keys()
    with store.writing() as unit:
        for name in absent.keys() - known:
            unit.notes.keep(NOT_OURS.of(name), str(absent[name]))
        for name in back:
            unit.notes.drop(NOT_OURS.of(name))
    for name in absent:
        del failures[name]
    lost = [f"{name} is not ours ({absent[name]}): passed over from now on" for name in sorted(absent.keys() - known)]
    return [*lost, *(f"{name} is there by now, and read" for name in sorted(back))]


def unsighted(mappings: Mapping[str, SystemMapping], failures: Mapping[str, ConnectorError]) -> set[str]:
    """The systems that show us not even what every push needs: it is our rights that are gone there."""
    return {
        name.partition(".")[0]
        for name, error in failures.items()
        if isinstance(error, NotThere) and _essential(mappings, name)
    }


def advice(
    mappings: Mapping[str, SystemMapping], failures: Mapping[str, ConnectorError], read: Collection[str]
) -> list[str]:
    """What ends the failures of streams that are refused to us for good: that somebody says so.

    Where a system refuses everything, it is not the streams.
    """
    systems = {name.partition(".")[0] for name in set(read) - failures.keys()}
    blind = unsighted(mappings, failures)
    refused = sorted(
        name
        for name, error in failures.items()
        if isinstance(error, Misconfigured)
        and name.partition(".")[0] in systems - blind
        and not _essential(mappings, name)
    )
    names = ",".join(refused)
    return [f"if nobody can grant {', '.join(refused)}, say so once: SYNCD_WITHOUT={names}"] if refused else []


def _essential(mappings: Mapping[str, SystemMapping], name: str) -> bool:
    system, _, stream = name.partition(".")
    return mappings[system].essential(stream)

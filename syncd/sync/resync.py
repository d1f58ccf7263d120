"""Manual resync: everything, one stream, one account or one record, whatever the cursors say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from syncd.errors import ConfigError, NotFound, UnsafePlan
from syncd.model import RemoteRef
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.names import chosen_streams, golden_id, remote_ref
from syncd.sync.pull import Mode, fetch, pull
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.tenants import admit


@dataclass(frozen=True)
class Scope:
    """What to read again. record: `system.stream/id`; account: golden id, name or remote id."""

    system: str | None = None
    stream: str | None = None
    account: str | None = None
    record: str | None = None
    full: bool = False
    force: bool = False

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Scope:
        """A scope from a request's options."""
        return cls(**{name: value for name, value in options.items() if name in cls.__dataclass_fields__})


def require(wiring: Wiring, scope: Scope) -> None:
    """Raise ConfigError or NotFound where a scope names nothing, or two things, before anybody works on it."""
    named = [
        option
        for option, value in (
            ("--record", scope.record),
            ("--account", scope.account),
            ("--stream" if scope.stream else "--system", scope.stream or scope.system),
        )
        if value is not None
    ]
    if len(named) > 1:
        raise _said(f"{' and '.join(named)} name different things to read again: keep one of them")
    if scope.full and (scope.record or scope.account):
        raise _said(f"--full is for streams, and {named[0]} reads single records: leave one of them out")
    chosen_streams(wiring, scope.system, scope.stream)
    _records_named(wiring, scope)


def standing(wiring: Wiring, scope: Scope) -> Scope:
    """The scope by the names of what stands there: none of its asker's own words is kept, and shown again.

    Who reads his words again without a part of them knows that it is a secret. Raises ConfigError or NotFound, the same
    for a record of which nothing was ever pulled.
    """
    require(wiring, scope)
    with wiring.store.looking_up() as unit:
        if scope.account is not None:
            return replace(scope, account=golden_id(unit, "account", scope.account))
        if scope.record is not None:
            ref = remote_ref(scope.record)
            if not unit.records.named([ref]):
                words = "nothing was ever pulled of a record of that name: read its stream again"
                raise NotFound(words, plain=words)
            return replace(scope, record=str(ref))
    return scope


def resync(wiring: Wiring, scope: Scope, run: Run) -> Summary:
    """Read the scope again, then run a cycle on what it brought. Raises ConfigError or NotFound for a wrong scope."""
    admit(wiring.store, wiring.sources.values())
    if scope.record is None and scope.account is None:
        _read_streams(wiring, run, scope)
    elif not _read_records(wiring, run, _records_named(wiring, scope)) and scope.record:
        raise NotFound(f"{scope.record}: its system has nothing of that name, and nothing of it was pulled before")
    return cycle(wiring, run, force=scope.force)


def _said(words: str) -> ConfigError:
    """What is wrong with a scope, which quotes nothing of it."""
    return ConfigError(words, plain=words.replace("--", ""))


def _records_named(wiring: Wiring, scope: Scope) -> list[RemoteRef]:
    """The records that a scope names one by one: itself, or as those of an account."""
    refs: list[RemoteRef] = []
    for option, words in (("--account", scope.account), ("--record", scope.record)):
        if words is not None and not words.strip():  # a shell's variable that is not set
            raise _said(f"{option} is empty: name one, or leave {option} out to read everything")
    if scope.record:
        refs = [remote_ref(scope.record)]
    elif scope.account:
        with wiring.store.looking_up() as unit:
            refs = unit.people.records_of(golden_id(unit, "account", scope.account))
    for system, stream in {(ref.system, ref.stream) for ref in refs}:
        chosen_streams(wiring, system, stream)
    return refs


def _read_records(wiring: Wiring, run: Run, refs: list[RemoteRef]) -> bool:
    """Return whether the systems or the store have any of these."""
    number = 0
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for system, stream, remote_id in refs:
        wanted[system][stream].append(remote_id)
    for system, streams in wanted.items():
        number += len(fetch(wiring.sources[system], wiring.mappings[system], wiring.store, run, streams))
    with wiring.store.writing() as unit:
        unit.records.unmatch(refs)
        return number > 0 or bool(unit.records.named(refs))


def _read_streams(wiring: Wiring, run: Run, scope: Scope) -> None:
    mode: Mode = "full" if scope.full else "news"
    for system, streams in chosen_streams(wiring, scope.system, scope.stream).items():
        source, mapping = wiring.sources[system], wiring.mappings[system]
        for stream in streams or mapping.streams:
            with wiring.store.writing() as unit:
                unit.streams.reset(system, stream)
        shortfall = pull(source, mapping, wiring.store, run, streams=streams, mode=mode, force=scope.force)
        if shortfall.failures:
            raise next(iter(shortfall.failures.values()))
        if shortfall.refused_sweeps:
            raise UnsafePlan("\n".join(shortfall.refused_sweeps.values()))

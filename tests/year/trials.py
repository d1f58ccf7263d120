"""Trials: faults strike an installation, one answer names each with its mend, and all is quiet once they are mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.year.faults import Fault
from tests.year.site import KINDS_OF_A_DAY, Site

EXPECTED = KINDS_OF_A_DAY | {"api version"}  # of the vendors' calendar, which goes on
AT_ONCE = 3  # faults of different places that strike together, at most


@dataclass(frozen=True)
class Row:
    """One fault as it was told. number: the day; until_told, until_gone: since it struck, and since it was mended."""

    number: int
    fault: Fault
    finding: dict[str, Any]
    until_told: timedelta
    until_gone: timedelta
    cycles: int  # that came behind the mend until it was told no more

    @property
    def cells(self) -> tuple[str, ...]:
        """As the table of faults shows it."""
        finding = self.finding
        spans = (f"{span / timedelta(days=1):.2f}" for span in (self.until_told, self.until_gone))
        named = f"`{finding['key']}` ({finding['grade']}): {finding['what']}"
        return tuple(cell.replace("|", "/") for cell in (self.fault.name, named, finding["mend"], *spans))


def endure(site: Site, faults: Sequence[Fault], number: int) -> list[Row]:
    """Have these strike at once, be named, be mended, and be quiet."""
    site.beat()
    before, begun = {finding["key"] for finding in site.health()}, datetime.now(UTC)
    with ExitStack() as stack:
        for fault in faults:
            stack.enter_context(fault.strike(site))
        for meets in dict.fromkeys(fault.meets for fault in faults):
            meets(site)
        findings, told_at = site.health(), datetime.now(UTC)
        named = [(fault, _named(fault, findings)) for fault in faults]
        strange = {finding["key"] for finding in findings} - before - {finding["key"] for _, finding in named}
        strange -= {key for fault in faults for key in fault.besides}
        strange = {key for key in strange if key.partition(":")[0] not in EXPECTED}
        assert not strange, (strange, [fault.name for fault in faults], findings)
    mended, cycles = datetime.now(UTC), 1
    site.cycle()
    left = [each for each in site.health() if each["key"] not in before and each["kind"] not in EXPECTED]
    assert not left, ([fault.name for fault in faults], left)
    gone = datetime.now(UTC)
    a_day = timedelta(days=1)
    return [
        Row(
            number,
            fault,
            finding,
            told_at - begun + fault.late,
            a_day if finding["kind"] in KINDS_OF_A_DAY else gone - mended,
            cycles,
        )
        for fault, finding in named
    ]


def _named(fault: Fault, findings: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The finding that tells of a fault, whoever reads it knowing nothing else."""
    finding = next((each for each in findings if each["key"] == fault.key), None)
    assert finding is not None, (fault.name, findings)
    assert fault.what in finding["what"], (fault.name, finding)
    assert fault.mend in finding["mend"], (fault.name, finding)
    assert finding["mend"], (fault.name, finding)
    assert finding["look"], (fault.name, finding)
    return finding


def calendar(days: int, faults: Sequence[Fault], trials: int, *, seed: int) -> dict[int, list[list[Fault]]]:
    """Which faults strike on which day but the first: each as often as others, some of different places at once."""
    chance = Random(seed)
    waiting = [fault for _ in range(-(-trials // len(faults))) for fault in chance.sample(faults, len(faults))][:trials]
    groups, plan = list(_together(waiting, chance)), {}  # type: ignore[var-annotated]
    for number, group in enumerate(groups):
        plan.setdefault(1 + number * (days - 1) // len(groups), []).append(group)
    return plan


def _together(waiting: list[Fault], chance: Random) -> Iterator[list[Fault]]:
    """Groups of faults of different places. What takes the store or the vendors away is told alone."""
    while waiting:
        group = [waiting.pop(0)]
        many = chance.randint(1, AT_ONCE)
        while len(group) < many and not group[0].alone:
            places = {fault.at for fault in group}
            other = next((fault for fault in waiting if not fault.alone and fault.at not in places), None)
            if other is None:
                break
            waiting.remove(other)
            group.append(other)
        yield group

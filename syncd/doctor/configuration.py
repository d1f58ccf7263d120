"""Settings and files: whether they can be used, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.base import ConnectorError, Problem
from syncd.errors import SyncdError
from syncd.in_force import load_mappings, load_readers, load_rulebook
from syncd.settings import Settings, strange
from syncd.sync.cycle import Wiring
from syncd.wiring import hubspot, salesforce

WHERE = "configuration"


def files(settings: Settings) -> Iterator[Problem]:
    """Yield all that is wrong with settings and files, at once: putting them together would stop at the first."""
    lines: dict[str, None] = {}  # a rulebook is made of mappings too: what is wrong with them is said once
    for make in (load_mappings, load_readers, load_rulebook, hubspot, salesforce):
        try:
            make(settings)
        except (SyncdError, ConnectorError) as error:
            lines |= dict.fromkeys(str(error).splitlines())
    for line in lines:
        yield Problem("error", WHERE, line, "correct what is named")


def variables(environment: Mapping[str, str] | None = None) -> Iterator[Problem]:
    """Yield the variables that begin as settings do and are none: nobody heeds them."""
    for name in strange(environment):
        mend = "take it away, or give it another name; docs/reference/settings.md lists the settings"
        yield Problem("warning", "settings", f"{name} is no setting, and nobody heeds it", mend)


def subscriptions(wiring: Wiring) -> Iterator[Problem]:
    """Yield the kind of mail that the agreement names and no mapping reads opt-outs of: nobody would have opted out."""
    named = wiring.agreement.mql.reach.subscription
    read = [
        name
        for mapping in wiring.mappings.values()
        for rule in mapping.streams.values()
        if "unsubscribed" in rule.fields
        for name in rule.fields["unsubscribed"].called
    ]
    if named is not None and named not in read:
        what = f"no mapping reads who opted out of {named!r}"
        mend = f"map it under `unsubscribed`, or use one of: {', '.join(read) or 'none is read'}"
        yield Problem("error", "agreement mql.reach", what, mend)


def registers(wiring: Wiring) -> Iterator[Problem]:
    """Yield the registers that the agreement names and nobody reads: nobody would be found in them."""
    read = [system for system, mapping in wiring.mappings.items() if mapping.file]
    for segment in wiring.agreement.served_market.segments:
        if segment.register_ and segment.register_.name not in read:
            yield Problem(
                "error",
                "agreement served_market",
                f"segment {segment.name!r} names the register {segment.register_.name!r}, which nobody reads",
                f"map it and name it in SYNCD_REGISTERS, or use one of: {', '.join(read) or 'none is read'}",
            )

"""The agreement against what the store holds: whom its segments admit, and whether its version is bound already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connectors.base import Problem
from syncd.agreement import Agreement, Industries, terms_digest
from syncd.errors import AgreementError
from syncd.model import Ruling, Standing
from syncd.rules.market import stand
from syncd.store import Store

WHERE = "agreement"
PAGE = 500  # accounts


def binding(store: Store, agreement: Agreement) -> Iterator[Problem]:
    """Yield why nothing may be written by this agreement: nobody signed it, or its version has other terms."""
    if agreement.unsigned:
        what = f"{agreement.label}: {' and '.join(agreement.unsigned)} did not sign, and nothing comes of it"
        yield Problem("error", WHERE, what, "have both parties sign it, or name the one in force in SYNCD_AGREEMENT")
        return
    try:
        with store.reading() as unit:
            unit.judgements.require_bound(agreement.version, terms_digest(agreement))
    except AgreementError as error:
        yield Problem("error", WHERE, str(error), "give the new terms a version of their own")


def shares(store: Store, agreement: Agreement, industries: Industries) -> Iterator[str]:
    """Say in a line a segment how many of the known accounts it admits, and of how many too little is known."""
    standings, segments, missing = Counter[Standing](), Counter[str](), Counter[str]()
    with store.reading() as unit:
        after = ""
        while ids := unit.groups.page(PAGE, after):
            after = ids[-1]
            for account in unit.groups.accounts(ids):
                standing, segment, gates = stand(account, agreement, industries)
                standings[standing] += 1
                segments[segment or ""] += 1
                if standing is Standing.UNKNOWN:
                    missing.update(gate.name for gate in gates if gate.ruling is Ruling.UNKNOWN)
    known = standings.total()
    if not known:
        return
    for name in (served.name for served in agreement.served_market.segments):
        share = segments[name] / known
        everybody = "; whoever admits everybody serves nobody: draw it closer" if share == 1 else ""
        yield f"{name} admits {segments[name]:,} of {known:,} known accounts ({share:.0%}){everybody}"
    if unknown := standings[Standing.UNKNOWN]:
        facts = ", ".join(f"{name} of {number:,}" for name, number in missing.most_common())
        yield f"unknown of {unknown:,} accounts, for want of: {facts}"

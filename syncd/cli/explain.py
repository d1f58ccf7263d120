"""`syncd explain`: the gates of a contact with their evidence, and what would make it pass; and accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from syncd.agreement.terms import Agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.opportunity import show_opportunity, show_words
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside, show_table, show_title
from syncd.in_force import load_mappings, load_rulebook
from syncd.model import Ask, ContactJudgement, Decision, Gate, Group, Judgement, Ruling, Standing, Wait
from syncd.rules.mql import machines_of
from syncd.rules.people import guidance
from syncd.sync.unread import Unread
from syncd.today import today_of
from syncd.views.explain import OpportunityExplained, explanation

_MARKS = {Ruling.YES: "✓", Ruling.NO: "✗", Ruling.UNKNOWN: "?"}


def explain(
    who: Annotated[
        str,
        typer.Argument(
            help="A contact, an account (id, e-mail address, name, domain, remote id) or an opportunity (id, key)."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Say why somebody is, or is not, a qualified lead, and what would make them one.

    A contact shows every gate with its evidence; an account shows its standing, its contacts and its forecast;
    an opportunity the picture of its decision: roles, gaps, what is known, and the next action that closes each gap.
    With `--json` `picture` and `gates` are what stands in the fields of that name in Salesforce.
    Exit code 6: nobody answers to it, or several do; then their ids are named.

    - `syncd explain jane.doe@bank.example`

    - `syncd explain "Endeavor Bank"`

    - `syncd explain hubspot.contacts/168 --json`

    - `syncd explain 006Dn00000AbCdEIAV`
    """
    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store:
        explained = explanation(store, book, load_mappings(configured), who, today_of(book.agreement))
    if isinstance(explained, OpportunityExplained):
        show_opportunity(explained, as_json)
        return
    if as_json:
        show_json(explained.plain())
        return
    if explained.contact_id is None:
        _show_account(explained.judgement, explained.group)
        _show_calls(explained.judgement, explained.waits)
        if explained.pictures:
            show_title("open opportunities")
            show_words(explained.pictures)
    else:
        for contact in explained.contacts:
            _show_contact(contact, explained.group, explained.judgement, explained.own.agreement)
            _show_wait(explained.waits.get(contact.contact_id))
        for line in (
            *map(_in_words, explained.handed),
            *explained.deleted,
            *(f"never written: {record} is a person account's" for record in explained.person_records),
            *(f"not written: {fault['record']}: {fault['error']}" for fault in explained.faults),
        ):
            show_line(line)
    _show_sources(explained.words, explained.links)


def _show_sources(words: Sequence[Unread], links: Sequence[Mapping[str, str]]) -> None:
    """Show which words of their records nobody could read, and from which records they were matched."""
    for entry in words:
        show_line(f"unread: {entry}; {entry.mend}")
    show_table("matched from", ("record", "evidence"), [(link["record"], link["evidence"]) for link in links])


def _show_account(judgement: Judgement, group: Group) -> None:
    name = group.account.name or group.account.id
    standing = "unknown whether in" if judgement.standing is Standing.UNKNOWN else judgement.standing
    show_title(f"{name}: {standing} the served market (agreement {judgement.agreement})")
    _show_gates(judgement.market)
    if parents := group.account.parents:
        show_line(f"owned by {', by '.join(parent.name or parent.domain or parent.id for parent in parents)}")
    for contact in judgement.contacts:
        _show_alerts(contact)
    rows = [
        (
            contact.name,
            contact.title,
            contact.role or "none",
            contact.mql,
            contact.interest.rung,
            "; ".join(gate.mend for gate in contact.gates if gate.mend),
        )
        for contact in sorted(
            judgement.contacts, key=lambda contact: (contact.mql is not Ruling.YES, contact.role is None, contact.name)
        )
    ]
    show_table("contacts", ("name", "title", "role", "MQL", "rung", "what would make it pass"), rows)


def _show_contact(contact: ContactJudgement, group: Group, judgement: Judgement, agreement: Agreement) -> None:
    reading = contact.reading
    who = f"{contact.name}, {group.account.name or 'no account'}"
    show_title(f"{who}: MQL {contact.mql}; next ask: {contact.ask} (agreement {judgement.agreement})")
    show_line(
        f"title {contact.title!r} reads as {'formerly ' * reading.former}"
        f"{', '.join(reading.functions) or 'no function'}, "
        f"{reading.level or 'no level'} ({', '.join(reading.words)}; confidence {reading.confidence:.2f}) → "
        f"role {contact.role or 'none'}"
    )
    kinds = ", ".join(f"{kind} ×{number}{_assumed(contact, kind)}" for kind, number in contact.interest.kinds.items())
    show_line(f"rung {contact.interest.rung}; activities: {kinds or 'none'}")
    if contact.interest.bots:
        show_line(f"counts nothing: {machines_of(contact.interest)}")
    _show_alerts(contact)
    _show_gates(contact.gates)
    if contact.interest.topics:
        show_line(f"topics: {'; '.join(contact.interest.topics)}")
    if contact.ask is Ask.EXPLORE:
        for sentence in guidance(agreement):
            show_line(f"explores: {sentence}")


def _show_alerts(contact: ContactJudgement) -> None:
    for alert in contact.alerts:
        show_line(f"alert: {contact.name} {alert}")


def _assumed(contact: ContactJudgement, kind: str) -> str:
    number = contact.interest.assumed.get(kind)
    return f" ({number} assumed: nobody marked it)" if number else ""


def _show_gates(gates: tuple[Gate, ...]) -> None:
    width = max((len(gate.name) for gate in gates), default=0)
    for gate in gates:
        show_line(f"  {_MARKS[gate.ruling]} {gate.name:<{width}}  {gate.reason}")
        parts = (("value", gate.value), ("from", gate.source), ("would pass with", gate.mend))
        for what, text in parts:
            if text:
                show = show_line if what == "would pass with" else show_aside
                show(f"    {'':<{width}}  {what}: {text}")


def _show_wait(wait: Wait | None) -> None:
    if wait:
        comes = f"comes in the week of {wait.week}" if wait.week else wait.why
        show_line(f"queue: number {wait.position} of those who wait for this rep, {comes}")


def _in_words(handed: Mapping[str, Any]) -> str:
    why = f": {handed['why']}" if handed["why"] else ""
    until = f"; rests until {handed['rests_until']}" if handed["rests_until"] else ""
    offer = f", {handed['offer']}" if handed["offer"] else ""
    return (
        f"handed to {handed['rep'] or 'nobody'} on {handed['on']} ({handed['for']}{offer}): "
        f"{handed['outcome']}{why}{until}"
    )


def _show_calls(judgement: Judgement, waits: Mapping[str, Wait]) -> None:
    show_title("forecast")
    for call in judgement.calls:
        amount = f", {call.amount:,} {call.currency}" if call.amount else ""
        closes = f", closes {call.close_date}" if call.close_date else ""
        weight = f", {call.probability.normalize():f}%" if call.probability else ""
        qualified = "qualified" if call.qualified else "not qualified"
        show_line(f"  {call.offer}: {call.decision}, {qualified}{weight}{amount}{closes}")
        for reason in (*call.reasons, *([f"closes after {call.close_basis}"] if call.close_basis else [])):
            show_aside(f"    {reason}")
        weeks = [wait.week for contact_id in call.delegates if (wait := waits.get(contact_id)) and wait.week]
        if call.decision is Decision.WAIT and weeks:
            show_aside(f"    due in the week of {min(weeks)}")
    tally = judgement.tally
    viable = ", ".join(tally.viable) or "none"
    show_line(f"  caucus: {tally.present} present, viable from {tally.threshold}; viable: {viable}")

"""`syncd explain`: the gates of a contact with their evidence, and what would make it pass; and accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from syncd import agreement as agreements
from syncd import rules
from syncd.cli.context import opened, settings
from syncd.cli.screen import console, show_json, show_table
from syncd.errors import NotFound
from syncd.model import ContactJudgement, Gate, Group, Judgement
from syncd.store import Store
from syncd.store.judgements import plain

_MARKS = {"yes": "✓", "no": "✗", "unknown": "?"}


def explain(
    who: Annotated[str, typer.Argument(help="A contact or an account: id, e-mail address, name, domain or remote id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say why somebody is, or is not, a qualified lead, and what would make them one.

    Examples: `syncd explain jane.doe@bank.example`, `syncd explain "First State Bank"`, `syncd explain 003…`
    """
    found = settings()
    terms = agreements.load(found.agreement)
    today = datetime.now(ZoneInfo(terms.time_zone)).date()
    with opened(found) as store:
        contact_id, group = _find(store, who)
        judgement = rules.judge(group, terms, today)
        links = _links(store, contact_id, group)
    contacts = [one for one in judgement.contacts if contact_id in (None, one.contact_id)]
    if as_json:
        show_json({**plain(judgement), "contacts": plain(contacts), "wishes": plain(judgement.wishes), "links": links})
        return
    _show_account(judgement, group)
    for contact in contacts:
        _show_contact(contact)
    show_table("matched from", ("record", "evidence"), [(link["record"], link["evidence"]) for link in links])
    _show_calls(judgement)


def _find(store: Store, who: str) -> tuple[str | None, Group]:
    contacts, accounts = store.find("contact", who), store.find("account", who)
    if len(contacts) + len(accounts) > 1:
        choices = ", ".join((*contacts, *accounts)[:8])
        raise NotFound(f"{len(contacts) + len(accounts)} answer to {who!r}: {choices}; give one of these ids")
    if contacts:
        account_id = store.account_of(contacts[0])
        group = store.group(account_id) if account_id else store.stray(contacts[0])
        if group is not None:
            return contacts[0], group
    if accounts and (group := store.group(accounts[0])) is not None:
        return None, group
    raise NotFound(f"nobody answers to {who!r}: give an id, e-mail address, name, domain or remote id")


def _links(store: Store, contact_id: str | None, group: Group) -> list[dict[str, Any]]:
    kind, golden_id = ("contact", contact_id) if contact_id else ("account", group.account.id)
    return [
        {"record": f"{link['system']}.{link['stream']}/{link['remote_id']}", "evidence": link["evidence"]}
        for link in store.links_of(kind, golden_id)
    ]


def _show_account(judgement: Judgement, group: Group) -> None:
    name = group.account.name or group.account.id
    console.rule(f"{name}: {judgement.standing} the served market (agreement {judgement.agreement})", align="left")
    _show_gates("served market", judgement.market)


def _show_contact(contact: ContactJudgement) -> None:
    console.rule(f"{contact.name}: MQL {contact.mql}; next ask: {contact.ask}", align="left")
    reading = contact.reading
    console.print(
        f"title {contact.title!r} reads as {', '.join(reading.functions) or 'no function'}, "
        f"{reading.level or 'no level'} ({', '.join(reading.words)}; confidence {reading.confidence:.2f}) → "
        f"role {contact.role or 'none'}",
        markup=False,
    )
    kinds = ", ".join(f"{kind} ×{number}" for kind, number in contact.interest.kinds.items()) or "none"
    bots = f"; {contact.interest.bots} machine clicks count nothing" if contact.interest.bots else ""
    console.print(f"rung {contact.interest.rung}; activities: {kinds}{bots}", markup=False)
    _show_gates("gates", contact.gates)


def _show_gates(title: str, gates: tuple[Gate, ...]) -> None:
    rows = [(_MARKS[gate.answer], gate.name, gate.value, gate.source, gate.reason, gate.mend) for gate in gates]
    show_table(title, ("", "gate", "value", "from", "why", "what would make it pass"), rows)


def _show_calls(judgement: Judgement) -> None:
    rows = [
        (
            call.offer,
            call.decision,
            "yes" if call.qualified else "no",
            call.probability,
            f"{call.amount:,} {call.currency}" if call.amount else "",
            call.close_date,
            "; ".join(call.reasons),
        )
        for call in judgement.calls
    ]
    show_table("forecast", ("offer", "decision", "qualified", "%", "amount", "close date", "why"), rows)
    tally = judgement.tally
    console.print(
        f"caucus: {tally.present} present, viable from {tally.threshold}; viable: {', '.join(tally.viable) or 'none'}"
    )

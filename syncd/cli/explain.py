"""`syncd explain`: the gates of a contact with their evidence, and what would make it pass; and accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from syncd import rules
from syncd.agreement.terms import Agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.opportunity import as_written, pictures_on, show_opportunity, show_words
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside, show_table, show_title
from syncd.in_force import load_mappings, load_rulebook
from syncd.model import Ask, ContactJudgement, Decision, Gate, Group, Judgement, Ruling, Standing, Wait
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.rules.acceptance import rests_until
from syncd.rules.days import zone
from syncd.rules.mql import machines_of
from syncd.rules.people import gates_json, guidance, stands_as
from syncd.rules.picture_wishes import Texts
from syncd.store import UnitOfWork
from syncd.store.judgements import plain
from syncd.sync.judge import book_of_today
from syncd.sync.names import golden, nobody, opportunity
from syncd.sync.unread import Unread, unread
from syncd.today import day_in, today_of

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
    today = today_of(book.agreement)
    with opened(configured) as store:
        with store.reading() as unit:
            opportunity_id = _opportunity(unit, who)
            contact_id, group = (None, _home(unit, who)) if opportunity_id else _find(unit, who)
            links = _links(unit, contact_id, group)
            corrected = book_of_today(unit, book, today)
            waits = unit.queue.of_account(group.account.id)
            ids = [contact_id] if contact_id else [contact.id for contact in group.contacts]
            words = unread(unit, load_mappings(configured), ids)
            faults = _refused(unit, contact_id) if contact_id else []
        judgement = rules.judge(group, corrected, today)
        own = corrected.in_segment(judgement.segment)
        handed = _handed(group, judgement, own.agreement, ids)
    if opportunity_id:
        show_opportunity(opportunity_id, group, judgement, book, as_json)
        return
    contacts = [contact for contact in judgement.contacts if contact_id in (None, contact.contact_id)]
    pictures = None if contact_id else pictures_on(group.account, judgement, corrected)
    if as_json:
        answer = {
            "contacts": plain(contacts),
            **_as_it_stands(contact_id, contacts, group, pictures, own),
            "links": links,
            "queue": plain(waits),
            "handed_over": handed,
            "refused": faults,
            "deleted": [*_deleted(group, contact_id, corrected)] if contact_id else [],
            "never_written": _person_records(group, contact_id),
        }
        show_json({**plain(judgement), **answer, "unread": [entry._asdict() for entry in words]})
        return
    if contact_id is None:
        _show_account(judgement, group)
        _show_calls(judgement, waits)
        if pictures:
            show_title("open opportunities")
            show_words(pictures)
    else:
        for contact in contacts:
            _show_contact(contact, group, judgement, own.agreement)
            _show_wait(waits.get(contact.contact_id))
        for line in (
            *map(_in_words, handed),
            *_deleted(group, contact_id, corrected),
            *(f"never written: {record} is a person account's" for record in _person_records(group, contact_id)),
            *(f"not written: {fault['record']}: {fault['error']}" for fault in faults),
        ):
            show_line(line)
    _show_sources(words, links)


def _show_sources(words: Sequence[Unread], links: Sequence[Mapping[str, str]]) -> None:
    """Show which words of their records nobody could read, and from which records they were matched."""
    for entry in words:
        show_line(f"unread: {entry}; {entry.mend}")
    show_table("matched from", ("record", "evidence"), [(link["record"], link["evidence"]) for link in links])


def _opportunity(unit: UnitOfWork, who: str) -> str | None:
    """The golden id of the opportunity that answers to a name; None where none does."""
    return opportunity(unit, who)[0] if unit.opportunities.find(who) else None


def _home(unit: UnitOfWork, who: str) -> Group:
    group = unit.groups.of_account(opportunity(unit, who)[1])
    if group is None:
        raise nobody(who, "opportunity")
    return group


def _find(unit: UnitOfWork, who: str) -> tuple[str | None, Group]:
    kind, golden_id = golden(unit, who, "contact", "account")
    contact_id = golden_id if kind == "contact" else None
    account_id = unit.people.account_of(golden_id) if contact_id else golden_id
    group = unit.groups.of_account(account_id) if account_id else unit.groups.stray(golden_id)
    if group is None:
        raise nobody(who, "contact", "account")
    return contact_id, group


def _links(unit: UnitOfWork, contact_id: str | None, group: Group) -> list[dict[str, Any]]:
    kind, golden_id = ("contact", contact_id) if contact_id else ("account", group.account.id)
    links = unit.people.links_of(kind, golden_id)
    return [{"record": str(link.ref), "evidence": link.evidence} for link in links]


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


def _as_it_stands(
    contact_id: str | None, contacts: Sequence[ContactJudgement], group: Group, pictures: Texts | None, book: Rulebook
) -> dict[str, Any]:
    """What stands in Salesforce, or would: the picture of an account, the gates of a person."""
    if contact_id is None:
        return {"picture": as_written(pictures and pictures.json)}
    person = next(contact for contact in group.contacts if contact.id == contact_id)
    destination = stands_as(person, book.destinations)
    return {"gates": as_written(gates_json(contacts[0], group.account, book.agreement, destination))}


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


def _handed(
    group: Group, judgement: Judgement, agreement: Agreement, contact_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """To whom these contacts were handed over, the latest first, and what became of it by today."""
    releases = {**group.releases, **{release.key: release for release in judgement.outcomes}}
    return [
        {
            "contact_id": release.contact_id,
            "for": release.kind.value,
            "offer": release.offer,
            "rep": RepNames(group.users)[release.rep] if release.rep else None,
            "on": day_in(agreement, release.at),
            "outcome": release.outcome.value,
            "why": release.why,
            "rests_until": rests_until(release, agreement.handover, zone(agreement.time_zone))
            if release.outcome.ends
            else None,
        }
        for release in sorted(releases.values(), key=lambda release: (release.at, release.key), reverse=True)
        if release.contact_id in contact_ids
    ]


def _in_words(handed: Mapping[str, Any]) -> str:
    why = f": {handed['why']}" if handed["why"] else ""
    until = f"; rests until {handed['rests_until']}" if handed["rests_until"] else ""
    offer = f", {handed['offer']}" if handed["offer"] else ""
    return (
        f"handed to {handed['rep'] or 'nobody'} on {handed['on']} ({handed['for']}{offer}): "
        f"{handed['outcome']}{why}{until}"
    )


def _deleted(group: Group, contact_id: str, book: Rulebook) -> Iterator[str]:
    """That a person deleted their record where syncd writes, and no other stands there."""
    contact = next((contact for contact in group.contacts if contact.id == contact_id), None)
    at, destination = group.gone.get(contact_id), book.destinations["contact"]
    if at and contact and not contact.remote_ids.get(destination.stream):
        day = day_in(book.agreement, at)
        yield f"deleted: a person deleted their {destination.system} record on {day}; it is not made again"


def _person_records(group: Group, contact_id: str | None) -> list[str]:
    """Which of somebody's records are a person account's."""
    return [record for contact in group.contacts if contact.id == contact_id for record in contact.person_records]


def _refused(unit: UnitOfWork, contact_id: str) -> list[dict[str, Any]]:
    """What is not written of a contact, because a system refuses it or a person deleted the record."""
    return [
        {"record": f"{row['system']} {row['stream'].removeprefix('wish:')}", "error": row["reason"]}
        for row in unit.quarantine.all()
        if row["step"] == "push" and f"/{row['remote_id']}".endswith(f"/{contact_id}")
    ]


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

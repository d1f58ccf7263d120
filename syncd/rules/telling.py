"""A picture in words and as one JSON text, both of the same shortened picture: what does not fit is left out whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from syncd.model import AccountPicture, Contact, NextAction, Picture, PicturedRole, PictureFinding, Tally
from syncd.rules.shortening import account_shortened_by, as_json, fits, json_in, may_fit, picture_shortened

NO_CONTACTS = "No contact is known at this account: nobody can be asked."


def in_words(picture: Picture) -> str:
    """The picture in words, a line each."""
    return "\n".join(_lines(picture))


def account_in_words(picture: AccountPicture) -> str:
    """The pictures of an account in words, a blank line between them."""
    if not picture.opportunities:
        return ""
    parts = [f"{one.name}\n{in_words(one)}" for one in picture.opportunities]
    more = [f"{picture.left_out:,} more opportunities have no room here."] if picture.left_out else []
    return "\n\n".join([*parts, *more])


def shortened(picture: Picture, length: int | None) -> Picture:
    """The picture with as many of its entries as both texts have room for, each in so many characters."""

    def fitting(short: Picture) -> bool:
        return may_fit(length, short) and fits(length, as_json(short)) and fits(length, in_words(short))

    return picture_shortened(picture, fitting)


def texts(picture: Picture, length: int | None) -> tuple[str, str | None]:
    """The picture in words and as JSON, each in so many characters; as a rule the whole has room, and is told once."""
    if may_fit(length, picture):
        words, text = in_words(picture), as_json(picture)
        if fits(length, text, words):
            return words, text
    short = shortened(picture, length)
    return in_words(short), json_in(short, length)


def account_texts(picture: AccountPicture, length: int | None) -> tuple[str, str | None]:
    """The same of an account's picture."""
    if may_fit(length, *picture.opportunities):
        words, text = account_in_words(picture), as_json(picture)
        if fits(length, text, words):
            return words, text
    short = account_shortened(picture, length)
    return account_in_words(short), json_in(short, length)


def account_shortened(picture: AccountPicture, length: int | None) -> AccountPicture:
    """The account's picture with as many opportunities as both texts have room for, the first one in any case."""

    def fitting(short: AccountPicture) -> bool:
        return (
            may_fit(length, *short.opportunities)
            and fits(length, as_json(short))
            and fits(length, account_in_words(short))
        )

    return account_shortened_by(picture, fitting)


# ---- words -------------------------------------------------------------------------------------------------------


def _lines(picture: Picture) -> Iterator[str]:
    yield f"Offer: {picture.label or 'not known: the opportunity names none'}."
    if picture.overdue:
        yield f"Overdue: its close date, {picture.overdue}, has passed."
    if not picture.people:
        yield NO_CONTACTS
    covered = sum(len(role.by) >= role.needed for role in picture.roles)
    yield f"Roles covered: {covered} of {len(picture.roles)}."
    yield from (_role(role) for role in picture.roles if role.by)
    if picture.gaps:
        yield f"Gaps: {', '.join(picture.gaps)}."
    for heading, findings in (("Known", picture.known), ("To be asked again", picture.unknown)):
        if texts := [_finding(finding) for finding in findings if finding.value]:
            yield f"{heading}: {'; '.join(texts)}."
    for number, action in enumerate(picture.next, start=1):
        yield f"Next {number}, for {action.closes}: {reaching(action)}: {action.say}"
    if picture.left_out:
        yield f"{picture.left_out:,} more entries have no room here."


def reaching(action: NextAction) -> str:
    """Who reaches whom; of what somebody does alone, who does it."""
    return action.by if action.by == action.reach else f"{action.by} → {action.reach}"


def _role(role: PicturedRole) -> str:
    people = ", ".join(f"{person.name} ({person.title})" if person.title else person.name for person in role.by)
    return f"{role.role}, {len(role.by)} of {role.needed}, {role.strength}, {role.state}: {people}."


def _finding(finding: PictureFinding) -> str:
    said = ", ".join(filter(None, (finding.by, finding.source, _day(finding.at))))
    value = f": {finding.value}" if finding.value else ""
    return f"{finding.what} ({finding.state}{f', {said}' if said else ''}){value}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


# ---- the caucus --------------------------------------------------------------------------------------------------


def _within(name: str) -> str:
    """A name as it stands within a line of parts: in one line, without the mark that parts them."""
    return " ".join(name.replace(";", ",").split())


def tally_in_words(tally: Tally, contacts: Mapping[str, Contact], labels: Mapping[str, str]) -> list[str]:
    """The whole tally of a caucus, both rounds and every move, a line each.

    The components read it line by line, and parts of a line between semicolons: no name has either.
    """
    if not tally.present:
        return ["Nobody is present: no contact of this account is a qualified lead."]

    def label(offer: str) -> str:
        return _within(labels.get(offer, offer))

    def name(contact_id: str) -> str:
        return _within(contacts[contact_id].name if contact_id in contacts else contact_id)

    def names(ids: tuple[str, ...]) -> str:
        return ", ".join(map(name, ids)) or "nobody"

    first = [f"{label(offer)}: {len(ids)} ({names(ids)})" for offer, ids in tally.first.items()]
    final = [f"{label(offer)}: {len(ids)} ({names(ids)})" for offer, ids in tally.final.items()]
    return [
        f"Present: {tally.present}. An offer is viable with {tally.threshold}.",
        f"First alignment: {'; '.join(first) or 'nobody stands with an offer'}.",
        *(f"Round {move.round}: {name(move.contact_id)}: {move.why}." for move in tally.moves),
        f"Viable, with their delegates: {'; '.join(final) or 'none'}.",
        *([f"Home, back to marketing: {names(tally.home)}."] if tally.home else []),
    ]

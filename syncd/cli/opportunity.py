"""What `syncd explain OPPORTUNITY` shows: the picture of what is known and not known of its decision."""

from __future__ import annotations

from typing import Any

import orjson

from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_title
from syncd.model import Account, Group, Judgement, Opportunity, Picture
from syncd.rules import Rulebook
from syncd.rules.picture_wishes import Texts, on_account, on_opportunity, room
from syncd.rules.telling import shortened, tally_in_words
from syncd.store.judgements import plain


def show_opportunity(opportunity_id: str, group: Group, judgement: Judgement, book: Rulebook, as_json: bool) -> None:
    """Show the picture of one opportunity, as it stands on it; of one that is closed that there is none."""
    opportunity = next(opportunity for opportunity in group.opportunities if opportunity.id == opportunity_id)
    if as_json:
        show_json(opportunity_as_json(opportunity, group, judgement, book))
        return
    show_title(f"{opportunity.name or opportunity.id}, {group.account.name or group.account.id}")
    picture = _drawn(opportunity, judgement)
    if picture is None:
        show_line("It is closed: the picture is drawn of open opportunities.")
    else:
        show_words(on_opportunity(picture, book.destinations["opportunity"]))


def picture_of(opportunity: Opportunity, judgement: Judgement, book: Rulebook) -> Picture | None:
    """The picture as it stands on the opportunity; None of one that is closed."""
    picture = _drawn(opportunity, judgement)
    return picture and shortened(picture, room(book.destinations["opportunity"]))


def pictures_on(account: Account, judgement: Judgement, book: Rulebook) -> Texts | None:
    """The pictures as they stand on the account; None where no opportunity is open."""
    return on_account(account, judgement.pictures, book.destinations["account"]) if judgement.pictures else None


def as_written(text: str | None) -> Any:
    """What a field's JSON text says; nothing where none stands there."""
    return orjson.loads(text) if text else None


def show_words(texts: Texts) -> None:
    """Show a picture in words, or several, as they stand where they are written."""
    for line in texts.words.splitlines():
        show_line(line)


def _drawn(opportunity: Opportunity, judgement: Judgement) -> Picture | None:
    name = opportunity.key or opportunity.id
    return next((picture for picture in judgement.pictures if picture.opportunity == name), None)


def opportunity_as_json(opportunity: Opportunity, group: Group, judgement: Judgement, book: Rulebook) -> dict[str, Any]:
    """One opportunity as JSON: its picture, and what would be done of it."""
    call = next((call for call in judgement.calls if call.opportunity_id == opportunity.id), None)
    about = {"opportunity": opportunity.id, "key": opportunity.key, "account_id": group.account.id}
    picture = _drawn(opportunity, judgement)
    texts = on_opportunity(picture, book.destinations["opportunity"]) if picture else None
    written = as_written(texts and texts.json)
    return {**about, "closed": opportunity.is_closed, "picture": written, "call": plain(call)}


def show_caucus(group: Group, judgement: Judgement, book: Rulebook, as_json: bool) -> None:
    """Show the whole tally of one account's caucus, with every move."""
    if as_json:
        show_json(caucus_as_json(group, judgement, book))
        return
    show_title(f"caucus of {group.account.name or group.account.id} (agreement {judgement.agreement})")
    for line in caucus_in_words(group, judgement, book):
        show_line(line)


def caucus_in_words(group: Group, judgement: Judgement, book: Rulebook) -> list[str]:
    """The whole tally of one account's caucus, a line each move."""
    labels = {offer.name: offer.label for offer in book.agreement.offers}
    return tally_in_words(judgement.tally, {contact.id: contact for contact in group.contacts}, labels)


def caucus_as_json(group: Group, judgement: Judgement, book: Rulebook) -> dict[str, Any]:
    """One account's caucus as JSON."""
    words = caucus_in_words(group, judgement, book)
    return {"account_id": group.account.id, "tally": plain(judgement.tally), "words": words}

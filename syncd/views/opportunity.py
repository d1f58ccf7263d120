"""The picture of an opportunity's decision, the pictures of an account, and the tally of its caucus."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from syncd import rules
from syncd.model import Account, Group, Judgement, Opportunity, Picture
from syncd.rules import Rulebook
from syncd.rules.picture_wishes import PictureTexts, on_account, on_opportunity, room
from syncd.rules.telling import shortened, tally_in_words
from syncd.store import Store
from syncd.store.judgements import plain
from syncd.sync.judge import book_of_today
from syncd.sync.names import golden_id, nobody


def picture_of(opportunity: Opportunity, judgement: Judgement, book: Rulebook) -> Picture | None:
    """The picture as it stands on the opportunity; None of one that is closed."""
    picture = drawn(opportunity, judgement)
    return picture and shortened(picture, room(book.destinations["opportunity"]))


def pictures_on(account: Account, judgement: Judgement, book: Rulebook) -> PictureTexts | None:
    """The pictures as they stand on the account; None where no opportunity is open."""
    return on_account(account, judgement.pictures, book.destinations["account"]) if judgement.pictures else None


def as_written(text: str | None) -> Any:
    """What a field's JSON text says; nothing where none stands there."""
    return orjson.loads(text) if text else None


def drawn(opportunity: Opportunity, judgement: Judgement) -> Picture | None:
    """The whole picture of an opportunity; None of one that is closed."""
    name = opportunity.key or opportunity.id
    return next((picture for picture in judgement.pictures if picture.opportunity == name), None)


def opportunity_as_json(opportunity: Opportunity, group: Group, judgement: Judgement, book: Rulebook) -> dict[str, Any]:
    """One opportunity as JSON: its picture, and what would be done of it."""
    call = next((call for call in judgement.calls if call.opportunity_id == opportunity.id), None)
    about = {"opportunity": opportunity.id, "key": opportunity.key, "account_id": group.account.id}
    picture = drawn(opportunity, judgement)
    texts = on_opportunity(picture, book.destinations["opportunity"]) if picture else None
    written = as_written(texts and texts.json)
    return {**about, "closed": opportunity.is_closed, "picture": written, "call": plain(call)}


def caucus_in_words(group: Group, judgement: Judgement, book: Rulebook) -> list[str]:
    """The whole tally of one account's caucus, a line each move."""
    labels = {offer.name: offer.label for offer in book.agreement.offers}
    return tally_in_words(judgement.tally, {contact.id: contact for contact in group.contacts}, labels)


def caucus_as_json(group: Group, judgement: Judgement, book: Rulebook) -> dict[str, Any]:
    """One account's caucus as JSON."""
    words = caucus_in_words(group, judgement, book)
    return {"account_id": group.account.id, "tally": plain(judgement.tally), "words": words}


def judged(store: Store, book: Rulebook, account: str, today: date) -> tuple[Group, Judgement]:
    """The one account that answers to a name, as it is judged today. Raises NotFound."""
    with store.reading() as unit:
        group = unit.groups.of_account(golden_id(unit, "account", account))
        corrected = book_of_today(unit, book, today)
    if group is None:
        raise nobody(account, "account")
    return group, rules.judge(group, corrected, today)

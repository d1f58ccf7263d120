"""What `syncd explain OPPORTUNITY` shows: the picture of what is known and not known of its decision."""

from __future__ import annotations

from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_title
from syncd.model import Group, Judgement, Picture
from syncd.rules import Rulebook
from syncd.rules.picture_wishes import room
from syncd.rules.telling import in_words, shortened, tally_in_words
from syncd.store.judgements import plain


def show_opportunity(opportunity_id: str, group: Group, judgement: Judgement, book: Rulebook, as_json: bool) -> None:
    """Show the picture of one opportunity, as it stands on it; of one that is closed that there is none."""
    opportunity = next(opportunity for opportunity in group.opportunities if opportunity.id == opportunity_id)
    name = opportunity.key or opportunity.id
    picture = next((picture for picture in judgement.pictures if picture.opportunity == name), None)
    if picture:
        picture = shortened(picture, room(book.destinations["opportunity"]))
    if as_json:
        call = next((call for call in judgement.calls if call.opportunity_id == opportunity.id), None)
        about = {"opportunity": opportunity.id, "key": opportunity.key, "account_id": group.account.id}
        show_json({**about, "closed": opportunity.is_closed, "picture": plain(picture), "call": plain(call)})
        return
    show_title(f"{opportunity.name or opportunity.id}, {group.account.name or group.account.id}")
    _show(picture)


def _show(picture: Picture | None) -> None:
    if picture is None:
        show_line("It is closed: the picture is drawn of open opportunities.")
        return
    for line in in_words(picture).splitlines():
        show_line(line)


def show_caucus(group: Group, judgement: Judgement, book: Rulebook, as_json: bool) -> None:
    """Show the whole tally of one account's caucus, with every move."""
    labels = {offer.name: offer.label for offer in book.agreement.offers}
    lines = tally_in_words(judgement.tally, {contact.id: contact for contact in group.contacts}, labels)
    if as_json:
        show_json({"account_id": group.account.id, "tally": plain(judgement.tally), "words": lines})
        return
    show_title(f"caucus of {group.account.name or group.account.id} (agreement {judgement.agreement})")
    for line in lines:
        show_line(line)

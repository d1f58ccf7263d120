"""What `syncd explain OPPORTUNITY` shows: the picture of what is known and not known of its decision."""

from __future__ import annotations

from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_title
from syncd.model import Group, Judgement
from syncd.rules import Rulebook
from syncd.rules.picture_wishes import PictureTexts, on_opportunity
from syncd.views.explain import OpportunityExplained
from syncd.views.opportunity import caucus_as_json, caucus_in_words, drawn


def show_opportunity(explained: OpportunityExplained, as_json: bool) -> None:
    """Show the picture of one opportunity, as it stands on it; of one that is closed that there is none."""
    if as_json:
        show_json(explained.plain())
        return
    group, opportunity = explained.group, explained.opportunity
    show_title(f"{opportunity.name or opportunity.id}, {group.account.name or group.account.id}")
    picture = drawn(opportunity, explained.judgement)
    if picture is None:
        show_line("It is closed: the picture is drawn of open opportunities.")
    else:
        show_words(on_opportunity(picture, explained.book.destinations["opportunity"]))


def show_words(texts: PictureTexts) -> None:
    """Show a picture in words, or several, as they stand where they are written."""
    for line in texts.words.splitlines():
        show_line(line)


def show_caucus(group: Group, judgement: Judgement, book: Rulebook, as_json: bool) -> None:
    """Show the whole tally of one account's caucus, with every move."""
    if as_json:
        show_json(caucus_as_json(group, judgement, book))
        return
    show_title(f"caucus of {group.account.name or group.account.id} (agreement {judgement.agreement})")
    for line in caucus_in_words(group, judgement, book):
        show_line(line)

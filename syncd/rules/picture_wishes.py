"""The picture of every open opportunity, and the tally of the caucus, as they stand on opportunities and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from syncd.model import Account, Destination, Opportunity, Picture, Scalar, Wish
from syncd.rules.assessment import Assessment
from syncd.rules.picture import account_picture
from syncd.rules.telling import account_texts, tally_in_words, texts

Fields = Mapping[str, Scalar]
NOTHING: Fields = {"picture": None, "picture_json": None, "tally": None}


class PictureTexts(NamedTuple):
    """One picture as both of its fields hold it: in words, and as JSON; None where not even the shortest has room."""

    words: str
    json: str | None


def on_opportunity(picture: Picture, destination: Destination) -> PictureTexts:
    """The picture of one opportunity, as it stands there."""
    return PictureTexts(*texts(picture, room(destination)))


def on_account(account: Account, pictures: Sequence[Picture], destination: Destination) -> PictureTexts:
    """The pictures of an account's open opportunities, as they stand there."""
    return PictureTexts(*account_texts(account_picture(account, pictures), room(destination)))


def opportunity_fields(assessment: Assessment, picture: Picture | None) -> Fields:
    """What stands on an opportunity: its picture, in words and as JSON, and the tally of its account's caucus."""
    if picture is None:
        return {}
    both = on_opportunity(picture, assessment.destinations["opportunity"])
    return {
        "picture": both.words,
        "picture_json": both.json,
        "tally": tally(assessment),
        "gaps": sum(len(role.by) < role.needed for role in picture.roles),
    }


def people_on(opportunity: Opportunity | None, coming: Iterable[str] = ()) -> int:
    """How many people are engaged in an opportunity, by their roles on it; coming: whose roles are wished for now."""
    standing = {role.contact_id for role in opportunity.roles if role.contact_id} if opportunity else set()
    return len(standing | {*coming})


def account_fields(assessment: Assessment, pictures: Sequence[Picture]) -> Fields:
    """What stands on the account: the pictures of its open opportunities, and the tally; nothing where none is open."""
    if not pictures:
        return NOTHING
    both = on_account(assessment.group.account, pictures, assessment.destinations["account"])
    return {"picture": both.words, "picture_json": both.json, "tally": tally(assessment)}


def untouched(assessment: Assessment, pictures: Iterable[Picture], written: Iterable[str | None]) -> Iterator[Wish]:
    """The wishes for what sales opened and syncd does not touch otherwise: their pictures, and nothing else."""
    done = {*written}
    by_name = {opportunity.key or opportunity.id: opportunity for opportunity in assessment.group.opportunities}
    for picture in pictures:
        opportunity = by_name.get(picture.opportunity)
        if opportunity and picture.opportunity not in done:
            yield _of_sales(assessment, opportunity, picture)


def room(destination: Destination) -> int | None:
    """How many characters both texts may have where they stand; None: any number."""
    lengths = destination.lengths
    return min((lengths[name] for name in ("picture", "picture_json") if name in lengths), default=None)


def tally(assessment: Assessment) -> str:
    """The tally of the account's caucus in words."""
    labels = {offer.name: offer.label for offer in assessment.agreement.offers}
    return "\n".join(tally_in_words(assessment.tally, assessment.contacts, labels))


def _of_sales(assessment: Assessment, opportunity: Opportunity, picture: Picture) -> Wish:
    fields = {**opportunity_fields(assessment, picture), "people": people_on(opportunity)}
    reason = "what is known and not known of its decision"
    return assessment.wish("opportunity", picture.opportunity, fields, remote_id=opportunity.remote_id, reason=reason)

"""The caucus of one account: which offers its MQLs stand for, after the Iowa procedure.

First alignment: every voter stands with the offer they engage with most. An offer is viable with
ceil(percent × present / 100) supporters; viable groups are locked. Then supporters of the others realign, once, to
their next-preferred viable offer, or go home. Where no offer is viable, none becomes so: everybody goes home.
A voter who engages with no offer is present and counted, stands with nobody, and goes home.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syncd.model import Move, Tally

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Voter:
    """One MQL with their engagement per offer: strength, and the last activity's UTC stamp."""

    contact_id: str
    strengths: Mapping[str, float]
    last_at: Mapping[str, datetime] = field(default_factory=dict)

    def preferences(self, offers: Iterable[str]) -> list[str]:
        """The offers they engage with, strongest first; ties by recency, then by the offer's name."""
        liked = sorted(offer for offer in offers if self.strengths.get(offer, 0) > 0)
        liked.sort(key=lambda offer: (self.strengths[offer], self.last_at.get(offer, LONG_AGO)), reverse=True)
        return liked


def threshold(present: int, percent: int) -> int:
    """The least supporters that make an offer viable: ceil(percent % of those present), in exact arithmetic."""
    return -(-percent * present // 100)


def hold(
    voters: Sequence[Voter], offers: Sequence[str], percent: int, labels: Mapping[str, str] | None = None
) -> Tally:
    """Hold one account's caucus; `offers` in the agreement's order, in which the tally names them.

    labels: what people call an offer, in the words of each move; else its name.

    Voters are taken in the order of their contact ids, so the same voters always give the same tally.
    """
    ballots = {voter.contact_id: voter for voter in sorted(voters, key=lambda voter: voter.contact_id)}
    likes = {contact_id: voter.preferences(offers) for contact_id, voter in ballots.items()}
    first = _stand(offers, {contact_id: next(iter(liked), None) for contact_id, liked in likes.items()})
    needed = threshold(len(likes), percent)
    viable = tuple(offer for offer, supporters in first.items() if len(supporters) >= needed)
    called = {offer: (labels or {}).get(offer, offer) for offer in offers}
    moves, seats = _align(first, likes, called), {offer: list(first[offer]) for offer in viable}
    home = [move.contact_id for move in moves if move.to is None]
    for offer, supporters in first.items():
        if offer in viable:
            continue
        for contact_id in supporters:
            move = _realign(
                contact_id, offer, likes[contact_id], viable, called, f"{len(supporters)} of {needed} needed"
            )
            moves.append(move)
            (home if move.to is None else seats[move.to]).append(contact_id)
    return Tally(
        present=len(likes),
        threshold=needed,
        first=first,
        final={offer: tuple(sorted(seats[offer])) for offer in viable},
        viable=viable,
        moves=tuple(moves),
        home=tuple(sorted(home)),
    )


def _stand(offers: Sequence[str], choices: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    groups = {offer: tuple(voter for voter, choice in choices.items() if choice == offer) for offer in offers}
    return {offer: supporters for offer, supporters in groups.items() if supporters}


def _align(
    first: Mapping[str, tuple[str, ...]], likes: Mapping[str, Sequence[str]], called: Mapping[str, str]
) -> list[Move]:
    chosen = {contact_id: offer for offer, supporters in first.items() for contact_id in supporters}
    return [
        Move(contact_id, 1, None, chosen[contact_id], _preference([called[offer] for offer in liked]))
        if liked
        else Move(contact_id, 1, None, None, "engages with no offer: stands with nobody")
        for contact_id, liked in likes.items()
    ]


def _preference(liked: Sequence[str]) -> str:
    others = ", then ".join(liked[1:])
    return f"engages with {liked[0]} most" + (f", then {others}" if others else "")


def _realign(
    contact_id: str, start: str, liked: Sequence[str], viable: Sequence[str], called: Mapping[str, str], short: str
) -> Move:
    to = next((offer for offer in liked if offer in viable), None)
    where = f"{called[to]} is their next viable offer" if to else "engages with no viable offer: goes home"
    return Move(contact_id, 2, start, to, f"{called[start]} is not viable ({short}); {where}")

"""The agreement's terms of a lead: how engagement is weighed, and what a qualified lead is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from syncd.agreement.term import DAY, MOST, TEN_YEARS, Points, Term


class LinksAtOnce(Term):
    """So many links of one message within so many seconds are a scanner's; so are two that are that share of all."""

    count: Annotated[int, Field(le=MOST)] = 4
    seconds: Annotated[float, Field(le=DAY)] = 3
    or_percent: Annotated[float, Field(gt=0, le=1_000)] = 66  # of the links that the message is known to have


class Bots(Term):
    """What shows that a click, an open or a reply was a machine's."""

    seconds_after_delivery: Annotated[float, Field(le=DAY)] = 60  # a click so soon after its message's delivery
    seconds_to_open: Annotated[float, Field(le=DAY)] = 5  # an open so soon after it
    session_minutes: Annotated[float, Field(ge=0, le=DAY)] = 15  # how far a session reaches, and what clears a click
    links_at_once: LinksAtOnce = LinksAtOnce()
    automatic_replies: tuple[str, ...] = ()  # beginnings of subjects, in any case, beside those of common languages
    agents: tuple[str, ...] = ()  # words of the user agent, in any case, beside the kept list of crawlers


class Rungs(Term):
    """Activity kind → weight, by rung."""

    messaging: Mapping[str, float] = {}
    mobilization: Mapping[str, float] = {}
    money: Mapping[str, float] = {}


class EngagementTerms(Term):
    """How engagement is weighed: half-life in days, what a repetition counts, what is no response."""

    half_life_days: Annotated[float, Field(gt=0, le=TEN_YEARS)] = 45
    response_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 180
    hand_raise_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = (
        30  # how long one that no rep touched since makes a task
    )
    repeat: Annotated[float, Field(ge=0, lt=1)] = 0.3
    rungs: Rungs
    explore: Mapping[str, float] = {}
    explore_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 60  # how long a demo or a trial means that they explore
    unmarked_meetings: Literal["held", "not held"] = "held"  # whose end has passed, and whose outcome nobody marked
    same_within_minutes: Annotated[float, Field(ge=0, le=DAY)] = 15  # of one call or meeting that two systems tell of
    answered_calls: tuple[str, ...] = ("connected",)  # dispositions, in the mapping's words
    answered_call_seconds: Annotated[float, Field(ge=0, le=DAY)] = 0  # a call that lasted less was not answered
    not_a_response: tuple[str, ...] = ()
    bots: Bots = Bots()


class Fit(Term):
    """Points for fit: role → points (mode: scored)."""

    role: Mapping[str, Points] = {}
    level: Mapping[str, Points] = {}
    function: Mapping[str, Points] = {}


class Behaviour(Term):
    """Points for behaviour: kind → points each, the sum capped (mode: scored)."""

    cap: Points | None = None
    points: Mapping[str, Points] = {}


class Scoring(Term):
    """The scored mode's table: an MQL needs `threshold` points of fit plus behaviour."""

    threshold: Points
    fit: Fit
    behaviour: Behaviour


class ReachTerms(Term):
    """By which mail somebody is reached: the kind of mail that we send, and whether a legal basis must be on record.

    subscription: by the name that the mapping gives it under `unsubscribed`; who opted out of it is not written to.
    legal_basis: required where the portal works with data privacy on.
    """

    subscription: str | None = None
    legal_basis: Literal["not_asked", "required"] = "not_asked"


class MqlTerms(Term):
    """What a qualified lead is.

    required_functions_and_levels: by_role is the one way there is: those that give a role which some offer requires.
    """

    mode: Literal["stacked_deck", "scored"] = "stacked_deck"
    required_functions_and_levels: Literal["by_role"] = "by_role"
    exclude: tuple[str, ...] = ("customer", "competitor", "colleague")
    colleague_domains: tuple[str, ...] = ()
    scored: Scoring | None = None
    reach: ReachTerms = ReachTerms()

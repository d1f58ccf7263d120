"""What an agreement says of the audit is checked: sources that nobody comes from, that stand twice, for no role."""

from typing import Any

import pytest

from tests.rules.agreements import changed, complaints

FAIRS = {"name": "fairs", "words": ["trade show"]}


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([FAIRS, {"name": "Fairs", "words": ["expo"]}], "there are two sources named 'Fairs'"),
        ([{"name": "friends", "words": []}], "source 'friends' has no words"),
        ([FAIRS, {"name": "shows", "words": ["Trade Show"]}], "'Trade Show' tells of 'fairs' already"),
        ([FAIRS | {"roles": ["Wizard"]}], "'Wizard' is no role of this agreement"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(sources: list[dict[str, Any]], words: str) -> None:
    (complaint,) = complaints(changed(audit={"sources": sources}))
    assert words in complaint


def test_sources_that_can_be_told_apart_are_taken() -> None:
    assert complaints(changed(audit={"sources": [FAIRS, {"name": "lists", "words": ["purchased list"]}]})) == []


def test_negative_days_are_refused() -> None:
    assert complaints(changed(audit={"due_days": -1}))
    assert complaints(changed(audit={"stale_days": 0}))

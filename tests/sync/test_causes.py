"""Causes: each once, by kind, without what differs from one answer to the next."""

import pytest

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, NotThere, Refused, Stopped, TryLater
from syncd.errors import AgreementError, AlreadyRunning, NoStore, NotFound, RecordError, Unavailable, UnsafePlan
from syncd.model.runs import Cause, CauseKind
from syncd.sync.causes import MENDS, cause_of, exit_code_of, grouped, kind_of, kind_of_failure, plainly

KINDS: list[tuple[Exception, CauseKind, int]] = [
    (AgreementError(), CauseKind.CONFIGURATION, 2),
    (NoStore(), CauseKind.CONFIGURATION, 2),
    (Misconfigured(), CauseKind.CONFIGURATION, 2),
    (NotThere(), CauseKind.CONFIGURATION, 2),
    (Unavailable(), CauseKind.UNAVAILABLE, 3),
    (TryLater(), CauseKind.UNAVAILABLE, 3),
    (BudgetExhausted(), CauseKind.BUDGET, 3),
    (Stopped(), CauseKind.UNAVAILABLE, 130),
    (UnsafePlan(), CauseKind.UNSAFE, 4),
    (AlreadyRunning(), CauseKind.RUNNING, 5),
    (NotFound(), CauseKind.NOT_FOUND, 6),
    (Refused(), CauseKind.DEFECT, 1),
    (ConnectorError(), CauseKind.DEFECT, 1),
    (RecordError(), CauseKind.DEFECT, 1),
    (ZeroDivisionError("4111 1111 1111 1111"), CauseKind.DEFECT, 1),
]


@pytest.mark.parametrize(("error", "kind", "code"), KINDS, ids=lambda value: type(value).__name__)
def test_an_error_has_a_kind_and_a_code(error: Exception, kind: CauseKind, code: int) -> None:
    assert kind_of(error) is kind
    assert exit_code_of(error) == code
    assert "4111" not in cause_of(error).what


def test_a_call_that_was_refused_while_the_rest_went_on_is_a_matter_of_what_it_asked() -> None:
    assert kind_of_failure(Refused()) is CauseKind.REFUSED
    assert kind_of_failure(Misconfigured()) is CauseKind.CONFIGURATION


def test_every_kind_has_a_mend() -> None:
    assert set(MENDS) == set(CauseKind)
    assert all(MENDS.values())


PLAIN = [
    ("VALIDATION_ERROR, correlation 0fb3c1a2-7d4e-4d0a-9a53-0a1b2c3d4e5f", "VALIDATION_ERROR"),
    ("boom correlationId=0fb3c1a2-7d4e-4d0a-9a53-0a1b2c3d4e5f", "boom"),
    ("An unexpected error occurred, ErrorId: 1234567890-12345 (-1234567890)", "An unexpected error occurred"),
    ("request 0fb3c1a2-7d4e-4d0a-9a53-0a1b2c3d4e5f failed", "request … failed"),
    ("duplicate value found on record 003Dn00000AbCdEIAV", "duplicate value found on record …"),
    ("unable to lock 003Dn00000AbCdE", "unable to lock …"),
    ("INVALID_FIELD_FOR_INSERT_UPDATE: grant it.", "INVALID_FIELD_FOR_INSERT_UPDATE: grant it"),
    ("hubspot.marketing_events could not be read", "hubspot.marketing_events could not be read"),
]


@pytest.mark.parametrize(("text", "plain"), PLAIN)
def test_what_differs_from_one_answer_to_the_next_is_left_out(text: str, plain: str) -> None:
    assert plainly(text) == plain


def test_causes_are_grouped_with_their_places_and_numbers_and_what_a_person_must_mend_comes_first() -> None:
    def refused(where: str, what: str, number: int = 1) -> Cause:
        return Cause(CauseKind.REFUSED, (where,), what, "mend it", number)

    causes = grouped(
        [
            Cause(CauseKind.UNAVAILABLE, ("hubspot.calls",), "away", "wait"),
            refused("salesforce contact", "a rule, correlation 0fb3c1a2-7d4e"),
            refused("salesforce contact", "a rule, correlation 1fb3c1a2-7d4e", 2),
            refused("salesforce task", "a rule"),
            refused("salesforce task", "another rule", 9),
            Cause(CauseKind.CONFIGURATION, ("hubspot",), "refused", "mend"),
        ]
    )
    assert [(cause.kind.value, cause.where, cause.what, cause.number) for cause in causes] == [
        ("configuration", ("hubspot",), "refused", 0),
        ("refused", ("salesforce task",), "another rule", 9),
        ("refused", ("salesforce contact", "salesforce task"), "a rule", 4),
        ("unavailable", ("hubspot.calls",), "away", 0),
    ]


def test_a_cause_in_a_line_names_a_few_places_and_how_many_more() -> None:
    cause = Cause(CauseKind.UNAVAILABLE, tuple("abcdef"), "away", "wait", 7)
    assert str(cause) == "a, b, c, d and 2 more: 7 × away"
    assert Cause.read(cause.plain()) == cause

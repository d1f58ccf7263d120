"""`syncd queue`: every rep's week, who waits, and who is asked for."""

from tests.cli.conftest import Syncd


def test_every_reps_week_is_shown_and_adds_up(synced: Syncd) -> None:
    shown = synced.done("queue", "--json").json
    assert shown["reps"]
    for week in shown["reps"]:
        taken = week["at_once"] + week["others"]
        assert week["free"] == max(0, week["places"] - week["owed"] - taken)
    text = synced.done("queue").out
    assert "this week (" in text
    assert "waiting: nobody waits for a rep" in text


def test_one_reps_week_is_asked_for_by_any_of_their_names(synced: Syncd) -> None:
    rep = synced.done("queue", "--json").json["reps"][0]["rep"]
    (week,) = synced.done("queue", "--rep", rep.upper(), "--json").json["reps"]
    assert week["rep"] == rep


def test_who_is_no_rep_is_not_found(synced: Syncd) -> None:
    answer = synced("queue", "--rep", "nobody@bank.example")
    assert answer.code == 6
    assert "no rep of the queue answers to 'nobody@bank.example'" in answer.err

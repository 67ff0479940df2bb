"""What commands that stay have in common."""

from argparse import ArgumentTypeError

import pytest

from graph import commands
from graph.commands import again_and_again, seconds
from graph.model.errors import Unreachable


def test_how_often_is_a_whole_number_of_seconds() -> None:
    assert seconds("60") == 60.0
    for wrong in ("0", "-1", "1.5", "soon", ""):
        with pytest.raises(ArgumentTypeError, match="whole number of seconds"):
            seconds(wrong)


def test_once_answers_with_the_exit_code_and_tells_of_a_graph_that_is_away() -> None:
    def away() -> int:
        raise Unreachable("Nothing answers.")

    assert again_and_again(lambda: 1, None) == 1
    with pytest.raises(Unreachable):
        again_and_again(away, None)


def test_what_stays_outlasts_a_graph_that_is_away(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    slept, turns = [], iter((0, Unreachable("Nothing answers."), 1, KeyboardInterrupt()))

    def act() -> int:
        turn = next(turns)
        if isinstance(turn, BaseException):
            raise turn
        return turn

    monkeypatch.setattr(commands.time, "sleep", slept.append)

    with pytest.raises(KeyboardInterrupt):
        again_and_again(act, 60.0)

    assert slept == [60.0] * 3
    assert capsys.readouterr().err == "Nothing answers.\n"

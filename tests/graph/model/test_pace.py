"""Tests for graph.model.pace: what is reached, and by which way of being told."""

import pytest

from graph.model.pace import A_DAY, NAMED_FOR_EACH, Limit, Taken, limit_of

_PACE = A_DAY // 4


@pytest.mark.parametrize(
    ("taken", "action", "children", "reached"),
    [
        (Taken(0, 0, 0), "child.signpost", 1, None),
        (Taken(A_DAY - 1, 0, 0), "child.circle", 1, None),
        (Taken(A_DAY, 0, 0), "child.circle", 1, Limit.OPENED),
        (Taken(A_DAY - 7, 0, 0), "area.together", 8, Limit.OPENED),
        (Taken(A_DAY, 0, 0), "child.walk", 1, Limit.OPENED),
        # A way that nobody has thought of counts as opening.
        (Taken(A_DAY, 0, 0), "child.whatever", 1, Limit.OPENED),
        (Taken(A_DAY, 0, 0), "child.find", 20, None),
        (Taken(0, A_DAY * NAMED_FOR_EACH - 20, 0), "child.find", 20, None),
        (Taken(0, A_DAY * NAMED_FOR_EACH - 19, 0), "child.find", 20, Limit.NAMED),
        (Taken(_PACE, 0, _PACE - 1), "child.circle", 1, None),
        (Taken(_PACE, 0, _PACE), "child.circle", 1, Limit.PACE),
        # The day's children are the last word: no proof gives more.
        (Taken(A_DAY, 0, _PACE), "child.circle", 1, Limit.OPENED),
        (Taken(A_DAY, 0, _PACE, again=1), "child.circle", 1, None),
        # Not even where more were opened than may be now, or faster.
        (Taken(A_DAY + 1, 0, _PACE + 1, again=1), "child.circle", 1, None),
        (Taken(A_DAY, 0, _PACE, again=1), "area.together", 2, Limit.OPENED),
        # Whoever has just proven it is told, however many one answer has.
        (Taken(0, 0, 0), "area.together", _PACE + 1, None),
    ],
)
def test_what_is_reached(taken: Taken, action: str, children: int, reached: Limit | None) -> None:
    assert limit_of(taken, action, children, A_DAY) is reached


def test_who_may_have_more_has_more_of_each() -> None:
    assert limit_of(Taken(A_DAY, 0, A_DAY // 2), "child.circle", 1, 4 * A_DAY) is None
    assert limit_of(Taken(0, A_DAY * NAMED_FOR_EACH, 0), "child.find", 20, 2 * A_DAY) is None

"""Tests for graph.model.paging."""

import pytest

from graph.model.paging import page_of


@pytest.mark.parametrize(
    ("wanted", "count", "shown"),
    [
        (1, 0, (1, 1)),
        (7, 0, (1, 1)),
        (1, 20, (1, 1)),
        (2, 20, (1, 1)),
        (2, 21, (2, 2)),
        (0, 45, (1, 3)),
        (-3, 45, (1, 3)),
        (10**20, 45, (3, 3)),
    ],
)
def test_the_nearest_page_there_is(wanted: int, count: int, shown: tuple[int, int]) -> None:
    assert page_of(wanted, count, 20) == shown

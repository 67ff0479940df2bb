"""Words are cut where they would leave their card."""

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.lettering import fit, width, wrap


@settings(deadline=None)
@given(st.text(max_size=80), st.floats(20, 400))
def test_what_was_fitted_has_room(text, room):
    fitted = fit(text, 15, room)

    assert fitted == text or width(fitted, 15) <= room or fitted == "…"


def test_a_short_text_is_left_alone():
    assert fit("GP practice", 15, 200) == "GP practice"


def test_a_long_name_goes_on_in_a_second_line():
    lines = wrap("Saint Bartholomew and All Hallows Church of England Primary Academy", 16.5, 200, lines=2, bold=True)

    assert len(lines) == 2
    assert lines[0].startswith("Saint Bartholomew")
    assert lines[1].endswith("…")


@settings(deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=12))
def test_wrapped_lines_hold_the_words_in_their_order(words):
    lines = wrap(" ".join(words), 10, 10_000, lines=3)

    assert " ".join(lines).split() == words

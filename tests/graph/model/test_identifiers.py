"""Tests for graph.model.identifiers."""

import pytest

from graph.model.identifiers import is_nhs_number, is_upn, tidy_number


@pytest.mark.parametrize("number", ["9000000009", "9434765919"])
def test_a_number_with_a_right_check_digit_is_an_nhs_number(number: str) -> None:
    assert is_nhs_number(number)


@pytest.mark.parametrize(
    "number", ["9000000008", "900000000", "1111111111", "90000000O9", "٩٠٠٠٠٠٠٠٠٩", "", "1234567895"]
)
def test_other_figures_are_none(number: str) -> None:
    assert not is_nhs_number(number)


@pytest.mark.parametrize("number", ["B801200005001", "P207000016049", "G990200121900"])
def test_a_number_with_a_right_check_letter_is_a_upn(number: str) -> None:
    assert is_upn(number)


@pytest.mark.parametrize(
    "number", ["Q207000016049", "B80120000500", "I801200005001", "B80120000500I", "B8012000050O1", "", "٨801200005001"]
)
def test_other_letters_are_none(number: str) -> None:
    assert not is_upn(number)


def test_people_put_spaces_and_hyphens_in() -> None:
    assert tidy_number(" 900 000-0009 ") == "9000000009"
    assert tidy_number("b801200005001") == "B801200005001"

"""Tests for graph.model.reasons: the list is closed, and this test is its pin."""

import pytest

from graph.model.errors import Refused
from graph.model.reasons import REASONS, check_case_reference, reason_coded


def test_the_reasons_are_exactly_these() -> None:
    assert [(reason.code, reason.basis) for reason in REASONS] == [
        ("wellbeing", "Children Act 2004, section 10"),
        ("coordinate_support", "Children Act 2004, section 10"),
        ("early_help", "Children Act 2004, section 10"),
        ("safeguarding", "Children Act 2004, section 11"),
        ("child_protection", "Children Act 2004, section 11"),
        ("school_safeguarding", "Education Act 2002, section 175"),
        ("attendance", "Education Act 2002, section 175"),
        ("missing_education", "Education Act 1996, section 436A"),
    ]


def test_their_words_are_exactly_these() -> None:
    assert [reason.words for reason in REASONS] == [
        "Concern about a child’s wellbeing",
        "Coordinating support with other services",
        "Early help assessment",
        "Safeguarding concern",
        "Child protection enquiry or plan",
        "Safeguarding of a pupil",
        "Attendance concern",
        "Child who may be missing education",
    ]


@pytest.mark.parametrize("purpose", ["crime", "offen", "immigration", "asylum", "debt", "arrears", "fraud", "benefit"])
def test_no_reason_is_for_what_the_directory_is_not_for(purpose: str) -> None:
    said = " ".join(f"{reason.code} {reason.words} {reason.basis}" for reason in REASONS).casefold()

    assert purpose not in said


def test_a_reason_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(Refused, match="from the list"):
        reason_coded("curiosity")


@pytest.mark.parametrize("text", ["", "AB12", " AB12 ", "A" * 20])
def test_a_case_reference_is_letters_and_digits(text: str) -> None:
    assert check_case_reference(text) == text.strip()


@pytest.mark.parametrize("text", ["A" * 21, "Ana Costa", "AB-12", "AB12\nx", "Ä1", "١٢"])
def test_a_case_reference_that_could_say_something_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="20 letters and digits"):
        check_case_reference(text)

"""Tests for graph.model.passwords."""

import pytest

from graph.model.passwords import fault_of


def fault(password: str) -> str | None:
    return fault_of(password, username="dawn.okoro", name="Dawn Okoro", organisation="Hillbrook Primary School")


@pytest.mark.parametrize(
    "password",
    [
        "kettle orbit walnut",
        "tYpDm4!wqz_Kxv93",
        "ein langes Wort für mich",
        "fourteen-plus-cosmos",
        "ñandú corre lejos",
    ],
)
def test_what_one_chooses_oneself_is_taken(password: str) -> None:
    assert fault(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "fourteen signs",
        "x" * 300,
        "é" * 20 + "abcdefgh" * 30,
        "aaaaaaaaaaaaaaaaaaaa",
        "passwordpassword",
        "P@ssw0rdP@ssw0rd1!",
        "safeguarding-2026",
        "signpost signpost 1",
        "1234567890123456",
        "qwertyuiopasdfghjkl",
        "abcdefghijklmnopqrst",
        "dawn.okoro.hillbrook",
        "Northshire Council 1",
        "abcabcabcabcabcabcdef",
    ],
)
def test_what_others_would_try_first_is_not(password: str) -> None:
    assert fault(password) is not None

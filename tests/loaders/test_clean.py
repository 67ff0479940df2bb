"""Cleaners: what they take, what they refuse, and that no text makes them raise."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.refusals import Reason
from loaders import clean
from loaders.clean import TEXT_DTYPE

CLEANERS = {
    "text": clean.text, "name": clean.name, "key": clean.key, "postcode": clean.postcode, "urn": clean.urn,
    "ods_code": clean.ods_code, "gss_code": clean.gss_code, "dfe_code": clean.dfe_code, "laestab": clean.laestab,
    "uprn": clean.uprn, "telephone": clean.telephone, "email": clean.email, "nino": clean.nino,
    "nhs_number": clean.nhs_number, "upn": clean.upn, "sex": clean.sex, "flag": clean.flag,
    "whole_number": clean.whole_number, "establishment": clean.establishment,
    **{form: clean.date(form) for form in ("ymd", "ymd_dashes", "dmy_dashes", "dmy_slashes", "ymd_or_instant")},
}  # fmt: skip
CASES = [
    ("text", "  a  b ", "a b"), ("text", "NA", "NA"), ("text", "Ame\u0301lie", "Amélie"), ("text", "007", "007"),
    ("text", "a\x00b", Reason.BAD_CHARACTERS), ("text", "a\u202eb", Reason.BAD_CHARACTERS),
    ("text", "x" * 201, Reason.TOO_LONG),
    ("name", "O'Brien-Smyth", "O'Brien-Smyth"), ("name", "123", Reason.NOT_A_NAME),
    ("nhs_number", "9000000009", "9000000009"), ("nhs_number", "943 476 5919", "9434765919"),
    ("nhs_number", "9434765918", Reason.BAD_NHS_NUMBER), ("nhs_number", "943476591", Reason.BAD_NHS_NUMBER),
    ("upn", "B801200005001", "B801200005001"), ("upn", "P207000016049", "P207000016049"),
    ("upn", "Q207000016049", Reason.BAD_UPN), ("upn", "I801200005001", Reason.BAD_UPN),
    ("nino", "ab 12 34 56 c", "AB123456C"), ("nino", "AB123456", "AB123456"), ("nino", "BG123456A", Reason.BAD_NINO),
    ("nino", "QQ123456A", Reason.BAD_NINO), ("postcode", "m1  1aa", "M1 1AA"), ("postcode", "N1P1AA", "N1P 1AA"),
    ("postcode", "ec1a1bb", "EC1A 1BB"), ("postcode", "GIR0AA", "GIR 0AA"), ("postcode", "ZZ993VZ", "ZZ99 3VZ"),
    ("postcode", "BFPO 12", "BFPO 12"), ("postcode", "Q1 1AA", Reason.BAD_POSTCODE), ("urn", "100000", "100000"),
    ("urn", "EY1234", Reason.BAD_URN), ("ods_code", "a81001", "A81001"), ("ods_code", "A-1", Reason.BAD_ODS_CODE),
    ("gss_code", "E09000001", "E09000001"), ("gss_code", "E0900001", Reason.BAD_GSS_CODE), ("dfe_code", "201", "201"),
    ("dfe_code", "20", Reason.BAD_DFE_CODE),
    ("laestab", "201/3614", "2013614"), ("laestab", "13614", Reason.BAD_LAESTAB),
    ("uprn", "000012345678", "12345678"), ("uprn", "0", Reason.BAD_NUMBER),
    ("sex", "F", "female"), ("sex", "2", "female"),
    ("sex", "Male", "male"), ("sex", "9", "other"), ("sex", "U", "unknown"), ("sex", "Q", Reason.UNKNOWN_CODE),
    ("flag", "Yes", True), ("flag", "n", False), ("flag", "maybe", Reason.UNKNOWN_CODE),
    ("telephone", "0113 245 5296", "0113 245 5296"), ("telephone", "+44 113 245 5296 x12", "+44 113 245 5296 x12"),
    ("telephone", "111", "111"), ("telephone", "1132455296", Reason.BAD_TELEPHONE),
    ("email", "a.b@c-d.example", "a.b@c-d.example"), ("email", "a b@c.org", Reason.BAD_EMAIL),
    ("dmy_dashes", "29-02-2012", dt.date(2012, 2, 29)), ("dmy_dashes", "29-02-2011", Reason.BAD_DATE),
    ("dmy_dashes", "2012-02-29", Reason.BAD_DATE), ("dmy_slashes", "01/02/2012", dt.date(2012, 2, 1)),
    ("ymd", "20120229", dt.date(2012, 2, 29)), ("ymd_dashes", "2012-2-9", Reason.BAD_DATE),
    ("ymd_dashes", "1066-10-14", Reason.IMPLAUSIBLE_DATE),
    ("ymd_dashes", "\u0662\u0660\u0661\u0662-01-01", Reason.BAD_DATE),
    ("ymd_or_instant", "2010-10-22T00:00:00+00:00", dt.date(2010, 10, 22)), ("key", "B1/2:c_d-e.f", "B1/2:c_d-e.f"),
    ("key", "a b", Reason.BAD_KEY),
]  # fmt: skip


def column(*cells):
    return pd.Series(list(cells), dtype=TEXT_DTYPE)


@pytest.mark.parametrize(("name", "cell", "expected"), CASES)
def test_a_cell_becomes_a_value_or_a_reason(name, cell, expected):
    cleaned = CLEANERS[name](column("", cell, None))

    assert cleaned.values.isna().tolist() == [True, isinstance(expected, Reason), True]
    if isinstance(expected, Reason):
        assert cleaned.reasons[1] == expected
    else:
        assert cleaned.values[1] == expected
        assert cleaned.reasons.isna().all()


@pytest.mark.parametrize("digit", list("0123456789"))
def test_an_nhs_number_of_one_repeated_digit_is_refused(digit):
    assert clean.nhs_number(column(digit * 10)).reasons[0] == Reason.BAD_NHS_NUMBER


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(), st.from_regex(r"[0-9A-Z /@.-]{0,14}", fullmatch=True)), max_size=20))
def test_no_text_makes_a_cleaner_raise(cells):
    series = pd.Series(cells, dtype=TEXT_DTYPE, index=range(5, 5 + len(cells)))

    for name, cleaner in CLEANERS.items():
        cleaned = cleaner(series)

        assert cleaned.values.index.equals(series.index), name
        assert cleaned.reasons.index.equals(series.index), name
        assert not (cleaned.values.notna() & cleaned.reasons.notna()).any(), name
        assert set(cleaned.reasons.dropna()) <= set(Reason), name


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(min_size=1), max_size=10))
def test_what_is_clean_stays_as_it_is(cells):
    once = clean.text(pd.Series(cells, dtype=TEXT_DTYPE)).values

    again = clean.text(once)

    assert again.values.equals(once)


def test_a_temporary_upn_is_sound_when_its_check_letter_is():
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    body = "80120000500A"
    total = sum(place * (letters.index(c) if c.isalpha() else int(c)) for place, c in enumerate(body, 2))

    cleaned = clean.upn(column(letters[total % 23] + body))

    assert cleaned.reasons.isna().all()


def test_a_hash_depends_on_the_key_and_hides_the_value():
    numbers = column("AB123456C", None, "AB123456C")

    one, other = clean.hashed(numbers, b"one"), clean.hashed(numbers, b"other")

    assert one[0] == one[2] != other[0]
    assert one.isna().tolist() == [False, True, False]
    assert "AB123456C" not in one[0]

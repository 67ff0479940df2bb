"""What makes a value of a cell of text, or says by code why there is none. No cleaner repairs, and none raises."""

import datetime as dt
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.model.refusals import Reason
from loaders.feed import Cleaned, Cleaner

TEXT_DTYPE = pd.StringDtype("pyarrow")
DATE_DTYPE = pd.ArrowDtype(pa.date32())
FLAG_DTYPE = pd.ArrowDtype(pa.bool_())

# Values and reasons of the distinct cells of a column: each function below works on those alone.
Work = Callable[[pa.Array], tuple[pa.Array, pa.Array]]

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SPACE = r"[\s\x{00A0}]+"
# Control characters, and the marks that turn the direction of writing and so hide what is written.
_FORBIDDEN = r"[\x00-\x1f\x7f-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_POSTCODE = (
    r"^(GIR 0AA|([A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]"
    r"|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) [0-9][ABD-HJLNP-UW-Z]{2}|ZZ99 [0-9][A-Z]{2}|BFPO [0-9]{1,4})$"
)
_NINO = r"^[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]?$"
_NINO_UNUSED = r"^(BG|GB|KN|NK|NT|TN|ZZ)"
_DATES = {
    "ymd": (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), (1, 2, 3)),
    "ymd_dashes": (re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII), (1, 2, 3)),
    "dmy_dashes": (re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII), (3, 2, 1)),
    "dmy_slashes": (re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII), (3, 2, 1)),
    # A point in time, of which the day is kept: FHIR writes deaths and exits so.
    "ymd_or_instant": (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII), (1, 2, 3)),
}


def arrow(values: pd.Series) -> pa.Array:
    """The column as one Arrow array of strings."""
    array = pa.array(values.array, pa.string()) if len(values) else pa.array([], pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def series(array: pa.Array, index: "pd.Index | None" = None) -> pd.Series:
    """The Arrow array as a column of the type that tidy tables use."""
    textual = pa.types.is_string(array.type) or pa.types.is_large_string(array.type)
    dtype: Any = TEXT_DTYPE if textual else pd.ArrowDtype(array.type)
    return pd.Series(dtype.__from_arrow__(array), index=index)


def _over_distinct(values: pd.Series, work: Work) -> Cleaned:
    encoded = arrow(values).dictionary_encode()
    cleaned, reasons = work(_trimmed(encoded.dictionary))
    taken = series(cleaned.take(encoded.indices), values.index)
    if reasons.null_count == len(reasons):
        return Cleaned(taken, series(pa.nulls(len(values), pa.string()), values.index))
    return Cleaned(taken, series(reasons.take(encoded.indices), values.index))


def _trimmed(cells: pa.Array) -> pa.Array:
    spaced = pc.replace_substring_regex(cells, _SPACE, " ")
    trimmed = pc.utf8_trim_whitespace(spaced)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _refuse(cells: pa.Array, bad: pa.Array, reason: Reason, so_far: pa.Array | None = None) -> pa.Array:
    """The reasons, with this one where cells are bad and nothing was said of them before."""
    mine = pc.if_else(pc.fill_null(bad, False), pa.scalar(str(reason)), pa.scalar(None, pa.string()))
    return mine if so_far is None else pc.coalesce(so_far, mine)


def _good(cells: pa.Array, reasons: pa.Array) -> tuple[pa.Array, pa.Array]:
    return pc.if_else(pc.is_null(reasons), cells, None), reasons


def _texts(cells: pa.Array, longest: int) -> tuple[pa.Array, pa.Array]:
    normal = pc.utf8_normalize(cells, form="NFC")
    reasons = _refuse(normal, pc.match_substring_regex(normal, _FORBIDDEN), Reason.BAD_CHARACTERS)
    reasons = _refuse(normal, pc.greater(pc.utf8_length(normal), longest), Reason.TOO_LONG, reasons)
    return _good(normal, reasons)


def text(values: pd.Series) -> Cleaned:
    """Trimmed text in Unicode's composed form, of at most 200 characters."""
    return _over_distinct(values, lambda cells: _texts(cells, 200))


def _names(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    cleaned, reasons = _texts(cells, 100)
    return _good(
        cleaned, _refuse(cleaned, pc.invert(pc.match_substring_regex(cleaned, r"\pL")), Reason.NOT_A_NAME, reasons)
    )


def name(values: pd.Series) -> Cleaned:
    """A person's name as supplied: at least one letter, at most 100 characters."""
    return _over_distinct(values, _names)


def _matching(pattern: str, reason: Reason, make: Callable[[pa.Array], pa.Array] = lambda cells: cells) -> Cleaner:
    def work(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
        made = make(cells)
        return _good(made, _refuse(made, pc.invert(pc.match_substring_regex(made, pattern)), reason))

    return lambda values: _over_distinct(values, work)


def _squeezed(cells: pa.Array) -> pa.Array:
    return pc.utf8_upper(pc.replace_substring(cells, " ", ""))


def _spaced_postcode(cells: pa.Array) -> pa.Array:
    tight = _squeezed(cells)
    usual = pc.replace_substring_regex(tight, r"^(.+)(.{3})$", r"\1 \2")
    forces = pc.replace_substring_regex(tight, r"^BFPO(.+)$", r"BFPO \1")
    return pc.if_else(pc.starts_with(tight, "BFPO"), forces, usual)


key = _matching(r"^[A-Za-z0-9._:/-]{1,64}$", Reason.BAD_KEY)
postcode = _matching(_POSTCODE, Reason.BAD_POSTCODE, _spaced_postcode)
urn = _matching(r"^[1-9][0-9]{5}$", Reason.BAD_URN)
ods_code = _matching(r"^[A-Z0-9]{3,12}$", Reason.BAD_ODS_CODE, pc.utf8_upper)
gss_code = _matching(r"^[EWSNKLM][0-9]{8}$", Reason.BAD_GSS_CODE)
dfe_code = _matching(r"^[0-9]{3}$", Reason.BAD_DFE_CODE)
laestab = _matching(r"^[0-9]{7}$", Reason.BAD_LAESTAB, lambda cells: pc.replace_substring(cells, "/", ""))
establishment = _matching(r"^[0-9]{4}$", Reason.BAD_NUMBER)
whole_number = _matching(r"^[0-9]{1,4}$", Reason.BAD_NUMBER)
# A UPRN is a number: some suppliers fill it up to twelve digits, and both ways of writing must meet.
uprn = _matching(r"^[1-9][0-9]{0,11}$", Reason.BAD_NUMBER, lambda cells: pc.utf8_ltrim(cells, "0"))
# A number that lost its leading zero to a spreadsheet cannot be rung, and we do not guess that it was one.
telephone = _matching(
    r"^(([+]|[(]?0)[0-9 ()+./-]{4,30}( ?(x|ext\.?|extension) ?[0-9]{1,6})?|1[0-9]{2}|116 ?[0-9]{3}|999)$",
    Reason.BAD_TELEPHONE,
)
email = _matching(r"^[^@\s<>\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$", Reason.BAD_EMAIL)


def _ninos(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    tight = _squeezed(cells)
    shaped = pc.match_substring_regex(tight, _NINO)
    unused = pc.match_substring_regex(tight, _NINO_UNUSED)
    return _good(tight, _refuse(tight, pc.or_(pc.invert(shaped), unused), Reason.BAD_NINO))


def nino(values: pd.Series) -> Cleaned:
    """A national insurance number by its shape, which is all there is to check; tidy tables hold only its hash."""
    return _over_distinct(values, _ninos)


def _nhs_numbers(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    tight = pc.replace_substring_regex(cells, "[ -]", "")
    shaped = pc.fill_null(pc.match_substring_regex(tight, "^[0-9]{10}$"), False)
    numbers = pc.if_else(shaped, tight, "0000000000").cast(pa.int64()).to_numpy(zero_copy_only=False)
    digits = (numbers[:, None] // 10 ** np.arange(9, -1, -1)) % 10
    # Modulus 11 passes all ten numbers of one repeated digit; nobody has one of those.
    repeated = (digits == digits[:, :1]).all(axis=1)
    checks = (11 - (digits[:, :9] @ np.arange(10, 1, -1)) % 11) % 11
    good = pc.and_(shaped, pa.array((checks == digits[:, 9]) & ~repeated))
    return _good(tight, _refuse(tight, pc.and_(pc.invert(good), pc.is_valid(cells)), Reason.BAD_NHS_NUMBER))


def nhs_number(values: pd.Series) -> Cleaned:
    """An NHS number of ten digits whose check digit is right and whose digits are not all the same."""
    return _over_distinct(values, _nhs_numbers)


def _upns(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    capitals = pc.utf8_upper(cells)
    pattern = f"^[{_UPN_LETTERS}][0-9]{{11}}[0-9{_UPN_LETTERS}]$"
    shaped = pc.fill_null(pc.match_substring_regex(capitals, pattern), False)
    padded = pc.if_else(shaped, capitals, "A000000000000")
    letters = np.array(padded.to_pylist(), dtype="S13").view(np.uint8).reshape(-1, 13)
    worth = _upn_worths()[letters]
    good = pc.and_(shaped, pa.array((worth[:, 1:] @ np.arange(2, 14)) % 23 == worth[:, 0]))
    return _good(capitals, _refuse(capitals, pc.and_(pc.invert(good), pc.is_valid(cells)), Reason.BAD_UPN))


def _upn_worths() -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    worths = np.zeros(256, dtype=np.int64)
    worths[[ord(letter) for letter in _UPN_LETTERS]] = range(len(_UPN_LETTERS))
    worths[[ord(digit) for digit in "0123456789"]] = range(10)
    return worths


def upn(values: pd.Series) -> Cleaned:
    """A unique pupil number, permanent or temporary, with the right check letter."""
    return _over_distinct(values, _upns)


def _dates(cells: pa.Array, form: str, earliest: int) -> tuple[pa.Array, pa.Array]:
    pairs = [_date(cell, form, earliest) for cell in cells.to_pylist()]
    return pa.array([pair[0] for pair in pairs], pa.date32()), pa.array([pair[1] for pair in pairs], pa.string())


def _date(cell: str | None, form: str, earliest: int) -> tuple[dt.date | None, str | None]:
    if cell is None:
        return None, None
    pattern, (year, month, day) = _DATES[form]
    match = pattern.fullmatch(cell)
    try:
        found = dt.date(int(match[year]), int(match[month]), int(match[day])) if match else None
    except ValueError:
        found = None
    if found is None:
        return None, Reason.BAD_DATE.value
    return (found, None) if earliest <= found.year <= 2100 else (None, Reason.IMPLAUSIBLE_DATE.value)


def date(form: str, earliest: int = 1850) -> Cleaner:
    """A cleaner of dates written in one declared format, of that year at the earliest; no other format is tried."""
    return lambda values: _over_distinct(values, lambda cells: _dates(cells, form, earliest))


date_dashes = date("ymd_dashes")


def one_of(words: Mapping[str, str | bool | None], reason: Reason = Reason.UNKNOWN_CODE) -> Cleaner:
    """A cleaner of a closed list: what the file may say (in any case) → what we say; anything else is refused."""
    known = {said.casefold(): ours for said, ours in words.items()}
    kind = pa.bool_() if any(isinstance(ours, bool) for ours in known.values()) else pa.string()

    def work(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
        said = [None if cell is None else cell.casefold() for cell in cells.to_pylist()]
        values = pa.array([None if word is None else known.get(word) for word in said], kind)
        bad = pa.array([word is not None and word not in known for word in said], pa.bool_())
        return values, _refuse(cells, bad, reason)

    return lambda values: _over_distinct(values, work)


def among(words: Iterable[str], reason: Reason = Reason.UNKNOWN_CODE) -> Cleaner:
    """A cleaner of a closed list whose words are ours already."""
    return one_of({word: word for word in words}, reason)


sex = one_of(
    {"F": "female", "female": "female", "2": "female", "M": "male", "male": "male", "1": "male"}
    | {
        "other": "other",
        "9": "other",
        "I": "other",
        "X": "unknown",
        "U": "unknown",
        "0": "unknown",
        "unknown": "unknown",
    }
)
flag = one_of(
    {"true": True, "yes": True, "Y": True, "1": True, "T": True}
    | {"false": False, "no": False, "N": False, "0": False, "F": False}
)


def hashed(values: pd.Series, secret: bytes) -> pd.Series:
    """The keyed hash of each value, by which two can be compared and none can be read; null where there is none."""
    return mapped(values, lambda cell: hmac.digest(secret, cell.encode(), "sha256").hex())


def mapped(values: pd.Series, make: Callable[[str], str | None]) -> pd.Series:
    """What the function makes of each text, asked once for each distinct one; null stays null."""
    encoded = arrow(values).dictionary_encode()
    made = [None if cell is None else make(cell) for cell in encoded.dictionary.to_pylist()]
    return series(pa.array(made, pa.string()).take(encoded.indices), values.index)

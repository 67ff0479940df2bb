"""Records as they are compared: the columns of issue 5, point 9, cleaned, and what is derived from them.

What is a placeholder becomes unknown, because two records that both say BABY agree in nothing. A number whose check
digit is wrong is unknown as well, and so is a temporary UPN (matching.md 5.4): neither can prove or disprove anybody.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from graph.model.errors import Unreadable
from graph.model.identifiers import is_nhs_number, is_upn, tidy_number
from graph.model.names import fold_whole
from graph.model.nicknames import other_forms
from loaders.clean import TEXT_DTYPE, mapped
from loaders.tables import values

COLUMNS = (
    "key", "given_names", "middle_names", "family_name", "date_of_birth", "sex", "postcode", "former_postcode",
    "address", "nhs_number", "upn",
)  # fmt: skip
_PLACEHOLDERS = frozenset(
    (
        "baby",
        "infant",
        "unknown",
        "unborn",
        "newborn",
        "twin",
        "triplet",
        "boy",
        "girl",
        "male",
        "female",
        "child",
        "nk",
        "na",
        "none",
        "null",
        "nil",
        "test",
        "tbc",
        "tba",
        "unnamed",
        "anonymous",
        "nomen",
        "forename",
        "surname",
        "firstname",
        "lastname",
    )
)
_NO_NAME = _PLACEHOLDERS | {""}  # a number alone is no name
_PHRASES = frozenset(("not known", "not stated", "not given", "no name", "n a", "no fixed abode", "nfa"))
# Postcodes that stand for no place (NHS Data Dictionary: ZZ99 pseudo postcodes).
_NO_PLACE = re.compile(r"ZZ99.*|(.)\1+|UNKNOWN|NOTKNOWN|N/?A|NFA|NONE|NULL")
_UNIT = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_DATES = (
    (re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?", re.ASCII), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?", re.ASCII), (3, 2, 1)),
)
_EARLIEST = 1901  # systems that know no birthday write 1900 or earlier
_SEXES = {"f": "female", "female": "female", "2": "female", "girl": "female", "woman": "female"} | {
    "m": "male", "male": "male", "1": "male", "boy": "male", "man": "male",
}  # fmt: skip
_NO_TABLE = 2_000  # for so few cells making a column takes longer than what is done with it
_AREA_OF_OTHERS = 2  # how many characters of a foreign postcode stand for its area
_SHAPE = pa.schema(
    [
        ("n", pa.int64()), ("key", pa.string()), ("given", pa.string()), ("forms", pa.list_(pa.string())),
        ("middle", pa.string()), ("family", pa.string()), ("parts", pa.list_(pa.string())), ("born", pa.string()),
        ("sex", pa.string()), ("postcode", pa.string()), ("area", pa.string()), ("former", pa.string()),
        ("address", pa.string()), ("house", pa.string()), ("words", pa.list_(pa.string())), ("nhs", pa.string()),
        ("upn", pa.string()),
    ]
)  # fmt: skip


def tidy(raw: pd.DataFrame, others: Sequence[str] = ()) -> pa.Table:
    """The records cleaned, in the order of the frame, which has any of COLUMNS and `others` as text; absent is unknown.

    `born` is eight digits (year, month, day); `other_0` and so on hold the other columns folded. A key that is
    missing or stands twice is an Unreadable, because nobody could say whom a link would be about.
    """
    keys = _keys(raw)
    columns: dict[str, list[Any]] = {"n": list(range(len(raw))), "key": keys}
    names = [_given(*pair) for pair in zip(_texts(raw, "given_names"), _texts(raw, "middle_names"), strict=True)]
    columns["given"] = [given for given, _ in names]
    columns["middle"] = [middle for _, middle in names]
    columns["forms"] = [sorted(other_forms(given)) if given else [] for given, _ in names]
    columns["family"] = _made(_texts(raw, "family_name"), name)
    columns["parts"] = [_long_parts(family) for family in columns["family"]]
    columns["born"] = _made(_texts(raw, "date_of_birth"), born)
    columns["sex"] = _made(_texts(raw, "sex"), lambda text: _SEXES.get(text.casefold()))
    columns["postcode"] = _made(_texts(raw, "postcode"), postcode)
    columns["area"] = [_area(code) for code in columns["postcode"]]
    columns["former"] = _made(_texts(raw, "former_postcode"), postcode)
    columns["address"] = _made(_texts(raw, "address"), lambda text: _real(fold_whole(text)))
    columns["house"] = [_house(address) for address in columns["address"]]
    columns["words"] = [sorted(set(address.split())) if address else [] for address in columns["address"]]
    columns["nhs"] = _made(_texts(raw, "nhs_number"), nhs_number)
    columns["upn"] = _made(_texts(raw, "upn"), permanent_upn)
    made = pa.table(columns, schema=_SHAPE)
    for place, column in enumerate(others):
        cells = _made(_texts(raw, column), lambda text: _real(fold_whole(text)))
        made = made.append_column(f"other_{place}", pa.array(cells, pa.string()))
    return made


def name(text: str) -> str | None:
    """A name folded, or None where it only says that there is none."""
    folded = fold_whole(text)
    words = folded.split()
    if not words or folded in _PHRASES or all(word.rstrip("0123456789") in _NO_NAME for word in words):
        return None
    return folded


def born(text: str) -> str | None:
    """A date of birth as eight digits, or None: no date, before 1901, or the 1 January that stands for an unknown day.

    Day comes before month where the year is last, as it does in this country.
    """
    for pattern, (year, month, day) in _DATES:
        if match := pattern.fullmatch(text.strip()):
            try:
                found = date(int(match[year]), int(match[month]), int(match[day]))
            except ValueError:
                return None
            placeholder = found.year < _EARLIEST or (found.month, found.day) == (1, 1)
            return None if placeholder else found.strftime("%Y%m%d")
    return None


def postcode(text: str) -> str | None:
    """A postcode in capitals without spaces, or None where it stands for no place."""
    tight = "".join(text.upper().split())
    return None if not tight or _NO_PLACE.fullmatch(tight) else tight


def nhs_number(text: str) -> str | None:
    """An NHS number whose check digit is right, or None."""
    number = tidy_number(text)
    return number if is_nhs_number(number) else None


def permanent_upn(text: str) -> str | None:
    """A UPN whose check letter is right and that is not temporary (a letter at the end), or None."""
    number = tidy_number(text)
    return number if is_upn(number) and number[-1].isdigit() else None


def null_rates(records: pa.Table) -> Mapping[str, float]:
    """Which share of each column is unknown, for the gates; nothing is unknown of no records."""
    count = max(1, len(records))
    return {name: records[name].null_count / count for name in records.column_names if name not in ("n", "key")}


def _keys(raw: pd.DataFrame) -> list[str]:
    if "key" not in raw.columns:
        raise Unreadable("The records have no key. Name the column that holds it.")
    keys = [text.strip() for text in _texts(raw, "key")]
    if "" in keys:
        raise Unreadable(f"Row {keys.index('') + 1} has no key. Give every record one.")
    seen: set[str] = set()
    for row, key in enumerate(keys, 1):
        if key in seen:
            raise Unreadable(f"The key of row {row} stands twice. Give every record its own.")
        seen.add(key)
    return keys


def _texts(raw: pd.DataFrame, column: str) -> list[str]:
    """The cells of a column as text; empty where there is none."""
    if column not in raw.columns:
        return [""] * len(raw)
    return [cell if isinstance(cell, str) else "" for cell in raw[column].tolist()]


def _made(texts: Iterable[str], make: Callable[[str], str | None]) -> list[str | None]:
    """What is made of each text, asked once for each distinct one."""
    texts = list(texts)
    if len(texts) <= _NO_TABLE:
        once = {text: make(text) if text.strip() else None for text in set(texts)}
        return [once[text] for text in texts]
    cells = pd.Series(texts, dtype=TEXT_DTYPE)
    return values(mapped(cells, lambda text: make(text) if text.strip() else None))


def _given(given: str, middle: str) -> tuple[str | None, str | None]:
    """The first given name and what follows it; those of a column of their own come first among the latter."""
    whole = name(given)
    first, _, rest = (whole or "").partition(" ")
    return first or None, (name(middle) if middle.strip() else None) or rest or None


def _real(folded: str) -> str | None:
    words = folded.split()
    placeholder = folded in _PHRASES or all(word in _PLACEHOLDERS for word in words)
    return None if not words or placeholder else folded


def _long_parts(family: str | None) -> list[str]:
    """The parts of a double-barrelled name that could stand alone: three letters and more."""
    return sorted({part for part in (family or "").split() if len(part) > 2})


def _area(code: str | None) -> str | None:
    """The outward part of a British postcode, the beginning of any other."""
    if code is None:
        return None
    return code[:-3] if _UNIT.fullmatch(code) else code[:_AREA_OF_OTHERS]


def _house(address: str | None) -> str | None:
    """The first number of an address, with its letter: neighbours differ in nothing else."""
    found = re.search(r"\b\d+[a-z]?\b", address or "")
    return found[0] if found else None

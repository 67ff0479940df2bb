"""Names as they are searched for: folded into parts, so that `brien` finds O'Brien-Smyth."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Letters that no decomposition takes apart, and what people type for them.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ŧ": "t",
    }
)
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻʹ`´′＇"), "'")
# A particle that stands before an apostrophe is searched with and without what follows it: O'Brien, D'Arcy.
_SHORT = 2


@lru_cache(maxsize=100_000)
def fold_parts(text: str | None) -> tuple[str, ...]:
    """The parts of a name in lower case without accents or marks: `O'Brien-Smyth` is brien, obrien and smyth."""
    parts: dict[str, None] = {}
    for word in _split(_plain_letters(text or ""), keep="'"):
        _add_word(word, parts)
    return tuple(parts)


def fold_terms(text: str | None) -> tuple[str, ...]:
    """What a person typed, as terms that must all be parts of one name; an apostrophe joins, a hyphen parts."""
    words = _split(_plain_letters(text or ""), keep="'")
    return tuple(dict.fromkeys(joined for word in words if (joined := word.replace("'", ""))))


@lru_cache(maxsize=100_000)
def fold_whole(text: str | None) -> str:
    """A whole name as one line to compare by: folded, single spaces, apostrophes closed up."""
    return " ".join(fold_terms(text))


def search_parts(names: Iterable[str | None]) -> tuple[str, ...]:
    """Every part of every variant of a name, once each, sorted: what a record keeps as `search_names`."""
    return tuple(sorted({part for name in names for part in fold_parts(name)}))


def _plain_letters(text: str) -> str:
    # Twice, since taking a letter apart may leave a capital, ᴶ a J (Unicode 3.13, compatibility caseless matching).
    lowered = _lowered(_lowered(text)).translate(_LETTERS)
    return "".join(letter for letter in lowered if not unicodedata.combining(letter))


def _lowered(text: str) -> str:
    # Before, since an acute accent that stands alone would become a space; after, since ŉ holds an apostrophe.
    return unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold()).translate(_APOSTROPHES)


def _split(text: str, keep: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter in keep else " " for letter in text).split()


def _add_word(word: str, parts: dict[str, None]) -> None:
    joined = word.replace("'", "")
    if joined:
        parts[joined] = None
    before, apostrophe, after = word.strip("'").partition("'")
    if apostrophe and len(before) <= _SHORT and (rest := after.replace("'", "")):
        parts[rest] = None

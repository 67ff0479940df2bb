"""How well a child's records fit what a person typed: names in any order, spelling or form, and when they were born.

Likeness serves one search and is told to nobody: it says whose name and age fit best, and nothing of the children.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from graph.model.intervals import age_on
from graph.model.nicknames import other_forms

MOST_RESULTS = 20

# What a likeness is made of. All of it was set on populations of one seed and measured on those of another.
_NAME, _BORN = 0.7, 0.3
_LEAST = 0.62  # below this nobody is listed: of two names one is wrong, and the birthday is not exact
_BELOW_BEST, _BELOW_EXACT = 0.2, 0.1
_EXACT = 0.985
_BANDS = 50  # children whose likeness falls into the same fiftieth fit equally well

_OTHER_FORM, _BEGINNING, _INITIAL, _FAR_LETTERS = 0.94, 0.86, 0.7, 0.72
_IN_ORDER = 0.01
# By the length of the longer name: what one slip of the hand leaves of it.
_ONE_SLIP = {1: 0.0, 2: 0.6, 3: 0.76, 4: 0.84, 5: 0.87, 6: 0.89}
_ONE_SLIP_IN_LONG = 0.9
_TWO_SLIPS_FROM = 6

_SWAPPED, _YEAR_OFF, _TWO_OF_THREE, _WITHIN_A_MONTH, _WITHIN_SIX_MONTHS = 0.94, 0.9, 0.9, 0.86, 0.8
_MONTH, SIX_MONTHS = timedelta(days=31), timedelta(days=186)
# Whole years between the age that was given and the child's, and what they leave.
_AGES_OFF = {0: 0.9, 1: 0.84, 2: 0.7}
MOST_YEARS_OFF = max(_AGES_OFF)


@dataclass(frozen=True)
class Sought:
    """What is known of the child: folded terms of the name, and a date of birth or an age in whole years."""

    terms: tuple[str, ...]
    date_of_birth: date | None = None
    age: int | None = None


@dataclass(frozen=True)
class Named:
    """What one record says: the folded parts of every variant of a name, those of forename and family name, the day."""

    parts: tuple[str, ...]
    forename: tuple[str, ...]
    family_name: tuple[str, ...]
    date_of_birth: date | None


def likeness(sought: Sought, records: Sequence[Named], today: date) -> float | None:
    """From 0 to 1 how well a child of these records fits, or None if it does not fit at all."""
    born = max((_born(sought, each.date_of_birth, today) for each in records), default=0.0)
    if born == 0.0:
        return None
    parts = _with_joined(records)
    found = _NAME * _names(sought.terms, parts) + _BORN * born
    if any(_in_order(sought.terms, each) for each in records):
        found += _IN_ORDER
    return min(found, 1.0) if found >= _LEAST else None


def listed(found: Iterable[tuple[float, str]]) -> tuple[tuple[str, ...], bool]:
    """Who of these likenesses and children is listed, best first, and whether others fit nearly as well.

    Children who fit equally well are listed all or not at all, so that what a list leaves out fits less well than
    everybody on it. If more fit best than a list holds, all of those come back, for the caller to list none.
    """
    ordered = sorted(found, key=lambda pair: (-pair[0], pair[1]))
    if not ordered:
        return (), False
    best = ordered[0][0]
    least = best - (_BELOW_EXACT if best >= _EXACT else _BELOW_BEST)
    bands: dict[int, list[str]] = {}
    for value, child in ordered:
        if value >= least:
            bands.setdefault(int(value * _BANDS), []).append(child)
    chosen: list[str] = []
    for band in bands.values():
        if chosen and len(chosen) + len(band) > MOST_RESULTS:
            return tuple(chosen), True
        chosen += band
    return tuple(chosen), False


def days_meant(day: date) -> tuple[date, ...]:
    """The day, the one with day and month swapped, and the same day of the years before and after, where they exist."""
    made = (_day(day.year, day.day, day.month), _day(day.year - 1, day.month, day.day))
    later = _day(day.year + 1, day.month, day.day)
    return tuple(dict.fromkeys(one for one in (day, *made, later) if one is not None))


def _names(terms: Sequence[str], parts: frozenset[str]) -> float:
    """The mean likeness of each term to the part that is most like it; an initial counts for less than a name."""
    weights = [_INITIAL if len(term) == 1 else 1.0 for term in terms]
    values = [max((alike(term, part) for part in parts), default=0.0) for term in terms]
    together = [_joined_terms(pair, parts) for pair in pairwise(terms)]
    for at, value in enumerate(together):
        values[at], values[at + 1] = max(values[at], value), max(values[at + 1], value)
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)


def _joined_terms(pair: tuple[str, str], parts: frozenset[str]) -> float:
    """How like a part two terms are as one: Mary Anne for Maryanne. An initial is no half of a name."""
    joined = "".join(pair)
    if min(map(len, pair)) < 2:
        return 0.0
    return max((alike(joined, part) for part in parts if len(part) >= len(joined) - 1), default=0.0)


def _with_joined(records: Sequence[Named]) -> frozenset[str]:
    """Every part, and every two parts that stand beside each other in one name as one: Alhassan for Al-Hassan."""
    parts = {part for each in records for part in each.parts}
    names = {name for each in records for name in (each.forename, each.family_name)}
    return frozenset(parts | {first + second for name in names for first, second in pairwise(name)})


def _in_order(terms: Sequence[str], named: Named) -> bool:
    return bool(terms) and tuple(terms) == (*named.forename, *named.family_name)


@lru_cache(maxsize=200_000)
def alike(term: str, part: str) -> float:
    """From 0 to 1 how alike a term and one part of a name are: the same, another form of it, its beginning, a slip."""
    if term == part:
        return 1.0
    if part in other_forms(term) or term in other_forms(part):
        return _OTHER_FORM
    short, long = sorted((term, part), key=len)
    if len(short) == 1:
        return _INITIAL if long.startswith(short) else 0.0
    found = _BEGINNING if len(short) >= 3 and long.startswith(short) else 0.0
    if len(long) - len(short) > 2:
        return found
    return max(found, _slips(short, long))


def _slips(short: str, long: str) -> float:
    if sounds(short) == sounds(long) and len(short) >= 3:
        return _ONE_SLIP_IN_LONG
    count = distance(short, long)
    if count == 1:
        return _ONE_SLIP.get(len(long), _ONE_SLIP_IN_LONG)
    return _FAR_LETTERS if count == 2 and len(long) >= _TWO_SLIPS_FROM else 0.0


def distance(first: str, second: str) -> int:
    """How many letters are put in, left out, changed, or swapped with their neighbour; 3 stands for more than 2."""
    if abs(len(first) - len(second)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        older, before, row = before, row, [at]
        for other_at, other in enumerate(second, 1):
            cost = min(before[other_at] + 1, row[-1] + 1, before[other_at - 1] + (letter != other))
            if older and other_at > 1 and letter == second[other_at - 2] and other == first[at - 2]:
                cost = min(cost, older[other_at - 2] + 1)
            row.append(cost)
        if min(row) > 2:
            return 3
    return min(row[-1], 3)


# What is written in several ways for one sound, longest first.
_SOUNDS = (
    *(("szcz", "s"), ("sch", "s"), ("tsch", "c"), ("cz", "c"), ("ch", "c"), ("sz", "s"), ("sh", "s"), ("ph", "f")),
    *(("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("zh", "z"), ("ck", "k"), ("qu", "k"), ("rz", "z")),
    *(("w", "v"), ("q", "k"), ("x", "ks"), ("j", "i"), ("y", "i"), ("c", "k"), ("z", "s")),
)
_VOWELS = frozenset("aeiouh")


@lru_cache(maxsize=200_000)
def sounds(part: str) -> str:
    """A name by its sounds: one letter for each way of writing one, no vowel but the first, no letter twice running."""
    text = part
    for written, sound in _SOUNDS:
        text = text.replace(written, sound)
    kept = [letter for at, letter in enumerate(text) if at == 0 or letter not in _VOWELS]
    kept = [letter for letter, before in zip(kept, [*" ", *kept], strict=False) if letter != before]
    first = "a" if kept and kept[0] in _VOWELS | {"i"} else kept[0] if kept else ""
    return first + "".join(kept[1:])


def _born(sought: Sought, day: date | None, today: date) -> float:
    """How well a date of birth fits; 0 if it does not."""
    if day is None:
        return 0.0
    if sought.date_of_birth is not None:
        return _days_alike(sought.date_of_birth, day)
    return _AGES_OFF.get(abs(age_on(day, today) - sought.age), 0.0) if sought.age is not None else 1.0


def _days_alike(given: date, day: date) -> float:
    if given == day:
        return 1.0
    apart = abs(given - day)
    same = [given.day == day.day, given.month == day.month, given.year == day.year]
    if day == _day(given.year, given.day, given.month):
        return _SWAPPED
    if same == [True, True, False] and abs(given.year - day.year) == 1:
        return _YEAR_OFF
    if sum(same) == 2 and apart <= SIX_MONTHS:
        return _TWO_OF_THREE
    if apart <= _MONTH:
        return _WITHIN_A_MONTH
    return _WITHIN_SIX_MONTHS if apart <= SIX_MONTHS else 0.0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

"""What the full-text index of records is asked: words made here of folded letters and figures, never a user's text."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from graph.model.intervals import years_before
from graph.model.likeness import MOST_YEARS_OFF, SIX_MONTHS, Sought, days_meant
from graph.model.nicknames import other_forms

NAMES, BORN = "search_names", "search_born"
# Of a record that names a child and says no birthday; another record of the same child says it.
_UNDATED = "undated"
# Lucene takes 1,024 words a query, and a term with all its forms and misspellings may become a hundred, several times
# over. Of a longer name the longest terms look children up; all of its terms rank them.
_MOST_TERMS = 3
# No part of a name is longer, and the index refuses to compare what is very long.
_LONGEST = 40
_TWO_SLIPS_FROM = 7
_SPLIT_FROM, _SPLIT_TO, _SHORTEST_HALF = 5, 16, 2
_BEGINNING_FROM = 3


def index_query(sought: Sought, today: date) -> str:
    """The query for records that may be of the child sought; empty if nothing of the name can be asked for.

    Where the day itself is right, or what people make of it, one of the names is enough; where the day is only about
    right, or only an age is known, two of them have to be like what was typed.
    """
    groups = _groups(sought.terms)
    if not groups:
        return ""
    any_name = f"{NAMES}:({' '.join(groups)})"
    two_names = _two_of(groups)
    if sought.date_of_birth is None:
        return f"+{BORN}:({' '.join(_years(sought.age, today))}) +{two_names}"
    days = days_meant(sought.date_of_birth)
    exactly = " ".join(f"{day:%Y%m%d}^{boost}" for day, boost in zip(days, (8, 6, 4, 4), strict=False))
    about = " ".join(_months(sought.date_of_birth))
    return f"(+{BORN}:({exactly}) +{any_name}) (+{BORN}:({about}) +{two_names})"


def born_words(day: date | None) -> str:
    """What a child's record of this day of birth is found by: day, month and year as figures, or that it says none."""
    return _UNDATED if day is None else f"{day:%Y%m%d} {day:%Y%m} {day:%Y}"


def _groups(terms: Sequence[str]) -> list[str]:
    """For each term all that it may stand for, as one clause. Initials are left to the ranking."""
    together: dict[str, set[str]] = {}
    terms = [term[:_LONGEST] for term in terms]
    for first, second in pairwise(terms):
        together.setdefault(first, set()).add(first + second)
        together.setdefault(second, set()).add(first + second)
    wanted = [term for term in terms if len(term) > 1] or list(terms)
    longest = sorted(wanted, key=len, reverse=True)[:_MOST_TERMS]
    return [_group(term, together.get(term, ())) for term in longest]


def _group(term: str, joined: Iterable[str]) -> str:
    words = [
        f"{term}^4",
        *(f"{form}^3" for form in sorted(other_forms(term))),
        *(f"{form}^3" for form in sorted(joined)),
    ]
    if len(term) >= _BEGINNING_FROM:
        words += [f"{term}*^2", f"{term}~{2 if len(term) >= _TWO_SLIPS_FROM else 1}^2"]
    if _SPLIT_FROM <= len(term) <= _SPLIT_TO:
        places = range(_SHORTEST_HALF, len(term) - _SHORTEST_HALF + 1)
        words += [f"(+{term[:at]} +{term[at:]})^2" for at in places]
    return f"({' '.join(words)})"


def _two_of(groups: Sequence[str]) -> str:
    if len(groups) == 1:
        return f"{NAMES}:{groups[0]}"
    # Each with any of those after it: shorter than every pair.
    pairs = [f"(+{NAMES}:{one} +{NAMES}:({' '.join(groups[at:])}))" for at, one in enumerate(groups[:-1], 1)]
    return f"({' '.join(pairs)})"


def _months(day: date) -> list[str]:
    first, last = day - SIX_MONTHS, day + SIX_MONTHS
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [_UNDATED, *(f"{month // 12:04d}{month % 12 + 1:02d}" for month in months)]


def _years(age: int | None, today: date) -> list[str]:
    if age is None:
        return []
    first = years_before(today, age + MOST_YEARS_OFF + 1).year
    last = years_before(today, max(age - MOST_YEARS_OFF, 0)).year
    return [_UNDATED, *(f"{year:04d}" for year in range(first, last + 1))]

"""Gates before publication: what a file does to the graph is looked at as a whole, and a strange one writes nothing.

`check` judges the file alone and each row of it; these judge what planning made of its children. Every gate counts rows
that are new or changed, has a share and a least number, and both must be passed: a file of one school or of one family
must never be stopped by chance. What stops is said with its figure and with what to do (matching.md 9).
"""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date

import pandas as pd

from graph.model.review import Doubt
from loaders.identify import Identified
from loaders.match import folded
from loaders.tables import values
from loaders.who import records


@dataclass(frozen=True)
class Limit:
    """More than this share, and at least so many, stop a file."""

    share: float
    least: int

    def passed(self, count: int, every: int) -> bool:
        """Whether so many of so many are too many."""
        return count >= self.least and count > self.share * every


# A column of which so much says nothing: BABY, NOT KNOWN, 1900. The worst real registers lack about 2 % of a name.
UNKNOWN = Limit(0.2, 50)
# Natural shares: the most common surname of a town 5 %, a forename 2 %, a birthday 0.5 %, a postcode 1 % (a hostel).
COMMON = {
    "family_name": Limit(0.25, 50),
    "forename": Limit(0.25, 50),
    "date_of_birth": Limit(0.25, 50),
    "postcode": Limit(0.25, 50),
}
# A postcode is some fifteen homes, and a hundred at most: no file has so many children of one.
AT_ONE_POSTCODE = 1_000
# 1 January is the birthday of 0.3 %, and of many whose day nobody knows.
NEW_YEAR = Limit(0.1, 50)
# 39 % of birthdays lie in the first twelve days of a month; where day and month are swapped nearly all that are left.
EARLY_DAYS = Limit(0.7, 100)
# Day and month are turned in one of a thousand records.
TURNED = Limit(0.05, 20)
# A key whose name and date of birth both changed is another child's: a correction changes one of them.
REUSED = Limit(0.01, 5)
# A register names a child once; twice registered at school are 1 %.
TWICE = Limit(0.05, 20)
# Rows that share a number and are of two children: two in a thousand are mistyped.
SHARED_NUMBER = Limit(0.02, 10)
# A number is withdrawn for an adoption, or for a mistake of the register: a few in ten thousand.
WITHDRAWN = Limit(0.02, 10)
# Of a feed at its worst a tenth goes to people; more is no work for people but a mistake of the file.
TO_REVIEW = Limit(0.2, 50)
# Of a sender's children, so many whom nobody knew at all: a school year, or a new estate, is less.
STRANGERS = Limit(0.5, 50)
# Links that together cannot be right are single cases.
IMPOSSIBLE = Limit(0.02, 10)
# Pairs that each new child is compared with, by one rule; thousands mean that the file has one value throughout.
PAIRS_EACH = 500
_FEWEST_COMPARED = 50


@dataclass(frozen=True)
class Told:
    """Of how many children the last full file of a scope was, and which records of this one are of the same parts."""

    children: int
    again: Set[str]


NOTHING_TOLD = Told(0, frozenset())


def judged(
    children: pd.DataFrame,
    before: pd.DataFrame,
    identified: Identified,
    *,
    register: bool,
    withdrawn: Set[str] = frozenset(),
    told: Told = NOTHING_TOLD,
) -> list[str]:
    """Why the file is not loaded, each figure in a sentence with its remedy; nothing for a file like any other.

    `children` are its records of children that are new or changed, `before` what the graph says of those whose key it
    knows (`record, forename, date_of_birth`), `withdrawn` the NHS numbers that hold no more, `told` of whom the last
    full file of the scope was, if this one is full as well.
    """
    if children.empty:
        return []
    errors = [*_of_columns(children, register), *_of_dates(children), *_of_keys(children, before)]
    errors += [*_of_numbers(children), *_of_withdrawn(children, withdrawn)]
    errors += [*_of_links(children, identified, register), *_of_strangers(identified, told)]
    return errors


def _of_columns(children: pd.DataFrame, register: bool) -> Iterable[str]:
    """Values that say nothing, and values that everybody has."""
    # Who sends cases may know a child by a number alone; a register knows names.
    numbered = children["nhs_number"].notna() | children["upn"].notna() | children["local_id"].notna()
    rows = children if register else children[~numbered]
    for column, word, real in (
        ("forename", "forename", records.name),
        ("family_name", "family name", records.name),
        ("date_of_birth", "date of birth", records.born),
    ):
        known = sum(text is not None and real(text) is not None for text in _texts(rows[column]))
        empty = len(rows) - known
        if UNKNOWN.passed(empty, len(rows)):
            yield (
                f"{_share(empty, len(rows))} of the children have no usable {word} (none, or a placeholder such as "
                f"BABY or 1 January); at most {UNKNOWN.share:.0%} may. Ask the supplier for a file with the real ones."
            )
    for column, limit in COMMON.items():
        counted = Counter(text for text in _texts(children[column]) if text)
        most = max(counted.values(), default=0)
        if limit.passed(most, len(children)):
            yield (
                f"{_share(most, len(children))} of the children have one and the same {column.replace('_', ' ')}; at "
                f"most {limit.share:.0%} may. Ask the supplier whether a column was filled by mistake."
            )
        elif column == "postcode" and most > AT_ONE_POSTCODE:
            yield (
                f"{most:,} children have one and the same postcode; at most {AT_ONE_POSTCODE:,} may: no postcode has "
                "so many homes. Ask the supplier whether the column was filled by mistake."
            )


def _of_dates(children: pd.DataFrame) -> Iterable[str]:
    days = [day for day in values(children["date_of_birth"]) if day is not None]
    first = sum((day.month, day.day) == (1, 1) for day in days)
    if NEW_YEAR.passed(first, len(days)):
        yield (
            f"{_share(first, len(days))} of the children are said to be born on 1 January; at most "
            f"{NEW_YEAR.share:.0%} may. Ask the supplier to leave unknown dates empty."
        )
    early = sum(day.day <= 12 for day in days)
    if EARLY_DAYS.passed(early, len(days)):
        yield (
            f"{_share(early, len(days))} of the dates of birth lie in the first twelve days of a month; 39 % do. Day "
            "and month seem to be swapped: ask the supplier for dates in the order that the feed demands."
        )


def _of_keys(children: pd.DataFrame, before: pd.DataFrame) -> Iterable[str]:
    """Known keys of which another child is told now, or whose dates are turned."""
    if before.empty:
        return
    was = {
        record: (given, day)
        for record, given, day in zip(
            values(before["record"]), folded(before["forename"]), _days(before["date_of_birth"]), strict=True
        )
    }
    both = turned = 0
    columns = (values(children["record"]), folded(children["forename"]), values(children["date_of_birth"]))
    for record, given, day in zip(*columns, strict=True):
        if record in was:
            old_name, old_day = was[record]
            both += bool(given and old_name and given != old_name and day and old_day and day != old_day)
            turned += _is_turned(day, old_day)
    if REUSED.passed(both, len(was)):
        yield (
            f"{both:,} of {len(was):,} changed records have both another forename and another date of birth than "
            f"before under the same key; at most {REUSED.share:.0%} may. The supplier seems to use keys again for "
            "other children: ask for a file with keys of their own."
        )
    if TURNED.passed(turned, len(was)):
        yield _turned_sentence(turned, len(was))


def _of_numbers(children: pd.DataFrame) -> Iterable[str]:
    names, born = folded(children["forename"]), values(children["date_of_birth"])
    for column, word in (("nhs_number", "NHS number"), ("upn", "UPN")):
        holders: dict[str, set[tuple[str, object]]] = {}
        for number, given, day in zip(values(children[column]), names, born, strict=True):
            if number:
                holders.setdefault(number, set()).add((given, day))
        shared = sum(_two_children(said) for said in holders.values())
        if SHARED_NUMBER.passed(shared, len(holders)):
            yield (
                f"{shared:,} of {len(holders):,} {word}s stand with two children of unlike forename and birthday; at "
                f"most {SHARED_NUMBER.share:.0%} may. Ask the supplier for a file with each child's own number."
            )


def _of_withdrawn(children: pd.DataFrame, withdrawn: Set[str]) -> Iterable[str]:
    over = sum(number in withdrawn for number in values(children["nhs_number"]))
    if WITHDRAWN.passed(over, len(children)):
        yield (
            f"{over:,} of {len(children):,} records have an NHS number that was withdrawn; at most "
            f"{WITHDRAWN.share:.0%} may. Ask the supplier for the numbers that are in use now."
        )


def _of_links(children: pd.DataFrame, identified: Identified, register: bool) -> Iterable[str]:
    matched = identified.matched
    mine = matched[matched["record"].isin(set(values(children["record"])))]
    count = len(mine)
    if register:
        persons = Counter(values(mine["person_id"]))
        twice = sum(rows for rows in persons.values() if rows > 1)
        if TWICE.passed(twice, count):
            yield (
                f"{_share(twice, count)} of the new records are several of one child; in this feed at most "
                f"{TWICE.share:.0%} may be. Ask the supplier whether rows or numbers were copied."
            )
    asked = Counter(row["reason"] for row in identified.proposals)
    if TO_REVIEW.passed(asked.total(), count):
        yield (
            f"{_share(asked.total(), count)} of the new records would have to be looked at by people; at most "
            f"{TO_REVIEW.share:.0%} may. Look at a dry run: a column may have shifted, or the numbers may be missing."
        )
    impossible = asked[str(Doubt.IMPOSSIBLE)]
    if IMPOSSIBLE.passed(impossible, count):
        yield (
            f"{impossible:,} of the {count:,} new records would give a child two numbers, three birthdays or a twin's "
            f"name; at most {IMPOSSIBLE.share:.0%} may. Ask the supplier whether numbers stand in the right rows."
        )
    turned = sum("born:turned:" in part for row in identified.weighed for part in row)
    if TURNED.passed(turned, count):
        yield _turned_sentence(turned, count)
    if identified.compared >= _FEWEST_COMPARED:
        yield from _of_pairs(identified)


def _of_strangers(identified: Identified, told: Told) -> Iterable[str]:
    """Who tells of the children of a place tells of most of them again, under whatever keys."""
    matched = identified.matched
    new = int(((matched["method"] == "new") & matched["record"].isin(told.again)).sum())
    if told.children >= STRANGERS.least and STRANGERS.passed(new, told.children):
        yield (
            f"{new:,} children of this file would be children whom nobody knew, and the file before told of "
            f"{told.children:,}; at most {STRANGERS.share:.0%} of that may be. Look at a dry run: a column may have "
            "shifted, or numbers may be missing."
        )


def _of_pairs(identified: Identified) -> Iterable[str]:
    rule, pairs = max(identified.figures.pairs.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    if pairs > PAIRS_EACH * identified.compared:
        yield (
            f"By {rule} each new child is like {pairs / identified.compared:,.0f} others; at most {PAIRS_EACH:,} are "
            "looked at. Ask the supplier whether these columns were filled by mistake."
        )


def _two_children(said: Iterable[tuple[str, object]]) -> bool:
    """Whether two of these differ in both forename and birthday."""
    every = [one for one in said if one[0] and one[1]]
    return any(one[0] != other[0] and one[1] != other[1] for one in every for other in every)


def _turned_sentence(turned: int, every: int) -> str:
    return (
        f"In {turned:,} of {every:,} records day and month of birth are the other way round than we know them; at most "
        f"{TURNED.share:.0%} may be. Ask the supplier for dates in the order that the feed demands."
    )


def _is_turned(one: date | None, other: date | None) -> bool:
    return bool(
        one and other and one != other and (one.year, one.month, one.day) == (other.year, other.day, other.month)
    )


def _days(column: "pd.Series") -> Sequence[date | None]:
    return [date.fromisoformat(day) if isinstance(day, str) else day for day in values(column)]


def _texts(column: "pd.Series") -> list[str | None]:
    return [cell.isoformat() if isinstance(cell, date) else cell for cell in values(column)]


def _share(count: int, every: int) -> str:
    return f"{count / every:.0%}"

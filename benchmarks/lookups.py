"""Look-ups with what people get wrong, drawn from the truth of a population: what is typed, and who is meant."""

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from graph.model.errors import SignpostError
from graph.model.intervals import age_on
from graph.model.visibility import State, state_of
from loaders.synthetic import truth
from loaders.synthetic.errors import misspelt
from loaders.synthetic.names import variants


@dataclass(frozen=True)
class LookUp:
    """One look-up: what is typed, of which kind its errors are, and the person of the truth who is meant."""

    kind: str
    culture: str
    person: str
    name: str = ""
    date_of_birth: str = ""
    age: str = ""
    nhs_number: str = ""
    upn: str = ""


@dataclass(frozen=True)
class Child:
    """A child as it truly is."""

    person: str
    culture: str
    forename: str
    middle: str
    family: str
    former: str
    born: date
    nhs_number: str
    upn: str


@dataclass
class _Slip:
    """Where errors come from: the same seed makes the same ones."""

    chance: random.Random
    generator: np.random.Generator
    today: date

    def hand(self, name: str) -> str:
        """The name with one slip, in one of its words: of the hand, or as it sounds."""
        words = name.split(" ")
        at = max(range(len(words)), key=lambda place: len(words[place]))
        heard = [(old, new) for old, new in _HEARD if old in words[at].lower()]
        if heard and self.chance.random() < 0.3:
            old, new = self.chance.choice(heard)
            words[at] = words[at].lower().replace(old, new, 1).title()
        else:
            words[at] = misspelt(words[at], self.generator)
        return " ".join(words)

    def days(self, born: date) -> date:
        """A day at most 6 months from the true one, and not in the future."""
        days = self.chance.choice([-1, 1]) * self.chance.randint(1, 182)
        return min(born + timedelta(days=days), self.today)


_HEARD = (
    *(("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("ie", "ei"), ("z", "s"), ("s", "z")),
    *(("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "oo"), ("ll", "l"), ("ss", "s"), ("sh", "ch"), ("w", "v")),
    ("v", "w"),
)
Making = Callable[[Child, _Slip], "LookUp | None"]


def make(population: Path, count: int, *, seed: int, today: date) -> Iterator[LookUp]:
    """So many look-ups, as many of each naming culture, kinds in the shares of KINDS; each of a child drawn at random.

    Children meant are those whom the directory holds on that day. A kind that does not fit a child is drawn again.
    """
    slip = _Slip(random.Random(seed), np.random.default_rng(seed), today)
    cultures: dict[str, list[Child]] = {}
    for child in children(population, today):
        cultures.setdefault(child.culture, []).append(child)
    if not cultures:
        raise SignpostError(f"{population} has no children. Make it by: python -m loaders synthesise.")
    kinds, shares = list(KINDS), [share for share, _ in KINDS.values()]
    names = sorted(cultures)
    for number in range(count):
        of_culture = cultures[names[number % len(names)]]
        made = None
        while made is None:
            kind = slip.chance.choices(kinds, shares)[0]
            # What few children have (a former name, a name with a hyphen) is looked for a while.
            made = next(filter(None, (KINDS[kind][1](slip.chance.choice(of_culture), slip) for _ in range(50))), None)
        yield LookUp(**(asdict(made) | {"kind": kind}))


def children(population: Path, today: date) -> list[Child]:
    """The children of a population whom the directory holds on that day."""
    table = truth.table(population, "person")
    found = []
    for row in table[table["kind"] == "child"].to_dict("records"):
        born = date.fromisoformat(row["dob"])
        died = date.fromisoformat(row["died_on"]) if row["died_on"] else None
        if state_of(born, died, today) is State.ARCHIVED:
            continue
        found.append(
            Child(
                person=row["person"],
                culture=row["culture"],
                forename=row["forename"],
                middle=row["middle"],
                family=row["family"],
                # By law nothing leads from an adopted child to the name before.
                former="" if row["adopted"] else row["former_family"],
                born=born,
                nhs_number=row["nhs_number"],
                upn=row["upn"],
            )
        )
    return found


def write(path: Path, lookups: Sequence[LookUp]) -> None:
    """Writes look-ups as a CSV file with a heading."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(LookUp)])
        table.writeheader()
        table.writerows(asdict(one) for one in lookups)


def read(path: Path) -> list[LookUp]:
    """The look-ups of a file; columns may stand in any order, and what is not needed may be missing."""
    with path.open(encoding="utf-8", newline="") as file:
        known = {field.name for field in fields(LookUp)}
        try:
            rows = [{name: value or "" for name, value in row.items() if name in known} for row in csv.DictReader(file)]
            return [LookUp(**row) for row in rows]
        except TypeError as error:
            raise SignpostError(f"{path.name} lacks a column: kind, culture and person are needed.") from error


def _asked(child: Child, name: str, born: date | None = None, **more: str) -> LookUp:
    day = "" if born is None else born.isoformat()
    return LookUp("", child.culture, child.person, " ".join(name.split()), day, **more)


def _plain(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {child.family}", child.born)


def _middle(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {child.middle} {child.family}", child.born) if child.middle else None


def _former(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {child.former}", child.born) if child.former else None


def _short(child: Child, slip: _Slip) -> str | None:
    forms = variants().get(child.forename)
    return f"{slip.chance.choice(forms)} {child.family}" if forms else None


def _short_form(child: Child, slip: _Slip) -> LookUp | None:
    name = _short(child, slip)
    return _asked(child, name, child.born) if name else None


def _short_form_and_months(child: Child, slip: _Slip) -> LookUp | None:
    name = _short(child, slip)
    return _asked(child, name, slip.days(child.born)) if name else None


def _first_misspelt(child: Child, slip: _Slip) -> LookUp | None:
    return _asked(child, f"{slip.hand(child.forename)} {child.family}", child.born) if child.forename else None


def _family_misspelt(child: Child, slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {slip.hand(child.family)}", child.born) if child.family else None


def _both_misspelt(child: Child, slip: _Slip) -> LookUp | None:
    if not (child.forename and child.family):
        return None
    return _asked(child, f"{slip.hand(child.forename)} {slip.hand(child.family)}", child.born)


def _other_order(child: Child, slip: _Slip) -> LookUp | None:
    comma = slip.chance.choice([",", ""])
    return _asked(child, f"{child.family}{comma} {child.forename}", child.born) if child.forename else None


def _one_name(child: Child, slip: _Slip) -> LookUp | None:
    names = [name for name in (child.forename, child.family) if name]
    return _asked(child, slip.chance.choice(names), child.born)


def _half_name(child: Child, slip: _Slip) -> LookUp | None:
    parts = child.family.replace("-", " ").split(" ")
    return _asked(child, f"{child.forename} {slip.chance.choice(parts)}", child.born) if len(parts) > 1 else None


def _joined_up(child: Child, _slip: _Slip) -> LookUp | None:
    name = f"{child.forename}|{child.family}"
    joined = name.replace("-", "").replace(" ", "")
    return _asked(child, joined.replace("|", " "), child.born) if joined != name else None


def _initial(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename[0]} {child.family}", child.born) if child.forename and child.family else None


def _swapped(child: Child) -> date | None:
    return child.born.replace(day=child.born.month, month=child.born.day) if child.born.day <= 12 else None


def _day_and_month(child: Child, slip: _Slip) -> LookUp | None:
    day = _swapped(child)
    if day is None or day == child.born or day > slip.today:
        return None
    return _asked(child, f"{child.forename} {child.family}", day)


def _misspelt_and_swapped(child: Child, slip: _Slip) -> LookUp | None:
    made = _day_and_month(child, slip)
    return made and _asked(child, slip.hand(made.name), date.fromisoformat(made.date_of_birth))


def _six_months(child: Child, slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {child.family}", slip.days(child.born))


def _years(child: Child, slip: _Slip) -> str:
    return str(min(max(age_on(child.born, slip.today) + slip.chance.choice([-1, 0, 0, 1]), 0), 17))


def _rough_age(child: Child, slip: _Slip) -> LookUp | None:
    return _asked(child, f"{child.forename} {child.family}", age=_years(child, slip))


def _misspelt_and_age(child: Child, slip: _Slip) -> LookUp | None:
    return _asked(child, slip.hand(f"{child.forename} {child.family}".strip()), age=_years(child, slip))


def _by_nhs_number(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, "", nhs_number=child.nhs_number) if child.nhs_number else None


def _by_upn(child: Child, _slip: _Slip) -> LookUp | None:
    return _asked(child, "", upn=child.upn) if child.upn else None


KINDS: dict[str, tuple[int, Making]] = {
    "as it is": (8, _plain),
    "with middle name": (5, _middle),
    "former family name": (7, _former),
    "short or other form": (10, _short_form),
    "first name misspelt": (10, _first_misspelt),
    "family name misspelt": (10, _family_misspelt),
    "both misspelt": (4, _both_misspelt),
    "other order": (6, _other_order),
    "one name only": (5, _one_name),
    "half of a double name": (4, _half_name),
    "joined up": (3, _joined_up),
    "initial": (2, _initial),
    "day and month swapped": (8, _day_and_month),
    "up to 6 months out": (8, _six_months),
    "rough age": (8, _rough_age),
    "misspelt, rough age": (3, _misspelt_and_age),
    "misspelt, swapped": (3, _misspelt_and_swapped),
    "short form, 6 months out": (3, _short_form_and_months),
    "NHS number": (3, _by_nhs_number),
    "UPN": (2, _by_upn),
}

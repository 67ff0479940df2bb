"""Names of invented people: short lists of our own, by naming culture, drawn with a skewed frequency."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from loaders.synthetic.identifiers import Ints, Texts

DATA = Path(__file__).parent / "data"
CULTURES = (
    "british", "south_asian", "arabic", "slavic", "iberian", "african", "patronymic", "chinese", "single",
)  # fmt: skip
SHARES = (0.735, 0.105, 0.035, 0.035, 0.025, 0.035, 0.012, 0.013, 0.005)
BRITISH, SOUTH_ASIAN, ARABIC, SLAVIC, IBERIAN, AFRICAN, PATRONYMIC, CHINESE, SINGLE = range(9)


@dataclass(frozen=True)
class NameList:
    """Names and the cumulated share of each."""

    names: Texts
    cumulated: npt.NDArray[np.float64]

    def draw(self, uniform: npt.NDArray[np.float64]) -> Texts:
        """The name that each number of [0, 1) falls on."""
        chosen: Texts = self.names[np.searchsorted(self.cumulated, uniform, side="right")]
        return chosen


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the data lists beside this module."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def lists() -> dict[tuple[int, str], NameList]:
    """The list of each culture and part: F and M are forenames, S are surnames."""
    found = {(CULTURES.index(row["culture"]), row["part"]): row["names"].split() for row in rows("names.csv")}
    # Surnames made as place names are: the long tail that a short list lacks.
    parts = {row["part"]: row["parts"].split() for row in rows("surname_parts.csv")}
    found[(BRITISH, "S")] += [stem + ending for stem in parts["stem"] for ending in parts["ending"]]
    found[(SINGLE, "S")] = found[(SINGLE, "F")] + found[(SINGLE, "M")]
    return {key: _ranked(names) for key, names in found.items()}


@cache
def variants() -> dict[str, tuple[str, ...]]:
    """Other spellings and short forms of a forename."""
    return {row["name"]: tuple(row["variants"].split()) for row in rows("variants.csv")}


def forenames(culture: Ints, male: npt.NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    """A forename for each person of a culture and sex."""
    drawn = np.empty(len(culture), dtype=object)
    uniform = rng.random(len(culture))
    for code in range(len(CULTURES)):
        for part, chosen in (("M", male), ("F", ~male)):
            mask = (culture == code) & chosen
            drawn[mask] = lists()[(code, part)].draw(uniform[mask])
    return drawn


def surnames(culture: Ints, rng: np.random.Generator) -> Texts:
    """A surname, in the form that a man of the family carries, for each person of a culture."""
    drawn = np.empty(len(culture), dtype=object)
    uniform = rng.random(len(culture))
    for code in range(len(CULTURES)):
        mask = culture == code
        drawn[mask] = lists()[(code, "S")].draw(uniform[mask])
    return drawn


def of_a_woman(surname: str) -> str:
    """The feminine form of a Slavic surname; any other is unchanged."""
    for ending, feminine in (("ski", "ska"), ("cki", "cka"), ("ov", "ova"), ("ev", "eva")):
        if surname.endswith(ending):
            return surname.removesuffix(ending) + feminine
    return surname


def _ranked(names: list[str]) -> NameList:
    weight = 1.0 / (np.arange(len(names)) + 12.0)
    # Without the last one, a number just below 1 always falls inside the list.
    return NameList(np.array(names, dtype=object), np.cumsum(weight / weight.sum())[:-1])

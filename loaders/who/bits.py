"""How much speaks for a pair, in bits, without Splink: the same sum of the same model, for a handful of pairs.

Splink lays out tables and plans SQL, which takes a third of a second however few the pairs are. What it then adds up
is little: for each part log2(m / u) of its level, what a rare name adds, and the prior. `scoring` says the same to a
millionth of a bit, and a test holds the two together.
"""

from collections.abc import Callable, Mapping
from math import log2

from loaders.who.comparisons import Comparison, Level, comparisons
from loaders.who.policy import Evidence
from loaders.who.scoring import number_of
from loaders.who.spoken import Row, spoken
from loaders.who.weights import LEAST_M, Rebased, frequency

Counted = Callable[[str, str], int]  # column, value → how many persons of the index have it


class Scale:
    """One model for one index, as it weighs pairs of records."""

    def __init__(self, rebased: Rebased, counted: Counted) -> None:
        """How common a name is, is asked of `counted` for each value that two records share."""
        self._rebased, self._counted = rebased, counted
        self._prior = log2(rebased.prior / (1 - rebased.prior))
        self._parts = [_Part(rebased, part) for part in comparisons()]
        self._rarity: dict[tuple[str, str], float] = {}

    def weigh(self, one: Row, other: Row) -> Evidence:
        """What speaks for the two records being one person's."""
        said: dict[str, str] = {}
        bits = []
        for part in self._parts:
            level, added = part.level(one, other)
            if level is not None and (column := part.rare.get(level)) is not None:
                added += self._rare(part, level, column, one[column])
            said[part.name] = level or "unknown"
            bits.append(added)
        return Evidence(
            record=other["key"],
            person=other["person"],
            weight=self._prior + sum(bits),
            given=said["given"],
            family=said["family"],
            middle=said["middle"],
            born=said["born"],
            sex=said["sex"],
            place=said["place"],
            nhs=number_of(said["nhs"]),
            upn=number_of(said["upn"]),
            multiple=bool(one["multiple"] or other["multiple"]),
            source=one["key"],
            bits=tuple(bits),
        )

    def _rare(self, part: "_Part", level: str, column: str, value: str) -> float:
        if (column, value) not in self._rarity:
            rebased = self._rebased
            share = frequency(rebased, column, value, self._counted(column, value))
            self._rarity[column, value] = part.chance[level] - log2(max(share, least_share(rebased)))
        return self._rarity[column, value]


class _Part:
    """One comparison: its levels from the surest, and what each adds."""

    def __init__(self, rebased: Rebased, part: Comparison) -> None:
        self.name = part.name
        self._unknown = spoken(part.unknown)
        self._levels = [(level.name, spoken(level.sql)) for level in part.levels[:-1]]
        self._last = part.levels[-1].name
        chances = {level.name: rebased.of(part, level) for level in part.levels}
        self._bits = {name: log2(max(chance.m, LEAST_M) / chance.u) for name, chance in chances.items()}
        self.chance = {name: log2(chance.u) for name, chance in chances.items()}
        self.rare: Mapping[str, str] = {
            level.name: level.frequency for level in part.levels if level.frequency and _weighs(rebased, part, level)
        }

    def level(self, one: Row, other: Row) -> tuple[str | None, float]:
        """The level of two records and its bits; None where one does not know the part."""
        if self._unknown(one, other):
            return None, 0.0
        found = next((name for name, holds in self._levels if holds(one, other)), self._last)
        return found, self._bits[found]


def least_share(rebased: Rebased) -> float:
    """No name counts as rarer than this."""
    return 1 / max(1_000, rebased.size)


def _weighs(rebased: Rebased, part: Comparison, level: Level) -> bool:
    """Whether rarity adds anything: what nearly always differs is no rarer for standing once."""
    return bool(rebased.of(part, level).u > 1 / max(1, rebased.size))

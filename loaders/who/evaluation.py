"""What a model does with people whom it has not seen: by feed, by naming culture, by band of weight, by rule."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from loaders.who.invented import Invented
from loaders.who.linking import Link, Linked, link
from loaders.who.policy import Outcome
from loaders.who.records import tidy
from loaders.who.weights import Model

# Bits at which the bands begin; the last has no end.
_BANDS = (-4, 0, 4, 6, 10, 14, 20)


@dataclass
class Figures:
    """What became of some records. Shares are of the records, recall of those whose person the index knows."""

    records: int = 0
    known: int = 0
    links: int = 0
    false: int = 0
    of_twins: int = 0  # of the false ones
    reviewed: int = 0
    made_twice: int = 0  # a new person, though the index knows them

    @property
    def precision(self) -> float:
        """The share of the links that are right; 1 where there is none."""
        return 1 - self.false / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """The share of the known that were linked rightly; 1 where nobody is known."""
        return (self.links - self.false) / self.known if self.known else 1.0

    @property
    def review(self) -> float:
        """The share that a person has to decide."""
        return self.reviewed / max(1, self.records)

    def add(self, other: "Figures") -> None:
        """Counts the other's records as well."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class Band:
    """How many best candidates had a weight in this band, and how many of them were right."""

    words: str
    pairs: int
    right: int


@dataclass(frozen=True)
class Evaluation:
    """What was found on one population."""

    all: Figures
    feeds: Mapping[str, Figures]
    cultures: Mapping[str, Figures]
    bands: tuple[Band, ...]
    pairs: Mapping[str, int]  # by rule, over all files
    reasons: Mapping[str, int]  # what decided, the most frequent first


def evaluate(model: Model, found: Invented) -> Evaluation:
    """The model's figures on a population of which the truth is known, one file a feed and supplier at a time."""
    right = tidy(found.right)
    truth = _Truth(found)
    feeds: dict[str, Figures] = {}
    cultures: dict[str, Figures] = {}
    weighed: list[tuple[float, bool]] = []
    pairs: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for feed, file in _files(found.left):
        linked = link(tidy(file), right, model=model)
        pairs.update(linked.pairs)
        reasons.update(str(decision.reason) for decision in linked.decisions.values())
        weighed += truth.weighed(linked)
        for key, figures in truth.figures(linked):
            feeds.setdefault(feed, Figures()).add(figures)
            cultures.setdefault(truth.culture(key), Figures()).add(figures)
    whole = Figures()
    for figures in feeds.values():
        whole.add(figures)
    return Evaluation(
        whole, feeds, dict(sorted(cultures.items())), tuple(_bands(weighed)), dict(pairs), dict(reasons.most_common())
    )


class _Truth:
    """Who each record truly is."""

    def __init__(self, found: Invented) -> None:
        self._person = found.person
        self._twins = found.twins
        self._cultures = found.cultures
        self._held = {found.person[key] for key in found.right["key"]}

    def culture(self, key: str) -> str:
        return self._cultures[self._person[key]]

    def figures(self, linked: Linked) -> Iterator[tuple[str, Figures]]:
        """What became of each record of the left file."""
        to = {each.left: each.right for each in linked.links}
        for key, decision in linked.decisions.items():
            known = self._person[key] in self._held
            wrong = key in to and not self._same(key, to[key])
            yield (
                key,
                Figures(
                    records=1,
                    known=int(known),
                    links=int(key in to),
                    false=int(wrong),
                    of_twins=int(wrong and self._person[key] in self._twins),
                    reviewed=int(decision.outcome is Outcome.REVIEW),
                    made_twice=int(known and decision.outcome is Outcome.NEW),
                ),
            )

    def weighed(self, linked: Linked) -> Iterator[tuple[float, bool]]:
        """The weight of every link and proposal that has one, and whether it is right."""
        every: Iterable[Link] = (*linked.links, *linked.proposals)
        for each in every:
            if each.weight is not None and each.weight >= _BANDS[0]:
                yield each.weight, self._same(each.left, each.right)

    def _same(self, one: str, other: str) -> bool:
        return self._person[one] == self._person[other]


def _files(left: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The feed and the records of each file, as they are loaded: of one feed and supplier."""
    parts = left["key"].str.split("/", n=2)
    for (feed, _), rows in left.groupby([parts.str[0], parts.str[1]], sort=True):
        yield str(feed), rows.reset_index(drop=True)


def _bands(weighed: Iterable[tuple[float, bool]]) -> Iterator[Band]:
    rest = list(weighed)
    ends = [*pairwise(_BANDS), (_BANDS[-1], float("inf"))]
    for low, high in ends:
        inside = [right for weight, right in rest if low <= weight < high]
        words = f"{low} to {high} bits" if high != float("inf") else f"{low} bits and more"
        yield Band(words, len(inside), sum(inside))

"""What each tier and each guard is worth: a population joined again with one of them switched off at a time.

`python -m benchmarks.worth --children 2000 --seed 3` prints for each the false links (those of twins among them), the
recall, what people are asked, and the second persons made. A guard is switched off here, from outside, and nowhere
else: no load has a way to do it.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.joins import AS_AT, Judge, Truth, join, opened, read_truth
from benchmarks.measure import Off, switched_off, table
from graph.model.file_names import Name
from graph.model.review import Doubt
from loaders import identify, match, plan
from loaders.registry import FEEDS
from loaders.state import State
from loaders.synthetic import synthesise
from loaders.tables import Tidy
from loaders.who import policy
from loaders.who.index import Index

_TWINS = (Doubt.CO_TWIN, Doubt.MULTIPLE_BIRTH)
_FAMILY = (
    Doubt.FORENAME_DIFFERS,
    Doubt.FORENAME_UNKNOWN,
    Doubt.NAMES_DIFFER,
    Doubt.NOTHING_EXACT,
    Doubt.BIRTHDAY_DIFFERS,
    Doubt.BIRTHDAY_UNKNOWN,
)
_NUMBERS = (Doubt.NUMBERS_CLASH, Doubt.NUMBER_ELSEWHERE)
_OF_NOBODY = ("authorities", "postcodes", "schools", "gp_practices", "directory")
_NO_LEAD = replace(policy.LIMITS, lead=float("-inf"))


class _NoSecondTier:
    """Whom the first tier knows nobody for stays a person of their own."""

    def __init__(self, people: Any, *_: object) -> None:
        self._people = people

    def go(self, *_: object) -> identify.Identified:
        """What the first tier has decided."""
        return identify.Identified(self._people.matched)


class _NoChildren:
    """The first tier's index, in which no child is: only carers are found."""

    def __init__(self, index: match.Index, children: set[str]) -> None:
        self._index, self._children, self.known_of = index, children, index.known_of

    def holders(self, number: str, held: Sequence[str], source: str, supplier: str) -> pd.DataFrame:
        """Who of the carers holds these numbers."""
        return self._kept(self._index.holders(number, held, source, supplier))

    def alike(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Who of the carers has these demographics."""
        return self._kept(self._index.alike(wanted))

    def _kept(self, found: pd.DataFrame) -> pd.DataFrame:
        return found[~found["person_id"].isin(self._children)]


def _second_tier_only(fresh: pd.DataFrame, state: State, file: identify.File) -> identify.Identified:
    with state.index() as known:
        children = known.ids()

    def carers_only(new: pd.DataFrame, index: match.Index, **given: str) -> pd.DataFrame:
        return match.match(new, _NoChildren(index, children), **given)

    with switched_off([(identify, "match", carers_only)]):
        return identify.identify(fresh, state, file)


def _without_vetoes(dropped: Iterable[Doubt]) -> list[Off]:
    """The policy's vetoes, and the doubts that join them, without these."""
    gone, vetoes, doubt = frozenset(dropped), policy.vetoes, identify._SecondTier._doubt

    def fewer(pair: policy.Evidence, limits: policy.Limits = policy.LIMITS) -> tuple[Doubt, ...]:
        return tuple(veto for veto in vetoes(pair, limits) if veto not in gone)

    def doubted(*given: Any) -> Doubt | None:
        found = doubt(*given)
        return None if found in gone else found

    return [(policy, "vetoes", fewer), (identify._SecondTier, "_doubt", doubted)]


def _no_holder_elsewhere() -> list[Off]:
    why_not = policy._why_not

    def unheld(best: policy.Evidence, rival: float | None, _: set[str], limits: policy.Limits) -> Any:
        return why_not(best, rival, set(), limits)

    return [(policy, "_why_not", unheld)]


def _never(*_: object) -> bool:
    return False


def _everybody(fits: Mapping[str, policy.Evidence]) -> list[policy.Evidence]:
    return [one for one in fits.values() if not policy.of_the_family(one)]


def _nothing_withdrawn(fresh: pd.DataFrame, state: State, file: identify.File) -> identify.Identified:
    return identify.identify(fresh, state, replace(file, withdrawn=frozenset()))


def _not_apart(people: Any, known: Index, _: object, *rest: Any) -> Any:
    return _SECOND_TIER(people, known, (), *rest)


_SECOND_TIER = identify._SecondTier
_NO_TWINS: list[Off] = [*_without_vetoes(_TWINS), (match.Known, "maybe_twins", _never)]
_NO_FAMILY: list[Off] = [*_without_vetoes(_FAMILY), (policy, "of_the_family", _never)]
_NO_NUMBERS: list[Off] = [*_without_vetoes(_NUMBERS), *_no_holder_elsewhere(), (match.Known, "clashes", _never)]
_NO_BARRIERS: list[Off] = [
    (identify, "_barred", _everybody),
    (plan, "identify", _nothing_withdrawn),
    (identify, "_SecondTier", _not_apart),
]
_LEAD: list[Off] = [
    (identify, "decide", partial(policy.decide, limits=_NO_LEAD)),
    (identify, "LIMITS", _NO_LEAD),
]
_CONSTRAINTS: list[Off] = [(identify, "broken", lambda _: ())]
_REGISTERS: list[Off] = [(identify._SecondTier, "_is_held", _never)]

SWITCHES: Mapping[str, tuple[str, list[Off]]] = {
    "everything": ("everything on", []),
    "first-tier": ("the first tier only", [(identify, "_SecondTier", _NoSecondTier)]),
    "second-tier": ("the second tier only", [(plan, "identify", _second_tier_only)]),
    "twins": ("without the guards of twins and multiple births", _NO_TWINS),
    "family": ("without the vetoes that tell brothers and sisters apart", _NO_FAMILY),
    "numbers": ("without the vetoes of numbers that clash", _NO_NUMBERS),
    "corroboration": ("without the veto of namesakes", _without_vetoes([Doubt.NAMESAKE])),
    "swapped": (
        "without the vetoes of swapped names and another sex",
        _without_vetoes([Doubt.NAMES_SWAPPED, Doubt.SEX_DIFFERS]),
    ),
    "vetoes": ("without any veto", _without_vetoes(Doubt)),
    "lead": ("without the lead over the next best", _LEAD),
    "constraints": ("without the constraints of one person's records", _CONSTRAINTS),
    "held": ("a sender's two records may be one child", _REGISTERS),
    "barriers": ("without barriers: two NHS numbers, withdrawn numbers, those held apart", _NO_BARRIERS),
}


@dataclass(frozen=True)
class Worth:
    """What came of a population with one thing switched off."""

    name: str
    words: str
    false: int
    twins: int  # of the false ones
    recall: float
    review: float
    second: int
    unasked: int  # of these nobody is asked about the right child


def worth(name: str, files: Sequence[tuple[Name, Tidy]], said: Truth) -> Worth:
    """What comes of these files with that switched off."""
    words, off = SWITCHES[name]
    with switched_off(off):
        whole = join(files, Judge(said)).whole
    return Worth(name, words, whole.wrong, whole.twins, whole.recall, whole.review, whole.second, whole.unasked)


def in_words(found: Iterable[Worth]) -> str:
    """The figures as a table."""
    headings = ("", "false", "of twins", "recall", "review", "second persons", "nobody asked")
    rows = [
        (one.words, one.false, one.twins, f"{one.recall:.4f}", f"{one.review:.2%}", one.second, one.unasked)
        for one in found
    ]
    return table(headings, rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints what each is worth on a population made for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worth", description=__doc__)
    parser.add_argument("--children", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="a population that is there already")
    parser.add_argument("--feed", action="append", metavar="NAME", help="of persons only this; may be repeated")
    parser.add_argument("--only", action="append", choices=SWITCHES, help="only this; may be repeated")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-worth-") as work:
        if given.folder is None:
            synthesise(Path(work), children=given.children, as_at=AS_AT, seed=given.seed)
        folder = given.folder or Path(work)
        said = read_truth(folder)
        kept = {*_OF_NOBODY, *(given.feed or FEEDS)}
        files = [(name, tidy) for name, tidy in opened(folder) if name.feed in kept]
    found = []
    for name in given.only or SWITCHES:
        found.append(worth(name, files, said))
        print(found[-1], file=sys.stderr, flush=True)
    print(json.dumps([vars(one) for one in found], indent=1) if given.json else in_words(found))


if __name__ == "__main__":
    main()

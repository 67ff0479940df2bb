"""How whole populations are joined: every file planned as a first load does, in memory, beside the truth.

`python -m benchmarks.joins --children 20000 --seed 3` prints for each feed and naming culture how many records were
linked to the right child and to a wrong one, sent to review (with the right child or another), and made a second person
of a known child; then each aim of issue 5 beside what came out, and how wrong the records themselves are.
An adopted child's entry of birth is of another life: joining or proposing it with the new one is counted as wrong.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.faults import ASKED, Faults
from benchmarks.measure import Peaks, snapshot, table
from graph.model.file_names import Name
from loaders.bulk import TableState
from loaders.check import check_file
from loaders.commands import files_of
from loaders.feed import Context
from loaders.plan import Plan, Scope, plan_load
from loaders.registry import FEEDS
from loaders.synthetic import synthesise, truth
from loaders.tables import Tidy, values
from loaders.who.invented import drawn_by_name
from loaders.who.report import bound

AS_AT = date(2026, 11, 20)
# Issue 5: at most 3 false links in 270,000; the rest are shares of the records, of those of known children for recall.
FALSE_LINKS, RECALL, REVIEW, DUPLICATES, CULTURES_APART = 3 / 270_000, 0.985, 0.015, 0.001, 0.01
# The registers by which the directory first hears of a child.
_FIRST_HEARD = ("births", "pds")


@dataclass
class Tally:
    """What became of some children's records: those of one feed, or of one naming culture."""

    records: int = 0
    right: int = 0
    wrong: int = 0
    twins: int = 0  # of the wrong ones: joined to a child of the same birth
    new: int = 0
    second: int = 0  # a second person of a child whom the graph knew
    unasked: int = 0  # of these nobody is asked about the right child: a duplicate is made
    review_right: int = 0  # people are asked about the right child
    review_wrong: int = 0
    cotwins: int = 0  # not known yet, of whom a child of the same birth is
    cotwins_joined: int = 0
    aside: int = 0
    seconds: float = 0.0
    methods: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """The share of the records of known children that were linked rightly; 1 where there is none."""
        known = self.right + self.wrong + self.second
        return self.right / known if known else 1.0

    @property
    def review(self) -> float:
        """The share of the records about which people are asked."""
        return (self.review_right + self.review_wrong) / max(1, self.records)

    def add(self, other: "Tally") -> None:
        """Counts the other's records as well."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)


@dataclass
class Truth:
    """Who of the truth each record is."""

    person: dict[tuple[str, str, str], str]
    adopted: set[str]
    cultures: dict[str, str] = field(default_factory=dict)
    births: dict[str, str] = field(default_factory=dict)  # of a multiple birth: its first child
    carers: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def life(self, feed: str, supplier: str, key: str) -> str | None:
        """The child, of an adopted one's entry of birth the life before; None if it is no child's record."""
        person = self.person.get((feed, supplier, key))
        return f"{person}{_BEFORE}" if person in self.adopted and feed == "births" else person

    def culture(self, life: str) -> str:
        """The naming culture of the child."""
        return self.cultures[life.removesuffix(_BEFORE)]

    def of_file(self, feed: str, supplier: str) -> dict[str, str]:
        """The child of each record of one file, by key."""
        return {key: who for (of, by, key), who in self.person.items() if (of, by) == (feed, supplier)}


_BEFORE = " before"


def read_truth(folder: Path) -> Truth:
    """The truth beside a population."""
    said = truth.table(folder, "records")
    # A mistyped number may be the key of two rows: the file's second is refused, and nobody knows here which that was.
    said = said.drop_duplicates(["feed", "supplier", "key"], keep=False)
    people = truth.table(folder, "person")
    mates = people[people["twin_of"] != ""]
    lead = dict(zip(mates["person"], mates["twin_of"], strict=True))
    who = {(feed, supplier, key): person for feed, supplier, key, person in said.itertuples(index=False)}
    return Truth(
        {key: person for key, person in who.items() if person.startswith("C")},
        set(people.loc[people["adopted"] == "Y", "person"]),
        dict(zip(people["person"], people["culture"], strict=True)),
        lead | {first: first for first in lead.values()},
        {key: person for key, person in who.items() if not person.startswith("C")},
    )


@dataclass(frozen=True)
class _Row:
    """One child's record: whose life it truly is, whom it was given to, and how."""

    life: str
    person: str
    method: str
    record: str


class Judge:
    """Compares plans with the truth, one after another."""

    def __init__(self, said: Truth) -> None:
        """Begins with nobody known."""
        self.said = said
        self.votes: dict[str, Counter[str]] = defaultdict(Counter)
        self.known: set[str] = set()
        self.known_births: dict[str, set[str]] = defaultdict(set)
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.cultures: dict[str, Tally] = defaultdict(Tally)
        self.carers: dict[str, set[str]] = defaultdict(set)  # person → who of the truth it is
        self.wrong: list[dict[str, object]] = []
        self.left: list[dict[str, object]] = []  # what is not linked to its child, with the question, if there is one

    @property
    def whole(self) -> Tally:
        """What became of every record."""
        whole = Tally()
        for tally in self.tallies.values():
            whole.add(tally)
        return whole

    def judge(self, plan: Plan, seconds: float) -> None:
        """Counts what became of the children's records of one plan."""
        tally = self.tallies[plan.scope.source]
        tally.seconds += seconds
        tally.aside += plan.counts["quarantined"]
        tally.reasons.update(row["reason"] for row in plan.proposals)
        carers = plan.records[plan.records["subject"] == "carer"]
        for key, person in zip(values(carers["key"]), values(carers["subject_id"]), strict=True):
            self.carers[person].add(self.said.carers.get((plan.scope.source, plan.scope.supplier, key), key))
        children = plan.records[plan.records["subject"] == "child"]
        columns = (values(children[name]) for name in ("key", "subject_id", "method", "record"))
        rows = [
            _Row(life, person, method, record)
            for key, person, method, record in zip(*columns, strict=True)
            if (life := self.said.life(plan.scope.source, plan.scope.supplier, key)) is not None
        ]
        made = {row["person_id"] for row in plan.persons}
        here: dict[str, Counter[str]] = defaultdict(Counter)
        lives: set[str] = set()
        outcomes = []
        for row in rows:
            outcomes.append((row, self._outcome(row, plan, made, here, lives)))
            here[row.person][row.life] += 1
            lives.add(row.life)
        self._questions(plan, outcomes, here)
        for row, one in outcomes:
            tally.add(one)
            self.cultures[self.said.culture(row.life)].add(one)
        for person, counted in here.items():
            self.votes[person].update(counted)
        self.known |= lives
        for row in rows:
            if row.life in self.said.births:
                self.known_births[self.said.births[row.life]].add(row.life)

    def _outcome(
        self, row: _Row, plan: Plan, made: set[str], here: Mapping[str, Counter[str]], lives: set[str]
    ) -> Tally:
        one = Tally(records=1, methods=Counter({row.method: 1}))
        before = self.votes[row.person] if row.person not in made else here.get(row.person)
        birth = self.said.births.get(row.life)
        if birth is not None and row.life not in self.known and self.known_births[birth] - {row.life}:
            one.cotwins = 1
        if not before:
            one.new = 1
            one.second = int(row.life in self.known or row.life in lives)
        elif before.most_common(1)[0][0] == row.life:
            one.right = 1
        else:
            joined = before.most_common(1)[0][0]
            one.wrong, one.cotwins_joined = 1, one.cotwins
            one.twins = int(birth is not None and self.said.births.get(joined) == birth)
            self.wrong.append(
                {"feed": plan.scope.source, "record": row.record, "method": row.method, "life": row.life}
                | {"joined": dict(before), "twin": bool(one.twins)}
            )
        return one

    def _questions(self, plan: Plan, outcomes: list[tuple[_Row, Tally]], here: Mapping[str, Counter[str]]) -> None:
        """Counts what people are asked, at the record that is asked about, and who became a second person unasked."""
        about = {row["record"]: row for row in plan.proposals}
        rightly: set[str] = set()
        for row, one in outcomes:
            if (question := about.get(row.record)) is not None:
                counted = self.votes[question["candidate"]] or here.get(question["candidate"], Counter())
                right = bool(counted) and counted.most_common(1)[0][0] == row.life
                one.review_right, one.review_wrong = int(right), int(not right)
                rightly |= {row.person} if right else set()
        for row, one in outcomes:
            one.unasked = int(one.second and row.person not in rightly)
            if one.second or one.review_right or one.review_wrong:
                self.left.append(
                    {"feed": plan.scope.source, "record": row.record, "life": row.life, "unasked": bool(one.unasked)}
                    | {"asked": about.get(row.record)}
                )


def opened(folder: Path) -> Iterator[tuple[Name, Tidy]]:
    """Every file of the folder that a first load would take, tidied: the first of each feed and supplier."""
    seen: set[tuple[str, str]] = set()
    for path, name in files_of(folder)[0]:
        if (name.feed, name.supplier) in seen:
            continue
        seen.add((name.feed, name.supplier))
        context = Context(name.supplier, pd.Timestamp(name.as_at), None, b"joins")
        checked = check_file(FEEDS[name.feed], path, context=context, name=name)
        if checked.would_load:
            yield name, checked.tidy


def join(files: Iterable[tuple[Name, Tidy]], judge: Judge, *, tell: Callable[[str], None] = lambda _: None) -> Judge:
    """The same judge after every file has been planned in memory, one after another."""
    state = TableState()
    for number, (name, tidy) in enumerate(files, 1):
        begun = time.perf_counter()
        plan = plan_load(tidy, Scope(FEEDS[name.feed], name.supplier, name.as_at, name.full, number), state)
        judge.judge(plan, time.perf_counter() - begun)
        state.take(plan)
        tell(f"{name.feed}.{name.supplier}: {len(plan.records):,} records in {time.perf_counter() - begun:.0f} s")
    return judge


def run(
    folder: Path, *, unknown: float = 0.0, faults: Faults | None = None, tell: Callable[[str], None] = lambda _: None
) -> Judge:
    """What becomes of a folder's files.

    Of the share `unknown` of the children the registers by which the directory first hears of a child say nothing.
    `faults` counts the errors of the records on the way.
    """
    judge = Judge(read_truth(folder))

    def files() -> Iterator[tuple[Name, Tidy]]:
        for name, tidy in opened(folder):
            person_of = judge.said.of_file(name.feed, name.supplier)
            kept = without(tidy, person_of, unknown) if unknown and name.feed in _FIRST_HEARD else tidy
            if faults is not None:
                faults.count(name.feed, kept, person_of)
            yield name, kept

    return join(files(), judge, tell=tell)


def without(tidy: Tidy, person_of: Mapping[str, str], share: float) -> Tidy:
    """The file without that share of its children, the same children in every file."""
    keys = values(tidy.records["key"])
    kept = [key not in person_of or not drawn_by_name(person_of[key], share) for key in keys]
    return replace(tidy, records=tidy.records[kept].reset_index(drop=True))


@dataclass(frozen=True)
class Aim:
    """One aim of issue 5 beside what came out."""

    words: str
    aim: str
    found: str
    met: bool


def aims(judge: Judge) -> list[Aim]:
    """Every aim of issue 5 for the joining of a hold-out, each met or missed."""
    whole = judge.whole
    links = whole.right + whole.wrong
    most = bound(whole.wrong, links)
    cultures = judge.cultures.values()
    known = [each.right + each.wrong + each.second for each in cultures]
    every = [each.records for each in cultures]
    apart = {
        name: (
            max(getattr(each, name) for each in cultures) - min(getattr(each, name) for each in cultures),
            by_chance(sizes, getattr(whole, name)),
        )
        for name, sizes in (("recall", known), ("review", every))
    }
    duplicates = whole.unasked / max(1, whole.records)
    return [
        Aim(
            "false links",
            "at most 3 in 270,000",
            f"{whole.wrong:,} in {links:,}; with 95 % confidence at most {most or 0:.2g} of the links",
            whole.wrong <= FALSE_LINKS * links,
        ),
        Aim("false links of twins", "none", f"{whole.twins:,}", whole.twins == 0),
        Aim("recall", f">= {RECALL}", f"{whole.recall:.4f}", whole.recall >= RECALL),
        Aim("to review", f"<= {REVIEW:.1%}", f"{whole.review:.2%} of {whole.records:,}", whole.review <= REVIEW),
        Aim("duplicates made", f"<= {DUPLICATES:.1%}", f"{duplicates:.3%}", duplicates <= DUPLICATES),
        *(
            Aim(
                f"naming cultures apart in {name}",
                "<= 1 point",
                f"{100 * far:.2f} points; by chance alone up to {100 * chance:.2f} in 19 of 20 draws",
                far <= CULTURES_APART,
            )
            for name, (far, chance) in apart.items()
        ),
        Aim(
            "co-twins not yet known, joined",
            "none",
            f"{whole.cotwins_joined:,} of {whole.cotwins:,}",
            whole.cotwins_joined == 0,
        ),
    ]


def by_chance(sizes: Sequence[int], share: float) -> float:
    """How far apart the shares of groups of these sizes are in 19 of 20 draws, although each has that same share."""
    filled = np.array([size for size in sizes if size])
    if not len(filled):
        return 0.0
    drawn = np.random.default_rng(1).binomial(filled, share, (2_000, len(filled))) / filled
    return float(np.quantile(np.ptp(drawn, axis=1), 0.95))


_COUNTS = ("records", "right", "wrong", "twins", "new", "second", "unasked", "review_right", "review_wrong", "aside")


def in_words(judge: Judge, faults: Faults | None = None) -> str:
    """The figures as tables."""
    whole = judge.whole
    by = [*judge.tallies.items(), ("all", whole)]
    feeds = [(name, *(getattr(each, one) for one in _COUNTS), round(each.seconds)) for name, each in by if each.records]
    cultures = [
        (name, each.records, f"{each.recall:.4f}", f"{each.review:.2%}", each.wrong, each.unasked)
        for name, each in sorted(judge.cultures.items())
    ]
    said = [(one.words, one.aim, one.found, "met" if one.met else "MISSED") for one in aims(judge)]
    return "\n\n".join(
        [
            table(("feed", *_COUNTS, "seconds"), feeds),
            f"by {dict(whole.methods.most_common())}",
            "{carers:,} carers are {persons:,} persons, {mixed:,} of them two carers or more".format(**_carers(judge)),
            "\n".join(f"{count:6,} to review: {reason}" for reason, count in whole.reasons.most_common()),
            table(("naming culture", "records", "recall", "review", "wrong", "unasked"), cultures),
            table(("aim", "asked for", "found", ""), said),
            *([faults.in_words()] if faults is not None else []),
        ]
    )


def _carers(judge: Judge) -> dict[str, int]:
    known = judge.carers.values()
    return {
        "carers": len(set().union(*known)),
        "persons": len(known),
        "mixed": sum(len(who) > 1 for who in known),
    }


def _plain(tally: Tally) -> dict[str, Any]:
    """The tally as JSON takes it; `asdict` makes a Counter of pairs out of a Counter."""
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(tally).items()}


def in_json(judge: Judge, faults: Faults | None = None) -> dict[str, Any]:
    """The same as one object."""
    said: dict[str, Any] = {
        "feeds": {feed: _plain(tally) for feed, tally in judge.tallies.items()},
        "cultures": {
            name: {"records": each.records, "recall": each.recall, "review": each.review, "wrong": each.wrong}
            for name, each in sorted(judge.cultures.items())
        },
        "carers": _carers(judge),
        "aims": [asdict(one) for one in aims(judge)],
        "peak_mb": snapshot(Peaks()).loader,
    }
    if faults is not None:
        said["errors"] = {"found": faults.shares(), "asked_for": dict(ASKED), "lower": faults.lower()}
    return said


def main(arguments: Iterable[str] | None = None) -> None:
    """Prints the figures of a population made for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joins", description=__doc__)
    parser.add_argument("--children", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="a population that is there already")
    parser.add_argument(
        "--unknown", type=float, default=0.0, metavar="SHARE", help="of the children, not in births and PDS (0.08)"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    with tempfile.TemporaryDirectory(prefix="signpost-joins-") as work:
        if given.folder is None:
            synthesise(Path(work), children=given.children, as_at=AS_AT, seed=given.seed)
        folder = given.folder or Path(work)
        faults = Faults(folder)
        judge = run(
            folder, unknown=given.unknown, faults=faults, tell=lambda text: print(text, file=sys.stderr, flush=True)
        )
    print(json.dumps(in_json(judge, faults), indent=1) if given.json else in_words(judge, faults))
    for one in judge.wrong:
        print(one, file=sys.stderr)


if __name__ == "__main__":
    main()

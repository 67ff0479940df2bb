"""How whole populations are joined: every file planned as a first load does, in memory, beside the truth.

`python -m benchmarks.joins --children 20000 --seed 3` prints for each feed how many records were linked to the right
child and to a wrong one, sent to review (with the right child or another), and made a second person of a known child.
An adopted child's entry of birth is of another life: joining or proposing it with the new one is counted as wrong.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from loaders.bulk import TableState
from loaders.check import check_file
from loaders.commands import files_of
from loaders.feed import Context
from loaders.plan import Plan, Scope, plan_load
from loaders.registry import FEEDS
from loaders.synthetic import synthesise, truth
from loaders.tables import values

AS_AT = date(2026, 11, 20)


@dataclass
class Tally:
    """What became of the children's records of one feed."""

    records: int = 0
    right: int = 0
    wrong: int = 0
    new: int = 0
    second: int = 0  # a second person of a child whom the graph knew
    review_right: int = 0  # of these a person is asked about the right child
    review_wrong: int = 0
    aside: int = 0
    seconds: float = 0.0
    methods: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Truth:
    """Who of the truth each record is."""

    person: dict[tuple[str, str, str], str]
    adopted: set[str]
    carer: dict[tuple[str, str, str], str]

    def life(self, feed: str, supplier: str, key: str) -> str | None:
        """The child, of an adopted one's entry of birth the life before; None if it is no child's record."""
        person = self.person.get((feed, supplier, key))
        return f"{person} before" if person in self.adopted and feed == "births" else person


def read_truth(folder: Path) -> Truth:
    """The truth beside a population."""
    # A mistyped number may be the key of two rows: the file's second is refused, and nobody knows here which that was.
    said = truth.table(folder, "records").drop_duplicates(["feed", "supplier", "key"], keep=False)
    people = truth.table(folder, "person")
    who = {(feed, supplier, key): person for feed, supplier, key, person in said.itertuples(index=False)}
    return Truth(
        {key: person for key, person in who.items() if person.startswith("C")},
        set(people.loc[people["adopted"] == "Y", "person"]),
        {key: person for key, person in who.items() if not person.startswith("C")},
    )


class Judge:
    """Compares plans with the truth, one after another."""

    def __init__(self, said: Truth) -> None:
        """Begins with nobody known."""
        self.said = said
        self.votes: dict[str, Counter[str]] = defaultdict(Counter)
        self.known: set[str] = set()
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.wrong: list[dict[str, object]] = []
        self.carers: dict[str, set[str]] = defaultdict(set)  # person → who of the truth it is

    def judge(self, plan: Plan, seconds: float) -> None:
        """Counts what became of the children's records of one plan."""
        tally = self.tallies[plan.scope.source]
        tally.seconds += seconds
        tally.reasons.update(row["reason"] for row in getattr(plan, "proposals", ()))
        tally.aside += plan.counts["quarantined"]
        carers = plan.records[plan.records["subject"] == "carer"]
        for key, person in zip(values(carers["key"]), values(carers["subject_id"]), strict=True):
            self.carers[person].add(self.said.carer.get((plan.scope.source, plan.scope.supplier, key), key))
        children = plan.records[plan.records["subject"] == "child"]
        rows = [
            (self.said.life(plan.scope.source, plan.scope.supplier, key), person, method, record)
            for key, person, method, record in zip(
                *(values(children[name]) for name in ("key", "subject_id", "method", "record")), strict=True
            )
        ]
        made = {row["person_id"] for row in plan.persons}
        proposed = {row["record"]: row["candidate"] for row in getattr(plan, "proposals", ())}
        here: dict[str, Counter[str]] = defaultdict(Counter)
        lives = {life for life, *_ in rows if life}
        for life, person, method, record in rows:
            if life is None:
                continue
            tally.records += 1
            tally.methods[method] += 1
            self._row(tally, plan, (life, person, method, record), made, here)
            here[person][life] += 1
        for life, _, _, record in rows:
            if life and record in proposed:
                self._proposal(tally, life, proposed[record], record, here)
        for person, counted in here.items():
            self.votes[person].update(counted)
        self.known |= lives

    def _row(
        self,
        tally: Tally,
        plan: Plan,
        row: tuple[str, str, str, str],
        made: set[str],
        here: dict[str, Counter[str]],
    ) -> None:
        life, person, method, record = row
        before = self.votes[person] if person not in made else here[person]
        if not before:
            tally.new += 1
            tally.second += life in self.known or any(life in counted for counted in here.values())
        elif before.most_common(1)[0][0] == life:
            tally.right += 1
        else:
            tally.wrong += 1
            self.wrong.append(
                {"feed": plan.scope.source, "record": record, "method": method, "life": life, "joined": dict(before)}
            )

    def _proposal(self, tally: Tally, life: str, candidate: str, record: str, here: dict[str, Counter[str]]) -> None:
        counted = self.votes[candidate] or here[candidate]
        if counted and counted.most_common(1)[0][0] == life:
            tally.review_right += 1
        else:
            tally.review_wrong += 1


def run(folder: Path) -> Judge:
    """Every file of the folder that a first load would take, planned in memory and judged."""
    judge, state = Judge(read_truth(folder)), TableState()
    seen: set[tuple[str, str]] = set()
    for number, (path, name) in enumerate(files_of(folder)[0], 1):
        if (name.feed, name.supplier) in seen:
            continue
        seen.add((name.feed, name.supplier))
        feed = FEEDS[name.feed]
        context = Context(name.supplier, pd.Timestamp(name.as_at), None, b"joins")
        checked = check_file(feed, path, context=context, name=name)
        if not checked.would_load:
            continue
        begun = time.perf_counter()
        plan = plan_load(checked.tidy, Scope(feed, name.supplier, name.as_at, name.full, number), state)
        judge.judge(plan, time.perf_counter() - begun)
        state.take(plan)
    return judge


def in_words(judge: Judge) -> str:
    """The figures as a table."""
    names = ("records", "right", "wrong", "new", "second", "review_right", "review_wrong", "aside", "seconds")
    lines = [f"{'feed':22}" + "".join(f"{name:>13}" for name in names)]
    total = Tally()
    for feed, tally in judge.tallies.items():
        if tally.records:
            lines.append(f"{feed:22}" + "".join(f"{getattr(tally, name):>13,.0f}" for name in names))
            for name in names:
                setattr(total, name, getattr(total, name) + getattr(tally, name))
            total.methods.update(tally.methods)
            total.reasons.update(tally.reasons)
    lines.append(f"{'all':22}" + "".join(f"{getattr(total, name):>13,.0f}" for name in names))
    lines.append(f"by {dict(total.methods.most_common())}")
    known = len(set().union(*judge.carers.values()))
    mixed = sum(len(who) > 1 for who in judge.carers.values())
    lines.append(f"{known:,} carers are {len(judge.carers):,} persons; {mixed:,} persons are two carers or more")
    lines += [f"{count:6,} to review: {reason}" for reason, count in total.reasons.most_common()]
    return "\n".join(lines)


def main(arguments: Iterable[str] | None = None) -> None:
    """Prints the figures of a population made for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joins", description=__doc__)
    parser.add_argument("--children", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="a population that is there already")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    with tempfile.TemporaryDirectory(prefix="signpost-joins-") as work:
        if given.folder is None:
            synthesise(Path(work), children=given.children, as_at=AS_AT, seed=given.seed)
        judge = run(given.folder or Path(work))
    if given.json:
        print(json.dumps({feed: asdict(tally) for feed, tally in judge.tallies.items()}, indent=1))
        return
    print(in_words(judge))
    for one in judge.wrong:
        print(one, file=sys.stderr)


if __name__ == "__main__":
    main()

"""Shields on trial: generated files speak of shielded children among others, and none of these may become visible.

`python -m benchmarks.shields --feeds 10000 --seed 5` plans each file by the real planner, in memory, against an
invented area of 2,000 children of whom 10 are shielded. A child is visible if a person without a shield, and outside
quarantine, holds a record that is truly about the child. What shares no key at all with anything known of the child
cannot be told from a stranger by anybody: it is counted apart, and is no success.
"""

import argparse
import copy
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.joins import AS_AT, Truth, read_truth
from benchmarks.measure import switched_off
from graph.model.identifiers import is_nhs_number, is_upn
from graph.model.nicknames import other_forms
from graph.services.shields import Guard, guard_of
from loaders import identify
from loaders import plan as planning
from loaders.again import SAID
from loaders.bulk import TableState
from loaders.check import check_file
from loaders.commands import files_of
from loaders.feed import Context
from loaders.match import match
from loaders.plan import Plan, Scope, plan_load, record_id
from loaders.registry import FEEDS
from loaders.state import KNOWN, OPEN_FACTS, State
from loaders.synthetic import synthesise, truth
from loaders.synthetic.errors import NEIGHBOURS
from loaders.synthetic.identifiers import valid_nhs_block
from loaders.tables import ENTITY_COLUMNS, FACT_COLUMNS, PERSON_SUBJECTS, RECORD_COLUMNS, Tidy, shaped, values
from loaders.who import candidates
from loaders.who.identities import lay_out, observed

CHILDREN, SHIELDED, MOST_ROWS = 2_000, 10, 50
BASE = ("births", "pds", "school_census")
SPEAKING = ("births", "pds", "school_census", "common_transfer_file", "child_benefit", "involvements")
# How many of a row's things happen; the children of the area err as often as the shielded ones.
_CHANGED = {"nothing": 20, "moved": 22, "adopted": 22, "renamed": 14, "swapped": 6, "known as": 8, "at birth": 8}
_SLIPS = {"": 46, "forename": 14, "family": 12, "turned": 8, "day": 6, "postcode": 8, "number": 6}
_MILDER = 0.15  # of the rows about others something has happened since
_UNDONE, _AGAIN, _MOST_IN_A_ROW = 0.15, 0.5, 6
_NEW_NUMBERS = 995  # where the numbers of adopted children begin: the population has its own


@dataclass(frozen=True)
class Life:
    """A child as a file might tell of it."""

    forename: str
    middle: str
    family: str
    born: date
    sex: str
    postcode: str
    line: str
    nhs: str | None
    upn: str | None
    preferred: str | None = None
    known_as: str | None = None
    former: str | None = None


@dataclass
class Tally:
    """What became of the rows of all files."""

    feeds: int = 0
    loads: int = 0
    undone: int = 0
    whole: int = 0  # loads planned with the second tier: shields are decided before it, and it takes nine tenths
    rows: int = 0
    about_shielded: int = 0
    attached: int = 0  # to the shielded child
    put_aside: int = 0  # of the rows about shielded children
    visible: int = 0  # although a blocking key is shared with something known of the child
    through_waiting: int = 0  # visible; only a row that waits tells that the two are one
    unknowable: int = 0  # visible; no key is shared with anything known
    innocent: int = 0
    innocent_aside: int = 0
    stopped: int = 0  # files that a gate would have stopped; they are loaded all the same
    seconds: float = 0.0
    unknowable_by: Counter[str] = field(default_factory=Counter)
    visible_by: Counter[str] = field(default_factory=Counter)


class Memory(TableState):
    """A graph in memory that files come to again and again: records change, end, and are taken back."""

    def __init__(self, guards: Sequence[Guard] = ()) -> None:
        """Begins with nothing but the shields that are in force."""
        super().__init__(guards)
        self._versions: dict[str, tuple[int, str, bool, str, str, str, str]] = {}
        self._ended: dict[str, str] = {}
        self._uses: dict[tuple[str, str], dict[str, int]] = {}
        self.whole = True

    @property
    def hidden(self) -> set[str]:
        """Whom a shield is over."""
        return {guard.person_id for guard in self._guards if guard.person_id is not None}

    def identities(self) -> pd.DataFrame:
        """Every record of a child; none while the second tier is left out."""
        every = super().identities()
        return every if self.whole else every.iloc[:0]

    def fork(self) -> "Memory":
        """The same state, which can go on by itself."""
        twin = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | set | list):
                setattr(twin, name, copy.copy(value))
        twin.tables = copy.copy(self.tables)
        for name, value in vars(self.tables).items():
            setattr(twin.tables, name, copy.copy(value))
        return twin

    def scope(self, source: str, supplier: str) -> pd.DataFrame:
        """The open records of a scope."""
        mine = [record for record, row in self._versions.items() if row[2] and row[5:] == (source, supplier)]
        return self.versions(mine)

    def versions(self, records: Sequence[str]) -> pd.DataFrame:
        """The last version of each of these records."""
        there = [(record, self._versions[record]) for record in records if record in self._versions]
        rows = [(record, version, content, key, of, now) for record, (version, content, now, key, of, *_) in there]
        return pd.DataFrame(rows, columns=KNOWN)

    def persons_of(self, records: Sequence[str]) -> dict[str, str]:
        """The person that each of these records identifies: in the graph a record that has ended does so still."""
        return {record: self._ended[record] for record in records if record in self._ended} | super().persons_of(
            records
        )

    def said_before(self, records: Sequence[str]) -> pd.DataFrame:
        """What the open version of each of these records of a child says of who it is."""
        known = super().identities()
        return known[known["record"].isin(set(records))].assign(nino_hash=None)[SAID]

    def uses(self, source: str, supplier: str) -> dict[str, int]:
        """How often each key of this scope has been begun anew."""
        return dict(self._uses.get((source, supplier), {}))

    def open_facts(self, subject_kind: str, rows: pd.DataFrame) -> pd.DataFrame:
        """None: this trial looks at who is who, not at what is said of them."""
        return pd.DataFrame(columns=OPEN_FACTS)

    def quarantined(self, versions: Sequence[str]) -> set[str]:
        """Those of these rows that wait."""
        return {row["record_version"] for row in self.tables.quarantined} & set(versions)

    def guard(self, guards: Iterable[Guard]) -> None:
        """Puts more shields in force."""
        self._guards.extend(guards)

    def take(self, plan: Plan) -> int:
        """Nothing to settle: whatever the plan replaces or ends is no longer found."""
        ended = {name.rpartition("/")[0] for name in plan.ended_records if "/quarantined/" not in name}
        gone = {name for name in plan.ended_records if "/quarantined/" in name}
        if ended:
            self._ended |= super().persons_of(sorted(ended))
            self._people = self._people[~self._people["record"].isin(ended)]
            self._alike = self._alike[~self._alike["record"].isin(ended)]
            self.tables.identities = [frame[~frame["record"].isin(ended)] for frame in self.tables.identities]
        if gone:
            self.tables.quarantined = [row for row in self.tables.quarantined if row["record_version"] not in gone]
        for record in ended:
            if record in self._versions:
                version, content, _, *rest = self._versions[record]
                self._versions[record] = (version, content, False, *rest)  # type: ignore[assignment]
        people = plan.records[plan.records["subject"].isin(PERSON_SUBJECTS)]
        columns = (values(people[name]) for name in ("record", "version", "content_hash", "key", "subject"))
        for record, version, content, key, subject in zip(*columns, strict=True):
            scope = (plan.scope.source, plan.scope.supplier)
            self._versions[record] = (version, content, True, key, subject, *scope)
        again = people[people["key_use"].notna()]
        if len(again):
            scope = (plan.scope.source, plan.scope.supplier)
            used = dict(zip(values(again["key"]), values(again["key_use"]), strict=True))
            self._uses = {**self._uses, scope: {**self._uses.get(scope, {}), **used}}
        return super().take(plan)

    def _settle(self, persons: set[str], as_at: date, run: int) -> int:
        return 0


@dataclass
class Area:
    """The area before any trial: its state, its children, and who of them is shielded."""

    state: Memory
    lives: dict[str, Life]
    keys: dict[str, dict[str, tuple[str, str]]]  # child → feed → supplier and key of what the area knows
    whose: dict[str, str]  # record → child
    shielded: tuple[str, ...]
    begun: int  # runs so far


def area(folder: Path, *, children: int = CHILDREN, shielded: int = SHIELDED, seed: int = 5) -> Area:
    """An invented area as its registers know it, with so many of its children under a shield."""
    synthesise(folder, children=children, as_at=AS_AT, seed=seed, stories=False)
    state, said = Memory(), read_truth(folder)
    keys: dict[str, dict[str, tuple[str, str]]] = {}
    whose: dict[str, str] = {}
    runs = 0
    for path, name in files_of(folder)[0]:
        if name.feed in SPEAKING and name.feed not in BASE:
            continue
        feed, supplier = FEEDS[name.feed], name.supplier
        checked = check_file(
            feed, path, context=Context(supplier, pd.Timestamp(name.as_at), None, b"shield"), name=name
        )
        if not checked.would_load:
            continue
        runs += 1
        state.take(plan_load(checked.tidy, Scope(feed, supplier, name.as_at, name.full, runs), state))
        _remember(checked.tidy, feed.name, supplier, said, keys, whose)
    lives = _lives(folder, state, whose)
    chosen = _chosen(state, said, lives, whose, shielded, random.Random(seed))
    person_of = {child: person for person, child in _persons(state, whose).items()}
    fresh = [person_of[child] for child in chosen if person_of[child] not in state.hidden]
    state.guard(guard_of(f"T{at}", state.guarded([person])[person], person) for at, person in enumerate(fresh))
    return Area(state, lives, keys, whose, chosen, runs)


def _remember(
    tidy: Tidy,
    feed: str,
    supplier: str,
    said: Truth,
    keys: dict[str, dict[str, tuple[str, str]]],
    whose: dict[str, str],
) -> None:
    rows = tidy.records[tidy.records["subject"] == "child"]
    for key in values(rows["key"]):
        child = said.person.get((feed, supplier, key))
        if child is not None:
            keys.setdefault(child, {})[feed] = (supplier, key)
            whose[record_id(feed, supplier, key)] = said.life(feed, supplier, key) or child


def _lives(folder: Path, state: Memory, whose: Mapping[str, str]) -> dict[str, Life]:
    people = truth.table(folder, "person")
    people = people[people["kind"] == "child"]
    known = state.identities()
    lines = {
        whose[record]: line
        for record, line in zip(values(known["record"]), values(known["address"]), strict=True)
        if line and record in whose
    }
    return {
        row["person"]: Life(
            row["forename"], row["middle"], row["family"], date.fromisoformat(row["dob"]),
            {"M": "male", "F": "female"}.get(row["sex"], "unknown"), row["postcode"],
            lines.get(row["person"], "1 Nowhere Lane"), row["nhs_number"] or None, row["upn"] or None,
            former=row["former_family"] or None,
        )
        for row in people.to_dict("records")
    }  # fmt: skip


def _persons(state: Memory, whose: Mapping[str, str]) -> dict[str, str]:
    """The child whom each person is, of persons who are one child."""
    found: dict[str, set[str]] = {}
    known = state.identities()
    for person, record in zip(values(known["person"]), values(known["record"]), strict=True):
        if record in whose:
            found.setdefault(person, set()).add(whose[record])
    return {person: next(iter(lives)) for person, lives in found.items() if len(lives) == 1}


def _chosen(
    state: Memory, said: Truth, lives: Mapping[str, Life], whose: Mapping[str, str], many: int, rng: random.Random
) -> tuple[str, ...]:
    """Children known by one person: those whom their own register restricts, and others drawn."""
    by_child: dict[str, set[str]] = {}
    for person, child in _persons(state, whose).items():
        by_child.setdefault(child, set()).add(person)
    fit = sorted(child for child, persons in by_child.items() if len(persons) == 1 and child in lives)
    already = [child for child in fit if by_child[child] & state.hidden]
    others = [child for child in fit if child not in already and child not in said.adopted]
    return tuple((already + rng.sample(others, many))[:many])


# --- what a file says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One row of a file: of whom it truly is, what it says, and what is wrong with it."""

    child: str
    key: str
    life: Life
    note: str


@dataclass(frozen=True)
class File:
    """A generated file."""

    feed: str
    supplier: str
    full: bool
    rows: tuple[Row, ...]


class Writer:
    """Makes the files of one stretch of days, in which a child's new life goes on from file to file."""

    def __init__(self, area: Area, rng: random.Random) -> None:
        """Begins with the children as they were."""
        self._area, self._rng = area, rng
        self._now: dict[str, tuple[str, Life]] = {}
        self._keys: dict[tuple[str, str], tuple[str, str]] = {}
        self._every = sorted(area.lives)
        self._made = 0

    def file(self) -> File:
        """The next file: up to fifty rows, of which one to three in ten are about shielded children."""
        rng = self._rng
        feed = rng.choice(SPEAKING)
        many = rng.randint(1, MOST_ROWS)
        about = [rng.choice(self._area.shielded) for _ in range(max(1, round(many * rng.uniform(0.02, 0.3))))]
        about += [rng.choice(self._every) for _ in range(many - len(about))]
        # A file in which a supplier speaks as ever, or another who speaks for the first time.
        known = rng.random() < 0.6
        supplier = self._usual(feed) if known else f"other{rng.randrange(3)}"
        rows = {row.key: row for child in dict.fromkeys(about) for row in self._rows(child, feed, supplier)}
        ordered = list(rows.values())[:MOST_ROWS]
        rng.shuffle(ordered)
        return File(feed, supplier, not known and rng.random() < 0.3, tuple(ordered))

    def _usual(self, feed: str) -> str:
        of = [places[feed][0] for places in self._area.keys.values() if feed in places]
        return self._rng.choice(sorted(set(of))) if of else "usual"

    def _rows(self, child: str, feed: str, supplier: str) -> Iterator[Row]:
        many = 2 if self._rng.random() < 0.05 else 1
        for _ in range(many):
            note, life = self._today(child)
            slip, seen = self._slipped(self._told(life, feed))
            yield Row(child, self._key(child, feed, supplier, seen), seen, f"{note}/{slip}")

    def _today(self, child: str) -> tuple[str, Life]:
        """The child's life now; once changed it stays so, and a feed may still tell of the old one."""
        rng, old = self._rng, self._area.lives[child]
        if child not in self._now:
            happens = child in self._area.shielded or rng.random() < _MILDER
            what = _drawn(_CHANGED, rng) if happens else "nothing"
            self._now[child] = (what, self._changed(old, what))
        return ("old", old) if rng.random() < 0.2 else self._now[child]

    def _changed(self, old: Life, what: str) -> Life:
        rng = self._rng
        home = self._area.lives[rng.choice(self._every)]
        other = self._area.lives[rng.choice(self._every)]
        moved = replace(
            old, postcode=home.postcode, line=f"{rng.randint(1, 99)} {home.line.partition(' ')[2] or 'Road'}"
        )
        match what:
            case "moved":
                return moved
            case "adopted":
                number = str(rng.choice(valid_nhs_block(_NEW_NUMBERS - rng.randrange(5))))
                first = other.forename if rng.random() < 0.15 else old.forename
                upn = old.upn if rng.random() < 0.5 else None
                new = replace(moved, forename=first, family=other.family, nhs=number, upn=upn, former=None)
            case "renamed":
                kept = old.family if rng.random() < 0.6 else None
                new = replace(moved if rng.random() < 0.5 else old, family=other.family, former=kept)
            case "swapped":
                new = replace(old, forename=old.family, family=old.forename)
            case "known as":
                forms = sorted(other_forms(old.forename.casefold())) or [old.middle or old.forename]
                form = rng.choice(forms).title()
                by_family = replace(old, known_as=other.family)
                new = rng.choice([replace(old, preferred=form), replace(moved, forename=form), by_family])
            case "at birth":
                first = "Baby" if rng.random() < 0.4 else old.forename
                new = replace(old, forename=first, family=old.former or other.family, middle="", upn=None)
            case _:
                new = old
        return new

    def _told(self, life: Life, feed: str) -> Life:
        """What this feed knows of a child at all."""
        rng = self._rng
        match feed:
            case "pds" | "births":
                return replace(life, upn=None)
            case "school_census" | "common_transfer_file":
                return replace(life, nhs=None, upn=life.upn if rng.random() < 0.93 else None)
            case "child_benefit":
                return replace(life, nhs=None, upn=None)
            case _:
                nhs = life.nhs if rng.random() < 0.4 else None
                return replace(life, nhs=nhs, upn=life.upn if rng.random() < 0.3 else None)

    def _slipped(self, life: Life) -> tuple[str, Life]:
        rng, slip, seen = self._rng, _drawn(_SLIPS, self._rng), life
        match slip:
            case "forename":
                seen = replace(life, forename=_misspelt(life.forename, rng))
            case "family":
                seen = replace(life, family=_misspelt(life.family, rng))
            case "turned" if life.born.day <= 12:
                seen = replace(life, born=life.born.replace(day=life.born.month, month=life.born.day))
            case "turned" | "day":
                seen = replace(life, born=life.born + timedelta(days=rng.choice((-10, -1, 1, 10, 365))))
            case "postcode":
                seen = replace(life, postcode=_digit(life.postcode, rng))
            case "number":
                seen = self._misnumbered(life)
        return slip, seen

    def _misnumbered(self, life: Life) -> Life:
        """A digit wrong, which the check digit finds and the feed leaves out; or somebody else's number."""
        rng = self._rng
        if rng.random() < 0.2:
            other = self._area.lives[rng.choice(self._every)]
            return replace(life, nhs=other.nhs if life.nhs else None, upn=other.upn if life.upn else None)
        nhs, upn = (_digit(number, rng) if number else None for number in (life.nhs, life.upn))
        return replace(life, nhs=nhs if nhs and is_nhs_number(nhs) else None, upn=upn if upn and is_upn(upn) else None)

    def _key(self, child: str, feed: str, supplier: str, seen: Life) -> str:
        """The key by which this supplier knows the child, or a new one; a few are another child's, used again."""
        rng = self._rng
        if rng.random() < 0.02:
            child = rng.choice(self._every)
        of, key = self._area.keys.get(child, {}).get(feed, ("", ""))
        if of == supplier and rng.random() < 0.7:
            return key
        before = self._keys.get((child, f"{feed}/{supplier}"))
        if before is not None and rng.random() < 0.7:
            return before[1]
        self._made += 1
        made = seen.nhs if feed == "pds" and seen.nhs else f"{rng.randrange(10):04}/N{self._made}"
        self._keys[child, f"{feed}/{supplier}"] = (supplier, made)
        return made


def tidy_of(file: File) -> Tidy:
    """The tidy tables that the file's feed would make of it."""
    records, facts, places = [], [], []
    for at, row in enumerate(file.rows):
        life = row.life
        place = f"trial:{life.line}|{life.postcode}"
        records.append(
            {
                "key": row.key, "subject": "child", "line": at + 2, "forename": life.forename,
                "middle_names": life.middle or None, "family_name": life.family, "date_of_birth": life.born,
                "sex": life.sex, "postcode": life.postcode, "nhs_number": life.nhs, "upn": life.upn,
                "preferred_forename": life.preferred, "preferred_family_name": life.known_as,
                "former_family_name": life.former if file.feed == "school_census" else None,
                "other_names": [f"{life.former}, {life.forename}"] if life.former and file.feed == "pds" else None,
                "local_id": row.key if file.feed in ("school_census", "involvements") else None,
            }
        )  # fmt: skip
        facts.append({"record_key": row.key, "type": "LIVES_AT", "target_kind": "address", "target": place})
        places.append({"kind": "address", "key": place, "line_1": life.line, "postcode": life.postcode})
    return Tidy(
        shaped(pd.DataFrame(records), RECORD_COLUMNS),
        shaped(pd.DataFrame(facts), FACT_COLUMNS),
        shaped(pd.DataFrame(places), ENTITY_COLUMNS),
    )


def _drawn(shares: Mapping[str, int], rng: random.Random) -> str:
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def _misspelt(name: str, rng: random.Random) -> str:
    if len(name) < 3:
        return name + name[-1:]
    at = rng.randrange(1, len(name) - 1)
    return rng.choice(
        [
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + NEIGHBOURS.get(name[at], "e") + name[at + 1 :],
        ]
    )


def _digit(text: str, rng: random.Random) -> str:
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    at = rng.choice(places)
    return text[:at] + rng.choice([one for one in "0123456789" if one != text[at]]) + text[at + 1 :]


# --- the trial -----------------------------------------------------------------------------------


def _first_tier(fresh: pd.DataFrame, state: State, about: identify.File) -> identify.Identified:
    """Who the records are about by rules alone: laying out the index of the second tier takes most of a plan."""
    matched = match(fresh, state, source=about.source, supplier=about.supplier)
    return identify.Identified(matched.assign(score=None, parts=None))


class Trial:
    """Files one after another; every so often the area is as it was, and another stretch of days begins."""

    def __init__(self, area: Area, seed: int, *, every: int = 1) -> None:
        """Begins with the area as it is; of so many files one is planned with the second tier as well."""
        self._area, self._rng, self._every = area, random.Random(seed), every
        self.tally = Tally()
        self.shown: list[dict[str, Any]] = []
        self._begin()

    def _begin(self) -> None:
        self._state = self._area.state.fork()
        self._writer = Writer(self._area, self._rng)
        self._whose = dict(self._area.whose)
        self._left, self._run = self._rng.randint(1, _MOST_IN_A_ROW), self._area.begun

    def go(self, feeds: int) -> Tally:
        """The tally after so many files more."""
        begun = time.perf_counter()
        for _ in range(feeds):
            if self._left == 0:
                self._begin()
            self._left -= 1
            self.tally.feeds += 1
            file = self._writer.file()
            before, whose = self._state.fork(), dict(self._whose)
            self._load(file)
            if self._rng.random() < _UNDONE:
                self._state, self._whose = before, whose
                self.tally.undone += 1
                if self._rng.random() < _AGAIN:
                    self._load(file)
        self.tally.seconds += time.perf_counter() - begun
        return self.tally

    def _load(self, file: File) -> None:
        self._run += 1
        scope = Scope(FEEDS[file.feed], file.supplier, AS_AT + timedelta(days=self._run), file.full, self._run)
        self._state.whole = self.tally.loads % self._every == 0
        self.tally.whole += self._state.whole
        with switched_off([] if self._state.whole else [(planning, "identify", _first_tier)]):
            plan = plan_load(tidy_of(file), scope, self._state)
        self.tally.loads += 1
        self.tally.stopped += bool(plan.errors)
        rows = {record_id(file.feed, file.supplier, row.key, plan.uses.get(row.key, 1)): row for row in file.rows}
        known = _Known(self._state, self._whose, self._area.shielded)
        self._whose |= {record: row.child for record, row in rows.items()}
        self._state.take(plan)
        self._judge(plan, rows, known)

    def _judge(self, plan: Plan, rows: Mapping[str, Row], known: "_Known") -> None:
        hidden = self._state.hidden
        aside = {row["record"] for row in self._state.tables.quarantined}
        tally = self.tally
        person = dict(zip(values(plan.records["record"]), values(plan.records["subject_id"]), strict=True))
        # What a row says again changes nothing: it stands where it stood.
        standing = self._state.persons_of([record for record in rows if record not in person])
        for record, row in rows.items():
            tally.rows += 1
            if row.child not in self._area.shielded:
                tally.innocent += 1
                tally.innocent_aside += record in aside and record not in person
                continue
            tally.about_shielded += 1
            if record not in person and record in aside:
                tally.put_aside += 1
            elif (person.get(record) or standing.get(record)) in hidden:
                tally.attached += 1
            elif record in person:
                self._show(plan, record, row, known)

    def _show(self, plan: Plan, record: str, row: Row, known: "_Known") -> None:
        tally = self.tally
        mine = plan.records[plan.records["record"] == record]
        # What the very file says of the child beside this row is known as well, if it went to the child.
        shared = known.shared(mine, row, row.child)
        what = f"{plan.scope.source} {row.note}"
        if shared != "nothing":
            self.shown.append(
                {"child": row.child, "run": plan.scope.run, "what": what, "life": str(row.life), "told by": shared}
            )
        if shared == "known":
            tally.visible += 1
            tally.visible_by[what] += 1
        elif shared == "waiting":
            tally.through_waiting += 1
        else:
            tally.unknowable += 1
            tally.unknowable_by[row.note] += 1


class _Known:
    """What was known of the shielded children before a file, and what of theirs waited."""

    def __init__(self, state: Memory, whose: Mapping[str, str], shielded: Sequence[str]) -> None:
        self._state, self._whose, self._shielded = state.fork(), dict(whose), set(shielded)

    def shared(self, mine: pd.DataFrame, row: Row, child: str) -> str:
        """Whether a row shares an equal key with what is known of its child, with what waits of it, or with nothing."""
        hidden, self._state.whole = self._state.hidden, True
        known = self._state.identities()
        records = {record for record in values(known["record"]) if self._whose.get(record) == child}
        theirs = known[known["record"].isin(records) & known["person"].isin(hidden)]
        if self._pairs(mine, row, theirs):
            return "known"
        waiting = [
            json.loads(one["payload"])["record"]
            for one in self._state.tables.quarantined
            if self._whose.get(one["record"]) == child
        ]
        frame = pd.DataFrame(waiting)
        return "waiting" if len(frame) and self._pairs(mine, row, _laid(frame)) else "nothing"

    def _pairs(self, mine: pd.DataFrame, row: Row, theirs: pd.DataFrame) -> bool:
        if theirs.empty:
            return False
        left = _laid(mine.assign(address=row.life.line))
        con = candidates.connect()
        try:
            lay_out(con, observed(left), candidates.LEFT)
            lay_out(con, observed(theirs), candidates.RIGHT)
            return any(found.pairs for found in candidates.find(con, within=False, persons=True))
        finally:
            con.close()


def _laid(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in the columns of identities, each of a person of its own."""
    made = frame.astype(object).where(frame.notna(), None).reset_index(drop=True)
    wanted = [
        "middle_names", "preferred_forename", "preferred_family_name", "former_family_name", "other_names",
        "former_postcodes", "nhs_number", "upn", "multiple_birth", "address", "forename", "family_name", "sex",
        "date_of_birth", "postcode", "record",
    ]  # fmt: skip
    columns = {name: values(made[name]) if name in made.columns else [None] * len(made) for name in wanted}
    columns["date_of_birth"] = [str(day)[:10] if day else None for day in columns["date_of_birth"]]
    return pd.DataFrame({"person": [f"row {at}" for at in range(len(made))]} | columns, dtype=object)


def in_words(tally: Tally) -> str:
    """The figures as lines."""
    aside = tally.innocent_aside / max(1, tally.innocent)
    lines = [
        f"{tally.feeds:9,} files of up to {MOST_ROWS} rows; {tally.loads:,} loads, {tally.undone:,} taken back",
        f"{tally.whole:9,} loads with the second tier as well",
        f"{tally.about_shielded:9,} rows about shielded children, of {tally.rows:,}",
        f"{tally.attached:9,}   given to the shielded child",
        f"{tally.put_aside:9,}   put aside",
        f"{tally.visible:9,}   VISIBLE although a blocking key is shared with what is known of the child",
        f"{tally.through_waiting:9,}   visible, and only a row that waits tells that it is the child",
        f"{tally.unknowable:9,}   visible, sharing no blocking key with anything known: no system can tell",
        f"{tally.innocent_aside:9,} of {tally.innocent:,} rows about others put aside ({aside:.2%})",
        f"{tally.stopped:9,} files that a gate would have stopped, loaded all the same",
        f"{tally.seconds:9,.0f} s",
    ]
    lines += [f"          unknowable {count:,}: {what}" for what, count in tally.unknowable_by.most_common(12)]
    lines += [f"          visible {count:,}: {what}" for what, count in tally.visible_by.most_common(12)]
    return "\n".join(lines)


def main(arguments: Iterable[str] | None = None) -> int:
    """Prints the figures; 1 if a child was made visible who could have been known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shields", description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--children", type=int, default=CHILDREN)
    parser.add_argument("--every", type=int, default=20, help="one file in so many goes through the second tier too")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    with tempfile.TemporaryDirectory(prefix="signpost-shields-") as work:
        trial = Trial(area(Path(work), children=given.children, seed=given.seed), given.seed, every=given.every)
    tally = trial.go(given.feeds)
    print(json.dumps(asdict(tally), indent=1) if given.json else in_words(tally))
    for one in trial.shown[:20]:
        print(one, file=sys.stderr)
    return 1 if tally.visible else 0


if __name__ == "__main__":
    sys.exit(main())

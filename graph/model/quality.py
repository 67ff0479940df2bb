"""What is counted of the quality of the graph: figures only, never a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

# What the loaders keep on a record for themselves; everything else on it was kept from its source.
_OURS = frozenset(
    (
        *("record", "record_version", "version", "source", "supplier", "key", "key_use", "subject", "run", "ended_run"),
        *("file_run", "content_hash", "line", "confirmed_by", "search_names", "family_name_folded"),
    )
)


class Oddity(StrEnum):
    """Something that does not fit together, and ought to be looked into."""

    CHILD_WITHOUT_RECORD = "child_without_record"
    CHILD_WITHOUT_FACT = "child_without_fact"
    CHILD_WITHOUT_HOME = "child_without_home"
    CHILD_WITHOUT_AUTHORITY = "child_without_authority"
    RECORD_OF_NOBODY = "record_of_nobody"
    FACT_WITHOUT_RECORD = "fact_without_record"
    SEVERAL_AUTHORITIES = "several_authorities"
    SEVERAL_HOMES = "several_homes"
    SEVERAL_SCHOOLS = "several_schools"
    SEVERAL_PRACTICES = "several_practices"
    SEVERAL_BIRTHS = "several_births"
    SHARED_NHS_NUMBER = "shared_nhs_number"
    SHARED_UPN = "shared_upn"


ORPHANS: dict[Oddity, str] = {
    Oddity.CHILD_WITHOUT_RECORD: "Children of whom no record speaks",
    Oddity.CHILD_WITHOUT_FACT: "Children of whom nothing but a name is known: no home, school, practice or service",
    Oddity.CHILD_WITHOUT_HOME: "Children without a current address",
    Oddity.CHILD_WITHOUT_AUTHORITY: "Children for whom no authority is responsible",
    Oddity.RECORD_OF_NOBODY: "Records of persons that identify nobody",
    Oddity.FACT_WITHOUT_RECORD: "Relationships whose record is not there",
}
CONFLICTS: dict[Oddity, str] = {
    Oddity.SEVERAL_AUTHORITIES: "Children with two responsible authorities",
    Oddity.SEVERAL_HOMES: "Children with current addresses at two postcodes",
    Oddity.SEVERAL_SCHOOLS: "Children with two current schools, dual registration left aside",
    Oddity.SEVERAL_PRACTICES: "Children with two current GP practices",
    Oddity.SEVERAL_BIRTHS: "Children whose records differ on the date of birth",
    Oddity.SHARED_NHS_NUMBER: "Children with an NHS number that another person has too",
    Oddity.SHARED_UPN: "Children with a UPN that another person has too",
}


@dataclass(frozen=True)
class Filled:
    """How many records of one source and subject there are, and how many of them have each property."""

    records: int
    properties: Mapping[str, int]

    def share(self, name: str) -> float:
        """The share of the records that have the property."""
        return self.properties.get(name, 0) / self.records if self.records else 0.0


@dataclass(frozen=True)
class Facts:
    """How many facts of one type and source there are, and how many say when they began and when they ended."""

    facts: int
    begun: int
    ended: int


@dataclass(frozen=True)
class Figures:
    """What was counted at one moment."""

    things: dict[str, int] = field(default_factory=dict)
    records: dict[str, dict[str, Filled]] = field(default_factory=dict)  # source → subject
    facts: dict[str, dict[str, Facts]] = field(default_factory=dict)  # type → source
    oddities: dict[Oddity, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)  # source → rows in quarantine
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """The figures of one moment, and up to which run the graph was published then."""

    at: datetime
    run: int
    figures: Figures


def filled_of(rows: Iterable[tuple[str, str, str, int]]) -> dict[str, dict[str, Filled]]:
    """Source, subject, property and number as counts by source and subject; our own properties are left out."""
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for source, subject, name, number in rows:
        counted.setdefault((source, subject), {})[name] = number
    made: dict[str, dict[str, Filled]] = {}
    for (source, subject), numbers in sorted(counted.items()):
        kept = {name: number for name, number in sorted(numbers.items()) if name not in _OURS}
        made.setdefault(source, {})[subject] = Filled(numbers.get("record", 0), kept)
    return made


def figures_from(plain: Mapping[str, Any]) -> Figures:
    """The figures that `asdict` made plain, with their types again; what an older Signpost did not count is empty."""
    return Figures(
        things=plain.get("things", {}),
        records={
            source: {subject: Filled(**counts) for subject, counts in subjects.items()}
            for source, subjects in plain.get("records", {}).items()
        },
        facts={
            kind: {source: Facts(**counts) for source, counts in sources.items()}
            for kind, sources in plain.get("facts", {}).items()
        },
        oddities={oddity: plain["oddities"][oddity] for oddity in Oddity if oddity in plain.get("oddities", {})},
        waiting=plain.get("waiting", {}),
        seconds=plain.get("seconds", {}),
    )


# What counts as a fall from one snapshot to the next: that much less of a number, or of a share.
_FALL, _POINTS = 0.1, 0.05
_THINGS = {
    "children": "Children",
    "carers": "Carers",
    "services": "Services, schools and practices",
    "schools": "of these, schools",
    "practices": "of these, GP practices",
    "practitioners": "Practitioners",
    "addresses": "Addresses",
    "authorities": "Authorities",
    "shields": "Shields, ended ones too",
}
FACT_WORDS = {
    "CARED_FOR_BY": "Cared for by a carer",
    "LIVES_AT": "Lives at an address",
    "ATTENDS": "Attends a school",
    "REGISTERED_WITH": "Registered with a practice",
    "INVOLVES": "A service is involved",
    "SEEN_BY": "Seen by a practitioner",
    "WORKS_FOR": "A practitioner works for a service",
    "IN_AREA": "A service is in an area",
    "RESPONSIBILITY_OF": "An authority is responsible",
}


@dataclass(frozen=True)
class Line:
    """One figure over time, newest first; None where it was not counted."""

    words: tuple[str, ...]
    numbers: tuple[int | None, ...]

    @property
    def fallen(self) -> bool:
        """Whether it is a tenth less than the time before."""
        now, before = (*self.numbers, None, None)[:2]
        return before is not None and (now or 0) < before * (1 - _FALL)

    @property
    def risen(self) -> bool:
        """Whether it is more than the time before."""
        now, before = (*self.numbers, None, None)[:2]
        return before is not None and (now or 0) > before


@dataclass(frozen=True)
class ShareLine:
    """How far one property of one source is filled, now and the time before."""

    name: str
    share: float
    before: float | None

    @property
    def fallen(self) -> bool:
        """Whether it is five points less than the time before."""
        return self.before is not None and self.share < self.before - _POINTS


@dataclass(frozen=True)
class SharesOf:
    """The shares of one source and subject."""

    source: str
    subject: str
    records: int
    shares: tuple[ShareLine, ...]


@dataclass(frozen=True)
class Comparison:
    """The newest figures beside those of before."""

    snapshots: tuple[Snapshot, ...]
    things: tuple[Line, ...]
    records: tuple[Line, ...]
    facts: tuple[Line, ...]
    waiting: tuple[Line, ...]
    orphans: tuple[Line, ...]
    conflicts: tuple[Line, ...]
    shares: tuple[SharesOf, ...]


def compare(snapshots: Sequence[Snapshot]) -> Comparison:
    """The figures in lines over time; what was ever counted has its line, so that what is gone shows as 0."""
    all_figures = [snapshot.figures for snapshot in snapshots]
    records = [_records(one) for one in all_figures]
    facts = [_facts(one) for one in all_figures]
    return Comparison(
        snapshots=tuple(snapshots),
        things=tuple(
            Line((words,), tuple(one.things.get(name) for one in all_figures)) for name, words in _THINGS.items()
        ),
        records=_lines(records),
        facts=_lines(facts),
        waiting=_lines([{(source,): rows for source, rows in one.waiting.items()} for one in all_figures]),
        orphans=_odd(ORPHANS, all_figures),
        conflicts=_odd(CONFLICTS, all_figures),
        shares=_shares(all_figures),
    )


def _records(figures: Figures) -> dict[tuple[str, ...], int]:
    return {
        (source, subject): filled.records
        for source, subjects in figures.records.items()
        for subject, filled in subjects.items()
    }


def _facts(figures: Figures) -> dict[tuple[str, ...], int]:
    return {
        (FACT_WORDS.get(kind, kind), source): counted.facts
        for kind, sources in figures.facts.items()
        for source, counted in sources.items()
    }


def _lines(counts: Sequence[Mapping[tuple[str, ...], int]]) -> tuple[Line, ...]:
    keys = sorted({key for one in counts for key in one})
    return tuple(Line(key, tuple(one.get(key, 0) for one in counts)) for key in keys)


def _odd(words: Mapping[Oddity, str], all_figures: Sequence[Figures]) -> tuple[Line, ...]:
    return tuple(
        Line((sentence,), tuple(one.oddities.get(code) for one in all_figures)) for code, sentence in words.items()
    )


def _shares(all_figures: Sequence[Figures]) -> tuple[SharesOf, ...]:
    if not all_figures:
        return ()
    now, before = all_figures[0].records, all_figures[1].records if len(all_figures) > 1 else {}
    return tuple(
        SharesOf(source, subject, filled.records, _share_lines(filled, before.get(source, {}).get(subject)))
        for source, subjects in now.items()
        for subject, filled in subjects.items()
    )


def _share_lines(now: Filled, before: Filled | None) -> tuple[ShareLine, ...]:
    names = sorted({*now.properties, *(before.properties if before else ())})
    return tuple(ShareLine(name, now.share(name), before.share(name) if before else None) for name in names)

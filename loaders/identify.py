"""Who is who of a file: the first tier by rules, then for the children whom it leaves the second, by weights.

The first tier (`match`) decides as ever. A child that it would make a new person is compared with every observed
identity in the graph, and then with the other new ones of its file (`who`). What comes of it is a link; or a person of
its own with a proposal, for people to decide; or a person of its own. Barriers come before the decision: a child under
a shield is never linked by weights, two whom people have parted are not brought together, and a register that names
each child once has named two children by two rows (decision 16).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import pyarrow as pa

from graph.model.review import Doubt
from loaders.match import WEIGHED, match
from loaders.near import FEW, Near
from loaders.state import State
from loaders.tables import values
from loaders.who import weights
from loaders.who.constraints import Said, broken
from loaders.who.few import FewFitting
from loaders.who.fitting import Figures, Fits, Fitting, parts
from loaders.who.identities import observed, record_of
from loaders.who.index import Index
from loaders.who.policy import (
    LIMITS,
    VERSION,
    Basis,
    Decision,
    Evidence,
    Number,
    Outcome,
    decide,
    of_the_family,
)
from loaders.who.records import nhs_number, permanent_upn

_BIRTHS = "births"
_RENAMED = ("else", "weak", "unknown")


@dataclass(frozen=True)
class File:
    """What of a file counts when its children are compared: who sent it, what it holds, what is known of its rows."""

    source: str
    supplier: str
    full: bool
    register: bool  # it names each child once, so two of its rows are two children
    records: set[str]  # every record that is in it, changed or not
    homes: Mapping[str, str | None] = field(default_factory=dict)  # record → first line of the address
    shields: Mapping[str, Sequence[str]] = field(default_factory=dict)  # person → the shields over it
    released: frozenset[str] = frozenset()  # records that a person has let out of quarantine
    restricted: frozenset[str] = frozenset()  # records for which a shield is proposed by this very file
    withdrawn: frozenset[str] = frozenset()  # NHS numbers that are no longer to be used
    ended: frozenset[str] = frozenset()  # records that end because their keys tell of somebody else by this file


@dataclass
class Identified:
    """Who each new record is about (in the columns WEIGHED), and what is left for people."""

    matched: pd.DataFrame
    proposals: list[dict[str, Any]] = field(default_factory=list)  # as `write` puts them into the graph
    aside: dict[str, list[str]] = field(default_factory=dict)  # record → the shields that it comes too near to
    figures: Figures = field(default_factory=Figures)
    weighed: list[list[str]] = field(default_factory=list)  # what each comparison said of every link and question
    compared: int = 0  # children whom the second tier looked at


def identify(fresh: pd.DataFrame, state: State, file: File) -> Identified:
    """Who the new records of a file are about; the order of its rows does not matter."""
    sealed = sealed_lives(state, file.withdrawn)
    index = _Unsealed(state, sealed) if sealed else state
    matched = match(fresh, index, source=file.source, supplier=file.supplier).assign(score=None, parts=None)
    people = _Newcomers(fresh, matched, file.withdrawn)
    if not people.rows_of:
        return Identified(matched)
    new = people.identities(file.homes)
    few = observed(new) if len(people.rows_of) <= FEW else None
    with state.index(few) as known:
        if not known.size and (file.register or len(people.rows_of) < 2):
            return Identified(matched)
        # Who is under a shield stays: whoever comes near it has to wait.
        sealed -= file.shields.keys()
        asked = known if isinstance(known, Near) else state
        return _SecondTier(people, known, asked.apart(), file, sealed, asked.asked()).go(
            new, observed(new) if few is None else few
        )


def sealed_lives(state: State, withdrawn: frozenset[str]) -> set[str]:
    """Persons of whom every NHS number is withdrawn: a life that is over by law, an adopted child's before it.

    Also where the record that held it has ended since: the register that withdraws a number says nothing else of it.
    """
    persons = sorted(state.ever_held(sorted(withdrawn))) if withdrawn else []
    known = state.known_of(persons) if persons else {}
    return {person for person in persons if person not in known or known[person].nhs_numbers <= withdrawn}


class _Unsealed:
    """The first tier's index, in which nobody whose life is sealed is found by anything but its own NHS number.

    A pupil number, or a sender's own, goes with the child into the new life and would join the two (matching.md 6.4).
    """

    def __init__(self, state: State, sealed: set[str]) -> None:
        self._state, self._sealed = state, sealed
        self.known_of = state.known_of

    def holders(self, number: str, values: Sequence[str], source: str, supplier: str) -> pd.DataFrame:
        """Who holds these numbers; of the sealed only who holds the NHS number, which is withdrawn."""
        found = self._state.holders(number, values, source, supplier)
        return found if number == "nhs_number" else self._living(found)

    def alike(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Who has these demographics, without the sealed."""
        return self._living(self._state.alike(wanted))

    def _living(self, found: pd.DataFrame) -> pd.DataFrame:
        return found[~found["person_id"].isin(self._sealed)]


class _Newcomers:
    """The children of a file whom the first tier knows nobody for, by the name of the first of their records.

    Who comes with a withdrawn number is of a sealed life as well: nobody looks who that might be.
    """

    def __init__(self, fresh: pd.DataFrame, matched: pd.DataFrame, withdrawn: frozenset[str]) -> None:
        self.matched = matched
        subject = dict(zip(values(fresh["record"]), values(fresh["subject"]), strict=True))
        self.person_of = dict(zip(values(matched["record"]), values(matched["person_id"]), strict=True))
        method = dict(zip(values(matched["record"]), values(matched["method"]), strict=True))
        new = {self.person_of[record] for record, how in method.items() if how == "new"}
        over = fresh.loc[fresh["nhs_number"].isin(withdrawn), "record"]
        looked_for = new - {self.person_of[record] for record in values(over)}
        members: dict[str, list[str]] = defaultdict(list)
        for record, person in sorted(self.person_of.items()):
            members[person].append(record)
        self.rows_of = {
            records[0]: records
            for person, records in members.items()
            if person in looked_for and any(subject[record] == "child" for record in records)
        }
        self.frame = fresh[fresh["subject"] == "child"]
        # Whom the first tier found in the graph for another row of this file.
        self.found = {record: person for record, person in self.person_of.items() if person not in new}

    @property
    def newcomer_of(self) -> dict[str, str]:
        """The newcomer of each of their records."""
        return {record: name for name, records in self.rows_of.items() for record in records}

    def identities(self, homes: Mapping[str, str | None]) -> pd.DataFrame:
        """What the newcomers' records say, each with its person and the first line of its address."""
        newcomer_of = self.newcomer_of
        frame = self.frame[self.frame["record"].isin(set(newcomer_of))]
        records = values(frame["record"])
        return frame.assign(
            person=[newcomer_of[record] for record in records],
            address=pd.Series([homes.get(record) for record in records], index=frame.index, dtype=object),
        )


class _SecondTier:
    """One file's newcomers beside the graph."""

    def __init__(
        self,
        people: _Newcomers,
        known: Index | Near,
        apart: Sequence[tuple[str, str]],
        file: File,
        sealed: Set[str],
        asked: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.people, self.known, self.file = people, known, file
        pairs = {person for pair in (*apart, *asked) for person in pair}
        self.name_of = known.names_of({*people.found.values(), *file.shields, *sealed, *pairs})
        self.sealed = {self.name_of[person] for person in sealed if person in self.name_of}
        self.newcomer_of = people.newcomer_of
        self.local = _local_ids(people.frame, self.newcomer_of)
        self.found = {self.name_of[person] for person in people.found.values() if person in self.name_of}
        self.shields = {self.name_of[person]: ids for person, ids in file.shields.items() if person in self.name_of}
        self.apart = {
            pair
            for one, other in apart
            if one in self.name_of and other in self.name_of
            for pair in ((self.name_of[one], self.name_of[other]), (self.name_of[other], self.name_of[one]))
        }
        self.asked = {
            frozenset((self.name_of[one], self.name_of[other]))
            for one, other in asked
            if one in self.name_of and other in self.name_of
        }
        self.aside: dict[str, list[str]] = {}
        self.held: dict[str, set[str]] = {}
        self.id_of: dict[str, str] = {}
        self.unnumbered: set[str] = set()  # entries of birth without an NHS number, and who is known by one alone

    def go(self, new: pd.DataFrame, identities: pa.Table) -> Identified:
        """Everything decided, in the terms of the graph."""
        with self._fitting(identities) as fitting:
            fits = fitting.to_known()
            known = self.known.records_of({person for mine in fits.values() for person in mine})
            self.id_of = dict(zip(values(known["person"]), values(known["person_id"]), strict=True))
            self.held = self._held(known)
            self.unnumbered = self._unnumbered(known)
            decided = {name: self._decided(name, fits.get(name, {})) for name in sorted(self.people.rows_of)}
            decided = self._possible(decided, fits, new, known)
            within = {} if self.file.register else self._within(fitting, decided)
        return self._identified(decided, fits, within, fitting.figures)

    def _fitting(self, new: pa.Table) -> Fitting | FewFitting:
        if isinstance(self.known, Near):
            return self.known.fitting(new, barred=self.sealed)
        return Fitting(new, self.known, barred=self.sealed)

    # --- beside the graph ---

    def _decided(self, name: str, fits: Mapping[str, Evidence]) -> Decision:
        every = [one for one in _barred(fits) if not self._may_be_another_life(name, one)]
        near = [one for one in every if one.person in self.shields]
        if near:
            if name in self._released():
                every = [one for one in every if one.person not in self.shields]
            else:
                # It may be a shielded child's, and no number says surely whose: nobody sees it until a person has.
                self.aside[name] = sorted({shield for one in near for shield in self.shields[one.person]})
                return Decision(Outcome.NEW, Basis.NOBODY)
        targets = [one for one in every if not self._is_held(name, one.person)]
        decision = decide(targets, asked=self.asked)
        if decision.outcome is Outcome.NEW:
            return decision
        best = next(one for one in targets if one.person == decision.person)
        others = [one for one in every if one.person != best.person]
        rival = max((one.weight for one in others), default=None)
        decision = replace(decision, rival=rival)
        if decision.outcome is Outcome.LINK and (doubt := self._doubt(best, others, rival)) is not None:
            return replace(decision, outcome=Outcome.REVIEW, reason=doubt)
        return decision

    def _doubt(self, best: Evidence, others: Sequence[Evidence], rival: float | None) -> Doubt | None:
        """Why a link that the policy would make is left to people after all; None if nothing speaks against it."""
        if any((best.person, other.person) in self.apart for other in others):
            return Doubt.PARTED
        if rival is not None and best.weight - rival < LIMITS.lead:
            return Doubt.NEAR_TIE
        # A row of this file is that child by rule: another of an unlike forename may be a twin's.
        if best.person in self.found and best.given != "exact" and not best.has_number:
            return Doubt.CO_TWIN
        return None

    def _unnumbered(self, known: pd.DataFrame) -> set[str]:
        numbered = set(values(known.loc[known["nhs_number"].notna(), "person"]))
        born = set(values(known.loc[known["source"] == _BIRTHS, "person"]))
        frame = self.people.frame[self.people.frame["record"].isin(set(self.newcomer_of))]
        bare = values(frame.loc[frame["nhs_number"].isna(), "record"]) if self.file.source == _BIRTHS else []
        return (born - numbered) | {self.newcomer_of[record] for record in bare}

    def _may_be_another_life(self, name: str, one: Evidence) -> bool:
        """Whether this may be an adopted child, with whose life before nobody is joined or asked about it.

        Where both have their NHS numbers these differ (`_barred`). An entry of birth without one has nothing that
        could, and the new family name is all that tells the two apart.
        """
        return one.family in _RENAMED and not one.has_number and bool({name, one.person} & self.unnumbered)

    def _released(self) -> set[str]:
        return {self.newcomer_of[record] for record in self.file.released if record in self.newcomer_of}

    def _held(self, known: pd.DataFrame) -> dict[str, set[str]]:
        """Persons of whom this sender has told by another record, with the numbers of its own that it gave them."""
        file = self.file
        mine = known[(known["source"] == file.source) & (known["supplier"] == file.supplier)]
        held: dict[str, set[str]] = {}
        columns = (values(mine[name]) for name in ("person", "record", "local_id"))
        for person, record, local in zip(*columns, strict=True):
            # A full file without the record ends it, as does another child under its key: it holds nobody any more.
            if record in file.records or not (file.full or record in file.ended):
                held.setdefault(person, set()).add(local or "")
        frame = self.people.frame
        own = dict(zip(values(frame["record"]), values(frame["local_id"]), strict=True))
        for record, person in self.people.found.items():
            if person in self.name_of:
                held.setdefault(self.name_of[person], set()).add(own.get(record) or "")
        return held

    def _is_held(self, name: str, person: str) -> bool:
        """Whether its sender tells of this person by another record, so that it means another child by this one."""
        theirs = self.held.get(person)
        if theirs is None:
            return False
        return self.file.register or _two_numbers(self.local[name], theirs)

    def _possible(
        self, decided: dict[str, Decision], fits: Fits, new: pd.DataFrame, known: pd.DataFrame
    ) -> dict[str, Decision]:
        """The decisions without links that together cannot be right: those go to people."""
        claims: dict[str, list[str]] = defaultdict(list)
        for name, decision in decided.items():
            if decision.outcome is Outcome.LINK and decision.person is not None:
                claims[decision.person].append(name)
        mine, theirs = _said_by(new), _said_by(known[known["person"].isin(set(claims))])
        wrong: set[str] = set()
        for person, names in claims.items():
            before = theirs.get(person, [])
            together = [*before, *(said for name in names for said in mine.get(name, ()))]
            twice = self.file.register and len(names) > 1
            if twice or set(broken(together)) - set(broken(before)):
                wrong |= set(names)
        return {
            name: replace(one, outcome=Outcome.REVIEW, reason=Doubt.IMPOSSIBLE) if name in wrong else one
            for name, one in decided.items()
        }

    # --- beside each other ---

    def _within(
        self, fitting: Fitting | FewFitting, decided: Mapping[str, Decision]
    ) -> dict[str, tuple[Decision, Evidence]]:
        """For newcomers that another newcomer of the file fits: the decision, which stands at the later of the two."""
        free = [
            name
            for name, one in decided.items()
            if one.outcome is Outcome.NEW
            and name not in self.aside
            and not self.file.restricted & set(self.people.rows_of[name])
        ]
        if len(free) < 2:
            return {}
        fits = fitting.to_each_other(free)
        told = {
            name: [one for one in _barred(mine) if not _two_numbers(self.local[name], self.local[one.person])]
            for name, mine in fits.items()
        }
        said = {name: decide(mine) for name, mine in told.items()}
        return _pairs(said, told)

    # --- in the terms of the graph ---

    def _identified(
        self,
        decided: Mapping[str, Decision],
        fits: Fits,
        within: Mapping[str, tuple[Decision, Evidence]],
        figures: Figures,
    ) -> Identified:
        person = dict(self.people.person_of)
        method: dict[str, tuple[str, float, list[str]]] = {}
        proposals: list[dict[str, Any]] = []
        weighed: list[list[str]] = []
        for name, decision in decided.items():
            if name in self.aside or decision.person is None or decision.outcome is Outcome.NEW:
                continue
            best = fits[name][decision.person]
            weighed.append(parts(best))
            candidate = self.id_of[decision.person]
            if decision.outcome is Outcome.LINK:
                method |= self._joined(name, candidate, best, person)
            else:
                proposals.append(_proposal(person[name], candidate, decision, best))
        for name in sorted(within):
            decision, best = within[name]
            other = person[best.person]
            if decision.outcome is Outcome.LINK:
                method |= self._joined(name, other, best, person)
            else:
                proposals.append(_proposal(person[name], other, decision, best))
        aside = {record: ids for name, ids in self.aside.items() for record in self.people.rows_of[name]}
        matched = self._matched(person, method)
        return Identified(matched, proposals, aside, figures, weighed, len(self.people.rows_of))

    def _joined(
        self, name: str, person: str, best: Evidence, person_of: dict[str, str]
    ) -> dict[str, tuple[str, float, list[str]]]:
        """Gives all records of a newcomer their person; for each the record that it was joined to, and why."""
        rows = self.people.rows_of[name]
        person_of |= dict.fromkeys(rows, person)
        return dict.fromkeys(rows, (record_of(best.record), round(best.weight, 2), parts(best)))

    def _matched(self, person: Mapping[str, str], method: Mapping[str, tuple[str, float, list[str]]]) -> pd.DataFrame:
        rows: list[tuple[Any, ...]] = []
        for record, _, how, basis, *_ in self.people.matched.itertuples(index=False):
            # What a number has joined to another row of the file stays joined by it.
            if record in method and how == "new":
                rows.append((record, person[record], "weight", *method[record]))
            else:
                rows.append((record, person[record], how, None if pd.isna(basis) else basis, None, None))
        return pd.DataFrame(rows, columns=list(WEIGHED))


def _barred(fits: Mapping[str, Evidence]) -> list[Evidence]:
    """The candidates without those who are another by law: two valid NHS numbers are two identities.

    An adopted child has a new number, and the life before must be neither joined nor proposed (matching.md 6.4). Only
    where somebody else holds this record's number may the number be the mistake, and a person is asked. Of two UPNs
    the same is held where the family name differs as well.
    """
    every = [one for one in fits.values() if not of_the_family(one)]
    elsewhere = any(one.nhs is Number.EQUAL for one in every)
    kept = [one for one in every if one.nhs is not Number.CLASH or elsewhere]
    return [one for one in kept if not (one.upn is Number.CLASH and one.family in _RENAMED)]


def _pairs(
    said: Mapping[str, Decision], told: Mapping[str, Sequence[Evidence]]
) -> dict[str, tuple[Decision, Evidence]]:
    """Two newcomers are one child where both ends say so and neither is in another pair; else people are asked."""
    made: dict[str, tuple[Decision, Evidence]] = {}
    linked: set[str] = set()
    for name, decision in sorted(said.items()):
        other = decision.person
        if other is None or decision.outcome is Outcome.NEW or name < other:
            continue
        back = said.get(other)
        best = next(one for one in told[name] if one.person == other)
        both = back is not None and back.person == name and back.outcome is decision.outcome is Outcome.LINK
        if both and not {name, other} & linked:
            linked |= {name, other}
            made[name] = (decision, best)
        else:
            made[name] = (replace(decision, outcome=Outcome.REVIEW, reason=_asked(decision)), best)
    for name, decision in sorted(said.items()):
        # What only the earlier of the two says is asked about as well.
        later = decision.person
        if later is None or decision.outcome is Outcome.NEW or later < name or later in made or later in linked:
            continue
        back_again = next((one for one in told.get(later, ()) if one.person == name), None)
        if back_again is not None and name not in linked:
            made[later] = (replace(decision, outcome=Outcome.REVIEW, reason=_asked(decision)), back_again)
    return made


def _asked(decision: Decision) -> Basis | Doubt:
    return Doubt.NEAR_TIE if decision.outcome is Outcome.LINK else decision.reason


def _proposal(person: str, candidate: str, decision: Decision, best: Evidence) -> dict[str, Any]:
    margin = None if decision.rival is None else round(best.weight - decision.rival, 2)
    return {
        "person_id": person,
        "candidate": candidate,
        "record": record_of(best.source),
        "reason": str(decision.reason),
        "weight": round(best.weight, 2),
        "margin": margin,
        "parts": parts(best),
        **decided_by(),
    }


def decided_by() -> dict[str, Any]:
    """By which policy and model a link or a question is made, as the graph keeps it."""
    return {"policy": VERSION, "model": weights.shipped_id()}


def _local_ids(frame: pd.DataFrame, newcomer_of: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in newcomer_of.values()}
    for record, local in zip(values(frame["record"]), values(frame["local_id"]), strict=True):
        if record in newcomer_of:
            found[newcomer_of[record]].add(local or "")
    return found


def _two_numbers(mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether a sender's own numbers for two are both known, and none is shared."""
    one, other = {number for number in mine if number}, {number for number in theirs if number}
    return bool(one and other) and not one & other


def _said_by(frame: pd.DataFrame) -> dict[str, list[Said]]:
    """What each person's records say of the things that a person has once."""
    said: dict[str, list[Said]] = defaultdict(list)
    columns = [values(frame[name]) for name in ("person", "nhs_number", "upn", "date_of_birth", "forename")]
    for person, nhs, upn, born, given in zip(*columns, strict=True):
        kept = (nhs_number(nhs or ""), permanent_upn(upn or ""))
        said[person].append(Said(*kept, str(born) if born else None, given.casefold() if given else None))
    multiple = {
        person for person, flag in zip(values(frame["person"]), values(frame["multiple_birth"]), strict=True) if flag
    }
    return {person: [replace(one, multiple=person in multiple) for one in each] for person, each in said.items()}

"""The first way in: the plans of many files kept as tables, and given to `neo4j-admin database import` at once.

`TableState` answers what a plan asks, as the graph would after a daily load of the same files in the same order; so
both ways make the same graph from the same code. Only the first file of each feed and supplier may come this way.
"""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from graph.model.shielding import Ground
from graph.services import shields
from graph.services.shields import Guard, Said
from loaders.again import SAID
from loaders.guarding import Waits, homes_said, said_by
from loaders.identify import decided_by
from loaders.kept import IDENTITIES
from loaders.match import Known
from loaders.plan import Plan
from loaders.responsibility import UNKNOWN, changes, decide
from loaders.state import (
    ALIKE,
    AT_HOME,
    CARERS,
    HOLDER,
    HOMES,
    KNOWN,
    OPEN_FACTS,
    RESPONSIBLE,
    alike_keys,
    homes_of,
    known,
    waits,
)
from loaders.tables import DATE, FACT_PROPERTIES, FLAG, PERSON_SUBJECTS, RECORD_PROPERTIES, TEXT, TEXTS, values
from loaders.who.index import Index, in_memory
from loaders.write import ADDRESS_KEPT

ARRAY_DELIMITER = "U+001F"
_SEPARATOR = "\x1f"
_INDEXED = [
    "record",
    "subject_id",
    "subject",
    "source",
    "supplier",
    "nhs_number",
    "upn",
    "local_id",
    "forename",
    "date_of_birth",
    "multiple_birth",
]
_TYPES = {DATE: ":date", FLAG: ":boolean", TEXTS: ":string[]"}


@dataclass
class Tables:
    """Everything that is to be imported, plan by plan."""

    records: list[pd.DataFrame] = field(default_factory=list)
    facts: list[pd.DataFrame] = field(default_factory=list)
    said: list[pd.DataFrame] = field(default_factory=list)  # the facts of each plan, beside its records
    addresses: list[pd.DataFrame] = field(default_factory=list)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    shields: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # shield, person, properties
    held: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # likewise, of entries that are held
    attached: list[dict[str, str]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)  # NHS numbers with the run that withdrew them
    identities: list[pd.DataFrame] = field(default_factory=list)  # who is known, file by file
    person_runs: dict[str, int] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)


class TableState:
    """The state of a graph that is being made up: the tables of the files taken so far."""

    def __init__(self, guards: Sequence[Guard] = ()) -> None:
        """Begins with nothing but the shields that are in force."""
        self.tables = Tables()
        self._guards = list(guards)
        self._people = pd.DataFrame(columns=_INDEXED)
        self._alike = pd.DataFrame(columns=ALIKE)
        self._there: dict[str, set[str]] = {
            "service": set(),
            "practitioner": set(),
            "authority": {UNKNOWN},
            "address": set(),
        }
        self._codes: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._numbered: dict[str, str] = {}
        self._areas: dict[str, str] = {}
        self._lines: dict[str, str | None] = {}
        self._homes = pd.DataFrame(columns=HOMES)
        self._responsible = pd.DataFrame(columns=RESPONSIBLE)
        self._carers = pd.DataFrame(columns=CARERS)
        self._at_home = pd.DataFrame(columns=AT_HOME)
        self._scopes: set[tuple[str, str]] = set()

    def scope(self, source: str, supplier: str) -> pd.DataFrame:
        """No record: the first file of each scope comes this way, and no other."""
        if (source, supplier) in self._scopes:
            raise ValueError(f"{source} from {supplier} came twice.")
        return pd.DataFrame(columns=KNOWN)

    def versions(self, records: Sequence[str]) -> pd.DataFrame:
        """No version, for the same reason."""
        return pd.DataFrame(columns=KNOWN)

    def persons_of(self, records: Sequence[str]) -> dict[str, str]:
        """The person that each of these records identifies."""
        found = self._people[self._people["record"].isin(set(records))]
        return dict(zip(values(found["record"]), values(found["subject_id"]), strict=True))

    def holders(self, number: str, values: Sequence[str], source: str, supplier: str) -> pd.DataFrame:
        """Who holds these numbers."""
        found = self._people[self._people[number].isin(values)]
        if number == "local_id":
            found = found[(found["source"] == source) & (found["supplier"] == supplier)]
        return found.rename(columns={number: "number", "subject_id": "person_id"})[HOLDER]

    def alike(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Who has these demographics."""
        return self._alike[self._alike["key"].isin(set(wanted["key"]))]

    def known_of(self, persons: Sequence[str]) -> dict[str, Known]:
        """What the records of these persons say of numbers, multiple births and forenames."""
        found = self._people[self._people["subject_id"].isin(set(persons))]
        made: dict[str, Known] = {}
        columns = (values(found[name]) for name in ("subject_id", "nhs_number", "upn", "forename", "multiple_birth"))
        for person, nhs, upn, forename, multiple in zip(*columns, strict=True):
            one = known([nhs] if nhs else [], [upn] if upn else [], [forename] if forename else [], multiple)
            if person in made:
                made[person].add(one)
            else:
                made[person] = one
        return made

    def subjects_of(self, persons: Sequence[str]) -> dict[str, set[str]]:
        """As what the records of these persons speak of them."""
        return {person: set(self.tables.roles.get(person, ())) for person in persons}

    def existing(self, kind: str, keys: Sequence[str]) -> set[str]:
        """Those of these identity keys that are there."""
        return self._there[kind] & set(keys)

    def authority_codes(self) -> dict[str, str]:
        """The GSS code of each authority by the education department's code."""
        return dict(self._codes)

    def schools_numbered(self, numbers: Sequence[str]) -> dict[str, str]:
        """The identity key of each school by its LAESTAB."""
        return {number: self._numbered[number] for number in numbers if number in self._numbered}

    def service_kinds(self, keys: Sequence[str]) -> dict[str, str]:
        """The kind of each of these services."""
        return {key: self._kinds[key] for key in keys if key in self._kinds}

    def guards(self) -> list[Guard]:
        """What each shield in force guards, those proposed by files taken so far among them."""
        said = self.guarded([guard.person_id for guard in self._guards if guard.person_id is not None])
        return [guard.with_more(said.get(guard.person_id or "", ())) for guard in self._guards]

    def guarded(self, persons: Sequence[str]) -> dict[str, list[Said]]:
        """What the records of these persons say that a shield over them has to guard."""
        wanted, said = set(persons), dict[str, list[Said]]()
        columns = ["record", "subject_id", *(name for name in Said.__dataclass_fields__ if name in RECORD_PROPERTIES)]
        for records, facts in zip(self.tables.records, self.tables.said, strict=True):
            mine = [at for at, person in enumerate(values(records["subject_id"])) if person in wanted]
            if not mine:
                continue
            rows = records[columns].iloc[mine]
            homes = homes_said(facts[facts["record"].isin(set(rows["record"]))], self._lines)
            for row in rows.to_dict("records"):
                said.setdefault(row["subject_id"], []).append(said_by(row, homes.get(row["record"], ())))
        return said

    def waiting(self) -> list[Waits]:
        """The rows put aside so far."""
        return [
            waits(row["record"], row["record_version"], row["shields"], json.loads(row["payload"]))
            for row in self.tables.quarantined
        ]

    def index(self, few: pa.Table | None = None) -> AbstractContextManager[Index]:
        """Every observed identity of every child taken so far, few though the new ones may be."""
        return in_memory(self.identities())

    def identities(self) -> pd.DataFrame:
        """Every record of a child taken so far."""
        frames = self.tables.identities
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=IDENTITIES, dtype=object)

    def children_at(self, addresses: Sequence[str]) -> pd.DataFrame:
        """The children who live at these addresses."""
        found = self._at_home[self._at_home["address"].isin(set(addresses))].drop_duplicates()
        return found[["child" in self.tables.roles.get(person, ()) for person in found["child"]]]

    def carers_of(self, children: Sequence[str]) -> pd.DataFrame:
        """Who cares for these children."""
        asked = {row["person_id"] for row in self.tables.proposals}
        return self._carers[self._carers["child"].isin(set(children) - asked)]

    def apart(self) -> list[tuple[str, str]]:
        """None: a graph without persons holds no decision about any."""
        return []

    def asked(self) -> list[tuple[str, str]]:
        """Two persons each of whom the files taken so far ask whether they are one."""
        return [(row["person_id"], row["candidate"]) for row in self.tables.proposals]

    def said_before(self, records: Sequence[str]) -> pd.DataFrame:
        """None: no record has changed yet."""
        return pd.DataFrame(columns=SAID, dtype=object)

    def uses(self, source: str, supplier: str) -> dict[str, int]:
        """None, for the same reason."""
        return {}

    def withdrawn(self) -> set[str]:
        """The NHS numbers that the files taken so far have withdrawn."""
        return {row["nhs_number"] for row in self.tables.withdrawn}

    def ever_held(self, numbers: Sequence[str]) -> set[str]:
        """The persons who hold one of these NHS numbers: nothing has ended yet."""
        return set(values(self._people.loc[self._people["nhs_number"].isin(numbers), "subject_id"]))

    def quarantined(self, versions: Sequence[str]) -> set[str]:
        """None: nothing has been put aside twice yet."""
        return set()

    def open_facts(self, subject_kind: str, rows: pd.DataFrame) -> pd.DataFrame:
        """None: no record has changed yet."""
        return pd.DataFrame(columns=OPEN_FACTS)

    def whereabouts(self, persons: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Open addresses and schools with their areas, and the open responsibility, of children."""
        wanted = set(persons)
        homes, now = self._homes, self._responsible
        return homes[homes["person_id"].isin(wanted)], now[now["person_id"].isin(wanted)]

    # --- taking a plan in ---

    def take(self, plan: Plan) -> int:
        """How many children got another responsible authority, once the plan is in the tables."""
        scope, tables = plan.scope, self.tables
        self._scopes.add((scope.source, scope.supplier))
        records = plan.records.assign(source=scope.source, supplier=scope.supplier, run=scope.run)
        facts = plan.facts.assign(source=scope.source, supplier=scope.supplier, run=scope.run, ended_run=None)
        tables.records.append(records)
        tables.facts.append(facts)
        tables.said.append(facts)
        tables.addresses.append(plan.entities.assign(run=scope.run))
        tables.quarantined.extend(plan.quarantined)
        tables.attached.extend(plan.attached)
        tables.proposals.extend(row | {"run": scope.run} for row in plan.proposals)
        tables.withdrawn.extend({"nhs_number": number, "run": scope.run} for number in plan.withdrawn)
        self._learn_persons(plan)
        self._learn_entities(records, plan)
        self._learn_identities(records, facts)
        self._learn_homes(facts, scope.source)
        self._learn_carers(records, facts)
        return self._settle(plan.touched, scope.as_at, scope.run)

    def _learn_persons(self, plan: Plan) -> None:
        tables = self.tables
        people = plan.records[plan.records["subject"].isin(PERSON_SUBJECTS)]
        for person, subject in zip(values(people["subject_id"]), values(people["subject"]), strict=True):
            tables.person_runs.setdefault(person, plan.scope.run)
            tables.roles.setdefault(person, set()).add(subject)
        if len(people):
            rows = people.assign(source=plan.scope.source, supplier=plan.scope.supplier)[_INDEXED]
            self._people = (
                pd.concat([self._people, rows], ignore_index=True) if len(self._people) else rows.reset_index(drop=True)
            )
            keys = alike_keys(people.assign(person_id=people["subject_id"]).reset_index(drop=True))
            self._alike = pd.concat([self._alike, keys], ignore_index=True) if len(self._alike) else keys
        for guard, person in plan.shields:
            properties = shields.properties_of(
                guard, ground=Ground.RESTRICTED_BY_NHS, state="proposed", starts=plan.scope.as_at
            )
            tables.shields.append((guard.shield_id, person, properties))
            self._guards.append(Guard(**{**guard.__dict__, "person_id": person}))
        for guard, person in plan.held:
            tables.held.append((guard.shield_id, person, shields.held_properties(guard, plan.scope.as_at)))
            self._guards.append(Guard(**{**guard.__dict__, "person_id": person}))
        found = {row["shield_id"]: row["person_id"] for row in plan.attached}
        self._guards = [Guard(**{**g.__dict__, "person_id": found.get(g.shield_id, g.person_id)}) for g in self._guards]

    def _learn_entities(self, records: pd.DataFrame, plan: Plan) -> None:
        for subject, kind in (
            ("service", "service"),
            ("school", "service"),
            ("gp_practice", "service"),
            ("practitioner", "practitioner"),
            ("authority", "authority"),
        ):
            mine = records[records["subject"] == subject]
            self._there[kind] |= set(mine["subject_id"])
            if kind == "service":
                self._kinds |= dict(zip(values(mine["subject_id"]), values(mine["kind"]), strict=True))
            if subject == "school":
                schools = mine[mine["local_id"].notna()].sort_values("subject_id")
                self._numbered |= dict(zip(values(schools["local_id"]), values(schools["subject_id"]), strict=True))
            if kind == "authority":
                self._codes |= dict(zip(values(mine["dfe_code"]), values(mine["subject_id"]), strict=True))
        self._there["address"] |= set(plan.entities["key"])
        for key, line in zip(values(plan.entities["key"]), values(plan.entities["line_1"]), strict=True):
            self._lines.setdefault(key, line)
        areas = zip(values(plan.entities["key"]), values(plan.entities["authority"]), strict=True)
        self._areas |= {key: area for key, area in areas if area is not None}
        in_area = plan.facts[plan.facts["type"] == "IN_AREA"]
        self._areas |= dict(zip(values(in_area["subject_id"]), values(in_area["target_id"]), strict=True))

    def _learn_identities(self, records: pd.DataFrame, facts: pd.DataFrame) -> None:
        children = records[records["subject"] == "child"]
        if children.empty:
            return
        homes = homes_of(facts, self._lines)
        plain = ("person", "address", "date_of_birth")
        columns = {name: values(children[name]) for name in IDENTITIES if name not in plain}
        columns["person"] = values(children["subject_id"])
        columns["address"] = [homes.get(record) for record in columns["record"]]
        columns["date_of_birth"] = [day.isoformat() if day else None for day in values(children["date_of_birth"])]
        self.tables.identities.append(pd.DataFrame({name: columns[name] for name in IDENTITIES}, dtype=object))

    def _learn_carers(self, records: pd.DataFrame, facts: pd.DataFrame) -> None:
        """Who cares for whom, and which children live where, of what has not ended."""
        care = facts.loc[facts["type"] == "CARED_FOR_BY", ["subject_id", "target_id", "carer_record", "relationship"]]
        about = records[["record", "forename", "family_name", "date_of_birth", "nino_hash"]]
        known = care.rename(columns={"subject_id": "child", "target_id": "person", "carer_record": "record"})
        known = known.astype({"record": object}).merge(about.astype({"record": object}), on="record")[CARERS]
        lives = facts[(facts["type"] == "LIVES_AT") & facts["to"].isna()]
        rows = [
            (place, person)
            for place, person in zip(values(lives["target_id"]), values(lives["subject_id"]), strict=True)
            if self._lines.get(place)
        ]
        self._carers = pd.concat([self._carers, known], ignore_index=True) if len(self._carers) else known
        self._at_home = pd.concat([self._at_home, pd.DataFrame(rows, columns=AT_HOME)], ignore_index=True)

    def _learn_homes(self, facts: pd.DataFrame, source: str) -> None:
        for kind, named in (("LIVES_AT", source), ("ATTENDS", "school")):
            mine = facts[facts["type"] == kind]
            rows = pd.DataFrame(
                {
                    "person_id": values(mine["subject_id"]),
                    "source": named,
                    "from": values(mine["from"]),
                    "to": values(mine["to"]),
                    "place": values(mine["target_id"]),
                    "gss_code": [self._areas.get(place) for place in values(mine["target_id"])],
                },
                columns=HOMES,
            )
            rows = rows[rows["gss_code"].notna()]
            self._homes = pd.concat([self._homes, rows], ignore_index=True) if len(self._homes) else rows

    def _settle(self, persons: set[str], as_at: date, run: int) -> int:
        homes, now = self.whereabouts(list(persons))
        ended, made = changes(decide(persons, homes, as_at), now)
        gone = {fact for _, fact in ended}
        for frame in self.tables.facts:
            if gone and "RESPONSIBILITY_OF" in set(frame["type"].head(1)):
                frame.loc[frame["fact_id"].isin(gone) & frame["ended_run"].isna(), "ended_run"] = run
        if len(made):
            more: dict[str, Any] = {
                "record": "computed",
                "source": "computed",
                "supplier": "signpost",
                "run": run,
                "ended_run": None,
                "to": None,
            }
            self.tables.facts.append(made.assign(**more))
            fresh = made.rename(columns={"subject_id": "person_id", "target_id": "gss_code"})[RESPONSIBLE]
            kept = self._responsible[~self._responsible["fact_id"].isin(gone)]
            self._responsible = pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh
        return len(made)


# --- files for the import tool -------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A file for the import tool; its header names types and labels."""

    path: Path
    rows: int


def write_tables(tables: Tables, folder: Path) -> tuple[list[Group], list[Group]]:
    """The files of nodes and of relationships, written into a folder that only its owner can read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    nodes = [*_person_files(tables, folder), *_identity_files(tables, folder), *_record_files(tables, folder)]
    relationships = [*_statement_files(tables, folder), *_fact_files(tables, folder), *_area_files(tables, folder)]
    relationships += _proposal_files(tables, folder)
    return [group for group in nodes if group.rows], [group for group in relationships if group.rows]


def _write(folder: Path, name: str, columns: dict[str, Any]) -> Group:
    """One CSV file of these columns: header → values (Python lists or arrow arrays)."""
    table = pa.table(
        {
            header: values if isinstance(values, pa.ChunkedArray | pa.Array) else pa.array(values)
            for header, values in columns.items()
        }
    )
    path = folder / f"{name}.csv"
    arrow_csv.write_csv(table, path)
    return Group(path, table.num_rows)


def _person_files(tables: Tables, folder: Path) -> list[Group]:
    people = list(tables.person_runs)
    labels = {frozenset({"child"}): "Person\x1fChild", frozenset({"carer"}): "Person\x1fCarer"}
    both = "Person\x1fChild\x1fCarer"
    roles = [labels.get(frozenset(tables.roles[person]), both) for person in people]
    ids = [person if "Child" in role else None for person, role in zip(people, roles, strict=True)]
    columns = {
        "person_id:ID(Person)": people,
        "child_id": pa.array(ids, pa.string()),
        "run:long": list(tables.person_runs.values()),
        ":LABEL": roles,
    }
    return [_write(folder, "persons", columns)]


def _identity_files(tables: Tables, folder: Path) -> list[Group]:
    records = pd.concat(
        [frame[["subject", "subject_id", "key", "supplier", "run"]] for frame in tables.records], ignore_index=True
    )
    things = records[~records["subject"].isin(PERSON_SUBJECTS)].drop_duplicates(["subject_id", "subject"])
    made = []
    services = things[things["subject"].isin(("service", "school", "gp_practice"))].drop_duplicates("subject_id")
    labels = {"service": "Service", "school": "Service\x1fSchool", "gp_practice": "Service\x1fGPPractice"}
    subjects, keys = values(services["subject"]), values(services["key"])
    made.append(
        _write(
            folder,
            "services",
            {
                "service_id:ID(Service)": values(services["subject_id"]),
                "urn": pa.array(
                    [key if of == "school" else None for of, key in zip(subjects, keys, strict=True)], pa.string()
                ),
                "ods_code": pa.array(
                    [key if of == "gp_practice" else None for of, key in zip(subjects, keys, strict=True)], pa.string()
                ),
                "run:long": values(services["run"]),
                ":LABEL": [labels[of] for of in subjects],
            },
        )
    )
    people = things[things["subject"] == "practitioner"]
    made.append(
        _write(
            folder,
            "practitioners",
            {
                "practitioner_id:ID(Practitioner)": values(people["subject_id"]),
                "source": values(people["supplier"]),
                "code": [key.removeprefix("practitioner/") for key in values(people["key"])],
                "run:long": values(people["run"]),
                ":LABEL": ["Practitioner"] * len(people),
            },
        )
    )
    areas = things[things["subject"] == "authority"]
    made.append(
        _write(
            folder,
            "authorities",
            {
                "gss_code:ID(LocalAuthority)": [*values(areas["subject_id"]), UNKNOWN],
                "run:long": [*values(areas["run"]), 0],
                ":LABEL": ["LocalAuthority"] * (len(areas) + 1),
            },
        )
    )
    places = _addresses(tables)
    columns: dict[str, Any] = {"address_id:ID(Address)": values(places["key"])}
    columns |= {name: pa.array(values(places[name]), pa.string()) for name in ADDRESS_KEPT}
    columns |= {"run:long": values(places["run"]), ":LABEL": ["Address"] * len(places)}
    return [*made, _write(folder, "addresses", columns)]


def _addresses(tables: Tables) -> pd.DataFrame:
    return pd.concat(tables.addresses, ignore_index=True).drop_duplicates("key")


def _record_files(tables: Tables, folder: Path) -> list[Group]:
    made = []
    for number, frame in enumerate(tables.records):
        columns: dict[str, Any] = {"record_version:ID(Record)": _text(frame["record_version"])}
        columns |= {
            name: _text(frame[name])
            for name in (
                "record",
                "source",
                "supplier",
                "key",
                "subject",
                "content_hash",
                "family_name_folded",
                "search_born",
            )
        }
        columns |= {f"{name}:long": values(frame["run"]) for name in ("run", "file_run")}
        columns |= {"version:long": values(frame["version"]), "line:long": values(frame["line"])}
        columns |= {"search_names:string[]": _lists(frame["search_names"])}
        columns |= _properties(frame, RECORD_PROPERTIES)
        columns[":LABEL"] = ["Record"] * len(frame)
        made.append(_write(folder, f"records_{number:03d}", columns))
    return made


def _properties(frame: pd.DataFrame, kinds: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, kind in kinds.items():
        if name not in frame.columns or not frame[name].notna().any():
            continue
        if kind == TEXTS:
            made[name + _TYPES[kind]] = _lists(frame[name])
        elif kind == FLAG:
            made[name + _TYPES[kind]] = pa.array(
                [None if v is None else "true" if v else "false" for v in values(frame[name])], pa.string()
            )
        else:
            made[name + _TYPES.get(kind, "")] = pa.array(
                values(frame[name]), pa.date32() if kind == DATE else pa.string()
            )
    return made


def _text(series: "pd.Series") -> pa.Array:
    return pa.array(values(series), pa.string())


def _lists(series: "pd.Series") -> pa.Array:
    return pa.array([_SEPARATOR.join(value) if value else None for value in values(series)], pa.string())


def _statement_files(tables: Tables, folder: Path) -> list[Group]:
    """Who each record identifies, and what the others describe."""
    policy, model = decided_by()["policy"], decided_by()["model"]
    spaces = {"child": "Person", "carer": "Person", "practitioner": "Practitioner", "authority": "LocalAuthority"}
    made = []
    for number, frame in enumerate(tables.records):
        of = frame["subject"].map(spaces).fillna("Service")
        for space, part in frame.groupby(of):
            columns: dict[str, Any] = {
                ":START_ID(Record)": _text(part["record_version"]),
                f":END_ID({space})": _text(part["subject_id"]),
                "run:long": values(part["run"]),
            }
            if space == "Person":
                weighed = part["parts"].notna()
                columns |= {
                    "method": _text(part["method"]),
                    "basis": _text(part["basis"]),
                    "score:double": pa.array(values(part["score"]), pa.float64()),
                    "parts:string[]": _lists(part["parts"]),
                    "policy:long": pa.array([policy if each else None for each in weighed], pa.int64()),
                    "model": pa.array([model if each else None for each in weighed], pa.string()),
                    "by": ["loaders"] * len(part),
                }
            columns[":TYPE"] = ["IDENTIFIES" if space == "Person" else "DESCRIBES"] * len(part)
            made.append(_write(folder, f"says_{number:03d}_{space.lower()}", columns))
    return made


def _proposal_files(tables: Tables, folder: Path) -> list[Group]:
    """Whom people are asked about."""
    rows = tables.proposals
    types = {"weight": pa.float64(), "margin": pa.float64(), "policy": pa.int64(), "run": pa.int64()}
    headers = {"weight": "weight:double", "margin": "margin:double", "policy": "policy:long", "run": "run:long"}
    columns: dict[str, Any] = {
        ":START_ID(Person)": pa.array([row["person_id"] for row in rows], pa.string()),
        ":END_ID(Person)": pa.array([row["candidate"] for row in rows], pa.string()),
        ":TYPE": pa.array(["POSSIBLE_SAME_AS"] * len(rows), pa.string()),
        "parts:string[]": pa.array([_SEPARATOR.join(row["parts"]) for row in rows], pa.string()),
    }
    for name in ("record", "reason", "weight", "margin", "policy", "model", "run"):
        columns[headers.get(name, name)] = pa.array([row[name] for row in rows], types.get(name, pa.string()))
    return [_write(folder, "possible_same_as", columns)]


_ENDS = {
    "CARED_FOR_BY": ("Person", "Person"),
    "LIVES_AT": ("Person", "Address"),
    "ATTENDS": ("Person", "Service"),
    "REGISTERED_WITH": ("Person", "Service"),
    "INVOLVES": ("Person", "Service"),
    "SEEN_BY": ("Person", "Practitioner"),
    "WORKS_FOR": ("Practitioner", "Service"),
    "IN_AREA": ("Service", "LocalAuthority"),
    "RESPONSIBILITY_OF": ("Person", "LocalAuthority"),
}


def _fact_files(tables: Tables, folder: Path) -> list[Group]:
    made = []
    for number, frame in enumerate(tables.facts):
        for kind, part in frame.groupby("type"):
            start, end = _ENDS[str(kind)]
            columns: dict[str, Any] = {
                f":START_ID({start})": _text(part["subject_id"]),
                f":END_ID({end})": _text(part["target_id"]),
                ":TYPE": [str(kind)] * len(part),
            }
            columns |= {name: _text(part[name]) for name in ("fact_id", "record", "source", "supplier")}
            columns |= {
                "run:long": values(part["run"]),
                "ended_run:long": pa.array(values(part["ended_run"]), pa.int64()),
            }
            columns |= _properties(part, {"from": DATE, "to": DATE, "carer_record": TEXT, **FACT_PROPERTIES})
            made.append(_write(folder, f"facts_{number:03d}_{str(kind).lower()}", columns))
    return made


def _area_files(tables: Tables, folder: Path) -> list[Group]:
    places = _addresses(tables)
    places = places[places["authority"].notna()]
    columns = {
        ":START_ID(Address)": values(places["key"]),
        ":END_ID(LocalAuthority)": _text(places["authority"]),
        "run:long": values(places["run"]),
        ":TYPE": ["IN_AREA"] * len(places),
    }
    return [_write(folder, "areas", columns)]

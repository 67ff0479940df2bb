"""What is there already, as a load asks it: answered by the graph, or by the tables of a first load."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from graph.model.names import fold_whole
from graph.services import load_queries, shields
from graph.store import Database, Query
from loaders.again import SAID
from loaders.guarding import Waits, said_by
from loaders.kept import KeptIndex, everybody
from loaders.match import Index, Known, demographic_keys
from loaders.near import Near
from loaders.tables import values
from loaders.who.index import Index as WhoIndex
from loaders.who.index import in_memory

ASK = 5_000  # keys a question
_CANDIDATE = [
    "person_id", "record", "forename", "preferred_forename", "family_name", "preferred_family_name",
    "former_family_name", "other_names", "date_of_birth", "postcode", "former_postcodes",
]  # fmt: skip
HOLDER = ["number", "person_id", "record", "subject", "forename", "date_of_birth"]
ALIKE = ["key", "person_id", "record"]
KNOWN = ["record", "version", "content_hash", "key", "subject", "open"]
HOMES = ["person_id", "source", "from", "to", "place", "gss_code"]
AT_HOME = ["address", "child"]
CARERS = ["child", "person", "record", "relationship", "forename", "family_name", "date_of_birth", "nino_hash"]
RESPONSIBLE = ["person_id", "fact_id", "from", "gss_code"]
OPEN_FACTS = ["record", "subject_id", "fact_id", "type", "target_id", "properties"]


class State(Index, Protocol):
    """Everything that planning a load has to know of what is there."""

    def scope(self, source: str, supplier: str) -> pd.DataFrame:
        """The open records of a feed and supplier, in the columns KNOWN."""

    def versions(self, records: Sequence[str]) -> pd.DataFrame:
        """Every version of these records, in the columns KNOWN."""

    def persons_of(self, records: Sequence[str]) -> dict[str, str]:
        """The person that each of these records identifies."""

    def existing(self, kind: str, keys: Sequence[str]) -> set[str]:
        """Those of these identity keys (of address, service, practitioner or authority) that are there."""

    def authority_codes(self) -> dict[str, str]:
        """The GSS code of each authority by the education department's code."""

    def schools_numbered(self, numbers: Sequence[str]) -> dict[str, str]:
        """The identity key of each school by its LAESTAB (authority and establishment number, seven digits)."""

    def service_kinds(self, keys: Sequence[str]) -> dict[str, str]:
        """The kind of each of these services."""

    def guards(self) -> list[shields.Guard]:
        """What each shield in force guards."""

    def quarantined(self, versions: Sequence[str]) -> set[str]:
        """Those of these rows that wait in quarantine already."""

    def subjects_of(self, persons: Sequence[str]) -> dict[str, set[str]]:
        """As what the open records of these persons speak of them: child, carer or both."""

    def open_facts(self, subject_kind: str, rows: pd.DataFrame) -> pd.DataFrame:
        """The open facts of these records (`record`, `subject_id`), in the columns OPEN_FACTS."""

    def whereabouts(self, persons: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Open addresses and schools with their areas (HOMES), and open responsibilities (RESPONSIBLE), of children."""

    def guarded(self, persons: Sequence[str]) -> dict[str, list[shields.Said]]:
        """What every record has said of these persons that a shield over them has to guard."""

    def waiting(self) -> list[Waits]:
        """The rows that wait in quarantine."""

    def identities(self) -> pd.DataFrame:
        """Every open record of a child, in the columns IDENTITIES; `address` is the first line of the home."""

    def index(self, few: pa.Table | None = None) -> AbstractContextManager[WhoIndex | Near]:
        """Every observed identity of every child, for as long as the block lasts.

        `few` are the new ones, as `who.identities.observed`, where they are few: then whoever is near them may do.
        """

    def children_at(self, addresses: Sequence[str]) -> pd.DataFrame:
        """The children who live at these addresses today, in the columns AT_HOME; a bare postcode is no address."""

    def carers_of(self, children: Sequence[str]) -> pd.DataFrame:
        """Who cares for these children by which record, in the columns CARERS; nothing of who is under review."""

    def apart(self) -> list[tuple[str, str]]:
        """Two persons each whom people have decided to be different."""

    def asked(self) -> list[tuple[str, str]]:
        """Two persons each of whom people are asked whether they are one, and have not decided."""

    def said_before(self, records: Sequence[str]) -> pd.DataFrame:
        """What the newest version of each of these records says of who it is, ended or not, in the columns SAID."""

    def uses(self, source: str, supplier: str) -> dict[str, int]:
        """How often each key of this scope has been begun anew: 2 for one that names its second child."""

    def withdrawn(self) -> set[str]:
        """The NHS numbers that a register has withdrawn."""

    def ever_held(self, numbers: Sequence[str]) -> set[str]:
        """The persons who hold one of these NHS numbers, or held it once."""


class GraphState:
    """The state of the graph itself: all that is written counts, published or not, because one load runs at a time."""

    def __init__(self, db: Database, kept: KeptIndex | None = None) -> None:
        """Asks this database; without a kept index one is made in memory each time."""
        self._db, self._kept = db, kept

    def scope(self, source: str, supplier: str) -> pd.DataFrame:
        """The open records of a feed and supplier."""
        rows = list(self._db.stream(load_queries.LIST_SCOPE, source=source, supplier=supplier))
        frame = pd.DataFrame(rows, columns=["record", "version", "content_hash", "key", "subject"])
        return frame.assign(open=True)

    def versions(self, records: Sequence[str]) -> pd.DataFrame:
        """Every version of these records."""
        return pd.DataFrame(self._ask(load_queries.LIST_KNOWN, records=records), columns=KNOWN)

    def persons_of(self, records: Sequence[str]) -> dict[str, str]:
        """The person that each of these records identifies."""
        return dict(self._ask(load_queries.LIST_PERSONS_OF, records=records))

    def holders(self, number: str, values: Sequence[str], source: str, supplier: str) -> pd.DataFrame:
        """Who holds these numbers."""
        query = {
            "nhs_number": load_queries.FIND_BY_NHS_NUMBER,
            "upn": load_queries.FIND_BY_UPN,
            "local_id": load_queries.FIND_BY_LOCAL_ID,
        }[number]
        scope = {"source": source, "supplier": supplier} if number == "local_id" else {}
        return _native(pd.DataFrame(self._ask(query, numbers=values, **scope), columns=HOLDER))

    def alike(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Who has these demographics: found by day and family name, and by day and postcode, and then compared."""
        names = wanted[["date_of_birth", "family_name"]].drop_duplicates().to_dict("records")
        places = wanted[["date_of_birth", "postcode"]].drop_duplicates().to_dict("records")
        rows = [
            *self._ask(load_queries.FIND_BY_FAMILY_NAME, wanted=names),
            *self._ask(load_queries.FIND_BY_POSTCODE, wanted=places),
        ]
        candidates = _native(pd.DataFrame(rows, columns=_CANDIDATE)).drop_duplicates("record").reset_index(drop=True)
        found = alike_keys(candidates)
        return found[found["key"].isin(set(wanted["key"]))]

    def known_of(self, persons: Sequence[str]) -> dict[str, Known]:
        """What the open records of these persons say."""
        rows = self._ask(load_queries.LIST_NUMBERS, persons=persons)
        return {person: known(nhs, upns, names, multiple) for person, nhs, upns, multiple, names in rows}

    def subjects_of(self, persons: Sequence[str]) -> dict[str, set[str]]:
        """As what the open records of these persons speak of them: child, carer or both."""
        return {
            person: {role for role, known in (("child", is_child), ("carer", is_carer)) if known}
            for person, is_child, is_carer in self._ask(load_queries.LIST_LABELS, persons=persons)
        }

    def existing(self, kind: str, keys: Sequence[str]) -> set[str]:
        """Those of these identity keys that are there."""
        query: Query[load_queries.Key] = {
            "address": load_queries.LIST_EXISTING_ADDRESSES,
            "service": load_queries.LIST_EXISTING_SERVICES,
            "practitioner": load_queries.LIST_EXISTING_PRACTITIONERS,
            "authority": load_queries.LIST_EXISTING_AUTHORITIES,
        }[kind]
        return {row[0] for row in self._ask(query, keys=keys)}

    def authority_codes(self) -> dict[str, str]:
        """The GSS code of each authority by the education department's code."""
        return {row.dfe_code: row.gss_code for row in self._db.read(load_queries.LIST_AUTHORITY_CODES)}

    def schools_numbered(self, numbers: Sequence[str]) -> dict[str, str]:
        """The identity key of each school by its LAESTAB."""
        return dict(self._ask(load_queries.LIST_SCHOOLS_NUMBERED, numbers=numbers))

    def service_kinds(self, keys: Sequence[str]) -> dict[str, str]:
        """The kind of each of these services."""
        return dict(self._ask(load_queries.LIST_SERVICE_KINDS, keys=keys))

    def guards(self) -> list[shields.Guard]:
        """What each shield in force guards."""
        return shields.list_guards(self._db)

    def quarantined(self, versions: Sequence[str]) -> set[str]:
        """Those of these rows that wait in quarantine already."""
        return {row[0] for row in self._ask(load_queries.LIST_QUARANTINED, versions=versions)}

    def guarded(self, persons: Sequence[str]) -> dict[str, list[shields.Said]]:
        """What every record has said of these persons."""
        found: dict[str, list[shields.Said]] = {}
        for start in range(0, len(persons), ASK):
            for row in self._db.read(shields.LIST_GUARDED, persons=list(persons[start : start + ASK])):
                found.setdefault(row.person_id, []).append(row.said)
        return found

    def waiting(self) -> list[Waits]:
        """The rows that wait in quarantine."""
        rows = self._db.stream(load_queries.LIST_WAITING_ROWS)
        return [waits(record, version, ids, json.loads(payload)) for record, version, ids, payload in rows]

    def identities(self) -> pd.DataFrame:
        """Every open record of a child."""
        return everybody(self._db)

    def index(self, few: pa.Table | None = None) -> AbstractContextManager[WhoIndex | Near]:
        """Every observed identity of every child: the kept index brought up to date, or one made in memory.

        For few newcomers those near them only, by the graph's own indexes, where what is kept was counted lately.
        """
        if self._kept is None:
            return in_memory(self.identities())
        counted = None if few is None else self._kept.counted()
        return self._kept.opened() if counted is None or few is None else nullcontext(Near(self._db, counted, few))

    def children_at(self, addresses: Sequence[str]) -> pd.DataFrame:
        """The children who live at these addresses."""
        return pd.DataFrame(self._ask(load_queries.LIST_CHILDREN_AT, addresses=addresses), columns=AT_HOME)

    def carers_of(self, children: Sequence[str]) -> pd.DataFrame:
        """Who cares for these children."""
        rows = self._ask(load_queries.LIST_CARERS_OF, children=children)
        return _native(pd.DataFrame(rows, columns=CARERS, dtype=object))

    def apart(self) -> list[tuple[str, str]]:
        """Two persons each whom people have decided to be different."""
        return [(row[0], row[1]) for row in self._db.stream(load_queries.LIST_APART)]

    def asked(self) -> list[tuple[str, str]]:
        """Two persons each of whom people are asked whether they are one, and have not decided."""
        return [(row[0], row[1]) for row in self._db.stream(load_queries.LIST_QUESTIONS)]

    def said_before(self, records: Sequence[str]) -> pd.DataFrame:
        """What the newest version of each of these records says of who it is, ended or not."""
        rows = self._ask(load_queries.LIST_SAID_BEFORE, records=records)
        return pd.DataFrame(rows, columns=SAID, dtype=object)

    def uses(self, source: str, supplier: str) -> dict[str, int]:
        """How often each key of this scope has been begun anew."""
        return dict(self._db.stream(load_queries.LIST_KEY_USES, source=source, supplier=supplier))

    def withdrawn(self) -> set[str]:
        """The NHS numbers that a register has withdrawn."""
        return {row[0] for row in self._db.stream(load_queries.LIST_WITHDRAWN)}

    def ever_held(self, numbers: Sequence[str]) -> set[str]:
        """The persons who hold one of these NHS numbers, or held it once."""
        return {row[0] for row in self._ask(load_queries.LIST_EVER_HELD, numbers=numbers)}

    def open_facts(self, subject_kind: str, rows: pd.DataFrame) -> pd.DataFrame:
        """The open facts of these records."""
        query = {
            "person": load_queries.LIST_PERSON_FACTS,
            "service": load_queries.LIST_SERVICE_FACTS,
            "practitioner": load_queries.LIST_PRACTITIONER_FACTS,
        }[subject_kind]
        wanted = rows[["record", "subject_id"]].to_dict("records")
        found = [
            (*row[:5], {name: _date(value) for name, value in row[5].items()}) for row in self._ask(query, rows=wanted)
        ]
        return pd.DataFrame(found, columns=OPEN_FACTS)

    def whereabouts(self, persons: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Open addresses and schools with their areas, and the open responsibility, of children."""
        homes: list[tuple[Any, ...]] = []
        responsible: list[tuple[Any, ...]] = []
        for person, at_home, at_school, now in self._ask(load_queries.LIST_WHEREABOUTS, persons=persons):
            homes.extend((person, *where) for where in (*at_home, *(["school", *school[1:]] for school in at_school)))
            responsible.extend((person, *fact) for fact in now)
        return _native(pd.DataFrame(homes, columns=HOMES)), _native(pd.DataFrame(responsible, columns=RESPONSIBLE))

    def _ask(self, query: Query[Any], **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query whose one list parameter is asked in parts."""
        name, values = next((name, value) for name, value in parameters.items() if not isinstance(value, str))
        for start in range(0, len(values), ASK):
            yield from self._db.stream(query, **{**parameters, name: list(values[start : start + ASK])})


def waits(record: str, version: str, ids: Sequence[str], payload: Mapping[str, Any]) -> Waits:
    """A row that waits, by the payload that it was put aside with."""
    row = dict(payload["record"])
    born = row.get("date_of_birth")
    row["date_of_birth"] = date.fromisoformat(born) if born else None
    lines = [place["line_1"] for place in payload["addresses"] if place.get("line_1")]
    return Waits(record, version, tuple(ids), said_by(row, lines))


def homes_of(facts: pd.DataFrame, lines: Mapping[str, str | None]) -> dict[str, str | None]:
    """The first line of the home that each record tells of and that has not ended, by these lines of addresses."""
    lives = facts[(facts["type"] == "LIVES_AT") & facts["to"].isna()]
    places: dict[str, str] = {}
    for record, place in zip(values(lives["record"]), values(lives["target_id"]), strict=True):
        places[record] = min(place, places.get(record, place))
    return {record: lines.get(place) for record, place in places.items()}


def alike_keys(candidates: pd.DataFrame) -> pd.DataFrame:
    """The demographics under which candidates can be found, in the columns ALIKE."""
    keys = demographic_keys(candidates)
    found = keys[keys["primary"].astype(bool)]
    at = found["position"].tolist()
    return pd.DataFrame(
        {
            "key": found["key"].tolist(),
            "person_id": candidates["person_id"].loc[at].tolist(),
            "record": candidates["record"].loc[at].tolist(),
        }
    ).drop_duplicates()


def known(nhs_numbers: Sequence[str], upns: Sequence[str], names: Sequence[str], multiple: bool | None) -> Known:
    """What is known of one person, forenames folded."""
    return Known(set(nhs_numbers), set(upns), {fold_whole(name) for name in names}, bool(multiple))


def _date(value: Any) -> Any:
    return value.to_native() if hasattr(value, "to_native") else value


def _native(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with dates in the place of their texts: the driver makes dates slowly, and few differ."""
    for name in ("date_of_birth", "from", "to"):
        if name in frame.columns:
            days = {text: date.fromisoformat(text) for text in set(frame[name]) if isinstance(text, str)}
            frame[name] = pd.Series([days.get(text) for text in frame[name]], dtype=object, index=frame.index)
    return frame

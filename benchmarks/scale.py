"""A file of new records against an index of millions: how long, how much memory, and who was joined to whom.

`python -m benchmarks.scale --index 1000000 --records 50000` invents children straight as the table of the kept index,
by SQL, and records of some of them with errors; then the code of a load says who the records are about, once with both
tiers and once with every record taking the long way, and brings a copy of the index up to date. What the first tier
asks of the graph in a load is answered from the file here.
"""

import argparse
import json
import math
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import pandas as pd

from benchmarks import measure
from loaders.identify import File, Identified, identify
from loaders.kept import bounded, reading
from loaders.match import Known
from loaders.state import ALIKE, HOLDER, State, known
from loaders.synthetic.names import lists, variants
from loaders.tables import RECORD_COLUMNS, shaped, values
from loaders.who.candidates import NEAR, connect, number_of_key, numbers_of_keys
from loaders.who.index import IDENTITY, KEYED, Index
from loaders.who.records import tidy

# matching.md 3: how many names there are, and how steep their frequencies: the commonest has 0.7 % and 1.0 %.
FORENAMES, FAMILY_NAMES = (12_800, 22), (91_000, 11)
ABSENT = 0.08  # children of a file who are not in the index
MOVED, FORENAME, FAMILY, BORN, WRONG_ID = 0.10, 0.05, 0.04, 0.007, 0.0004
FEEDS = (("nhs_number", 0.35), ("upn", 0.70), ("", 1.0))  # with an NHS number, with a UPN, with neither
_SYLLABLES = (
    "ba", "ce", "do", "fi", "gu", "la", "me", "no", "pi", "ru", "sha", "te", "vo", "wi", "zu", "kha", "tre", "bro",
)  # fmt: skip
FILE = "identities.duckdb"
_ID = "printf('%010d', n) AS person_id"  # as `population` numbers persons
_PUT = 50_000


@dataclass
class Report:
    """What came out."""

    index: int
    records: int
    made_seconds: float = 0.0
    megabytes: float = 0.0
    counted_seconds: float = 0.0  # counting anew what agrees by chance, as after each load
    update_seconds: float = 0.0  # a copy, as many children put in anew as there are records (at most 50,000), counting
    update_peak_mb: int = 0
    seconds: float = 0.0  # every record by weights
    cpu_seconds: float = 0.0
    peak_mb: int = 0
    both_tiers_seconds: float = 0.0
    both_tiers_cpu_seconds: float = 0.0
    both_tiers_peak_mb: int = 0
    both_tiers_linked: int = 0
    both_tiers_false: int = 0
    by_weights: int = 0  # of the records, those that the first tier leaves
    pairs: int = 0
    linked: int = 0
    false: int = 0
    false_twins: int = 0
    review: int = 0
    review_right: int = 0
    new: int = 0
    second: int = 0  # new, although the index has the child, and nobody is asked about that one
    reasons: dict[str, int] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)


def names(kind: str, count: int) -> pd.DataFrame:
    """So many names as they are compared, in the order of how common they are: our own lists, then made-up ones."""
    parts = "FM" if kind == "given_names" else "S"
    known = dict.fromkeys(name for (_, part), each in lists().items() if part in parts for name in each.names)
    tails = (f"{a}{b}{c}{d}" for d in ("", *_SYLLABLES) for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES)
    every: dict[str, None] = {}
    for name in (*known, *tails):
        every.setdefault(name.casefold())
        if len(every) == count:
            break
    frame = pd.DataFrame({"key": [str(number) for number in range(len(every))], kind: list(every)})
    columns = ("given", "forms") if kind == "given_names" else ("family", "parts")
    made: pd.DataFrame = tidy(frame).select(["n", *columns]).to_pandas()
    return made


def _uniform(of: str, salt: str, seed: int) -> str:
    return f"((hash({of}, '{salt}', {seed}) >> 11)::DOUBLE / 9007199254740992.0)"


def _rank(of: str, salt: str, seed: int, names_: tuple[int, int]) -> str:
    """A rank by the share 1 / (rank + q) of each: what a uniform number falls on."""
    count, q = names_
    steep = math.log((count + q) / q)
    return f"least({count - 1}, ({q} * exp({_uniform(of, salt, seed)} * {steep}) - {q})::BIGINT)"


def population(size: int, seed: int) -> str:
    """SQL of children by number `i`, from the table `wanted (i)`: as they are compared, and who is of one birth."""

    def u(of: str, salt: str) -> str:
        return _uniform(of, salt, seed)

    places = max(50, size * 10 // 86)
    area = "p // 500"
    code = (
        f"chr((65 + {area} // 260 % 26)::INT) || chr((65 + {area} // 10 % 26)::INT) || ({area} % 10)"
        " || (p % 10) || chr((65 + p // 10 % 10)::INT) || chr((65 + p // 100 % 5)::INT)"
    )
    weighed = " + ".join(f"{weight} * (b // {10 ** (weight - 2)} % 10)" for weight in range(2, 11))
    checked = f"(11 - ({weighed}) % 11) % 11"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    total = " + ".join(f"{place} * substr(body, {place - 1}, 1)::BIGINT" for place in range(2, 14))
    return f"""
    WITH child AS (
      SELECT i, i * 5 // 9 AS h, i > 0 AND (i - 1) * 5 // 9 = i * 5 // 9 AS younger FROM wanted
    ), birth AS (
      SELECT *, {u("h", "twin")} < 0.036 AS birth, CASE WHEN younger AND birth THEN i - 1 ELSE i END AS e,
        (2008 + (e * 7919) % 18) AS year
      FROM child
    ), lived AS (
      SELECT *, {_rank("i", "given", seed, FORENAMES)} AS g, {_rank("i", "middle", seed, FORENAMES)} AS m,
        {_rank("h", "family", seed, FAMILY_NAMES)} AS f, ({u("h", "place")} * {places})::BIGINT AS p,
        ({u("h", "before")} * {places})::BIGINT AS before, 100000000 + i AS b,
        printf('%03d%04d%02d%03d', 200 + i // 1000000 % 700, 2000 + i // 1000 % 1000, (year + 4) % 100, i % 1000)
          AS body,
        strftime(make_date(year::INT, 1, 2) + ({u("e", "day")} * 363)::INT, '%Y%m%d') AS born
      FROM birth
    ), told AS (
      SELECT *, {code} AS postcode, (1 + ({u("h", "house")} * 80)::INT)::VARCHAR AS house,
        {code.replace("p ", "before ")} AS earlier, {checked} AS nhs_check, {total} AS upn_total
      FROM lived
    )
    SELECT i, birth AS multiple, substr(md5(i::VARCHAR), 1, 24) AS person, printf('%010d', i) AS person_id,
      given.given, given.forms, CASE WHEN {u("i", "second")} < 0.6 THEN other.given END AS middle,
      family.family, family.parts, born, CASE WHEN {u("i", "sex")} < 0.5 THEN 'male' ELSE 'female' END AS sex,
      postcode, left(postcode, 3) AS area, CASE WHEN {u("h", "moved")} < 0.28 THEN earlier END AS former,
      house || ' ' || street.family || ' road' AS address, house,
      list_sort(list_distinct([house, street.family, 'road'])) AS words,
      CASE WHEN nhs_check < 10 THEN b::VARCHAR || nhs_check END AS nhs,
      CASE WHEN year < 2022 THEN substr('{letters}', (upn_total % 23 + 1)::INT, 1) || body END AS upn
    FROM told JOIN forenames given ON given.n = g JOIN forenames other ON other.n = m
    JOIN family_names family ON family.n = f JOIN family_names street ON street.n = p % {FAMILY_NAMES[0]}
    """


def make(folder: Path, size: int, seed: int) -> tuple[float, float, float]:
    """Invents the index of about so many children: seconds to make it, to count it, and its size in MB."""
    path, begun = folder / FILE, time.perf_counter()
    with connect() as con:
        bounded(con, folder, memory="4GB")
        con.execute(f"ATTACH '{path}' AS known")
        index = Index.made(con)
        _register_names(con)
        every = int(size / (1 - ABSENT))
        step = 2_000_000
        for start in range(0, every, step):
            con.execute(
                "CREATE OR REPLACE TEMP VIEW wanted AS SELECT range AS i"
                f" FROM range({start}, {min(every, start + step)})"
                f" WHERE {_uniform('range', 'absent', seed)} >= {ABSENT}"
            )
            con.execute(f"CREATE OR REPLACE TEMP TABLE born AS {population(size, seed)}")
            con.execute(
                "INSERT INTO known.identity BY NAME SELECT * EXCLUDE (i, person_id, multiple), i AS n,"
                " person || '/1' AS key, FALSE AS multiple, TRUE AS first FROM born"
            )
            con.execute(
                "INSERT INTO known.record BY NAME SELECT person_id, person, person AS record, 'pds' AS source,"
                " 'nhs' AS supplier, nhs AS nhs_number, upn, given AS forename, FALSE AS multiple_birth,"
                " strftime(strptime(born, '%Y%m%d'), '%Y-%m-%d') AS date_of_birth FROM born"
            )
        con.execute("DROP TABLE born")
        con.execute(f"INSERT INTO {KEYED} BY NAME {numbers_of_keys(IDENTITY)}")
        made = time.perf_counter() - begun
        counted = measure.timed(index.recount)
        con.execute("DETACH known")
    return made, counted, round(path.stat().st_size / 1e6, 1)


def _register_names(con: duckdb.DuckDBPyConnection) -> None:
    for table, kind, (count, _) in (
        ("forenames", "given_names", FORENAMES),
        ("family_names", "family_name", FAMILY_NAMES),
    ):
        con.register("listed", names(kind, count))
        con.execute(f"CREATE TEMP TABLE {table} AS FROM listed")
        con.unregister("listed")


def drawn(size: int, records: int, seed: int) -> pd.DataFrame:
    """Children of whom the file tells, the truth of each, in no order; some are not in the index."""
    every, rng = int(size / (1 - ABSENT)), random.Random(seed + 1)
    with connect() as con:
        _register_names(con)
        con.register("wanted", pd.DataFrame({"i": rng.sample(range(every), records)}))
        con.execute(f"CREATE TEMP TABLE told AS {population(size, seed)}")
        frame = con.execute(f"SELECT *, {_uniform('i', 'absent', seed)} < {ABSENT} AS absent FROM told ORDER BY i").df()
    frame["elsewhere"] = frame["postcode"].sample(frac=1, random_state=seed).to_numpy()
    frame["another"] = frame["address"].sample(frac=1, random_state=seed).to_numpy()
    return frame


def said(truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    """What the file says of them: as true as the rates of matching.md 3."""
    rng, forms = random.Random(seed + 2), variants()
    told = []
    for row in truth.to_dict("records"):
        given, family, born, home = row["given"], row["family"], date.fromisoformat(row["born"]), row["address"]
        numbers = {"nhs_number": row["nhs"], "upn": row["upn"]}
        drawn_, place, former = rng.random(), row["postcode"], None
        kept = next(name for name, share in FEEDS if drawn_ < share)
        if rng.random() < FORENAME:
            given = rng.choice(forms[given]) if given in forms and rng.random() < 0.5 else _slip(given, rng)
        if rng.random() < FAMILY:
            family = _slip(family, rng) if rng.random() < 0.6 else rng.choice(("costaworth", "brentnor", "sandwick"))
        if rng.random() < BORN:
            born = _misread(born, rng)
        if rng.random() < MOVED:
            place, home, former = row["elsewhere"], row["another"], row["postcode"] if rng.random() < 0.3 else None
        told.append(
            {
                "key": f"r{row['i']}", "record": f"record{row['i']}", "subject": "child", "line": 2, "forename": given,
                "family_name": family, "date_of_birth": born, "sex": row["sex"], "postcode": place,
                "former_postcodes": [former] if former else None, "middle_names": row["middle"], "home": home,
            } | ({kept: numbers[kept]} if kept and numbers[kept] else {})
        )  # fmt: skip
    frame = pd.DataFrame(told)
    for name in ("nhs_number", "upn"):
        wrong = [at for at in range(len(frame)) if rng.random() < WRONG_ID]
        frame.loc[wrong, name] = frame[name].sample(len(wrong), random_state=seed).to_numpy()
    known = shaped(frame.drop(columns=["record", "home"]), RECORD_COLUMNS)
    return known.assign(record=frame["record"].to_numpy(), home=frame["home"].to_numpy())


def _slip(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + rng.choice("aeiourstnl") + name[at + 1 :]


def _misread(day: date, rng: random.Random) -> date:
    if day.day <= 12 and rng.random() < 0.5:
        return date(day.year, day.day, day.month)
    return day.replace(day=rng.randint(1, 28))


class FindsNobody:
    """What the first tier asks, answered so that every record is compared by weights."""

    def holders(self, *_: object) -> pd.DataFrame:
        """Nobody."""
        return pd.DataFrame(columns=HOLDER)

    def alike(self, *_: object) -> pd.DataFrame:
        """Nobody."""
        return pd.DataFrame(columns=ALIKE)

    def known_of(self, *_: object) -> dict[str, Known]:
        """Nobody."""
        return {}


class _Kept(FindsNobody):
    """The kept index without a graph beside it: the first tier finds nobody, and nobody has been parted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def apart(self) -> list[tuple[str, str]]:
        return []

    def asked(self) -> list[tuple[str, str]]:
        """None: nobody is asked about anybody."""
        return []

    def index(self, _few: object = None) -> AbstractContextManager[Index]:
        return reading(self._folder / FILE, self._folder)


class _BothTiers(_Kept):
    """The same, which tells the first tier what the file knows of numbers and demographics."""

    def holders(self, *asked: Any) -> pd.DataFrame:
        number, wanted = asked[0], asked[1]
        column = {"nhs_number": "nhs", "upn": "upn"}.get(number)
        if column is None:
            return pd.DataFrame(columns=HOLDER)
        rows = self._rows(f"{column}, {_ID}, person, given, born", (column,), pd.DataFrame({column: list(wanted)}))
        return pd.DataFrame([(*row[:3], "child", row[3], _day(row[4])) for row in rows], columns=HOLDER)

    def alike(self, *asked: Any) -> pd.DataFrame:
        (wanted,) = asked
        days = [day.strftime("%Y%m%d") for day in wanted["date_of_birth"]]
        keys = pd.DataFrame({"key": wanted["key"], "family": wanted["family_name"], "born": days})
        keys = keys.assign(given=[key.partition("|")[0] for key in keys["key"]], postcode=wanted["postcode"])
        rows = self._rows(f"wanted.key, {_ID}, person", ("given", "family"), keys, "born", "postcode")
        return pd.DataFrame(rows, columns=ALIKE)

    def known_of(self, *asked: Any) -> dict[str, Known]:
        (persons,) = asked
        with self.index() as index:
            index.con.register("wanted", pd.DataFrame({"n": [int(person) for person in persons]}))
            found = index.con.execute(
                f"SELECT {_ID}, nhs, upn, given FROM {IDENTITY} SEMI JOIN wanted USING (n)"
            ).fetchall()
        return {person: known([nhs or ""], [upn or ""], [given], multiple=False) for person, nhs, upn, given in found}

    def _rows(self, columns: str, key: tuple[str, ...], wanted: pd.DataFrame, *further: str) -> list[tuple[Any, ...]]:
        """Of those who have such a key and these further columns: found by its number, as the second tier does."""
        (name,) = (near.name for near in NEAR if near.columns == key)
        with self.index() as index:
            index.con.register("wanted", wanted)
            shared = (
                f"SELECT n FROM {KEYED} SEMI JOIN (SELECT {number_of_key(key)} AS {name} FROM wanted) USING ({name})"
            )
            return index.con.execute(
                f"SELECT {columns} FROM (FROM {IDENTITY} SEMI JOIN ({shared}) USING (n)) identity"
                f" JOIN wanted USING ({', '.join((*key, *further))})"
            ).fetchall()


def _day(born: str) -> date:
    return date(int(born[:4]), int(born[4:6]), int(born[6:]))


def ask(folder: Path, size: int, records: int, seed: int, *, both: bool = False) -> Report:
    """Who the records are about; the time is that of deciding, from records read and tidied to links and questions.

    `both` says that the first tier is asked first, as in a load.
    """
    truth = drawn(size, records, seed)
    frame = said(truth, seed)
    file = File(
        source="child_benefit", supplier="hmrc", full=False, register=False, records=set(values(frame["record"])),
        homes=dict(zip(values(frame["record"]), values(frame["home"]), strict=True)),
    )  # fmt: skip
    report = Report(size, records, machine=measure.machine())
    with _peak() as peak:
        cpu, begun = measure.cpu_seconds(), time.perf_counter()
        state = _BothTiers(folder) if both else _Kept(folder)
        found = identify(frame.drop(columns="home"), cast(State, state), file)
        report.seconds = round(time.perf_counter() - begun, 2)
        report.cpu_seconds = round(measure.cpu_seconds() - cpu, 2)
    report.peak_mb = peak[0]
    report.pairs, report.by_weights = sum(found.figures.pairs.values()), found.compared
    _judge(report, truth, found)
    return report


@contextmanager
def _peak() -> Iterator[list[int]]:
    """The most memory that this process holds, from here on: the mark of the system is set back first."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    held = [0]
    yield held
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    held[0] = round(int(line.split()[1]) / 1024)


def _judge(report: Report, truth: pd.DataFrame, found: Identified) -> None:
    asked = {row["record"]: row for row in found.proposals}
    joined = found.matched[found.matched["method"] != "new"]
    person = dict(zip(values(joined["record"]), values(joined["person_id"]), strict=True))
    for child in truth.itertuples(index=False):
        record, right = f"record{child.i}", None if child.absent else child.person_id
        if record in person:
            report.linked += 1
            report.false += int(person[record] != right)
            report.false_twins += int(person[record] != right and bool(child.multiple))
        elif record in asked:
            report.review += 1
            report.review_right += asked[record]["candidate"] == right
        else:
            report.new += 1
            report.second += right is not None
    report.reasons = dict(Counter(row["reason"] for row in found.proposals).most_common())


def update(folder: Path, children: int, seed: int) -> tuple[float, int]:
    """Seconds and peak memory of bringing a copy up to date by so many children, as after a load that told of them."""
    with _peak() as peak:
        begun = time.perf_counter()
        copy = folder / f"copy-{FILE}"
        shutil.copyfile(folder / FILE, copy)
        with connect() as con:
            bounded(con, folder)
            con.execute(f"ATTACH '{copy}' AS known")
            index = Index(con)
            rows_ = con.execute(
                "SELECT r.person_id AS person, r.record, 'pds' AS source, 'nhs' AS supplier, NULL AS local_id, given AS"
                " forename, middle AS middle_names, family AS family_name, r.date_of_birth, sex, postcode, address,"
                " r.nhs_number, r.upn, r.multiple_birth FROM known.record r JOIN known.identity i USING (person)"
                f" ORDER BY hash(person, {seed}) LIMIT {children}"
            ).df()
            index.put(rows_.assign(**dict.fromkeys(_NOT_THERE)).astype(object), gone=rows_["person"].tolist())
            index.recount()
            con.execute("DETACH known")
        spent = time.perf_counter() - begun
        copy.unlink()
    return round(spent, 2), peak[0]


_NOT_THERE = (
    "preferred_forename", "preferred_family_name", "former_family_name", "other_names", "former_postcodes",
)  # fmt: skip


def run(size: int, records: int, *, seed: int = 1, work: Path | None = None) -> Report:
    """Everything, each part in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="signpost-scale-", dir=work) as folder:
        made, counted, megabytes = measure.apart(make, Path(folder), size, seed)
        measure.tell(f"made in {made:.0f} s, counted in {counted:.0f} s, {megabytes:,.0f} MB")
        report = measure.apart(ask, Path(folder), size, records, seed)
        measure.tell(json.dumps(asdict(report)))
        both = measure.apart(_ask_both, Path(folder), size, records, seed)
        report.by_weights = both.by_weights
        report.both_tiers_seconds, report.both_tiers_cpu_seconds = both.seconds, both.cpu_seconds
        report.both_tiers_peak_mb = both.peak_mb
        report.both_tiers_linked, report.both_tiers_false = both.linked, both.false
        report.made_seconds, report.counted_seconds = round(made, 1), round(counted, 1)
        report.megabytes = megabytes
        report.update_seconds, report.update_peak_mb = measure.apart(update, Path(folder), min(records, _PUT), seed)
    return report


def _ask_both(folder: Path, size: int, records: int, seed: int) -> Report:
    return ask(folder, size, records, seed, both=True)


def in_words(report: Report) -> str:
    """The figures in lines."""
    shown = asdict(report)
    reasons = shown.pop("reasons")
    machine = shown.pop("machine")
    lines = [f"{name.replace('_', ' '):18} {value:>14,}" for name, value in shown.items()]
    lines += [f"{count:6,} to review: {reason}" for reason, count in reasons.items()]
    return "\n".join([*lines, f"machine: {json.dumps(machine)}"])


def main(arguments: Iterable[str] | None = None) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--index", type=int, default=100_000, metavar="N", help="children in the index")
    parser.add_argument("--records", type=int, default=5_000, metavar="M", help="records of the file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the index is made (default: the system's)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    report = run(given.index, given.records, seed=given.seed, work=given.work)
    print(json.dumps(asdict(report)) if given.json else in_words(report))


if __name__ == "__main__":
    main()

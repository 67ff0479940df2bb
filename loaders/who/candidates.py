"""Who could be whom: the pairs that are worth comparing, found by equal keys in DuckDB (matching.md 5.6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from loaders.who.comparisons import Comparison

LEFT, RIGHT = "left_records", "right_records"
# A key that so many records share tells nothing: a placeholder nobody knew, a file with one surname throughout.
MOST_OF_A_KEY = 300
MOST_PAIRS_OF_A_KEY = 20_000
_NEARLY_UNIQUE, _MOSTLY_FILLED, _FEWEST = 0.995, 0.5, 50
_OF_A_PERSON, _ONE_BIRTHDAY = 0.2, 1.1
# A register of children has siblings in half of its homes; below these shares a file of that size has none.
_ENOUGH, _BY_CHANCE, _MISTAKEN, _FEW_MISTAKEN = 1_000, 0.005, 0.1, 0.05


@dataclass(frozen=True)
class Near:
    """A wider key in which whatever some rules find agrees: a number of it stands beside each row of an index."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Two records are a pair where these expressions over the one equal those over the other.

    The columns of `near` are among the other's expressions.
    """

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...] = ()  # where they are not the same
    most: int = MOST_OF_A_KEY  # a key that more records (or persons) share is left out
    near: Near | None = None

    def wanted(self, near: Near) -> tuple[str, ...]:
        """What of the one equals the columns of this key."""
        return tuple(self.left[(self.right or self.left).index(column)] for column in near.columns)


@dataclass(frozen=True)
class Found:
    """How many pairs one rule gave, and how many keys it left out because too many records share them."""

    rule: str
    pairs: int
    crowded: int


_G3, _F3, _MONTH = "left(given, 3)", "left(family, 3)", "left(born, 6)"
_TURNED = "left(born, 4) || right(born, 2) || substr(born, 5, 2)"
# Two names alone outweigh another birthday and another place only where hardly anybody else has both.
_NAMESAKES = 30
_PLACE, _FORMER = Near("place_key", ("postcode",)), Near("former_key", ("former",))
_ADDRESS = Near("address_key", ("address",))
_NAMED, _AREA = Near("named_key", ("given", "family")), Near("area_key", ("born", "area"))
_BORN_GIVEN, _BORN_FAMILY = Near("born_given_key", ("born", "given")), Near("born_family_key", ("born", "family"))
RULES = (
    Rule("nhs", ("nhs",), near=Near("nhs_key", ("nhs",))),
    Rule("upn", ("upn",), near=Near("upn_key", ("upn",))),
    Rule("born, given", ("born", "given"), near=_BORN_GIVEN),
    Rule("born, family", ("born", "family"), near=_BORN_FAMILY),
    Rule("born, postcode", ("born", "postcode"), near=_PLACE),
    Rule("postcode, given", ("postcode", "given"), near=_PLACE),
    Rule("postcode, family", ("postcode", "family"), near=_PLACE),
    Rule("given, family, month", ("given", "family", _MONTH), near=_NAMED),
    Rule("given, family, area", ("given", "family", "area"), near=_NAMED),
    Rule("born, given_3, area", ("born", _G3, "area"), near=_AREA),
    Rule("born, family_3, area", ("born", _F3, "area"), near=_AREA),
    # The few are turned, not the many: it comes to the same.
    Rule("turned birthday, family", (_TURNED, "family"), ("born", "family"), near=_BORN_FAMILY),
    Rule("swapped names, born", ("given", "family", "born"), ("family", "given", "born"), near=_BORN_GIVEN),
    Rule("former postcode, given", ("former", "given"), ("postcode", "given"), near=_PLACE),
    Rule("given, former postcode", ("postcode", "given"), ("former", "given"), near=_FORMER),
    Rule("address, given", ("address", "given"), near=_ADDRESS),
    Rule("address, family", ("address", "family"), near=_ADDRESS),
    Rule("address, born", ("address", "born"), near=_ADDRESS),
    Rule("given, family", ("given", "family"), most=_NAMESAKES, near=_NAMED),
)
NEAR = tuple(dict.fromkeys(rule.near for rule in RULES if rule.near))
_COMPARED = "n, person, given, family, born, postcode, area, former, address, nhs, upn"


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory, which goes away with the connection."""
    con = duckdb.connect(":memory:")
    # It would draw its bar into what a command prints.
    con.execute("SET enable_progress_bar = false")
    return con


def lay_out(con: duckdb.DuckDBPyConnection, left: pa.Table, right: pa.Table | None) -> int:
    """Puts the records where everything finds them; gives how many other columns they have.

    Without a right file the left one is compared with itself.
    """
    _put(con, left, LEFT)
    if right is None:
        con.execute(f"CREATE OR REPLACE VIEW {RIGHT} AS FROM {LEFT}")
    else:
        _put(con, right, RIGHT)
    return sum(name.startswith("other_") for name in left.column_names)


def identifying(con: duckdb.DuckDBPyConnection, others: int) -> tuple[int, ...]:
    """Which other columns nearly always differ from person to person in the index, as numbers of persons do."""
    kept = []
    for place in range(others):
        column = f"other_{place}"
        ((known, distinct, every),) = con.execute(
            f"SELECT count({column}), count(DISTINCT {column}), count(*) FROM {RIGHT}"
        ).fetchall()
        if known >= max(_FEWEST, _MOSTLY_FILLED * every) and distinct >= _NEARLY_UNIQUE * known:
            kept.append(place)
    return tuple(kept)


def identifying_within(con: duckdb.DuckDBPyConnection, others: int) -> tuple[int, ...]:
    """The same of a file that is compared with itself: of records whose value is shared, nearly all share a birthday.

    There a value stands twice because a person does; one that families share stands with several birthdays.
    """
    kept = []
    for place in range(others):
        column = f"other_{place}"
        ((known, distinct, birthdays, every),) = con.execute(
            f"SELECT count({column}), count(DISTINCT {column}), count(DISTINCT {column} || born), count(*) FROM {LEFT}"
        ).fetchall()
        filled = known >= max(_FEWEST, _MOSTLY_FILLED * every)
        if filled and distinct >= _OF_A_PERSON * known and birthdays <= _ONE_BIRTHDAY * distinct:
            kept.append(place)
    return tuple(kept)


def mark_births(
    con: duckdb.DuckDBPyConnection,
    *,
    within: bool,
    numbers: tuple[int, ...] = (),
    among: str = RIGHT,
    keyed: str | None = None,
) -> None:
    """Marks who may be of a multiple birth: born on one day in one home, or of one family name in one area.

    The twin of somebody in the index may be anybody of the table `among`, beside which `keyed` stands as for `find`.
    """
    _mark(con, LEFT, LEFT, numbers, register=False)
    if within:
        return
    if keyed is not None:
        # Who is of one birth with somebody lives at their postcode, or has their birthday and family name.
        shared = [(near, near.columns) for near in (_PLACE, _BORN_FAMILY)]
        among = _near(con, RIGHT, among, keyed, shared, "person, given, family, born, postcode, area, nhs")
    _mark(con, RIGHT, among, numbers, register=True)


def families(con: duckdb.DuckDBPyConnection, numbers: tuple[int, ...] = ()) -> bool:
    """Whether people of one home stand in these files, as far as can be told; True where it cannot.

    Two records of one home under unlike forenames are two people, or one whose forename somebody got wrong: the latter
    are few beside the records of one home that agree, and siblings are not.
    """
    return not all(_unrelated(con, table, numbers) for table in (LEFT, RIGHT))


def _unrelated(con: duckdb.DuckDBPyConnection, table: str, numbers: tuple[int, ...]) -> bool:
    ((every, placed),) = con.execute(f"SELECT count(*), count(postcode) FROM {table}").fetchall()
    if every < _ENOUGH or placed < _MOSTLY_FILLED * every:
        return False
    ((together, unlike),) = con.execute(
        "SELECT count(*), count(*) FILTER (jaro_winkler_similarity(a.given, b.given) < 0.8"
        f" AND NOT list_contains(a.forms, b.given) AND {_two(numbers)}) FROM {table} a JOIN {table} b"
        " ON a.postcode = b.postcode AND a.n < b.n AND coalesce(a.address = b.address, a.family = b.family)"
    ).fetchall()
    return bool(unlike <= _BY_CHANCE * every or unlike <= min(_MISTAKEN * together, _FEW_MISTAKEN * every))


def compared(
    con: duckdb.DuckDBPyConnection, pairs: str, parts: Iterable[Comparison], *, others: str = RIGHT, kept: str = ""
) -> str:
    """SQL for the level of every part, and the columns `kept`, of pairs.

    `pairs` is what follows `FROM`: it names each pair's records `l`, of the left file, and `r`, of `others`.
    """
    columns = [name for (name,) in con.execute(f"SELECT column_name FROM (DESCRIBE {others})").fetchall()]
    sides = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in columns)
    levels = ", ".join(f"{part.case()} AS {part.name}" for part in parts)
    return f"SELECT {kept}{levels} FROM (SELECT {sides} FROM {pairs})"


def find(
    con: duckdb.DuckDBPyConnection,
    *,
    within: bool,
    numbers: tuple[int, ...] = (),
    persons: bool = False,
    among: str = RIGHT,
    keyed: str | None = None,
) -> list[Found]:
    """Fills the table `candidate (pair, l, r)`, each pair once, and says what each rule gave.

    Within one file a pair stands with its first record left. `numbers` are the other columns that identify. `persons`
    says that the index, the table `among`, has several records of a person: then it is persons that crowd a key.
    `keyed` is the table of the numbers of its keys (`numbers_of_keys`), by which an index of millions is read once.
    """
    con.execute("CREATE OR REPLACE TABLE found (l BIGINT, r BIGINT)")
    if keyed is not None:
        wanted = [(rule.near, rule.wanted(rule.near)) for rule in RULES if rule.near is not None]
        among = _near(con, LEFT, among, keyed, wanted, _COMPARED)
    others = (Rule(f"other_{place}", (f"other_{place}",)) for place in numbers)
    report = [_by(con, rule, among, within=within, persons=persons) for rule in (*RULES, *others)]
    con.execute(
        "CREATE OR REPLACE TABLE candidate AS"
        " SELECT row_number() OVER (ORDER BY l, r) AS pair, l, r FROM (SELECT DISTINCT l, r FROM found)"
    )
    con.execute("DROP TABLE found")
    return report


def pairs_by_rule(found: list[Found]) -> Mapping[str, int]:
    """How many pairs each rule gave, for the gates."""
    return {one.rule: one.pairs for one in found}


def _put(con: duckdb.DuckDBPyConnection, records: pa.Table, name: str) -> None:
    con.register("incoming", records)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT *, key AS person, FALSE AS multiple FROM incoming")
    con.unregister("incoming")


def _mark(con: duckdb.DuckDBPyConnection, name: str, among: str, numbers: tuple[int, ...], *, register: bool) -> None:
    for together in of_one_birth(register=register, numbers=numbers):
        con.execute(
            f"UPDATE {name} SET multiple = TRUE FROM"
            f" (SELECT DISTINCT a.n FROM {name} a JOIN {among} b ON {together}) twin WHERE {name}.n = twin.n"
        )


def of_one_birth(*, register: bool, numbers: tuple[int, ...] = ()) -> tuple[str, ...]:
    """SQL that says of the records `a` and `b` that they may be two children of one birth, each of which is enough.

    In a register two rows are two children, however alike their names; in a feed they may be one child twice.
    """
    unlike = (
        "a.given <> b.given"
        if register
        else "(jaro_winkler_similarity(a.given, b.given) < 0.85 AND damerau_levenshtein(a.given, b.given) > 1"
        " AND NOT list_contains(a.forms, b.given) AND NOT list_contains(b.forms, a.given)"
        " OR a.given <> b.given AND left(a.middle, 1) <> left(b.middle, 1))"
    )
    return tuple(
        f"a.born = b.born AND {same} AND a.person <> b.person AND {unlike} AND coalesce(a.nhs <> b.nhs, TRUE)"
        f" AND {_two(numbers)}"
        for same in ("a.postcode = b.postcode", "a.family = b.family AND a.area = b.area")
    )


def _two(numbers: tuple[int, ...]) -> str:
    """SQL that says that no number of persons shows the records `a` and `b` to be one person's."""
    return " AND ".join(["TRUE", *(f"coalesce(a.other_{at} <> b.other_{at}, TRUE)" for at in numbers)])


def numbers_of_keys(table: str) -> str:
    """SQL for `n` of each row of this table and the number of each of its keys (`NEAR`), NULL where none is known.

    What shares a key shares its number; what shares a number nearly always shares the key.
    """
    return f"SELECT n, {', '.join(f'{number_of_key(near.columns)} AS {near.name}' for near in NEAR)} FROM {table}"


def number_of_key(parts: Iterable[str]) -> str:
    """SQL for the number of the key of which these are the parts, as `numbers_of_keys` has it; NULL where one is."""
    every = tuple(parts)
    filled = " AND ".join(f"({part}) IS NOT NULL" for part in every)
    return f"CASE WHEN {filled} THEN (hash({', '.join(every)}) >> 32)::UINTEGER END"


def _near(
    con: duckdb.DuckDBPyConnection,
    few: str,
    among: str,
    keyed: str,
    wanted: Iterable[tuple[Near, tuple[str, ...]]],
    columns: str,
) -> str:
    """The table of what shares a key with any of the few, with these columns; its name.

    What of the few equals each key is `wanted`. Of the many their numbers are read, and the columns of what is near.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for near, parts in dict.fromkeys(wanted):
        values[near.name].append(f"SELECT {number_of_key(parts)} AS {near.name} FROM {few}")
    shared = (
        f"SELECT n FROM {keyed} SEMI JOIN ({' UNION '.join(each)}) USING ({name})" for name, each in values.items()
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE near AS SELECT {columns} FROM {among}"
        f" SEMI JOIN ({' UNION ALL '.join(shared)}) USING (n)"
    )
    return "near"


def _by(con: duckdb.DuckDBPyConnection, rule: Rule, among: str, *, within: bool, persons: bool) -> Found:
    """The pairs of one rule with the rows of a table, into `found`."""
    many = "count(DISTINCT person)" if persons else "count(*)"
    keys = ", ".join(f"k{place}" for place in range(len(rule.left)))
    held = _made(
        con,
        "held",
        f"SELECT row_number() OVER () AS k, * FROM (SELECT {keys}, {many} AS c FROM ({_keyed(rule.left, LEFT)})"
        f" GROUP BY {keys})",
    )
    shared = held and _made(
        con, "other", f"SELECT n, k FROM ({_keyed(rule.right or rule.left, among)}) JOIN held USING ({keys})"
    )
    # Of a few records most rules find nothing, and each further statement takes longer than all that it would read.
    if not shared:
        return Found(rule.name, 0, 0)
    crowded = _crowded(con, rule, among, persons=persons)
    pair, where = "one.n, other.n", ""
    if within:
        pair = "least(one.n, other.n), greatest(one.n, other.n)"
        where = f" JOIN {among} a ON a.n = other.n WHERE one.person <> a.person"
    one = f"(SELECT n, person, k FROM ({_keyed(rule.left, LEFT)}) JOIN held USING ({keys})) one"
    kept = "(FROM other ANTI JOIN crowded USING (k)) other"
    ((pairs,),) = con.execute(
        f"INSERT INTO found SELECT DISTINCT {pair} FROM {one} JOIN {kept} USING (k){where}"
    ).fetchall()
    return Found(rule.name, pairs, crowded)


def _crowded(con: duckdb.DuckDBPyConnection, rule: Rule, among: str, *, persons: bool) -> int:
    """Fills the table `crowded (k)` with the keys that too many share, and says how many these are.

    Whose rows they are is asked only where the rows are too many: they may be of fewer persons.
    """
    limits = {"most": rule.most, "pairs": MOST_PAIRS_OF_A_KEY}
    too_many = "SELECT k FROM held JOIN ({}) USING (k) WHERE many > $most OR many * c > $pairs"
    by_rows = "SELECT k, count(*) AS many FROM other GROUP BY k"
    crowded = _made(con, "crowded", too_many.format(by_rows), limits)
    if crowded and persons:
        _made(con, "doubtful", "FROM other SEMI JOIN crowded USING (k)")
        whose = f"SELECT n, person FROM {among} SEMI JOIN doubtful USING (n)"
        by_persons = f"SELECT k, count(DISTINCT person) AS many FROM doubtful JOIN ({whose}) USING (n) GROUP BY k"
        crowded = _made(con, "crowded", too_many.format(by_persons), limits)
    return crowded


def _made(con: duckdb.DuckDBPyConnection, table: str, rows: str, given: Mapping[str, int] | None = None) -> int:
    """How many rows a table of this moment has, made anew of them."""
    ((count,),) = con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {rows}", given).fetchall()
    return int(count)


def _keyed(parts: tuple[str, ...], table: str) -> str:
    keys = ", ".join(f"{part} AS k{place}" for place, part in enumerate(parts))
    filled = " AND ".join(f"({part}) IS NOT NULL" for part in parts)
    return f"SELECT *, {keys} FROM {table} WHERE {filled}"

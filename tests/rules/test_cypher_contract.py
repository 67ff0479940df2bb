"""What every file below cypher/ promises: one handle, one sentence, the columns of its dataclass, names that exist."""

import ast
import dataclasses
import importlib
import logging
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from types import NoneType
from typing import Any

import pytest

import graph.services
import graph.store
from graph.store import Database, Query
from graph.store.query import CYPHER
from tests.conftest import empty
from tests.rules.kitchen_sink import make_everything_once
from tests.rules.source import nodes

Explain = Callable[[str], tuple[list[str], str, list[tuple[str, str]]]]
READING = ("find_", "list_", "show_", "count_")

# Disclosures: one transaction that locks the user and the end of the audit chain, reads, and is written down.
READ_WHILE_LOCKING = {"children/show_circle"}

_CARRIED = "a first load makes again whatever it took along from the same graph"
NAMED_BY_DATA = {"carry/create_carried": _CARRIED, "carry/create_carried_links": _CARRIED}

_LOADED = "asked by loaders/state.py in pieces of bounded length, and streamed"
_CANONICAL = "streamed: the canonical hash goes over the whole graph"
_UNDONE = "streamed: the undo of a run goes over all that the run wrote"
_SUMS = "sums over the whole graph: as many rows as there are feeds, subjects and properties"
_AREA = "streamed: counts go over every child of an area"
WITHOUT_LIMIT = {
    "area/list_children": _AREA,
    "area/list_involvements": _AREA,
    "area/list_leads": _AREA,
    "canonical/list_facts": _CANONICAL,
    "canonical/list_persons": _CANONICAL,
    "canonical/list_proposals": _CANONICAL,
    "canonical/list_quarantined": _CANONICAL,
    "canonical/list_records": _CANONICAL,
    "canonical/list_shields": _CANONICAL,
    "canonical/list_things": _CANONICAL,
    "canonical/list_withdrawn_numbers": _CANONICAL,
    "carry/list_carried": "streamed: a first load takes everything along",
    "carry/list_carried_links": "streamed: a first load takes everything along",
    "review/list_looks": "whoever saw the wrong view has to be told, however many they were",
    "watching/list_failures": "streamed: the sign-ins that failed since the last time, an event a row",
    "watching/list_events": "streamed: the audit since the last time, an event a row",
    "watching/list_opened": "streamed: who has had too many children a day must be told, however many they had",
    "watching/list_colleagues": "one row for each user asked about; whoever is left out is not noticed",
    "watching/list_ties": "one row for each pair asked about, and so many are asked about at a time",
    "watching/list_openers": "streamed: who stands in a crowd must be told, however large it is",
    "loads/find_by_family_name": _LOADED,
    "loads/find_by_local_id": _LOADED,
    "loads/find_by_nhs_number": _LOADED,
    "loads/list_ever_held": _LOADED,
    "loads/find_by_postcode": _LOADED,
    "loads/find_by_upn": _LOADED,
    "loads/find_near": "every child who shares a key with a new one: one that is left out might be that child",
    "loads/list_apart": "streamed: a load must know everybody whom people have parted",
    "loads/list_apart_of": _LOADED,
    "loads/list_carers_of": _LOADED,
    "loads/list_children_at": _LOADED,
    "loads/list_children": "streamed: chance agreement is counted over every child of the graph",
    "loads/list_questions": "streamed: a load must know of whom people are asked already",
    "loads/list_questions_of": _LOADED,
    "loads/list_confirmed": _UNDONE,
    "loads/list_decided_shields": "one row at most for each row of a batch",
    "loads/list_existing_addresses": _LOADED,
    "loads/list_existing_authorities": _LOADED,
    "loads/list_existing_practitioners": _LOADED,
    "loads/list_existing_services": _LOADED,
    "loads/list_history": "streamed: one short row a run",
    "loads/list_identities": "streamed: every record of a batch of children",
    "loads/list_key_uses": "streamed: a load must know every key of its sender that names a second child",
    "loads/list_known": _LOADED,
    "loads/list_labels": _LOADED,
    "loads/list_later_facts": _UNDONE,
    "loads/list_later_proposals": _UNDONE,
    "loads/list_later_runs": _UNDONE,
    "loads/list_numbers": _LOADED,
    "loads/list_person_facts": _LOADED,
    "loads/list_persons_of": _LOADED,
    "loads/list_persons_of_versions": "one row at most for each row of a batch",
    "loads/list_practitioner_facts": _LOADED,
    "loads/list_quarantined": _LOADED,
    "loads/list_run_children": "streamed: the children of whom a run told, as many as its file has",
    "loads/list_run_records": _UNDONE,
    "loads/list_run_things": _UNDONE,
    "loads/list_run_withdrawn": _UNDONE,
    "loads/list_schools_numbered": _LOADED,
    "loads/list_said_before": _LOADED,
    "loads/list_scope": "streamed: a full file is compared with everything its scope said before",
    "loads/list_service_facts": _LOADED,
    "loads/list_service_kinds": _LOADED,
    "loads/list_waiting_rows": "streamed: a load compares its rows with every row that waits",
    "loads/list_whereabouts": _LOADED,
    "loads/list_withdrawn": "streamed: a load must know every number that is not to be used",
    "packs/list_facts": "everything held of one child: what is left out would be kept from the child",
    "packs/list_records": "everything held of one child: what is left out would be kept from the child",
    "quality/list_fact_counts": _SUMS,
    "quality/list_filled": _SUMS,
    "quality/list_lost_records": _SUMS,
    "shields/list_guarded": "asked of so many persons at once: every name that is left out would be lost",
    "shields/list_unshielded": "streamed: a new shield is compared with every entry, or a copy would stay visible",
    "shields/list_guards": "a load must know every shield: one left out would be lost",
}


def _handles() -> dict[str, tuple[str, Query[Any]]]:
    """Each query of the product with the name of its constant, by the path of its file."""
    found: dict[str, tuple[str, Query[Any]]] = {}
    for package in (graph.services, graph.store):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            for constant, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Query):
                    before = found.setdefault(value.name, (constant, value))[1]
                    assert before is value, f"{value.name} has two handles. Import the one of its topic's module."
    return found


HANDLES = _handles()
FILES = {
    path.relative_to(CYPHER).with_suffix("").as_posix(): path
    for path in sorted(CYPHER.rglob("*.cypher"))
    if path.parent.name != "migrations"
}
every_query = pytest.mark.parametrize("name", sorted(HANDLES))


@pytest.fixture(scope="module")
def explain(migrated_graph: Database) -> Iterator[Explain]:
    """Explains the query of a name, on a graph that has had every label, type and property once."""
    # The driver would write every note to the log.
    logger = logging.getLogger("neo4j.notifications")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    make_everything_once(migrated_graph)
    yield cache(lambda name: migrated_graph.explain(HANDLES[name][1].text if name in HANDLES else name))
    logger.setLevel(before)
    empty(migrated_graph)


def test_every_file_has_a_handle_and_every_handle_a_file() -> None:
    assert sorted(FILES.keys() - HANDLES.keys()) == [], "Delete these files, or give each a Query in its service."
    assert sorted(HANDLES.keys() - FILES.keys()) == [], "Write these files, or delete their Query."


def test_a_handle_is_called_as_its_file() -> None:
    others = {name: constant for name, (constant, _) in HANDLES.items() if constant != name.rpartition("/")[2].upper()}

    assert others == {}, "Rename the constants or the files: one word finds both."


def test_the_first_line_says_what_comes_back() -> None:
    first = {path.stem: path.read_text(encoding="utf-8").splitlines()[0] for path in sorted(CYPHER.rglob("*.cypher"))}

    others = {name: line for name, line in first.items() if not re.fullmatch(r"// \S.*\.", line)}
    assert others == {}, "Begin these files with `// One sentence.`"


@every_query
def test_columns_are_the_fields_of_the_row(explain: Explain, name: str) -> None:
    query = HANDLES[name][1]

    columns, _, _ = explain(name)

    if dataclasses.is_dataclass(query.row):
        fields = [field.name for field in dataclasses.fields(query.row)]
        assert columns == fields, f"{query.row.__name__} and the RETURN of {name} must name the same, in one order."
    elif query.row is NoneType:
        assert columns == [], f"{name} returns columns that nobody reads. Give it a dataclass, or drop its RETURN."
    else:
        assert len(columns) == 1, f"{name} becomes a plain value, so it must return one column."


@every_query
def test_what_is_called_reading_only_reads(explain: Explain, name: str) -> None:
    reads = name.rpartition("/")[2].startswith(READING)

    _, kind, _ = explain(name)

    assert (kind == "r") == (reads and name not in READ_WHILE_LOCKING), (
        f"{name} is of kind {kind!r}. Only find_, list_, show_ and count_ read, and they only read."
    )


@every_query
def test_labels_types_and_properties_exist(explain: Explain, name: str) -> None:
    _, _, notes = explain(name)

    # 01N50 unknown label, 01N51 unknown relationship type, 01N52 unknown property.
    unknown = [text for code, text in notes if code in ("01N50", "01N51", "01N52")]
    assert unknown == [], (
        f"Mend the spelling in {name}, or add the name to docs/graph.md and tests/rules/kitchen_sink.py."
    )


def test_a_misspelt_name_would_be_found(explain: Explain) -> None:
    _, _, notes = explain("MATCH (child:Chidl)-[:ATENDS]->(school) RETURN school.nmae AS name")

    assert {"01N50", "01N51", "01N52"} <= {code for code, _ in notes}


@every_query
def test_parameters_are_those_that_the_code_passes(explain: Explain, name: str) -> None:
    """Where they can be read off the code: a call that passes `**rest`, or a handle in a variable, is left out."""
    passed = PASSED.get(HANDLES[name][0] if name in SEEN_BY_ONE_NAME else "", set())

    _, _, notes = explain(name)

    named = {word for code, text in notes if code == "01N60" for word in re.findall(r"\$`(\w+)`", text)}
    for parameters in passed:
        assert named == set(parameters), f"{name} names {sorted(named)}, and a call passes {sorted(parameters)}."


def test_every_list_is_limited() -> None:
    lists = {name for name in HANDLES if name.rpartition("/")[2].startswith(("find_", "list_"))}
    limited = {name for name in lists if re.search(r"\bLIMIT\b", HANDLES[name][1].text)}

    assert sorted(lists - limited - WITHOUT_LIMIT.keys()) == [], "Give these a LIMIT, or a reason in WITHOUT_LIMIT."
    assert sorted(limited & WITHOUT_LIMIT.keys()) == [], "These have a LIMIT. Take them out of WITHOUT_LIMIT."


def test_labels_and_types_are_written_out() -> None:
    dynamic = {name for name, (_, query) in HANDLES.items() if re.search(r":\$(any|all)?\(", query.text)}

    assert sorted(dynamic ^ NAMED_BY_DATA.keys()) == [], "Write the label or type out: a variant is another file."


def test_every_handle_is_used() -> None:
    used = {getattr(node, "id", None) or getattr(node, "attr", None) for _, node in nodes() if _is_read(node)}

    unused = sorted(name for name, (constant, _) in HANDLES.items() if constant not in used)
    assert unused == [], "Delete these files and their handles: nothing asks them."


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)


def test_no_exception_is_stale() -> None:
    listed = WITHOUT_LIMIT.keys() | READ_WHILE_LOCKING | NAMED_BY_DATA.keys()

    assert sorted(listed - HANDLES.keys()) == [], "Delete these from the lists."


def _passed() -> dict[str, set[frozenset[str]]]:
    """For each handle the sets of parameters that calls in the code pass to it."""
    found: dict[str, set[frozenset[str]]] = {}
    for _, call in nodes():
        handle = _handle(call)
        if isinstance(call, ast.Call) and handle and all(word.arg for word in call.keywords):
            # The time that a stream may take is no parameter.
            words = {word.arg for word in call.keywords if word.arg and word.arg != "timeout"}
            found.setdefault(handle, set()).add(frozenset(words))
    return found


def _handle(call: ast.AST) -> str | None:
    """The handle that a call on a database or transaction is given, or None for every other call."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    if call.func.attr not in ("read", "read_one", "write", "stream"):
        return None
    match call.args[0]:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper():
            return name
        case _:
            return None


PASSED = _passed()
_CONSTANTS = [constant for constant, _ in HANDLES.values()]
SEEN_BY_ONE_NAME = {name for name, (constant, _) in HANDLES.items() if _CONSTANTS.count(constant) == 1}

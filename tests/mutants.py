"""Takes the guards away one by one and runs the tests that ought to miss them: `python -m tests.mutants`.

A mutant is the product with one guard less or turned round. One that no test misses is a survivor: it wants a test, or
a reason in EQUIVALENT. Each mutant lives in a process of its own, split off from one that has loaded the libraries;
nothing is written to the source (decision 23 says why this is not mutmut or cosmic-ray).
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 600


@dataclass(frozen=True)
class Group:
    """Guards that the same tests look after. `within` are the functions to take apart; all of the file if empty."""

    name: str
    path: str
    tests: tuple[str, ...]
    within: frozenset[str] = frozenset()
    graph: bool = True


@dataclass(frozen=True)
class Mutant:
    """One guard less: where, what was there, what is there now, and how the whole changed source is made."""

    group: Group
    line: int
    was: str
    now: str
    make: Callable[[], str]

    @property
    def source(self) -> str:
        """The changed source."""
        return self.make()

    @property
    def words(self) -> str:
        """What was done, in one line."""
        return f"{self.group.path}:{self.line} {self.was} -> {self.now}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by in EQUIVALENT: not the line, which moves."""
        return (self.group.path, self.was, self.now)


_LIBRARIES = ("argon2", "bs4", "flask_wtf", "govuk_frontend_wtf.main", "hypothesis", "lxml.html", "neo4j", "webauthn")
# Libraries that were loaded before pytest are not rewritten, which is no fault of the tests.
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
_SEEN = "tests/webapp/test_what_is_seen.py"
_ENTRY = "tests/webapp/test_who_gets_in.py"
_DISCLOSED = "tests/graph/services/test_disclosure.py"
_PACKS = "tests/graph/services/test_packs.py"
_NOT_SAID = "tests/graph/services/test_not_said.py"
_SEARCHED = "tests/graph/services/test_search.py"
GROUPS: tuple[Group, ...] = (
    Group(
        "visibility",
        "graph/model/visibility.py",
        ("tests/graph/model/test_visibility.py", "tests/graph/model/test_staying.py", "tests/webapp/test_policy.py"),
        graph=False,
    ),
    Group(
        "access",
        "webapp/access.py",
        (
            "tests/webapp/test_policy.py",
            "tests/webapp/test_guard.py",
            "tests/webapp/test_routes.py",
            _ENTRY,
            "tests/webapp/test_signing.py",
            "tests/webapp/test_area.py",
            "tests/webapp/test_console.py",
        ),
    ),
    Group("guard", "webapp/guard.py", ("tests/webapp/test_guard.py", "tests/webapp/test_main.py")),
    Group(
        "folding",
        "graph/services/circle.py",
        ("tests/graph/services/test_circle.py", "tests/graph/services/test_fields.py", _DISCLOSED, _SEEN),
        frozenset(
            {
                "fold_page",
                "fold_row",
                "findable_by_whereabouts",
                "relation_of",
                "_opens",
                "is_family",
                "_is_sheltered",
                "_sensitive_exists",
                "_origins",
                "_names",
                "_facts_said_by",
                "_sees",
                "_visibility",
                "withholds_whereabouts",
                "shown_facts",
                "_carer_card",
                "_absences",
            }
        ),
    ),
    Group(
        "disclosing",
        "graph/services/disclosure.py",
        (_DISCLOSED, "tests/graph/services/test_pace.py", "tests/graph/services/test_overriding.py", _SEEN, _SEARCHED),
        frozenset(
            {
                "disclose",
                "transaction",
                "show_child",
                "_show",
                "_leads_on",
                "read_child",
                "_not_at_this_depth",
                "_after_commit",
                "_common",
                "_locking",
            }
        ),
    ),
    Group(
        "packs",
        "graph/services/packs.py",
        (_PACKS,),
        frozenset({"list_held", "make_pack", "_unproven", "_held"}),
    ),
    Group(
        "held",
        "graph/services/held.py",
        (_PACKS,),
        frozenset({"lines_of", "_concern", "_guarded", "_of_guarded_service"}),
    ),
    Group(
        "leaving out",
        "graph/model/packs.py",
        ("tests/graph/model/test_packs.py",),
        frozenset({"undecided", "make", "choice_coded"}),
        graph=False,
    ),
    Group(
        "refusing",
        "graph/model/corrections.py",
        ("tests/graph/model/test_corrections.py",),
        frozenset({"check_settlement", "check_received", "is_settled", "asker_coded", "objection_coded"}),
        graph=False,
    ),
    Group(
        "answering",
        "graph/services/requests.py",
        ("tests/graph/services/test_requests.py", _PACKS),
        frozenset({"answered", "record_objection", "settle", "take"}),
    ),
    *(
        Group(name, f"graph/model/{name}.py", (f"tests/graph/model/test_{name}.py",), graph=False)
        for name in ("shielding", "pace", "staying")
    ),
    *(
        Group(f"service {name}", f"graph/services/{name}.py", (f"tests/graph/services/test_{name}.py",))
        for name in ("overriding", "shielding", "brokering", "made_of", "staying")
    ),
    Group(
        "fresh",
        "graph/services/fresh.py",
        ("tests/graph/services/test_passkeys.py", _PACKS, "tests/graph/services/test_made_of.py"),
    ),
    Group("another child", "loaders/again.py", ("tests/loaders/test_again.py",)),
    *(
        Group(path, f"cypher/{path}.cypher", tests)
        for path, tests in {
            "access/lock_user": (
                _DISCLOSED,
                _SEARCHED,
                "tests/graph/services/test_access.py",
            ),
            "access/show_session": ("tests/graph/services/test_access.py", _ENTRY),
            "children/show_circle": (_NOT_SAID, _DISCLOSED, _SEEN, "tests/graph/services/test_access.py"),
            "children/find_candidates": (_NOT_SAID, _SEARCHED),
            "children/find_children": (_NOT_SAID, _SEARCHED, _DISCLOSED),
            "children/find_numbered": (_NOT_SAID, _SEARCHED),
            "packs/list_records": (_PACKS,),
            "packs/list_facts": (_PACKS,),
        }.items()
    ),
)
# Mutants that no test can miss, and why.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    **{
        ("graph/services/circle.py", "Part.ENDED if fact.interval.ended(circle.on) else Part.SERVICE", part): (
            "what has ended is decided as what goes on; docs/access.md asks about each"
        )
        for part in ("Part.ENDED", "Part.SERVICE")
    },
    (
        "graph/services/circle.py",
        "record is None or decide(circle.asking.viewer, circle.relation, Part.ORIGIN) is not Sight.",
        "decide(circle.asking.viewer, circle.relation, Part.ORIGIN) is not Sight.SHOWN",
    ): "every line that is shown is said by a record that names the child; without the condition mypy objects",
    ("webapp/guard.py", "request.endpoint or ''", "request.endpoint"): "no name and an empty one are both not listed",
}


def mutants_of(group: Group) -> list[Mutant]:
    """Every mutant of a group, in the order of its source."""
    source = (ROOT / group.path).read_text(encoding="utf-8")
    if group.path.endswith(".cypher"):
        return list(_of_cypher(group, source))
    return list(_of_python(group, source))


def _of_python(group: Group, source: str) -> Iterator[Mutant]:
    tree = ast.parse(source)
    wanted = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_wanted(group, node)]
    seen = set()
    for function in wanted:
        for node in ast.walk(function):
            for was, now in _changes(node):
                at = (ast.unparse(node), getattr(node, "lineno", 0), getattr(node, "col_offset", 0), ast.dump(now))
                if at not in seen:
                    seen.add(at)
                    said = f"if {_short(now.test)}" if isinstance(now, ast.If) else _short(now)
                    yield Mutant(group, node.lineno, was, said, partial(_changed, tree, node, now))


def _changed(tree: ast.Module, old: ast.AST, new: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(_Swap(old, new).visit(copy.deepcopy(tree))))


def _is_wanted(group: Group, function: ast.FunctionDef) -> bool:
    return not group.within or function.name in group.within


class _Swap(ast.NodeTransformer):
    """Puts one node in the place of another in a copy of its tree."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        """Knows the old one by where it stands."""
        self._at = _place(old)
        self._new = new

    def visit(self, node: ast.AST) -> Any:
        """The new node in its place."""
        return copy.deepcopy(self._new) if _place(node) == self._at else self.generic_visit(node)


def _place(node: ast.AST) -> tuple[object, ...]:
    return (
        type(node),
        *(getattr(node, name, None) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")),
    )


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may be put in the place of a node: with one condition less, or turned round."""
    said = _short(node)
    match node:
        case ast.If():
            for value in (False, True):
                yield f"if {_short(node.test)}", ast.If(ast.Constant(value), node.body, node.orelse)
        case ast.IfExp():
            yield said, node.body
            yield said, node.orelse
        case ast.BoolOp(op, operands):
            for gone in operands:
                left = [each for each in operands if each is not gone]
                yield said, left[0] if len(left) == 1 else ast.BoolOp(op, left)
        case ast.UnaryOp(ast.Not(), operand):
            yield said, operand
        case ast.Compare(left, [operator], [right]) if type(operator) in _TURNED:
            yield said, ast.Compare(left, [_TURNED[type(operator)]()], [right])
        case ast.Expr(ast.Call()):
            yield said, ast.Pass()
        case _:
            return


_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.GtE: ast.Gt,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.Lt: ast.LtE,
}


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]


# One condition of a WHERE that stands on a line of its own.
_CLAUSE = re.compile(r"^(\s*(?:AND |WHERE )?)((?:NOT |coalesce\(|\(?[a-z]+[.:]|\(?\$).*?)(,?)$")
_GUARDS = re.compile(
    r"ended_run|\.run <=|Quarantined|status =|vetted_until|trained_until|expires_at|seen_at >|ended_at IS NULL"
    r"|\$kinds|\$child_roles|shield\.to|<> \"involvements\"|\$area|\$school_ids|other <> child|carer_record"
)


def _of_cypher(group: Group, source: str) -> Iterator[Mutant]:
    """A statement with each line of its guards in turn made always true."""
    lines = source.splitlines(keepends=True)
    for number, line in enumerate(lines):
        found = _CLAUSE.match(line.rstrip("\n"))
        if found is None or not _GUARDS.search(line) or line.count("(") != line.count(")"):
            continue
        # Two conditions in one line are two guards.
        parts = found[2].split(" AND ") if not found[2].startswith("(") else [found[2]]
        for place in range(len(parts)):
            kept = " AND ".join("true" if at == place else part for at, part in enumerate(parts))
            changed = [*lines[:number], f"{found[1]}{kept}{found[3]}\n", *lines[number + 1 :]]
            yield Mutant(group, number + 1, parts[place].strip(), "true", partial("".join, changed))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module of the product in a changed form."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        """Knows the module and its source."""
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The changed module for its name; nothing for any other."""
        if fullname != self._name:
            return None
        return spec_from_loader(fullname, _Loader(fullname, str(self._path), self._source))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads what it is given in the place of the file."""

    def __init__(self, fullname: str, path: str, source: str) -> None:
        """Keeps the source."""
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """The changed source, compiled; nothing of it is kept."""
        return compile(self._source, self.path, "exec")


class _AsTold:
    """Keeps tests in the order in which they are named: quick ones first, where `make test` puts slow ones first."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        """Takes back what others do to the order."""
        told = list(items)
        yield
        items[:] = told


def is_missed(mutant: Mutant | None, tests: Iterable[str]) -> bool:
    """Whether some test fails with this mutant in the product's place, in a process of its own."""
    process = os.fork()
    if process:
        return _outcome(process) != 0
    code = 3
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        if mutant is not None:
            _put_in_place(mutant)
        without = [word for name in ("cacheprovider", "xdist", "randomly") for word in ("-p", f"no:{name}")]
        code = int(pytest.main(["-x", "-q", *without, *_QUIET, *tests], plugins=[_AsTold()]))
    finally:
        os._exit(code)


def _outcome(process: int) -> int:
    """The exit code of a test run; one that hangs has been missed as well."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(process, 9)
    os.waitpid(process, 0)
    return -1


def _put_in_place(mutant: Mutant) -> None:
    path = Path(mutant.group.path)
    if path.suffix == ".py":
        sys.meta_path.insert(0, _Finder(".".join(path.with_suffix("").parts), ROOT / path, mutant.source))
        return
    # The product is loaded after the mutant is in place.
    from graph.store.query import Query

    name, text_of = str(path.relative_to("cypher").with_suffix("")), Query.text.func

    def text(query: Any) -> str:
        return mutant.source if query.name == name else text_of(query)

    Query.text = property(text)  # type: ignore[assignment, misc]


@contextmanager
def _one_graph() -> Iterator[None]:
    """A graph of our own for every test run that asks for one."""
    from graph import server
    from graph.settings import MIB, Settings
    from tests.conftest import free_port, servers_of_minutes

    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        own = Settings(home=Path(home), cache=Settings.from_environment().cache, bolt_port=free_port(), heap=512 * MIB)
        with servers_of_minutes():
            server.up(own)
        stack.callback(server.down, own)
        at = server.connection(own)
        os.environ |= {"NEO4J_URI": at.uri, "NEO4J_USER": at.user, "NEO4J_PASSWORD": at.password}
        yield


def _warm() -> None:
    """Loads the libraries, and nothing of the product: each mutant inherits them."""
    for name in _LIBRARIES:
        import_module(name)


def run(chosen: Sequence[Mutant], say: Callable[[str], None]) -> list[Mutant]:
    """The survivors among these mutants, with each said as it is found."""
    survivors = []
    for number, mutant in enumerate(chosen, 1):
        missed = is_missed(mutant, mutant.group.tests)
        why = EQUIVALENT.get(mutant.key)
        if not missed and why is None:
            survivors.append(mutant)
        say(f"{number}/{len(chosen)} {'missed' if missed else why or 'SURVIVED'}: {mutant.words}")
    return survivors


def choose(groups: Sequence[Group], count: int | None, seed: int) -> list[Mutant]:
    """All mutants of these groups, or so many of them by a seed."""
    every = [mutant for group in groups for mutant in mutants_of(group)]
    return every if count is None else random.Random(seed).sample(every, min(count, len(every)))


def main(words: Sequence[str] | None = None) -> int:
    """Runs them, and answers 1 if one survives that nobody has explained."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", action="append", choices=[group.name for group in GROUPS])
    parser.add_argument("--count", type=int, help="so many, drawn by the seed; all if it is not given")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(words)
    groups = [group for group in GROUPS if not arguments.only or group.name in arguments.only]
    chosen = choose(groups, arguments.count, arguments.seed)
    began = time.monotonic()
    with ExitStack() as stack:
        _warm()
        if any(group.graph for group in groups) and not os.environ.get("NEO4J_URI"):
            _in_child_of(stack)
        failing = [group.name for group in groups if is_missed(None, group.tests)]
        if failing:
            _say(f"These tests fail with every guard in place: {', '.join(failing)}. Mend that first.")
            return 2
        survivors = run(chosen, _say)
    figures = Counter(mutant.group.name for mutant in chosen)
    spent = f"{time.monotonic() - began:.0f} s"
    _say(f"{len(chosen)} mutants (seed {arguments.seed}): {dict(figures)}, {len(survivors)} survived, {spent}.")
    for mutant in survivors:
        _say(f"SURVIVED {mutant.words}")
    return 1 if survivors else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _in_child_of(stack: ExitStack) -> None:
    """Starts the graph from here; the product that it needs is forgotten again, so that mutants take its place."""
    stack.enter_context(_one_graph())
    for name in list(sys.modules):
        if name.split(".")[0] in ("graph", "loaders", "webapp") or name == "tests.conftest":
            del sys.modules[name]


if __name__ == "__main__":
    sys.exit(main())

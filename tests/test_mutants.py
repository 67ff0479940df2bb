"""Taking guards away: a few in every test run, all of them in the campaign."""

import ast
import subprocess
import sys

import pytest

from tests import mutants

GROUPS = {group.name: group for group in mutants.GROUPS}


def test_no_guard_goes_unmissed() -> None:
    """Of the pure function, drawn by a seed: each run is of the same ones, so a failure can be looked at."""
    words = ["--only", "visibility", "--count", "5", "--seed", "6"]

    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", *words],
        capture_output=True,
        text=True,
        cwd=mutants.ROOT,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 mutants (seed 6): {'visibility': 5}, 0 survived" in done.stdout


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_has_guards_and_tests_that_exist(name: str) -> None:
    group = GROUPS[name]
    source = (mutants.ROOT / group.path).read_text(encoding="utf-8")

    made = mutants.mutants_of(group)

    assert len(made) >= 5, group.name
    sampled = [made[0].source, made[-1].source]
    assert len({source, *sampled}) == 3
    assert all((mutants.ROOT / test).is_file() for test in group.tests)


@pytest.mark.parametrize("name", [name for name, group in GROUPS.items() if group.within])
def test_every_function_that_is_named_is_there(name: str) -> None:
    group = GROUPS[name]
    tree = ast.parse((mutants.ROOT / group.path).read_text(encoding="utf-8"))

    assert {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} >= group.within


def test_a_guard_is_taken_away_in_each_way() -> None:
    source = "def may(a, b):\n    if not a and b is None:\n        check()\n    return 1 if a else 2\n"
    group = mutants.Group("small", "small.py", ())

    made = {ast.unparse(ast.parse(mutant.source)) for mutant in mutants._of_python(group, source)}

    assert made == {
        "def may(a, b):\n    if False:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if True:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if b is None:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if not a:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if a and b is None:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if not a and b is not None:\n        check()\n    return 1 if a else 2",
        "def may(a, b):\n    if not a and b is None:\n        pass\n    return 1 if a else 2",
        "def may(a, b):\n    if not a and b is None:\n        check()\n    return 1",
        "def may(a, b):\n    if not a and b is None:\n        check()\n    return 2",
    }


def test_each_condition_of_a_statement_is_taken_away_by_itself() -> None:
    source = "MATCH (f)\nWHERE\n  f.run <= $published AND NOT f.run IN $withdrawn\n  AND NOT f:Quarantined\nRETURN f\n"
    group = mutants.Group("small", "small.cypher", ())

    made = [(mutant.line, mutant.was) for mutant in mutants._of_cypher(group, source)]

    assert made == [(3, "f.run <= $published"), (3, "NOT f.run IN $withdrawn"), (4, "NOT f:Quarantined")]

"""docs/threats.md names tests that exist: a promise without one says so."""

import ast
import re

from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "threats.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_is_named_is_there() -> None:
    missing = []
    for path, name in _NAMED.findall(PAGE.read_text(encoding="utf-8")):
        file = ROOT / path
        if not file.is_file() or (name and name not in _tests_of(file.read_text(encoding="utf-8"))):
            missing.append(f"{path}::{name}")

    assert missing == [], "Name the test that shows it now, or say that nothing stops it."


def test_every_threat_says_what_stops_it_or_that_nothing_does() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith("| Who")]

    assert len(threats) >= 20
    silent = [row for row in threats if not (_NAMED.search(row) or "**none**" in row or "**being built**" in row)]
    assert silent == [], "Each row names a test, or says **none** or **being built**."


def _tests_of(source: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}

"""What our Python may not do, and what it must say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.source import ROOMS, ROOT, nodes, place, product, tracked

# One word of Cypher in capitals, then what only Cypher has after it.
_CYPHER = re.compile(r"\b(MATCH|MERGE|CREATE|UNWIND|DELETE|REMOVE)\s+(\(|\$|\w+(:|\s*[={]|\s+AS\b))")
_TODO = re.compile(r"\b(TODO|FIXME|XXX)\b(?! ?\(#[0-9]+\))")

READS_THE_ENVIRONMENT = {"graph/settings.py"}
# It says that this is the demonstration before it reads its settings.
SETS_THE_ENVIRONMENT = {"demonstration.py"}
# The console starts the command line itself: pages and loaders know nothing of each other.
STARTS_PROCESSES = {"graph/server.py", "webapp/assets.py", "webapp/jobs.py", "demonstration.py"}
# Nothing needs to hand a browser what was not escaped.
MAKES_MARKUP: set[str] = set()


# What is sealed, and so the only free text that there is (architecture, ruling on reasons): the grounds of a shield and
# of an override. The other two are no text of anybody's: the seed of an authenticator, and a telephone number.
SEALS = {
    "graph/services/access.py",
    "graph/services/accounts.py",
    "graph/services/brokering.py",
    "graph/services/overriding.py",
    "graph/services/shielding.py",
}


def test_free_text_is_sealed_in_few_places() -> None:
    found = {
        path
        for path, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("secret_box.seal", "seal")
    }

    assert found == SEALS, "Free text about a child exists nowhere. If this is no such text, argue for it in SEALS."


def test_imports_point_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, check=False, text=True)

    assert done.returncode == 0, f"Turn these imports round (architecture, Rooms):\n{done.stdout}{done.stderr}"


def test_only_settings_read_the_environment() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if _is_environment(node) and path not in READS_THE_ENVIRONMENT | SETS_THE_ENVIRONMENT
    ]

    assert found == [], "Take a setting as an argument; add it to graph/settings.py if it is new."


def test_the_demonstration_only_says_that_it_is_one() -> None:
    reads = [
        place(path, node)
        for path, node in nodes()
        if path in SETS_THE_ENVIRONMENT
        and isinstance(node, ast.Subscript)
        and _is_environment(node.value)
        and not (isinstance(node.ctx, ast.Store) and ast.unparse(node.slice) == "'SIGNPOST_DEMO'")
    ]

    assert reads == [], "The demonstration may set SIGNPOST_DEMO and nothing else."


def _is_environment(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv" | "putenv"):
            return True
        case ast.ImportFrom(module="os", names=names):
            return any(name.name in ("environ", "environb", "getenv", "putenv") for name in names)
        case _:
            return False


def test_few_modules_start_processes() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if path not in STARTS_PROCESSES
        and not path.startswith("benchmarks/")
        and (_imports(node, "subprocess") or _imports(node, "multiprocessing") or _is_os_call(node))
    ]

    assert found == [], f"Only {sorted(STARTS_PROCESSES)} start other programs. Ask one of them."


def _imports(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] == name for alias in names)
        case ast.ImportFrom(module=str(module)):
            return module.partition(".")[0] == name
        case _:
            return False


def _is_os_call(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=name):
            return name in ("system", "popen", "fork", "forkpty") or name.startswith(("exec", "spawn", "posix_spawn"))
        case _:
            return False


def test_no_error_is_swallowed_whole() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if isinstance(node, ast.ExceptHandler)
        and _catches_everything(node.type)
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]

    assert found == [], "Name the errors that are expected here, or raise this one again."


def _catches_everything(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(each is None or ast.unparse(each) in ("Exception", "BaseException") for each in kinds)


def test_nothing_is_left_to_do_without_an_issue() -> None:
    suffixes = (".py", ".cypher", ".html", ".js", ".scss", ".md", ".toml", ".yml")
    found = [
        f"{path}:{number}"
        for path, text in tracked().items()
        if path.endswith(suffixes) and not path.startswith("tests/rules/")
        for number, line in enumerate(text.splitlines(), 1)
        if _TODO.search(line)
    ]

    assert found == [], "Do it, or write TODO(#number) with the number of an issue."


@pytest.mark.parametrize("room", ROOMS)
def test_everything_public_says_what_it_is(room: str) -> None:
    found = [
        f"{place(path, node)} {name}"
        for path, module in product().items()
        if path.startswith(room)
        for node, name in [(module, "the module"), *_public(module)]
        if not ast.get_docstring(node)
    ]

    assert found == [], "Give each a sentence: what it is, or what comes back and when it does not (style, C9)."


def _public(
    parent: ast.Module | ast.ClassDef,
) -> list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, str]]:
    """Functions, classes and methods whose names are public, and so are the names around them."""
    found: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, str]] = []
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append((node, node.name))
            if isinstance(node, ast.ClassDef):
                found += _public(node)
    return found


def test_a_module_says_in_one_sentence_what_lives_there() -> None:
    first = {path: (ast.get_docstring(module) or "").split("\n\n")[0] for path, module in product().items()}

    assert [path for path, text in first.items() if not text.rstrip().endswith((".", ":"))] == [], (
        "Begin each module with one sentence that ends in a full stop."
    )


def test_today_is_a_day_in_england() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if path.startswith(("graph/", "webapp/"))
        and isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("date.today", "datetime.today", "utcnow"))
    ]

    assert found == [], "Ask graph.model.clock: day_in_england(now()). A server may stand in another zone."


def test_cypher_is_in_files_only() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CYPHER.search(node.value)
    ]

    assert found == [], "Put the statement into a file below cypher/ and give it a Query."


def test_a_query_is_named_by_a_word_in_the_code() -> None:
    found = [
        place(path, node)
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split("[")[0] in ("Query", "query.Query")
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]

    assert found == [], "Write the query's name out: Query('topic/verb_noun', Row). A variant is another file."


def test_what_a_browser_gets_is_escaped() -> None:
    in_code = [
        place(path, node)
        for path, node in nodes()
        if path not in MAKES_MARKUP
        and ((isinstance(node, ast.Name) and node.id == "Markup") or _imports(node, "markupsafe"))
    ]
    in_templates = [
        f"{path}:{number}"
        for path, text in tracked().items()
        if path.startswith("webapp/templates/") and path not in MAKES_MARKUP
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(r"\|\s*safe\b|\bautoescape\s+false\b", line)
    ]

    assert in_code + in_templates == [], "Let Jinja escape it. If it must be markup, argue for it in MAKES_MARKUP."

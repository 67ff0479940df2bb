"""The source code as the rules read it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("graph", "loaders", "webapp")


@cache
def product() -> dict[str, ast.Module]:
    """The parsed modules that are run in earnest, by their paths."""
    paths = [path for room in (*ROOMS, "benchmarks") for path in sorted((ROOT / room).rglob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in (*paths, ROOT / "demonstration.py")
    }


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of the product's code with the path of its module."""
    for path, module in product().items():
        for node in ast.walk(module):
            yield path, node


def place(path: str, node: ast.AST) -> str:
    """Where a node stands, as an editor opens it."""
    return f"{path}:{getattr(node, 'lineno', 1)}"


def listed(*how: str) -> str:
    """What Git answers when asked for the files that it keeps."""
    # In CI the clone may belong to another user than the one who runs this.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", *how]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout


@cache
def tracked() -> dict[str, str]:
    """The text of each file that Git keeps, by its path; pictures are left out."""
    found = {}
    for path in listed("-z").split("\0"):
        if path and (ROOT / path).is_file():
            data = (ROOT / path).read_bytes()
            if b"\0" not in data:
                found[path] = data.decode("utf-8", errors="replace")
    return found

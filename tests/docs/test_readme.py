"""What README.md and the pages of docs/ say, against what is there."""

import ast
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.__main__ import parser as graph_parser
from loaders.__main__ import _parser as loaders_parser
from loaders.registry import FEEDS
from loaders.synthetic import STORIES

README = Path("README.md").read_text(encoding="utf-8")
PAGES = [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]
PARSERS = {"graph": graph_parser, "loaders": loaders_parser}
LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
COMMAND = re.compile(r"python -m (graph|loaders|webapp)((?: +[^\s`|(:]+)*)")
WORD = re.compile(r"[a-z][a-z-]*")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), f"{page} links to {target}, which is not there."
        if heading:
            assert heading in headings(found), f"{page} links to {target}; {found} has no such heading."


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_exist(page: Path) -> None:
    for room, words, options in commands_of(page):
        assert room in (*PARSERS, "webapp")
        if room in PARSERS:
            check_command(PARSERS[room](), f"{page}: python -m {room}", words, options)


def test_make_makes_what_is_said() -> None:
    rules = set(re.findall(r"^([a-z]+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    said = set(re.findall(r"\bmake ([a-z]+)\b(?: [A-Z]+=|`|$)", README, re.MULTILINE))

    assert {"demo", "test", "code"} <= said <= rules


def test_the_table_of_stories_is_the_data() -> None:
    rows = table("stories")

    assert rows == [
        [
            str(story.number),
            story.title,
            "; ".join(f"{name}, born {born:%-d %B %Y}" for name, born in story.who),
            story.what_to_see,
        ]
        for story in STORIES
    ]


def test_the_children_to_try_are_in_the_stories() -> None:
    known = {f"{name}, born {born:%-d %B %Y}" for story in STORIES for name, born in story.who}

    tried = re.findall(r"Find ([A-Z][^,:]+, born \d+ [A-Z][a-z]+ \d{4})", README)

    assert tried
    assert set(tried) <= known


def test_the_table_of_settings_is_what_the_code_reads() -> None:
    tree = ast.parse(Path("graph/settings.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    read = {text for text in texts if re.fullmatch(r"PORT|(?:SIGNPOST|NEO4J)_[A-Z0-9_]+", text)}

    assert {row[0].strip("`") for row in table("settings")} == read


def test_the_rooms_of_the_map_are_there() -> None:
    rooms = README.split("## The map")[1].split("\n## ")[0]
    paths = [
        path for row in re.findall(r"^\| (`.*?) \|", rooms, re.MULTILINE) for path in re.findall(r"`([^`]+)`", row)
    ]

    assert paths
    for path in paths:
        assert list(Path().glob(path.rstrip("/"))) or Path("graph", path).exists(), f"The map names {path}."


def test_every_feed_with_people_is_in_the_assessment() -> None:
    flows = Path("docs/dpia.md").read_text(encoding="utf-8").split("**Flows.**")[1].split("**Context.**")[0]

    assert set(re.findall(r"`([a-z_]+)`", flows)) == set(FEEDS)


def table(name: str) -> list[list[str]]:
    """The rows of the README's table between two marks, without its head."""
    lines = README.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0].strip().splitlines()
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[2:]]


def headings(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in lines}


def commands_of(page: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """The commands of a page: those in code, quoted or indented."""
    text = page.read_text(encoding="utf-8")
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE))
    for code in [*quoted, *re.findall(r"^ {4}(.*)$", text, re.MULTILINE)]:
        yield from commands_in(code)


def commands_in(code: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Room, words and options of each command."""
    for room, rest in COMMAND.findall(code):
        words, options = [], []
        for part in rest.split():
            bare = part.strip("[],.;")
            if bare.startswith("--"):
                options.append(bare.partition("=")[0])
            elif WORD.fullmatch(bare) and not options:
                words.append(bare)
            elif not options:
                break
        options += [found for found in re.findall(r"(?<=[\s\[])--[a-z-]+", rest) if found not in options]
        yield room, words, options


def check_command(parser: ArgumentParser, said: str, words: list[str], options: list[str]) -> None:
    """Follows the words down the parsers, and looks for each option."""
    for word in words:
        choices = subcommands(parser)
        if choices is None:
            break
        assert word in choices, f"{said} {word}: there is no such command."
        parser = choices[word]
    known = {option for action in parser._actions for option in action.option_strings}
    assert set(options) <= known, f"{said} {' '.join(words)}: no option {', '.join(sorted(set(options) - known))}."


def subcommands(parser: ArgumentParser) -> dict[str, ArgumentParser] | None:
    """The commands below one, or None where it has none."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            return dict(action.choices)
    return None

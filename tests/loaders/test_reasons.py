"""The closed list of reason codes, and that the loaders keep to it."""

import re
from pathlib import Path

import loaders
from graph.model.refusals import SENTENCES, Reason, Skip, sentence

SOURCES = list(Path(loaders.__file__).parent.rglob("*.py"))
CODE = re.compile(r"\b(Reason|Skip)\.([A-Z_]+)\b")


def used():
    return {found for path in SOURCES for found in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_that_is_used_exists_and_every_code_is_used():
    known = {("Reason", code.name) for code in Reason} | {("Skip", code.name) for code in Skip}

    assert used() == known


def test_every_code_has_a_sentence_for_people():
    assert set(SENTENCES) == set(Reason) | set(Skip)
    assert all(sentence(code).endswith(".") for code in [*Reason, *Skip])
    assert not {code.value for code in Reason} & {code.value for code in Skip}

"""How well records are joined: `python -m benchmarks.matching LEFT.csv [RIGHT.csv] --columns C.json --truth T.csv`.

Two files, or one with itself. COLUMNS.json says which of their columns holds what (issue 5, point 9); TRUTH.csv has the
columns left and right. The truth is looked at after everything has been decided, and by nothing that decides.
"""

import argparse
import csv
import io
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from benchmarks.measure import Peaks, snapshot, table
from graph.model.errors import Refused, SignpostError, Unreadable
from loaders.who import linking, training, weights
from loaders.who.linking import Link
from loaders.who.policy import Outcome
from loaders.who.records import COLUMNS, tidy

_OTHER = "other"
_SIDES = ("left", "right")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Side:
    """Which columns of one file hold what: ours to theirs, several where they are to be read as one, and the others."""

    columns: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Joins the files and prints how well: 0, or 1 where a file cannot be read, or 2 where the command is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        report, why = measure(chosen.left, chosen.right, chosen.columns, chosen.truth, train=chosen.train)
    except SignpostError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, Refused) else 1
    print(json.dumps(report) if chosen.json else in_words(report, why))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description="How well records are joined.")
    parser.add_argument("left", type=Path, metavar="LEFT.csv", help="records")
    parser.add_argument("right", type=Path, nargs="?", metavar="RIGHT.csv", help="the index; else LEFT with itself")
    parser.add_argument("--columns", type=Path, required=True, metavar="COLUMNS.json", help="which column holds what")
    parser.add_argument("--truth", type=Path, required=True, metavar="TRUTH.csv", help="columns left,right: keys")
    parser.add_argument("--train", action="store_true", help="adapt the model to these files first, without the truth")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")
    return parser


def measure(
    left: Path, right: Path | None, columns: Path, truth: Path, *, train: bool = False
) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The report of point 9, and how many records each rule decided; a SignpostError that says what to mend."""
    begun = time.perf_counter()
    within = right is None or right.resolve() == left.resolve()
    sides = read_columns(columns)
    one = _records(left, sides[0])
    other = None if right is None or within else _records(right, sides[1])
    wanted = _truth(truth, one, other, left, right)
    model = weights.shipped()
    if train:
        model = training.trained_on(one, other, model)
    linked = linking.link(one, other, model=model)
    seconds = time.perf_counter() - begun
    proposed = (*linked.links, *linked.proposals)
    report = {
        "auto": scores(_pairs(linked.links, within=within), wanted),
        "with_review": scores(_pairs(proposed, within=within), wanted),
        "review_share": round(linked.count(Outcome.REVIEW) / max(1, len(one)), 6),
        "seconds": round(seconds, 2),
        "peak_mb": snapshot(Peaks()).loader,
    }
    return report, linking.reasons(linked)


def scores(found: set[Pair], wanted: set[Pair]) -> dict[str, float | int]:
    """Precision, recall and F1 of pairs, and how many there are; 0 where nothing was found or wanted."""
    right = len(found & wanted)
    precision = right / len(found) if found else 0.0
    recall = right / len(wanted) if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": round(f1, 6), "links": len(found)}


def in_words(report: Mapping[str, Any], why: Mapping[str, int]) -> str:
    """The report for a person."""
    names = ("precision", "recall", "f1", "links")
    rows = [(kind, *(report[kind][name] for name in names[:3]), report[kind]["links"]) for kind in _KINDS]
    shares = [
        (kind, *(f"{value:.6f}" if isinstance(value, float) else value for value in rest)) for kind, *rest in rows
    ]
    return "\n\n".join(
        [
            table(("", *names), shares),
            f"To review: {report['review_share']:.2%} of the records. {report['seconds']} s, {report['peak_mb']} MiB.",
            table(("what decided", "records"), list(why.items())),
        ]
    )


_KINDS = ("auto", "with_review")


def read_columns(path: Path) -> tuple[Side, Side]:
    """What COLUMNS.json says of either file; a Refused that names the word that is wrong."""
    try:
        said = json.loads(_text(path))
    except ValueError as error:
        raise Refused(f"{path.name} is no JSON ({error}). Write an object of our words and your columns.") from error
    if not isinstance(said, dict) or not said:
        raise Refused(f"{path.name} must be an object of our words and your columns, like {{{_EXAMPLE}}}.")
    if not set(said) & set(_SIDES):
        side = _side(path, said)
        return side, side
    if set(said) - set(_SIDES) or not all(isinstance(each, dict) for each in said.values()):
        raise Refused(f"{path.name} has `left` or `right`: put all words below these two, and nothing beside them.")
    only: Mapping[str, Any] = next(iter(said.values()))
    left, right = (_side(path, said.get(name, only)) for name in _SIDES)
    if len(left.others) != len(right.others):
        raise Refused(f"{path.name}: `{_OTHER}` of left and right must name as many columns, in the same order.")
    return left, right


_EXAMPLE = '"key": "id", "family_name": "surname", "other": ["town"]'


def _side(path: Path, said: Mapping[str, Any]) -> Side:
    unknown = sorted(set(said) - {*COLUMNS, _OTHER})
    if unknown:
        raise Refused(f"{path.name}: `{unknown[0]}` is none of our words. They are {', '.join((*COLUMNS, _OTHER))}.")
    columns = {word: _names(path, word, named) for word, named in said.items() if word != _OTHER and named}
    return Side(columns, _names(path, _OTHER, said.get(_OTHER) or []))


def _names(path: Path, word: str, named: object) -> tuple[str, ...]:
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise Refused(f"{path.name}: `{word}` must be the name of a column, or a list of names.")
    return tuple(name.strip() for name in names)


def _records(path: Path, side: Side) -> pa.Table:
    """The records of a file; a row without a key column of its own has its number, from 1, as key."""
    frame = _table(path)
    for word, names in [*side.columns.items(), (_OTHER, side.others)]:
        for name in names:
            if name not in frame.columns:
                raise Refused(
                    f"{path.name} has no column `{name}`, which stands for `{word}`. "
                    f"It has {', '.join(map(str, frame.columns))}."
                )
    made = {
        word: frame[list(names)].agg(" ".join, axis=1).str.strip() if len(names) > 1 else frame[names[0]]
        for word, names in side.columns.items()
    }
    if "key" not in made:
        made["key"] = pd.Series([str(number) for number in range(1, len(frame) + 1)], index=frame.index, dtype=str)
    made |= {f"{_OTHER}_{place}": frame[name] for place, name in enumerate(side.others)}
    try:
        return tidy(pd.DataFrame(made, index=frame.index), [f"{_OTHER}_{place}" for place in range(len(side.others))])
    except Unreadable as error:
        raise Unreadable(f"{path.name}: {error}") from error


def _truth(path: Path, left: pa.Table, right: pa.Table | None, one: Path, other: Path | None) -> set[Pair]:
    frame = _table(path)
    for name in _SIDES:
        if name not in frame.columns:
            raise Unreadable(
                f"{path.name} has no column `{name}`. Its columns must be left,right: a pair of keys a row."
            )
    files = ((left, one, "left"), (left if right is None else right, other or one, "right"))
    for records, file, name in files:
        missing = set(frame[name]) - set(records["key"].to_pylist())
        if missing:
            raise Unreadable(
                f"{path.name}: `{name}` has {len(missing)} keys that are not in {file.name}, the first of them in row"
                f" {int(frame[name].isin(missing).to_numpy().argmax()) + 1}. Give the truth of these files."
            )
    return {_pair(*pair, within=right is None) for pair in frame[list(_SIDES)].itertuples(index=False)}


def _table(path: Path) -> pd.DataFrame:
    """Every cell of a CSV as text without blanks around it, and so its headings."""
    try:
        rows = list(csv.reader(io.StringIO(_text(path), newline=""), skipinitialspace=True))
    except csv.Error as error:
        raise Unreadable(f"{path.name} is no CSV ({error}). Save it with commas and quotation marks.") from error
    if not rows or not any(rows[0]):
        raise Unreadable(f"{path.name} is empty. It must begin with a line of column names.")
    headings = [name.strip() for name in rows[0]]
    body = [row for row in rows[1:] if row]
    ragged = next((number for number, row in enumerate(body, 1) if len(row) != len(headings)), None)
    if ragged is not None:
        raise Unreadable(
            f"{path.name}: row {ragged} has {len(body[ragged - 1])} cells, the headings are {len(headings)}."
            " Put quotation marks round cells with commas."
        )
    twice = next((name for name in headings if headings.count(name) > 1), None)
    if twice is not None:
        raise Unreadable(f"{path.name} has two columns `{twice}`. Rename one of them.")
    columns = list(zip(*body, strict=True)) or [()] * len(headings)
    cells = {name: [cell.strip() for cell in column] for name, column in zip(headings, columns, strict=True)}
    return pd.DataFrame(cells, dtype=str)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}. Name a file that is there.") from error


def _pairs(links: Iterable[Link], *, within: bool) -> set[Pair]:
    return {_pair(one.left, one.right, within=within) for one in links}


def _pair(left: str, right: str, *, within: bool) -> Pair:
    """A pair as it is compared: within one file neither end comes first."""
    return (right, left) if within and right < left else (left, right)


if __name__ == "__main__":
    sys.exit(main())

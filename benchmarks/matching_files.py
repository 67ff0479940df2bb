"""Files for `benchmarks.matching` out of an invented population: `python -m benchmarks.matching_files FOLDER`.

FOLDER gets left.csv (births, census, transfers, benefit and involvements), right.csv (the patient register without 8 %
of the children), columns.json, truth.csv, and who.csv: of whom each record is, and of whom that child is a twin.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from loaders.who import invented
from loaders.who.records import COLUMNS


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the five files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_files", description="Files to be matched.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files go")
    parser.add_argument("--children", type=int, default=10_000, metavar="N", help="in the population")
    parser.add_argument("--seed", type=int, default=2, help="of the population; the shipped model is of seed 1")
    parser.add_argument("--feed", action="append", metavar="NAME", help="only records of this feed; may be repeated")
    chosen = parser.parse_args(arguments)
    write(chosen.folder, children=chosen.children, seed=chosen.seed, feeds=chosen.feed)
    return 0


def write(folder: Path, *, children: int, seed: int, feeds: Sequence[str] | None = None) -> None:
    """Invents a population and writes what of it is to be matched."""
    folder.mkdir(parents=True, exist_ok=True)
    found = invented.drawn(children=children, seed=seed)
    left = found.left
    if feeds is not None:
        left = left[left["key"].str.split("/").str[0].isin(feeds)]
    left.to_csv(folder / "left.csv", index=False)
    found.right.to_csv(folder / "right.csv", index=False)
    truth = pd.DataFrame(found.truth, columns=["left", "right"])
    truth[truth["left"].isin(left["key"])].to_csv(folder / "truth.csv", index=False)
    (folder / "columns.json").write_text(json.dumps({word: word for word in COLUMNS}) + "\n", encoding="utf-8")
    who = pd.DataFrame({"key": list(found.person), "person": list(found.person.values())})
    who.assign(twin=who["person"].isin(found.twins)).to_csv(folder / "who.csv", index=False)


if __name__ == "__main__":
    sys.exit(main())

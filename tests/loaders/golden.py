"""What a sample says, as plain values. Rewrite the goldens with `python -m tests.loaders.golden` and read the diff."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd

from graph.model.file_names import Name
from loaders import check, registry
from loaders.feed import Context, Feed

DATA = Path(__file__).parents[1] / "data"
AS_AT = dt.date(2026, 11, 1)
_AREAS = {"NS1 1AA": "E10000099", "SX1 1AA": "E06000901"}


def sample_of(feed: str) -> Path:
    """The sample file of the feed; a feed has exactly one."""
    (path,) = [path for path in DATA.glob(f"{feed}.*") if path.suffix != ".json"]
    return path


def context(feed: Feed) -> Context:
    """What tidying knows in tests."""

    def areas(postcodes: "pd.Series[str]") -> "pd.Series[str]":
        return postcodes.map(_AREAS).astype("string[pyarrow]")

    return Context(feed.supplier, pd.Timestamp(AS_AT), areas, b"a key for tests only")


def checked(feed: Feed, path: Path, **options: Any) -> check.Checked:
    """The file checked as a full file of the feed's usual supplier."""
    name = Name(feed.name, feed.supplier, AS_AT, True, path.suffix[1:])
    return check.check_file(feed, path, context=context(feed), name=name, **options)


def as_plain(found: check.Checked) -> dict[str, Any]:
    """What was found, with each row as what is filled in it."""
    return {
        "rows": found.rows,
        "kept": found.kept,
        "refused": dict(found.refused),
        "skipped": dict(found.skipped),
        "warnings": list(found.warnings),
        "records": _rows(found.tidy.records),
        "facts": _rows(found.tidy.facts),
        "entities": _rows(found.tidy.entities),
        "lookup": [] if found.lookup is None else _rows(found.lookup),
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(cell) for name, cell in row.items() if _filled(cell)} for row in frame.to_dict("records")]


def _filled(cell: Any) -> bool:
    return isinstance(cell, list) or not pd.isna(cell)


def _plain(cell: Any) -> Any:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell


def main() -> None:
    """Writes every golden anew."""
    for feed in registry.FEEDS.values():
        plain = as_plain(checked(feed, sample_of(feed.name)))
        text = json.dumps(plain, indent=1, ensure_ascii=False)
        (DATA / f"{feed.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

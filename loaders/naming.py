"""What a file is: what its name says, then what is said beside it, then what is usual of its feed."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from graph.model.file_names import Name, WrongName, parsed
from loaders.feed import Feed


def name_of(
    path: Path,
    feed: Feed,
    *,
    supplier: str | None = None,
    as_at: dt.date | None = None,
    full: bool | None = None,
    today: dt.date | None = None,
) -> Name:
    """What the name says, then what is said beside it, then the usual: the feed's publisher, today, a full file."""
    said = parsed(path)
    if said is not None and said.feed != feed.name:
        raise WrongName(f"{path.name} says that it is a file of {said.feed}, not of {feed.name}. Give the right feed.")
    extension = next((part for part in reversed(path.name.split(".")[1:]) if part not in {"gz", "zst"}), "")
    name = said or Name(feed.name, feed.supplier, today or dt.date.today(), True, extension)
    changes = {"supplier": supplier, "as_at": as_at, "full": full}
    return replace(name, **{field: value for field, value in changes.items() if value is not None})  # type: ignore[arg-type]

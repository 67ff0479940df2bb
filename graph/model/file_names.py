"""What a file's name says: FEED.SUPPLIER.YYYY-MM-DD.full|delta.EXT, and .gz or .zst where it is packed."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from graph.model.errors import SignpostError

_NAME = re.compile(
    r"(?P<feed>[a-z_]+)\.(?P<supplier>[A-Za-z0-9_-]+)\.(?P<as_at>\d{4}-\d{2}-\d{2})\.(?P<kind>full|delta)"
    r"\.(?P<ext>[a-z0-9]+)(?:\.(?:gz|zst))?"
)


class WrongName(SignpostError):
    """What a name and the options beside it say cannot be meant."""


@dataclass(frozen=True)
class Name:
    """Whose file it is, of which day, and whether it says everything or only what changed."""

    feed: str
    supplier: str
    as_at: dt.date
    full: bool
    ext: str

    def file_name(self) -> str:
        """The name that says all of this."""
        return f"{self.feed}.{self.supplier}.{self.as_at}.{'full' if self.full else 'delta'}.{self.ext}"


def parsed(path: Path) -> Name | None:
    """What the name says, or None where it is not of our form."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        as_at = dt.date.fromisoformat(match["as_at"])
    except ValueError as error:
        raise WrongName(f"{path.name} names a day that does not exist: {match['as_at']}.") from error
    return Name(match["feed"], match["supplier"], as_at, match["kind"] == "full", match["ext"])

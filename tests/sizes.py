"""How much of something is tried: as much as `make test` has time for, or all that is demanded by `make campaign`."""

import os
import sys

FULL = bool(os.environ.get("SIGNPOST_TEST_FULL"))


def size(small: int, full: int) -> int:
    """The full size if SIGNPOST_TEST_FULL is set, else the small one."""
    return full if FULL else small


def tell(words: str) -> None:
    """Writes a figure into the log of the campaign (pytest --capture=sys); in `make test` nobody reads it."""
    if FULL:
        print(words, file=sys.__stdout__, flush=True)

"""The folders of this machine that the console looks into."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app


@dataclass(frozen=True)
class Folders:
    """Where files to be loaded lie, where jobs are kept, and where refused rows are."""

    inbox: Path
    jobs: Path
    rejects: Path


def folders() -> Folders:
    """The folders of this site."""
    return cast(Folders, current_app.extensions["signpost-folders"])

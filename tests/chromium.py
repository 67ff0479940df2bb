"""Where the browser for the tests is, and how one is come by."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@cache
def find_chromium() -> str:
    """The browser that CHROMIUM names, else one on the path, else Debian's, else Playwright's; else one sentence."""
    return os.environ.get("CHROMIUM") or _on_the_path() or _from_debian() or _from_playwright()


def _on_the_path() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _from_debian() -> str | None:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium", "fonts-liberation"]):
        if subprocess.run(command, env=environment, capture_output=True, check=False, timeout=600).returncode:
            return None
    return _on_the_path()


def _from_playwright() -> str:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, capture_output=True, check=False, timeout=600)
    kept = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache" / "ms-playwright"))
    found = sorted(Path(kept).glob("chromium-*/chrome-linux*/chrome"))
    if not found:
        raise RuntimeError(
            "No Chromium is to be had. Install one, or set CHROMIUM to its path, and run the tests again."
        )
    return str(found[-1])

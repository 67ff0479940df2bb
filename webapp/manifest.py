"""Which files were built for browsers, by the names that they have in templates."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "webapp" / "static" / "dist"
MANIFEST = "manifest.json"
# The typeface of pictures saved as an image, plain and bold: as wide as Arial, by whose widths drawings are laid out.
TYPEFACE, TYPEFACES = "Arimo", ("Arimo_400Regular.ttf", "Arimo_700Bold.ttf")
# How the name of a file ends that lies compressed beside it, the smallest first, and what HTTP calls that.
ENDINGS = {".br": "br", ".gz": "gzip"}


class AssetsError(Exception):
    """The assets cannot be built, or have not been; the message says what to do."""


def read_names(folder: Path = BUILT) -> dict[str, str]:
    """The names with their hashes by the names without; AssetsError if nothing has been built."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AssetsError("The style sheet has not been built. Run: python -m webapp.assets") from error
    return {str(name): str(hashed) for name, hashed in manifest["names"].items()}

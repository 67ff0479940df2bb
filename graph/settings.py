"""What the environment says: this is the only module that reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

MIB = 1024 * 1024
GIB = 1024 * MIB
URI_SCHEMES = ("bolt", "bolt+s", "neo4j", "neo4j+s")

_SIZE = re.compile(r"([1-9][0-9]*)([kmg])", re.IGNORECASE)
_UNITS = {"k": 1024, "m": MIB, "g": GIB}
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what to write instead."""


@dataclass(frozen=True)
class Connection:
    """Where a graph answers, and as whom to sign in."""

    uri: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one machine to the next."""

    home: Path = field(default_factory=lambda: Path(".signpost").resolve())
    cache: Path = field(default_factory=lambda: Path.home() / ".cache" / "signpost")
    # The graph of another machine; None means the embedded server of `home`.
    external: Connection | None = None
    bolt_port: int = 7687
    heap: int = GIB
    page_cache: int = 512 * MIB
    web_port: int = 8000
    demo: bool = False
    # Whose word is taken that a request came over HTTPS: addresses of proxies that end TLS.
    proxies: tuple[str, ...] = ()
    keys: Path | None = None
    secret_key: Path | None = None
    # The address of the pages as browsers know it; None means this machine only.
    site_origin: str | None = None
    sealed: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Return the settings of this environment, or of the mapping given in its place."""
        given = os.environ if environ is None else environ
        return cls(
            home=_path(given, "SIGNPOST_HOME", Path(".signpost")),
            cache=_path(given, "SIGNPOST_CACHE", Path.home() / ".cache" / "signpost"),
            external=_external(given),
            bolt_port=_port(given, "SIGNPOST_BOLT_PORT", 7687),
            heap=_size(given, "SIGNPOST_HEAP", GIB),
            page_cache=_size(given, "SIGNPOST_PAGE_CACHE", 512 * MIB),
            web_port=_port(given, "PORT", 8000),
            demo=_flag(given, "SIGNPOST_DEMO"),
            proxies=_addresses(given, "SIGNPOST_PROXIES"),
            keys=_optional_path(given, "SIGNPOST_KEYS"),
            secret_key=_optional_path(given, "SIGNPOST_SECRET_KEY_FILE"),
            site_origin=_origin(given, "SIGNPOST_ORIGIN"),
            sealed=_optional_path(given, "SIGNPOST_SEALED"),
        )

    @property
    def origin(self) -> str:
        """The address of the pages as browsers know it, for which passkeys and links are made."""
        return self.site_origin or f"http://localhost:{self.web_port}"

    @property
    def keys_folder(self) -> Path:
        """The folder of the keys that must never lie beside a backup."""
        return self.keys or self.home / "keys"

    @property
    def inbox(self) -> Path:
        """The folder into which suppliers' files are put, by secure copy or the like, to be loaded from the console."""
        return self.home / "inbox"

    @property
    def jobs(self) -> Path:
        """The folder in which the console keeps the commands that it has started."""
        return self.home / "jobs"

    @property
    def rejects(self) -> Path:
        """The folder of refused rows, which hold people."""
        return self.home / "rejects"

    @property
    def sealed_folder(self) -> Path:
        """The folder of the sealed audit log: leaves, checkpoints and the public key, none of them secret."""
        return self.sealed or self.home / "sealed"

    @property
    def secret_key_file(self) -> Path:
        """The file with the key that signs the cookies of the web pages."""
        return self.secret_key or self.keys_folder / "secret-key"


def sealer_key_file(environ: Mapping[str, str] | None = None) -> Path:
    """The file of the key that signs checkpoints: for the sealer alone, so it is no part of `Settings`."""
    given = os.environ if environ is None else environ
    return _path(given, "SIGNPOST_SEALER_KEY_FILE", Settings.from_environment(given).home / "sealer" / "key")


def readable_size(size: int) -> str:
    """Return a number of bytes as people say it: `1.5 GB`, `512 MB`, `12 KB`."""
    if size >= GIB:
        return f"{size / GIB:.1f} GB"
    return f"{size / MIB:.0f} MB" if size >= MIB else f"{size / 1024:.0f} KB"


def _external(environ: Mapping[str, str]) -> Connection | None:
    uri = environ.get("NEO4J_URI", "").strip()
    if not uri:
        return None
    _check_uri(uri)
    return Connection(uri, environ.get("NEO4J_USER", "").strip() or "neo4j", _password(environ))


def _check_uri(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError as error:
        raise SettingsError(f"NEO4J_URI is not an address: {error}. Write it like neo4j+s://graph.example.") from error
    if parts.scheme not in URI_SCHEMES:
        scheme = parts.scheme or "nothing"
        raise SettingsError(f"NEO4J_URI begins with {scheme}; it must begin with {_either(URI_SCHEMES)}, then ://.")
    if not host:
        raise SettingsError("NEO4J_URI names no machine. Write it like neo4j+s://graph.example.")
    if parts.username is not None or parts.password is not None:
        raise SettingsError("NEO4J_URI holds a user or password. Put them in NEO4J_USER and NEO4J_PASSWORD_FILE.")


def _password(environ: Mapping[str, str]) -> str:
    plain, file = environ.get("NEO4J_PASSWORD", ""), environ.get("NEO4J_PASSWORD_FILE", "")
    if plain and file:
        raise SettingsError("NEO4J_PASSWORD and NEO4J_PASSWORD_FILE are both set. Remove one of them.")
    if file:
        return _first_line("NEO4J_PASSWORD_FILE", Path(file).expanduser())
    if not plain:
        raise SettingsError("NEO4J_URI is set and no password. Set NEO4J_PASSWORD_FILE to a file that holds it.")
    return plain


def _first_line(name: str, path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} names {path}, which cannot be read: {error}. Name a text file.") from error
    if not lines or not lines[0]:
        raise SettingsError(f"{name} names {path}, whose first line is empty. Write the password there.")
    return lines[0]


def _optional_path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name, "").strip()
    return Path(text).expanduser().resolve() if text else None


def _origin(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name, "").strip().rstrip("/").lower()
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, _port_given = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{name} is not an address: {error}. Write it like https://signpost.example.") from error
    if not host or f"{parts.scheme}://{parts.netloc}" != text or "@" in text:
        raise SettingsError(f"{name} is {text!r}. Write scheme and host only, like https://signpost.example.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host == "localhost"):
        raise SettingsError(f"{name} must begin with https://. Browsers make passkeys for no other address.")
    return text


def _path(environ: Mapping[str, str], name: str, default: Path) -> Path:
    return _optional_path(environ, name) or default.resolve()


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SettingsError(f"{name} is {text!r}, which is not a port. Write a number from 1 to 65535.")
    return int(text)


def _size(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    match = _SIZE.fullmatch(text)
    if match is None:
        raise SettingsError(f"{name} is {text!r}, which is not a size. Write a whole number and k, m or g, like 512m.")
    return int(match[1]) * _UNITS[match[2].lower()]


def _addresses(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses between commas, or `*` alone for whoever can connect."""
    found = tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())
    if found == ("*",):
        return found
    for part in found:
        try:
            ip_address(part)
        except ValueError as error:
            raise SettingsError(
                f"{name} holds {part!r}, which is not an address. Write those of your proxies, like 127.0.0.1, or *."
            ) from error
    return found


def _flag(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise SettingsError(f"{name} is {text!r}, which is neither yes nor no. Write 1 or 0.")


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"

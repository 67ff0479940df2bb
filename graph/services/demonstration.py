"""The demonstration: a graph in which everybody is invented is marked, and only there is it shown how to sign in."""

from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType

from graph.model import clock
from graph.model.errors import Conflict, Refused
from graph.model.roles import Role
from graph.services import access
from graph.services.carry import count_graph
from graph.settings import Settings
from graph.store import Database, Query

_ELSEWHERE = "NEO4J_URI names a graph elsewhere. The demonstration has a graph of its own: unset it, or SIGNPOST_DEMO."
_REAL = (
    "SIGNPOST_DEMO is set, and the graph is not the demonstration’s: it may hold real children, whose page must never "
    "show how to sign in. Unset SIGNPOST_DEMO, or start the demonstration with: make demo."
)
_IN_USE = (
    "This graph holds records that the demonstration has not made, and they may be real. "
    "Set SIGNPOST_HOME to another folder for the demonstration."
)


@dataclass(frozen=True)
class Mark:
    """When a graph was marked as the demonstration's, in milliseconds."""

    at: int


@dataclass(frozen=True)
class Account:
    """An account of the demonstration as it is kept."""

    username: str
    name: str
    role: str
    organisation: str
    service: str | None
    totp_seed: bytes = field(repr=False)
    last_step: int


@dataclass(frozen=True)
class Person:
    """An invented person who may sign in, with what the page shows of how."""

    username: str
    name: str
    role: Role
    organisation: str
    service: str | None
    code: str | None = field(repr=False)  # None until the next is due


RECORD_MARK = Query("demonstration/record_mark", NoneType)
SHOW_MARK = Query("demonstration/show_mark", Mark)
LIST_PEOPLE = Query("demonstration/list_people", Account)


def mark(db: Database, *, ours: bool = False) -> None:
    """Marks the graph as the demonstration's; Conflict if it holds records, unless they are known to be `ours`."""
    if is_marked(db):
        return
    counts = count_graph(db)
    if (counts.records or counts.persons) and not ours:
        raise Conflict(_IN_USE)
    db.write(RECORD_MARK, at=clock.milliseconds(clock.now()))


def is_marked(db: Database) -> bool:
    """Whether everybody in this graph is invented."""
    return db.read_one(SHOW_MARK) is not None


def check(settings: Settings, db: Database) -> None:
    """Nothing, if these settings and this graph are a demonstration's; Refused otherwise, with what to do."""
    if settings.external is not None:
        raise Refused(_ELSEWHERE)
    if not is_marked(db):
        raise Refused(_REAL)


def current_code(db: Database, username: str) -> str:
    """The code that the user's authenticator shows now, or its next if this is spent; Refused if the graph is real."""
    if not Settings.from_environment().demo:
        raise Refused("Codes are shown for the demonstration only, where SIGNPOST_DEMO=1. Use your authenticator.")
    if not is_marked(db):
        raise Refused(_REAL)
    return access.code_of(db, username)


def list_people(db: Database) -> list[Person]:
    """Everybody who may sign in, with the codes of now; Refused if this graph is not a demonstration's."""
    if not is_marked(db):
        raise Refused(_REAL)
    return [
        Person(
            username=account.username,
            name=account.name,
            role=Role(account.role),
            organisation=account.organisation,
            service=account.service,
            code=access.unspent_code(account.totp_seed, account.last_step, account.username),
        )
        for account in db.read(LIST_PEOPLE)
        # Accounts that benchmarks have made here have no authenticator, and nobody signs in to them.
        if account.totp_seed
    ]


def passwords_file(settings: Settings) -> Path:
    """The file with the demonstration's generated passwords, which only its owner can read."""
    return settings.home / "demo" / "passwords"


def read_passwords(path: Path) -> dict[str, str]:
    """The passwords of a demonstration by username; empty if it has made none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {words[0]: words[1] for line in lines if len(words := line.split()) > 1}

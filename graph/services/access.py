"""Accounts, sign-in and sessions. Wrong user, wrong password, wrong code and disabled account all look alike."""

from dataclasses import dataclass, field

from graph.model.roles import Role
from graph.store import Database


@dataclass(frozen=True)
class Session:
    """Who is signed in, as read from the graph now."""

    user_id: str
    username: str
    name: str
    role: Role
    organisation: str
    statutory: bool
    authority: str | None
    practitioner_id: str | None
    service_id: str | None


@dataclass(frozen=True)
class SignedIn:
    """A new session and its token: the token goes into the cookie and is kept nowhere else."""

    token: str = field(repr=False)
    session: Session


@dataclass(frozen=True)
class NewUser:
    """An account just made. The password and the address for the authenticator are shown once."""

    username: str
    password: str = field(repr=False)
    totp_uri: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """One account as listed; no secrets."""

    username: str
    name: str
    role: Role
    organisation: str
    authority: str | None
    status: str


def sign_in(db: Database, *, username: str, password: str, code: str) -> SignedIn:
    """A new session, ending every other of this user; Refused, with one same sentence, for anything that is wrong."""
    raise NotImplementedError


def sign_out(db: Database, token: str) -> None:
    """Ends the session of this token, if there is one."""
    raise NotImplementedError


def show_session(db: Database, token: str) -> Session | None:
    """Who is signed in with this token; None if nobody is, or no longer."""
    raise NotImplementedError


def record_user(
    db: Database,
    *,
    username: str,
    name: str,
    role: Role,
    organisation: str,
    authority: str | None,
    by: str,
    statutory: bool = False,
    practitioner_id: str | None = None,
    service_id: str | None = None,
) -> NewUser:
    """A new account with a generated password and authenticator seed; Conflict if the username is taken."""
    raise NotImplementedError


def disable_user(db: Database, *, username: str, by: str) -> None:
    """Disables an account and ends its sessions; NotFound if there is no such account."""
    raise NotImplementedError


def list_users(db: Database) -> list[Account]:
    """Every account by username, without secrets."""
    raise NotImplementedError


def current_code(db: Database, username: str) -> str:
    """The code that the user's authenticator shows now: for the demonstration only, Refused elsewhere."""
    raise NotImplementedError

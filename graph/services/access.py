"""Accounts, sign-in and sessions. Wrong user, wrong password, wrong code and disabled account all look alike."""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph.model import clock
from graph.model.audit import AuditEvent, shard_of
from graph.model.errors import Conflict, NotFound, ProgrammeError, Refused
from graph.model.roles import Role
from graph.services import audit, guessing, secret_box
from graph.services.guessing import Trial, Whence
from graph.store import Database, Query, Transaction

# The longest that a session of any role lasts.
ABSOLUTE = max(role.absolute for role in Role)
ACTIVITY_EVERY = timedelta(minutes=1)
# A failed sign-in never answers sooner than this, so that its cause cannot be told from its time.
FLOOR_SECONDS = 0.4

REFUSAL = (
    "The username, password or code is not right. Wait for your authenticator’s next code and try again. "
    "After several failures, wait a few minutes first."
)

_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
# The hash of a password that nobody has, with the parameters above: an unknown username costs the same as a known one.
DUMMY_HASH = "$argon2id$v=19$m=65536,t=3,p=1$rFSziYEenT0BBVi+mq0k4g$OdGq+OGhC8QnifofbmF4TWJVv5D8cgfSweSGrKu0eK4"
_DUMMY_SEED = "A" * 32
# 64 MiB and 150 ms each: sign-ins must not starve disclosures.
_AT_ONCE = BoundedSemaphore(4)
_STEP_SECONDS = 30
MOST_A_DAY = 10_000
BY_CODE, BY_PASSKEY = "password and code", "passkey"
_NOWHERE = Whence()
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}", re.ASCII)
_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


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
    device: str = field(default="", repr=False)


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


@dataclass(frozen=True)
class Credential:
    """What a password and a code are checked against."""

    password_hash: str
    totp_seed: bytes
    last_step: int


@dataclass(frozen=True)
class LockedAccount(Session):
    """An account as it is once nobody else can change it."""

    usable: bool
    password_hash: str


@dataclass(frozen=True)
class OpenSession(Session):
    """An open session with the time of its last use."""

    seen_at: int


class Why(StrEnum):
    """Why a session is not open any more."""

    NEWER = "newer"
    SIGNED_OUT = "signed_out"
    SUSPENDED = "suspended"
    CHANGED = "changed"
    UNVETTED = "unvetted"
    UNTRAINED = "untrained"
    LONG = "long"
    IDLE = "idle"
    ENDED = "ended"


@dataclass(frozen=True)
class Closed:
    """A session that is not open any more, and when it was ended, in milliseconds; None if nobody ended it."""

    because: str
    at: int | None


@dataclass(frozen=True)
class OwnSession:
    """One session in its user's own list; moments are milliseconds since 1970."""

    this: bool
    begun_at: int
    seen_at: int
    ended_at: int | None
    ended_because: str | None
    proven_by: str | None
    expires_at: int


@dataclass(frozen=True)
class Number:
    """How many there are."""

    number: int


@dataclass(frozen=True)
class Step:
    """The time step of a code."""

    step: int


@dataclass(frozen=True)
class Ended:
    """Whose session has ended."""

    user_id: str
    organisation: str
    role: str


@dataclass(frozen=True)
class UserId:
    """An account's id."""

    user_id: str


@dataclass(frozen=True)
class TokenHash:
    """What the graph keeps of a token."""

    token_hash: str


SHOW_CREDENTIAL = Query("access/show_credential", Credential)
LOCK_ACCOUNT = Query("access/lock_account", LockedAccount)
RECORD_SESSION = Query("access/record_session", TokenHash)
SAVE_STEP = Query("access/save_step", Step)
LIST_SESSIONS = Query("access/list_sessions", OwnSession)
RETIRE_SESSIONS = Query("access/retire_sessions", Number)
SHOW_ENDED = Query("access/show_ended", Closed)
SHOW_SESSION = Query("access/show_session", OpenSession)
SAVE_ACTIVITY = Query("access/save_activity", type(None))
RETIRE_SESSION = Query("access/retire_session", Ended)
SAVE_CHILDREN_A_DAY = Query("access/save_children_a_day", UserId)
RECORD_USER = Query("access/record_user", UserId)
RETIRE_USER = Query("access/retire_user", UserId)
LIST_USERS = Query("access/list_users", Account)


def sign_in(db: Database, *, username: str, password: str, code: str, whence: Whence = _NOWHERE) -> SignedIn:
    """A new session, ending every other of this user; Refused, with one same sentence, for anything that is wrong."""
    began = time.monotonic()
    name = username.strip().casefold()
    credential = db.read_one(SHOW_CREDENTIAL, username=name)
    step = _proven_step(credential, name, password, code)
    entered = _settle(db, name, credential, step, whence)
    if entered is None:
        guessing.forget(db)
        time.sleep(max(0.0, FLOOR_SECONDS - (time.monotonic() - began)))
        raise Refused(REFUSAL)
    return entered


def sign_out(db: Database, token: str) -> None:
    """Ends the session of this token, if there is one."""
    event = audit.new_event("unknown", "session.end")

    def work(tx: Transaction) -> None:
        ended = tx.read_one(RETIRE_SESSION, token_hash=hash_token(token), now=event.at, op_id=event.op_id)
        if ended is not None:
            said = replace(event, actor=ended.user_id, organisation=ended.organisation, role=ended.role)
            audit.append(tx, replace(said, session=hash_token(token)))

    db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def list_sessions(db: Database, token: str) -> list[OwnSession]:
    """The sessions of late of whoever is signed in with this token, the newest first; none if nobody is."""
    session = show_session(db, token)
    if session is None:
        return []
    return db.read(LIST_SESSIONS, user_id=session.user_id, token_hash=hash_token(token))


def show_session(db: Database, token: str) -> Session | None:
    """Who is signed in with this token; None if nobody is, or no longer."""
    found = db.read_one(SHOW_SESSION, token_hash=hash_token(token), **session_times())
    if found is None:
        return None
    now = clock.milliseconds(clock.now())
    if now - found.seen_at >= ACTIVITY_EVERY / timedelta(milliseconds=1):
        db.write(SAVE_ACTIVITY, token_hash=hash_token(token), now=now)
    return session_of(found)


def why_ended(db: Database, token: str) -> tuple[Why, datetime | None] | None:
    """Why a session is not open any more, and when somebody ended it; None for a token that nobody ever had."""
    closed = db.read_one(SHOW_ENDED, token_hash=hash_token(token), **session_times())
    if closed is None:
        return None
    return Why(closed.because), None if closed.at is None else clock.moment_of(closed.at)


def proof_key(token_hash: str, action: str, about: str) -> str:
    """By what a fresh proof of this session is kept, for this act and what it is about."""
    return hashlib.sha256(f"{token_hash}|{action}|{about}".encode()).hexdigest()


def hash_token(token: str) -> str:
    """What the graph keeps of a token: it cannot be turned back into one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def session_times() -> dict[str, int | date | dict[str, int]]:
    """The parameters by which a query tells whether a session is open."""
    moment = clock.now()
    return {
        "now": clock.milliseconds(moment),
        "idle_since": {role.value: clock.milliseconds(moment - role.idle) for role in Role},
        "today": clock.day_in_england(moment),
    }


def record_user(  # noqa: PLR0913 (an account is made in one step)
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
    vetted_until: date | None = None,
    trained_until: date | None = None,
) -> NewUser:
    """A new account with a generated password and authenticator seed; Conflict if the username is taken."""
    check_username(username)
    password, seed, user_id = _password(), pyotp.random_base32(), secrets.token_hex(8)
    values = {
        "user_id": user_id,
        "username": username,
        "name": name,
        "role": Role(role).value,
        "organisation": organisation,
        "statutory": statutory,
        "authority": authority,
        "practitioner_id": practitioner_id,
        "service_id": service_id,
        "vetted_until": vetted_until,
        "trained_until": trained_until,
        "shard": shard_of(user_id),
        "password_hash": _HASHER.hash(password),
        "totp_seed": secret_box.seal(seed.encode(), about=username),
    }
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        if tx.read_one(SHOW_CREDENTIAL, username=username) is not None:
            raise Conflict(f"The username {username} is taken. Choose another.")
        tx.write(RECORD_USER, **values)
        audit.record_act(tx, actor=by, action="user.add", fields=(f"user:{user_id}", f"role:{role}"), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)
    return NewUser(username, password, pyotp.TOTP(seed).provisioning_uri(name=username, issuer_name="Signpost"))


def check_username(username: str) -> None:
    """Nothing, if this can be a username; Refused otherwise, with what can."""
    if not _USERNAME.fullmatch(username):
        raise Refused("That cannot be a username. Use 2 to 40 small letters, digits, dots and hyphens.")


def hash_password(password: str) -> str:
    """What is kept of a password. It takes its time and memory, like a sign-in, and in turn with them."""
    with _AT_ONCE:
        return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def save_children_a_day(db: Database, *, username: str, children: int, by: str) -> None:
    """Nothing; the account's user may open so many children a day. NotFound, or Refused below 1 or over 10,000."""
    if not 1 <= children <= MOST_A_DAY:
        raise Refused(f"An account may open 1 to {MOST_A_DAY:,} children a day. Give a number between them.")
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        found = tx.write(SAVE_CHILDREN_A_DAY, username=username, children=children)
        if not found:
            raise NotFound(f"There is no account {username}. List them with: python -m graph user list.")
        fields = (f"user:{found[0].user_id}", f"children a day:{children}")
        audit.record_act(tx, actor=by, action="user.children", fields=fields, op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def disable_user(db: Database, *, username: str, by: str) -> None:
    """Disables an account and ends its sessions; NotFound if there is no such account."""
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        found = tx.read_one(RETIRE_USER, username=username, now=clock.milliseconds(clock.now()))
        if found is None:
            raise NotFound(f"There is no account {username}. List them with: python -m graph user list.")
        audit.record_act(tx, actor=by, action="user.disable", fields=(f"user:{found.user_id}",), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def list_users(db: Database) -> list[Account]:
    """Every account by username, without secrets."""
    return [replace(account, role=Role(account.role)) for account in db.read(LIST_USERS)]


def code_of(db: Database, username: str) -> str:
    """The code that the user's authenticator shows now, or its next if this is spent; only demonstrations ask."""
    credential = db.read_one(SHOW_CREDENTIAL, username=username)
    if credential is None:
        raise NotFound(f"There is no account {username}. List them with: python -m graph user list.")
    code = unspent_code(credential.totp_seed, credential.last_step, username)
    if code is None:
        raise Refused("The last code is spent and the next is not due. Wait half a minute and try again.")
    return code


def unspent_code(totp_seed: bytes, last_step: int, username: str) -> str | None:
    """The first code that would be taken now; None if this and the next are spent."""
    now = _step_now()
    step = max(now, last_step + 1)
    return None if step > now + 1 else _code_at(secret_box.unseal(totp_seed, about=username).decode(), step)


def _proven_step(credential: Credential | None, username: str, password: str, code: str) -> int | None:
    """The time step of the code, if both it and the password are right. What is absent is checked against a dummy."""
    with _AT_ONCE:
        right = _matches(DUMMY_HASH if credential is None else credential.password_hash, password)
    has_seed = credential is not None and bool(credential.totp_seed)
    seed = _open_seed(credential, username) if credential is not None and has_seed else _DUMMY_SEED
    step = step_of(seed, code)
    return step if has_seed and right else None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def step_of(seed: str, code: str) -> int | None:
    """The time step of which this is the code, now or next to it; None if it is not."""
    typed = re.sub(r"\s", "", code).encode("utf-8", "surrogatepass")
    now = _step_now()
    fitting = [step for step in (now - 1, now, now + 1) if compare_digest(_code_at(seed, step).encode(), typed)]
    return fitting[-1] if fitting else None


def _step_now() -> int:
    return int(clock.now().timestamp()) // _STEP_SECONDS


def _code_at(seed: str, step: int) -> str:
    return pyotp.TOTP(seed).generate_otp(step)


def _open_seed(credential: Credential, username: str) -> str:
    return secret_box.unseal(credential.totp_seed, about=username).decode()


def _settle(
    db: Database, username: str, credential: Credential | None, step: int | None, whence: Whence
) -> SignedIn | None:
    """The session, if under the account's lock everything still stands; else None, and the failure is counted.

    An unknown account is asked about, counted and recorded by the same statements as a known one.
    """
    event = audit.new_event("unknown", "session.begin")

    def work(tx: Transaction) -> SignedIn | None:
        times = session_times()
        account = tx.read_one(LOCK_ACCOUNT, username=username, op_id=event.op_id, today=times["today"])
        trial = guessing.begin(tx, username, whence, event.op_id, event.at)
        if account is not None and credential is not None and step is not None and trial.is_due:
            unchanged = account.password_hash == credential.password_hash
            if account.usable and unchanged and tx.write(SAVE_STEP, user_id=account.user_id, step=step):
                device = guessing.succeed(tx, trial, account.user_id)
                return enter(tx, account, device, event, BY_CODE)
        _record_failure(tx, account, trial, event)
        return None

    return db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def enter(tx: Transaction, user: Session, device: str, event: AuditEvent, proven_by: str) -> SignedIn:
    """The new and only session of a user who is locked, may enter and has proven who they are, with its event."""
    token = secrets.token_urlsafe(32)
    token_hash = hash_token(token)
    begun = tx.write(
        RECORD_SESSION,
        user_id=user.user_id,
        now=event.at,
        token_hash=token_hash,
        proven_by=proven_by,
        expires_at=event.at + int(Role(user.role).absolute / timedelta(milliseconds=1)),
    )
    if not begun:
        raise ProgrammeError("A session could not be made although its account was locked.")
    said = replace(event, actor=user.user_id, organisation=user.organisation, role=user.role)
    audit.append(tx, replace(said, session=token_hash, rule=proven_by))
    return SignedIn(token, session_of(user), device)


def _record_failure(tx: Transaction, account: LockedAccount | None, trial: Trial, event: AuditEvent) -> None:
    slowed = guessing.fail(tx, trial, event.op_id)
    said = replace(event, decision="denied", rule="sign-in refused", fields=slowed)
    if account is not None:
        said = replace(said, actor=account.user_id, organisation=account.organisation, role=account.role)
    audit.append(tx, said)


def session_of(row: Session) -> Session:
    """What is known of who is signed in, and nothing of how."""
    return Session(
        user_id=row.user_id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        organisation=row.organisation,
        statutory=row.statutory,
        authority=row.authority,
        practitioner_id=row.practitioner_id,
        service_id=row.service_id,
    )


def _password() -> str:
    return "-".join("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(4)) for _ in range(6))

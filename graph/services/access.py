"""Accounts, sign-in and sessions. Wrong user, wrong password, wrong code and disabled account all look alike."""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hmac import compare_digest
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph.model import clock
from graph.model.audit import AuditEvent, shard_of
from graph.model.errors import Conflict, NotFound, ProgrammeError, Refused
from graph.model.roles import Role
from graph.services import audit, secret_box
from graph.store import Database, Query, Transaction

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=10)
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
_FREE_FAILURES = 3
_LONGEST_WAIT = timedelta(minutes=6)
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
    last_step: int
    failures: int
    wait_until: int


@dataclass(frozen=True)
class OpenSession(Session):
    """An open session with the time of its last use."""

    seen_at: int


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
RECORD_FAILURE = Query("access/record_failure", type(None))
SHOW_SESSION = Query("access/show_session", OpenSession)
SAVE_ACTIVITY = Query("access/save_activity", type(None))
RETIRE_SESSION = Query("access/retire_session", Ended)
RECORD_USER = Query("access/record_user", UserId)
RETIRE_USER = Query("access/retire_user", UserId)
LIST_USERS = Query("access/list_users", Account)


def sign_in(db: Database, *, username: str, password: str, code: str) -> SignedIn:
    """A new session, ending every other of this user; Refused, with one same sentence, for anything that is wrong."""
    began = time.monotonic()
    name = username.strip().casefold()
    credential = db.read_one(SHOW_CREDENTIAL, username=name)
    step = _proven_step(credential, name, password, code)
    token = secrets.token_urlsafe(32)
    session = _settle(db, name, credential, step, token)
    if session is None:
        time.sleep(max(0.0, FLOOR_SECONDS - (time.monotonic() - began)))
        raise Refused(REFUSAL)
    return SignedIn(token, session)


def sign_out(db: Database, token: str) -> None:
    """Ends the session of this token, if there is one."""
    event = audit.new_event("unknown", "session.end")

    def work(tx: Transaction) -> None:
        ended = tx.read_one(RETIRE_SESSION, token_hash=hash_token(token), now=event.at, op_id=event.op_id)
        if ended is not None:
            said = replace(event, actor=ended.user_id, organisation=ended.organisation, role=ended.role)
            audit.append(tx, replace(said, session=hash_token(token)))

    db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def show_session(db: Database, token: str) -> Session | None:
    """Who is signed in with this token; None if nobody is, or no longer."""
    found = db.read_one(SHOW_SESSION, token_hash=hash_token(token), **session_times())
    if found is None:
        return None
    now = clock.milliseconds(clock.now())
    if now - found.seen_at >= ACTIVITY_EVERY / timedelta(milliseconds=1):
        db.write(SAVE_ACTIVITY, token_hash=hash_token(token), now=now)
    return _session(found)


def hash_token(token: str) -> str:
    """What the graph keeps of a token: it cannot be turned back into one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def session_times() -> dict[str, int | date]:
    """The parameters by which a query tells whether a session is open."""
    moment = clock.now()
    return {
        "now": clock.milliseconds(moment),
        "idle_since": clock.milliseconds(moment - IDLE),
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
    if not _USERNAME.fullmatch(username):
        raise Refused(f"{username!r} cannot be a username. Use 2 to 40 small letters, digits, dots and hyphens.")
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
    seed = _DUMMY_SEED if credential is None else _open_seed(credential, username)
    step = _step_of(seed, code)
    return step if credential is not None and right else None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def _step_of(seed: str, code: str) -> int | None:
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


def _settle(db: Database, username: str, credential: Credential | None, step: int | None, token: str) -> Session | None:
    """The session, if under the account's lock everything still stands; else None, and the failure is counted."""
    event = audit.new_event("unknown", "session.begin")

    def work(tx: Transaction) -> Session | None:
        times = session_times()
        account = tx.read_one(LOCK_ACCOUNT, username=username, op_id=event.op_id, today=times["today"])
        if (
            account is not None
            and credential is not None
            and step is not None
            and _may_enter(account, credential, step, event.at)
        ):
            _begin(tx, account, step, token, event)
            return _session(account)
        _count_failure(tx, account, event)
        return None

    return db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def _may_enter(account: LockedAccount, credential: Credential, step: int, now: int) -> bool:
    unchanged = account.password_hash == credential.password_hash
    return account.usable and unchanged and account.wait_until <= now and step > account.last_step


def _begin(tx: Transaction, account: LockedAccount, step: int, token: str, event: AuditEvent) -> None:
    expires_at = event.at + int(ABSOLUTE / timedelta(milliseconds=1))
    token_hash = hash_token(token)
    begun = tx.write(
        RECORD_SESSION, user_id=account.user_id, step=step, now=event.at, token_hash=token_hash, expires_at=expires_at
    )
    if not begun:
        raise ProgrammeError("A session could not be made although its account was locked.")
    said = replace(event, actor=account.user_id, organisation=account.organisation, role=account.role)
    audit.append(tx, replace(said, session=token_hash, rule="password and code"))


def _count_failure(tx: Transaction, account: LockedAccount | None, event: AuditEvent) -> None:
    said = replace(event, decision="denied", rule="sign-in refused")
    if account is None:
        audit.append(tx, said)
        return
    # An attempt during the wait prolongs nothing: else a stranger could lock the user out for good.
    if account.wait_until <= event.at:
        failures = account.failures + 1
        tx.write(
            RECORD_FAILURE, user_id=account.user_id, failures=failures, wait_until=event.at + delay_after(failures)
        )
    audit.append(tx, replace(said, actor=account.user_id, organisation=account.organisation, role=account.role))


def delay_after(failures: int) -> int:
    """The milliseconds that an account waits after so many failures: none at first, then doubling to a limit."""
    if failures < _FREE_FAILURES:
        return 0
    wait = timedelta(seconds=30 * 2 ** min(failures - _FREE_FAILURES, 10))
    return int(min(wait, _LONGEST_WAIT) / timedelta(milliseconds=1))


def _session(row: Session) -> Session:
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

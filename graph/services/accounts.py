"""Accounts: one administrator asks, another decides, and the user opens the account by a link and a word, once.

The link is shown to who approves and the word to who asked: neither of them alone can open what they have made.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from hmac import compare_digest
from types import NoneType
from typing import Any

import pyotp

from graph.model import clock, passwords
from graph.model.audit import shard_of
from graph.model.errors import Conflict, NotFound, Refused, SignpostError
from graph.model.roles import Role
from graph.services import access, audit, fresh, passkeys, secret_box
from graph.services.access import Account, Number, Why
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.fresh import Action
from graph.services.passkeys import Bound, Purpose, RelyingParty
from graph.store import Database, Query, Transaction

# ASVS 5.0, 6.4.1.
LINK_LASTS = timedelta(hours=24)
_MOST_TRIES = 5
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
# While there are fewer, nobody could approve what another asks for.
_ENOUGH = 2
_DEAD_LINK = (
    "This link cannot be used. It is good once and for 24 hours, and not after five wrong words. "
    "Ask your administrator for a new one."
)
_WRONG = "The word, the code or the passkey is not right. Check the word that you were given, and try again."
_NO_APPLICATION = "Nobody waits for this: it may have been decided already. Open Accounts again."
_NO_ACCOUNT = "There is no such account. Open Accounts and choose one."


class Kind(StrEnum):
    """What is asked for."""

    NEW = "new"
    CHANGE = "change"
    RESET = "reset"

    @property
    def words(self) -> str:
        """As a heading."""
        return {"new": "A new account", "change": "A change of an account", "reset": "A new link for an account"}[self]


class State(StrEnum):
    """How far it has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class Details:
    """What an account is to be."""

    name: str
    role: Role
    organisation: str
    authority: str | None = None
    statutory: bool = False
    practitioner_id: str | None = None
    service_id: str | None = None
    vetted_until: date | None = None
    trained_until: date | None = None
    children_a_day: int | None = None  # as many as is usual


@dataclass(frozen=True)
class Application:
    """What an administrator has asked for; `user_id` is None if there is no such account yet."""

    application_id: str
    kind: str
    state: str
    username: str
    name: str
    role: str
    organisation: str
    authority: str | None
    statutory: bool
    practitioner_id: str | None
    service_id: str | None
    vetted_until: date | None
    trained_until: date | None
    children_a_day: int | None
    word_hash: str | None
    asked_by: str
    asker: str
    asked_at: int
    user_id: str | None

    @property
    def heading(self) -> str:
        """What it is, in words."""
        return Kind(self.kind).words


@dataclass(frozen=True)
class Whole:
    """One account with everything that an administrator may know of it; no secrets."""

    user_id: str
    username: str
    name: str
    role: str
    organisation: str
    authority: str | None
    statutory: bool
    practitioner_id: str | None
    service_id: str | None
    vetted_until: date | None
    trained_until: date | None
    children_a_day: int | None
    status: str


@dataclass(frozen=True)
class Invited:
    """For whom a link is."""

    user_id: str
    username: str
    name: str
    organisation: str
    role: str
    word_hash: str = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """What was asked for, and the word that the asker gives to the user; None where no link will come of it."""

    application_id: str
    word: str | None = field(repr=False)


@dataclass(frozen=True)
class First:
    """A link and a word made at the terminal, both shown once."""

    link: str = field(repr=False)
    word: str = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """What a user opens an account with: the word, a password, and an authenticator's seed and code or a passkey."""

    word: str = field(repr=False)
    password: str = field(repr=False)
    seed: str = field(repr=False, default="")
    code: str = field(repr=False, default="")
    credential: str = field(repr=False, default="")


@dataclass(frozen=True)
class ApplicationId:
    """The id of what was asked for."""

    application_id: str


RECORD_APPLICATION = Query("accounts/record_application", ApplicationId)
LOCK_APPLICATION = Query("accounts/lock_application", Application)
LIST_APPLICATIONS = Query("accounts/list_applications", Application)
SAVE_DECISION = Query("accounts/save_decision", NoneType)
SHOW_ACCOUNT = Query("accounts/show_account", Whole)
SAVE_CHANGE = Query("accounts/save_change", NoneType)
SAVE_INVITED = Query("accounts/save_invited", NoneType)
RECORD_ACTIVATION = Query("accounts/record_activation", NoneType)
SHOW_ACTIVATION = Query("accounts/show_activation", Invited)
LOCK_ACTIVATION = Query("accounts/lock_activation", Invited)
SAVE_TRY = Query("accounts/save_try", NoneType)
SAVE_ACTIVATED = Query("accounts/save_activated", NoneType)
COUNT_ADMINISTRATORS = Query("accounts/count_administrators", Number)


def list_accounts(db: Database, token: str) -> tuple[list[Account], list[Application]]:
    """Every account, and what waits for a second administrator."""

    def work(tx: Transaction, _opened: Opened) -> Told[tuple[list[Account], list[Application]]] | Denied:
        accounts = [replace(one, role=Role(one.role)) for one in tx.read(access.LIST_USERS)]
        return Told((accounts, tx.read(LIST_APPLICATIONS)), "administrator", count=len(accounts))

    return disclose(db, token, "user.list", work, roles=ADMINISTRATORS)


def show_account(db: Database, token: str, username: str) -> tuple[Whole, bool]:
    """One account, and whether it is the asker's own; NotFound if there is none."""

    def work(tx: Transaction, opened: Opened) -> Told[tuple[Whole, bool]] | Denied:
        found = tx.read_one(SHOW_ACCOUNT, username=username)
        if found is None:
            return Denied(NotFound(_NO_ACCOUNT), "not found")
        shown = (found, found.user_id == opened.user.user_id)
        return Told(shown, "administrator", fields=(f"user:{found.user_id}",), count=1)

    return disclose(db, token, "user.show", work, roles=ADMINISTRATORS)


def show_application(db: Database, token: str, application_id: str) -> tuple[Application, bool]:
    """What was asked for, and whether this administrator may decide it; NotFound if nothing waits."""

    def work(tx: Transaction, opened: Opened) -> Told[tuple[Application, bool]] | Denied:
        found = _locked(tx, application_id)
        if isinstance(found, Denied):
            return found
        may = _bar(found, opened) is None
        return Told((found, may), "administrator", fields=(f"application:{application_id}",), count=1)

    return disclose(db, token, "user.show", work, roles=ADMINISTRATORS)


def ask(db: Database, token: str, kind: Kind, username: str, details: Details | None = None) -> Asked:
    """Asks for a new account, a change or a new link; Refused or Conflict if that cannot be asked for."""
    access.check_username(username)
    application_id, word = secrets.token_hex(12), None if kind is Kind.CHANGE else _word()

    def work(tx: Transaction, opened: Opened) -> Told[Asked] | Denied:
        account = tx.read_one(SHOW_ACCOUNT, username=username)
        fault = _cannot_be_asked(tx, kind, username, account)
        if fault is not None:
            return Denied(fault, "cannot be asked for")
        wanted = details or _details_of(account)
        properties = asdict(wanted) | {
            "role": wanted.role.value,
            "kind": kind.value,
            "state": State.ASKED.value,
            "username": username,
            "word_hash": None if word is None else _hash(word),
            "asked_by": opened.user.user_id,
            "asker": opened.user.name,
            "asked_at": clock.milliseconds(clock.now()),
        }
        tx.write(RECORD_APPLICATION, application_id=application_id, properties=properties)
        fields = (
            *(f"application:{application_id}", f"kind:{kind}", f"username:{username}", f"role:{wanted.role}"),
            *(() if wanted.children_a_day is None else (f"children a day:{wanted.children_a_day}",)),
        )
        return Told(Asked(application_id, word), "administrator", fields=fields)

    return disclose(db, token, "user.ask", work, roles=ADMINISTRATORS)


def approve(db: Database, token: str, application_id: str, origin: str) -> str | None:
    """The link for the user, shown once; None for a change, which holds at once.

    Refused to who asked and to whom it is about; Unproven without a fresh proof for this very application.
    """
    link = secrets.token_urlsafe(32)

    def work(tx: Transaction, opened: Opened) -> Told[str | None] | Denied:
        found = _locked(tx, application_id)
        if isinstance(found, Denied):
            return found
        barred = _bar(found, opened)
        if barred is not None:
            return Denied(barred, "not by the same person")
        unproven = fresh.lacking(tx, token, Action.ACCOUNT, application_id)
        if unproven is not None:
            return Denied(unproven, "no fresh proof")
        user_id = _carry_out(tx, found, link)
        if user_id is None:
            return Denied(Conflict(f"The username {found.username} has been taken since. Refuse this."), "taken")
        _decide(tx, found, State.APPROVED, opened)
        ids = (f"application:{application_id}", f"user:{user_id}", f"asked by:{found.asked_by}")
        made = None if found.kind == Kind.CHANGE else f"{origin}/activate/{link}"
        return Told(made, "second administrator", fields=(*ids, f"kind:{found.kind}"))

    return disclose(db, token, "user.approve", work, roles=ADMINISTRATORS)


def decline(db: Database, token: str, application_id: str) -> None:
    """Refuses what was asked for; who asked may take it back in the same way."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        found = _locked(tx, application_id)
        if isinstance(found, Denied):
            return found
        _decide(tx, found, State.REFUSED, opened)
        return Told(None, "administrator", fields=(f"application:{application_id}", f"kind:{found.kind}"))

    disclose(db, token, "user.decline", work, roles=ADMINISTRATORS)


def suspend(db: Database, token: str, username: str) -> None:
    """Suspends an account at once and ends its sessions; one administrator is enough to stop somebody, but oneself."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        account = tx.read_one(SHOW_ACCOUNT, username=username)
        if account is None:
            return Denied(NotFound(_NO_ACCOUNT), "not found")
        if account.user_id == opened.user.user_id:
            return Denied(Refused("You cannot suspend yourself. Ask another administrator."), "own account")
        tx.write(access.RETIRE_USER, username=username, now=clock.milliseconds(clock.now()))
        # What was asked for before would let them in again, and whoever approves it could not see that.
        waiting = [one for one in tx.read(LIST_APPLICATIONS) if one.username == username]
        for found in waiting:
            _decide(tx, found, State.REFUSED, opened)
        fields = (f"user:{account.user_id}", *(f"application:{found.application_id}" for found in waiting))
        return Told(None, "administrator", fields=fields)

    disclose(db, token, "user.disable", work, roles=ADMINISTRATORS)


def first(db: Database, *, username: str, name: str, origin: str, by: str) -> First:
    """One of the first two administrators, made at the terminal; Refused as soon as two can decide for themselves."""
    access.check_username(username)
    link, word, op_id = secrets.token_urlsafe(32), _word(), secrets.token_hex(16)
    details = Details(name, Role.ADMINISTRATOR, "Signpost operations")

    def work(tx: Transaction) -> SignpostError | None:
        counted = tx.read_one(COUNT_ADMINISTRATORS)
        if counted is not None and counted.number >= _ENOUGH:
            return Refused("There are two administrators. They make every further account, in Signpost under Accounts.")
        if tx.read_one(SHOW_ACCOUNT, username=username) is not None:
            return Conflict(f"The username {username} is taken. Choose another.")
        user_id = _make(tx, username, details)
        _invite(tx, user_id, link, _hash(word))
        fields = (f"user:{user_id}", "role:administrator")
        audit.record_act(tx, actor=by, action="user.first", fields=fields, op_id=op_id)
        return None

    refused = db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)
    if refused is not None:
        raise refused
    return First(f"{origin}/activate/{link}", word)


def show_activation(db: Database, link: str) -> Invited:
    """For whom a link is; NotFound if it cannot be used (any more). Looking at it does not spend it."""
    found = db.read_one(SHOW_ACTIVATION, key=_hash(link), **_limits())
    if found is None:
        raise NotFound(_DEAD_LINK)
    return found


def ask_passkey(db: Database, party: RelyingParty, link: str) -> str:
    """The options, in JSON, by which the browser of whoever has the link makes a passkey."""
    who = show_activation(db, link)
    return passkeys.ask_new(db, party, _bound(link), user_id=who.user_id, username=who.username, name=who.name, held=[])


def activate(db: Database, party: RelyingParty, link: str, choice: Choice) -> None:
    """Opens an account to the password and the authenticator or passkey of its user, once.

    Refused for a password that is not taken and for whatever else is wrong; NotFound for a link that is spent.
    """
    who = show_activation(db, link)
    fault = passwords.fault_of(choice.password, username=who.username, name=who.name, organisation=who.organisation)
    if fault is not None:
        raise Refused(fault)
    answer = passkeys.read_new(choice.credential) if choice.credential else None
    step = None if answer is not None or not choice.seed else access.step_of(choice.seed, choice.code)
    password_hash = access.hash_password(choice.password)
    event = audit.new_event(who.user_id, "user.activate")
    event = replace(event, organisation=who.organisation, role=who.role)

    def work(tx: Transaction) -> SignpostError | None:
        found = tx.read_one(LOCK_ACTIVATION, key=_hash(link), op_id=event.op_id, **_limits())
        if found is None:
            audit.append(tx, replace(event, decision="denied", rule="link"))
            return NotFound(_DEAD_LINK)
        made = None if answer is None else passkeys.check_new(tx, party, answer, _bound(link), event.at)
        if not compare_digest(found.word_hash, _hash(choice.word)) or (made is None and step is None):
            tx.write(SAVE_TRY, key=_hash(link))
            audit.append(tx, replace(event, decision="denied", rule="word, code or passkey"))
            return Refused(_WRONG)
        seed = b"" if step is None else secret_box.seal(choice.seed.encode(), about=found.username)
        tx.write(
            SAVE_ACTIVATED,
            key=_hash(link),
            now=event.at,
            password_hash=password_hash,
            totp_seed=seed,
            step=step or 0,
        )
        if made is not None:
            passkeys.keep(tx, found.user_id, made, "First passkey", event.at)
        audit.append(tx, replace(event, rule="passkey" if made else access.BY_CODE))
        return None

    refused = db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)
    if refused is not None:
        raise refused


def new_seed() -> str:
    """A secret for an authenticator."""
    return pyotp.random_base32()


def uri_of(seed: str, username: str) -> str:
    """The address by which an authenticator takes a secret."""
    return pyotp.TOTP(seed).provisioning_uri(name=username, issuer_name="Signpost")


def _cannot_be_asked(tx: Transaction, kind: Kind, username: str, account: Whole | None) -> SignpostError | None:
    if kind is Kind.NEW and account is not None:
        return Conflict(f"The username {username} is taken. Choose another.")
    if kind is not Kind.NEW and account is None:
        return NotFound(_NO_ACCOUNT)
    if any(one.username == username for one in tx.read(LIST_APPLICATIONS)):
        return Conflict("Something about this account waits for a decision already. Open Accounts to see it.")
    return None


def _details_of(account: Whole | None) -> Details:
    if account is None:
        raise Refused("Say what the account is to be.")
    values: dict[str, Any] = {name: getattr(account, name) for name in Details.__dataclass_fields__}
    return Details(**values | {"role": Role(account.role)})


def _locked(tx: Transaction, application_id: str) -> Application | Denied:
    found = tx.read_one(LOCK_APPLICATION, application_id=application_id, op_id=secrets.token_hex(16))
    if found is None or found.state != State.ASKED:
        return Denied(NotFound(_NO_APPLICATION), "not found")
    return found


def _bar(found: Application, opened: Opened) -> Refused | None:
    """Why this administrator may not decide it; None if they may."""
    if found.asked_by == opened.user.user_id:
        return Refused("You asked for this yourself. Ask another administrator to decide it.")
    if found.user_id == opened.user.user_id:
        return Refused("This is about your own account. Ask another administrator to decide it.")
    return None


def _decide(tx: Transaction, found: Application, state: State, opened: Opened) -> None:
    tx.write(
        SAVE_DECISION,
        application_id=found.application_id,
        state=state.value,
        decided_by=opened.user.user_id,
        now=clock.milliseconds(clock.now()),
    )


def _carry_out(tx: Transaction, found: Application, link: str) -> str | None:
    """The user's id, after what was asked for has been done; None if it can be done no longer."""
    wanted = {name: getattr(found, name) for name in Details.__dataclass_fields__}
    details = Details(**wanted | {"role": Role(found.role)})
    if found.kind == Kind.NEW:
        user_id = None if found.user_id is not None else _make(tx, found.username, details)
    else:
        user_id = found.user_id
    if user_id is None:
        return None
    if found.kind != Kind.RESET:
        tx.write(access.SAVE_CHILDREN_A_DAY, username=found.username, children=details.children_a_day)
    if found.kind == Kind.CHANGE:
        tx.write(
            SAVE_CHANGE,
            username=found.username,
            role=details.role.value,
            organisation=details.organisation,
            authority=details.authority,
            statutory=details.statutory,
            vetted_until=details.vetted_until,
            trained_until=details.trained_until,
        )
        _end_sessions(tx, user_id)
        return user_id
    _end_sessions(tx, user_id)
    _invite(tx, user_id, link, found.word_hash or "")
    return user_id


def _make(tx: Transaction, username: str, details: Details) -> str:
    user_id = secrets.token_hex(8)
    values = asdict(details) | {
        "role": details.role.value,
        "user_id": user_id,
        "username": username,
        "shard": shard_of(user_id),
        # Nobody has this password; it costs as much to check as anybody's.
        "password_hash": access.DUMMY_HASH,
        "totp_seed": b"",
    }
    tx.write(access.RECORD_USER, **values)
    return user_id


def _invite(tx: Transaction, user_id: str, link: str, word_hash: str) -> None:
    tx.write(SAVE_INVITED, user_id=user_id, password_hash=access.DUMMY_HASH, totp_seed=b"")
    tx.write(
        RECORD_ACTIVATION,
        key=_hash(link),
        user_id=user_id,
        word_hash=word_hash,
        expires_at=clock.milliseconds(clock.now() + LINK_LASTS),
    )


def _end_sessions(tx: Transaction, user_id: str) -> None:
    now = clock.milliseconds(clock.now())
    tx.write(access.RETIRE_SESSIONS, user_id=user_id, now=now, because=Why.CHANGED.value)


def _bound(link: str) -> Bound:
    return Bound(Purpose.ACTIVATE, _hash(link))


def _limits() -> dict[str, int]:
    return {"now": clock.milliseconds(clock.now()), "most_tries": _MOST_TRIES}


def _word() -> str:
    """Ten signs that can be said over a telephone: 49 bits, of which five may be tried."""
    signs = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"


def _hash(secret: str) -> str:
    tidy = secret.strip()
    return hashlib.sha256(tidy.encode("utf-8", "surrogatepass")).hexdigest()

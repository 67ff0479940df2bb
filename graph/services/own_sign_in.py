"""A user's own way in: the passkeys that they hold, their sessions of late, and what ends both."""

from dataclasses import dataclass

from graph.model import clock
from graph.model.errors import NotFound, Refused
from graph.model.roles import Role
from graph.services import access, fresh, passkeys
from graph.services.access import OwnSession, Session, Why
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.fresh import Action
from graph.services.passkeys import Bound, Passkey, Purpose, RelyingParty
from graph.store import Database, Transaction

_EVERYBODY = frozenset(Role)
_ENDED = "Your session has ended. Sign in again."
_NOT_MADE = "The passkey could not be added. Try again."
_LAST = "This passkey is your only way in. Add another first."


@dataclass(frozen=True)
class OwnSignIn:
    """What a user is shown of their own way in."""

    passkeys: list[Passkey]
    sessions: list[OwnSession]
    has_code: bool


def show_own(db: Database, token: str) -> OwnSignIn:
    """The passkeys and sessions of whoever is signed in; Refused if nobody is."""
    session = _signed_in(db, token)
    factors = db.read_one(fresh.SHOW_FACTORS, user_id=session.user_id)
    return OwnSignIn(
        passkeys.list_passkeys(db, session.user_id),
        access.list_sessions(db, token),
        factors is not None and bool(factors.totp_seed),
    )


def ask_new_passkey(db: Database, party: RelyingParty, token: str) -> str:
    """The options, in JSON, by which a browser makes a passkey; Unproven without a fresh proof."""
    session = _signed_in(db, token)
    fresh.check(db, token, Action.KEYS)
    held = passkeys.list_passkeys(db, session.user_id)
    bound = _bound(token, session.user_id)
    return passkeys.ask_new(
        db, party, bound, user_id=session.user_id, username=session.username, name=session.name, held=held
    )


def add_passkey(db: Database, party: RelyingParty, token: str, name: str, text: str) -> None:
    """Keeps a passkey that was just made in this session; Unproven without a fresh proof, Refused if it is wrong."""
    tidy, answer = passkeys.check_name(name), passkeys.read_new(text)

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        unproven = fresh.lacking(tx, token, Action.KEYS)
        if unproven is not None:
            return Denied(unproven, "no fresh proof")
        now = clock.milliseconds(clock.now())
        made = passkeys.check_new(tx, party, answer, _bound(token, opened.user.user_id), now)
        if made is None:
            return Denied(Refused(_NOT_MADE), "passkey")
        passkeys.keep(tx, opened.user.user_id, made, tidy, now)
        return Told(None, "own account", fields=("passkey",))

    disclose(db, token, "key.add", work, roles=_EVERYBODY)


def remove_passkey(db: Database, token: str, key: str) -> None:
    """Takes a passkey away; Unproven without a fresh proof, Refused if it is the only way in."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        unproven = fresh.lacking(tx, token, Action.KEYS)
        if unproven is not None:
            return Denied(unproven, "no fresh proof")
        held = tx.read(passkeys.LIST_PASSKEYS, user_id=opened.user.user_id)
        try:
            gone = passkeys.find_held(held, key)
        except NotFound as error:
            return Denied(error, "no such passkey")
        factors = tx.read_one(fresh.SHOW_FACTORS, user_id=opened.user.user_id)
        if len(held) == 1 and (factors is None or not factors.totp_seed):
            return Denied(Refused(_LAST), "only way in")
        tx.write(passkeys.RETIRE_PASSKEY, user_id=opened.user.user_id, credential_id=gone.credential_id)
        return Told(None, "own account", fields=("passkey",))

    disclose(db, token, "key.remove", work, roles=_EVERYBODY)


def end_sessions(db: Database, token: str) -> None:
    """Ends every session of whoever is signed in, this one too."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        now = clock.milliseconds(clock.now())
        ended = tx.write(access.RETIRE_SESSIONS, user_id=opened.user.user_id, now=now, because=Why.SIGNED_OUT.value)
        return Told(None, "own account", count=ended[0].number)

    disclose(db, token, "session.end", work, roles=_EVERYBODY)


def _signed_in(db: Database, token: str) -> Session:
    session = access.show_session(db, token)
    if session is None:
        raise Refused(_ENDED)
    return session


def _bound(token: str, user_id: str) -> Bound:
    return Bound(Purpose.ADD, access.hash_token(token), user_id)

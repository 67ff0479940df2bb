"""Fresh proofs: some acts ask for a code or passkey of the last minutes, given in this session for this very act.

Whoever guards an act calls `lacking` in the transaction of the act. Pages need nothing more: the error that it gives
leads to the page that asks for the proof, and from there back.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from types import NoneType

from graph.model import clock
from graph.model.errors import Refused, Unproven
from graph.model.guessing import Brake, after_failure
from graph.model.roles import Role
from graph.services import access, guessing, passkeys, secret_box
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.passkeys import Purpose, RelyingParty
from graph.store import Database, Query, Transaction

# security.md V7.5.3.
LASTS = timedelta(minutes=5)
_EVERYBODY = frozenset(Role)
WRONG_CODE = (
    "The code is not right, or it is spent. Wait for your authenticator’s next code and try again. "
    "After several failures, wait a few minutes first."
)
_WRONG_KEY = "The passkey was not accepted. Try again, or use a code."


class Action(StrEnum):
    """What a fresh proof is asked for. The words complete “Prove again that it is you to …”."""

    EXPORT = "export"
    OVERRIDE = "override"
    MERGE = "merge"
    ACCOUNT = "account"
    KEYS = "keys"
    AUDIT = "audit"
    PACE = "pace"

    @property
    def words(self) -> str:
        """What is about to be done."""
        return _WORDS[self]

    @property
    def lasts(self) -> str:
        """For what a proof is good."""
        if self is Action.PACE:
            return "If you go on as fast, you are asked again."
        return "It holds for this only, and for 5 minutes."


_WORDS = {
    Action.EXPORT: "save this as a file",
    Action.OVERRIDE: "open a shielded record",
    Action.MERGE: "join or part two entries",
    Action.ACCOUNT: "decide about an account",
    Action.KEYS: "change how you sign in",
    Action.AUDIT: "search the audit log",
    Action.PACE: "open more records, after many in a short time",
}


@dataclass(frozen=True)
class Proof:
    """By what and when (milliseconds since 1970) it was proven who asks."""

    by: str
    at: int


@dataclass(frozen=True)
class Factors:
    """What a user's fresh proof may be checked against."""

    username: str
    totp_seed: bytes
    passkeys: int


SAVE_PROOF = Query("fresh/save_proof", NoneType)
SHOW_PROOF = Query("fresh/show_proof", Proof)
SHOW_FACTORS = Query("access/show_factors", Factors)


def lacking(tx: Transaction, token: str, action: Action, about: str = "") -> Unproven | None:
    """What an act is refused with for want of a fresh proof in this session; None if there is one."""
    since = clock.milliseconds(clock.now() - LASTS)
    proof = tx.read_one(SHOW_PROOF, key=access.proof_key(access.hash_token(token), action, about), since=since)
    return Unproven(action.value, about) if proof is None else None


def check(db: Database, token: str, action: Action, about: str = "") -> None:
    """Nothing, if there is a fresh proof; Unproven otherwise. For pages: the act itself asks in its transaction."""
    since = clock.milliseconds(clock.now() - LASTS)
    if db.read_one(SHOW_PROOF, key=access.proof_key(access.hash_token(token), action, about), since=since) is None:
        raise Unproven(action.value, about)


def prove_by_code(db: Database, token: str, action: Action, about: str, code: str) -> None:
    """Keeps that the code of now was given in this session for this act; Refused if it is wrong, spent or too soon."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        if not spend_code(tx, token, opened.user.user_id, code):
            return Denied(Refused(WRONG_CODE), "proof refused")
        _save(tx, token, action, about, "code", clock.milliseconds(clock.now()))
        return Told(None, "code", fields=(f"for:{action}",))

    disclose(db, token, "session.prove", work, roles=_EVERYBODY)


def spend_code(tx: Transaction, token: str, user_id: str, code: str) -> bool:
    """Whether this is the code of now of a user, spent by this transaction; a wrong one slows the next.

    Call it where the user is locked: two that send one code side by side are not both told that it is right.
    """
    now = clock.milliseconds(clock.now())
    key = f"account:{secret_box.keyed_hash(user_id, about='brakes on proofs')}"
    brake = tx.write(guessing.LOCK_BRAKES, keys=[key], op_id=access.hash_token(token), now=now)[0]
    if brake.wait_until > now:
        return False
    factors = tx.read_one(SHOW_FACTORS, user_id=user_id)
    if factors is not None and factors.totp_seed:
        step = access.step_of(secret_box.unseal(factors.totp_seed, about=factors.username).decode(), code)
        if step is not None and tx.write(access.SAVE_STEP, user_id=user_id, step=step):
            if brake.failures:
                tx.write(guessing.SAVE_BRAKES, rows=[asdict(Brake(key, 0.0, now, 0, None))])
            return True
    tx.write(guessing.SAVE_BRAKES, rows=[asdict(after_failure(brake, now))])
    return False


def ask_passkey(db: Database, party: RelyingParty, token: str, action: Action, about: str) -> str:
    """The options, in JSON, by which a browser asks the authenticator for a proof for this very act."""
    return passkeys.ask_answer(db, party, Purpose.PROVE, bound_to=access.hash_token(token), about=_about(action, about))


def prove_by_passkey(db: Database, party: RelyingParty, token: str, action: Action, about: str, text: str) -> None:
    """Keeps that a passkey of this user answered for this act; Refused if it is another's, or not for this."""
    answer = passkeys.read_answer(text)

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        now = clock.milliseconds(clock.now())
        bound = passkeys.Bound(Purpose.PROVE, access.hash_token(token), _about(action, about))
        found, fault = passkeys.check_answer(tx, party, answer, bound, now)
        if found is None or found.user_id != opened.user.user_id:
            return Denied(Refused(_WRONG_KEY), fault or "passkey of another user")
        _save(tx, token, action, about, "passkey", now)
        return Told(None, "passkey", fields=(f"for:{action}",))

    disclose(db, token, "session.prove", work, roles=_EVERYBODY)


def _save(tx: Transaction, token: str, action: Action, about: str, by: str, now: int) -> None:
    token_hash = access.hash_token(token)
    tx.write(
        SAVE_PROOF,
        key=access.proof_key(token_hash, action, about),
        token_hash=token_hash,
        action=action.value,
        about=about,
        by=by,
        now=now,
        # Later than any transaction lasts, so that nobody else is at work with what is deleted.
        gone_before=now - 4 * int(LASTS / timedelta(milliseconds=1)),
    )


def _about(action: Action, about: str) -> str:
    return f"{action}|{about}"

"""Passkeys: made and answered with the user verified, each challenge once, bound to one session or one attempt."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import NoneType
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from cbor2 import CBORError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_authenticator_data,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused
from graph.services import access, audit, guessing
from graph.services.access import Session, SignedIn
from graph.services.guessing import Whence
from graph.store import Database, Query, Transaction

# security.md 1.2: a challenge is good once, and for 120 seconds at most.
LASTS = timedelta(seconds=120)
MOST = 10
REFUSAL = "That passkey was not accepted. Try again, or use your password and a code."
_UNREADABLE = "The answer of your passkey could not be read. Try again."
_NAME = re.compile(r"[\w’ .-]{1,30}")
_NAME_RULE = "Enter a name of at most 30 letters, digits and spaces"
# Whatever a made-up answer makes the library stumble over; it wraps most of it, and not all.
_FAULTS = (WebAuthnException, CBORError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)

Read = TypeVar("Read", AuthenticationCredential, RegistrationCredential)


class Purpose(StrEnum):
    """What a challenge may be answered for."""

    SIGN_IN = "sign in"
    ADD = "add a passkey"
    PROVE = "prove"
    ACTIVATE = "activate"


@dataclass(frozen=True)
class RelyingParty:
    """For whom passkeys are: the address of this site as browsers know it."""

    origin: str

    @property
    def id(self) -> str:
        """The host: a passkey works nowhere else."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True)
class Bound:
    """What a challenge is for, by whom it may be answered (a hash of a secret of theirs), and for which act."""

    purpose: Purpose
    bound_to: str
    about: str = ""


@dataclass(frozen=True)
class Answer(Generic[Read]):
    """What a browser has sent, and the challenge that it says it answers."""

    credential: Read
    challenge: bytes = field(repr=False)

    @property
    def key(self) -> str:
        """What the graph keeps of the challenge."""
        return _key_of(self.challenge)


@dataclass(frozen=True)
class LockedPasskey(Session):
    """A passkey with its user, once nobody else can change either."""

    usable: bool
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Passkey:
    """One passkey in its user's own list; moments are milliseconds since 1970."""

    credential_id: str
    name: str
    backed_up: bool
    added_at: int
    used_at: int | None

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return hashlib.sha256(self.credential_id.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class NewPasskey:
    """A passkey as an authenticator has made it."""

    credential_id: str
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True)
class Key:
    """The key of a challenge."""

    key: str


@dataclass(frozen=True)
class CredentialId:
    """The id of a passkey."""

    credential_id: str


@dataclass(frozen=True)
class Name:
    """The name of a passkey."""

    name: str


RECORD_CHALLENGE = Query("passkeys/record_challenge", NoneType)
RETIRE_CHALLENGE = Query("passkeys/retire_challenge", Key)
LOCK_PASSKEY = Query("passkeys/lock_passkey", LockedPasskey)
SAVE_USE = Query("passkeys/save_use", NoneType)
RECORD_PASSKEY = Query("passkeys/record_passkey", CredentialId)
LIST_PASSKEYS = Query("passkeys/list_passkeys", Passkey)
RETIRE_PASSKEY = Query("passkeys/retire_passkey", Name)


def ask_sign_in(db: Database, party: RelyingParty, attempt: str) -> str:
    """The options, in JSON, by which a browser asks for any passkey of this site: nobody is named, so none is told."""
    return ask_answer(db, party, Purpose.SIGN_IN, bound_to=access.hash_token(attempt))


def sign_in(db: Database, party: RelyingParty, attempt: str, text: str, whence: Whence) -> SignedIn:
    """A new session, ending every other of this user; Refused, in one sentence, whatever is wrong."""
    answer = read_answer(text)
    event = audit.new_event("unknown", "session.begin")

    def work(tx: Transaction) -> SignedIn | None:
        bound = Bound(Purpose.SIGN_IN, access.hash_token(attempt))
        found, fault = check_answer(tx, party, answer, bound, event.at)
        if found is not None and found.usable:
            device = guessing.know(tx, whence, found.username, found.user_id, event.at)
            return access.enter(tx, found, device, event, access.BY_PASSKEY)
        said = replace(event, decision="denied", rule=f"sign-in refused: {fault or 'account'}")
        if found is not None:
            said = replace(said, actor=found.user_id, organisation=found.organisation, role=found.role)
        audit.append(tx, said)
        return None

    entered = db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)
    if entered is None:
        raise Refused(REFUSAL)
    return entered


def ask_answer(db: Database, party: RelyingParty, purpose: Purpose, *, bound_to: str, about: str = "") -> str:
    """The options, in JSON, by which a browser asks an authenticator for an answer."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=_new_challenge(db, Bound(purpose, bound_to, about)),
        timeout=int(LASTS / timedelta(milliseconds=1)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def ask_new(
    db: Database, party: RelyingParty, bound: Bound, *, user_id: str, username: str, name: str, held: list[Passkey]
) -> str:
    """The options, in JSON, by which a browser asks an authenticator to make a passkey; not one that holds one."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Signpost",
        user_id=user_id.encode(),
        user_name=username,
        user_display_name=name,
        challenge=_new_challenge(db, bound),
        timeout=int(LASTS / timedelta(milliseconds=1)),
        # Kept on the authenticator, so that signing in names nobody beforehand.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in held],
    )
    return options_to_json(options)


def read_answer(text: str) -> Answer[AuthenticationCredential]:
    """What a browser sends as an authenticator's answer; Refused if it is not one."""
    return _read(text, parse_authentication_credential_json)


def read_new(text: str) -> Answer[RegistrationCredential]:
    """What a browser sends as a new passkey; Refused if it is not one."""
    return _read(text, parse_registration_credential_json)


def check_answer(
    tx: Transaction, party: RelyingParty, answer: Answer[AuthenticationCredential], bound: Bound, now: int
) -> tuple[LockedPasskey | None, str]:
    """The passkey that answered this challenge rightly, or None and why not. A known one’s challenge is gone then.

    The user is locked first, so that of many who answer at once all but the first find the challenge gone.
    """
    found = tx.read_one(
        LOCK_PASSKEY,
        credential_id=bytes_to_base64url(answer.credential.raw_id),
        op_id=secrets.token_hex(16),
        today=clock.day_in_england(clock.now()),
    )
    if found is None:
        return None, "unknown passkey"
    if not take_challenge(tx, answer.key, bound, now):
        return None, "challenge"
    if answer.credential.response.user_handle not in (None, found.user_id.encode()):
        return None, "passkey of another user"
    count, fault = _verified(party, answer, found)
    if count is None:
        return None, fault
    tx.write(SAVE_USE, credential_id=bytes_to_base64url(answer.credential.raw_id), sign_count=count, now=now)
    return found, ""


def check_new(
    tx: Transaction, party: RelyingParty, answer: Answer[RegistrationCredential], bound: Bound, now: int
) -> NewPasskey | None:
    """The passkey that was made for this challenge, or None. The challenge is gone either way."""
    if not take_challenge(tx, answer.key, bound, now):
        return None
    try:
        made: VerifiedRegistration = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _FAULTS:
        return None
    return NewPasskey(
        bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count, made.credential_backed_up
    )


def take_challenge(tx: Transaction, key: str, bound: Bound, now: int) -> bool:
    """Whether this challenge was asked of who answers, for this, and not too long ago; it is gone now."""
    found = tx.write(
        RETIRE_CHALLENGE, key=key, purpose=bound.purpose.value, bound_to=bound.bound_to, about=bound.about, now=now
    )
    return bool(found)


def keep(tx: Transaction, user_id: str, made: NewPasskey, name: str, now: int) -> None:
    """Keeps a new passkey of a user who is locked; Conflict if somebody has this one already, or has too many."""
    held = tx.read(LIST_PASSKEYS, user_id=user_id)
    if len(held) >= MOST:
        raise Conflict(f"You have {MOST} passkeys. Take one away first.")
    tx.write(
        RECORD_PASSKEY,
        user_id=user_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        backed_up=made.backed_up,
        now=now,
    )


def list_passkeys(db: Database, user_id: str) -> list[Passkey]:
    """The passkeys of a user, oldest first."""
    return db.read(LIST_PASSKEYS, user_id=user_id)


def check_name(name: str) -> str:
    """The name of a passkey, tidied; Refused if it is too long or holds strange signs."""
    tidy = " ".join(name.split())
    if not _NAME.fullmatch(tidy):
        raise Refused(_NAME_RULE)
    return tidy


def find_held(held: list[Passkey], key: str) -> Passkey:
    """The passkey of this key among those of one user; NotFound if it is none of them."""
    found = next((one for one in held if one.key == key), None)
    if found is None:
        raise NotFound("You have no such passkey. Open “Your sign-in” again: it may have been taken away already.")
    return found


def _new_challenge(db: Database, bound: Bound) -> bytes:
    """A challenge whose bytes commit to what it is for: what is signed is what is done (security.md 1.3)."""
    said = f"|{bound.purpose}|{bound.about}".encode()
    challenge = hashlib.sha256(secrets.token_bytes(32) + said).digest()
    moment = clock.now()
    db.write(
        RECORD_CHALLENGE,
        key=_key_of(challenge),
        purpose=bound.purpose.value,
        bound_to=bound.bound_to,
        about=bound.about,
        expires_at=clock.milliseconds(moment + LASTS),
        # Later than any transaction lasts, so that nobody else is at work with what is deleted.
        gone_before=clock.milliseconds(moment - 4 * LASTS),
    )
    return challenge


def _read(text: str, parse: Callable[[str], Read]) -> Answer[Read]:
    try:
        credential = parse(text)
        said = parse_client_data_json(credential.response.client_data_json)
    except (*_FAULTS, RecursionError) as error:
        raise Refused(_UNREADABLE) from error
    return Answer(credential, said.challenge)


def _verified(
    party: RelyingParty, answer: Answer[AuthenticationCredential], found: LockedPasskey
) -> tuple[int | None, str]:
    try:
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=bytes(found.public_key),
            credential_current_sign_count=found.sign_count,
            require_user_verification=True,
        )
    except _FAULTS:
        return None, "sign count went back" if 0 < _count_of(answer) <= found.sign_count else "passkey"
    return verified.new_sign_count, ""


def _count_of(answer: Answer[AuthenticationCredential]) -> int:
    """How often the passkey says that it has signed; 0 where it does not count, or says nothing that can be read."""
    try:
        return int(parse_authenticator_data(answer.credential.response.authenticator_data).sign_count)
    except _FAULTS:
        return 0


def _key_of(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()

"""Guessing is slowed in the graph, so that all processes count alike; a device known to an account is let through."""

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from types import NoneType

from graph.model import clock
from graph.model.guessing import Brake, Kind, after_failure
from graph.services import secret_box
from graph.store import Database, Query, Transaction

# A browser that has not been used for so long is a stranger again.
_DEVICE_LASTS = timedelta(days=180)
_FORGOTTEN_AFTER = timedelta(days=7)
# A provider gives one household or office neighbours of an address: they count as one.
_NEIGHBOURS = {4: 24, 6: 56}
_FORGET_ONE_TIME_IN = 50


@dataclass(frozen=True)
class Whence:
    """From where somebody tries to come in: the address of the network, and what the browser keeps of before."""

    address: str = ""
    device: str = field(default="", repr=False)


@dataclass(frozen=True)
class Key:
    """The key of a device."""

    key: str


@dataclass(frozen=True)
class Trial:
    """One try, with the brakes that are on it; locked until the end of the transaction."""

    device: str = field(repr=False)
    device_key: str
    known: bool
    brakes: tuple[Brake, ...]
    everything: Brake | None
    at: int

    @property
    def is_due(self) -> bool:
        """Whether this try counts at all; while a brake holds, nothing is verified and nothing is prolonged."""
        brakes = self.brakes if self.known or self.everything is None else (*self.brakes, self.everything)
        return all(brake.wait_until <= self.at for brake in brakes)


LOCK_BRAKES = Query("guessing/lock_brakes", Brake)
LIST_BRAKES = Query("guessing/list_brakes", Brake)
SAVE_BRAKES = Query("guessing/save_brakes", NoneType)
FORGET_BRAKES = Query("guessing/forget_brakes", NoneType)
SHOW_DEVICE = Query("guessing/show_device", Key)
SAVE_DEVICE = Query("guessing/save_device", NoneType)


def begin(tx: Transaction, name: str, whence: Whence, op_id: str, now: int) -> Trial:
    """A try for the account of this name; whether there is such an account changes nothing that is asked."""
    device = whence.device or secrets.token_urlsafe(32)
    key = _device_key(device, name)
    since = now - int(_DEVICE_LASTS / timedelta(milliseconds=1))
    known = tx.read_one(SHOW_DEVICE, key=key, since=since) is not None
    keys = [f"{Kind.DEVICE}:{key}"] if known else _strangers_keys(name, whence.address)
    brakes = tx.write(LOCK_BRAKES, keys=keys, op_id=op_id, now=now)
    # Read, not locked: else everybody who comes in would wait for everybody else.
    everything = tx.read(LIST_BRAKES, keys=[str(Kind.EVERYTHING)])
    return Trial(device, key, known, tuple(brakes), everything[0] if everything else None, now)


def fail(tx: Transaction, trial: Trial, op_id: str) -> tuple[str, ...]:
    """Counts a failure; the kinds of brakes that slow guessing from now on, to be told in the audit."""
    if not trial.is_due:
        return ()
    brakes = list(trial.brakes)
    if not trial.known:
        brakes += tx.write(LOCK_BRAKES, keys=[str(Kind.EVERYTHING)], op_id=op_id, now=trial.at)
    after = [after_failure(brake, trial.at) for brake in brakes]
    tx.write(SAVE_BRAKES, rows=_rows(after))
    pairs = zip(brakes, after, strict=True)
    return tuple(f"slowed:{now.kind}" for before, now in pairs if now.slowed_at and not before.slowed_at)


def succeed(tx: Transaction, trial: Trial, user_id: str) -> str:
    """Takes the brakes off what the right person has just used; the device, which is known from now on.

    What strangers have put on an account stays for strangers when its user comes in by a device that is known, and
    what is on an address stays: else one account of one's own would be enough to guess at all others.
    """
    off = [
        Brake(brake.key, 0.0, trial.at, 0, None)
        for brake in trial.brakes
        if brake.kind in (Kind.ACCOUNT, Kind.DEVICE) and brake.failures
    ]
    if off:
        tx.write(SAVE_BRAKES, rows=_rows(off))
    tx.write(SAVE_DEVICE, key=trial.device_key, user_id=user_id, now=trial.at)
    return trial.device


def know(tx: Transaction, whence: Whence, name: str, user_id: str, now: int) -> str:
    """The device, known from now on to one who came in without anything that could be guessed."""
    device = whence.device or secrets.token_urlsafe(32)
    tx.write(SAVE_DEVICE, key=_device_key(device, name), user_id=user_id, now=now)
    return device


def forget(db: Database) -> None:
    """Now and then, deletes brakes that nobody has touched for a week."""
    if secrets.randbelow(_FORGET_ONE_TIME_IN) == 0:
        before = clock.now() - _FORGOTTEN_AFTER
        db.write(FORGET_BRAKES, before=clock.milliseconds(before))


def account_key(name: str) -> str:
    """The key of the brake on an account: a keyed hash, for people mistype passwords into this field."""
    return f"{Kind.ACCOUNT}:{secret_box.keyed_hash(name, about='brakes on accounts')}"


def address_key(address: str) -> str | None:
    """The key of the brake on an address and its neighbours; None if it is not known whence somebody comes."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    place = mapped or parsed
    network = ipaddress.ip_network(f"{place}/{_NEIGHBOURS[place.version]}", strict=False)
    return f"{Kind.ADDRESS}:{secret_box.keyed_hash(str(network), about='brakes on addresses')}"


def _strangers_keys(name: str, address: str) -> list[str]:
    found = address_key(address)
    return [account_key(name)] if found is None else [account_key(name), found]


def _device_key(device: str, name: str) -> str:
    return hashlib.sha256(f"{device} {name}".encode("utf-8", "surrogatepass")).hexdigest()


def _rows(brakes: Sequence[Brake]) -> list[dict[str, object]]:
    return [asdict(brake) for brake in brakes]

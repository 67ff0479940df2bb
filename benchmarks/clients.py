"""Users who look children up: one after another, and several at once, each in a process of their own."""

import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from graph.model import clock
from graph.model.audit import shard_of
from graph.model.circle import Depth
from graph.model.errors import NotFound
from graph.model.intervals import years_before
from graph.model.look import day_begins
from graph.model.roles import Role
from graph.services import access, audit, disclosure
from graph.services.handles import handle_of
from graph.services.search import Clues, find_children
from graph.settings import Connection
from graph.store import Database, Transaction

_WARM_UP = 20
_REASON = "safeguarding"


@dataclass(frozen=True)
class Child:
    """A child that may be looked up, as one record names it."""

    child_id: str
    name: str
    date_of_birth: date


@dataclass(frozen=True)
class Together:
    """What clients did at the same time: how long each call took, and how long all of it lasted."""

    seconds: list[float]
    lasted: float


def user(
    db: Database,
    *,
    authority: str,
    role: Role = Role.SAFEGUARDING_LEAD,
    statutory: bool = True,
    service_id: str | None = None,
) -> str:
    """The token of a new user's open session."""
    return signed_in(db, account(db, authority=authority, role=role, statutory=statutory, service_id=service_id))


def account(
    db: Database,
    *,
    authority: str | None,
    role: Role,
    statutory: bool = False,
    service_id: str | None = None,
    practitioner_id: str | None = None,
    children_a_day: int = 10**9,
    of: tuple[str, str] = ("Bench", "Benchmark"),
) -> str:
    """The id of a new user, `of` this name and organisation, who may open any number of children.

    Without a password, because hashing takes long.
    """
    user_id = secrets.token_hex(8)
    username = f"bench-{user_id}"
    db.write(
        access.RECORD_USER,
        user_id=user_id,
        username=username,
        name=of[0],
        role=role.value,
        organisation=of[1],
        authority=authority,
        statutory=statutory,
        practitioner_id=practitioner_id,
        service_id=service_id,
        vetted_until=None,
        trained_until=None,
        shard=shard_of(user_id),
        password_hash=access.DUMMY_HASH,
        totp_seed=b"",
    )
    db.write(access.SAVE_CHILDREN_A_DAY, username=username, children=children_a_day)
    return user_id


def signed_in(db: Database, user_id: str) -> str:
    """The token of a new open session of that user."""
    token = secrets.token_urlsafe(32)
    now = clock.milliseconds(clock.now())
    expires_at = now + access.ABSOLUTE // timedelta(milliseconds=1)
    db.write(
        access.RECORD_SESSION,
        user_id=user_id,
        proven_by=access.BY_CODE,
        now=now,
        token_hash=access.hash_token(token),
        expires_at=expires_at,
    )
    return token


def disclose(db: Database, token: str, child: Child) -> bool:
    """Whether the whole circle was shown, its audit event committed before."""
    try:
        disclosure.show_child(
            db, token, handle_of(token, child.child_id), reason=_REASON, case_reference="", depth=Depth.CIRCLE
        )
    except NotFound:
        return False
    return True


def search(db: Database, token: str, child: Child) -> bool:
    """Whether anybody was found by the child's name and date of birth."""
    clues = Clues(name=child.name, date_of_birth=child.date_of_birth)
    found = find_children(db, token, clues)
    return found.too_many or bool(found.rows)


def bare_circle(db: Database, token: str, child: Child) -> float:
    """How many seconds the circle's query alone took, from asking to its last row; no event is written."""
    moment = clock.now()
    event = audit.new_event("benchmark", "child.circle")
    today = clock.day_in_england(moment)
    # The very parameters of a disclosure.
    asked = disclosure._common(token, event, moment) | {
        "child_id": child.child_id,
        "as_at": today,
        "kept_from": years_before(today, 1),
        "day_begins": day_begins(moment),
    }
    begun = ended = 0.0

    def work(tx: Transaction) -> None:
        nonlocal begun, ended
        begun = time.perf_counter()
        tx.read_one(disclosure.SHOW_CIRCLE, **asked)
        ended = time.perf_counter()

    db.transact(work)
    return ended - begun


def timed_each(calls: Sequence[Callable[[], object]]) -> list[float]:
    """How many seconds each call took."""
    seconds = []
    for call in calls:
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return seconds


def together(at: Connection, tokens: Sequence[str], children: Sequence[Child], lasting: float) -> Together:
    """So many clients as there are tokens, each disclosing random children one after another, for so long."""
    context = get_context("spawn")
    ready, done = context.Barrier(len(tokens)), context.Queue()
    clients = [
        context.Process(target=_client, args=(at, token, list(children), lasting, ready, done, number))
        for number, token in enumerate(tokens)
    ]
    for client in clients:
        client.start()
    answers = [done.get(timeout=lasting + 300) for _ in clients]
    for client in clients:
        client.join()
    # Clocks of processes on one machine agree; what is slow at the end counts too.
    lasted = max(ended for _, _, ended in answers) - min(begun for _, begun, _ in answers)
    return Together([one for seconds, _, _ in answers for one in seconds], lasted)


def _client(
    at: Connection,
    token: str,
    children: list[Child],
    lasting: float,
    ready: Barrier,
    done: "Queue[tuple[list[float], float, float]]",
    number: int,
) -> None:
    chosen = random.Random(number)
    seconds: list[float] = []
    with Database(at.uri, at.user, at.password) as db:
        for _ in range(_WARM_UP):
            disclose(db, token, chosen.choice(children))
        ready.wait(timeout=300)
        started = now = time.monotonic()
        while now - started < lasting:
            child = chosen.choice(children)
            begun = time.perf_counter()
            disclose(db, token, child)
            seconds.append(time.perf_counter() - begun)
            now = time.monotonic()
    done.put((seconds, started, now))

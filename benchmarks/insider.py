"""What somebody with an account gets out in eight hours: `python -m benchmarks.insider --children N`.

Each role has a script that takes whatever the pages offer, against the real site and the real graph: once as fast as it
can, once a child every ten minutes and a list a minute. The clock is the benchmark's own: it runs on by what an answer
took, or by these minutes. Whoever asks knows the name and birthday of every child of the area, which is the worst case.
What was got is read off the bytes that were sent: a child is *located* by an answer that names it and has its home,
school or practice.
"""

import argparse
import html
import json
import random
import re
import secrets
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from benchmarks import circle
from benchmarks.clients import account, signed_in
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import apart, machine, switched_off, table, tell
from benchmarks.pages import site_of
from graph.model import clock
from graph.model.area import Ages, Lack
from graph.model.audit import shard_of
from graph.model.evidence import SeenChild
from graph.model.intervals import years_before
from graph.model.kinds import KINDS
from graph.model.pace import A_DAY
from graph.model.roles import Role
from graph.model.shielding import Ground
from graph.model.watching import State
from graph.services import access, area, audit, looks, shields, watching
from graph.services.circle import REGISTERS, is_sheltered
from graph.services.handles import child_of, handle_of
from graph.settings import Settings
from graph.store import Database

# As fast as the site answers, and one child every ten minutes (security.md, test 21).
FAST, SLOW = PACES = ("fast", "slow")
_SLOW = timedelta(minutes=10)
# Test 23 of security.md: so many candidates one answer may list.
MOST_CANDIDATES = 20
_EVER = 10**9  # a publication that is later than any
_WATCH_EVERY = timedelta(minutes=1)  # docs/operating.md
_BATCH = 500
# One child in so many is taken by every way that there is: the others by the shortest.
_EVERY_WAY = 10
# Of a role that has no page of a child so many children are tried at every address.
_TRIED, _MOST_LINKS = 25, 150
# Its token for forms is fetched again after so many answers: it lasts an hour.
_RENEWED_EVERY = 300
# The next code of an authenticator is there after half a minute.
_NEXT_CODE = timedelta(seconds=31)
_ENOUGH = "today as one person may"
_TOO_MANY = "children fit, so none is named"
HANDLE = re.compile(r"\b[0-9a-f]{32}\b")
_NUMBER = re.compile(r"\b[0-9A-Z]{5,6} ?[0-9A-Z]{4,5}\b")
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_LINK = re.compile(r'href="(/[^"#]*)"')
_STEPS = re.compile(r"[?;&]steps=([a-z]+(?:-[a-z0-9]+)?)")
_NOT_FOLLOWED = ("/static", "/sign-out", "/health")
_WHY = {"reason": "safeguarding", "case_reference": ""}
_ALL = {"agencies": "0", "overlap": "", "period": "365", "ages": "any"}
_OF_A_CHILD = ("", "/circle.csv", "/circle.svg", "/contact-sheet", "/time-line", "/connections", "/who-looked")


@dataclass(frozen=True)
class Known:
    """What is true of one child: how it is named, where it is, and whether that is hidden."""

    names: frozenset[str]
    born: date | None
    places: frozenset[tuple[str, ...]]  # home, school, practice: all the words of one tell it
    shielded: bool
    sheltered: bool

    @property
    def hidden(self) -> bool:
        """Whether only a data manager of its area may see where it is."""
        return self.shielded or self.sheltered


@dataclass(frozen=True)
class Insider:
    """One who has an account: what is asked with it, and what it is tied to."""

    words: str
    role: Role
    statutory: bool = False
    tied: bool = False
    elsewhere: bool = False  # the account belongs to another authority


INSIDERS = (
    Insider("practitioner with ties", Role.PRACTITIONER, tied=True),
    Insider("practitioner without", Role.PRACTITIONER, elsewhere=True),
    Insider("safeguarding lead", Role.SAFEGUARDING_LEAD, statutory=True),
    Insider("data manager", Role.DATA_MANAGER),
    Insider("operator", Role.OPERATOR),
    Insider("auditor", Role.AUDITOR),
    Insider("administrator", Role.ADMINISTRATOR),
)


@dataclass
class Alerted:
    """The first alert about somebody: after how many minutes and children, what it says, and who owns it."""

    minutes: float
    children: int
    signal: str
    owner: str


@dataclass
class Got:
    """What one insider got at one pace."""

    who: str
    pace: str
    answers: int = 0
    opened: int = 0
    named: int = 0
    located: int = 0
    shielded: int = 0
    sheltered: int = 0
    forbidden: int = 0  # of the shielded and sheltered, those whom the role may not locate
    unrecorded: int = 0
    most_in_one: int = 0  # other children that one answer named
    most_at: str = ""
    minutes: float = 0.0
    challenged: float = 0.0  # after how many minutes it had to be proven again who asks, and how often
    proofs: int = 0
    stopped: float = 0.0  # after how many minutes the day's children were had
    beyond: int = 0  # children located beyond those that may be opened in a day
    alerts: int = 0
    unowned: int = 0
    first: Alerted | None = None
    signals: dict[str, int] = field(default_factory=dict)


@dataclass
class Report:
    """Everything that one run found."""

    children: int
    seed: int
    hours: int
    machine: dict[str, Any]
    in_area: int = 0
    shielded: int = 0
    sheltered: int = 0
    got: list[Got] = field(default_factory=list)


Script = Callable[["Hand", Role, Sequence[tuple[str, date]]], Iterator[bool]]


class Hours:
    """The clock of an insider's day: it stands still but for what it is told."""

    def __init__(self, begun: datetime) -> None:
        """Begins then."""
        self.begun = self._now = begun

    def now(self) -> datetime:
        """This moment."""
        return self._now

    def passes(self, span: timedelta) -> None:
        """It is so much later."""
        self._now += span

    @property
    def minutes(self) -> float:
        """How long the day has lasted."""
        return (self._now - self.begun) / timedelta(minutes=1)


class Egress:
    """What has left the site, read off the bytes."""

    def __init__(self, known: dict[str, Known]) -> None:
        """Has seen nothing yet."""
        self._known = known
        self.named: set[str] = set()
        self.located: set[str] = set()

    def read(self, body: bytes, token: str) -> set[str]:
        """Which children an answer names: by their handle in this session or their number, and by name."""
        text = html.unescape(body.decode("utf-8", "replace"))
        meant = {child_of(token, handle) or "" for handle in HANDLE.findall(text)}
        meant |= {number.replace(" ", "") for number in _NUMBER.findall(text)}
        there, folded = meant & self._known.keys(), text.casefold()
        named = {child for child in there if any(name in folded for name in self._known[child].names)}
        self.named |= named
        for child in there:
            places = self._known[child].places
            if self._known[child].hidden:
                # What an answer says of somebody else whom it names says nothing of this child.
                places -= {place for other in there - {child} for place in self._open_places(other)}
            if any(all(word in text for word in place) for place in places):
                self.located.add(child)
        return named

    def _open_places(self, child: str) -> frozenset[tuple[str, ...]]:
        known = self._known[child]
        return frozenset() if known.hidden else known.places


class Hand:
    """An insider at the keyboard: every answer goes through here, and time passes with it."""

    def __init__(
        self, site: Flask, db: Database, account: tuple[str, pyotp.TOTP], known: dict[str, Known], hours: Hours
    ) -> None:
        """Is signed in."""
        self.site, self._db, self.known, self.hours = site, db, known, hours
        self.user_id, self._authenticator = account
        self.proofs, self.first_proof, self.stopped = 0, 0.0, 0.0
        self.egress, self.taken = Egress(known), set[str]()
        self.answers, self.most = 0, Counter[str]()
        self._sign_in()

    def _sign_in(self) -> None:
        self.token, self._client = signed_in(self._db, self.user_id), self.site.test_client()
        with self._client.session_transaction() as session:
            session["token"] = self.token
        self._renew()

    def _has_ended(self) -> bool:
        return self._client.get("/my-looks").headers.get("Location", "").startswith("/sign-in")

    def _renew(self) -> None:
        found = _CSRF.search(self._client.get("/about").text)
        assert found is not None, "The cookie was not taken: nobody is signed in."
        self._csrf = found[1]

    def ask(self, address: str, form: dict[str, Any] | None = None) -> str:
        """What is answered; a session that has ended is begun anew, as somebody with a password can."""
        answer = self._open(address, form)
        if answer.headers.get("Location", "").startswith("/sign-in"):
            self._sign_in()
            answer = self._open(address, form)
        if answer.headers.get("Location", "").startswith("/prove"):
            self._prove()
            answer = self._open(address, form)
        if answer.status_code == 403 and _ENOUGH in answer.get_data(as_text=True):
            self.stopped = self.stopped or self.hours.minutes
        assert answer.status_code < 500, f"{address}: {answer.status_code}"
        named = self.egress.read(str(answer.headers).encode() + b"\n" + answer.get_data(), self.token)
        others = {child for child in named if handle_of(self.token, child) not in address}
        rule = HANDLE.sub("…", address.partition("?")[0])
        self.most[rule] = max(self.most[rule], len(others))
        return answer.text if answer.mimetype == "text/html" else ""

    def _prove(self) -> None:
        """Answers a challenge, as somebody can whose authenticator it is: with its next code."""
        self.first_proof = self.first_proof or self.hours.minutes
        self.hours.passes(_NEXT_CODE)
        self._open("/prove", {"code": self._authenticator.at(self.hours.now())})
        self.proofs += 1

    def _open(self, address: str, form: dict[str, Any] | None) -> TestResponse:
        self.answers += 1
        if self.answers % _RENEWED_EVERY == 0:
            self._sign_in() if self._has_ended() else self._renew()
        begun = time.perf_counter()
        if form is None:
            answer = self._client.get(address)
        else:
            answer = self._client.post(address, data=form | {"csrf_token": self._csrf})
        self.hours.passes(timedelta(seconds=time.perf_counter() - begun))
        return answer

    def handles(self, text: str) -> list[str]:
        """The children to whom an answer leads and who have not been taken yet, each once."""
        every = dict.fromkeys(HANDLE.findall(text))
        return [each for each in every if (child_of(self.token, each) or "") in self.known.keys() - self.taken]


def lists(hand: Hand, role: Role, sought: Sequence[tuple[str, date]]) -> Iterator[str]:
    """Every page that lists children, the easiest first."""
    for page in range(1, 16):
        yield (text := hand.ask(f"/my-children?page={page}"))
        if not hand.handles(text):
            break
    if role in area.ROLES:
        yield from _names(hand)
    for name, born in sought:
        form = {"name": name, "day": born.day, "month": born.month, "year": born.year}
        yield hand.ask("/find-a-child", form)


def _names(hand: Hand) -> Iterator[str]:
    """The lists of an area, narrowed until few enough fit."""
    narrow: list[dict[str, str]] = [{f"lack-{lack}": "1"} for lack in Lack]
    narrow += [{f"kind-{kind}": "1"} for kind in KINDS]
    narrow += [{"agencies": str(number)} for number in range(1, 6)]
    for more in narrow:
        for ages in Ages:
            for page in range(1, 11):
                yield (text := hand.ask("/area/names", {**_ALL, "ages": ages.value, **more, **_WHY, "page": str(page)}))
                if "/children/" not in text:
                    break
            if ages is Ages.ANY and _TOO_MANY not in text:
                break


def takes_children(hand: Hand, role: Role, sought: Sequence[tuple[str, date]]) -> Iterator[bool]:
    """Takes one child after another, from whatever list or circle leads there; whether one was taken just now."""
    queue, beside, every = deque[str](), deque[str](maxlen=8), lists(hand, role, sought)
    while True:
        if not queue:
            text = next(every, None)
            if text is None:
                return
            queue.extend(hand.handles(text))
            yield False
            continue
        handle = queue.popleft()
        child = child_of(hand.token, handle)
        if child is None or child in hand.taken:
            continue
        hand.taken.add(child)
        queue.extend(_take(hand, handle))
        beside.append(handle)
        if len(hand.taken) % _EVERY_WAY == 0:
            _by_every_way(hand, role, handle, list(beside))
        yield True


def _take(hand: Hand, handle: str) -> list[str]:
    """Whoever is come to from this child's circle; the circle was opened, and every step of a walk taken."""
    at = f"/children/{handle}"
    hand.ask(f"{at}/reason", dict(_WHY))
    hand.ask(f"{at}/circle", {})
    if "/connections" not in hand.ask(at):
        return []
    steps = dict.fromkeys(_STEPS.findall(hand.ask(f"{at}/connections")))
    return hand.handles(hand.ask(f"{at}/connections?steps={'.'.join(steps)}")) if steps else []


def _by_every_way(hand: Hand, role: Role, handle: str, beside: list[str]) -> None:
    for rest in _OF_A_CHILD:
        hand.ask(f"/children/{handle}{rest}")
    if role in area.ROLES:
        chosen = {f"child-{at:02d}": each for at, each in enumerate(beside, 1)}
        hand.ask("/area/together", chosen | _WHY)
        hand.ask("/area/connection", dict(list(chosen.items())[:2]) | _WHY | {"hubs": "1"})
        hand.ask("/area/opened")


def takes_pages(hand: Hand, _role: Role, sought: Sequence[tuple[str, date]]) -> Iterator[bool]:
    """Takes every page that it is led to, and then tries the addresses of children, though it cannot know them."""
    queue, seen = deque(["/", "/my-looks", "/audit", "/alerts", "/console", "/accounts"]), set[str]()
    while queue and len(seen) < _MOST_LINKS:
        address = queue.popleft()
        if address in seen or address.startswith(_NOT_FOLLOWED):
            continue
        seen.add(address)
        queue.extend(_LINK.findall(html.unescape(hand.ask(address))))
        yield False
    for (name, born), child in zip(sought[:_TRIED], sorted(hand.known)[:_TRIED], strict=False):
        form = {"name": name, "day": born.day, "month": born.month, "year": born.year}
        hand.ask("/find-a-child", form)
        hand.ask("/area/names", {**_ALL, "agencies": "1", **_WHY})
        hand.ask("/audit", {"child": child, "username": ""})
        at = f"/children/{handle_of(hand.token, child)}"
        hand.ask(f"{at}/reason", dict(_WHY))
        for rest in _OF_A_CHILD:
            hand.ask(at + rest)
        yield True


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what each insider got; 1 if anything left unrecorded, hidden children were located, or an alert has no
    owner.
    """
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-insider-", dir=chosen.work) as work:
        home = chosen.home or Path(work) / "home"
        settings = settings_for(home, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
        if chosen.home is None:
            circle.fill(settings, chosen, Path(work))
        report = apart(_measured, settings, chosen, Path(work))
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 1 if faults(report) else 0


def _parser() -> argparse.ArgumentParser:
    """The words of benchmarks.circle, and how long it lasts."""
    parser = circle._parser()
    parser.prog, parser.description = "python -m benchmarks.insider", "What an insider gets."
    parser.add_argument("--hours", type=int, default=8)
    parser.add_argument("--shielded", type=int, default=20, metavar="K", help="children who are shielded besides")
    parser.add_argument("--a-day", type=int, default=A_DAY, help="how many children an account may open in a day")
    parser.add_argument("--elsewhere", default="E06000901", help="another authority")
    return parser


def _measured(settings: Settings, chosen: argparse.Namespace, work: Path) -> Report:
    with served(settings), opened(settings) as db:
        return measure(db, site_of(Settings(home=work / "site"), db), chosen)


def measure(db: Database, site: Flask, chosen: argparse.Namespace) -> Report:
    """What each insider got at each pace, one after the other, each on a day of their own."""
    report = Report(chosen.children, chosen.seed, chosen.hours, machine())
    shield_some(db, chosen)
    children = children_of(db, chosen.authority)
    known = {child.child_id: known_of(child) for child in children}
    report.in_area = len(known)
    report.shielded = sum(child.shielded for child in known.values())
    report.sheltered = sum(child.sheltered for child in known.values())
    sought = [(min(each.names), each.born) for each in known.values() if each.names and each.born]
    random.Random(chosen.seed).shuffle(sought)
    for _ in range(2):
        account(db, authority=None, role=Role.AUDITOR)
    begins = clock.now()
    for insider, pace in days():
        hours, ties = Hours(begins), _ties_of(insider, children)
        theirs = {child.child_id: known_of(child, ties.get("service_id")) for child in children}
        with switched_off([(clock, "now", hours.now)]):
            hand = Hand(site, db, _account_of(db, insider, ties, chosen), theirs, hours)
            report.got.append(_day_of(db, insider, pace, hand, sought, chosen))
            tell(f"{report.got[-1]}")
        begins = hours.now() + timedelta(hours=2)
    return report


def days() -> list[tuple[Insider, str]]:
    """Each insider at each pace; who sees no child has nothing to take slowly."""
    return [(insider, pace) for insider in INSIDERS for pace in PACES if insider.role.sees_children or pace == FAST]


def shield_some(db: Database, chosen: argparse.Namespace) -> None:
    """Shields so many children of the area whose home and school are known, by the service that people use."""
    there = [
        child
        for child in children_of(db, chosen.authority)
        if not child.shielded and {fact.type for fact in child.facts} >= {"LIVES_AT", "ATTENDS"}
    ]
    random.Random(chosen.seed).shuffle(there)
    today = clock.day_in_england(clock.now())
    for child in there[: chosen.shielded]:
        shields.add_shield(
            db,
            child_number=child.child_id,
            ground=Ground.DOMESTIC_ABUSE,
            review_on=today + timedelta(days=90),
            decided_by="benchmark",
            today=today,
        )


def children_of(db: Database, authority: str) -> list[SeenChild]:
    """Every child of an area whose page is open to its data manager, with all that is said of it."""
    today = clock.day_in_england(clock.now())
    mark: dict[str, Any] = {"published": _EVER, "withdrawn": list[int](), "today": today}
    rows = db.stream(area.LIST_CHILDREN, authority=authority, registers=list(REGISTERS), moved_since=today, **mark)
    ids = sorted(str(row[0]) for row in rows)
    found: list[SeenChild] = []
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        asked = {"child_ids": batch, "as_at": today, "kept_from": years_before(today, 1)}
        found += db.read(area.LIST_CIRCLES, **asked, **mark)
    return found


def known_of(child: SeenChild, workplace: str | None = None) -> Known:
    """What is true of a child today, but for what somebody who works there knows anyway."""
    today = clock.day_in_england(clock.now())
    names = {f"{each.forename} {each.family_name}".casefold() for each in child.records if each.forename}
    places = set[tuple[str, ...]]()
    for fact in child.facts:
        if not fact.interval.holds(today) or fact.target == workplace:
            continue
        if fact.type == "LIVES_AT":
            places.add(fact.lines)
        elif fact.type in ("ATTENDS", "REGISTERED_WITH"):
            places |= {(said.name,) for said in fact.described if said.name}
    born = next((each.date_of_birth for each in child.records if each.source in REGISTERS and each.date_of_birth), None)
    return Known(frozenset(names), born, frozenset(places - {()}), child.shielded, is_sheltered(child))


def _ties_of(insider: Insider, children: Sequence[SeenChild]) -> dict[str, str]:
    """The school and the practitioner who have most of the children, for one who is tied to them."""
    if not insider.tied:
        return {}
    return {"service_id": _most(children, "ATTENDS"), "practitioner_id": _most(children, "SEEN_BY")}


def _account_of(
    db: Database, insider: Insider, ties: dict[str, str], chosen: argparse.Namespace
) -> tuple[str, pyotp.TOTP]:
    """The id of a new account, made by the real service, and its authenticator."""
    authority, username = chosen.elsewhere if insider.elsewhere else chosen.authority, f"bench-{secrets.token_hex(8)}"
    made = access.record_user(
        db,
        username=username,
        name="Bench",
        role=insider.role,
        organisation="Benchmark",
        authority=authority if insider.role.sees_children else None,
        statutory=insider.statutory,
        practitioner_id=ties.get("practitioner_id"),
        service_id=ties.get("service_id"),
        by="benchmark",
    )
    access.save_children_a_day(db, username=username, children=chosen.a_day, by="benchmark")
    found, authenticator = db.read_one(looks.FIND_USER, username=username), pyotp.parse_uri(made.totp_uri)
    assert found is not None, username
    assert isinstance(authenticator, pyotp.TOTP), made.totp_uri
    return found.user_id, authenticator


def _most(children: Sequence[SeenChild], kind: str) -> str:
    counted = Counter(fact.target for child in children for fact in child.facts if fact.type == kind)
    return counted.most_common(1)[0][0]


def _day_of(
    db: Database,
    insider: Insider,
    pace: str,
    hand: Hand,
    sought: Sequence[tuple[str, date]],
    chosen: argparse.Namespace,
) -> Got:
    """What came of one insider's day, with the audit looked through every minute."""
    script: Script = takes_children if insider.role.sees_children else takes_pages
    got, hours = Got(insider.words, pace), hand.hours
    watched = hours.now()
    for taken in script(hand, insider.role, sought):
        if pace == SLOW:
            hours.passes(_WATCH_EVERY)
        if hours.now() - watched >= _WATCH_EVERY:
            watched = hours.now()
            watching.look_through(db)
            got.first = got.first or _first(db, hand)
        if pace == SLOW and taken:
            hours.passes(_SLOW - _WATCH_EVERY)
        if hours.minutes >= 60 * chosen.hours:
            break
    got.minutes = round(hours.minutes, 1)
    hours.passes(_WATCH_EVERY)
    watching.look_through(db)
    got.first = got.first or _first(db, hand)
    return _sums(db, insider, got, hand, chosen.a_day)


def _first(db: Database, hand: Hand) -> Alerted | None:
    rows = alerts_of(db, hand)
    if not rows:
        return None
    signals = ", ".join(sorted({row.signal for row in rows}))
    return Alerted(round(hand.hours.minutes, 1), len(hand.taken), signals, "an auditor" if rows[0].owner else "nobody")


def alerts_of(db: Database, hand: Hand) -> list[watching.AlertRow]:
    """The open alerts about an insider."""
    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=_EVER)
    return [row for row in rows if row.user_id == hand.user_id]


def _sums(db: Database, insider: Insider, got: Got, hand: Hand, a_day: int) -> Got:
    egress, known = hand.egress, hand.known
    shard = shard_of(hand.user_id)
    recorded = {
        child
        for head in db.read(audit.LIST_HEADS)
        if head.shard == shard
        for event in audit.walk(db, shard, 1, head.seq)
        if event.actor == hand.user_id
        for child in event.child_refs
    }
    rows = alerts_of(db, hand)
    got.answers, got.opened, got.named, got.located = (
        hand.answers, len(hand.taken), len(egress.named), len(egress.located)
    )  # fmt: skip
    got.shielded = sum(known[child].shielded for child in egress.located)
    got.sheltered = sum(known[child].sheltered for child in egress.located)
    got.forbidden = 0 if insider.role is Role.DATA_MANAGER else got.shielded + got.sheltered
    got.unrecorded = len((egress.named | egress.located) - recorded)
    got.most_at, got.most_in_one = hand.most.most_common(1)[0]
    got.challenged, got.proofs, got.stopped = round(hand.first_proof, 1), hand.proofs, round(hand.stopped, 1)
    got.beyond = max(0, got.located - a_day)
    got.alerts, got.unowned = len(rows), sum(row.owner is None for row in rows)
    got.signals = dict(Counter(row.signal for row in rows))
    return got


def faults(report: Report) -> list[str]:
    """What must not be: no event, a hidden child or more than a day’s children located, an alert without an owner."""
    return [
        f"{got.who}, {got.pace}: {count} {what}"
        for got in report.got
        for what, count in (
            ("unrecorded", got.unrecorded),
            ("hidden children located", got.forbidden),
            ("alerts without an owner", got.unowned),
            ("children located beyond a day’s", got.beyond),
            ("more in one answer than may be", max(0, got.most_in_one - MOST_CANDIDATES)),
        )
        if count
    ]


def in_words(report: Report) -> str:
    """The report as a table for a person."""
    rows = [
        (
            got.who,
            got.pace,
            got.opened,
            got.located,
            got.minutes,
            got.forbidden,
            got.unrecorded,
            got.most_in_one,
            got.challenged or None,
            got.proofs,
            got.stopped or None,
            got.first.minutes if got.first else None,
            got.first.children if got.first else None,
            f"{got.first.signal}; {got.first.owner}" if got.first else "none",
            got.alerts,
        )
        for got in report.got
    ]
    about = (
        f"{report.in_area:,} children of the area, {report.shielded} shielded, {report.sheltered} sheltered; "
        f"{report.hours} hours, seed {report.seed}; {report.machine}"
    )
    head = ("who", "pace", "opened", "located", "minutes", "hidden", "unrecorded", "most in one")
    first = (
        "challenged after",
        "proofs",
        "day’s had after",
        "alert after minutes",
        "and children",
        "which, whose",
        "alerts",
    )
    found = faults(report)
    return "\n\n".join([about, table((*head, *first), rows), "\n".join(found) or "No fault."])


if __name__ == "__main__":
    sys.exit(main())

"""Folding: what many records say of one child becomes one page, holding only what this user may see."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from graph.model import clock
from graph.model.circle import (
    Absence,
    Act,
    CarerCard,
    Change,
    ChildPage,
    ChildRow,
    Contact,
    Depth,
    Home,
    News,
    Occasion,
    Origin,
    Provenance,
    ServiceCard,
    Standing,
    Worker,
)
from graph.model.evidence import Described, Dwelling, Line, SeenChild, SeenFact, SeenRecord
from graph.model.filter import Filter, Show, none_recorded
from graph.model.intervals import Interval, age_on, birthday, in_words
from graph.model.kinds import Domain, Tier, Visibility, kind_named
from graph.model.look import Since
from graph.model.names import fold_whole
from graph.model.received import Received, is_confirmed
from graph.model.shielding import KEEPERS
from graph.model.statements import EVERY_DAYS, SOURCE, TITLE, standing
from graph.model.summary import SHIELDED, summarise
from graph.model.visibility import (
    ADULT_AT,
    Part,
    Relation,
    Sight,
    State,
    Step,
    Viewer,
    circle_step,
    decide,
    knows_of_sensitive,
    state_of,
    strictest,
)
from graph.services.handles import practitioner_key

NEUTRAL = "Services of this kind are not listed for your role. If you need to know, ask the directory team."
FAMILY = (
    "You have the name of one of this child’s carers. People look up no circle of their own family: "
    "ask your safeguarding lead, who can look if you are not family."
)
OVERRIDDEN = (
    "This record is shielded. You see it by an override until you leave it, and until {at} at the latest. "
    "The child’s authority has been told, and looks into it. Tell nobody where the child is."
)
LEFT_OUT = "Left out, because you chose other kinds of service."
SHELTERED = (
    "Home, school, GP practice and the carers’ telephone numbers are not shown on this page. "
    "Ring a service below, or ask the directory team to pass on a message."
)
# The rule by which a shielded record is shown to all but its data managers.
SHIELDED_RULE = "shielded: five items"
# For how long before the 18th birthday a page speaks of it.
DAYS_BEFORE_ADULT = 183

_PLACES = ("ATTENDS", "REGISTERED_WITH", "INVOLVES")
_KIND_OF = {"ATTENDS": "school", "REGISTERED_WITH": "gp_practice"}
# What every child may be expected to have in a sector: its kind, and what it is called.
_PLACE_OF = {Domain.EDUCATION: ("school", "school"), Domain.HEALTH: ("gp_practice", "GP practice")}
# Who is believed first about a name, a date of birth, a sex; and about where a child lives.
_SOURCES = ("pds", "births", "school_census", "common_transfer_file", "child_benefit", "involvements", "deaths")
# Those of them that are believed before any list of involvements.
REGISTERS = _SOURCES[: _SOURCES.index("involvements")]
# What a service says of a child, or somebody who works there.
OF_A_SERVICE = ("involvements", SOURCE)
_HOME_SOURCES = ("pds", "school_census", "child_benefit", "births", "common_transfer_file")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Asking:
    """Who asks for a page, why, as at when, and what has been received by then."""

    viewer: Viewer
    practitioner_id: str | None
    service_id: str | None
    handle: str
    reason: str
    depth: Depth
    today: date
    chosen: Filter  # obeyed where the user comes to the circle; the signpost is of today
    received: Received
    name: str  # of the user, to tell whether they are family
    card_key: bytes  # of the session: the keys of cards mean nothing outside it
    occasion: Occasion | None = None
    act: Act = Act.PAGE
    since: Since | None = None  # the user's last look at this circle, on a day before
    overridden_until: datetime | None = None  # this user sees through the shield until then, in this session
    lines: Mapping[str, Line] = field(default_factory=dict)  # where each record stands, for those who may know


@dataclass(frozen=True)
class Disclosure:
    """A page and the facts that it shows, which the audit event lists; the rule by which it is shown."""

    page: ChildPage
    facts: tuple[str, ...]
    rule: str
    homes: tuple[str, ...] = ()  # the addresses that the page shows as the child's home
    ends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what current cards stand for, by their keys
    by_card: Mapping[str, tuple[SeenFact, ...]] = field(default_factory=dict)  # what each card rests on, by its key


@dataclass(frozen=True)
class _Circle:
    """One child's evidence as one user may use it."""

    child: SeenChild
    asking: Asking
    relation: Relation
    records: tuple[SeenRecord, ...]  # those that may name the child to this user
    facts: tuple[SeenFact, ...]  # those said by such records
    depth: Depth
    chosen: Filter
    sheltered: bool  # shares a home with a shielded child

    @property
    def on(self) -> date:
        """The day of which everything is told."""
        return self.chosen.as_at

    @property
    def withholds_whereabouts(self) -> bool:
        """Whether home, school and practice stay out, since they would give a shielded child's away."""
        sight = decide(self.asking.viewer, self.relation, Part.WHEREABOUTS, sheltered=self.sheltered)
        return sight is not Sight.SHOWN


@dataclass(frozen=True)
class _Line:
    """Facts that say the same of the same thing, and how the line stands."""

    facts: tuple[SeenFact, ...]
    since: date | None
    until: date | None
    standing: Standing
    sources: tuple[Provenance, ...]

    @property
    def interval(self) -> Interval:
        """From when to when."""
        return Interval(self.since, self.until)

    @property
    def ended_on(self) -> date | None:
        """When it ended; None for what goes on, whenever that is to end."""
        return self.until if self.standing is Standing.ENDED else None


def fold_page(child: SeenChild, asking: Asking) -> Disclosure | None:
    """The page of a child for this user; None if this user must not learn that the child is there."""
    if asking.overridden_until is not None and child.shielded:
        return _page_through(child, asking, asking.overridden_until)
    relation = relation_of(child, asking)
    child = replace(child, facts=standing(child.facts))
    records = _naming_records(child, asking.viewer, relation)
    if not records or _state(child, records, asking.today) is State.ARCHIVED:
        return None
    if decide(asking.viewer, relation, Part.IDENTITY, shielded=child.shielded) is not Sight.SHOWN:
        return None
    step = circle_step(asking.viewer, relation, shielded=child.shielded)
    depth = {Step.AT_ONCE: Depth.CIRCLE, Step.SECOND: asking.depth, Step.NEVER: Depth.SIGNPOST}[step]
    depth = Depth.SIGNPOST if asking.act is Act.SHEET else depth  # contacts only
    chosen = asking.chosen if depth is Depth.CIRCLE else Filter(asking.today, Show.CURRENT)
    facts = _facts_said_by(child, records)
    circle = _Circle(child, asking, relation, records, facts, depth, chosen, _is_sheltered(child, facts))
    hidden = decide(asking.viewer, relation, Part.CARER, shielded=child.shielded) is not Sight.SHOWN
    return _shielded_page(circle) if hidden else _open_page(circle, step)


def _page_through(child: SeenChild, asking: Asking, until: datetime) -> Disclosure | None:
    """The page of a shielded child as if no shield were over it, which says why, and until when."""
    told = fold_page(replace(child, shielded=False), replace(asking, overridden_until=None))
    if told is None:
        return None
    at = f"{until.astimezone(clock.LONDON):%H:%M}"
    notices = (OVERRIDDEN.format(at=at), *told.page.notices)
    page = replace(told.page, shielded=True, overridden=True, may_open_circle=False, notices=notices)
    return replace(told, page=page, rule=f"override; {told.rule}")


def fold_row(child: SeenChild, viewer: Viewer, handle: str, today: date) -> ChildRow | None:
    """One search result, with only what a shielded record may show; None for who is no longer a child here."""
    records = _naming_records(child, viewer, Relation())
    if not records or _state(child, records, today) is State.ARCHIVED:
        return None
    facts = [fact for fact in child.facts if fact.type == "CARED_FOR_BY" and fact.interval.holds(today)]
    born = _date_of_birth(records)
    return ChildRow(
        handle=handle,
        name=_name(records),
        age=None if born is None else age_on(born, today),
        sex=_sex(records),
        carers=tuple(sorted(_carer_name(group) for group in _grouped_carers(facts))),
    )


def findable_by_whereabouts(child: SeenChild, viewer: Viewer) -> bool:
    """Whether a search that uses a school or an area may find this child: its page must not withhold them.

    Nobody's area lifts that here: who finds more than others by a place would learn who is shielded there.
    """
    facts = _facts_said_by(child, _naming_records(child, viewer, Relation()))
    sheltered = _is_sheltered(child, facts)
    sight = decide(viewer, Relation(), Part.WHEREABOUTS, shielded=child.shielded, sheltered=sheltered)
    return sight is Sight.SHOWN


def relation_of(child: SeenChild, asking: Asking) -> Relation:
    """What the user is to the child today, whatever day the page is asked for."""
    facts = [fact for fact in standing(child.facts) if fact.interval.holds(asking.today)]
    me, works_at, area = asking.practitioner_id, asking.service_id, asking.viewer.authority
    mine = [fact for fact in facts if fact.type == "SEEN_BY" and me is not None and fact.target == me]
    at_work = any(fact.type in _PLACES and works_at is not None and fact.target == works_at for fact in facts)
    responsible = {fact.target for fact in facts if fact.type == "RESPONSIBILITY_OF"} - {"unknown"}
    if is_family(child, asking.name):
        return Relation(family=True)
    return Relation(
        involved=bool(mine) or at_work,
        lead=any(fact.lead is True and _opens(fact, child) for fact in mine),
        own_area=area in responsible,
    )


def standing_facts(child: SeenChild) -> tuple[SeenFact, ...]:
    """The child's facts with what practitioners have corrected of their own in place of what a feed says."""
    return standing(child.facts)


def shown_facts(facts: Iterable[SeenFact], child: SeenChild, asking: Asking, on: date) -> tuple[SeenFact, ...]:
    """Those facts about services, people and area that hold on a day and that the user may see of the child as it is.

    The facts may be those of an earlier time: what the user may see of them is decided by how things are now.
    """
    relation = relation_of(child, asking)
    held = tuple(fact for fact in standing(facts) if fact.interval.holds(on))
    sheltered = _is_sheltered(child, child.facts)
    circle = _Circle(child, asking, relation, child.records, held, Depth.CIRCLE, Filter(on), sheltered)
    places = [fact for fact in held if fact.type in _PLACES and _sees(circle, fact)]
    known = {_involvement(fact) for fact in places if fact.involvement is not None}
    people = [fact for fact in held if fact.type == "SEEN_BY" and _involvement(fact) in known]
    sees_area = decide(asking.viewer, relation, Part.AREA, shielded=child.shielded) is Sight.SHOWN
    areas = [fact for fact in held if fact.type == "RESPONSIBILITY_OF" and fact.target != "unknown" and sees_area]
    return (*places, *_of_one_lead(people), *areas)


def _involvement(fact: SeenFact) -> tuple[str, str, str | None]:
    return (fact.source, fact.supplier, fact.involvement)


def _of_one_lead(people: list[SeenFact]) -> list[SeenFact]:
    """The people, of whom only who was said last to lead does so, if any of them has said it here."""
    leads = [fact for fact in people if fact.lead is True]
    if not any(fact.said for fact in leads):
        return people
    last = max(leads, key=_led_after)
    return [fact if fact is last else replace(fact, lead=False) for fact in people]


def sender_of(fact: SeenFact, asking: Asking) -> str:
    """Who says a fact, by a name that people know."""
    if fact.said:
        return TITLE
    owner = _best((fact,), lambda said: said.organisation)
    said = asking.received.provenance(fact.source, fact.supplier, [fact.run], owner)
    return f"{said.title}, sent by {said.sender}" if said.sender else said.title


def name_of(fact: SeenFact) -> str | None:
    """How the other end of a fact is called; None if nobody says."""
    return _best((fact,), lambda said: said.called)


def _opens(lead: SeenFact, child: SeenChild) -> bool:
    """Whether a feed made the user lead professional: what people say of themselves opens nothing more to them."""
    if lead.said is None:
        return True
    return any(
        fact.said is None and fact.lead is True and fact.record == lead.said.corrects and fact.target == lead.target
        for fact in child.facts
    )


def is_family(child: SeenChild, name: str) -> bool:
    """Whether the user is called like one of the child's carers: nothing else tells, and it errs on the safe side."""
    mine = fold_whole(name)
    return bool(mine) and mine in names_of_carers(child.facts)


def _is_sheltered(child: SeenChild, facts: Sequence[SeenFact]) -> bool:
    """Whether somebody cares for this child and for a shielded one with whom it shares or shared a home."""
    return not child.shielded and bool(names_of_carers(facts) & {fold_whole(name) for name in child.sheltered_with})


def is_sheltered(child: SeenChild) -> bool:
    """Whether where this child is would tell where a shielded one is."""
    return _is_sheltered(child, child.facts)


def names_of_carers(facts: Iterable[SeenFact]) -> set[str]:
    """Every name, folded, by which somebody calls the carers of these facts."""
    said = [each for fact in facts if fact.type == "CARED_FOR_BY" for each in fact.described]
    return {fold_whole(name) for each in said if (name := _full_name(each))}


def _shielded_page(circle: _Circle) -> Disclosure:
    """The five items of a shielded record, and nothing from which another could be guessed."""
    facts = [fact for fact in circle.facts if fact.type == "CARED_FOR_BY" and fact.interval.holds(circle.on)]
    cards = [
        CarerCard(
            key=_key(circle, _carer_name(group)),
            name=_carer_name(group),
            relationship="",
            parental_responsibility=None,
            lives_with_child=None,
            telephone=None,
            since=None,
            until=None,
            standing=Standing.CURRENT,
            sources=(),
        )
        for group in _grouped_carers(facts)
    ]
    ordered = tuple(sorted(cards, key=lambda card: card.name))
    page = replace(_bare_page(circle), carers=ordered, five_items=True)
    return Disclosure(page, tuple(sorted(fact.fact_id for fact in facts)), SHIELDED_RULE)


def _open_page(circle: _Circle, step: Step) -> Disclosure:
    in_full = circle.depth is Depth.CIRCLE
    home, home_facts = _home(circle) if in_full and not circle.withholds_whereabouts else (None, ())
    carers = _carers(circle, home_facts) if in_full else []
    carers = [(card, line) for card, line in carers if circle.chosen.keeps(line.interval)]
    every = _with_one_lead(_services(circle), circle)
    services = [(card, line) for card, line in every if _is_chosen(circle, card, line)]
    to_ring = _of_today(circle, every)
    # What was news on another day cannot be told: looks are kept of today's page only.
    since = circle.asking.since if in_full and circle.on == circle.asking.today else None
    authority = _first(fact for fact in circle.facts if fact.type == "RESPONSIBILITY_OF" and fact.target != "unknown")
    cards = tuple(sorted((card for card, _ in services), key=_service_order))
    carer_cards = tuple(sorted((card for card, _ in carers), key=_carer_order))
    page = replace(
        _bare_page(circle),
        may_open_circle=step is Step.SECOND and not in_full,
        authority=None if authority is None else _best((authority,), lambda said: said.name) or authority.target,
        home=home,
        carers=carer_cards,
        services=cards,
        services_in_all=len(every),
        absences=_absences(circle, cards, [card for card, _ in every]),
        lead=_lead(card for card, _ in to_ring),
        last_looked=since.day if since else None,
        changes=_changes(circle, since, [*carers, *services]) if since else (),
        to_ring=tuple(sorted((card for card, _ in to_ring), key=_service_order)),
        sensitive_exists=_sensitive_exists(circle),
        summary=summarise(
            _forename(circle.records),
            carer_cards,
            cards,
            circle.depth,
            circle.chosen,
            today=circle.asking.today,
            whereabouts=not circle.withholds_whereabouts,
        ),
        notices=_notices(circle),
        whereabouts_withheld=circle.withholds_whereabouts,
    )
    lines = [line for _, line in (*carers, *services, *to_ring)]
    shown = [fact for line in lines for fact in line.facts] + list(home_facts) + ([authority] if authority else [])
    return Disclosure(
        page,
        tuple(sorted({fact.fact_id for fact in shown})),
        f"{circle.depth}: {step}",
        homes=tuple(sorted({fact.target for fact in home_facts})),
        by_card={card.key: line.facts for card, line in carers} | {card.key: line.facts for card, line in services},
        ends=_ends((card.key, line) for card, line in carers) | _ends((card.key, line) for card, line in services),
    )


def _ends(lines: Iterable[tuple[str, _Line]]) -> dict[str, tuple[str, ...]]:
    current = ((key, line) for key, line in lines if line.standing is not Standing.ENDED)
    return {key: tuple(sorted({fact.target for fact in line.facts})) for key, line in current}


def _bare_page(circle: _Circle) -> ChildPage:
    """The page with nothing on it but who the child is."""
    born = _date_of_birth(circle.records)
    return ChildPage(
        handle=circle.asking.handle,
        child_number=circle.child.child_id,
        name=_name(circle.records),
        date_of_birth=born,
        age=None if born is None else age_on(born, circle.asking.today),
        sex=_sex(circle.records),
        shielded=circle.child.shielded,
        may_shield=_keeps(circle),
        depth=circle.depth,
        may_open_circle=False,
        reason=circle.asking.reason,
        as_at=circle.on,
        show=circle.chosen.show,
        domains=circle.chosen.domains,
        occasion=circle.asking.occasion,
        authority=None,
        home=None,
        carers=(),
        services=(),
        absences=(),
        lead=None,
        sensitive_exists=None,
        summary=SHIELDED,
    )


def _keeps(circle: _Circle) -> bool:
    """Whether the user looks after shields and consent to stay of this child."""
    return circle.asking.viewer.role in KEEPERS and circle.relation.own_area and not circle.relation.family


def _with_one_lead(services: list[tuple[ServiceCard, _Line]], circle: _Circle) -> list[tuple[ServiceCard, _Line]]:
    """The lines, of which only one leads if somebody has said here that they lead: the one that was said last.

    Only lines that this user may see are compared, so that nobody learns of a lead who is hidden from them.
    """
    leads = [(card, line, _led_since(circle, line)) for card, line in services if card.lead]
    if not any(said for _, _, (_, said, _) in leads):
        return services
    last, _, _ = max(leads, key=lambda each: (*each[2], each[0].since or date.min, each[0].key))
    return [(card if card.key == last.key else replace(card, lead=False), line) for card, line in services]


def _led_since(circle: _Circle, line: _Line) -> tuple[int, bool, int]:
    """When somebody of this line was last said to lead: after which run, whether by themselves, and at what moment."""
    return max(_led_after(fact) for fact in _seen_by(circle, line) if fact.lead is True)


def _led_after(fact: SeenFact) -> tuple[int, bool, int]:
    return (fact.said.after, True, fact.said.at) if fact.said else (fact.run, False, 0)


def _changes(
    circle: _Circle, since: Since, shown: Iterable[tuple[CarerCard | ServiceCard, _Line]]
) -> tuple[Change, ...]:
    """Which of the lines that are shown are new, have ended or have changed since then, in the order of the page."""
    changed = [(_news(circle, since, line), card) for card, line in shown]
    found = [Change(news, card) for news, card in changed if news is not None]
    return tuple(sorted(found, key=lambda change: (list(News).index(change.news), change.card.name, change.card.key)))


def _news(circle: _Circle, since: Since, line: _Line) -> News | None:
    """What is new about a line; None if nothing is. Who sees the child there belongs to it."""
    facts = [*line.facts, *_seen_by(circle, line)]
    if line.standing is Standing.ENDED:
        over = line.until is not None and line.until > since.day
        return News.ENDED if over or not all(since.knew(fact) for fact in line.facts) else None
    if not any(since.knew_of(fact) for fact in line.facts) or (line.since is not None and line.since > since.day):
        return News.ADDED
    return None if all(since.knew(fact) for fact in facts) else News.CHANGED


def _of_today(circle: _Circle, every: list[tuple[ServiceCard, _Line]]) -> list[tuple[ServiceCard, _Line]]:
    """Who is involved now: people are rung today, whatever day and kinds the page is asked for."""
    today = circle.asking.today
    services = every
    if circle.on != today:
        now = replace(circle, chosen=Filter(today, Show.CURRENT))
        services = _with_one_lead(_services(now), now)
    return [(card, line) for card, line in services if card.standing is not Standing.ENDED]


def _is_chosen(circle: _Circle, card: ServiceCard, line: _Line) -> bool:
    return circle.chosen.keeps_domain(card.domain) and circle.chosen.keeps(line.interval)


def _lead(cards: Iterable[ServiceCard]) -> ServiceCard | None:
    """The card of the lead professional, the newest if several sources name one; None if none does."""
    return max((card for card in cards if card.lead), key=lambda card: card.since or date.min, default=None)


def _notices(circle: _Circle) -> tuple[str, ...]:
    died = _chosen(circle.records, lambda record: record.died_on)
    left = any(record.left_england for record in circle.records)
    grown_up = _grown_up_on(circle)
    return (
        *([FAMILY] if circle.relation.family else []),
        *([SHELTERED] if circle.withholds_whereabouts else []),
        *([grown_up] if grown_up else []),
        *(["This record is shielded. You see it as a data manager of its area."] if circle.child.shielded else []),
        *([f"Recorded as having died on {in_words(died)}."] if died is not None else []),
        *(["Recorded as having left England."] if left else []),
    )


def _grown_up_on(circle: _Circle) -> str | None:
    """What ends with the 18th birthday, and when; None if that is far off."""
    born = _date_of_birth(circle.records)
    if born is None:
        return None
    day, today = birthday(born, ADULT_AT), circle.asking.today
    days = (day - today).days
    if days > DAYS_BEFORE_ADULT:
        return None
    until = stays_until(circle.child)
    if until is not None:
        since = "has stayed" if days <= 0 else "stays"
        return (
            f"{_forename(circle.records)} {since} in this directory by consent from the 18th birthday on "
            f"{in_words(day)}, until {in_words(until)} at the latest."
        )
    return (
        f"{_forename(circle.records)} turns {ADULT_AT} on {in_words(day)}, in {days} {'day' if days == 1 else 'days'}. "
        "From that day this page is closed and services for children end or hand over: "
        "agree now with each service below who goes on."
    )


def _sensitive_exists(circle: _Circle) -> bool | None:
    """Whether a sensitive service is involved now; None for everyone who may not know either way."""
    if not knows_of_sensitive(circle.asking.viewer, circle.relation, shielded=circle.child.shielded):
        return None
    current = [fact for fact in circle.child.facts if fact.type in _PLACES and fact.interval.holds(circle.on)]
    return any(_visibility(fact) is Visibility.SENSITIVE for fact in current)


def _absences(circle: _Circle, cards: Sequence[ServiceCard], every: Sequence[ServiceCard]) -> tuple[Absence, ...]:
    """Why sectors are empty or lack what every child may have: of `cards`, which are chosen of `every` one."""
    filled = {card.domain for card in cards}
    kinds = {card.kind for card in every if card.standing is not Standing.ENDED}
    need_to_know = Visibility.NEED_TO_KNOW
    sees_justice = decide(circle.asking.viewer, circle.relation, Part.SERVICE, visibility=need_to_know) is Sight.SHOWN
    found = []
    withheld = circle.withholds_whereabouts
    for domain in Domain:
        if domain is Domain.JUSTICE and not sees_justice:
            # The neutral sector: said of every child, so that it tells nothing of this one.
            found.append(Absence(domain, NEUTRAL))
        elif not circle.chosen.keeps_domain(domain):
            found.append(Absence(domain, LEFT_OUT))
        elif withheld and domain in _PLACE_OF:
            found.append(Absence(domain, f"The {_PLACE_OF[domain][1]} is not shown on this page."))
        elif domain not in filled:
            none = none_recorded(circle.chosen, circle.asking.today)
            found.append(Absence(domain, circle.asking.received.why_empty(domain, circle.asking.today, none)))
        elif domain in _PLACE_OF and _PLACE_OF[domain][0] not in kinds and circle.chosen.show is not Show.ENDED:
            found.append(Absence(domain, f"No {_PLACE_OF[domain][1]} is recorded."))
    return tuple(found)


def _home(circle: _Circle) -> tuple[Home | None, tuple[SeenFact, ...]]:
    """Where the child lives by the source believed first, and the facts that say so; None if nobody says."""
    facts = [fact for fact in circle.facts if fact.type == "LIVES_AT" and fact.interval.holds(circle.on)]
    if not facts:
        return None, ()
    best = min(facts, key=lambda fact: (_rank(fact.source, _HOME_SOURCES), _newest_first(fact.since), -fact.run))
    agreeing = tuple(fact for fact in facts if fact.target == best.target)
    return Home(", ".join(best.lines), best.since, best.area), agreeing


def _carers(circle: _Circle, home_facts: Sequence[SeenFact]) -> list[tuple[CarerCard, _Line]]:
    addresses = {fact.target for fact in home_facts} | {_one_line(fact.lines) for fact in home_facts}
    facts = [fact for fact in circle.facts if fact.type == "CARED_FOR_BY"]
    made = []
    for group in _grouped_carers(facts):
        for line in _lines(circle, group):
            made.append((_carer_card(circle, line, addresses), line))
    return made


def _carer_card(circle: _Circle, line: _Line, addresses: set[str]) -> CarerCard:
    name = _carer_name(line.facts)
    words = (fact.relationship.strip() for fact in _by_rank(line.facts) if fact.relationship)
    said = {fact.parental_responsibility for fact in line.facts}
    return CarerCard(
        key=_key(circle, f"{name} {line.ended_on}"),
        name=name,
        relationship=", ".join({word.casefold(): word for word in words}.values()),
        parental_responsibility=True if True in said else False if False in said else None,
        lives_with_child=_lives_there([home for fact in line.facts for home in fact.homes], addresses),
        telephone=None if circle.withholds_whereabouts else _best(_by_rank(line.facts), lambda said: said.telephone),
        since=line.since,
        until=line.until,
        standing=line.standing,
        sources=line.sources,
    )


def _lives_there(homes: Sequence[Dwelling], addresses: set[str]) -> bool | None:
    """Whether one of these homes is at one of the child's addresses; None if nothing is known of either."""
    if not homes or not addresses:
        return None
    return any(home.address_id in addresses or _one_line(home.lines) in addresses for home in homes)


def _one_line(lines: Iterable[str]) -> str:
    return fold_whole(" ".join(lines))


def _grouped_carers(facts: Iterable[SeenFact]) -> list[tuple[SeenFact, ...]]:
    """Facts of one child's carers, put together by folded name: their records are mostly persons of their own."""
    groups: dict[str, list[SeenFact]] = {}
    for fact in facts:
        if name := _carer_name((fact,)):
            groups.setdefault(fold_whole(name), []).append(fact)
    return [tuple(group) for group in groups.values()]


def _carer_name(facts: Iterable[SeenFact]) -> str:
    return _best(_by_rank(facts), _full_name) or ""


def _services(circle: _Circle) -> list[tuple[ServiceCard, _Line]]:
    groups: dict[str, list[SeenFact]] = {}
    for fact in circle.facts:
        if fact.type in _PLACES and _sees(circle, fact):
            groups.setdefault(fact.target, []).append(fact)
    made = []
    for group in groups.values():
        lines = _lines(circle, group)
        made += [(_service_card(circle, line), line) for line in lines]
    return made


def _service_card(circle: _Circle, line: _Line) -> ServiceCard:
    first = _by_rank(line.facts)[0]
    kind = kind_named(_kind(line.facts))
    seen_by = _seen_by(circle, line)
    listed = kind.visibility is Visibility.OPEN
    workers = [_worker(fact, circle.asking.card_key if listed else None) for fact in seen_by]
    main = next((worker for worker in workers if worker is not None), None)
    lead = any(fact.lead is True for fact in seen_by) and line.standing is not Standing.ENDED
    me = circle.asking.practitioner_id
    mine = any(me is not None and fact.target == me for fact in seen_by)
    return ServiceCard(
        key=_key(circle, f"{first.target} {line.ended_on}"),
        domain=kind.domain,
        tier=kind.tier,
        kind=kind.name,
        name=_best(line.facts, lambda said: said.name) or kind.words,
        practitioner=main.name if main else None,
        role=main.role if main else None,
        contact=_contact(line.facts),
        practitioner_contact=main.contact if main else Contact(),
        since=line.since,
        until=line.until,
        standing=line.standing,
        lead=lead,
        you=line.standing is not Standing.ENDED and (mine or first.target == circle.asking.service_id),
        sources=line.sources,
        organisation=_best(line.facts, lambda said: said.organisation),
        others=tuple(worker for worker in workers if worker is not None and worker != main),
        service_id=None if kind.visibility is Visibility.SENSITIVE else first.target,
        practitioner_key=main.practitioner_key if main else None,
    )


def _seen_by(circle: _Circle, line: _Line) -> list[SeenFact]:
    """Who of the service sees the child by the involvements of this line: the lead first, then the newest."""
    wanted = {(fact.source, fact.supplier, fact.involvement) for fact in line.facts if fact.involvement is not None}
    found = [
        fact
        for fact in circle.facts
        if fact.type == "SEEN_BY"
        and _involvement(fact) in wanted
        and fact.interval.begun(circle.on)
        and (line.standing is Standing.ENDED or not fact.interval.ended(circle.on))
    ]
    return sorted(found, key=lambda fact: (fact.lead is not True, _newest_first(fact.since), fact.target))


def _worker(fact: SeenFact, key: bytes | None) -> Worker | None:
    """Who sees the child; with the key of their page in the directory if a key to make it of is given."""
    name = _best((fact,), lambda said: said.called)
    if name is None:
        return None
    role = fact.role or _best((fact,), lambda said: said.role)
    return Worker(name, role, _contact((fact,)), None if key is None else practitioner_key(key, fact.target))


def _contact(facts: Sequence[SeenFact]) -> Contact:
    return Contact(
        telephone=_best(facts, lambda said: said.telephone),
        out_of_hours=_best(facts, lambda said: said.out_of_hours),
        email=_best(facts, lambda said: said.email),
        hours=_best(facts, lambda said: said.hours),
    )


def _lines(circle: _Circle, facts: Iterable[SeenFact]) -> list[_Line]:
    """The line that is current, and each period that ended before it, newest first; the signpost has no ended ones.

    Where one source says that something ended and another that it goes on, it goes on: an end counts as an earlier
    period only if it came before the current line began.
    """
    begun = [fact for fact in facts if fact.interval.begun(circle.on)]
    current = [fact for fact in begun if not fact.interval.ended(circle.on)]
    lines = [_line(circle, current)] if current else []
    if circle.depth is Depth.SIGNPOST:
        return lines
    widest = circle.chosen.widest
    ended = [fact for fact in begun if fact.interval.ended(circle.on) and widest.keeps(fact.interval)]
    if lines:
        since = lines[0].since
        ended = [fact for fact in ended if since is not None and fact.until is not None and fact.until <= since]
    return lines + [_line(circle, period) for period in reversed(_periods(ended))]


def _periods(facts: Iterable[SeenFact]) -> list[list[SeenFact]]:
    """Facts that have ended, those that overlap or follow at once together: one period each, oldest first."""
    periods: list[list[SeenFact]] = []
    reached = date.min
    for fact in sorted(facts, key=lambda each: (each.since or date.min, each.until or date.max, each.fact_id)):
        if periods and (fact.since or date.min) <= reached:
            periods[-1].append(fact)
        else:
            periods.append([fact])
        reached = max(reached, fact.until or date.max)
    return periods


def _line(circle: _Circle, facts: Sequence[SeenFact]) -> _Line:
    sources = _sources(circle, facts)
    ends = [fact.until for fact in facts]
    over = all(fact.interval.ended(circle.on) for fact in facts)
    confirmed = any(is_confirmed(source, circle.on) for source in sources)
    return _Line(
        facts=tuple(facts),
        since=min((fact.since for fact in facts if fact.since is not None), default=None),
        until=max((end for end in ends if end is not None), default=None) if None not in ends else None,
        standing=Standing.ENDED if over else Standing.CURRENT if confirmed else Standing.UNCONFIRMED,
        sources=sources,
    )


def _sources(circle: _Circle, facts: Sequence[SeenFact]) -> tuple[Provenance, ...]:
    """Each source once, with the newest of its confirmations, in the order in which they are believed."""
    records = {record.record: record for record in circle.records}
    found: dict[tuple[str, str], Provenance] = {}
    owner = _best(facts, lambda said: said.organisation)
    for fact in _by_rank(facts):
        record = records.get(fact.record or "")
        runs = [fact.run, *([record.run, *record.confirmed_by] if record else [])]
        said = (
            Provenance(TITLE, fact.supplier, fact.said.on, EVERY_DAYS, national=False)
            if fact.said
            else circle.asking.received.provenance(fact.source, fact.supplier, runs, owner)
        )
        known = found.get((fact.source, fact.supplier))
        origins = dict.fromkeys((*(known.origins if known else ()), *_origins(circle, record)))
        newest = known if known and (known.confirmed_on or date.min) >= (said.confirmed_on or date.min) else said
        found[(fact.source, fact.supplier)] = replace(newest, origins=tuple(origins))
    return tuple(found.values())


def _origins(circle: _Circle, record: SeenRecord | None) -> tuple[Origin, ...]:
    """Where a record came from, for those who look after the data; nothing for everybody else."""
    if record is None or decide(circle.asking.viewer, circle.relation, Part.ORIGIN) is not Sight.SHOWN:
        return ()
    at = circle.asking.lines.get(record.record)
    run = (at.file_run if at else None) or record.run
    return (circle.asking.received.origin(record.source, record.supplier, run, at.line if at else None),)


def _naming_records(child: SeenChild, viewer: Viewer, relation: Relation) -> tuple[SeenRecord, ...]:
    """The records that may name the child to this user: not those of involvements that this user may not see."""
    naming = tuple(record for record in child.records if _names(record, viewer, relation))
    if child.shielded and decide(viewer, relation, Part.SERVICE, shielded=True) is not Sight.SHOWN:
        # A service's own spelling of the name, or of a carer's, would tell that the service knows the child.
        return tuple(record for record in naming if record.source not in OF_A_SERVICE) or naming
    return naming


def _names(record: SeenRecord, viewer: Viewer, relation: Relation) -> bool:
    if record.source not in OF_A_SERVICE:
        return True
    levels = [kind_named(kind).visibility for kind in record.kinds]
    return any(decide(viewer, relation, Part.SERVICE, visibility=level) is Sight.SHOWN for level in levels)


def _facts_said_by(child: SeenChild, records: Iterable[SeenRecord]) -> tuple[SeenFact, ...]:
    known = {record.record for record in records}
    return tuple(fact for fact in child.facts if fact.record in known or fact.type == "RESPONSIBILITY_OF")


def _sees(circle: _Circle, fact: SeenFact) -> bool:
    if circle.asking.act is Act.SHEET and _visibility(fact) is not Visibility.OPEN:
        # A sheet of paper is read by others than the one who printed it.
        return False
    if fact.type in _KIND_OF and circle.withholds_whereabouts and fact.target != circle.asking.service_id:
        return False
    part = Part.ENDED if fact.interval.ended(circle.on) else Part.SERVICE
    sight = decide(
        circle.asking.viewer,
        circle.relation,
        part,
        visibility=_visibility(fact),
        shielded=circle.child.shielded,
    )
    return sight is Sight.SHOWN


def _visibility(fact: SeenFact) -> Visibility:
    if fact.type in _KIND_OF and not any(said.kind for said in fact.described):
        return Visibility.OPEN
    return strictest([kind_named(said.kind).visibility for said in fact.described])


def _kind(facts: Sequence[SeenFact]) -> str | None:
    """The kind of a service: the most guarded one said of it, else what the relationship itself tells."""
    said = kind_said([each for fact in facts for each in fact.described])
    return said or next((_KIND_OF[fact.type] for fact in facts if fact.type in _KIND_OF), None)


def kind_said(described: Iterable[Described]) -> str | None:
    """The most guarded kind that is said of a service; None if nobody says one."""
    said = [kind_named(each.kind) for each in described if each.kind]
    if not said:
        return None
    guarded = strictest([kind.visibility for kind in said])
    return next(kind.name for kind in said if kind.visibility is guarded)


def _state(child: SeenChild, records: Sequence[SeenRecord], today: date) -> State:
    died_on = _chosen(records, lambda record: record.died_on)
    return state_of(_date_of_birth(records), died_on, today, stays_until(child))


def stays_until(child: SeenChild) -> date | None:
    """The day until which the young person stays by consent; None without one."""
    return max((record.stays_until for record in child.records if record.stays_until is not None), default=None)


def born(child: SeenChild) -> date | None:
    """The date of birth by the registers; None if none says one."""
    return _date_of_birth([record for record in child.records if record.source not in OF_A_SERVICE])


def _name(records: Sequence[SeenRecord]) -> str:
    parts = _chosen(records, _both_names) or (_forename(records), "")
    return " ".join(part for part in parts if part)


def _both_names(record: SeenRecord) -> tuple[str, str] | None:
    return (record.forename, record.family_name) if record.forename and record.family_name else None


def _forename(records: Sequence[SeenRecord]) -> str:
    both = _chosen(records, _both_names)
    one = _chosen(records, lambda record: record.forename or record.family_name or None)
    return (both[0] if both else one) or "This child"


def _date_of_birth(records: Sequence[SeenRecord]) -> date | None:
    return _chosen(records, lambda record: record.date_of_birth)


def _sex(records: Sequence[SeenRecord]) -> str:
    return _chosen(records, lambda record: record.sex if record.sex not in (None, "unknown") else None) or "unknown"


def _chosen(records: Iterable[SeenRecord], value: Callable[[SeenRecord], Value | None]) -> Value | None:
    """The value of the source believed first, of its newest record; None if nobody says."""
    newest = sorted(records, key=lambda each: (_rank(each.source, _SOURCES), -_last_said(each), each.record))
    return next((found for record in newest if (found := value(record)) is not None), None)


def _last_said(record: SeenRecord) -> int:
    return max([record.run, *record.confirmed_by])


def _best(facts: Iterable[SeenFact], value: Callable[[Described], str | None]) -> str | None:
    """What the source believed first says of the other end of these facts; None if nobody does."""
    return best_said([each for fact in facts for each in fact.described], value)


def best_said(said: Iterable[Described], value: Callable[[Described], str | None]) -> str | None:
    """What the source believed first says; None if nobody does."""
    newest = sorted(said, key=lambda each: (_rank(each.source, _SOURCES), -each.run))
    return next((found for each in newest if (found := value(each))), None)


def _full_name(said: Described) -> str | None:
    return " ".join(part for part in (said.forename, said.family_name) if part) or None


def _by_rank(facts: Iterable[SeenFact]) -> list[SeenFact]:
    return sorted(facts, key=lambda fact: (_rank(fact.source, _SOURCES), -fact.run, fact.fact_id))


def _rank(source: str, order: Sequence[str]) -> int:
    return order.index(source) if source in order else len(order)


def _newest_first(day: date | None) -> int:
    return -(day.toordinal() if day else 0)


def _first(facts: Iterable[SeenFact]) -> SeenFact | None:
    return next(iter(facts), None)


def _key(circle: _Circle, thing: str) -> str:
    """A name for a card that stays the same in this session and means nothing outside it."""
    text = f"{circle.child.child_id} {fold_whole(thing)}"
    return "c" + hmac.new(circle.asking.card_key, text.encode(), hashlib.sha256).hexdigest()[:12]


def _service_order(card: ServiceCard) -> tuple[object, ...]:
    return (
        list(Domain).index(card.domain),
        card.standing is Standing.ENDED,
        list(Tier).index(card.tier),
        card.name,
        card.key,
    )


def _carer_order(card: CarerCard) -> tuple[object, ...]:
    ended = card.standing is Standing.ENDED
    return (ended, not card.lives_with_child, card.parental_responsibility is not True, card.name, card.key)

"""How values are written on pages and in the drawing: dates, people, services, telephone numbers."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from graph.model.area import PERIODS, Ages, Lack, Narrowing
from graph.model.circle import CarerCard, ChildPage, Contact, Occasion, Provenance, ServiceCard, Standing
from graph.model.clock import LONDON, day_in_england, moment_of
from graph.model.holdings import Holding
from graph.model.kinds import Domain, Tier, kind_named
from graph.model.received import Sender, is_confirmed
from graph.model.ringing import RingLine, lines_to_ring
from graph.model.statements import Draft, OwnInvolvement, OwnService
from graph.model.timeline import Turn
from graph.model.together import Cell
from graph.services.progress import Progress
from graph.settings import readable_size

_SECTORS = {
    Domain.EDUCATION: "education",
    Domain.HEALTH: "health",
    Domain.SOCIAL_CARE: "social",
    Domain.JUSTICE: "justice",
    Domain.VOLUNTARY: "voluntary",
}
_HOURS = re.compile(r"([A-Z][a-z]{2})\s*-\s*([A-Z][a-z]{2})\s+(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")


def long_date(day: date) -> str:
    """`4 June 2017`."""
    return f"{day.day} {day:%B %Y}"


def month_year(day: date) -> str:
    """`Sep 2023`."""
    return f"{day:%b %Y}"


def clock_time(moment: datetime) -> str:
    """`2.05pm` by the clock in England."""
    there = moment.astimezone(LONDON)
    return f"{(there.hour + 11) % 12 + 1}.{there.minute:02}{'am' if there.hour < 12 else 'pm'}"


def short_date(day: date, today: date) -> str:
    """`3 Nov`, with its year if that is not this year's."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def counted(number: int, word: str, words: str | None = None) -> str:
    """`1 carer`, `2 carers`."""
    return f"{number} {word if number == 1 else words or word + 's'}"


def several(kind: str) -> str:
    """More than one service of a kind: `schools`, `GP practices`, `health visiting services`."""
    word = kind if kind.startswith("GP") else kind[:1].lower() + kind[1:]
    return (
        f"{word}s"
        if word.endswith(("school", "practice", "service", "organisation", "hospital"))
        else f"{word} services"
    )


def age(years: int | None) -> str:
    """`9 years old`; of a baby `under 1 year old`."""
    if years == 0:
        return "under 1 year old"
    return "age not known" if years is None else f"{counted(years, 'year')} old"


def sex(value: str) -> str:
    """`Female`; anything but the words of the record is `Not known`."""
    return value.capitalize() if value in {"female", "male", "other"} else "Not known"


def anchor(key: str) -> str:
    """The id of the list row of a card, made of its key; one card has one row."""
    return "card-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def telephone(number: str) -> str:
    """The address of a telephone link."""
    return "tel:" + "".join(letter for letter in number if letter.isascii() and (letter.isdigit() or letter == "+"))


def spoken(number: str) -> str:
    """A telephone number in the groups in which it is read out: `07700 900142`, `020 7946 0018`, `01632 960118`."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    if len(digits) != 11 or not digits.startswith("0") or digits != number.strip().replace(" ", ""):
        return number
    if digits.startswith("02"):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if digits.startswith(("03", "08")) or digits[2] == "1" or digits[3] == "1":
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return f"{digits[:5]} {digits[5:]}"


def hours(text: str) -> str:
    """Opening hours as people write them: `Mon to Fri, 9am to 5pm` for `Mon-Fri 09:00-17:00`; others as they come."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return text
    first, last, opens, shuts = found.groups()
    return f"{first} to {last}, {_clock(opens)} to {_clock(shuts)}"


def _clock(text: str) -> str:
    hour, minute = int(text[:2]), text[3:]
    return f"{(hour + 11) % 12 + 1}{'' if minute == '00' else '.' + minute}{'am' if hour < 12 else 'pm'}"


def mail(address: str) -> str:
    """The address of an e-mail link."""
    return "mailto:" + address


def who(card: ServiceCard) -> str:
    """Who works with the child there, or what kind of service it is: `Priya Nair, social worker`."""
    named = ", ".join(part for part in (card.practitioner, card.role) if part)
    return named or ("" if _says_its_kind(card) else card.kind_words)


def belonging(card: ServiceCard) -> str:
    """What its name leaves open: the kind of service and whose it is: `Early help, Northshire County Council`."""
    kind = "" if _says_its_kind(card) or not card.practitioner else card.kind_words
    owner = card.organisation or ""
    return ", ".join(part for part in (kind, "" if owner in card.name else owner) if part)


def _says_its_kind(card: ServiceCard) -> bool:
    return card.kind_words.casefold() in card.name.casefold()


def spaced(number: str) -> str:
    """The directory's number in two groups: `K7Q2M 94D3X`."""
    half = (len(number) + 1) // 2
    return f"{number[:half]} {number[half:]}" if len(number) > 5 else number


def reachable(contact: Contact) -> bool:
    """Whether there is any way to reach somebody."""
    return any((contact.telephone, contact.out_of_hours, contact.email))


def best_contact(card: ServiceCard) -> Contact:
    """The person's own contact with what the service adds to it: its out of hours number, say."""
    own, team = card.practitioner_contact, card.contact
    if not reachable(own):
        return team
    if own.telephone is not None and own.telephone.replace(" ", "") != (team.telephone or "").replace(" ", ""):
        return replace(own, out_of_hours=own.out_of_hours or team.out_of_hours)
    return replace(own, out_of_hours=own.out_of_hours or team.out_of_hours, hours=own.hours or team.hours)


def team_contact(card: ServiceCard) -> Contact:
    """How to reach the team besides the person: only what differs from the person's own number and what that adds."""
    own, team = best_contact(card), card.contact
    if not reachable(card.practitioner_contact) or card.practitioner is None:
        return Contact()
    same = (own.telephone or "").replace(" ", "") == (team.telephone or "").replace(" ", "")
    return Contact() if same or not team.telephone else replace(team, out_of_hours=None)


def lead_words(card: ServiceCard) -> str:
    """`social worker and lead professional, Early help`."""
    role = f"{card.role} and lead professional" if card.role else "lead professional"
    return f"{role}, {card.name}" if card.practitioner else role


def others_to_ring(page: ChildPage) -> tuple[ServiceCard, ...]:
    """The services of today that can be reached, besides the lead; targeted and statutory ones first."""
    current = (card for card in page.to_ring if card != page.lead)
    return tuple(
        sorted(
            (card for card in current if reachable(best_contact(card))),
            key=lambda card: (card.tier is Tier.UNIVERSAL, card.name, card.key),
        )
    )


def ring_lines(card: ServiceCard, occasion: Occasion) -> tuple[RingLine, ...]:
    """The numbers of a service or of its person, the line that is open at that moment first."""
    own = best_contact(card)
    lines = lines_to_ring(own, occasion.at, card.contact.hours)
    return tuple(replace(line, words=hours(line.words)) for line in lines)


def last_confirmed(sources: Iterable[Provenance]) -> date | None:
    """The last day on which a source confirmed it; None if none has."""
    return max((source.confirmed_on for source in sources if source.confirmed_on), default=None)


def carer_role(carer: CarerCard) -> str:
    """`Mother, parental responsibility`; where it is not known, or not so, nothing is said of it."""
    relationship = carer.relationship[:1].upper() + carer.relationship[1:] or "Carer"
    return f"{relationship}, parental responsibility" if carer.parental_responsibility else relationship


def period(card: ServiceCard | CarerCard) -> str:
    """Since when, and until when if it has ended: `Since Sep 2023`, `Jan 2025 to Mar 2026`."""
    since = month_year(card.since) if card.since else None
    if card.standing is Standing.ENDED:
        until = month_year(card.until) if card.until else "a day not recorded"
        return f"{since} to {until}" if since else f"Ended {until}"
    return f"Since {since}" if since else "Start not recorded"


def lower_first(text: str) -> str:
    """The text as it goes on after a comma: `since Sep 2023`; months keep their capital."""
    return text[:1].lower() + text[1:] if text.startswith(("Since", "Start", "Ended")) else text


def confirmation(card: ServiceCard | CarerCard, today: date) -> str:
    """How lately which source confirmed it, in one sentence; empty for what has ended."""
    if card.standing is Standing.ENDED:
        return ""
    confirmed = last_confirmed(card.sources)
    if confirmed is None:
        return "Never confirmed by its source."
    if card.standing is Standing.UNCONFIRMED:
        return f"Last confirmed {short_date(confirmed, today)}, expected {interval(card.sources)}."
    by = _confirming(card, today)
    return f"Confirmed {short_date(by.confirmed_on or confirmed, today)} by {confirmed_by(by)}."


def confirmed_by(source: Provenance) -> str:
    """Who says a line, as people know them: `a national register`, `the list from Northshire Council`."""
    if source.national:
        return "a national register"
    return f"the list from {source.sender}" if source.sender else "the sender’s own list"


def said_by(sources: Iterable[Provenance]) -> str:
    """Who says a line, each once: `a national register and the list from Northshire Council`."""
    names = list(dict.fromkeys(confirmed_by(source) for source in sources))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def said_of(card: ServiceCard | CarerCard) -> str:
    """Who a card is about besides its name, as the first words of a line, with a full stop and a space after them."""
    words = carer_role(card) if isinstance(card, CarerCard) else who(card)
    return f"{words[:1].upper()}{words[1:]}. " if words else ""


def turned(card: ServiceCard | CarerCard, turn: Turn) -> str:
    """What happened on a day of the time-line: `Early help: began`, `Joe Costa: carer until this day`."""
    if isinstance(card, ServiceCard):
        return f"{card.name}: {turn}"
    return f"{card.name}: carer {'from' if turn is Turn.BEGAN else 'until'} this day"


def sheet_order(page: ChildPage) -> tuple[ServiceCard, ...]:
    """The contacts of a sheet: the lead professional, then targeted and statutory services, then those for all."""
    return tuple(
        sorted(page.to_ring, key=lambda card: (not card.lead, card.tier is Tier.UNIVERSAL, card.name, card.key))
    )


def seen_by(occasion: Occasion) -> str:
    """Who looked, when and why, in one line: it stands on everything that leaves the screen."""
    who = ", ".join(part for part in (occasion.name, occasion.organisation) if part)
    reference = f" Case reference {occasion.case_reference}." if occasion.case_reference else ""
    day = long_date(day_in_england(occasion.at))
    return f"Shown to {who} at {clock_time(occasion.at)} on {day}. Reason: {occasion.reason}.{reference}"


def _confirming(card: ServiceCard | CarerCard, today: date) -> Provenance:
    """The source that is believed first of those that are fresh: that another repeats it more often adds little."""
    newest = max(card.sources, key=lambda source: source.confirmed_on or date.min)
    return next((source for source in card.sources if is_confirmed(source, today)), newest)


def of_feed(senders: Iterable[Sender], feed: str) -> list[Sender]:
    """Those who send the files of one source."""
    return [sender for sender in senders if sender.feed == feed]


def interval(sources: Iterable[Provenance | Holding]) -> str:
    """How often the most frequent source is expected to confirm: `daily`, `every 30 days`."""
    days = min((source.every_days for source in sources), default=0)
    names = {1: "daily", 7: "weekly", 30: "monthly", 31: "monthly", 365: "yearly", 366: "yearly"}
    return names.get(days, f"every {counted(days, 'day')}")


def drawn_period(card: ServiceCard, today: date) -> tuple[str, ...]:
    """What a card in the drawing says of time, in one phrase or two: `since Sep 2023`, `confirmed 3 Nov`."""
    confirmed = last_confirmed(card.sources)
    if card.standing is Standing.ENDED:
        return (f"ended {month_year(card.until)}" if card.until else "ended",)
    if card.standing is Standing.UNCONFIRMED:
        return (f"not confirmed since {month_year(confirmed)}" if confirmed else "never confirmed",)
    since = f"since {month_year(card.since)}" if card.since else "start not recorded"
    if confirmed is None:
        return (since,)
    return since, f"confirmed {short_date(_confirming(card, today).confirmed_on or confirmed, today)}"


def sources_of(page: ChildPage) -> tuple[Provenance, ...]:
    """Every source that a page rests on, once, by sender or title."""
    cards: tuple[ServiceCard | CarerCard, ...] = (*page.carers, *page.services)
    found = {(source.sender or source.title, source.title): source for card in cards for source in card.sources}
    return tuple(found[name] for name in sorted(found))


def _day(source: Provenance, today: date) -> str:
    return short_date(source.confirmed_on, today) if source.confirmed_on else "never confirmed"


def sources_sentence(page: ChildPage) -> str:
    """`Sources: school census 3 Nov; GP register 9 Nov.`, or that there is none."""
    named = (f"{source.sender or source.title} ({_day(source, page.as_at)})" for source in sources_of(page))
    return "Sources: " + ("; ".join(named) or "none") + "."


def moment(at: datetime | None) -> str:
    """`21 November 2026, 14:05` by the clocks of London; empty for none."""
    return f"{long_date(at.astimezone(LONDON).date())}, {at.astimezone(LONDON):%H:%M}" if at else ""


def account_state(status: str) -> str:
    """How an account stands."""
    return {"active": "Open", "invited": "Not opened by its user yet", "disabled": "Suspended"}[status]


def at_moment(at: int) -> str:
    """`21 November 2026, 14:05` of so many milliseconds since 1970."""
    return moment(moment_of(at))


def short_moment(at: datetime) -> str:
    """`21 Nov, 14:05` by the clocks of London."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%b, %H:%M}"


def curly(sentence: str) -> str:
    """A sentence of a command with the quotation marks of a page."""
    return sentence.replace("'", "’")


def number(value: int | None) -> str:
    """`53,069`; a dash where it is not known."""
    return "–" if value is None else f"{value:,}"


def share(value: float) -> str:
    """`1.5%`; what is not quite nothing or all is not said to be."""
    if 0 < value < 0.001:
        return "under 0.1%"
    return "over 99.9%" if 0.999 < value < 1 else f"{value:.1%}".replace(".0%", "%")


def size(value: int) -> str:
    """`1.5 MB`."""
    return readable_size(value)


def duration(seconds: float) -> str:
    """`under 1 second`, `40 seconds`, `2 minutes`, `3 hours`."""
    if seconds < 1:
        return "under 1 second"
    if seconds < 90:
        return counted(round(seconds), "second")
    return counted(round(seconds / 60), "minute") if seconds < 5400 else counted(round(seconds / 3600), "hour")


_STAGES = {
    "read": "Reading the file",
    "match": "Comparing it with the graph",
    "index": "Bringing the index of who is known up to date",
    "records": "Records",
    "facts": "Relationships",
    "settle": "Responsible authorities",
    "publish": "Publishing",
    "children": "Children",
    "orphans": "Records and relationships that stand alone",
    "look": "Looking for what has built on it",
    "take back": "Taking back",
}


def progress_words(progress: Progress | None) -> str:
    """How far a job is, in one line: `Records: 12,000 of 53,069, 4,300 a second, about 10 seconds left.`"""
    if progress is None or not progress.stage:
        return "Starting."
    words = [_STAGES.get(progress.stage, progress.stage.capitalize())]
    if progress.done:
        total = f" of {progress.total:,}" if progress.total else ""
        words[0] += f": {progress.done:,}{total}"
    words += [f"{progress.rate:,.0f} a second"] if progress.rate >= 1 else []
    words += [f"about {duration(progress.left)} left in this step"] if progress.left is not None else []
    return ", ".join(words) + "."


def progress_share(progress: Progress) -> float | None:
    """The share of the present step that is done; None if its size is not known."""
    return min(progress.done / progress.total, 1.0) if progress.total else None


_OUTCOMES = {"published": "Published", "running": "Running", "done": "Done", "": "Not known"}


def outcome(value: str | None) -> str:
    """A run's outcome as people say it: `Published`, `Swept away`."""
    return _OUTCOMES.get(value or "", (value or "").capitalize())


def words_of(code: str | None) -> str:
    """A code in words: `date_of_birth` is `date of birth`."""
    return (code or "").replace("_", " ")


def bars(numbers: Sequence[int]) -> list[tuple[int, int, int]]:
    """The bars of a small chart, 60 wide and 24 high: left edge, top and height of each."""
    most = max(numbers, default=0)
    heights = [max(1, round(22 * number / most)) if most else 1 for number in numbers]
    return [(index * 8, 24 - height, height) for index, height in enumerate(heights)]


def capital(text: str) -> str:
    """The text as it stands alone: with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def ground(said: OwnInvolvement | Draft) -> str:
    """On what ground an involvement is held: `Consent, given on 27 March 2026`."""
    given = f", given on {long_date(said.consent_given_on)}" if said.consent_given_on else ""
    words = {"consent": "Consent", "significant_harm": "To protect from significant harm"}
    return words.get(said.basis or "", "A public task") + given


def reached(service: OwnService) -> str:
    """How others reach a service: `01632 960 420 (Mon to Fri, 9am to 5pm)`, or that nothing is known."""
    ways = [spoken(service.telephone) if service.telephone else "", hours(service.hours) if service.hours else ""]
    return ", ".join(way for way in (*ways, service.email or "") if way) or "Not recorded in the directory"


def grouped(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def day_or(day: date | None) -> str:
    """`4 June 2017`, or that it is not recorded."""
    return "Not recorded" if day is None else long_date(day)


def in_sentence(text: str) -> str:
    """`carer`; `GP practice` stays as it is."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def kind_words(kind: str) -> str:
    """A kind of service as people say it."""
    return kind_named(kind).words


def period_words(days: int) -> str:
    """`12 months`."""
    return PERIODS[days]


def sector_css(domain: Domain) -> str:
    """The name of a domain's colour."""
    return _SECTORS[domain]


def cell_words(cell: Cell) -> str:
    """How one service stands with one of several children."""
    since = f"Since {month_year(cell.since)}" if cell.since else "Start not recorded"
    match cell.standing:
        case Standing.ENDED:
            return f"Ended {month_year(cell.until)}" if cell.until else "Ended"
        case Standing.UNCONFIRMED:
            return f"{since}, not confirmed lately"
        case Standing.CURRENT:
            return since


def asked_words(narrowing: Narrowing) -> list[str]:
    """What was asked of the children of an area, filter by filter."""
    words = []
    if narrowing.agencies:
        words.append(f"{narrowing.agencies} or more agencies now" if narrowing.agencies > 1 else "1 agency or more now")
    words += [f"{kind_named(kind).words} involved now" for kind in sorted(narrowing.kinds)]
    if narrowing.overlap_days:
        days = counted(narrowing.overlap_days, "day")
        words.append(
            f"{narrowing.together} or more agencies at once on at least {days} of the last {PERIODS[narrowing.period]}"
        )
    if narrowing.ages is not Ages.ANY:
        words.append(f"Aged {narrowing.ages.words[:1].lower()}{narrowing.ages.words[1:]}")
    return words + [lack.words for lack in Lack if lack in narrowing.lacks]


FILTERS = {
    function.__name__: function
    for function in (
        account_state,
        age,
        anchor,
        asked_words,
        at_moment,
        bars,
        belonging,
        best_contact,
        capital,
        carer_role,
        cell_words,
        clock_time,
        confirmation,
        confirmed_by,
        counted,
        curly,
        day_or,
        duration,
        ground,
        grouped,
        hours,
        in_sentence,
        interval,
        kind_words,
        lead_words,
        long_date,
        lower_first,
        mail,
        moment,
        month_year,
        number,
        of_feed,
        others_to_ring,
        outcome,
        period,
        period_words,
        progress_share,
        progress_words,
        reachable,
        reached,
        ring_lines,
        said_by,
        said_of,
        sector_css,
        seen_by,
        sex,
        share,
        sheet_order,
        short_date,
        short_moment,
        size,
        sources_sentence,
        spaced,
        spoken,
        team_contact,
        telephone,
        turned,
        who,
        words_of,
    )
}

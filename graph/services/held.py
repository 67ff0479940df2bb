"""Everything that is held about one child, as lines that say who says them: what a subject-access pack is made of.

Lines that say the same fold into one with several sources, but a source that some may not see stays a line of its own.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

from graph.model.evidence import Described
from graph.model.feeds import FEEDS
from graph.model.intervals import in_words
from graph.model.kinds import Visibility, kind_named
from graph.model.packs import Concern, Item, Section, Sent, Source
from graph.model.statements import SOURCE, TITLE
from graph.services.circle import OF_A_SERVICE, best_said, kind_said

_COMPUTED = "computed"
_NOT_KNOWN = Sent(None, None, None, None)
_PLACES = {"ATTENDS": "School", "REGISTERED_WITH": "GP practice"}


@dataclass(frozen=True)
class SaidOf:
    """What one version of a record says of the child."""

    forename: str | None
    middle_names: str | None
    family_name: str | None
    preferred_forename: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: tuple[str, ...]
    date_of_birth: date | None
    sex: str | None
    multiple_birth: bool | None
    died_on: date | None
    left_england: bool | None
    restricted: bool | None
    stays_as: str | None
    consent_given_on: date | None
    stays_until: date | None
    nhs_number: str | None
    upn: str | None
    former_upn: str | None
    local_id: str | None
    postcode: str | None
    former_postcodes: tuple[str, ...]
    telephone: str | None
    email: str | None


@dataclass(frozen=True)
class HeldRecord:
    """One version of one record."""

    record: str
    source: str
    supplier: str
    said_now: bool
    sent: Sent | None
    said_on: date | None
    said: SaidOf
    kinds: tuple[str | None, ...]


@dataclass(frozen=True)
class HeldFact:
    """One relationship of the child, with what is known of its other end."""

    type: str
    fact_id: str
    record: str | None
    source: str
    supplier: str
    since: date | None
    until: date | None
    said_now: bool
    sent: Sent | None
    said_on: date | None
    relationship: str | None
    parental_responsibility: bool | None
    enrolment: str | None
    year_group: str | None
    involvement: str | None
    basis: str | None
    consent_given_on: date | None
    role: str | None
    lead: bool | None
    target: str
    described: tuple[Described, ...]
    lines: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, str | None]:
        """The involvement that it is part of."""
        return (self.source, self.supplier, self.involvement)


_LABELS: dict[Section, dict[str, str]] = {
    Section.CHILD: {
        "forename": "First name",
        "middle_names": "Middle names",
        "family_name": "Family name",
        "preferred_forename": "Preferred first name",
        "preferred_family_name": "Preferred family name",
        "former_family_name": "Former family name",
        "other_names": "Other name",
        "date_of_birth": "Date of birth",
        "sex": "Sex",
        "multiple_birth": "Twin or triplet",
        "died_on": "Died on",
        "left_england": "Has left England",
        "stays_as": "Consent to stay after the 18th birthday: why",
        "consent_given_on": "Consent to stay after the 18th birthday: given on",
        "stays_until": "Consent to stay after the 18th birthday: until",
    },
    Section.NUMBERS: {
        "nhs_number": "NHS number",
        "upn": "Unique pupil number",
        "former_upn": "Former unique pupil number",
        "local_id": "Number in the sender’s own list",
    },
    Section.HOME: {
        "postcode": "Postcode",
        "former_postcodes": "Former postcode",
        "telephone": "Telephone",
        "email": "Email",
        "restricted": "Marked by the NHS so that nobody is told where the child is",
    },
}


@dataclass(frozen=True)
class Lines:
    """Makes the lines of one child. `guards` is whether its whereabouts may give a shielded child away."""

    key: bytes
    guards: bool
    _found: dict[tuple[object, ...], Item] = field(default_factory=dict)

    def items(self) -> tuple[Item, ...]:
        """The lines, part by part."""
        order = list(Section)
        return tuple(sorted(self._found.values(), key=lambda item: order.index(item.section)))

    def add(self, item: Item) -> None:
        """Keeps a line; one that says the same has its sources added."""
        what = (item.section, item.label, item.value, item.since, item.until, item.concern)
        known = self._found.get(what)
        if known is None:
            made = hmac.new(self.key, repr(what).encode(), sha256).hexdigest()[:12]
            self._found[what] = replace(item, key=f"i{made}")
            return
        self._found[what] = replace(
            known,
            sources=tuple(dict.fromkeys((*known.sources, *item.sources))),
            names=tuple(dict.fromkeys((*known.names, *item.names))),
            facts=tuple(dict.fromkeys((*known.facts, *item.facts))),
        )


def lines_of(lines: Lines, records: Sequence[HeldRecord], facts: Sequence[HeldFact]) -> None:
    """Nothing; every record and fact stands in `lines`. What was said of another child's record is left out."""
    for record in records:
        for item in _of_record(lines, record):
            lines.add(item)
    own = {record.record for record in records}
    kinds = {place: [_kind(fact) for fact in facts if _is_at(fact, place)] for place in {fact.place for fact in facts}}
    for fact in facts:
        # What ended with a record that has been given to another child is that child's.
        if fact.said_now or fact.record in own:
            for item in _of_fact(lines, fact, kinds):
                lines.add(item)


def _of_record(lines: Lines, record: HeldRecord) -> Iterator[Item]:
    source = _source(record)
    for section, labels in _LABELS.items():
        place = section is Section.HOME
        concern = _concern(lines, record, place=place, guarded=_of_guarded_service(record))
        for name, label in labels.items():
            for value in _values(getattr(record.said, name)):
                yield Item(
                    key="",
                    section=section,
                    label=label,
                    value=value,
                    concern=concern,
                    sources=(source,),
                    names=(f"{name}@{record.record}",),
                    number=section is Section.NUMBERS,
                )


def _values(said: object) -> tuple[str, ...]:
    """What a column says in words, once each; nothing if it says nothing."""
    match said:
        case None | "":
            return ()
        case bool():
            return ("Yes" if said else "No",)
        case date():
            return (in_words(said),)
        case tuple():
            return tuple(str(each) for each in said)
        case _:
            return (str(said),)


def _is_at(fact: HeldFact, place: tuple[str, str, str | None]) -> bool:
    return fact.type == "INVOLVES" and fact.place == place


def _of_fact(
    lines: Lines, fact: HeldFact, kinds: dict[tuple[str, str, str | None], list[str | None]]
) -> Iterator[Item]:
    match fact.type:
        case "LIVES_AT":
            concern = _concern(lines, fact, place=True)
            yield _item(fact, Section.HOME, "Home", ", ".join(fact.lines), concern)
        case "CARED_FOR_BY":
            yield from _of_carer(fact)
        case "ATTENDS" | "REGISTERED_WITH":
            words = [_name(fact), fact.enrolment, fact.year_group and f"year group {fact.year_group}"]
            concern = _concern(lines, fact, place=True)
            yield _item(fact, Section.PLACES, _PLACES[fact.type], ", ".join(filter(None, words)), concern)
        case "RESPONSIBILITY_OF":
            # It is worked out from where the child lives.
            concern = _concern(lines, fact, place=True)
            yield _item(fact, Section.PLACES, "Responsible authority", _name(fact) or fact.target, concern)
        case _:
            # A person is as guarded as the service that they work for.
            concern = _concern(lines, fact, place=True, guarded=_guarded(kinds[fact.place]))
            said = _service(fact) if fact.type == "INVOLVES" else _person(fact)
            label = "Service" if fact.type == "INVOLVES" else "Who sees the child there"
            yield _item(fact, Section.SERVICES, label, said, concern)


def _of_carer(fact: HeldFact) -> Iterator[Item]:
    responsible = fact.parental_responsibility
    words = {True: "has parental responsibility", False: "no parental responsibility", None: None}[responsible]
    who = _name(fact) or "A carer whose name is not held"
    said = ", ".join(filter(None, (who, fact.relationship, words)))
    yield _item(fact, Section.CARERS, "Carer", said, Concern.THIRD_PARTY)
    reach = [best_said(fact.described, lambda each: each.telephone), best_said(fact.described, lambda each: each.email)]
    if any(reach):
        said = f"{who}: {', '.join(filter(None, reach))}"
        yield replace(
            _item(fact, Section.CARERS, "How to reach a carer", said, Concern.THIRD_PARTY),
            names=(f"carer_contact@{fact.fact_id}",),
        )


def _service(fact: HeldFact) -> str:
    kind = _kind(fact)
    organisation = best_said(fact.described, lambda each: each.organisation)
    name = _name(fact)
    words = [name or "A service whose name is not held", kind_named(kind).words if kind else None]
    words += [organisation if organisation != name else None]
    words += [f"held by {fact.basis.replace('_', ' ')}" if fact.basis else None]
    words += [f"consent given on {in_words(fact.consent_given_on)}" if fact.consent_given_on else None]
    return ", ".join(dict.fromkeys(filter(None, words)))


def _person(fact: HeldFact) -> str:
    words = [_name(fact) or "A person whose name is not held", fact.role, "lead professional" if fact.lead else None]
    return ", ".join(filter(None, words))


def _item(fact: HeldFact, section: Section, label: str, value: str, concern: Concern) -> Item:
    return Item(
        key="",
        section=section,
        label=label,
        value=value,
        concern=concern,
        sources=(_source(fact),),
        since=fact.since,
        until=fact.until,
        names=(f"{fact.type.lower()}@{fact.fact_id}",),
        facts=(fact.fact_id,),
    )


def _concern(lines: Lines, said: HeldRecord | HeldFact, *, place: bool, guarded: bool = False) -> Concern:
    """Why this needs thought: of a shielded child also whatever a local sender says, since it tells where they are."""
    local = said.sent is None or not said.sent.national
    if lines.guards and (place or local):
        return Concern.WHEREABOUTS
    return Concern.GUARDED if guarded else Concern.OWN


def _of_guarded_service(record: HeldRecord) -> bool:
    """Whether who says this tells of a service that is not shown to everybody. Consent to stay is of no service."""
    return record.source in OF_A_SERVICE and record.said.stays_until is None and _guarded(record.kinds)


def _guarded(kinds: Sequence[str | None]) -> bool:
    """Whether a service of one of these kinds is not shown to everybody; one whose kind is not known is not."""
    return not kinds or any(kind_named(kind).visibility is not Visibility.OPEN for kind in kinds)


def _kind(fact: HeldFact) -> str | None:
    return kind_said(fact.described)


def _name(fact: HeldFact) -> str | None:
    return best_said(fact.described, lambda said: said.called)


def _source(said: HeldRecord | HeldFact) -> Source:
    if said.source == SOURCE:
        return Source(TITLE, said.supplier, None, said.said_on, said.said_now)
    if said.source == _COMPUTED:
        return Source("Worked out from where the child lives or learns", said.supplier, None, None, said.said_now)
    feed, sent = FEEDS.get(said.source), said.sent or _NOT_KNOWN
    title = sent.title or (feed.title if feed else said.source.replace("_", " ").capitalize())
    return Source(title, said.supplier, sent.file, sent.received_on, said.said_now)

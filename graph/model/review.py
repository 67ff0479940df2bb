"""Two entries that may be one child: what a person is asked, in which order, of how many people, in which words.

A proposal is made by a load (`loaders/who`), for a record that it may neither join nor forget. No number of the
proposal is shown to anybody: a weight in bits is neither a probability nor a risk, and reads like one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from graph.model.errors import Refused
from graph.model.intervals import age_on
from graph.model.kinds import KINDS, Tier, Visibility
from graph.model.looks import why_of, words_of

YOUNG = 5  # years; matching.md 7
# A second-best that is nearer than this is nearly as good (matching.md 6.1), in bits.
LEAD = 8.0
# Open involvement of these stands for the safeguarding flags of matching.md 7, which the directory does not hold. Only
# kinds that every data manager sees: what one may not see orders nothing that one does.
FIRST_KINDS = sorted(
    kind.name for kind in KINDS.values() if kind.tier is Tier.STATUTORY and kind.visibility is Visibility.OPEN
)


class Doubt(StrEnum):
    """Why a person has to decide (matching.md 6); `loaders/who/policy` says when each holds."""

    NUMBERS_CLASH = "A valid number of the one differs from the other's."
    NUMBER_ELSEWHERE = "Somebody else holds the number of this record."
    FORENAME_DIFFERS = "The forenames differ."
    FORENAME_UNKNOWN = "No forename is known on one side, and no number speaks for them."
    CO_TWIN = "The forenames only resemble, at the same birthday and in the same home: this may be a twin."
    MULTIPLE_BIRTH = "One is of a multiple birth, and neither a number nor the exact forename says which."
    NAMES_SWAPPED = "The names stand in each other's place, and neither number nor district speaks for them."
    NAMES_DIFFER = "The forename only resembles, and the family name differs."
    NOTHING_EXACT = "Neither the forename nor the date of birth is exactly the same, and no number speaks for them."
    SEX_DIFFERS = "The sex differs, and the forename is not the same."
    BIRTHDAY_DIFFERS = "The dates of birth differ, and no number speaks for them."
    BIRTHDAY_UNKNOWN = "No date of birth is known on one side, and no number speaks for them."
    NAMESAKE = "Neither address nor number agrees: this may be a namesake."
    BAND = "The weight is not enough to link and too much to forget."
    NEAR_TIE = "Another person fits nearly as well."
    IMPOSSIBLE = "All records linked to this person cannot be one person's."
    PARTED = "People have decided that two whom this record fits are different persons."
    SAID = "A person has said that this entry and a known child may be one."

    @property
    def short(self) -> str:
        """The reason in a line of a list."""
        return _DOUBTS[self][0]

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return _DOUBTS[self][1]


_DOUBTS: dict[Doubt, tuple[str, str]] = {
    Doubt.NUMBERS_CLASH: (
        "Numbers differ",
        "Both have an NHS number or a UPN, and the numbers differ. One child has one number, unless one is wrong.",
    ),
    Doubt.NUMBER_ELSEWHERE: (
        "Number held by another child",
        "The number in the new entry is recorded for another child already.",
    ),
    Doubt.FORENAME_DIFFERS: (
        "Forenames differ",
        "The forenames differ. Brothers and sisters agree in nearly everything else.",
    ),
    Doubt.FORENAME_UNKNOWN: ("Forename not known", "One of the two has no forename, and no number says who it is."),
    Doubt.CO_TWIN: (
        "May be a twin",
        "The forenames are alike but not the same, with one birthday and one home. This may be a twin.",
    ),
    Doubt.MULTIPLE_BIRTH: (
        "Twin or triplet",
        "One of the two is recorded as a twin or triplet, and nothing says which of them the new entry is about.",
    ),
    Doubt.NAMES_SWAPPED: (
        "Names the other way round",
        "Forename and family name stand the other way round, and neither a number nor the place says it is one child.",
    ),
    Doubt.NAMES_DIFFER: ("Names differ", "The forenames are alike but not the same, and the family names differ."),
    Doubt.NOTHING_EXACT: (
        "Name and birthday only alike",
        "Forename and date of birth are both alike but not the same, and no number says that this is one child.",
    ),
    Doubt.SEX_DIFFERS: ("Sex differs", "The sex differs, and the forenames are not the same."),
    Doubt.BIRTHDAY_DIFFERS: (
        "Dates of birth differ",
        "The dates of birth differ, and no number says that this is one child.",
    ),
    Doubt.BIRTHDAY_UNKNOWN: (
        "Date of birth not known",
        "One of the two has no date of birth, and no number says who it is.",
    ),
    Doubt.NAMESAKE: (
        "May be a namesake",
        "Neither an address nor a number is the same. Two children may have one name and one birthday.",
    ),
    Doubt.BAND: ("Not enough to be sure", "There is not enough to be sure, and too much to leave it."),
    Doubt.NEAR_TIE: ("Two children fit", "Another child fits nearly as well."),
    Doubt.IMPOSSIBLE: (
        "Does not fit together",
        "Everything that would be joined cannot be about one child: there are two numbers, or too many birthdays.",
    ),
    Doubt.PARTED: (
        "Fits two children",
        "It fits two children of whom people have decided that they are not the same child.",
    ),
    Doubt.SAID: (
        "Asked by your team",
        "Records were taken off a child’s page, and somebody of your team says that they may be this child’s.",
    ),
}
# Clashing numbers, twins, what cannot be one child, whom people have parted before, and two children to be merged.
_GRAVE = frozenset(
    {
        Doubt.NUMBERS_CLASH,
        Doubt.NUMBER_ELSEWHERE,
        Doubt.CO_TWIN,
        Doubt.MULTIPLE_BIRTH,
        Doubt.IMPOSSIBLE,
        Doubt.PARTED,
        Doubt.SAID,
    }
)
# Levels of the comparisons of matching (`loaders.who.comparisons`): as those of two children of one birth would be.
_ANOTHER_FORENAME = frozenset({"close", "weak", "else", "unknown"})
_AT_ONE_HOME = frozenset({"home", "address", "postcode"})


def doubt_said(text: str) -> Doubt:
    """The reason of that text; the widest of them where a later policy has one that is not known here."""
    return Doubt(text) if text in {doubt.value for doubt in Doubt} else Doubt.BAND


class Said(StrEnum):
    """What a person says of two entries."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"

    @property
    def words(self) -> str:
        """The decision, as people say it."""
        return {Said.SAME: "Same child", Said.DIFFERENT: "Different children", Said.UNSURE: "Not sure"}[self]


def said_coded(code: str) -> Said:
    """The decision of that code; Refused if it is not on the list."""
    if code not in {said.value for said in Said}:
        raise Refused("Choose whether this is the same child, different children, or you are not sure.")
    return Said(code)


@dataclass(frozen=True)
class Opinion:
    """What one person has said of a case, and when (milliseconds since 1970)."""

    by: str
    said: str
    at: int


def settled(opinions: Iterable[Opinion], needs: int) -> Said | None:
    """What is decided: what so many different people agree in, in the order in which they spoke; None while it waits.

    Who changes their mind counts once, by what they said last. To be unsure settles nothing.
    """
    last: dict[str, Said] = {}
    for opinion in sorted(opinions, key=lambda each: each.at):
        last[opinion.by] = Said(opinion.said)
        for said in (Said.SAME, Said.DIFFERENT):
            if list(last.values()).count(said) >= needs:
                return said
    return None


class Stage(StrEnum):
    """How far a case has come, as one of its reviewers may know it."""

    OPEN = "open"
    SECOND = "second"  # somebody has looked; a second person must, and is not told what the first said
    UNSURE = "unsure"  # looked at, and nobody could tell, or two people differ
    SHIELDED = "shielded"

    @property
    def words(self) -> str:
        """The stage, as people say it."""
        return {
            Stage.OPEN: "Waits",
            Stage.SECOND: "Waits for a second person",
            Stage.UNSURE: "Not sure",
            Stage.SHIELDED: "Not for this list",
        }[self]


@dataclass(frozen=True)
class Origin:
    """Where the record under review came from."""

    source: str
    supplier: str
    line: int | None


@dataclass(frozen=True)
class Case:
    """One entry that waits, and the child whose it may be: what orders it and says who decides, never a name."""

    entry: str  # person_id of the new, provisional child
    candidate: str
    record: str  # the record under review
    origin: Origin | None
    reason: str
    weight: float | None
    margin: float | None
    parts: tuple[str, ...]
    policy: int | None
    model: str | None
    run: int
    since: date | None  # when the entry came
    shielded: bool  # either of the two, or a child who fits nearly as well
    births: tuple[date, ...]
    first_kinds: bool  # one of FIRST_KINDS works with either of the two
    more_records: bool  # the new entry holds more than the record under review: it is a child by its own right now
    multiple: bool
    authorities: tuple[str, ...]
    opinions: tuple[Opinion, ...]

    @property
    def why(self) -> Doubt:
        """Why a person has to decide."""
        return doubt_said(self.reason)

    @property
    def grave(self) -> bool:
        """Whether it stands first in the queue and two people decide it: the numbers clash, or it may be a twin."""
        levels = dict(part.split(":")[:2] for part in self.parts)
        twins = levels.get("born") == "exact" and levels.get("given") in _ANOTHER_FORENAME
        return self.why in _GRAVE or (twins and levels.get("place") in _AT_ONE_HOME)

    @property
    def needs(self) -> int:
        """How many people must agree, blind to each other (matching.md 6.5 and 7)."""
        return 2 if self.grave or self.multiple or self.more_records else 1

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.shielded:
            return Stage.SHIELDED
        if not self.opinions:
            return Stage.OPEN
        blind = self.needs > 1 and len({opinion.by for opinion in self.opinions}) < self.needs
        return Stage.SECOND if blind else Stage.UNSURE

    def may_decide(self, user_id: str) -> bool:
        """Whether this user may still say something: where two people are needed each says it once."""
        return self.needs == 1 or user_id not in {opinion.by for opinion in self.opinions}


def in_order(cases: Iterable[Case], today: date) -> list[Case]:
    """The best proposal of each entry, as matching.md 7 orders them: what can do most harm first, then the oldest."""
    return sorted(best_of_each(cases), key=lambda case: (_group(case, today), case.since or date.min, case.record))


def best_of_each(cases: Iterable[Case]) -> list[Case]:
    """Of each record under review the candidate that fits best; one without a weight was proposed by a number."""
    best: dict[str, Case] = {}
    for case in sorted(cases, key=_fit):
        best.setdefault(case.record, case)
    return list(best.values())


def rivals(cases: Iterable[Case], of: Case) -> list[Case]:
    """The other candidates for the same record, the nearest first."""
    return [case for case in sorted(cases, key=_fit) if case.record == of.record and case.candidate != of.candidate]


def _fit(case: Case) -> tuple[float, str]:
    return (-case.weight if case.weight is not None else float("-inf"), case.candidate)


def _group(case: Case, today: date) -> int:
    if case.shielded:
        return 4  # nothing of such a case may be told, so nothing of it orders it
    if case.grave:
        return 0
    if case.first_kinds:
        return 1
    return 2 if any(age_on(born, today) < YOUNG for born in case.births) else 3


class Strength(StrEnum):
    """How much a comparison says, in words: the only form in which a weight is shown."""

    STRONGLY_FOR = "Strongly for"
    FOR = "For"
    LITTLE = "Says little"
    AGAINST = "Against"
    STRONGLY_AGAINST = "Strongly against"


_STRONG, _SOME = 8.0, 2.0


def strength_of(bits: float) -> Strength:
    """The word for a weight."""
    if abs(bits) < _SOME:
        return Strength.LITTLE
    if bits > 0:
        return Strength.STRONGLY_FOR if bits >= _STRONG else Strength.FOR
    return Strength.STRONGLY_AGAINST if bits <= -_STRONG else Strength.AGAINST


@dataclass(frozen=True)
class Clue:
    """What one comparison says."""

    part: str
    words: str
    strength: Strength
    personal: bool  # of the child itself; else what brothers and sisters share


_PARTS = {
    "given": "Forename",
    "middle": "Middle names",
    "born": "Date of birth",
    "sex": "Sex",
    "nhs": "NHS number",
    "upn": "Unique pupil number",
    "family": "Family name",
    "place": "Address",
}
_FAMILY = frozenset({"family", "place"})
_LEVELS: dict[tuple[str, str], str] = {
    ("given", "exact"): "The same",
    ("given", "swapped"): "Stands where the other has the family name",
    ("given", "form"): "Another form of the same name",
    ("given", "close"): "Nearly the same: one or two letters differ",
    ("given", "weak"): "Alike, or an initial only",
    ("family", "exact"): "The same",
    ("family", "part"): "Part of it is the same",
    ("family", "close"): "Nearly the same: one or two letters differ",
    ("family", "weak"): "Alike",
    ("middle", "exact"): "The same",
    ("middle", "near"): "Alike, or an initial only",
    ("born", "exact"): "The same",
    ("born", "turned"): "Day and month stand the other way round",
    ("born", "slip"): "Nearly the same: one figure differs",
    ("born", "two_of_three"): "Two of day, month and year are the same",
    ("place", "home"): "The same home",
    ("place", "address"): "The same address",
    ("place", "postcode"): "The same postcode",
    ("place", "former"): "An earlier postcode of the one is the other’s",
    ("place", "slip"): "Nearly the same postcode",
    ("place", "area"): "The same district",
}
_ANY_LEVEL = {
    "exact": "The same",
    "equal": "The same",
    "close": "Nearly the same",
    "unknown": "Not known on both sides",
}


def clues(parts: Iterable[str]) -> tuple[Clue, ...]:
    """What each comparison (`given:exact:10.2`) says, personal evidence before what a family shares."""
    found = [clue for text in parts if (clue := _clue(text))]
    order = list(_PARTS.values())
    return tuple(
        sorted(
            found,
            key=lambda clue: (not clue.personal, order.index(clue.part) if clue.part in order else len(order)),
        )
    )


def _clue(text: str) -> Clue | None:
    """One comparison; None for one that is not written like one."""
    name, _, rest = text.partition(":")
    level, _, bits = rest.partition(":")
    try:
        weight = float(bits)
    except ValueError:
        return None
    words = _LEVELS.get((name, level)) or _ANY_LEVEL.get(level, "Not the same")
    part = _PARTS.get(name, "Another detail")
    return Clue(part, words, strength_of(weight), name not in _FAMILY)


def margin_words(margin: float | None, *, rival_known: bool) -> str:
    """How far the next best is behind, in words."""
    if margin is None and not rival_known:
        return "No other child comes into question."
    near = margin is None or margin < LEAD
    return "Another child fits nearly as well." if near else "Another child was compared and fits much less well."


class Numbers(StrEnum):
    """What two entries' numbers say of each other; the numbers themselves are not shown."""

    SAME = "The same on both"
    DIFFER = "Not the same"
    ONE = "On one side only"
    NONE = "On neither"


def numbers_said(mine: Sequence[str], theirs: Sequence[str]) -> Numbers:
    """What the numbers of one kind say of each other."""
    if not mine and not theirs:
        return Numbers.NONE
    if not mine or not theirs:
        return Numbers.ONE
    return Numbers.SAME if set(mine) & set(theirs) else Numbers.DIFFER


@dataclass(frozen=True)
class Row:
    """One line in which two identities stand beside each other."""

    label: str
    entry: tuple[str, ...]
    candidate: tuple[str, ...]
    personal: bool
    together: str | None = None  # what is said of both at once, in the place of the two columns


@dataclass(frozen=True)
class CaseLine:
    """One case in the queue: never a name."""

    handle: str | None  # None where nothing of it may be opened
    reason: str
    since: date | None
    days: int
    needs: int
    stage: Stage
    mine: bool  # this user has said what they think already


@dataclass(frozen=True)
class WishLine:
    """Somebody asks that records are taken off a page, and a second person has to agree: never a name."""

    handle: str
    on: date
    mine: bool


@dataclass(frozen=True)
class Queue:
    """One page of the cases of an area, and how many there are in all."""

    lines: tuple[CaseLine, ...]
    page: int
    pages: int
    count: int
    first: int  # cases that are to be looked at first
    second: int  # that wait for a second person
    unsure: int
    shielded: int
    wishes: tuple[WishLine, ...] = ()  # entries of which somebody says that they are two children's


@dataclass(frozen=True)
class CasePage:
    """One case: two identities beside each other, what speaks for and against, and what is asked."""

    handle: str
    version: str  # which state of the case this is
    name: str
    reason: str
    rows: tuple[Row, ...]
    clues: tuple[Clue, ...]
    overall: Strength | None
    margin: str
    rival: tuple[str, ...]  # the second-best child: name and date of birth
    needs: int
    stage: Stage
    may_decide: bool
    source: str
    since: date | None


@dataclass(frozen=True)
class Decided:
    """What came of a decision, to be told to the one who made it."""

    said: Said
    settled: Said | None


@dataclass(frozen=True)
class DecidedLine:
    """One decision in the list of those made."""

    judgement_id: str
    name: str | None
    said: Said
    reason: str
    on: date
    by: str
    taken_apart_on: date | None
    taken_off: bool = False  # records of one entry were another child's


@dataclass(frozen=True)
class DecidedList:
    """One page of decisions and how many there are in all."""

    lines: tuple[DecidedLine, ...]
    page: int
    pages: int
    count: int


@dataclass(frozen=True)
class Look:
    """One event of the audit in which a child was shown to somebody."""

    at: datetime
    name: str
    organisation: str | None
    action: str
    purpose: str | None


@dataclass(frozen=True)
class Looked:
    """Who looked at a child while two entries were joined, when last and how often: whom the directory team tells."""

    at: datetime
    name: str
    organisation: str
    what: str
    why: str
    times: int


def folded(looks: Iterable[Look]) -> tuple[Looked, ...]:
    """The looks as people say them, the last first: what one person saw again for the same reason is one line."""
    groups: dict[tuple[str, ...], list[Look]] = {}
    for look in sorted(looks, key=lambda each: each.at, reverse=True):
        key = (look.name, look.organisation or "", words_of(look.action), why_of(look.purpose))
        groups.setdefault(key, []).append(look)
    return tuple(
        Looked(group[0].at, name, organisation, what, why, len(group))
        for (name, organisation, what, why), group in groups.items()
    )


def confirmation(said: Said, needs: int) -> str:
    """What the button says that makes a decision."""
    if needs > 1:
        return "Send what I say"
    return {
        Said.SAME: "Join the two entries",
        Said.DIFFERENT: "Keep the two apart",
        Said.UNSURE: "Leave it as not sure",
    }[said]


def consequence(said: Said, needs: int) -> tuple[str, ...]:
    """What a decision will do, in sentences, before it is made."""
    second = (
        "Nothing happens yet. Somebody else of your team looks at the case and is not told what you say.",
        "Only if they say the same is it done. Otherwise the case stays in the list as not sure.",
    )
    done: tuple[str, ...]
    match said:
        case Said.SAME:
            done = (
                "What came with the new entry becomes part of the known child’s entry, and shows on that child’s page.",
                "The new entry has no page any more. If either of the two is shielded, both are.",
                "It can be taken apart again under Decisions made.",
            )
        case Said.DIFFERENT:
            done = (
                "The two entries stay apart. No file joins them and nobody is asked about them again.",
                "The new entry keeps a page of its own.",
            )
        case Said.UNSURE:
            return ("Nothing changes. The case stays in the list, marked not sure, with what you said.",)
    return (*second, *done) if needs > 1 else done


def came_of(made: Decided) -> str:
    """What came of a decision, by the word that a page has a sentence for."""
    if made.settled is not None:
        return "joined" if made.settled is Said.SAME else "kept_apart"
    return "unsure" if made.said is Said.UNSURE else "waits"

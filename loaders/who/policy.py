"""The decision: link, review or new, with what made it. Pure and versioned; nothing else in the loaders decides this.

Sources of the rules: matching.md 5.4 (certain pairs), 6.1 (bands, in bits), 6.2 (vetoes), 6.3 (multiple births).
A change of any rule or limit here is a new VERSION, and a decision that is kept says by which it was made.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from graph.model.review import Doubt

VERSION = 4


class Outcome(StrEnum):
    """What becomes of a record."""

    LINK = "link"
    REVIEW = "review"
    NEW = "new"


class Number(StrEnum):
    """What the valid numbers of two records say of each other."""

    EQUAL = "equal"
    CLASH = "clash"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """What made a link or a new person; why a person is asked instead is a `Doubt`."""

    NUMBER = "number"
    DEMOGRAPHICS = "demographics"
    WEIGHT = "weight"
    NOBODY = "Nobody fits."


@dataclass(frozen=True)
class Evidence:
    """What speaks for one candidate: the levels of `comparisons`, numbers, and the weight of all of it in bits."""

    record: str  # key of the candidate's record
    person: str  # whose record it is, as far as that is known; else the record's own key
    weight: float
    given: str = "unknown"
    family: str = "unknown"
    middle: str = "unknown"
    born: str = "unknown"
    sex: str = "unknown"
    place: str = "unknown"
    nhs: Number = Number.UNKNOWN
    upn: Number = Number.UNKNOWN
    other: Number = Number.UNKNOWN  # equal where another column that identifies agrees, at most one slip away; no clash
    multiple: bool = False  # either side is known to be of a multiple birth
    source: str = ""  # key of the record that is compared with the candidate's, where several are of one person
    bits: tuple[float, ...] = ()  # what each comparison adds to the weight, in the order of `comparisons`

    @property
    def has_number(self) -> bool:
        """Whether a number speaks for the candidate."""
        return Number.EQUAL in (self.nhs, self.upn, self.other)


@dataclass(frozen=True)
class Limits:
    """The bands of design B (matching.md 3.2), in bits over an index whose prior is re-based."""

    link: float = 6.0
    review: float = -4.0
    lead: float = 8.0
    corroboration: float = 12.0
    families: bool = True  # people of one home may stand in the index; False only where the files show that none do


@dataclass(frozen=True)
class Decision:
    """What becomes of a record, about whom, and why. `rival` is the weight of the next best person, None without."""

    outcome: Outcome
    reason: Basis | Doubt
    person: str | None = None
    records: tuple[str, ...] = ()
    weight: float | None = None
    rival: float | None = None
    policy: int = VERSION


LIMITS = Limits()
_HERE = ("home", "address", "postcode")
_AT_HOME = (*_HERE, "former")
_NOT_ONE_FORENAME = ("form", "close", "weak", "else", "unknown")
_NEARLY = ("turned", "slip", "two_of_three")
_BORN_ALIKE = ("exact", *_NEARLY)
# What keeps brothers, sisters and twins apart. Where files hold nobody of one home, bits are evidence of a person.
_AGAINST_FAMILIES = (
    Doubt.FORENAME_DIFFERS,
    Doubt.FORENAME_UNKNOWN,
    Doubt.CO_TWIN,
    Doubt.NAMES_DIFFER,
    Doubt.NOTHING_EXACT,
    Doubt.BIRTHDAY_DIFFERS,
    Doubt.BIRTHDAY_UNKNOWN,
)


def certain(pair: Evidence) -> Basis | None:
    """The deterministic rule that this pair fulfils, or None (matching.md 5.4). Uniqueness is not its business."""
    if Number.CLASH in (pair.nhs, pair.upn):
        return None
    if Number.EQUAL in (pair.nhs, pair.upn) and pair.born in _BORN_ALIKE:
        compatible = pair.given == "exact" or (pair.given in ("form", "close", "swapped") and not pair.multiple)
        otherwise = pair.born == "exact" and (pair.family == "exact" or pair.place in _HERE) and not pair.multiple
        if compatible or otherwise:
            return Basis.NUMBER
    exact = pair.given == pair.family == pair.born == "exact" and pair.place in ("home", "postcode", "former")
    return Basis.DEMOGRAPHICS if exact and not pair.multiple and pair.sex != "else" else None


def vetoes(pair: Evidence, limits: Limits = LIMITS) -> tuple[Doubt, ...]:
    """Every reason for which this pair may not be linked without a person, in the order of `Doubt`."""
    number, lone = pair.has_number, not pair.has_number
    resembles = pair.given in ("weak", "close")
    # Another forename under one number is a sibling's mistake unless the birthday is the same; a twin's where one is.
    surely = number and pair.born == "exact" and not pair.multiple
    surely = surely and (pair.family in ("exact", "close") or pair.place in _HERE)
    found = {
        Doubt.NUMBERS_CLASH: Number.CLASH in (pair.nhs, pair.upn),
        Doubt.FORENAME_DIFFERS: pair.given == "else" and not surely,
        Doubt.FORENAME_UNKNOWN: pair.given == "unknown" and (lone or pair.multiple),
        Doubt.CO_TWIN: _maybe_twin(pair) and lone,
        Doubt.MULTIPLE_BIRTH: pair.multiple and (_another_forename(pair) if lone else pair.given in ("weak", "else")),
        Doubt.NAMES_SWAPPED: pair.given == "swapped" and lone and pair.place in ("else", "unknown"),
        Doubt.NAMES_DIFFER: resembles and pair.family in ("else", "weak", "unknown") and lone,
        Doubt.NOTHING_EXACT: (resembles or pair.given == "form") and pair.born in _NEARLY and lone,
        Doubt.SEX_DIFFERS: pair.sex == "else" and pair.given != "exact",
        Doubt.BIRTHDAY_DIFFERS: pair.born == "else" and lone,
        Doubt.BIRTHDAY_UNKNOWN: pair.born == "unknown" and lone,
        Doubt.NAMESAKE: pair.place not in _AT_HOME and lone and pair.weight < limits.corroboration,
    }
    alone = not limits.families and pair.weight >= limits.corroboration
    return tuple(veto for veto, holds in found.items() if holds and not (alone and veto in _AGAINST_FAMILIES))


def decide(
    candidates: Iterable[Evidence], limits: Limits = LIMITS, *, asked: Collection[frozenset[str]] = ()
) -> Decision:
    """What becomes of a record with these candidates. Their order makes no difference.

    `asked` are the pairs of persons of whom people are asked already whether they are one.
    """
    pairs = tuple(candidates)
    fitting = (pair for pair in pairs if not (limits.families and of_the_family(pair)))
    ranked = sorted(fitting, key=lambda pair: (-pair.weight, pair.person, pair.record))
    if not ranked:
        return Decision(Outcome.NEW, Basis.NOBODY)
    best = ranked[0]
    rival = next((pair.weight for pair in ranked if pair.person != best.person), None)
    holders = {pair.person for pair in ranked if Number.EQUAL in (pair.nhs, pair.upn)}
    if best.weight < limits.review and not holders:
        return Decision(Outcome.NEW, Basis.NOBODY, weight=best.weight)
    if _sure_beside(best, rival, limits):
        holders = {person for person in holders if frozenset((best.person, person)) not in asked}
    reason = _why_not(best, rival, holders, limits)
    if reason is not None:
        return Decision(Outcome.REVIEW, reason, best.person, (best.record,), best.weight, rival)
    mine = [pair for pair in ranked if pair.person == best.person]
    # Another record of the same person is linked on its own evidence only, never through the first.
    linked = tuple(pair.record for pair in mine if pair.weight >= limits.link and not vetoes(pair, limits))
    # A record that has only the family's name and home is no candidate, and yet its number is the person's.
    if any(Number.CLASH in (pair.nhs, pair.upn) for pair in pairs if pair.person == best.person):
        return Decision(Outcome.REVIEW, Doubt.NUMBERS_CLASH, best.person, (best.record,), best.weight, rival)
    return Decision(Outcome.LINK, certain(best) or Basis.WEIGHT, best.person, linked, best.weight, rival)


def _why_not(best: Evidence, rival: float | None, holders: set[str], limits: Limits) -> Doubt | None:
    """Why the best candidate is not linked, the gravest reason first; None if it is."""
    found = vetoes(best, limits)
    if Doubt.NUMBERS_CLASH in found:
        return Doubt.NUMBERS_CLASH
    if holders - {best.person}:
        return Doubt.NUMBER_ELSEWHERE
    if found:
        return found[0]
    if best.weight < limits.link:
        return Doubt.BAND
    if rival is not None and best.weight - rival < limits.lead:
        return Doubt.NEAR_TIE
    return None


def _sure_beside(best: Evidence, rival: float | None, limits: Limits) -> bool:
    """Whether a number that the next best holds is no contradiction where people are asked whether these two are one.

    The best has a number of the record as well, its forename and its birthday, and the lead that tells twins apart:
    if the two are one child, the record is that child's; if not, the other's number on it is the mistake.
    """
    exact = best.given == best.born == "exact" and Number.EQUAL in (best.nhs, best.upn)
    return exact and (rival is None or best.weight - rival >= limits.lead)


def of_the_family(pair: Evidence) -> bool:
    """Whether neither forename nor birthday speaks for the pair: name and home are a family's (matching.md 6.2)."""
    nameless = pair.given in ("else", "unknown")
    return nameless and pair.born in ("else", "unknown") and not pair.has_number


def _maybe_twin(pair: Evidence) -> bool:
    """Whether this may be a twin who is not known yet: Sophie and Sofie are told apart by their middle names alone."""
    resembles = pair.given == "weak" or (pair.given in ("form", "close") and pair.middle == "else")
    return resembles and pair.born == "exact" and pair.place in _HERE


def _another_forename(pair: Evidence) -> bool:
    """Whether the forenames leave open which child of a multiple birth it is; two of them may share the first."""
    return pair.given in (*_NOT_ONE_FORENAME, "swapped") or pair.middle == "else"

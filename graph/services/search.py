"""Finding a child by what is known of it: who fits best, as one disclosure that the audit lists before it is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.model import clock
from graph.model.circle import ChildRow, SearchResult
from graph.model.errors import Refused
from graph.model.evidence import SeenChild
from graph.model.intervals import years_before
from graph.model.likeness import MOST_RESULTS, Named, Sought, likeness, listed
from graph.model.names import fold_parts, fold_terms
from graph.model.roles import Role
from graph.model.visibility import Number, Viewer, identifying_kinds, numbers_used
from graph.services.circle import OF_A_SERVICE, findable_by_whereabouts, fold_row
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.handles import handle_of
from graph.services.index_query import BORN, index_query
from graph.store import Database, Query, Transaction

MOST_SCHOOLS = 50

_ROLES = frozenset(role for role in Role if role.sees_children)
# Of the index's answers, whatever the user may see of them: enough that what is hidden crowds nobody out.
_MOST_HITS, _MOST_HITS_NARROWED = 500, 3_000
_MOST_CANDIDATES = 100
_NO_NAME = "Type a name. A first name or a family name will do, with the date of birth."
_NO_BIRTH = "Give the date of birth, or about how old the child is. A name alone fits too many children."
_NUMBER_OF_OTHERS = "Your service does not use {number}s, so you cannot search by one. Search by name instead."


@dataclass(frozen=True)
class Clues:
    """What a user knows of a child. A number is enough; a name needs a date of birth or an age beside it."""

    name: str = ""
    date_of_birth: date | None = None
    age: int | None = None
    nhs_number: str | None = None
    upn: str | None = None
    school_ids: tuple[str, ...] | None = None  # the schools of the name given; None where none was given
    area: str | None = None  # the code of a children's authority

    @property
    def numbers(self) -> frozenset[Number]:
        """The kinds of numbers that are given."""
        given = {Number.NHS_NUMBER: self.nhs_number, Number.UPN: self.upn}
        return frozenset(number for number, value in given.items() if value)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kinds of facts are given, for the audit: never their values."""
        given = {
            "name": self.name,
            "date of birth": self.date_of_birth,
            "age": self.age is not None and self.date_of_birth is None,
            "school": self.school_ids is not None,
            "area": self.area,
        }
        return (*(kind for kind, value in given.items() if value), *sorted(self.numbers))


@dataclass(frozen=True)
class Candidate:
    """A child whom a search may have meant, by all its records that may name it to this user."""

    child_id: str
    shielded: bool
    records: tuple["CandidateRecord", ...]

    @property
    def naming(self) -> tuple["CandidateRecord", ...]:
        """The records by which it may be found: of a shielded child no service's own, whose spelling tells of it."""
        said = tuple(record for record in self.records if record.source not in OF_A_SERVICE)
        return said if self.shielded and said else self.records


@dataclass(frozen=True)
class CandidateRecord:
    """What one record says of a candidate's name and birth."""

    source: str
    search_names: tuple[str, ...] | None
    forename: str | None
    family_name: str | None
    date_of_birth: date | None


@dataclass(frozen=True)
class Area:
    """A children's authority that a search may be narrowed to."""

    gss_code: str
    name: str


@dataclass(frozen=True)
class _Asking:
    """One search: whose, for what, and what of the graph they may see."""

    tx: Transaction
    token: str
    viewer: Viewer
    clues: Clues
    sought: Sought
    today: date
    visible: dict[str, Any]


FIND_CANDIDATES = Query("children/find_candidates", Candidate)
FIND_NUMBERED = Query("children/find_numbered", str)
FIND_CHILDREN = Query("children/find_children", SeenChild)
FIND_SCHOOLS = Query("children/find_schools", str)
LIST_AREAS = Query("children/list_areas", Area)
LIST_OWN_KINDS = Query("access/list_own_kinds", str)


def find_children(db: Database, token: str, clues: Clues) -> SearchResult:
    """The children whom these clues fit, best first; if more than 20 fit equally well, none is listed.

    Raises Refused if the session has ended, the role never sees children, the clues are too few, or a number is of a
    body other than the user's own.
    """
    sought = Sought(fold_terms(clues.name), clues.date_of_birth, clues.age)
    if not clues.numbers:
        _check(sought)
    today = clock.day_in_england(clock.now())

    def work(tx: Transaction, opened: Opened) -> Told[SearchResult] | Denied:
        viewer = opened.user.viewer
        if others := clues.numbers - _own_numbers(tx, opened.user.service_id, opened.user.practitioner_id, today):
            number = min(others)
            return Denied(Refused(_NUMBER_OF_OTHERS.format(number=number)), f"{number} of another body")
        visible = {
            "published": opened.received.published,
            "withdrawn": list(opened.received.withdrawn),
            "kinds": identifying_kinds(statutory=viewer.statutory),
        }
        return _told(_Asking(tx, token, viewer, clues, sought, today, visible))

    return disclose(db, token, "child.find", work, roles=_ROLES)


def find_schools(db: Database, name: str) -> tuple[str, ...]:
    """The ids of the schools whose names have all these words: none, or at most one more than MOST_SCHOOLS."""
    words = " ".join(f"+{term}~1" if len(term) > 3 else f"+{term}" for term in fold_terms(name))
    return tuple(db.read(FIND_SCHOOLS, words=words)) if words else ()


def list_areas(db: Database) -> tuple[Area, ...]:
    """The children's authorities that the graph knows, by name."""
    return tuple(db.read(LIST_AREAS))


def own_numbers(db: Database, service_id: str | None, practitioner_id: str | None) -> frozenset[Number]:
    """The kinds of numbers that the services of this user use: no other is offered to them."""
    today = clock.day_in_england(clock.now())
    return numbers_used(db.read(LIST_OWN_KINDS, service_id=service_id, practitioner_id=practitioner_id, today=today))


def plan_search(db: Database) -> None:
    """Nothing: the graph has planned the queries of a search, which are asked here for what no record says."""
    today = clock.day_in_england(clock.now())
    nothing: dict[str, Any] = {"published": 0, "withdrawn": [], "kinds": []}
    asked: dict[str, Any] = {"words": f"{BORN}:never", "most_hits": 1, "most": 1, "school_ids": None, "area": None}
    db.read(FIND_CANDIDATES, **asked, today=today, **nothing)
    db.read(FIND_NUMBERED, nhs_number=None, upn=None, today=today, **nothing)
    db.read(LIST_OWN_KINDS, service_id=None, practitioner_id=None, today=today)
    # The graph plans for one, for some and for more.
    for length in (1, 2, 20):
        db.read(
            FIND_CHILDREN,
            child_ids=[""] * length,
            by_whereabouts=False,
            today=today,
            kept_from=today,
            published=0,
            withdrawn=[],
        )


def _own_numbers(
    tx: Transaction, service_id: str | None, practitioner_id: str | None, today: date
) -> frozenset[Number]:
    return numbers_used(tx.read(LIST_OWN_KINDS, service_id=service_id, practitioner_id=practitioner_id, today=today))


def _check(sought: Sought) -> None:
    if not sought.terms:
        raise Refused(_NO_NAME)
    if sought.date_of_birth is None and sought.age is None:
        raise Refused(_NO_BIRTH)


def _told(asking: _Asking) -> Told[SearchResult]:
    shown, more = _numbered(asking), False
    if not shown and asking.sought.terms:
        shown, more = _likely(asking)
    too_many = len(shown) > MOST_RESULTS
    rows = () if too_many else tuple(row for _, row in shown)
    refs = () if too_many else tuple(child_id for child_id, _ in shown)
    outcome = "too many fit" if too_many else "listed" if refs else "none fits"
    return Told(
        SearchResult(rows, too_many, more and not too_many),
        rule=f"{outcome} by {', '.join(asking.clues.kinds)}",
        child_refs=refs,
        fields=("age", "carers", "name", "sex") if refs else (),
        count=len(refs),
    )


def _numbered(asking: _Asking) -> list[tuple[str, ChildRow]]:
    """Whom the numbers given are of. A number is no item of a shielded record, so it finds none (domain.md 1.7)."""
    clues = asking.clues
    if not clues.numbers:
        return []
    found = asking.tx.read(
        FIND_NUMBERED, nhs_number=clues.nhs_number, upn=clues.upn, today=asking.today, **asking.visible
    )
    return _rows(asking, _seen(asking, found), found)


def _likely(asking: _Asking) -> tuple[list[tuple[str, ChildRow]], bool]:
    """Whom the name and birth fit best, and whether there are others whom they fit less well."""
    candidates = _candidates(asking)
    named = {each.child_id: [_named(record) for record in each.naming] for each in candidates}
    seen: dict[str, SeenChild] = {}
    if _is_narrowed(asking.clues):
        # Before anybody is counted: who is shielded or shelters beside them changes nothing here.
        seen = _seen(asking, list(named))
        named = {
            child_id: records
            for child_id, records in named.items()
            if child_id in seen and findable_by_whereabouts(seen[child_id], asking.viewer)
        }
    liked = ((likeness(asking.sought, records, asking.today), child_id) for child_id, records in named.items())
    chosen, more = listed((value, child_id) for value, child_id in liked if value is not None)
    return _rows(asking, seen or _seen(asking, chosen), chosen), more


def _is_narrowed(clues: Clues) -> bool:
    return clues.school_ids is not None or clues.area is not None


def _candidates(asking: _Asking) -> list[Candidate]:
    words = index_query(asking.sought, asking.today)
    if not words:
        return []
    school_ids = asking.clues.school_ids
    return asking.tx.read(
        FIND_CANDIDATES,
        words=words,
        most_hits=_MOST_HITS_NARROWED if _is_narrowed(asking.clues) else _MOST_HITS,
        most=_MOST_CANDIDATES,
        school_ids=None if school_ids is None else list(school_ids),
        area=asking.clues.area,
        today=asking.today,
        **asking.visible,
    )


def _named(record: CandidateRecord) -> Named:
    parts = record.search_names or ()
    return Named(parts, fold_parts(record.forename), fold_parts(record.family_name), record.date_of_birth)


def _seen(asking: _Asking, child_ids: Sequence[str]) -> dict[str, SeenChild]:
    """All that bears on the rows of these children, by their ids."""
    if not child_ids:
        return {}
    found = asking.tx.read(
        FIND_CHILDREN,
        child_ids=list(child_ids),
        by_whereabouts=_is_narrowed(asking.clues),
        today=asking.today,
        kept_from=years_before(asking.today, 1),
        published=asking.visible["published"],
        withdrawn=asking.visible["withdrawn"],
    )
    return {child.child_id: child for child in found}


def _rows(asking: _Asking, seen: dict[str, SeenChild], child_ids: Iterable[str]) -> list[tuple[str, ChildRow]]:
    """The rows of those who are still children here, in this order."""
    found = [
        (child_id, fold_row(seen[child_id], asking.viewer, handle_of(asking.token, child_id), asking.today))
        for child_id in child_ids
        if child_id in seen
    ]
    return [(child_id, row) for child_id, row in found if row is not None]

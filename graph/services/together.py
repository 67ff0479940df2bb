"""Two to eight chosen children side by side: every service that the user may see with any of them."""

from collections.abc import Sequence
from functools import partial

from graph.model.circle import ServiceCard, Standing
from graph.model.errors import NotFound, Refused
from graph.model.evidence import SeenFact
from graph.model.kinds import Domain, Tier
from graph.model.names import fold_whole
from graph.model.reasons import Reason, reason_coded
from graph.model.together import FEWEST, MOST, Cell, Chosen, Line, Together
from graph.services.area import ROLES, Folded, asked_by, folded
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.handles import child_of
from graph.store import Database, Transaction

NOT_FOUND = "One of these children cannot be shown to you. Choose them again."


def show_together(db: Database, token: str, handles: Sequence[str], *, reason: str, case_reference: str) -> Together:
    """These children side by side. Raises Refused (how many, session, role) or NotFound if one may not be seen."""
    given = reason_coded(reason)
    if not FEWEST <= len(set(handles)) <= MOST:
        raise Refused(f"Choose {FEWEST} to {MOST} children.")
    work = partial(_show, db, token, tuple(handles), given)
    return disclose(db, token, "area.together", work, roles=ROLES, reason=given, case_reference=case_reference)


def _show(
    db: Database, token: str, handles: tuple[str, ...], reason: Reason, tx: Transaction, opened: Opened
) -> Told[Together] | Denied:
    asked = asked_by(db, token, opened)
    if isinstance(asked, Denied):
        return asked
    child_ids = [child_id for handle in handles if (child_id := child_of(token, handle)) is not None]
    found = {
        child_id: page for child_id, page in folded(asked, tx, child_ids, reason.words).items() if page is not None
    }
    if len(child_ids) < len(handles) or found.keys() != set(child_ids):
        return Denied(NotFound(NOT_FOUND), "not found or not for this user", tuple(sorted(set(child_ids))))
    children = sorted(found.values(), key=lambda each: (fold_whole(each.told.page.name), each.seen.child_id))
    shown = Together(
        children=tuple(
            Chosen(each.told.page.handle, each.told.page.name, each.told.page.age, each.hidden) for each in children
        ),
        lines=_lines(children),
        as_at=asked.today,
        reason=reason.words,
    )
    return Told(
        shown,
        rule=", ".join(sorted({each.told.rule for each in children})),
        child_refs=tuple(each.seen.child_id for each in children),
        fields=("age", "name", "services"),
        facts=tuple(sorted({fact for each in children for fact in _facts(each)})),
        count=len(children),
    )


def _facts(each: Folded) -> set[str]:
    return {fact.fact_id for card in each.told.page.services for fact in each.told.by_card.get(card.key, ())}


def _lines(children: Sequence[Folded]) -> tuple[Line, ...]:
    """One line for each service: those of most children first would rank, so they stand by kind and name."""
    cells: dict[str, dict[int, ServiceCard]] = {}
    for number, each in enumerate(children):
        for card in each.told.page.services:
            mine = cells.setdefault(_target(each.told.by_card[card.key]), {})
            if number not in mine or mine[number].standing is Standing.ENDED:
                mine[number] = card
    made = [(target, _line(by_child, len(children))) for target, by_child in cells.items()]
    return tuple(line for _, line in sorted(made, key=lambda pair: (*_order(pair[1], cells[pair[0]]), pair[0])))


def _target(facts: Sequence[SeenFact]) -> str:
    return facts[0].target


def _line(by_child: dict[int, ServiceCard], number: int) -> Line:
    first = next(iter(by_child.values()))
    return Line(
        domain=first.domain,
        kind=first.kind_words,
        name=first.name,
        organisation=first.organisation,
        cells=tuple(_cell(by_child[at]) if at in by_child else None for at in range(number)),
    )


def _cell(card: ServiceCard) -> Cell:
    return Cell(card.since, card.until, card.standing, card.lead, card.practitioner)


def _order(line: Line, by_child: dict[int, ServiceCard]) -> tuple[int, int, str]:
    tier = min(list(Tier).index(card.tier) for card in by_child.values())
    return list(Domain).index(line.domain), tier, line.name

"""docs/access.md, made of the rules themselves: `python -m webapp.policy` writes it, a test compares it."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from tempfile import TemporaryDirectory

from flask import Flask

from graph.model.errors import ProgrammeError
from graph.model.kinds import KINDS, Visibility
from graph.model.reasons import REASONS
from graph.model.roles import Role
from graph.model.shielding import OVERRIDE_FOR
from graph.model.staying import STAYS_TO, stays_until
from graph.model.visibility import (
    ADULT_AT,
    POLICY,
    YEARS_AFTER_DEATH,
    Number,
    Part,
    Relation,
    Sight,
    State,
    Step,
    Viewer,
    circle_step,
    decide,
    knows_of_sensitive,
    may_answer,
    may_reach,
    may_walk_from,
    numbers_used,
    state_of,
)
from graph.settings import Settings
from graph.store import Database
from webapp import create_app
from webapp.access import Permission, permission_of, roles_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"
_OPEN, _NEED_TO_KNOW, _SENSITIVE = Visibility
_BY_KIND = (Part.SERVICE, Part.ENDED)
_NO = "no"
_WORDS = {
    Part.IDENTITY: "name, sex, date of birth, the directory’s number",
    Part.CARER_NAME: "names of carers",
    Part.CARER: "carers: relationship, parental responsibility, since when",
    Part.HOME: "home",
    Part.WHEREABOUTS: "school, practice and the carers’ telephones",
    Part.AREA: "the authority responsible",
    Part.SERVICE: "service",
    Part.ENDED: "service that has ended",
    Part.ORIGIN: "from which feed, file and line something came",
}


@dataclass(frozen=True)
class Child:
    """What matters of a child when something is asked for."""

    words: str
    shielded: bool = False
    sheltered: bool = False
    overridden: bool = False
    state: State = State.LIVE

    def hidden_from(self, relation: Relation) -> bool:
        """Whether its shield holds: an override lifts it for this session, and none is given to the child's family."""
        return self.shielded and not (self.overridden and not relation.family)


# Somebody who was 18 some time ago, and the day on which that is asked.
_BORN, _ASKED_ON = date(2006, 1, 1), date(2026, 1, 1)
CHILDREN = (
    Child("A child like most"),
    Child("A sheltered child: it shares a home and a carer with a shielded one", sheltered=True),
    Child("A shielded child", shielded=True),
    Child("A shielded child, for a session with an override in force", shielded=True, overridden=True),
    Child("Grown up, or dead for a year", state=state_of(_BORN, None, _ASKED_ON)),
    Child("Grown up, and stays by consent", state=state_of(_BORN, None, _ASKED_ON, stays_until(_BORN))),
)
# The first that fits is the heading of a relation.
RELATIONS: tuple[tuple[str, Callable[[Relation], bool]], ...] = (
    ("has a carer’s name", lambda it: it.family),
    ("lead professional, own area", lambda it: it.own_area and it.lead),
    ("involved, own area", lambda it: it.own_area and it.involved),
    ("own area only", lambda it: it.own_area),
    ("lead professional, other area", lambda it: it.lead),
    ("involved, other area", lambda it: it.involved),
    ("neither", lambda _it: True),
)
_EVERY_RELATION = [Relation(*each) for each in product((False, True), repeat=4)]
_EVERY_VIEWER = [Viewer(role, statutory) for role in Role for statutory in (False, True)]

Answers = tuple[tuple[str, ...], ...]


def build() -> str:
    """The whole page."""
    with TemporaryDirectory() as home:
        app = create_app(Settings(home=Path(home)), _no_graph)
    return "\n".join([*_head(), *_children(), *_numbers(), *_purposes(), *_routes(app)]) + "\n"


def answers_for(viewer: Viewer, relation: Relation) -> Answers:
    """What this user is answered of each child in CHILDREN, in the order of `questions`."""
    return tuple(tuple(answer(viewer, relation) for _, answer in questions(child)) for child in CHILDREN)


def questions(child: Child) -> list[tuple[str, Callable[[Viewer, Relation], str]]]:
    """All that can be asked of such a child, in words, and how it is answered."""
    return [
        *((_part_words(part, kind), _sight(child, part, kind)) for part, kind in _parts()),
        (
            "that a sensitive service is involved, or that none is",
            lambda viewer, relation: _yes(_knows(viewer, relation, child)),
        ),
        ("the circle", lambda viewer, relation: _step(viewer, relation, child)),
        (
            "reached by walking from a brother’s or sister’s circle",
            lambda viewer, relation: _yes(_reached(viewer, relation, child)),
        ),
        (
            "walked on from, once the circle is open",
            lambda viewer, relation: _yes(_walked_from(viewer, relation, child)),
        ),
        (
            "everything that is held, to answer a family; objections",
            lambda viewer, relation: _yes(child.state is State.LIVE and may_answer(viewer, relation)),
        ),
    ]


def _parts() -> list[tuple[Part, Visibility]]:
    return [(part, kind) for part in Part for kind in (Visibility if part in _BY_KIND else (_OPEN,))]


def _part_words(part: Part, kind: Visibility) -> str:
    return f"{_WORDS[part]}: {kind}" if part in _BY_KIND else _WORDS[part]


def _sight(child: Child, part: Part, kind: Visibility) -> Callable[[Viewer, Relation], str]:
    return lambda viewer, relation: _words_of(
        decide(
            viewer,
            relation,
            part,
            visibility=kind,
            shielded=child.hidden_from(relation),
            sheltered=child.sheltered,
            state=child.state,
        )
    )


def _words_of(sight: Sight) -> str:
    return _NO if sight is Sight.ABSENT else str(sight)


def _yes(answer: bool) -> str:
    return "yes" if answer else _NO


def _knows(viewer: Viewer, relation: Relation, child: Child) -> bool:
    return child.state is State.LIVE and knows_of_sensitive(viewer, relation, shielded=child.hidden_from(relation))


def _step(viewer: Viewer, relation: Relation, child: Child) -> str:
    # Whoever is archived is not found at all: `fold_page` asks for the state before it asks for the step.
    if child.state is State.ARCHIVED:
        return _NO
    step = str(circle_step(viewer, relation, shielded=child.hidden_from(relation)))
    # An override shows the circle: there is no second step to it.
    if child.overridden and step == Step.SECOND:
        return str(Step.AT_ONCE)
    return _NO if step == "never" else step


def _reached(viewer: Viewer, relation: Relation, child: Child) -> bool:
    if child.state is State.ARCHIVED:
        return False
    return may_reach(viewer, relation, shielded=child.shielded, sheltered=child.sheltered)


def _walked_from(viewer: Viewer, relation: Relation, child: Child) -> bool:
    if _step(viewer, relation, child) == _NO:
        return False
    return may_walk_from(viewer, shielded=child.shielded, depth_is_circle=True)


def column_of(relation: Relation) -> str:
    """Which of RELATIONS this is: the first that fits."""
    return next(words for words, fits in RELATIONS if fits(relation))


def columns() -> dict[tuple[str, str], Answers]:
    """The answers for each user and relation, in words; ProgrammeError if one heading covers what differs."""
    found: dict[tuple[str, str], Answers] = {}
    for viewer, relation in product(_EVERY_VIEWER, _EVERY_RELATION):
        key = (_viewer_words(viewer), column_of(relation))
        answers = answers_for(viewer, relation)
        if found.setdefault(key, answers) != answers:
            raise ProgrammeError(f"docs/access.md puts different answers under one heading: {key}. Add a heading.")
    return found


def _viewer_words(viewer: Viewer) -> str:
    if not viewer.role.sees_children:
        return "operator, auditor, administrator"
    return f"statutory {viewer.role.words}" if viewer.statutory else viewer.role.words


def _head() -> list[str]:
    return [
        "# Who may see what",
        "",
        "This page is made by `python -m webapp.policy` from the rules that the product asks at every page, and a test",
        f"fails when it differs from them. It is of policy {POLICY}, which stands in every audit event.",
        "Do not edit it by hand.",
        "",
        "Nobody sees anything of a child without an account in good standing, a session, and a reason. Each look is",
        "recorded before it is shown.",
        "",
    ]


def _children() -> list[str]:
    found = columns()
    distinct = list(dict.fromkeys(found.values()))
    letters = {answers: ascii_uppercase[number] for number, answers in enumerate(distinct)}
    viewers = list(dict.fromkeys(words for words, _ in found))
    headings = [words for words, _ in RELATIONS]
    return [
        "## 1. Find your letter",
        "Who you are stands on the left, what you are to the child at the top. “Own area” means that the child’s",
        "authority is that of your account. *Statutory* is said of your organisation: social care, police, youth",
        "justice. The first heading that fits is yours.",
        "",
        *_table(["", *headings], [[who, *(letters[found[who, each]] for each in headings)] for who in viewers]),
        "",
        "## 2. What you see of a child",
        "*shown*: in full. *masked*: that there is one, and not which. *no*: not at all, and nothing tells that it is",
        "there. Section 3 says which services are need-to-know and which are sensitive; so is every kind that nobody",
        "has classified.",
        "Carers, home and what has ended are in the circle only, so the row “the circle” says how one comes to them.",
        "",
        *(line for number, child in enumerate(CHILDREN) for line in _child_table(number, child, distinct)),
        "A shielded child is found by its name and date of birth like any other, and never by school or area; nor is a",
        "sheltered one. “By a second step” means: press “Open the circle”, which is recorded by itself.",
        f"A child is grown up from the day of the {ADULT_AT}th birthday, London time. A record is closed",
        f"{YEARS_AFTER_DEATH} year after a death. Consent to stay ends on the {STAYS_TO}th birthday at the latest;",
        "whoever stays is on no list of an area and in none of its counts.",
        f"An override is of one child and one session, for {OVERRIDE_FOR // timedelta(minutes=1)} minutes at most.",
        "It is for accounts that hold the right. Nothing is printed or saved meanwhile, and the leads of the child’s",
        "authority are told.",
        "",
    ]


def _child_table(number: int, child: Child, distinct: Sequence[Answers]) -> list[str]:
    names = [ascii_uppercase[place] for place in range(len(distinct))]
    rows = [
        [words, *(answers[number][place] for answers in distinct)] for place, (words, _) in enumerate(questions(child))
    ]
    if all(cell == _NO for row in rows for cell in row[1:]):
        return [f"### {child.words}", "Nobody sees anything. The address answers as if there were no such child.", ""]
    same = next((at for at in range(number) if all(each[at] == each[number] for each in distinct)), None)
    if same is not None:
        return [f"### {child.words}", f"In every row as: {CHILDREN[same].words}.", ""]
    return [f"### {child.words}", *_table(["", *names], rows), ""]


def _numbers() -> list[str]:
    rows = [
        [kind.words, str(kind.visibility), ", ".join(sorted(numbers_used([kind.name]))) or _NO]
        for kind in KINDS.values()
    ]
    return [
        "## 3. Kinds of service, and who may search by a number",
        "Numbers are shown to nobody. Staff of a service may search by the number that their service uses.",
        "",
        *_table(["Kind of service", "Who may see it named", f"Its staff may search by ({', '.join(Number)})"], rows),
        "",
    ]


def _purposes() -> list[str]:
    return [
        "## 4. Purposes",
        "A child’s page, a list of names and a table ask for one of these first. All of them open the same: a reason",
        "is recorded, and widens nothing. There is no purpose beside them.",
        "",
        *_table(["Reason", "What it rests on"], [[reason.words, reason.basis] for reason in REASONS]),
        "",
    ]


def _routes(app: Flask) -> list[str]:
    rows = [
        [f"`{rule.rule}`", " ".join(sorted(rule.methods or ())), str(permission), _roles_words(permission)]
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))
        for permission in (permission_of(app, rule.endpoint),)
    ]
    return [
        "## 5. Every address",
        "From the application’s own table of routes. The site refuses to start with an address that has no policy.",
        "Whoever is not signed in, whose account is suspended, or whose security check or training has run out is",
        "asked to sign in.",
        "",
        *_table(["Address", "Method", "Asks for", "Roles"], rows),
    ]


def _roles_words(permission: Permission) -> str:
    if permission is Permission.PUBLIC:
        return "everybody"
    roles = roles_of(permission)
    words = ", ".join(role.words for role in Role if role in roles)
    return "everybody signed in" if roles == frozenset(Role) else words


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _no_graph() -> Database:
    raise ProgrammeError("The table of routes needs no graph.")


def main() -> int:
    """Writes the page."""
    PAGE.write_text(build(), encoding="utf-8")
    sys.stdout.write(f"Written: {PAGE.name}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

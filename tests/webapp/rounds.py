"""One round through every page and file that there is, as one visitor: what is answered, and what it cost the graph."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import neo4j
import pytest
from werkzeug.test import TestResponse

from graph.model.area import Lack
from graph.store import database
from tests.webapp.examples import (
    CHILD,
    EVERYTHING,
    EXAMPLES,
    FILES,
    LEADS,
    NARROWED,
    SEES_CHILDREN,
    ana,
    because,
    bo,
    circle_opened,
    elsie,
    narrowed,
)
from tests.webapp.test_every_page import address_of, sent
from tests.webapp.town import Example, Visit

_NONCE = re.compile(r"(nonce[=-]\"?'?)[A-Za-z0-9_-]{16,}")
_TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]+')

# Of a whole area, before anybody's rights are looked at (decision 12): read once a publication, or of those children of
# whom something was said since; and what each process reads once.
_KEPT = ("area/list_named", "area/list_stated", "area/list_circles", "children/list_received", "children/list_sent")
# A shield guards every name by which the child is known to anybody, so it is read whole when one is decided on.
_FOR_ALL = frozenset({*_KEPT, "shields/list_guarded"})


@dataclass(frozen=True)
class Answer:
    """What one request was answered, as a reader sees it: without what is new in every answer."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Round:
    """The answers of one round in their order, and the statements that each cost with how many rows came back."""

    answers: list[Answer] = field(default_factory=list)
    cost: list[tuple[str, tuple[tuple[str, int], ...]]] = field(default_factory=list)


def asked(*more: Example) -> tuple[Example, ...]:
    """Everything that may be asked without changing what others are answered, and these besides.

    Each visitor asks for what they are answered; what others are refused is in test_who_gets_in.py.
    """
    # The image is made of the drawing, and takes long.
    drawn = sorted(rule for rule in FILES if not rule.endswith(".png"))
    files = tuple(Example(rule, SEES_CHILDREN, values=ana, before=circle_opened()) for rule in drawn)
    of_bo = tuple(
        Example(rule, SEES_CHILDREN, values=bo, before=(because(bo),)) for rule in (CHILD, f"{CHILD}/involvement")
    )
    of_elsie = (Example(f"{CHILD}/time-line", SEES_CHILDREN, values=elsie, before=(because(elsie),)),)
    table = Example("/area/counts.csv", LEADS, "POST", form=lambda _visit: NARROWED)
    every = tuple(one for one in EXAMPLES if not (one.spoils or one.slow or _works(one) or one.rule in _OF_NOBODY))
    return (*every, *files, *of_bo, *of_elsie, table, *_of_area(), *more)


def _works(example: Example) -> bool:
    """Whether it starts a process or changes a feed: nothing of a child is in that."""
    return example.method == "POST" and example.rule.startswith("/console")


# Of nobody at all; what each round adds to, since it lists the looks at a child; and everything that is held, where
# data managers go through need-to-know services as well (decision 28).
_LOOKS = "/review/decided/<handle:judgement_id>/who-looked"
_OF_NOBODY = frozenset({"/about", "/cookies", "/help", "/sign-in", "/sign-in/<username>", _LOOKS, EVERYTHING})


def _of_area() -> Iterator[Example]:
    """The children of an area, narrowed by every single thing that it can be narrowed by."""
    for more in (
        {"agencies": "2"},
        {"agencies": "3"},
        {"overlap": "1"},
        {"overlap": "30"},
        *({f"lack-{lack}": "1"} for lack in Lack),
        {"kind-social_care": "1"},
    ):
        form = NARROWED | more
        yield Example("/area", LEADS, "POST", form=_fixed(form), note=str(more))
        yield Example("/area/names", LEADS, "POST", form=_named(more), note=str(more))


def _fixed(form: Mapping[str, str]) -> Any:
    return lambda _visit: form


def _named(more: Mapping[str, str]) -> Any:
    return lambda visit: {**narrowed(visit), "agencies": "0", **more}


def go_round(visit: Visit, examples: tuple[Example, ...], cost: "Cost") -> Round:
    """Asks for everything once, in one session, each reason given anew."""
    done = Round()
    for example in examples:
        if visit.who not in example.by:
            continue
        for before in example.before:
            _ask(visit, before)
        cost.begin()
        answer = _ask(visit, example)
        done.cost.append((str(example), cost.end()))
        done.answers.append(read(str(example), answer))
    return done


def _ask(visit: Visit, example: Example) -> TestResponse:
    return visit.client.open(address_of(visit, example), method=example.method, data=sent(visit, example))


def read(what: str, answer: TestResponse) -> Answer:
    """An answer without its nonce and the tokens of its forms."""
    body = answer.get_data()
    if answer.mimetype == "text/html":
        text = _NONCE.sub(r"\1", body.decode())
        body = _TOKEN.sub(r"\1", text).encode()
    headers = tuple(
        sorted((name, _NONCE.sub(r"\1", value)) for name, value in answer.headers.items() if name != "Set-Cookie")
    )
    return Answer(what, answer.status_code, headers, body)


class Cost:
    """Which statements an answer cost, and how many rows each brought; asked of the real graph."""

    def __init__(self) -> None:
        """Counts nothing yet."""
        self._found: list[tuple[str, int]] = []

    def begin(self) -> None:
        """Forgets what was counted."""
        self._found = []

    def end(self) -> tuple[tuple[str, int], ...]:
        """What was counted since."""
        return tuple(self._found)

    @contextmanager
    def counting(self) -> Iterator["Cost"]:
        """Counts what is asked of the graph meanwhile."""
        rows_of = database.rows_of

        def counted(query: Any, result: neo4j.Result) -> list[Any]:
            rows = rows_of(query, result)
            if query.name not in _FOR_ALL:
                self._found.append((query.name, len(rows)))
            return rows

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "rows_of", counted)
            yield self


def differences(before: Round, after: Round) -> list[str]:
    """What was answered otherwise, and what cost something else."""
    found = []
    for one, other in zip(before.answers, after.answers, strict=True):
        if one != other:
            found.append(f"{one.asked}: {one.status}, then {other.status}: {_where(one.body, other.body)}")
    for (what, one_cost), (_, other_cost) in zip(before.cost, after.cost, strict=True):
        if one_cost != other_cost:
            found.append(f"{what} cost {set(one_cost) ^ set(other_cost)}")
    return found


def _where(one: bytes, other: bytes) -> str:
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, place - 60)
    return f"…{one[start : place + 100]!r} became …{other[start : place + 100]!r}"

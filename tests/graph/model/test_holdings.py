"""What the public page says is held is what the loaders keep; who may see it is what the rule decides."""

import json
from pathlib import Path

import pytest

from graph.model.holdings import ASKED, DROPPED, HOLDINGS, LOOKERS, WORDS, Asked, Holding, Looker, may_see
from graph.model.kinds import Visibility
from graph.model.roles import Role
from graph.model.visibility import Part, Relation, Viewer
from loaders.registry import FEEDS
from loaders.tables import RECORD_PROPERTIES

GOLDENS = Path(__file__).parents[2] / "data"
# Kept of a file, though no sample has it.
UNSAMPLED = {"pds": {"email"}}
# Not properties of a person's record: an address is told of with the postcode; the kind is that of a row.
OTHERS = {"line_1", "line_2", "line_3", "line_4", "kind"}


def test_every_feed_with_people_is_told_of() -> None:
    told = [(each.feed, each.title, each.publisher, each.every_days) for each in HOLDINGS]

    declared = [(feed.name, feed.title, feed.publisher, feed.every_days) for feed in FEEDS.values() if feed.people]
    assert told == declared, "Say in graph/model/holdings.py what this feed is."


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.feed)
def test_what_is_said_to_be_held_is_what_is_kept(holding: Holding) -> None:
    feed = FEEDS[holding.feed]
    records = json.loads((GOLDENS / f"{holding.feed}.json").read_text(encoding="utf-8"))["records"]
    kept: dict[str, set[str]] = {"child": set(), "carer": set(), "practitioner": set()}
    for record in records:
        kept[record["subject"]] |= {name for name in RECORD_PROPERTIES if record.get(name) is not None}
    columns = {column.name for column in feed.columns.values()} & RECORD_PROPERTIES.keys() - OTHERS

    said = {"child": {*holding.child}, "carer": {*holding.carer}, "practitioner": {*holding.practitioner}}
    for subject, properties in kept.items():
        assert properties <= said[subject], f"Say in graph/model/holdings.py that this is held of a {subject}."
    everything = set().union(*said.values())
    assert everything == set().union(*kept.values()) | columns | UNSAMPLED.get(holding.feed, set())
    assert everything <= WORDS.keys()


def test_no_word_is_left_of_what_is_held_no_more() -> None:
    held = {name for each in HOLDINGS for name in (*each.child, *each.carer, *each.practitioner)}

    assert WORDS.keys() == held


def test_what_is_said_to_be_dropped_is_dropped() -> None:
    dropped = set().union(*(feed.dropped for feed in FEEDS.values()))
    kept = {name for feed in FEEDS.values() for name in feed.columns}

    said = {column for columns in DROPPED.values() for column in columns}
    assert said <= dropped
    assert not said & kept


@pytest.mark.parametrize(
    ("role", "statutory", "visibility", "said"),
    [
        (Role.PRACTITIONER, False, Visibility.OPEN, "Yes"),
        (Role.PRACTITIONER, False, Visibility.NEED_TO_KNOW, "No"),
        (Role.PRACTITIONER, True, Visibility.SENSITIVE, "Only that there is one"),
        (Role.DATA_MANAGER, False, Visibility.SENSITIVE, "Yes"),
        (Role.OPERATOR, False, Visibility.OPEN, "No"),
    ],
)
def test_who_may_see_what_is_said_as_it_is_decided(
    role: Role, statutory: bool, visibility: Visibility, said: str
) -> None:
    looker = Looker("", Viewer(role, statutory), Relation(own_area=True))

    assert may_see(looker, Asked("", Part.SERVICE, visibility)) == said


def test_the_circle_is_a_second_step_for_those_who_are_not_involved() -> None:
    carers = next(asked for asked in ASKED if asked.in_circle)

    assert [may_see(looker, carers) for looker in LOOKERS][:3] == ["By a second, recorded step", "Yes", "Yes"]
    assert set(Role) == {looker.viewer.role for looker in LOOKERS}

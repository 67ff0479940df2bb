"""What is left out of a pack: never by silence where a person has to say, and always counted with its ground."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph.model.corrections import Asker
from graph.model.errors import Refused
from graph.model.looks import LookPage
from graph.model.packs import Choice, Concern, Held, Item, Occasion, Section, choice_coded, make, undecided

OWN = Item("i1", Section.CHILD, "First name", "Ana", Concern.OWN)
CARER = Item("i2", Section.CARERS, "Carer", "Maria", Concern.THIRD_PARTY)
HOME = Item("i3", Section.HOME, "Home", "14 Larch Road", Concern.WHEREABOUTS)
CLINIC = Item("i4", Section.SERVICES, "Service", "The Clinic", Concern.GUARDED)
LOOKS = Item("i5", Section.LOOKS, "Who looked", "", Concern.OWN)
HELD = Held("h", "Ana", "K7Q2M94D0B", False, "v", (OWN, CARER, HOME, LOOKS), LookPage("Ana", (), False))
OCCASION = Occasion(Asker.CHILD, "Omar Said", "Northshire", datetime(2026, 11, 22, tzinfo=UTC))


def test_what_is_not_said_is_by_default_the_childs_own_and_nothing_else():
    assert [item.default for item in (OWN, CARER, HOME, CLINIC)] == [
        Choice.INCLUDE,
        Choice.THIRD_PARTY,
        Choice.SERIOUS_HARM,
        None,
    ]
    pack = make(HELD, {}, OCCASION)

    assert pack.held.items == (OWN, LOOKS)
    assert pack.left_out == ((Choice.THIRD_PARTY, 1), (Choice.SERIOUS_HARM, 1))
    assert (pack.missing, pack.looks) == (2, HELD.looks)
    assert pack.sections == ((Section.CHILD, (OWN,)),)


def test_a_person_may_put_in_what_is_anothers_and_leave_out_what_is_the_childs():
    pack = make(HELD, {"i1": Choice.LEGAL_RESTRICTION, "i2": Choice.INCLUDE, "i5": Choice.SERIOUS_HARM}, OCCASION)

    assert pack.held.items == (CARER,)
    assert pack.left_out == ((Choice.SERIOUS_HARM, 2), (Choice.LEGAL_RESTRICTION, 1))
    assert pack.looks is None


def test_what_is_guarded_is_never_put_in_or_left_out_by_silence():
    held = replace(HELD, items=(OWN, CLINIC))

    assert undecided(held.items, {}) == (CLINIC,)
    with pytest.raises(Refused, match="every line"):
        make(held, {"i1": Choice.INCLUDE, "i9": Choice.INCLUDE}, OCCASION)
    assert make(held, {"i4": Choice.INCLUDE}, OCCASION).held.items == (OWN, CLINIC)
    assert make(held, {"i4": Choice.SERIOUS_HARM}, OCCASION).held.items == (OWN,)


def test_every_ground_has_words_and_a_number_is_not_read_before_it_is_given():
    assert all(choice.ground for choice in Choice if choice is not Choice.INCLUDE)
    assert choice_coded("third_party") is Choice.THIRD_PARTY
    with pytest.raises(Refused, match="from the list"):
        choice_coded("because")
    number = replace(OWN, value="999 000 0018", number=True)
    assert "999" not in number.shown
    assert OWN.shown == "Ana"

"""Review, merge and un-merge on the real graph: who is asked, what they are shown, and that all of it can be undone."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.evidence import SeenChild
from graph.model.review import Doubt, Said, Stage
from graph.model.roles import Role
from graph.model.shielding import Ground
from graph.model.statements import Draft
from graph.services import loads, review, shields
from graph.services.canonical import Canonical, canonical_hash
from graph.services.circle import standing_facts
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.search import Clues, find_children
from graph.services.several import list_children
from graph.services.statements import Asked, correct_own, record_own, show_own
from graph.store import Database
from loaders.identify import sealed_lives
from loaders.state import GraphState
from tests.builders import given_session, values
from tests.conftest import empty
from tests.loaders.judged import given_proposal, given_whose, person_of, record_of, write
from tests.loaders.said import BORN, NORTHSHIRE, TODAY, address, carer, child, fact, given_area, given_file, home, tidy
from tests.loaders.test_write import ask

NHS, OTHER = "9990000018", "9990000026"
LARCH = address()
ELM = {"kind": "address", "key": "addr:elm", "line_1": "3 Elm Close", "postcode": "NS1 9ZZ", "authority": NORTHSHIRE}


@pytest.fixture(autouse=True)
def _by_key(monkeypatch: pytest.MonkeyPatch):
    """Records are one person's whose keys begin with one letter, or one who is known by that letter before."""
    given_whose(monkeypatch, lambda key: key[0])


def given_pair(db: Database, **said: Any) -> tuple[str, str]:
    """Ana, known from the register, with home, carer and school; and the census's Anna, who may be Ana."""
    given_area(db)
    given_file(
        db, "pds",
        tidy(
            [child("A", nhs_number=NHS), carer("m")],
            [home("A"), fact("A", "CARED_FOR_BY", "record", "m", relationship="mother")],
            [LARCH],
        ),
    )  # fmt: skip
    given_file(
        db, "school_census",
        tidy(
            [child("B", forename="Anna", middle_names="Rose", postcode="NS1 9ZZ")],
            [home("B", "addr:elm"), fact("B", "ATTENDS", "school", "urn:900001", starts=date(2025, 9, 1))],
            [ELM],
        ),
        supplier="hillbrook",
    )  # fmt: skip
    ana, anna = person_of(db, "A"), person_of(db, "B")
    given_proposal(db, entry=anna, candidate=ana, record=record_of(db, "B"), **said)
    return ana, anna


def manager(db: Database, username: str = "omar", **more: Any) -> str:
    """A data manager of Northshire who has signed in."""
    usual = {"name": f"{username.title()} Said", "authority": NORTHSHIRE, "role": Role.DATA_MANAGER}
    return given_session(db, username=username, **(usual | more))


def decide(db: Database, token: str, entry: str, said: str) -> Any:
    """What comes of a decision on the case as it is now."""
    handle = handle_of(token, entry)
    return review.decide(db, token, handle, review.show_case(db, token, handle).version, said)


def open_facts(db: Database, person: str) -> set[tuple[str, str]]:
    """The open facts of a person: type and name."""
    text = "MATCH (:Person {person_id: $person})-[f]->() WHERE f.fact_id IS NOT NULL AND f.ended_run IS NULL "
    return {tuple(row) for row in ask(db, text + "RETURN [type(f), f.fact_id] AS fact", person=person)}


# --- what waits ----------------------------------------------------------------------------------


def test_a_case_waits_for_the_data_managers_of_the_area_and_names_nobody(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    hana = manager(db, "hana", authority="E10000902")

    queue = review.list_queue(db, omar)

    (line,) = queue.lines
    assert (queue.count, line.reason, line.stage, line.needs) == (1, "May be a namesake", Stage.OPEN, 1)
    assert "Ana" not in repr(queue)
    assert ana not in repr(queue)
    assert anna not in repr(queue)
    assert review.list_queue(db, hana).count == 0
    for refused in (
        lambda: review.show_case(db, hana, handle_of(hana, anna)),
        lambda: review.show_case(db, omar, "00"),
    ):
        with pytest.raises(NotFound, match="another authority"):
            refused()
    (waiting,) = review.list_waiting(db)
    assert (waiting.feed, waiting.supplier, waiting.line, waiting.reason) == (
        "school_census", "hillbrook", 2, "May be a namesake",
    )  # fmt: skip
    assert not {"Ana", "Anna", "Costa", ana, anna} & set(repr(waiting).replace("'", " ").split())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_MANAGER])
def test_nobody_but_data_managers_reviews(db: Database, role: Role):
    _, anna = given_pair(db)
    token = manager(db, role=role)

    for act in (
        lambda: review.list_queue(db, token),
        lambda: review.show_case(db, token, handle_of(token, anna)),
        lambda: review.decide(db, token, handle_of(token, anna), "v", "same"),
        lambda: review.list_decided(db, token),
        lambda: review.take_apart(db, token, "x"),
    ):
        with pytest.raises(Refused, match="Your role"):
            act()


def test_a_postcode_that_stands_without_an_address_is_shown_because_it_is_compared(db: Database):
    given_area(db)
    given_file(db, "pds", tidy([child("A", nhs_number=NHS)], [home("A")], [LARCH]))
    given_file(db, "school_census", tidy([child("B", postcode="NS1 1AA")], [], []), supplier="hillbrook")
    anna = person_of(db, "B")
    given_proposal(db, entry=anna, candidate=person_of(db, "A"), record=record_of(db, "B"))

    omar = manager(db)

    page = review.show_case(db, omar, handle_of(omar, anna))

    (row,) = (row for row in page.rows if row.label == "Home now")
    assert (row.entry, row.candidate) == (("NS1 1AA",), ("14 Larch Road, NS1 1AA",))


def test_a_case_shows_both_identities_and_no_number_or_score(db: Database):
    ana, anna = given_pair(db)
    given_file(
        db, "births", tidy([child("T", forename="Bea", middle_names="Ivy")], [home("T")], [LARCH]), supplier="ons"
    )
    omar = manager(db)

    page = review.show_case(db, omar, handle_of(omar, anna))

    rows = {row.label: row for row in page.rows}
    assert (rows["Name"].entry, rows["Name"].candidate) == (("Anna Rose Costa",), ("Ana Costa",))
    assert rows["Home now"].entry == ("3 Elm Close, NS1 9ZZ",)
    assert rows["Home now"].candidate == ("14 Larch Road, NS1 1AA",)
    assert rows["Other children of the home"].candidate == ("Bea Costa, born 4 June 2017, the same birthday",)
    assert rows["Carers"].candidate == ("Maria Costa (mother)",)
    assert rows["School"].entry == ("Hillbrook Primary School",)
    assert rows["NHS number"].together == "On one side only"
    assert [row.personal for row in page.rows] == sorted((row.personal for row in page.rows), reverse=True)
    assert (page.reason, page.margin) == (Doubt.NAMESAKE.words, "No other child comes into question.")
    assert [clue.part for clue in page.clues] == ["Forename", "Date of birth", "Address"]
    assert NHS not in repr(page)
    assert not any(text in repr(page) for text in ("8.5", "10.2", "12.7"))
    (refs,) = ask(db, "MATCH (e:AuditEvent {action: 'review.open'}) RETURN e.child_refs AS refs")
    assert set(refs) == {ana, anna, person_of(db, "T")}


def test_the_second_best_child_is_shown_with_how_near_it_is(db: Database):
    _, anna = given_pair(db, margin=2.5)
    given_file(db, "births", tidy([child("C", forename="Annie")]), supplier="ons")
    third = person_of(db, "C")
    given_proposal(db, entry=anna, candidate=third, record=record_of(db, "B"), weight=6.0)
    omar = manager(db)

    page = review.show_case(db, omar, handle_of(omar, anna))

    assert page.rival == ("Annie Costa", "born 4 June 2017")
    assert page.margin == "Another child fits nearly as well."
    decide(db, omar, anna, "different")
    assert review.show_case(db, omar, handle_of(omar, anna)).rival == ()
    assert dict(review_rows(db, omar, anna))["Name"].candidate == ("Annie Costa",)


def test_who_has_a_statutory_service_is_looked_at_before_others(db: Database):
    given_pair(db)
    given_file(db, "births", tidy([child("C", forename="Annie"), child("D", forename="Dora")]), supplier="ons")
    given_proposal(db, entry=person_of(db, "C"), candidate=person_of(db, "D"), record=record_of(db, "C"))
    first, last = [case.case for case in review.list_waiting(db)]
    key = "A2" if last == record_of(db, "B") else "D2"

    said = tidy([child(key)], [fact(key, "INVOLVES", "service", "NS-SOCIAL", basis="public_task")])
    given_file(db, "involvements", said, supplier="northshire")

    assert [case.case for case in review.list_waiting(db)] == [last, first]


def review_rows(db: Database, token: str, entry: str) -> Iterator[tuple[str, Any]]:
    """The lines of a case by their label."""
    return ((row.label, row) for row in review.show_case(db, token, handle_of(token, entry)).rows)


@pytest.mark.parametrize("which", [0, 1])
def test_of_a_shielded_child_nothing_is_shown_and_nothing_decided(db: Database, which: int):
    pair = given_pair(db, reason=Doubt.NUMBERS_CLASH.value)
    shield(db, pair[which])
    omar = manager(db)
    handle = handle_of(omar, pair[1])

    queue = review.list_queue(db, omar)

    assert (queue.count, queue.shielded, queue.first) == (1, 1, 0)
    assert (queue.lines[0].handle, queue.lines[0].reason) == (None, "A record is shielded")
    assert review.list_waiting(db)[0].reason == "shielded"
    for act in (lambda: review.show_case(db, omar, handle), lambda: review.decide(db, omar, handle, "v", "same")):
        with pytest.raises(Refused, match="shielded") as refusal:
            act()
        assert "Ana" not in str(refusal.value)
    assert ask(db, "MATCH (j:Judgement) RETURN j") == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_question_about_a_life_that_is_sealed_since_is_nobodys_to_see_or_decide(db: Database, which: int):
    pair = given_pair(db)
    if which:
        given_file(db, "births", tidy([child("B2", nhs_number=OTHER)]), supplier="ons")
    omar = manager(db)
    version = review.show_case(db, omar, handle_of(omar, pair[1])).version
    another = tidy([child("Z", forename="Zoe", family_name="Field", nhs_number="9990000034")])
    given_file(db, "pds", replace(another, withdrawn=frozenset({"9990000034"})), as_at=TODAY - timedelta(days=1))
    assert review.list_queue(db, omar).count == 1

    withdrawn = replace(tidy([child("Y", forename="Yan")]), withdrawn=frozenset({(NHS, OTHER)[which]}))
    given_file(db, "births", withdrawn, supplier="ons2")

    # The record that held the number has ended where PDS said it: the life is sealed all the same.
    assert sealed_lives(GraphState(db), frozenset({(NHS, OTHER)[which]})) == {pair[which]}
    assert review.list_queue(db, omar).count == 0
    assert review.list_waiting(db) == []
    for act in (
        lambda: review.show_case(db, omar, handle_of(omar, pair[1])),
        lambda: review.decide(db, omar, handle_of(omar, pair[1]), version, "same"),
    ):
        with pytest.raises(NotFound, match="decided already"):
            act()


def shield(db: Database, person: str) -> str:
    """A shield over a child, decided by a person."""
    return shields.add_shield(
        db, child_number=person, ground=Ground.DOMESTIC_ABUSE, review_on=TODAY + timedelta(days=90),
        decided_by="os:sam", today=TODAY,
    )  # fmt: skip


def test_nobody_decides_on_their_own_family(db: Database):
    _, anna = given_pair(db)
    maria = manager(db, name="Maria Costa")

    with pytest.raises(Refused, match="name of a carer"):
        review.show_case(db, maria, handle_of(maria, anna))


def test_names_that_only_a_guarded_list_gives_are_not_shown(db: Database):
    _, anna = given_pair(db)
    given_file(
        db, "directory",
        tidy([{"key": "YJ", "subject": "service", "line": 2, "name": "Youth justice", "kind": "youth_justice"}]),
        supplier="southmere",
    )  # fmt: skip
    said = tidy([child("A2", forename="Spider")], [fact("A2", "INVOLVES", "service", "YJ", basis="public_task")])
    given_file(db, "involvements", said, supplier="yjs")
    omar = manager(db)

    page = review.show_case(db, omar, handle_of(omar, anna))

    assert "Spider" not in repr(page)


# --- deciding ------------------------------------------------------------------------------------


def test_different_is_remembered_and_nothing_moves(db: Database):
    ana, anna = given_pair(db)
    before = canonical_hash(db)
    omar = manager(db)

    outcome = decide(db, omar, anna, "different")

    assert (outcome.said, outcome.settled) == (Said.DIFFERENT, Said.DIFFERENT)
    assert canonical_hash(db) == before
    assert review.list_queue(db, omar).count == 0
    bans = values(
        db,
        "MATCH (a)-[b:MUST_NOT_LINK]->(c) MATCH (j:Judgement {judgement_id: b.judgement_id}) "
        "RETURN a.person_id, c.person_id, j.said, j.settled, j.run, j.reason, j.policy",
    )
    assert bans == [(anna, ana, "different", "different", None, Doubt.NAMESAKE.value, 1)]
    given_proposal(db, entry=anna, candidate=ana, record=record_of(db, "B"))
    with pytest.raises(Conflict, match="decided before"):
        decide(db, omar, anna, "same")


def test_not_sure_keeps_the_case_with_what_was_said(db: Database):
    _, anna = given_pair(db)
    omar = manager(db)

    outcome = decide(db, omar, anna, "unsure")

    assert outcome.settled is None
    queue = review.list_queue(db, omar)
    assert (queue.count, queue.unsure, queue.lines[0].stage, queue.lines[0].mine) == (1, 1, Stage.UNSURE, True)
    assert decide(db, omar, anna, "different").settled is Said.DIFFERENT


def test_twins_need_two_people_and_the_second_is_not_told_what_the_first_said(db: Database):
    _, anna = given_pair(db, reason=Doubt.CO_TWIN.value)
    omar, hana = manager(db), manager(db, "hana")

    assert decide(db, omar, anna, "same").settled is None

    assert person_of(db, "B") == anna
    page = review.show_case(db, hana, handle_of(hana, anna))
    assert (page.stage, page.needs, page.may_decide) == (Stage.SECOND, 2, True)
    texts = [repr(each) for each in (page, review.list_queue(db, hana), review.list_decided(db, hana))]
    assert [text for text in texts if "Omar" in text] == []
    write(db, "MATCH (j:Judgement) SET j.said = 'different'")
    assert review.show_case(db, hana, handle_of(hana, anna)) == page
    write(db, "MATCH (j:Judgement) SET j.said = 'same'")
    with pytest.raises(Conflict, match="Another person"):
        decide(db, omar, anna, "same")
    assert decide(db, hana, anna, "same").settled is Said.SAME
    assert person_of(db, "B") == person_of(db, "A")


def test_two_who_differ_leave_it_to_a_third(db: Database):
    _, anna = given_pair(db, reason=Doubt.NUMBERS_CLASH.value)
    omar, hana, kim = manager(db), manager(db, "hana"), manager(db, "kim")

    decide(db, omar, anna, "same")
    assert decide(db, hana, anna, "different").settled is None

    assert review.list_queue(db, kim).unsure == 1
    assert decide(db, kim, anna, "different").settled is Said.DIFFERENT
    said = ask(db, "MATCH (j:Judgement) RETURN j.said AS said ORDER BY j.at")
    assert said == ["same", "different", "different"]


def test_an_entry_with_records_of_its_own_is_a_child_and_needs_two_people(db: Database):
    _, anna = given_pair(db)
    given_file(db, "child_benefit", tidy([child("B2", forename="Anna")]))
    omar = manager(db)

    assert review.list_queue(db, omar).lines[0].needs == 2
    assert decide(db, omar, anna, "same").settled is None


def test_a_stale_form_and_an_unknown_word_change_nothing(db: Database):
    _, anna = given_pair(db)
    omar = manager(db)
    handle = handle_of(omar, anna)
    version = review.show_case(db, omar, handle).version

    with pytest.raises(Conflict, match="has changed"):
        review.decide(db, omar, handle, "0" * 32, "same")
    with pytest.raises(Refused, match="Choose whether"):
        review.decide(db, omar, handle, version, "surely")
    assert ask(db, "MATCH (j:Judgement) RETURN j") == []


def test_nothing_is_decided_while_a_file_is_loaded(db: Database):
    _, anna = given_pair(db)
    omar = manager(db)
    handle = handle_of(omar, anna)
    version = review.show_case(db, omar, handle).version
    load = loads.begin_load(db, feed="pds", supplier="nhs")

    with pytest.raises(Conflict, match="being loaded"):
        review.decide(db, omar, handle, version, "same")

    load.free()
    assert review.decide(db, omar, handle, version, "same").settled is Said.SAME


def test_who_cares_for_the_other_is_not_the_other(db: Database):
    ana, anna = given_pair(db)
    given_file(
        db, "births",
        tidy([child("B9"), carer("A9")], [fact("B9", "CARED_FOR_BY", "record", "A9")]),
        supplier="ons",
    )  # fmt: skip
    omar, hana = manager(db), manager(db, "hana")
    before = canonical_hash(db)
    decide(db, omar, anna, "same")

    with pytest.raises(Conflict, match="caring for the other"):
        decide(db, hana, anna, "same")

    assert canonical_hash(db) == before
    assert ask(db, "MATCH (r:Run {feed: 'judgement'}) RETURN r") == []
    denied = values(
        db, "MATCH (e:AuditEvent {action: 'review.decide', decision: 'denied'}) RETURN e.child_refs AS refs"
    )
    assert denied == [([anna],)]
    assert ana != anna


# --- merge ---------------------------------------------------------------------------------------


def test_same_moves_records_and_facts_under_a_run_of_its_own(db: Database):
    ana, anna = given_pair(db)
    was = open_facts(db, anna)
    published = loads.show_publication(db).published
    omar = manager(db)

    outcome = decide(db, omar, anna, "same")

    assert outcome.settled is Said.SAME
    assert loads.show_publication(db).published == published + 1
    assert person_of(db, "B") == ana
    moved = {row for row in was if row[0] != "RESPONSIBILITY_OF"}
    assert moved <= open_facts(db, ana)
    assert open_facts(db, anna) == set()
    assert sum(kind == "RESPONSIBILITY_OF" for kind, _ in open_facts(db, ana)) == 1
    assert ask(db, "MATCH (p:Person {person_id: $p}) RETURN labels(p) AS labels", p=anna) == [["Person"]]
    (run,) = ask(db, "MATCH (j:Judgement) RETURN j.run AS run")
    assert (run, loads.list_runs(db)[0].outcome) == (published + 1, "decided")
    # What one list says is still confirmed by that list, not by the decision.
    text = (
        "MATCH (:Person {person_id: $p})-[f:ATTENDS]->() WHERE f.ended_run IS NULL RETURN [f.run, f.file_run] AS runs"
    )
    ((now, said),) = ask(db, text, p=ana)
    assert (now, said < now) == (run, True)


def test_the_graph_is_the_same_as_if_the_load_had_joined_the_records(db: Database, monkeypatch: pytest.MonkeyPatch):
    _, anna = given_pair(db)
    omar = manager(db)
    decide(db, omar, anna, "same")
    decided = canonical_hash(db)
    empty(db)

    given_whose(monkeypatch, lambda key: "A" if key == "B" else key[0])
    monkeypatch.setattr("tests.graph.services.test_review.given_proposal", lambda *_, **__: None)
    given_pair(db)

    assert canonical_hash(db) == decided


def test_a_load_after_a_merge_finds_the_joined_child(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    decide(db, omar, anna, "same")

    plan, _ = given_file(
        db, "school_census",
        tidy([child("B", forename="Anna")], [home("B", "addr:elm")], [ELM]),
        supplier="hillbrook", as_at=TODAY + timedelta(days=1),
    )  # fmt: skip

    assert plan.counts["changed"] == 1
    assert person_of(db, "B") == ana
    assert open_facts(db, anna) == set()
    (kinds,) = ask(
        db, "MATCH (p:Person {person_id: $p})-[f]->() WHERE f.ended_run IS NULL RETURN collect(type(f))", p=ana
    )
    assert sorted(kinds) == ["CARED_FOR_BY", "LIVES_AT", "LIVES_AT", "RESPONSIBILITY_OF"]


def test_a_number_that_moved_leads_later_files_to_the_joined_child_alone(db: Database, monkeypatch: pytest.MonkeyPatch):
    """The real matching: a number that the emptied entry held too would be a conflict, and make a third child."""
    ana, anna = given_pair(db)
    upn = "B990900100001"
    given_file(db, "common_transfer_file", tidy([child("B5", forename="Anna", nhs_number=OTHER, upn=upn)]))
    omar, hana = manager(db), manager(db, "hana")
    for token in (omar, hana):
        decide(db, token, anna, "same")
    monkeypatch.undo()

    said = [child("X1", forename="Anna", nhs_number=OTHER), child("X2", forename="Anna", upn=upn)]
    given_file(db, "births", tidy(said), supplier="ons")

    assert (person_of(db, "X1"), person_of(db, "X2")) == (ana, ana)


def test_the_emptied_entry_is_in_no_search_no_count_and_gets_no_shield(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    by_name = Clues(name="Anna Costa", date_of_birth=BORN)
    assert len(find_children(db, omar, by_name).rows) == 2
    decide(db, omar, anna, "same")

    (row,) = find_children(db, omar, by_name).rows
    assert row.handle == handle_of(omar, ana)
    assert find_children(db, omar, Clues(name="Anna Costa", date_of_birth=BORN, area=NORTHSHIRE)).rows == (row,)
    assert ask(db, "MATCH (c:Child) RETURN c.child_id") == [ana]
    assert ask(db, "MATCH (p {person_id: $p})-[f]->() WHERE f.ended_run IS NULL RETURN type(f)", p=anna) == []
    with pytest.raises(NotFound, match="no child with the number"):
        shield(db, anna)


def test_joined_twice_each_is_taken_apart_from_where_it_is_now(db: Database):
    ana, anna = given_pair(db)
    given_file(db, "births", tidy([child("C", forename="Annie")], [home("C")], [LARCH]), supplier="ons")
    annie = person_of(db, "C")
    omar, hana = manager(db), manager(db, "hana")
    decide(db, omar, anna, "same")
    joined = judgement_of(db)
    given_proposal(db, entry=ana, candidate=annie, record=record_of(db, "A"))
    for token in (omar, hana):
        decide(db, token, ana, "same")
    assert person_of(db, "B") == annie
    dawn = given_session(db, authority=NORTHSHIRE)
    show_child(db, dawn, handle_of(dawn, annie), reason="attendance", case_reference="", depth=Depth.SIGNPOST)
    assert "Dawn Okoro" in {look.name for look in review.list_looks(db, omar, joined)}

    review.take_apart(db, omar, joined)

    assert (person_of(db, "A"), person_of(db, "B"), person_of(db, "C")) == (annie, anna, annie)


def test_an_old_address_of_the_entry_says_that_it_was_joined(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    ask_for = {"reason": "wellbeing", "case_reference": "", "depth": Depth.CIRCLE}
    show_child(db, omar, handle_of(omar, anna), **ask_for)
    decide(db, omar, anna, "same")

    with pytest.raises(NotFound, match="joined with another"):
        show_child(db, omar, handle_of(omar, anna), **ask_for)
    assert show_child(db, omar, handle_of(omar, ana), **ask_for).name == "Ana Costa"
    shield(db, ana)
    with pytest.raises(NotFound, match="No child is found"):
        show_child(db, omar, handle_of(omar, anna), **ask_for)


def test_a_merge_is_shielded_if_either_was_and_a_split_leaves_both_so(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    decide(db, omar, anna, "same")
    shield(db, ana)
    (judgement,) = ask(db, "MATCH (j:Judgement) RETURN j.judgement_id")

    review.take_apart(db, omar, judgement)

    over = set(ask(db, "MATCH (:Shield)-[:SHIELDS]->(p) RETURN p.person_id"))
    assert over == {ana, anna}
    (guard,) = {tuple(each.forenames) for each in shields.list_guards(db)}
    assert guard == ("ana", "anna")


def test_proposals_and_bans_go_with_the_child(db: Database):
    ana, anna = given_pair(db)
    given_file(db, "births", tidy([child("C", forename="Annie"), child("D", forename="Dora")]), supplier="ons")
    annie, dora = person_of(db, "C"), person_of(db, "D")
    given_proposal(db, entry=annie, candidate=anna, record=record_of(db, "C"))
    given_proposal(db, entry=anna, candidate=dora, record=record_of(db, "B"), weight=1.0)
    omar = manager(db)
    ban = "MATCH (a {person_id: $a}), (d {person_id: $d}) CREATE (a)-[:MUST_NOT_LINK {judgement_id: 'j'}]->(d)"
    write(db, ban, a=anna, d=dora)

    decide(db, omar, anna, "same")

    text = "MATCH (a)-[p:POSSIBLE_SAME_AS]->(b) WHERE p.ended_run IS NULL RETURN [a.person_id, b.person_id] AS pair"
    assert ask(db, text) == [[annie, ana]]
    banned = ask(db, "MATCH (a)-[:MUST_NOT_LINK]->(b) RETURN [a.person_id, b.person_id] AS pair")
    assert sorted(banned) == sorted([[anna, dora], [ana, dora]])


def test_a_run_on_which_a_judgement_rests_is_not_undone(db: Database):
    _, anna = given_pair(db)
    omar = manager(db)
    (census,) = [row.run for row in loads.list_runs(db) if row.feed == "school_census"]
    decide(db, omar, anna, "unsure")
    (judgement,) = ask(db, "MATCH (j:Judgement) RETURN j.judgement_id")

    with pytest.raises(Conflict, match=judgement):
        loads.undo_run(db, census)
    decide(db, omar, anna, "same")
    with pytest.raises(Conflict, match="decided"):
        loads.undo_run(db, census)
    decided = loads.list_runs(db)[0].run
    with pytest.raises(Conflict, match="person's decision"):
        loads.undo_run(db, next(row.run for row in loads.list_runs(db) if row.feed == "judgement"))
    assert decided > census
    # A later file that says more of the same child rests on nothing that was judged.
    _, later = given_file(
        db, "school_census", tidy([child("B", forename="Anne")]), supplier="hillbrook", as_at=TODAY + timedelta(days=1)
    )
    before = person_of(db, "B")
    loads.undo_run(db, later.run)
    assert person_of(db, "B") == before


# --- split ---------------------------------------------------------------------------------------


def judgement_of(db: Database) -> str:
    """The judgement that joined two entries."""
    (found,) = ask(db, "MATCH (j:Judgement {kind: 'case'}) WHERE j.settled = 'same' RETURN j.judgement_id AS id")
    return str(found)


def test_taken_apart_the_two_are_what_they_were_and_are_not_joined_again(db: Database):
    ana, anna = given_pair(db)
    before, facts = canonical_hash(db), (open_facts(db, ana), open_facts(db, anna))
    omar = manager(db)
    decide(db, omar, anna, "same")
    assert canonical_hash(db) != before

    review.take_apart(db, omar, judgement_of(db))

    assert canonical_hash(db) == before
    assert (open_facts(db, ana), open_facts(db, anna)) == facts
    assert person_of(db, "B") == anna
    assert len(ask(db, "MATCH ({person_id: $a})-[b:MUST_NOT_LINK]-({person_id: $b}) RETURN b", a=ana, b=anna)) == 1
    assert review.list_queue(db, omar).count == 0
    (line,) = review.list_decided(db, omar).lines
    assert line.taken_apart_on == clock.day_in_england(clock.now())
    with pytest.raises(Conflict, match="taken apart already"):
        review.take_apart(db, omar, judgement_of(db))


def test_a_part_of_the_records_goes_to_a_child_of_its_own_where_the_old_entry_is_used_again(db: Database):
    ana, anna = given_pair(db)
    given_file(db, "child_benefit", tidy([child("B2", forename="Anna")]))
    omar, hana = manager(db), manager(db, "hana")
    decide(db, omar, anna, "same")
    decide(db, hana, anna, "same")

    review.take_apart(db, omar, judgement_of(db), [record_of(db, "B2")])

    assert person_of(db, "B2") == anna
    assert person_of(db, "B") == ana
    assert ask(db, "MATCH (p:Child {person_id: $p}) RETURN p.child_id", p=anna) == [anna]
    with pytest.raises(Conflict, match="taken apart already"):
        review.take_apart(db, omar, judgement_of(db))


def test_a_decision_of_another_authority_is_not_there(db: Database):
    _, anna = given_pair(db)
    omar, far = manager(db), manager(db, "far", authority="E10000902")
    decide(db, omar, anna, "same")

    for act in (review.show_decided, review.take_apart, review.list_looks):
        with pytest.raises(NotFound, match="another authority"):
            act(db, far, judgement_of(db))
    assert review.list_decided(db, far).count == 0


def test_who_saw_the_joined_child_is_told_to_data_managers_and_auditors(db: Database):
    ana, anna = given_pair(db)
    omar = manager(db)
    dawn = given_session(db, authority=NORTHSHIRE)
    ask_for = {"reason": "attendance", "case_reference": "", "depth": Depth.SIGNPOST}
    show_child(db, dawn, handle_of(dawn, ana), **ask_for)
    decide(db, omar, anna, "same")
    show_child(db, dawn, handle_of(dawn, ana), **ask_for)
    review.take_apart(db, omar, judgement_of(db))
    show_child(db, dawn, handle_of(dawn, ana), **ask_for)
    ann = manager(db, "ann", role=Role.AUDITOR, authority=None)

    for token in (omar, ann):
        (look,) = review.list_looks(db, token, judgement_of(db))
        shown = ("Dawn Okoro", "Hillbrook Primary School", "Whom to ring", "Attendance concern", 1)
        assert (look.name, look.organisation, look.what, look.why, look.times) == shown
    audited = ask(db, "MATCH (e:AuditEvent {action: 'review.looks', decision: 'allowed'}) RETURN e.child_refs AS refs")
    assert audited == [[ana], [ana]]
    with pytest.raises(Refused):
        review.list_looks(db, dawn, judgement_of(db))


def test_what_practitioners_said_moves_and_comes_back(db: Database):
    ana, anna = given_pair(db)
    said_by(db, anna)
    before = canonical_hash(db)
    omar, hana = manager(db), manager(db, "hana")
    for token in (omar, hana):
        decide(db, token, anna, "same")

    assert ask(db, "MATCH (p)-[f:INVOLVES]->() WHERE f.ended_run IS NULL RETURN p.person_id") == [ana]
    review.take_apart(db, omar, judgement_of(db))

    assert canonical_hash(db) == before
    assert ask(db, "MATCH (p)-[f:INVOLVES]->() WHERE f.ended_run IS NULL RETURN p.person_id") == [anna]


def said_by(db: Database, child_id: str) -> None:
    """A practitioner's own statement that they work with a child."""
    priya = given_session(db, username="priya", name="Priya Nair", authority=NORTHSHIRE, service_id="NS-SOCIAL")
    today = clock.day_in_england(clock.now())
    record_own(db, Asked(priya, handle_of(priya, child_id), "wellbeing"), Draft("social worker", today))


def test_a_practitioners_correction_stands_over_the_line_that_moved_with_it(db: Database):
    """The line stands again under a later run, but no file has said it anew since."""
    ana, anna = given_pair(db)
    given_file(
        db, "involvements",
        tidy(
            [child("B3", forename="Anna"), {"key": "P1", "subject": "practitioner", "line": 3, "name": "Priya Nair"}],
            [
                fact("B3", "INVOLVES", "service", "NS-SOCIAL", basis="public_task", involvement="B3"),
                fact("B3", "SEEN_BY", "practitioner", "P1", role="social worker", involvement="B3"),
            ],
        ),
        supplier="northshire",
    )  # fmt: skip
    priya = given_session(
        db, username="priya", name="Priya Nair", authority=NORTHSHIRE, service_id="NS-SOCIAL",
        practitioner_id="northshire:P1",
    )  # fmt: skip
    asked = Asked(priya, handle_of(priya, anna), "wellbeing")
    (line,) = show_own(db, asked).involvements
    correct_own(db, asked, line.key, line.version, Draft("team manager", clock.day_in_england(clock.now())))
    omar, hana = manager(db), manager(db, "hana")
    for token in (omar, hana):
        decide(db, token, anna, "same")

    (child_now,) = views(db, ana).values()
    roles = [each.role for each in standing_facts(child_now) if each.type == "SEEN_BY"]
    assert roles == ["team manager"]
    (line,) = show_own(db, Asked(priya, handle_of(priya, ana), "wellbeing")).involvements
    assert line.role == "team manager"


# --- merge, then split, gives back the exact view ------------------------------------------------

NUMBERS = itertools.count(1)
FEEDS = ("pds", "births", "school_census", "child_benefit", "common_transfer_file")
DATES = st.none() | st.sampled_from([date(2025, 9, 1), date(2026, 1, 5)])


@st.composite
def entries(draw: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Files of records of two entries, A and B, with homes, schools, practices, carers and children of their own.

    Every example speaks of others, so that one graph serves them all: their keys end alike.
    """
    files, end = [], f"-{next(NUMBERS)}"
    for number, feed in enumerate(FEEDS):
        records, facts = [], []
        for word in sorted(draw(st.sets(st.sampled_from("AB"))) | {0: {"A"}, 1: {"B"}}.get(number, set())):
            key = f"{word}{number}{end}"
            records.append(child(key, forename=draw(st.sampled_from(["Ana", "Anna"])), nhs_number=None))
            if word == "A" and number == 0:
                facts.append(home(key))  # somebody's area, so that somebody may decide
            for place in sorted(draw(st.sets(st.sampled_from(["addr:elm"] if facts else ["addr:larch", "addr:elm"])))):
                facts.append(home(key, place, starts=draw(DATES), ends=draw(st.none() | st.just(date(2026, 3, 1)))))
            if draw(st.booleans()):
                facts.append(fact(key, "ATTENDS", "school", "urn:900001", starts=draw(DATES)))
            if draw(st.booleans()):
                facts.append(fact(key, "REGISTERED_WITH", "gp_practice", "ods:Y90001", starts=draw(DATES)))
            if draw(st.booleans()):
                records.append(carer(f"m{key}"))
                facts.append(fact(key, "CARED_FOR_BY", "record", f"m{key}", relationship="mother", starts=draw(DATES)))
            if draw(st.booleans()):
                # A young parent: somebody else's carer has this entry's own record.
                records += [child(f"z{key}", forename="Zoe"), carer(f"{word}c{number}{end}")]
                facts.append(fact(f"z{key}", "CARED_FOR_BY", "record", f"{word}c{number}{end}", starts=draw(DATES)))
        if records:
            files.append((feed, tidy(records, facts, [LARCH, ELM])))
    return files


def views(db: Database, *persons: str) -> dict[str, SeenChild]:
    """What anybody may come to see of these children, in one order."""
    published = loads.show_publication(db).published
    rows = db.transact(lambda tx: list_children(tx, persons, published=published, withdrawn=[], today=TODAY))
    return {
        person: replace(
            row.now,
            records=tuple(sorted(row.now.records, key=lambda record: record.record)),
            facts=tuple(
                replace(
                    each,
                    described=tuple(sorted(each.described, key=repr)),
                    # Whose authority is computed has no file; nothing shows which run computed it.
                    run=0 if each.source == "computed" else each.run,
                )
                for each in sorted(row.now.facts, key=lambda fact: fact.fact_id)
            ),
        )
        for person, row in rows.items()
    }


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(files=entries())
def test_merge_then_split_gives_back_the_exact_view(
    db: Database, monkeypatch: pytest.MonkeyPatch, files: list[tuple[str, Any]]
):
    end = files[0][1].records["key"].iloc[0].partition("-")[2]
    given_whose(monkeypatch, lambda key: key if key[0] in "mz" else f"{key[0]}-{key.partition('-')[2]}")
    if not ask(db, "MATCH (s:School) RETURN s.urn AS urn"):
        given_area(db)
    for feed, said in files:
        given_file(db, feed, said, supplier=f"s{end}")
    ana, anna = person_of(db, f"A0-{end}"), person_of(db, f"B1-{end}")
    given_proposal(db, entry=anna, candidate=ana, record=record_of(db, f"B1-{end}"))
    before, seen = canonical_hash(db), views(db, ana, anna)
    tokens = [manager(db, f"{name}{end}") for name in ("omar", "hana")]

    for token in tokens:
        if decide(db, token, anna, "same").settled:
            break

    joined = views(db, ana, anna)
    assert set(joined) == {ana}
    every = {record.record for child in seen.values() for record in child.records}
    assert {record.record for record in joined[ana].records} == every
    judgements = ask(db, "MATCH (j:Judgement {settled: 'same'}) RETURN j.judgement_id AS id ORDER BY j.at")
    review.take_apart(db, tokens[0], judgements[-1])
    assert views(db, ana, anna) == seen
    assert same(canonical_hash(db), before)


def same(one: Canonical, other: Canonical) -> bool:
    """Whether two graphs say the same; a difference names its part."""
    assert one.parts == other.parts
    return one.hash == other.hash

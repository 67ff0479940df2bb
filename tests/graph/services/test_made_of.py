"""What an entry is made of, and taking off what is another child's, on the real graph: two people, and undone again."""

from datetime import date

import pytest

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused, Unproven
from graph.model.feeds import FEEDS
from graph.model.made_of import MadeOf
from graph.model.review import Doubt, Said
from graph.model.roles import Role
from graph.model.statements import TITLE
from graph.services import fresh, loads, made_of, review, shields
from graph.services.canonical import canonical_hash
from graph.services.disclosure import show_child
from graph.services.fresh import Action
from graph.services.handles import handle_of
from graph.services.statements import Asked
from graph.store import Database
from tests.builders import given_session, values
from tests.graph.services.test_review import LARCH, NHS, decide, manager, open_facts, shield, views
from tests.loaders.judged import given_whose, person_of, record_of, write
from tests.loaders.said import NORTHSHIRE, child, fact, given_area, given_file, home, tidy
from tests.loaders.test_write import ask


@pytest.fixture(autouse=True)
def _by_key(monkeypatch: pytest.MonkeyPatch):
    """Records are one person's whose keys begin with one letter, or one who is known by that letter before."""
    given_whose(monkeypatch, lambda key: key[0])


CENSUS = "school_census"


def given_mixed(db: Database) -> tuple[str, str]:
    """Ana, to whom a census has joined the line of her twin Bea, and Bea's own entry of births."""
    given_area(db)
    given_file(db, "pds", tidy([child("A", nhs_number=NHS)], [home("A")], [LARCH]))
    births = tidy([child("B", forename="Bea")], [home("B")], [LARCH])
    given_file(db, "births", births, supplier="ons")
    census(db)
    write(
        db,
        "MATCH (:Record {key: 'A2'})-[i:IDENTIFIES]->() "
        "SET i.method = 'weight', i.parts = ['given:close:1.2', 'born:exact:12.7', 'place:home:9.1']",
    )
    return person_of(db, "A"), person_of(db, "B")


def census(db: Database, **said: object) -> None:
    """The census's line about Bea, which loads give to Ana."""
    line = child("A2", forename="Bea", **said)
    attends = fact("A2", "ATTENDS", "school", "urn:900001")
    given_file(db, CENSUS, tidy([line], [attends]), supplier="hillbrook")


def at(token: str, person: str) -> Asked:
    """The page of a child that is open."""
    return Asked(token, handle_of(token, person), "attendance")


def chosen(page: MadeOf, source: str = "School census") -> set[str]:
    """The lines from one feed."""
    return {line.key for line in page.lines if line.source == source}


def ask_off(db: Database, token: str, person: str, whose: str = "") -> None:
    """Asks that the census's line is taken off."""
    page = made_of.show_made_of(db, at(token, person))
    made_of.ask_off(db, at(token, person), page.version, chosen(page), whose)


def told_of(db: Database) -> list[str]:
    """Of which children the last look at an entry's records told, by the audit."""
    told = "MATCH (e:AuditEvent {action: 'records.show'}) RETURN e.child_refs ORDER BY e.at DESC LIMIT 1"
    ((children,),) = values(db, told)
    return list(children)


def take_off(db: Database, token: str, person: str) -> str:
    """Agrees to what is asked, with a proof of now."""
    asked = at(token, person)
    page = made_of.show_made_of(db, asked)
    prove(db, token, asked)
    return made_of.take_off(db, asked, page.version)


def prove(db: Database, token: str, asked: Asked) -> None:
    """A proof for joining or parting, as a code gives one."""
    now = clock.milliseconds(clock.now())
    db.transact(lambda tx: fresh._save(tx, token, Action.MERGE, asked.handle, "code", now))


def test_each_line_says_how_it_came_and_what_spoke_for_it_and_no_number(db: Database):
    ana, _ = given_mixed(db)
    omar = manager(db)

    page = made_of.show_made_of(db, at(omar, ana))

    register, line = page.lines
    assert (page.name, page.wish) == ("Ana Costa", None)
    assert (register.name, register.how, register.numbered) == ("Ana Costa", "It began this entry", True)
    assert (line.name, line.numbered, line.said_now) == ("Bea Costa", False, True)
    assert (register.services, line.services) == ((), ("Hillbrook Primary School",))
    assert line.how == "It was compared with what was here, detail by detail"
    assert line.since == clock.day_in_england(clock.now())
    assert [(clue.part, clue.strength.value) for clue in line.clues] == [
        ("Forename", "Says little"), ("Date of birth", "Strongly for"), ("Address", "Strongly for"),
    ]  # fmt: skip
    assert NHS not in repr(page)
    assert not any(record in repr(page) for record in (record_of(db, "A"), record_of(db, "A2"), ana))
    (event,) = ask(db, "MATCH (e:AuditEvent {action: 'records.show'}) RETURN [e.decision, e.child_refs]")
    assert event == ["allowed", [ana]]


def test_taken_off_by_two_and_the_files_that_follow_keep_to_it(db: Database):
    ana, bea = given_mixed(db)
    omar, hana = manager(db), manager(db, "hana")
    before = open_facts(db, ana)
    (school,) = {each for each in before if each[0] == "ATTENDS"}

    ask_off(db, omar, ana)

    assert open_facts(db, ana) == before
    page = made_of.show_made_of(db, at(hana, ana))
    assert [line.asked for line in page.lines] == [False, True]
    assert page.wish is not None
    assert (page.wish.by, page.wish.mine, page.wish.whose) == ("Omar Said", False, None)
    assert told_of(db) == [ana]
    (waits,) = review.list_queue(db, hana).wishes
    assert (waits.mine, waits.on) == (False, clock.day_in_england(clock.now()))
    assert "Ana" not in repr(waits)
    judgement = take_off(db, hana, ana)

    other = person_of(db, "A2")
    assert other not in (ana, bea)
    assert (school in open_facts(db, ana), school in open_facts(db, other)) == (False, True)
    assert set(views(db, ana)[ana].records[0].record.split()) == {record_of(db, "A")}
    assert len(ask(db, "MATCH ({person_id: $a})-[b:MUST_NOT_LINK]-({person_id: $b}) RETURN b", a=ana, b=other)) == 1
    assert review.list_queue(db, hana).wishes == ()
    (line,) = review.list_decided(db, omar).lines
    assert (line.judgement_id, line.name, line.reason) == (judgement, "Ana Costa", "Two children on one page")
    assert (line.said, line.taken_off, line.by) == (Said.DIFFERENT, True, "Hana Said")
    with pytest.raises(Conflict, match="decided"):
        loads.undo_run(db, next(run.run for run in loads.list_runs(db) if run.feed == CENSUS))
    census(db, middle_names="Rose")
    assert person_of(db, "A2") == other


def test_who_asked_does_not_agree_and_nobody_agrees_without_a_proof(db: Database):
    ana, _ = given_mixed(db)
    omar, hana = manager(db), manager(db, "hana")
    ask_off(db, omar, ana)
    before = canonical_hash(db)
    version = made_of.show_made_of(db, at(hana, ana)).version

    with pytest.raises(Conflict, match="asked this yourself"):
        take_off(db, omar, ana)
    with pytest.raises(Unproven):
        made_of.take_off(db, at(hana, ana), version)
    with pytest.raises(Conflict, match="changed since"):
        made_of.take_off(db, at(hana, ana), "0" * 32)
    with pytest.raises(Conflict, match="asked about the records"):
        ask_off(db, hana, ana)

    assert canonical_hash(db) == before
    denied = ask(db, "MATCH (e:AuditEvent {action: 'records.take_off'}) RETURN [e.decision, e.child_refs]")
    assert denied == [["denied", [ana]]] * 3


@pytest.mark.parametrize("who", ["omar", "hana"])
def test_a_wish_is_taken_back_or_refused_and_nothing_moves(db: Database, who: str):
    ana, _ = given_mixed(db)
    tokens = {"omar": manager(db), "hana": manager(db, "hana")}
    before = canonical_hash(db)
    ask_off(db, tokens["omar"], ana)
    asked = at(tokens[who], ana)

    made_of.keep(db, asked, made_of.show_made_of(db, asked).version)

    assert canonical_hash(db) == before
    assert made_of.show_made_of(db, asked).wish is None
    assert review.list_queue(db, tokens["hana"]).wishes == ()
    with pytest.raises(Conflict, match="Nobody asks"):
        take_off(db, tokens["hana"], ana)
    assert review.list_decided(db, tokens["omar"]).count == 0


def test_what_cannot_be_taken_off_is_refused_in_words(db: Database):
    ana, _ = given_mixed(db)
    zoe = child("Z", forename="Zoe", family_name="Field", date_of_birth=date(2012, 3, 1))
    given_file(db, "child_benefit", tidy([zoe]))
    omar = manager(db)
    page = made_of.show_made_of(db, at(omar, ana))
    every = {line.key for line in page.lines}

    for keys, whose, words in (
        (set(), "", "Choose the records"),
        ({"r" + "0" * 12}, "", "Choose the records"),
        (every, "", "Leave at least one"),
        (chosen(page, FEEDS["pds"].title), "", "the child who has it keeps this page"),
        (chosen(page), "ZZZZZZZZZZ", "No child whom you may see"),
        (chosen(page), ana, "No child whom you may see"),
    ):
        for refused in (
            lambda keys=keys, whose=whose: made_of.check_off(db, at(omar, ana), keys, whose),
            lambda keys=keys, whose=whose: made_of.ask_off(db, at(omar, ana), page.version, keys, whose),
        ):
            with pytest.raises(Refused, match=words):
                refused()
    assert made_of.check_off(db, at(omar, ana), chosen(page)).whose is None
    assert told_of(db) == [ana]
    assert made_of.check_off(db, at(omar, ana), chosen(page), person_of(db, "Z")).whose == "Zoe Field"
    assert told_of(db) == [ana, person_of(db, "Z")]
    shield(db, person_of(db, "Z"))
    with pytest.raises(Refused, match="No child whom you may see"):
        made_of.check_off(db, at(omar, ana), chosen(page), person_of(db, "Z"))
    assert ask(db, "MATCH (j:Judgement) RETURN j") == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_MANAGER])
def test_nobody_but_data_managers_of_the_authority_finds_it(db: Database, role: Role):
    ana, _ = given_mixed(db)
    token, far = manager(db, role=role), manager(db, "far", authority="E10000902")
    mother = manager(db, "mother", name="Maria Costa")
    given_file(
        db, "child_benefit",
        tidy([child("A3"), {"key": "m", "subject": "carer", "line": 3, "forename": "Maria", "family_name": "Costa"}],
             [fact("A3", "CARED_FOR_BY", "record", "m", relationship="mother")]),
    )  # fmt: skip

    for one, error in ((token, Refused), (far, NotFound), (mother, NotFound)):
        for act in (
            lambda asked: made_of.show_made_of(db, asked),
            lambda asked: made_of.check_off(db, asked, set()),
            lambda asked: made_of.ask_off(db, asked, "v", set()),
            lambda asked: made_of.take_off(db, asked, "v"),
            lambda asked: made_of.keep(db, asked, "v"),
        ):
            with pytest.raises(error):
                act(at(one, ana))


def test_said_to_be_anothers_they_are_a_case_for_two_people_and_join_that_child(db: Database):
    ana, bea = given_mixed(db)
    omar, hana, kim = manager(db), manager(db, "hana"), manager(db, "kim")
    ask_off(db, omar, ana, f" {bea.lower()} ")
    page = made_of.show_made_of(db, at(hana, ana))
    assert page.wish is not None
    assert page.wish.whose == "Bea Costa"
    assert told_of(db) == [ana, bea]

    take_off(db, hana, ana)

    entry = person_of(db, "A2")
    case = review.show_case(db, kim, handle_of(kim, entry))
    assert (case.reason, case.needs) == (Doubt.SAID.words, 2)
    for token in (kim, omar):
        decide(db, token, entry, "same")
    assert person_of(db, "A2") == person_of(db, "B") == bea
    assert {each[0] for each in open_facts(db, bea)} >= {"ATTENDS", "LIVES_AT"}


def test_taken_off_by_mistake_they_come_back_exactly_as_they_were(db: Database):
    ana, _ = given_mixed(db)
    omar, hana, kim = manager(db), manager(db, "hana"), manager(db, "kim")
    before, seen = canonical_hash(db), views(db, ana)
    ask_off(db, omar, ana)
    judgement = take_off(db, hana, ana)
    entry = person_of(db, "A2")
    assert canonical_hash(db) != before

    review.ask_again(db, omar, judgement)
    with pytest.raises(Conflict, match="asked already"):
        review.ask_again(db, omar, judgement)
    for token in (omar, hana):
        decide(db, token, entry, "different")
    review.ask_again(db, omar, judgement)
    for token in (omar, kim):
        decide(db, token, entry, "same")

    assert canonical_hash(db) == before
    assert views(db, ana) == seen
    assert ask(db, "MATCH (p {person_id: $p})-[b:MUST_NOT_LINK]-() RETURN b", p=ana) == []
    with pytest.raises(Conflict, match="by themselves"):
        review.ask_again(db, omar, judgement)


@pytest.mark.parametrize(("first_load", "times"), [(False, 1), (True, 2)])
def test_who_saw_them_on_the_page_is_told_from_when_they_came(db: Database, first_load: bool, times: int):
    """Of what a first load brought it is not known when it came: whoever looked before is told as well."""
    ana, _ = given_mixed(db)
    given_file(db, "child_benefit", tidy([child("A3", forename="Bea")]))
    run = "MATCH (:Record {key: $key})-[i:IDENTIFIES]->() MATCH (run:Run {run: i.run}) SET run.published_at = "
    write(db, run + "datetime() - duration('P2D')", key="A")
    if first_load:
        write(db, run + "null", key="A3")
    omar, hana = manager(db), manager(db, "hana")
    dawn = given_session(db, authority=NORTHSHIRE)
    show_child(db, dawn, handle_of(dawn, ana), reason="attendance", case_reference="", depth=Depth.SIGNPOST)
    write(db, "MATCH (e:AuditEvent {action: 'child.signpost'}) SET e.at = e.at - 86400000")
    show_child(db, dawn, handle_of(dawn, ana), reason="attendance", case_reference="", depth=Depth.SIGNPOST)
    page = made_of.show_made_of(db, at(omar, ana))
    both = {line.key for line in page.lines if line.name == "Bea Costa"}
    made_of.ask_off(db, at(omar, ana), page.version, both)
    judgement = take_off(db, hana, ana)
    show_child(db, dawn, handle_of(dawn, ana), reason="attendance", case_reference="", depth=Depth.SIGNPOST)

    looks = review.list_looks(db, omar, judgement)

    assert len(both) == 2
    assert [(look.name, look.times) for look in looks if look.name == "Dawn Okoro"] == [("Dawn Okoro", times)]


def test_what_has_changed_since_is_looked_at_again(db: Database):
    ana, _ = given_mixed(db)
    omar, hana = manager(db), manager(db, "hana")
    page = made_of.show_made_of(db, at(omar, ana))
    with pytest.raises(Conflict, match="changed since"):
        made_of.ask_off(db, at(omar, ana), "0" * 32, chosen(page))
    given_file(db, "child_benefit", tidy([child("A3", forename="Bea")]))
    page = made_of.show_made_of(db, at(omar, ana))
    made_of.ask_off(db, at(omar, ana), page.version, {line.key for line in page.lines if line.name == "Bea Costa"})
    older = made_of.show_made_of(db, at(hana, ana)).version
    made_of.keep(db, at(omar, ana), made_of.show_made_of(db, at(omar, ana)).version)
    page = made_of.show_made_of(db, at(omar, ana))
    made_of.ask_off(db, at(omar, ana), page.version, {line.key for line in page.lines if line.name == "Bea Costa"})
    prove(db, hana, at(hana, ana))
    with pytest.raises(Conflict, match="changed since"):
        made_of.take_off(db, at(hana, ana), older)
    write(db, "MATCH (:Record {key: 'A2'})-[i:IDENTIFIES]->() SET i.ended_run = i.run + 1")

    with pytest.raises(Conflict, match="changed since"):
        take_off(db, hana, ana)

    assert person_of(db, "A3") == ana
    made_of.keep(db, at(hana, ana), made_of.show_made_of(db, at(hana, ana)).version)


def test_a_line_of_a_guarded_service_is_not_listed(db: Database):
    ana, _ = given_mixed(db)
    service = {"key": "YJ", "subject": "service", "line": 2, "name": "Youth justice", "kind": "youth_justice"}
    given_file(db, "directory", tidy([service]), supplier="southmere")
    said = tidy([child("A4", forename="Spider")], [fact("A4", "INVOLVES", "service", "YJ", basis="public_task")])
    given_file(db, "involvements", said, supplier="yjs")

    both = [
        fact("A5", "INVOLVES", "service", "YJ", basis="public_task", involvement="1"),
        fact("A5", "INVOLVES", "service", "EH", basis="public_task", involvement="2"),
    ]
    early = service | {"key": "EH", "name": "Early help", "kind": "early_help"}
    given_file(db, "directory", tidy([early]), supplier="northshire")
    given_file(db, "involvements", tidy([child("A5")], both), supplier="hub")

    omar = manager(db)
    page = made_of.show_made_of(db, at(omar, ana))

    assert len(page.lines) == 3
    assert {name for line in page.lines for name in line.services} == {"Hillbrook Primary School", "Early help"}
    assert "Spider" not in repr(page)
    # Said by a practitioner in Signpost, it is guarded in the same way.
    write(db, "MATCH (r:Record) WHERE r.key IN ['A4', 'A5'] SET r.source = 'signpost', r.forename = null")
    write(db, "MATCH (r:Record {key: 'A5'}) SET r.family_name = null")
    (said,) = {line for line in made_of.show_made_of(db, at(omar, ana)).lines if line.source == TITLE}
    assert (said.name, said.services) == (None, ("Early help",))


def test_of_a_shielded_child_the_page_asks_for_a_proof_and_both_are_shielded_after(db: Database):
    ana, _ = given_mixed(db)
    omar, hana = manager(db), manager(db, "hana")
    shield(db, ana)
    with pytest.raises(Unproven):
        made_of.show_made_of(db, at(omar, ana))
    for token in (omar, hana):
        prove(db, token, at(token, ana))
    ask_off(db, omar, ana)

    take_off(db, hana, ana)

    assert {guard.person_id for guard in db.read(shields.LIST_GUARDS)} >= {ana, person_of(db, "A2")}


def test_nothing_is_taken_off_while_a_file_is_loaded(db: Database):
    ana, _ = given_mixed(db)
    omar, hana = manager(db), manager(db, "hana")
    ask_off(db, omar, ana)
    write(db, "MATCH (p:Publication) SET p.loading = 'me'")

    with pytest.raises(Conflict, match="being loaded"):
        take_off(db, hana, ana)

    assert person_of(db, "A2") == ana

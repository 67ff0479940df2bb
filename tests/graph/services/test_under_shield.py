"""Questions under a shield are answered at the command line: kept, audited, and taken apart again."""

import pytest

from graph.model.errors import Conflict, NotFound, Refused
from graph.services import audit, loads, review, under_shield
from graph.services.canonical import canonical_hash
from graph.store import Database
from tests.graph.services.test_review import given_pair, manager, shield
from tests.loaders.judged import person_of, record_of
from tests.loaders.test_write import ask

SHIELDED_NOW = "MATCH (s:Shield)-[:SHIELDS]->(p) WHERE s.to IS NULL RETURN DISTINCT p.person_id"


def case_of(db: Database) -> str:
    """The one case that waits."""
    (case,) = review.list_waiting(db)
    return case.case


def test_the_same_child_is_joined_under_the_shield_and_parted_again(db: Database) -> None:
    ana, anna = given_pair(db)
    shield(db, ana)
    before = canonical_hash(db)
    case = case_of(db)

    done = under_shield.decide(db, case, same=True, by="os:sam")

    assert (person_of(db, "A"), person_of(db, "B")) == (ana, ana)
    assert ana in ask(db, SHIELDED_NOW)
    assert review.list_waiting(db) == []
    kept = "MATCH (j:Judgement) RETURN [j.by, j.settled, j.run, j.authority]"
    assert ask(db, kept) == [["os:sam", "same", done.run, None]]
    assert ask(db, "MATCH (e:AuditEvent {action: 'decide under a shield'}) RETURN e.actor") == ["os:sam"]
    assert audit.verify_log(db) == []
    # Nobody in Signpost is offered a page for it.
    assert review.list_decided(db, manager(db)).count == 0

    apart = under_shield.take_apart(db, done.judgement_id, by="os:kim")

    assert (person_of(db, "A"), person_of(db, "B")) == (ana, anna)
    assert set(ask(db, SHIELDED_NOW)) == {ana, anna}
    assert ask(db, "MATCH (e:AuditEvent {action: 'take apart under a shield'}) RETURN e.actor") == ["os:kim"]
    assert {name: part for name, part in canonical_hash(db).parts.items() if name != "shields"} == {
        name: part for name, part in before.parts.items() if name != "shields"
    }
    with pytest.raises(Conflict, match="taken apart already"):
        under_shield.take_apart(db, done.judgement_id, by="os:kim")
    assert apart.run == loads.show_publication(db).published


def test_different_children_are_never_asked_about_again(db: Database) -> None:
    ana, anna = given_pair(db)
    shield(db, anna)
    case = case_of(db)

    done = under_shield.decide(db, case, same=False, by="os:sam")

    assert done.run is None
    assert (person_of(db, "A"), person_of(db, "B")) == (ana, anna)
    assert review.list_waiting(db) == []
    banned = "MATCH (a)-[b:MUST_NOT_LINK]-(c) RETURN DISTINCT b.judgement_id"
    assert ask(db, banned) == [done.judgement_id]
    with pytest.raises(NotFound):
        under_shield.decide(db, case, same=True, by="os:sam")


def test_what_no_shield_is_over_is_decided_in_signpost(db: Database) -> None:
    given_pair(db)

    with pytest.raises(Refused, match="Match review"):
        under_shield.decide(db, record_of(db, "B"), same=True, by="os:sam")
    with pytest.raises(NotFound, match="loaders review"):
        under_shield.decide(db, "nobody", same=True, by="os:sam")
    with pytest.raises(NotFound, match="no decision"):
        under_shield.take_apart(db, "nothing", by="os:sam")
    assert ask(db, "MATCH (j:Judgement) RETURN j") == []

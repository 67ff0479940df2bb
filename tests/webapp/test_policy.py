"""docs/access.md says what the rules say, of every user, every relation and every address."""

from typing import Any, cast

import pytest
from flask import Flask

from graph.model.errors import ProgrammeError
from graph.model.roles import Role
from graph.model.visibility import Part, Relation, Sight, Viewer
from webapp import policy
from webapp.access import Permission, is_a, permission_of, roles_of

STRANGER, OWN_AREA = Relation(), Relation(own_area=True)


def test_the_page_says_what_the_rules_say() -> None:
    assert policy.PAGE.read_text(encoding="utf-8") == policy.build(), "Write it anew: python -m webapp.policy"


def test_a_rule_that_changes_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = policy.build()

    monkeypatch.setattr(policy, "decide", lambda *_who, **_what: Sight.SHOWN)

    assert policy.build() != before


def test_a_heading_never_covers_two_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "RELATIONS", (("anybody", lambda _relation: True),))

    with pytest.raises(ProgrammeError, match="different answers under one heading"):
        policy.columns()


def test_every_user_and_relation_stands_on_the_page() -> None:
    headings = {policy.column_of(Relation(i, lead, area, kin)) for i in _B for lead in _B for area in _B for kin in _B}

    assert headings == {words for words, _ in policy.RELATIONS}
    assert len(policy.columns()) == 7 * len(headings)


def test_every_part_is_asked_about_in_words_of_its_own() -> None:
    asked = [words for words, _ in policy.questions(policy.CHILDREN[0])]

    assert len(asked) == len(set(asked))
    assert len(asked) == len(Part) + 2 * 2 + 5


def test_answers_stand_in_the_order_of_the_questions() -> None:
    asked = [words for words, _ in policy.questions(policy.CHILDREN[0])]
    teacher = dict(zip(asked, policy.answers_for(Viewer(Role.PRACTITIONER), STRANGER)[0], strict=True))
    lead = dict(zip(asked, policy.answers_for(Viewer(Role.SAFEGUARDING_LEAD), OWN_AREA)[0], strict=True))

    assert (teacher["service: open"], teacher["service: need-to-know"], teacher["the circle"]) == (
        "shown",
        "no",
        "by a second step",
    )
    assert (lead["service: sensitive"], lead["the circle"]) == ("masked", "at once")


def test_every_address_stands_on_the_page(bare_site: Flask) -> None:
    text = policy.PAGE.read_text(encoding="utf-8")

    for rule in bare_site.url_map.iter_rules():
        methods = " ".join(sorted(rule.methods or ()))
        assert f"| `{rule.rule}` | {methods} | {permission_of(bare_site, rule.endpoint)} |" in text


@pytest.mark.parametrize("permission", Permission)
def test_somebody_has_said_which_roles_each_permission_is_for(permission: Permission) -> None:
    assert roles_of(permission)


def test_a_permission_that_nobody_has_given_to_a_role_stops_the_start() -> None:
    with pytest.raises(ProgrammeError, match="which roles may fly"):
        roles_of(cast(Any, "fly"))


_B = (False, True)


def test_who_is_not_signed_in_has_no_role(bare_site: Flask) -> None:
    with bare_site.test_request_context("/"):
        assert not any(is_a(role) for role in Role)

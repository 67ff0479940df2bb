"""Everything held, in the web: gone through, made as a page or a file, and nothing lost where something is wrong."""

import csv
import io
from collections import Counter

import pytest
from werkzeug.test import TestResponse

from graph.model.packs import Choice
from tests.builders import given_involvement, given_service, values
from tests.webapp.examples import EVERYTHING, OF_CHILD, ana, packing
from tests.webapp.pages import read_page
from tests.webapp.test_every_page import ask, sent
from tests.webapp.town import Example, Town, Visit, Who

GOING = Example(EVERYTHING, (Who.MANAGER,), values=ana, before=OF_CHILD)
MAKING = Example(EVERYTHING, (Who.MANAGER,), "POST", values=ana, before=OF_CHILD, form=packing)


@pytest.fixture
def omar(town: Town) -> Visit:
    visit = town.visit(Who.MANAGER, anew=True)
    for before in OF_CHILD:
        ask(visit, before)
    return visit


def post(visit: Visit, **more: str) -> TestResponse:
    """The answer to the form with something else in it."""
    return visit.client.post(f"/children/{visit.handle()}/everything-held", data=(sent(visit, MAKING) or {}) | more)


def test_it_is_reached_from_the_childs_page_by_data_managers_of_the_area_alone(town: Town, omar: Visit):
    for visit, there in ((omar, True), (town.visit(Who.LEAD), False)):
        for before in OF_CHILD:
            ask(visit, before)
        page = read_page(visit.client.get(f"/children/{visit.handle()}"))
        found = {str(link["href"]).rpartition("/")[2] for link in page.select("main a[href]")}
        assert ({"everything-held", "objection"} <= found) is there


def test_a_pack_as_a_table_has_a_row_for_every_source_of_every_line(omar: Visit):
    form = dict(sent(omar, MAKING) or {}) | {"shape": "file"}
    lines = read_page(ask(omar, GOING)).select("main select")
    by_default = {str(line["name"]): line.select("option[selected]") for line in lines}
    chosen = Counter(form.get(name) or str(option[0]["value"]) for name, option in by_default.items())
    answer = omar.client.post(f"/children/{omar.handle()}/everything-held", data=form)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "ana" not in answer.headers["Content-Disposition"].casefold()
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    said = {tuple(row[1:3]) for row in rows}
    assert ("School", "Hillbrook Primary School") in said
    assert "Maria" not in answer.get_data(as_text=True)
    left_out = {row[1]: int(row[2]) for row in rows if row[0] == "Left out"}
    # One line by choice, what had no default, what is about others.
    assert {choice: chosen[choice] > 0 for choice in Choice} == dict.fromkeys(Choice, True)
    assert left_out == {choice.ground: chosen[choice] for choice in Choice if choice is not Choice.INCLUDE}
    assert {row[0] for row in rows} >= {"Who looked", "Purposes"}


def test_a_pack_as_a_page_says_what_is_left_out_and_why(omar: Visit):
    page = read_page(post(omar))

    text = page.get_text(" ")
    assert "about somebody else" in text
    assert "Information Commissioner" in text
    assert "Maria" not in text
    assert not page.select("form select")


def test_what_was_chosen_is_kept_where_something_is_wrong(omar: Visit):
    first = str(read_page(ask(omar, GOING)).select("main select")[0]["name"])
    for more in ({"asker": ""}, {"shape": "x"}, {first: "whatever"}):
        page = read_page(post(omar, **{first: "serious_harm"} | more))
        assert page.select_one(".govuk-error-summary"), more
        if first not in more:
            kept = page.select_one(f"#{first} option[selected]")
            assert kept is not None
            assert kept["value"] == "serious_harm"


def test_a_child_of_many_lines_has_a_pack_too(omar: Visit):
    ask(omar, GOING)
    many = {f"i{number:031x}": "include" for number in range(400)}

    page = read_page(post(omar, **many | {"shape": "x"}))

    assert "Choose the form" in page.get_text(" ")


def test_a_wrong_code_makes_nothing_and_keeps_the_choices(omar: Visit):
    form = dict(sent(omar, MAKING) or {})
    values_before = len(values(omar.town.db, "MATCH (e:AuditEvent {action: 'pack.make'}) RETURN e.key"))
    omar.town.db.write(_forget_proofs())  # type: ignore[arg-type]

    address = f"/children/{omar.handle()}/everything-held"
    page = read_page(omar.client.post(address, data=form | {"code": "000000"}))
    asked = omar.client.post(address, data=form)

    assert "code is not right" in page.get_text(" ")
    assert asked.headers["Location"] == "/prove"
    text = "MATCH (e:AuditEvent {action: 'pack.make'}) RETURN e.decision ORDER BY e.at"
    assert [row[0] for row in values(omar.town.db, text)][values_before:] == ["denied", "denied"]


def test_a_service_that_is_not_shown_to_everybody_has_to_be_chosen(omar: Visit):
    db = omar.town.db
    given_service(db, service_id="northshire:YJ7", name="Youth justice", kind="youth_justice", organisation="Court")
    given_involvement(db, child_id=omar.town.children["ana"], service_id="northshire:YJ7", run=3)

    page = read_page(ask(omar, GOING))

    open_still = [str(each["name"]) for each in page.select("main select") if not each.select("option[selected]")]
    open_still += [
        str(each["name"]) for each in page.select("main select") if each.select("option[value=''][selected]")
    ]
    (name,) = [name for name in open_still if "Youth justice" in page.select(f"label[for={name}]")[0].get_text()]
    refused = read_page(post(omar, **{name: ""}))
    assert f"#{name}" in {str(link["href"]) for link in refused.select(".govuk-error-summary a")}
    assert "Youth justice" in read_page(post(omar, **{name: "include"})).get_text(" ")


def _forget_proofs() -> object:
    from tests.conftest import Statement

    return Statement("MATCH (proof:Proof) DETACH DELETE proof")

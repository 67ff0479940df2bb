"""The circle as it is drawn: nothing overlaps, nothing moves, and the list has every card once."""

import re
from dataclasses import replace
from datetime import date
from itertools import combinations

from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.circle import Absence, ServiceCard, Standing
from graph.model.kinds import KINDS, Domain
from tests.webapp import pages_of
from webapp.drawing import draw
from webapp.formatters import anchor
from webapp.lettering import width
from webapp.places import CARD_HEIGHT, CARD_WIDTH, SectorName

# The letters of a card, as the style sheet has them: how large, and whether bold.
SIZES = {"name": (16.5, True), "short": (15.0, True), "who": (15.0, False), "when": (13.5, False)}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
DAYS = st.one_of(st.none(), st.dates(date(2010, 1, 1), date(2026, 11, 21)))
SERVICES = st.builds(
    lambda kind, name, number, standing, since, practitioner: pages_of.service(
        kind, name, key=f"{kind}:{number}", standing=standing, since=since, until=since, practitioner=practitioner
    ),
    st.sampled_from(sorted(KINDS)),
    WORDS,
    st.integers(0, 10**9),
    st.sampled_from(list(Standing)),
    DAYS,
    st.one_of(st.none(), WORDS),
)
MANY = st.lists(SERVICES, max_size=60, unique_by=lambda card: card.key).map(tuple)
CARDS = st.lists(SERVICES, max_size=40, unique_by=lambda card: card.key).map(tuple)
CARERS = st.lists(st.tuples(WORDS, st.booleans()), max_size=8).map(
    lambda rows: tuple(
        pages_of.carer(name, key=f"carer:{number}", lives_with_child=lives) for number, (name, lives) in enumerate(rows)
    )
)


def places(services: tuple[ServiceCard, ...]) -> dict[str, tuple[float, float]]:
    """Where each service is drawn, or the fold that counts it, by its row."""
    picture = draw(pages_of.page(services=services, lead=None))
    return {
        row: (card.x, card.y)
        for sector in picture.sectors
        for card in sector.cards
        for entry in card.entries
        for row in entry.rows or (entry.href.removeprefix("#"),)
    }


@settings(deadline=None)
@given(CARDS)
def test_cards_never_overlap(services):
    cards = [card for sector in draw(pages_of.page(services=services)).sectors for card in sector.cards]

    for one, other in combinations(cards, 2):
        assert abs(one.x - other.x) >= CARD_WIDTH or abs(one.y - other.y) >= CARD_HEIGHT


@settings(deadline=None)
@given(CARDS, SERVICES)
def test_adding_one_moves_no_other(services, added):
    before = places(services)
    after = places((*(card for card in services if card.key != added.key), added))

    assert all(after[row] == place for row, place in before.items())


@settings(deadline=None)
@given(CARDS)
def test_every_service_is_in_one_sector_once(services):
    listed = [card for sector in draw(pages_of.page(services=services)).sectors for card in sector.services]

    assert sorted(card.key for card in listed) == sorted(card.key for card in services)


@settings(deadline=None)
@given(CARDS, st.randoms())
def test_the_same_cards_in_any_order_are_the_same_picture(services, random):
    shuffled = list(services)
    random.shuffle(shuffled)

    assert draw(pages_of.page(services=tuple(shuffled))) == draw(pages_of.page(services=services))


def test_empty_sectors_are_drawn_and_say_why():
    absences = (Absence(Domain.HEALTH, "The register of GP practices has not been loaded."),)
    picture = draw(pages_of.page(services=(), lead=None, absences=absences))

    assert [sector.name for sector in picture.sectors] == list(SectorName)
    assert picture.sectors[1].sentence == "The register of GP practices has not been loaded."
    assert all(sector.words for sector in picture.sectors)


def test_the_neutral_sector_says_the_same_whatever_is_known():
    pages = [pages_of.page(sensitive_exists=known, services=()) for known in (None, True, False)]

    sentences = {draw(page).sectors[list(SectorName).index(SectorName.NOT_LISTED)].sentence for page in pages}

    assert sentences == {"Some services are never listed here. If you need to know, ask the Northshire team."}


def test_carers_elsewhere_stand_outside_the_household():
    away = pages_of.carer("Tom Ray", "father", lives_with_child=False)

    together, apart = draw(pages_of.page()), draw(pages_of.page(carers=(pages_of.carer(), away)))

    assert not together.remainder
    assert apart.remainder
    assert [pill.elsewhere for pill in apart.pills] == [False, True]


@settings(deadline=None)
@given(CARDS)
def test_no_words_leave_their_card(services):
    cards = [card for sector in draw(pages_of.page(services=services)).sectors for card in sector.cards]

    for card in cards:
        for line in (line for entry in card.entries for line in entry.lines):
            size, bold = SIZES[line.css]
            assert card.x < line.x < line.x + width(line.text, size, bold=bold) <= card.x + CARD_WIDTH
            assert card.y < line.y - size * 0.7 < line.y < card.y + CARD_HEIGHT


@settings(max_examples=25, deadline=None)
@given(MANY, CARERS)
def test_every_row_of_the_list_is_drawn_once_or_counted_in_one_fold(bare_site: Flask, services, carers):
    page = pages_of.page(services=services, carers=carers, lead=None)
    with bare_site.test_request_context("/"):
        template = bare_site.jinja_env.get_template("children/circle.html")
        soup = BeautifulSoup(template.render(page=page, picture=draw(page)), "lxml")

    rows = [str(row["id"]) for row in soup.select(".card[id]")]
    links = soup.select("svg [data-layer=nodes] a")
    folds = [link for link in links if link.has_attr("data-rows")]
    drawn = [str(link["href"]).removeprefix("#") for link in links if not link.has_attr("data-rows")]

    assert sorted(rows) == sorted(anchor(card.key) for card in (*services, *carers))
    assert sorted([*drawn, *(row for fold in folds for row in str(fold["data-rows"]).split())]) == sorted(
        [*rows, "not-listed"]
    )
    for fold in folds:
        assert int(re.findall(r"\d+", str(fold["aria-label"]))[0]) == len(str(fold["data-rows"]).split())
    assert len(soup.select("svg a")) == len(links)


def test_what_has_no_room_is_folded_by_kind_with_its_number():
    services = tuple(
        pages_of.service("hospital", f"Hospital {number}", key=f"h:{number}", standing=Standing.ENDED)
        for number in range(16)
    )

    (card,) = draw(pages_of.page(services=services, lead=None)).sectors[1].cards

    assert [entry.title for entry in card.entries] == [
        "Hospital 0, ended, Hospital",
        "Hospital 1, ended, Hospital",
        "14 more past hospitals: see the list",
    ]
    assert len(card.entries[2].rows) == 14


def test_the_same_page_is_drawn_to_the_byte(bare_site: Flask):
    page = pages_of.page()
    with bare_site.test_request_context("/"):
        template = bare_site.jinja_env.get_template("children/circle.svg")
        drawn = {template.render(picture=draw(replace(page))) for _ in range(2)}

    assert len(drawn) == 1


def test_names_are_escaped(bare_site: Flask):
    page = pages_of.page(services=(pages_of.service(name='<script>"&'),), lead=None)
    with bare_site.test_request_context("/"):
        drawn = bare_site.jinja_env.get_template("children/circle.svg").render(picture=draw(page))

    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_no_style_is_written_inline(bare_site: Flask):
    page = pages_of.page()
    with bare_site.test_request_context("/"):
        drawn = bare_site.jinja_env.get_template("children/circle.html").render(page=page, picture=draw(page))

    assert " style=" not in drawn
    assert "<style" not in drawn

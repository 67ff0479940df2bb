"""Tests for webapp.walking: the tray below the circle, and its words."""

import re
from dataclasses import replace

from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template

from graph.model.walking import Walk
from tests.webapp import pages_of, walks_of
from webapp.drawing import draw
from webapp.formatters import anchor
from webapp.places import SIZE
from webapp.walking import Node, draw_walk, hub_words, link_words, step_count

CHILD = pages_of.page()


def _page(site: Flask) -> BeautifulSoup:
    with site.test_request_context("/"):
        text = render_template(
            "children/connections.html", page=CHILD, picture=draw(CHILD), back="/", **walks_of.given()
        )
    return BeautifulSoup(text, "lxml")


def _nodes(soup: BeautifulSoup) -> list[Tag]:
    return soup.select("svg.circle [data-layer=nodes] > [data-key]")


def test_every_node_of_the_drawing_has_one_row_and_every_row_one_node(bare_site: Flask) -> None:
    soup = _page(bare_site)
    targets = [str(link["href"])[1:] for node in _nodes(soup) for link in node.select("a[href^='#card-']")]
    rows = [str(row["id"]) for row in soup.select(".beside__list [id^=card-]")]

    assert targets == list(dict.fromkeys(targets))
    assert sorted(targets) == sorted(rows)
    walked = [node.select_one("text").get_text() for node in soup.select("svg.circle [class*=walk-]")]  # type: ignore[union-attr]
    listed = [
        row.get_text(" ", strip=True).split(":")[0]
        for row in soup.select(".beside__list .walked h3, .beside__list h2[id^=card-]")
    ]
    assert walked == listed


def test_the_tray_moves_nothing_and_nothing_in_it_overlaps() -> None:
    tray = draw_walk(walks_of.walk())
    boxes = [(node.x, node.y, node.x + node.width, node.y + node.height) for node in tray.nodes]

    assert all(
        top > SIZE and bottom <= tray.height and left >= 0 and right <= SIZE for left, top, right, bottom in boxes
    )
    assert not any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for number, one in enumerate(boxes)
        for other in boxes[number + 1 :]
    )
    assert draw_walk(Walk((), (), ())).height == SIZE


def test_a_step_taken_back_leaves_the_others_in_their_order() -> None:
    walk = walks_of.walk()
    alone = draw_walk(replace(walk, bands=walk.bands[:1]))

    assert alone.groups[0] == draw_walk(walk).groups[0]


def test_lines_of_the_tray_join_nodes_and_cross_no_card() -> None:
    tray = draw_walk(walks_of.walk())
    nodes = {node.key: node for node in tray.nodes}

    for thread in tray.threads:
        assert thread.start == "home" or thread.start in nodes
        others = [node for key, node in nodes.items() if key not in (thread.start, thread.end)]
        pieces = list(zip(thread.points, thread.points[1:], strict=False))
        assert not any(_crosses(piece, node) for piece in pieces for node in others), thread


def _crosses(piece: tuple[tuple[float, float], tuple[float, float]], node: Node) -> bool:
    (one_x, one_y), (other_x, other_y) = piece
    return (
        min(one_x, other_x) < node.x + node.width
        and max(one_x, other_x) > node.x
        and min(one_y, other_y) < node.y + node.height
        and max(one_y, other_y) > node.y
    )


def test_words_of_counts_and_reasons() -> None:
    home = walks_of.HOME
    assert [
        step_count(step) for step in (home, replace(home, children=1, adults=0), replace(home, children=0, adults=0))
    ] == [
        "2 other children and 1 other adult recorded at this home.",
        "1 other child recorded at this home.",
        "No other child recorded at this home.",
    ]
    assert step_count(replace(walks_of.CARER, children=3)) == "3 other children of the same carer."
    assert step_count(walks_of.CROWD).startswith("More than 20 children")
    assert step_count(replace(walks_of.STAFF, practitioners=2)) == "2 other practitioners at this service."
    joe = walks_of.walk().bands[0].children[0]
    assert [link_words(link) for link in joe.links] == [
        "same home since Feb 2021, as recorded",
        "same carer: Maria Costa (same name and address)",
    ]
    assert [hub_words(hub) for hub in walks_of.walk().hubs] == [
        "about 210 children are recorded here",
        "fewer than 10 children are recorded here",
    ]


def test_addresses_hold_keys_only(bare_site: Flask) -> None:
    soup = _page(bare_site)

    addresses = {str(link["href"]) for link in soup.select("a[href]")}
    assert not [address for address in addresses if re.search("joe|lia|maria|costa|shah", address, re.IGNORECASE)]
    assert anchor("walk-home") in {str(tag["id"]) for tag in soup.select("[id]")}

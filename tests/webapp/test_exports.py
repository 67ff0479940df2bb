"""Tests for webapp.exports: files that say what the page says, and do nothing else."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask, render_template
from lxml import etree
from PIL import Image

from graph.model.filter import Show
from tests.webapp import pages_of
from webapp.drawing import draw
from webapp.exports import HEADINGS, circle_rules, csv_of, png_of, rows_of, style_sheet, svg_of

PAGE = pages_of.page()


@pytest.fixture
def svg(bare_site: Flask) -> bytes:
    with bare_site.test_request_context("/"):
        return svg_of(PAGE, render_template("children/circle.svg", page=PAGE, picture=draw(PAGE)), style_sheet())


def test_a_table_has_a_row_for_every_card_and_who_when_and_why_in_each():
    rows = rows_of(PAGE)

    assert {len(row) for row in rows} == {len(HEADINGS)}
    assert [row[1] for row in rows[1:3]] == ["Maria Costa", "Joe Costa"]
    assert len(rows) == 1 + len(PAGE.carers) + len(PAGE.services)
    assert {tuple(row[-3:]) for row in rows[1:]} == {
        ("Dawn Okoro, Hillbrook Primary School", "2026-11-21T14:05+00:00", "Attendance concern")
    }
    care = next(row for row in rows if row[1] == "Children’s social care")
    assert care[3:9] == ["Priya Nair", "social worker", "2026-05-01", "", "current", "yes"]
    ended = next(row for row in rows if row[7] == "ended")
    assert ended[6] == "2026-03-01"
    assert ended[9:13] == ["", "", "", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])  # noqa: RUF001
def test_no_cell_of_a_table_is_a_formula(start):
    page = pages_of.page(services=(pages_of.service(name=start + "cmd|' /C calc'!A1", practitioner=start + "1"),))

    cells = [cell for row in csv.reader(io.StringIO(csv_of(page).decode("utf-8-sig"), newline="")) for cell in row]

    assert [cell for cell in cells if cell.startswith(start)] == []
    assert "'" + start + "1" in cells


def test_a_table_is_utf_8_with_every_cell_quoted():
    page = pages_of.page(services=(pages_of.service(name='Zoë’s "Nest", Łódź Road'),))

    content = csv_of(page)

    assert content.startswith(b"\xef\xbb\xbf")
    assert 'Zoë’s "Nest", Łódź Road' in next(
        row[1] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if row[0] == "Education"
    )


def test_a_drawing_stands_alone(svg: bytes):
    root = etree.fromstring(svg)
    text = " ".join(root.itertext())

    assert root.findall(".//{*}a") == []
    targets = [part.attrib[name] for part in root.iter() for name in part.attrib if "href" in name]
    assert [target for target in targets if not target.startswith("#")] == []
    assert [name for part in root.iter() for name in part.attrib if name.startswith(("data-", "on"))] == []
    assert ".circle-box{" in text
    assert "@media" not in text
    assert "Shown to Dawn Okoro, Hillbrook Primary School at 2.05pm on 21 November 2026." in text
    assert "Case reference AB12." in text
    assert "As at 21 November 2026" in text


def test_the_rules_of_a_drawing_are_those_of_the_page():
    rules = circle_rules(
        ".bar{color:red}.circle-a,.bar b{fill:red}@media print{.circle-a{fill:blue}}"
        "@font-face{src:x}.circle-b:hover{fill:pink}.x .circle-c{fill:green}"
    )

    assert rules == ".circle-a{fill:red}.x .circle-c{fill:green}"


def test_an_image_shows_what_the_drawing_shows(svg: bytes):
    with Image.open(io.BytesIO(png_of(svg))) as image:
        assert image.format == "PNG"
        assert image.size == (1776, 1956)
        # The rim of education, and a word on it: the sector's own colour and white letters or dark ones.
        colours = {colour for _, colour in image.convert("RGB").getcolors(2**24) or []}
    assert {(0x12, 0x43, 0x6D), (0x80, 0x16, 0x50), (255, 255, 255), (0x0B, 0x0C, 0x0C)} <= colours


def test_what_has_no_row_in_the_list_has_none_in_the_table():
    page = pages_of.page(services=(), carers=(), show=Show.ENDED)

    assert rows_of(page) == [list(HEADINGS)]


def test_a_day_that_is_not_known_is_empty():
    page = pages_of.page(services=(replace(pages_of.service(), since=None, until=date(2027, 1, 1)),), carers=())

    assert rows_of(page)[1][5:8] == ["", "", "current"]

"""Files of what a page shows: a table, the drawing as a file of its own, and the drawing as an image."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

import resvg_py
from lxml import etree

from graph.model.circle import CarerCard, ChildPage, Contact, Occasion, ServiceCard, Standing
from graph.model.packs import Pack, Section, Source
from webapp.asked import words
from webapp.drawing import draw
from webapp.formatters import best_contact, carer_role, confirmed_by, last_confirmed, seen_by, spaced, spoken
from webapp.manifest import BUILT, TYPEFACE, TYPEFACES, read_names

HEADINGS = (
    "Part of the circle",
    "Name",
    "Kind or relationship",
    "Practitioner",
    "Role",
    "Since",
    "Until",
    "Standing",
    "Lead professional",
    "Telephone",
    "Out of hours",
    "Email",
    "Hours",
    "Also there",
    "Last confirmed",
    "Confirmed by",
    "Child number",
    "What is shown",
    "Shown to",
    "Shown at",
    "Reason",
)
# What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_SVG = "{http://www.w3.org/2000/svg}"
_SIZE, _FOOT = 1184, 120
_WIDTH_OF_IMAGE = 1776
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_RULE = re.compile(r"@[^{;]+(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_KEY = (
    "Solid lines: recorded and current. Dashed: not confirmed lately. Dotted and grey: ended. "
    "Dotted ring: household as recorded."
)
_TAG = re.compile(r"<[a-z][^>]*>", re.I)
_DATA = re.compile(r'\sdata-[a-z-]+(?:="[^"]*")?')


def rows_of(page: ChildPage) -> list[list[str]]:
    """The headings, then a row for every card of the list, in its order."""
    picture = draw(page)
    tail = _tail(page)
    rows = [_carer_row(carer) + tail for carer in picture.carers]
    rows += [_service_row(sector.name.heading, card) + tail for sector in picture.sectors for card in sector.services]
    return [list(HEADINGS), *rows]


def csv_of(page: ChildPage) -> bytes:
    """The rows of a circle as a file."""
    return csv_file(rows_of(page))


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file that spreadsheets read as UTF-8 and in which nothing can act as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


PACK_HEADINGS = (
    "Part",
    "What",
    "What is held",
    "Since",
    "Until",
    "Still said",
    "Who says it",
    "Sender",
    "File",
    "Received",
)


def pack_rows(pack: Pack) -> list[list[str]]:
    """The headings, then a row for each source of each line of a pack, each look, purpose and ground of leaving out."""
    rows = [list(PACK_HEADINGS)]
    for section, items in pack.sections:
        for item in items:
            head = [section.value, item.label, item.value, _day(item.since), _day(item.until)]
            rows += [head + _source_row(source) for source in item.sources] or [head + [""] * 5]
    for line in pack.looks.lines if pack.looks else ():
        who = ", ".join(part for part in (line.who, line.organisation, line.role) if part)
        said = f"{line.what}. {line.why}. {line.times} times"
        rows.append([Section.LOOKS.value, who, said, _day(line.first.date()), _day(line.at.date())] + [""] * 5)
    rows += [["Purposes", reason.words, reason.basis] + [""] * 7 for reason in pack.purposes]
    rows += [["Left out", choice.ground, str(number)] + [""] * 7 for choice, number in pack.left_out]
    return rows


def _source_row(source: Source) -> list[str]:
    said = "yes" if source.said_now else "no"
    return [said, source.title, source.supplier, source.file or "", _day(source.received_on)]


def svg_of(page: ChildPage, drawing: str, rules: str) -> bytes:
    """The drawing of the page as a file of its own: its rules inside it, no links, and who, when and why below it."""
    root = etree.fromstring(_without_data(drawing).encode("utf-8"), _parser())
    for link in list(root.iter(f"{_SVG}a")):
        link.tag = f"{_SVG}g"
        del link.attrib["href"], link.attrib["class"]
        link.attrib["role"] = "img"
    root.set("viewBox", f"0 0 {_SIZE} {_SIZE + _FOOT}")
    root.set("width", str(_SIZE))
    root.set("height", str(_SIZE + _FOOT))
    style = etree.Element(f"{_SVG}style")
    style.text = circle_rules(rules)
    paper = etree.Element(f"{_SVG}rect", width="100%", height="100%", fill="#fff")
    root.insert(2, style)
    root.insert(3, paper)
    for number, line in enumerate(caption(page)):
        said = etree.SubElement(root, f"{_SVG}text", x="24", y=str(_SIZE + 18 + 24 * number), fill="#0b0c0c")
        said.set("font-size", "17")
        said.text = line
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


@cache
def style_sheet() -> str:
    """The site's style sheet as it was built."""
    return (BUILT / read_names()["signpost.css"]).read_text(encoding="utf-8")


def png_of(svg: bytes) -> bytes:
    """A drawing as an image; its words are in the typeface that the build brings."""
    return resvg_py.svg_to_bytes(
        svg_string=svg.decode("utf-8"),
        width=_WIDTH_OF_IMAGE,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(BUILT / name) for name in TYPEFACES],
        font_family=TYPEFACE,
        sans_serif_family=TYPEFACE,
    )


def caption(page: ChildPage) -> tuple[str, ...]:
    """What the picture does not say of itself: as at when, for whom, when and why."""
    occasion = page.occasion
    sealed = (seen_by(occasion),) if occasion else ()
    return (
        f"{words(page.chosen)}. Child number {spaced(page.child_number)}.",
        _KEY,
        "Rings and sectors show the kind of involvement. They say nothing about closeness or risk.",
        *sealed,
    )


@cache
def circle_rules(style_sheet: str) -> str:
    """Those rules of the site's style sheet that are for the drawing and not for pointing at it."""
    plain = _AT_RULE.sub("", style_sheet)
    found = "".join(f"{kept}{{{body}}}" for selectors, body in _RULE.findall(plain) if (kept := _of_circle(selectors)))
    # Sass writes it small, and not everything that draws SVG knows it so.
    return found.replace("currentcolor", "currentColor")


def _of_circle(selectors: str) -> str:
    each = (selector.strip() for selector in selectors.split(","))
    return ",".join(selector for selector in each if ".circle" in selector and ":" not in selector)


def _inert(cell: str) -> str:
    """A cell that no spreadsheet calculates: one that begins like a formula begins with an apostrophe."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _carer_row(carer: CarerCard) -> list[str]:
    reach = Contact(telephone=None if carer.standing is Standing.ENDED else carer.telephone)
    return [
        "At home" if carer.lives_with_child else "Carer",
        carer.name,
        carer_role(carer),
        "",
        "",
        *_times(carer),
        "",
        *_contact(reach),
        "",
        *_sources(carer),
    ]


def _service_row(sector: str, card: ServiceCard) -> list[str]:
    reach = Contact() if card.standing is Standing.ENDED else best_contact(card)
    others = "; ".join(f"{worker.name}, {worker.role}" if worker.role else worker.name for worker in card.others)
    return [
        sector,
        card.name,
        card.kind_words,
        card.practitioner or "",
        card.role or "",
        *_times(card),
        "yes" if card.lead else "",
        *_contact(reach),
        others,
        *_sources(card),
    ]


def _times(card: ServiceCard | CarerCard) -> tuple[str, str, str]:
    ended = card.until if card.standing is Standing.ENDED else None
    return _day(card.since), _day(ended), card.standing.value


def _contact(contact: Contact) -> tuple[str, str, str, str]:
    numbers = (spoken(number) if number else "" for number in (contact.telephone, contact.out_of_hours))
    first, night = numbers
    return first, night, contact.email or "", contact.hours or ""


def _sources(card: ServiceCard | CarerCard) -> tuple[str, str]:
    return _day(last_confirmed(card.sources)), "; ".join(dict.fromkeys(confirmed_by(each) for each in card.sources))


def _tail(page: ChildPage) -> list[str]:
    occasion = page.occasion
    sealed = ["", "", ""] if occasion is None else _sealed(occasion)
    return [page.child_number, words(page.chosen), *sealed]


def _sealed(occasion: Occasion) -> list[str]:
    who = ", ".join(part for part in (occasion.name, occasion.organisation) if part)
    return [who, occasion.at.isoformat(timespec="minutes"), occasion.reason]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _without_data(drawing: str) -> str:
    """The drawing without what only the page's script reads, some of which XML would not take."""
    return _TAG.sub(lambda tag: _DATA.sub("", tag[0]), drawing)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)

"""The picture in a browser: Cytoscape.js takes the drawing over in place, and no pointer is needed."""

import re
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, render_template
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from graph.model.circle import ChildPage, Standing
from graph.settings import Settings
from tests.chromium import FLAGS, find_chromium
from tests.webapp import pages_of
from tests.webapp.test_journey import _Quiet, complaints_of
from webapp import create_app
from webapp.access import public
from webapp.drawing import draw

pytestmark = pytest.mark.browser
WIDE, NARROW = {"width": 1366, "height": 1000}, {"width": 320, "height": 640}
KINDS = ("school", "hospital", "therapy", "gp_practice", "social_care", "police", "voluntary", "early_help", "housing")
MANY = tuple(
    pages_of.service(
        KINDS[number % len(KINDS)],
        f"{KINDS[number % len(KINDS)]} of Eastway {number}",
        key=f"many:{number}",
        standing=list(Standing)[number % 3],
    )
    for number in range(60)
)
CARERS = (
    pages_of.carer(),
    pages_of.carer("Joe Costa", "grandfather", standing=Standing.UNCONFIRMED),
    pages_of.carer("Tom Ray", "father", lives_with_child=False),
)
PAGES: dict[str, ChildPage] = {
    "ana": pages_of.page(),
    "many": pages_of.page(services=MANY, carers=CARERS, lead=None),
}
# What Cytoscape has: the middle of each card on the screen, the words in its image, and its lines.
CANVAS = """() => {
  const canvas = document.querySelector('.picture__canvas');
  const cy = canvas._cyreg.cy;
  const { left, top } = canvas.getBoundingClientRect();
  const read = (image) => new DOMParser().parseFromString(
    decodeURIComponent(image.slice(image.indexOf(',') + 1)), 'image/svg+xml');
  const words = (image) => [...read(image).querySelectorAll('text')].map((text) => text.textContent);
  return {
    nodes: Object.fromEntries(cy.nodes().map((node) => [node.id(), {
      x: left + node.renderedPosition().x, y: top + node.renderedPosition().y, words: words(node.data('image')) }])),
    lines: cy.edges().map((edge) => {
      const start = edge.sourceEndpoint(), end = edge.targetEndpoint();
      const { x, y } = cy.pan(), zoom = cy.zoom();
      return { to: edge.target().id(), kind: edge.style('line-style'),
        ends: [start, end].map((point) => [left + point.x * zoom + x, top + point.y * zoom + y]) };
    }),
  };
}"""
# The same of the drawing.
DRAWING = """() => {
  const svg = document.querySelector('svg.circle');
  const place = ({ x, y }) => {
    const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
    return [point.x, point.y];
  };
  const box = (node) => (node.querySelector('.circle-box, .circle-pill, .circle-child-rim') ?? node)
    .getBoundingClientRect();
  const ends = (line) => line.points ? [line.points[0], [...line.points].at(-1)] : ['1', '2'].map(
    (end) => ({ x: Number(line.getAttribute('x' + end)), y: Number(line.getAttribute('y' + end)) }));
  return {
    nodes: Object.fromEntries([...svg.querySelectorAll('[data-layer=nodes] [data-key]')].map((node) => {
      const { x, y, width, height } = box(node);
      const words = [...node.querySelectorAll('text')].map((text) => text.textContent);
      return [node.dataset.key, { x: x + width / 2, y: y + height / 2, words }];
    })),
    lines: [...svg.querySelectorAll('[data-layer=lines] [data-to]')].map((line) => ({
      to: line.dataset.to,
      kind: getComputedStyle(line).strokeDasharray === 'none' ? 'solid' : 'dashed',
      ends: ends(line).map(place),
    })),
  };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the real templates are served with the real headers, from pages as values: no graph is behind them."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), lambda: pytest.fail("No graph is needed here."))
    _serve_pages(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/picture"
    server.shutdown()
    thread.join()
    server.server_close()


def _serve_pages(app: Flask) -> None:
    @public
    def show_picture(handle: str) -> str:
        page = PAGES[handle]
        return render_template("children/circle.html", page=page, picture=draw(page))

    app.add_url_rule("/picture/<handle>", "show_picture", show_picture)


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page whose picture has been taken over; it must not make the browser complain."""
    windows: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(name: str, *, taken: bool = True, **options: object) -> Page:
        window = browser.new_context(**({"viewport": WIDE} | options))  # type: ignore[arg-type]
        windows.append(window)
        page = window.new_page()
        complaints.append("")
        complaints_here = complaints_of(page)
        page.on("close", lambda _page: complaints.extend(complaints_here))
        page.goto(f"{address}/{name}")
        if taken:
            expect(page.locator("svg.circle--taken")).to_be_attached(timeout=20_000)
        return page

    yield open_page
    for window in windows:
        for page in window.pages:
            page.close()
        window.close()
    assert [complaint for complaint in complaints if complaint] == []


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"))


def spoken(page: Page) -> str:
    """What the live region says."""
    return page.locator(".picture__status").inner_text()


def view_of(page: Page) -> tuple[float, float, float]:
    """Pan and zoom."""
    given = page.evaluate(
        "() => { const cy = document.querySelector('.picture__canvas')._cyreg.cy;"
        " return [cy.pan().x, cy.pan().y, cy.zoom()]; }"
    )
    return given[0], given[1], given[2]


@pytest.mark.parametrize("name", ["ana", "many"])
def test_both_states_have_the_same_words_at_the_same_places(opened: Callable[..., Page], name):
    page = opened(name)
    back = page.get_by_role("button", name="Show as plain picture")
    back.focus()
    live = page.evaluate(CANVAS)
    backdrop = page.locator("svg.circle [data-layer=backdrop]").bounding_box()

    back.press("Enter")

    plain = page.evaluate(DRAWING)
    assert live["nodes"].keys() == plain["nodes"].keys()
    for key, node in plain["nodes"].items():
        assert live["nodes"][key]["words"] == node["words"]
        assert live["nodes"][key]["x"] == pytest.approx(node["x"], abs=1)
        assert live["nodes"][key]["y"] == pytest.approx(node["y"], abs=1)
    assert [(line["to"], line["kind"]) for line in live["lines"]] == [
        (line["to"], line["kind"]) for line in plain["lines"]
    ]
    for drawn, taken in zip(plain["lines"], live["lines"], strict=True):
        assert [*taken["ends"][0], *taken["ends"][1]] == pytest.approx([*drawn["ends"][0], *drawn["ends"][1]], abs=1)
    assert page.locator("svg.circle [data-layer=backdrop]").bounding_box() == pytest.approx(backdrop, abs=0.1)


@pytest.mark.parametrize("name", ["ana", "many"])
def test_every_card_has_one_row_and_every_row_one_card(opened: Callable[..., Page], name):
    page = opened(name)

    rows = page.evaluate("[...document.querySelectorAll('.card[id]')].map((row) => row.id)")
    ways = page.evaluate("[...document.querySelectorAll('.card .picture-show')].map((way) => way.closest('.card').id)")
    stops = page.evaluate(
        "document.querySelector('.picture__canvas')._cyreg.cy.nodes().map("
        "(node) => node.data('stops').map((stop) => stop.rows)).flat(2)"
    )

    assert ways == rows
    assert sorted(stops) == sorted([*rows, "not-listed"])


def test_by_keyboard_every_card_is_reached_opened_and_returned_to(opened: Callable[..., Page]):
    page = opened("ana")
    page.get_by_role("button", name="Show as plain picture").focus()
    page.keyboard.press("Tab")
    assert focused(page) == "Ana Costa, 9 years old"

    page.keyboard.press("ArrowDown")
    reached = []
    while focused(page) not in reached:
        reached.append(focused(page))
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == reached[-1]
    assert sorted(reached) == sorted(
        page.evaluate("[...document.querySelectorAll('.picture__stop')].slice(1).map((s) => s.ariaLabel)")
    )

    for name in reached:
        page.keyboard.press("ArrowRight")
        assert focused(page) == name
        page.keyboard.press("Enter")
        row = focused(page)
        if row == "not-listed":
            assert page.evaluate("document.activeElement.textContent") == "Not listed here"
            page.locator(".picture__stop[tabindex='0']").focus()
        else:
            assert page.locator(f"[id='{row}'].card--chosen").count() == 1
            page.locator(f"[id='{row}'] .picture-show").press("Enter")
        assert focused(page) == name
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Ana Costa, 9 years old"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    assert focused(page) == "Ana Costa, 9 years old"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show as plain picture")).to_be_focused()


def test_it_is_said_where_one_is(opened: Callable[..., Page]):
    page = opened("ana")

    page.get_by_role("link", name=re.compile("^Hillbrook")).focus()
    assert spoken(page) == "Hillbrook Primary School, school, education, current, 1 of 2"

    page.get_by_role("link", name=re.compile("^Health visiting")).focus()
    assert spoken(page) == "Health visiting, Eastway team, health visiting, health, not confirmed, 2 of 2"


def test_a_choice_is_one_in_picture_and_list(opened: Callable[..., Page]):
    page = opened("ana")
    page.locator(".picture__canvas").scroll_into_view_if_needed()
    # Cytoscape hears that the page has scrolled with the next frame, as nobody's hand is quick enough to notice.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    spot = page.evaluate(CANVAS)["nodes"]["place-education-0"]

    page.mouse.click(spot["x"], spot["y"])

    school = page.locator(".card--chosen")
    expect(school).to_have_count(1)
    expect(school.get_by_role("heading")).to_contain_text("Hillbrook Primary School")
    expect(school).to_be_in_viewport()
    expect(school).to_have_attribute("aria-current", "true")

    page.get_by_role("button", name="Show in picture: Harbour Young Carers").click()

    expect(page.locator(".card--chosen").get_by_role("heading")).to_contain_text("Harbour Young Carers")
    chosen = page.evaluate(
        "document.querySelector('.picture__canvas')._cyreg.cy.nodes('.chosen').map((node) => node.id())"
    )
    assert chosen == ["place-voluntary-1"]


def test_a_fold_chooses_all_its_rows(opened: Callable[..., Page]):
    page = opened("many")

    page.get_by_role("link", name=re.compile(r"^\d+ more schools: see the list")).focus()

    number = int(re.findall(r"\d+", spoken(page))[0])
    expect(page.locator(".card--chosen")).to_have_count(number)


def test_buttons_zoom_move_and_fit_and_the_backdrop_goes_along(opened: Callable[..., Page]):
    page = opened("ana")
    start = view_of(page)
    press = {name: page.get_by_role("button", name=name, exact=True) for name in ("Zoom in", "Zoom out", "Fit")}

    press["Zoom in"].click()
    press["Zoom in"].click()
    zoomed = view_of(page)
    assert zoomed[2] > start[2] * 1.5
    for name, axis, sign in (("Left", 0, 1), ("Right", 0, -1), ("Up", 1, 1), ("Down", 1, -1)):
        before = view_of(page)
        page.get_by_role("button", name=f"Move {name.lower()}").click()
        assert (view_of(page)[axis] - before[axis]) * sign > 50
    page.get_by_role("button", name="Move up").click()
    dot, line = page.evaluate(
        "() => { const box = document.querySelector('.circle-end').getBoundingClientRect();"
        f" const canvas = ({CANVAS})(); const line = canvas.lines.find((one) => one.to.startsWith('place'));"
        " return [[box.x + box.width / 2, box.y + box.height / 2], line.ends[0]]; }"
    )
    assert dot == pytest.approx(line, abs=1)
    press["Zoom out"].click()
    assert view_of(page)[2] < zoomed[2]
    press["Fit"].click()
    assert view_of(page) == pytest.approx(start)

    page.locator(".picture__canvas").hover(position={"x": 300, "y": 300})
    page.mouse.wheel(0, 20)
    # As functions: an expression is evaluated at each look, which the page's policy forbids after the first.
    page.wait_for_function("() => scrollY > 0")
    assert view_of(page) == pytest.approx(start)
    page.locator(".picture__canvas").hover(position={"x": 300, "y": 300})
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"() => document.querySelector('.picture__canvas')._cyreg.cy.zoom() > {start[2]}")
    page.keyboard.up("Control")


def test_axe_finds_nothing_in_either_state(opened: Callable[..., Page]):
    page = opened("many")

    found = [Axe().run(page)]
    page.get_by_role("button", name="Show as plain picture").click()
    found.append(Axe().run(page))

    for one in found:
        assert one.violations_count == 0, one.generate_report()


def test_at_400_per_cent_only_the_picture_scrolls_sideways(opened: Callable[..., Page]):
    page = opened("ana", viewport=NARROW)

    page.get_by_role("button", name="Show in picture: Station Road Surgery").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.evaluate("document.querySelector('.pane').scrollLeft") > 0
    expect(page.locator(".picture__stop:focus")).to_be_in_viewport(ratio=0.9)


def test_with_forced_colours_the_drawing_stays(opened: Callable[..., Page]):
    page = opened("ana", taken=False, forced_colors="active")
    page.wait_for_load_state("networkidle")

    assert page.locator(".picture__canvas").count() == 0
    expect(page.locator("svg.circle").get_by_role("link", name=re.compile("^Hillbrook"))).to_be_visible()

    page.emulate_media(forced_colors="none")
    page.get_by_role("button", name="Zoom and move the picture").click()
    expect(page.locator("svg.circle--taken")).to_be_attached(timeout=20_000)
    page.emulate_media(forced_colors="active")
    expect(page.locator(".picture__canvas")).to_have_count(0, timeout=20_000)


def test_every_printed_sheet_says_who_printed_it(opened: Callable[..., Page]):
    page = opened("many")
    page.emulate_media(media="print")

    # What stands in the foot of a table, the browser prints on every sheet.
    styles = page.evaluate("['main', '.seal'].map((one) => getComputedStyle(document.querySelector(one)).display)")

    assert styles == ["table", "table-footer-group"]
    assert "Shown to Dawn Okoro" in page.locator(".seal").inner_text()


def test_the_drawing_is_printed_not_the_canvas(opened: Callable[..., Page]):
    page = opened("ana")
    page.get_by_role("button", name="Zoom in", exact=True).click()

    page.emulate_media(media="print")

    expect(page.locator(".picture__canvas")).to_be_hidden()
    expect(page.locator(".picture__tools")).to_be_hidden()
    expect(page.locator("svg.circle .circle-card").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('svg.circle')).transform") == "none"


def test_without_scripts_or_if_they_fail_the_drawing_stays_with_its_links(browser: Browser, address: str):
    for scripts in (False, True):
        with browser.new_context(viewport=WIDE, java_script_enabled=scripts) as window:  # type: ignore[arg-type]
            page = window.new_page()
            page.route(re.compile("/cytoscape-"), lambda route: route.abort())
            page.goto(f"{address}/ana")
            page.wait_for_load_state("networkidle")

            page.locator("svg.circle").get_by_role("link", name=re.compile("^Hillbrook")).click()
            assert "#card-" in page.url


# What every child's page may weigh on a first visit; a page with sixty services, each with its row, a little more.
@pytest.mark.parametrize(("name", "limit"), [("ana", 250_000), ("many", 280_000)])
def test_a_whole_page_weighs_little(browser: Browser, address: str, name, limit):
    with browser.new_context(viewport=WIDE) as window:  # type: ignore[arg-type]
        page = window.new_page()
        session = window.new_cdp_session(page)
        session.send("Network.enable")
        weights: list[float] = []
        session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))

        page.goto(f"{address}/{name}")
        expect(page.locator("svg.circle--taken")).to_be_attached(timeout=20_000)
        page.wait_for_load_state("networkidle")

        assert len(weights) >= 7
        assert 100_000 < sum(weights) <= limit, weights

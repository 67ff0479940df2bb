"""A model is trained, tried on people whom it has not seen, and reported on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from loaders.__main__ import main
from loaders.who import weights
from loaders.who.evaluation import Evaluation, Figures, evaluate
from loaders.who.invented import Invented, drawn
from loaders.who.report import bound, in_html
from tests.chromium import FLAGS, find_chromium

pytestmark = pytest.mark.slow
FEEDS = ("births/", "school_census/")


@pytest.fixture(scope="module")
def others() -> Invented:
    """A small population of its own; of its files two, because each is a run of its own."""
    found = drawn(children=600, seed=2)
    some = found.left["key"].str.startswith(FEEDS)
    kept = set(found.left.loc[some, "key"])
    truth = [pair for pair in found.truth if pair[0] in kept]
    return replace(found, left=found.left[some].reset_index(drop=True), truth=truth)


@pytest.fixture(scope="module")
def found(others: Invented) -> Evaluation:
    """What the shipped model does with it."""
    return evaluate(weights.shipped(), others)


def test_every_record_is_counted_once(others: Invented, found: Evaluation) -> None:
    whole = found.all

    assert whole.records == len(others.left) == sum(found.reasons.values())
    assert whole.known == len({key for key, _ in others.truth})
    for parts in (found.feeds, found.cultures):
        assert {name: sum(getattr(each, name) for each in parts.values()) for name in vars(whole)} == vars(whole)
    assert set(found.feeds) == {"births", "school_census"}
    assert whole.recall > 0.9
    assert whole.precision > 0.999


def test_a_false_link_is_noticed_and_told_from_a_right_one(others: Invented) -> None:
    nobody = {
        key: f"another {person}" if key.startswith("births/") else person for key, person in others.person.items()
    }
    cultures = others.cultures | {f"another {person}": culture for person, culture in others.cultures.items()}
    births = others.left[others.left["key"].str.startswith("births/")]
    turned = Invented(births, others.right, others.truth, nobody, others.twins, cultures)

    figures = evaluate(weights.shipped(), turned).all

    assert figures.known == 0
    assert figures.false == figures.links > 0
    assert figures.precision == 0.0


def test_figures_of_nothing_are_no_fault() -> None:
    nothing = Figures()

    assert (nothing.precision, nothing.recall, nothing.review) == (1.0, 1.0, 0.0)
    assert bound(0, 0) is None
    assert bound(0, 300) == pytest.approx(0.01)
    assert bound(6, 1000) > bound(5, 1000) > bound(4, 1000)  # type: ignore[operator]


def test_the_command_writes_a_model_that_can_be_used_and_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"

    assert main(["train", str(out), "--children", "150", "--seed", "5", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    model = weights.load(out / "model.json")
    assert model.trained["population"] == "synthesise --children 150 --seed 5"
    assert model.levels["given"]["exact"].m > 0.9
    assert said["records"] > said["links"] > 150
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "synthesise --children 150 --seed 6" in page
    assert model.trained["population"] in page


@pytest.mark.browser
def test_the_report_is_a_page_that_fetches_nothing(tmp_path: Path, found: Evaluation) -> None:
    kept = weights.SHIPPED.read_bytes()
    path = tmp_path / "report.html"
    path.write_text(in_html(weights.shipped(), kept, "a test", found), encoding="utf-8")
    asked: list[str] = []

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 375, "height": 700})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        rows = page.locator("tbody tr").count()
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.screenshot(path=str(tmp_path / "report.png"))
        browser.close()

    assert asked == [path.as_uri()]
    assert rows > 60
    assert wide <= 375

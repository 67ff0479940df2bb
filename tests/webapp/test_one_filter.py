"""One filter: the list, the picture, the sentence and the files say the same for any intervals and any day."""

import re
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.circle import ChildPage, Standing
from graph.model.evidence import SeenChild, SeenFact
from graph.model.filter import Filter, Show
from graph.model.kinds import KINDS, Domain, Visibility
from graph.services.circle import fold_page
from tests.graph.services.test_circle import ASKING, FACT, RECORD, TEAM, TODAY
from webapp.drawing import draw
from webapp.exports import rows_of

OPEN_KINDS = sorted(kind.name for kind in KINDS.values() if kind.visibility is Visibility.OPEN)
DAYS = st.dates(date(2022, 1, 1), date(2027, 6, 1))
# Unknown beginnings, open ends, ends on the day of the beginning and even before it: sources say all of it.
INTERVALS = st.tuples(st.none() | DAYS, st.none() | DAYS) | DAYS.map(lambda day: (day, day))
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
FILTERS = st.builds(
    Filter, st.dates(date(2021, 1, 1), TODAY), st.sampled_from(Show), st.frozensets(st.sampled_from(Domain), max_size=4)
)


def involved(number: int, kind: str, since: date | None, until: date | None) -> SeenFact:
    said = replace(TEAM, kind=kind, name=f"Service {number}", organisation=f"Owner {number}")
    return replace(FACT, fact_id=f"f{number}", target=f"t{number}", since=since, until=until, described=(said,))


def expected(kinds: list[str], intervals: list[tuple[date | None, date | None]], asked: Filter) -> dict[str, bool]:
    """Each service that must be shown, and whether it has ended: counted by days, not by the code under test."""
    day = asked.as_at.toordinal()
    a_year_ago = asked.as_at.replace(year=asked.as_at.year - 1, day=min(asked.as_at.day, 28))
    if (asked.as_at.month, asked.as_at.day) != (2, 29):
        a_year_ago = asked.as_at.replace(year=asked.as_at.year - 1)
    found = {}
    for number, (kind, (since, until)) in enumerate(zip(kinds, intervals, strict=True)):
        first = since.toordinal() if since else 0
        after = until.toordinal() if until else day + 10**6
        if first > day or (asked.domains and KINDS[kind].domain not in asked.domains):
            continue
        ended = after <= day
        recently = ended and after > a_year_ago.toordinal()
        wanted = {
            Show.CURRENT: not ended,
            Show.RECENT: not ended or recently,
            Show.ENDED: ended,
            Show.ALL: True,
        }[asked.show]
        if wanted:
            found[f"Service {number}"] = ended
    return found


def fold(kinds: list[str], intervals: list[tuple[date | None, date | None]], asked: Filter) -> ChildPage:
    facts = [
        involved(number, kind, *interval) for number, (kind, interval) in enumerate(zip(kinds, intervals, strict=True))
    ]
    folded = fold_page(SeenChild("K7Q2M94D00", False, (RECORD,), tuple(facts)), replace(ASKING, chosen=asked))
    assert folded is not None
    return folded.page


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(OPEN_KINDS), INTERVALS), max_size=14), FILTERS)
def test_list_picture_sentence_and_file_say_the_same(services, asked):
    kinds, intervals = [kind for kind, _ in services], [interval for _, interval in services]
    page = fold(kinds, intervals, asked)
    wanted = expected(kinds, intervals, asked)

    assert {card.name: card.standing is Standing.ENDED for card in page.services} == wanted
    assert len(page.services) == len(wanted)
    picture = draw(page)
    assert [card for sector in picture.sectors for card in sector.services if card not in page.services] == []
    assert sum(len(sector.services) for sector in picture.sectors) == len(wanted)
    rows = rows_of(page)[1:]
    assert {row[1]: row[7] == "ended" for row in rows} == wanted
    assert len(rows) == len(wanted)
    _the_sentence_counts(page.summary, kinds, wanted, asked)


def _the_sentence_counts(summary: str, kinds: list[str], wanted: dict[str, bool], asked: Filter) -> None:
    current = [kinds[int(name.split()[1])] for name, ended in wanted.items() if not ended]
    words = {"No": 0} | {
        word: n for n, word in enumerate(["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"], 1)
    }
    ended = re.search(r"(\w+) involvements? (?:ended|has ended|have ended)", summary)
    said = 0 if ended is None else words[ended[1]] if ended[1] in words else int(ended[1])
    assert said == sum(wanted.values())
    if asked.show is Show.ENDED:
        return
    for kind, pattern in (("school", r"goes to (\d+) school"), ("gp_practice", r"registered with (\d+) GP practice")):
        found = re.search(pattern, summary)
        assert (0 if found is None else int(found[1])) == current.count(kind)
    others = re.search(r"has (\d+) other services?", summary)
    number = sum(kind not in ("school", "gp_practice") for kind in current)
    assert (0 if others is None else int(others[1])) == number


@given(st.lists(st.tuples(st.sampled_from(OPEN_KINDS), INTERVALS), max_size=8), FILTERS)
def test_whom_to_ring_is_of_today_whatever_is_asked_for(services, asked):
    kinds, intervals = [kind for kind, _ in services], [interval for _, interval in services]

    page = fold(kinds, intervals, asked)

    assert {card.name for card in page.to_ring} == set(expected(kinds, intervals, Filter(TODAY, Show.CURRENT)))


def test_periods_of_one_service_that_do_not_meet_are_lines_of_their_own():
    first, second = ((date(2020, 1, 1), date(2021, 1, 1)), (date(2023, 1, 1), date(2024, 1, 1)))
    met = (date(2024, 1, 1), date(2024, 6, 1))
    facts = [replace(involved(0, "early_help", *each), fact_id=str(each)) for each in (second, met, first)]
    child = SeenChild("K7Q2M94D00", False, (RECORD,), tuple(facts))

    folded = fold_page(child, replace(ASKING, chosen=Filter(TODAY, Show.ALL)))

    assert folded is not None
    assert [(card.since, card.until) for card in folded.page.services] == [
        (date(2023, 1, 1), date(2024, 6, 1)),
        (date(2020, 1, 1), date(2021, 1, 1)),
    ]
    assert len({card.key for card in folded.page.services}) == 2
    assert set(folded.facts) == {fact.fact_id for fact in facts}


def test_the_day_of_the_end_is_the_first_day_without():
    until = date(2026, 5, 3)
    kinds, intervals = ["early_help"], [(date(2026, 5, 1), until)]

    before, on = (fold(kinds, intervals, Filter(day)) for day in (until - timedelta(1), until))

    assert [card.standing for card in before.services] == [Standing.CURRENT]
    assert [card.standing for card in on.services] == [Standing.ENDED]

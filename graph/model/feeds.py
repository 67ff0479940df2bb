"""Which feeds there are, in the order in which they are loaded, for those who know nothing of how a file is read."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class KnownFeed:
    """One feed as an operator knows it; a test holds it to its declaration in loaders/feeds."""

    name: str
    title: str
    publisher: str
    every_days: int  # the interval at which it is expected
    people: bool  # its rows hold people


# What others point at comes first, and feeds about people in the order in which they are matched.
FEEDS: dict[str, KnownFeed] = {
    feed.name: feed
    for feed in (
        KnownFeed("authorities", "Authorities responsible for children", "Office for National Statistics", 365, False),
        KnownFeed("postcodes", "Code-Point Open", "Ordnance Survey", 92, False),
        KnownFeed("schools", "Get Information about Schools", "Department for Education", 7, False),
        KnownFeed("gp_practices", "GP practices (epraccur)", "NHS England, Organisation Data Service", 92, False),
        KnownFeed("directory", "Directory of services for children", "Councils and their partners", 31, False),
        KnownFeed("births", "Registrations of births", "Office for National Statistics, from the registrars", 7, True),
        KnownFeed("pds", "Personal Demographics Service", "NHS England", 31, True),
        KnownFeed("school_census", "School census", "Department for Education", 123, True),
        KnownFeed("common_transfer_file", "Common transfer files", "Schools, by way of their councils", 31, True),
        KnownFeed("child_benefit", "Child benefit", "Department for Work and Pensions", 31, True),
        KnownFeed("deaths", "Registrations of deaths", "Office for National Statistics, from the registrars", 7, True),
        KnownFeed(
            "involvements",
            "Involvements of services with children",
            "Councils, health visiting, youth justice, charities",
            1,
            True,
        ),
    )
}


def expected_next(as_at: date | None, every_days: int | None) -> date | None:
    """The day of which the next file should speak; None if nothing is expected at an interval."""
    return as_at + timedelta(days=every_days) if as_at is not None and every_days else None

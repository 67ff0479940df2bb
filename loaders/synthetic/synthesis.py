"""The whole synthesis: every file of a day, chunk by chunk."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.synthetic import (
    calendar,
    fixed,
    identifiers,
    involvements,
    pds,
    places,
    population,
    reference,
    registers,
    transfers,
    truth,
)
from loaders.synthetic import stories as stories_
from loaders.synthetic.desk import Desk
from loaders.synthetic.files import Sink, Written, file_name, total

CHUNK = 100_000
Progress = Callable[[str, int, int], None]
# How many days before the day of the synthesis each file was made.
AGES = {
    "authorities": 200, "postcodes": 19, "schools": 2, "gp_practices": 22, "directory": 1, "births": 5, "deaths": 5,
    "school_census": 18, "common_transfer_file": 18, "pds": 12, "child_benefit": 51, "involvements": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What a synthesis wrote."""

    out: Path
    as_at: date
    seed: int
    children: int
    files: tuple[Written, ...]
    seconds: float

    @property
    def rows(self) -> int:
        """All rows of all files."""
        return total(self.files)


@dataclass
class Sinks:
    """The files of people, all open while the chunks go by."""

    births: Sink
    deaths: Sink
    school_census: Sink
    pds: Sink
    child_benefit: Sink
    transfers: list[Sink]
    involvements: dict[str, Sink]
    people: Sink
    records: Sink

    def all(self) -> list[Sink]:
        """Every one."""
        single = [self.births, self.deaths, self.school_census, self.pds, self.child_benefit]
        return [*single, *self.transfers, *self.involvements.values(), self.people, self.records]


def synthesise(
    out: Path,
    *,
    children: int,
    as_at: date,
    seed: int,
    postcodes: Path | None = None,
    compress: bool = False,
    stories: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Writes an invented population's files of one day into a folder, and the truth into `truth` inside it."""
    began = time.monotonic()
    (out / "truth").mkdir(parents=True, exist_ok=True)
    day = calendar.day(as_at)
    world, issued = prepared(children, day, seed, postcodes)
    days = {feed: as_at - timedelta(days=age) for feed, age in AGES.items()}
    written = reference.write(world, out, days, compress=compress)
    with _opened(out, as_at, compress=compress) as sinks:
        related = _plant(sinks, world, day) if stories else 0
        for number, count in enumerate(chunks(children)):
            chunk, cases, desk = families(world, count, issued, (seed, number + 1))
            desk.records = sinks.records
            related = _write(sinks, chunk, cases, desk, related)
            if progress is not None:
                progress("children", min((number + 1) * CHUNK, children), children)
    written += [sink.written() for sink in sinks.all()]
    return Report(out, as_at, seed, children, tuple(written), time.monotonic() - began)


def prepared(children: int, day: int, seed: int, postcodes: Path | None) -> tuple[places.World, population.Issued]:
    """The world and the numbers, which depend on nothing but these."""
    rng = np.random.Generator(np.random.PCG64([seed, 0]))
    world = places.build(children, rng, postcodes)
    return world, population.Issued(identifiers.nhs_numbers(int(children * 1.01) + 1000, rng), day)


def families(
    world: places.World, count: int, issued: population.Issued, seeds: tuple[int, int]
) -> tuple[population.Chunk, pd.DataFrame, Desk]:
    """The families of one chunk, their involvements, and a desk to write them at."""
    rng = np.random.Generator(np.random.PCG64(list(seeds)))
    chunk = population.draw(world, count, issued, rng)
    cases = involvements.gather(chunk, world, issued.as_at, rng)
    return chunk, cases, Desk(world, issued.as_at, rng, None, seeds)


def chunks(children: int) -> list[int]:
    """How many children each chunk has."""
    whole, rest = divmod(children, CHUNK)
    return [CHUNK] * whole + ([rest] if rest else [])


@contextmanager
def _opened(out: Path, as_at: date, *, compress: bool) -> Iterator[Sinks]:
    with ExitStack() as stack:

        def sink(feed: str, supplier: str, ext: str = "csv", age: int | None = None) -> Sink:
            made = as_at - timedelta(days=AGES[feed] if age is None else age)
            path = out / file_name(feed, supplier, made, ext)
            return stack.enter_context(Sink(path, feed, supplier, compress=compress))

        def aside(name: str) -> Sink:
            return stack.enter_context(Sink(out / "truth" / f"{name}.csv", "truth", name, compress=compress))

        ages = {fixed.VISITING: involvements.STALE_DAYS}
        sinks = Sinks(
            births=sink("births", "ons"), deaths=sink("deaths", "ons"), school_census=sink("school_census", "dfe"),
            pds=sink("pds", "nhs", "jsonl"), child_benefit=sink("child_benefit", "dwp"),
            transfers=[sink("common_transfer_file", a.supplier, "xml") for a in fixed.AUTHORITIES],
            involvements={name: sink("involvements", name, age=ages.get(name)) for name in involvements.suppliers()},
            people=aside("person"), records=aside("records"),
        )  # fmt: skip
        for authority, each in zip(fixed.AUTHORITIES, sinks.transfers, strict=True):
            each.text(transfers.header(authority, calendar.day(as_at) - AGES["common_transfer_file"]))
        yield sinks
        for each in sinks.transfers:
            each.text(transfers.FOOTER)


def _plant(sinks: Sinks, world: places.World, day: int) -> int:
    """Write the stories, without an error; returns how many related persons there are."""
    rng = np.random.Generator(np.random.PCG64(0))
    desk = Desk(world, day, rng, sinks.records, faultless=True)
    told = stories_.planted(world, day)
    related = _write(sinks, told.chunk, told.cases, desk, 0, claims=told.claims)
    involvements.write(sinks.involvements, told.hidden_cases, told.hidden, desk)
    return related


def _write(
    sinks: Sinks,
    chunk: population.Chunk,
    cases: pd.DataFrame,
    desk: Desk,
    related: int,
    *,
    claims: pd.DataFrame | None = None,
) -> int:
    """Write a chunk into every file; returns how many related persons there are by now."""
    registers.births(sinks.births, chunk, desk.for_feed("births"))
    registers.deaths(sinks.deaths, chunk, desk.for_feed("deaths"))
    registers.school_census(sinks.school_census, chunk, desk.for_feed("school_census"))
    pds.patients(sinks.pds, chunk, desk.for_feed("pds"))
    related += pds.related(sinks.pds, chunk, desk.for_feed("related"), related + 1)
    registers.child_benefit(sinks.child_benefit, chunk, desk.for_feed("child_benefit"), claims)
    for authority, sink in enumerate(sinks.transfers):
        transfers.pupils(sink, chunk, desk.for_feed(f"transfers/{authority}"), authority)
    involvements.write(sinks.involvements, cases, chunk, desk)
    truth.people(sinks.people, chunk, desk)
    return related

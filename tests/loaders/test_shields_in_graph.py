"""The trial of shields in the real graph: files loaded side by side."""

import random
import threading
from datetime import date, timedelta

import pytest

from benchmarks.shields import Area, File, Life, Memory, Row, Writer, tidy_of
from graph.model.errors import Conflict
from graph.model.shielding import Ground
from graph.services import shields
from graph.store import Database
from loaders.plan import record_id
from loaders.synthetic.identifiers import valid_nhs_block
from tests.loaders.said import TODAY, given_area, given_file
from tests.loaders.test_write import ask

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_FORENAMES = ("Ana", "Leo", "Zara", "Omar", "Mia", "Noah", "Priya", "Ivy", "Jakub", "Ella")
_FAMILIES = ("Costa", "Lee", "Khan", "Novak", "Okafor", "Smith")
SHIELDED = ("C00", "C21", "C42")


def given_register(db: Database) -> Area:
    """Sixty children of a patient register, three of them shielded."""
    rng = random.Random(8)
    numbers = [str(number) for number in valid_nhs_block(999)[:60]]
    lives = {
        f"C{at:02}": Life(
            rng.choice(_FORENAMES), "", rng.choice(_FAMILIES), date(2010, 1, 2) + timedelta(days=rng.randrange(4_000)),
            rng.choice(("female", "male")), f"NS{rng.randint(1, 9)} {rng.randint(1, 9)}AA", f"{at} Larch Road",
            number, None,
        )
        for at, number in enumerate(numbers)
    }  # fmt: skip
    rows = tuple(Row(child, life.nhs or "", life, "") for child, life in lives.items())
    given_file(db, "pds", tidy_of(File("pds", "nhs", full=True, rows=rows)))
    for child in SHIELDED:
        (number,) = ask(db, "MATCH (:Record {key: $key})-[:IDENTIFIES]->(c) RETURN c.child_id", key=lives[child].nhs)
        shields.add_shield(
            db, child_number=number, ground=Ground.ADOPTION, review_on=TODAY + timedelta(days=90),
            decided_by="os:test", today=TODAY,
        )  # fmt: skip
    keys = {child: {"pds": ("nhs", life.nhs or "")} for child, life in lives.items()}
    whose = {record_id("pds", "nhs", life.nhs or ""): child for child, life in lives.items()}
    return Area(Memory(), lives, keys, whose, SHIELDED, 0)


def load_together(db: Database, files: list[File]) -> list[Exception]:
    """Loads all files at once, each in a thread; who finds another load running waits and tries again."""
    errors: list[Exception] = []

    def load(file: File) -> None:
        waits = threading.Event()
        while True:
            try:
                given_file(db, file.feed, tidy_of(file), supplier=file.supplier, full=file.full)
                return
            except Conflict:
                waits.wait(0.2)
            except Exception as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=load, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_files_loaded_side_by_side_make_no_copy_of_a_shielded_child(db: Database) -> None:
    given_area(db)
    area = given_register(db)
    writer = Writer(area, random.Random(4))
    files = [writer.file() for _ in range(8)]
    told = {
        record_id(file.feed, file.supplier, row.key): row
        for file in files
        for row in file.rows
        if row.child in SHIELDED
    }

    assert load_together(db, files) == []

    seen = "MATCH (r:Record)-[i:IDENTIFIES]->(p) WHERE r.record IN $records AND NOT (p)<-[:SHIELDS]-() RETURN r.record"
    visible = set(ask(db, seen, records=sorted(told)))
    # Of whom the row shares neither birthday nor forename nor family name with the child, nobody can know.
    assert [told[record] for record in visible if not is_stranger(told[record], area)] == []
    assert len(told) > 8
    assert ask(db, "MATCH (r:Quarantined) RETURN count(r) > 0") == [True]


def is_stranger(row: Row, area: Area) -> bool:
    """Whether no two of forename, family name, birthday, postcode and address are the child's, nor the number."""
    was, now = area.lives[row.child], row.life
    shared = [now.forename == was.forename, now.family == was.family, now.born == was.born]
    shared += [now.postcode == was.postcode, now.line == was.line]
    return sum(shared) < 2 and now.nhs != was.nhs

"""A load that is killed or interrupted at any moment: the graph is as it was, and the next load finishes the work."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from graph.services import load_queries, loads
from graph.services.canonical import canonical_hash
from graph.settings import Settings
from graph.store import Database
from loaders.synthetic import synthesise

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AS_AT = date(2026, 11, 21)
SEED = 20261121
ROUNDS = 3


def start(feed: str, path: Path) -> "subprocess.Popen[str]":
    """The real command in a process of its own, with the environment of the test's settings."""
    words = [sys.executable, "-m", "loaders", "load", feed, str(path), "--json"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy())


def until_it_writes(db: Database, process: "subprocess.Popen[str]") -> None:
    """Returns when the load has written records under its number, or has ended."""
    while process.poll() is None:
        publication = loads.show_publication(db)
        if publication.loading_run and next(
            db.stream(load_queries.LIST_RUN_RECORDS, run=publication.loading_run), None
        ):
            return
        time.sleep(0.05)


def test_a_killed_load_leaves_the_graph_as_it_was_and_the_next_one_finishes(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    synthesise(tmp_path, children=1_000, as_at=AS_AT, seed=7)
    for feed in ("authorities", "schools", "gp_practices"):
        done = start(feed, next(tmp_path.glob(f"{feed}.*")))
        assert done.communicate()[1] is not None
        assert done.returncode == 0, feed
    pds = next(tmp_path.glob("pds.*"))
    before, published, dice = canonical_hash(db), loads.show_publication(db).published, random.Random(SEED)

    for turn in range(ROUNDS):
        process = start("pds", pds)
        until_it_writes(db, process)
        time.sleep(dice.uniform(0, 1.5))
        process.send_signal(signal.SIGINT if turn == 0 else signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:
            continue  # it was quicker than the dice
        assert process.returncode == (130 if turn == 0 else -signal.SIGKILL)
        loads.recover(db)
        now = loads.show_publication(db).published
        if now > published:
            # The kill came between the last commit and the end of the process: the load is whole, and can be undone.
            assert loads.show_run(db, now)["outcome"] == "published"
            loads.undo_run(db, now)
            published = loads.show_publication(db).published
        # Everything is given back but the shields, which only people end (decision 6).
        given_back = canonical_hash(db)
        assert {**given_back.parts, "shields": None} == {**before.parts, "shields": None}
        assert given_back.parts["shields"][0] >= before.parts["shields"][0]
        before = given_back

    last = start("pds", pds)
    answer = json.loads(last.communicate()[0])
    assert last.returncode == 0
    assert answer["outcome"] in ("loaded", "already loaded")
    assert canonical_hash(db) != before
    again = start("pds", pds)
    assert json.loads(again.communicate()[0])["outcome"] == "already loaded"

"""Writers and sealers that are killed at any moment: nothing that was acknowledged is lost, and nobody is blamed.

Test 18 of security.md in a real graph; `make campaign` runs 64 writers and 100 kills.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from graph.commands import open_database
from graph.model.errors import Conflict, Unreachable
from graph.services import sealing
from graph.services.sealed_log import SealedLog
from graph.settings import Settings
from graph.store import Database
from tests.builders import values
from tests.graph.services.test_sealing import act, faults
from tests.sizes import size, tell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(size(300, 7_200))]
WRITERS, THREADS, KILLS = size(2, 8), size(2, 8), size(4, 100)
SEED = 18


def write_until_killed(name: str) -> None:
    """In a process of its own: prints the operation of each event after it was acknowledged."""
    with open_database(Settings.from_environment()) as db:
        for _ in range(THREADS - 1):
            threading.Thread(target=_write, args=(db, name), daemon=True).start()
        _write(db, name)


def _write(db: Database, name: str) -> None:
    for number in count():
        # A lock of whoever was killed may hold for a while: what could not be written is not said.
        with suppress(Unreachable):
            _say(act(db, f"user {name} {number % 40}"))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def seal_until_killed(folder: str) -> None:
    """In a process of its own: seals all the time, and prints how much after each time."""
    log, signer = SealedLog(Path(folder) / "sealed"), sealing.read_key(Path(folder) / "sealer" / "key")
    with open_database(Settings.from_environment()) as db:
        while True:
            _say(str(sealing.seal(db, log, signer).checkpoint.size))


class Worker:
    """A writer or sealer in a process of its own, which is followed by another when it is killed."""

    def __init__(self, call: str, said: Path) -> None:
        self.call, self.said = call, said
        self.start()

    def start(self) -> None:
        """Starts it; what the one before said is forgotten."""
        root = Path(__file__).resolve().parents[3]
        words = [
            sys.executable,
            "-c",
            f"from tests.graph.services import test_sealing_killed as here; here.{self.call}",
        ]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(words, stdout=said, env=os.environ.copy(), cwd=root)

    def kill(self, dice: random.Random) -> set[str]:
        """Ends it at work, and gives back what it said: whole lines."""
        while not self.said.stat().st_size:
            assert self.process.poll() is None, "It ended by itself."
            time.sleep(0.02)
        time.sleep(dice.uniform(0, 0.3))
        assert self.process.poll() is None, "It ended by itself."
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return set(self.said.read_text(encoding="utf-8").split("\n")[:-1])


def test_killed_writers_and_sealers_lose_nothing_and_raise_no_alarm(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    log, dice = SealedLog(tmp_path / "sealed"), random.Random(SEED)
    sealing.make_key(tmp_path / "sealer" / "key", log, "signpost.example/audit")
    sealer = Worker(f"seal_until_killed('{tmp_path}')", tmp_path / "sealer.txt")
    writers = [Worker(f"write_until_killed('{name}')", tmp_path / f"{name}.txt") for name in range(WRITERS)]
    acknowledged: set[str] = set()
    try:
        for kill in range(KILLS):
            # Every second one is the sealer.
            worker = dice.choice(writers) if kill % 2 else sealer
            said = worker.kill(dice)
            acknowledged |= set() if worker is sealer else said
            worker.start()
        for worker in writers:
            acknowledged |= worker.kill(dice)
        sealer.kill(dice)
    finally:
        for worker in (*writers, sealer):
            worker.process.kill()
            worker.process.wait()

    assert faults(db, log) == ()
    sealed = sealing.seal(db, log, sealing.read_key(tmp_path / "sealer" / "key"))
    written = {key for (key,) in values(db, "MATCH (event:AuditEvent) RETURN event.key")}
    tell(f"{KILLS} kills, {len(written)} events, {len(acknowledged)} acknowledged, {sealed.checkpoint.size} sealed")
    assert acknowledged <= written
    assert len(acknowledged) > KILLS
    assert sealed.checkpoint.size == len(written)
    assert faults(db, log) == ()


def test_a_lock_ends_with_its_sealer(tmp_path: Path) -> None:
    log = SealedLog(tmp_path / "sealed")
    with log.alone(), pytest.raises(Conflict), log.alone():
        pass
    with log.alone():
        pass

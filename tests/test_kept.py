"""Results that are made once and kept on disk, by content."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from zs_analysis import kept as room
from zs_analysis.kept import kept


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def said(folder, *arguments):
    """The arguments, and a line in a log for each time they were really worked on."""
    with (folder.parent / "log").open("a") as log:
        log.write("x")
    time.sleep(0.2)
    return arguments


def count(folder, _):
    said(folder)


def times(folder):
    return len((folder.parent / "log").read_text())


def test_the_same_content_is_made_once(folder):
    frame = pd.DataFrame({"y": [1.0, 2.0]}, index=pd.period_range("2023-01", periods=2, freq="M"))
    first = kept(said, folder, frame, np.arange(3), "".join(["a", "b"]))
    second = kept(said, folder, frame.copy(), np.arange(3), "ab")
    assert times(folder) == 1
    pd.testing.assert_frame_equal(first[0], second[0])
    assert first[1].tolist() == second[1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("other", [(1.0, "b"), (2.0, "a"), (1.0,), (1, "a", None)])
def test_other_content_is_made_anew(folder, other):
    assert kept(said, folder, 1.0, "a") == (1.0, "a")
    assert kept(said, folder, *other) == other
    assert times(folder) == 2


def test_what_has_a_digest_is_known_by_it(folder):
    @dataclass
    class Long:
        text: str
        digest: str

    kept(count, folder, Long("a", "1"))
    kept(count, folder, Long("b", "1"))
    assert times(folder) == 1
    kept(count, folder, Long("b", "2"))
    assert times(folder) == 2


def test_other_code_makes_it_anew(folder, monkeypatch):
    kept(said, folder, 1)
    monkeypatch.setattr(room, "CODE", "edited")
    kept(said, folder, 1)
    assert times(folder) == 2


def test_what_was_cut_short_is_made_again(folder):
    kept(said, folder, 1)
    [path] = folder.glob("*.pickle")
    path.write_bytes(path.read_bytes()[:7])
    assert kept(said, folder, 1) == (1,) and kept(said, folder, 1) == (1,)
    assert times(folder) == 2


def test_what_fails_is_not_kept(folder):
    def fails():
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            kept(fails)
    assert not list(folder.glob("*.pickle"))


def test_processes_that_ask_at_once_wait_for_the_first(folder):
    with ProcessPoolExecutor(4) as pool:
        found = [job.result() for job in [pool.submit(kept, said, folder, 7) for _ in range(4)]]
    assert found == [(7,)] * 4 and times(folder) == 1


def test_where_nothing_can_be_written_it_is_made_each_time(folder):
    folder.write_text("a file in the way")
    assert kept(said, folder, 1) == kept(said, folder, 1) == (1,)
    assert times(folder) == 2


def test_what_nobody_used_for_a_month_goes(folder):
    kept(said, folder, 1)
    room.forget_unused.cache_clear()
    [old] = folder.glob("*.pickle")
    month_ago = time.time() - 31 * 86400
    os.utime(old, (month_ago, month_ago))
    kept(said, folder, 2)
    assert not old.exists() and len(list(folder.glob("*.pickle"))) == 1

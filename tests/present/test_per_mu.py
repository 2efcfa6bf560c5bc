"""Per-mu efficiency in the reports."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from report_views import view_of

from zs_analysis.loaders import DATA
from zs_analysis.present import per_mu
from zs_analysis.present.view import View


def write_register(folder: Path, firms: int = 40) -> str:
    """The embedded package with a register: firm n pays n thousand yuan of tax per mu, on 10 mu."""
    shutil.copytree(DATA, folder)
    numbers = range(1, firms + 1)
    codes = [f"e-{number:03d}" for number in numbers]
    about = {
        "enterprise": codes,
        "name_zh": codes,
        "name_en": codes,
        "holding": codes,
        "zone": "",
        "gbt4754": "37",
    }
    area = ["dinghai" if number % 2 else "putuo" for number in numbers]
    register = pd.DataFrame(about | {"ref_area": area, "activity": "ships", "released": "2023-01"})
    years = pd.DataFrame(
        {
            "enterprise": codes,
            "year": "2022",
            "output": 5000.0,
            "revenue": 5000.0,
            "value_added": 1000.0,
            "tax": [10.0 * number for number in numbers],
            "rd": 100.0,
            "employees": 20.0,
            "energy": [1000.0 if number <= 10 else 100.0 for number in numbers],
            "emission": [0.1 if number % 4 else None for number in numbers],
            "land": 10.0,
            "above_scale": ["no" if number == firms else "yes" for number in numbers],
            "listed": "no",
            "specialised": "none",
            "chain_leader": "none",
            "released": "2023-03-01",
        }
    )
    for name, frame in (("enterprises", register), ("enterprise_years", years)):
        columns = pd.read_csv(folder / f"{name}.csv", nrows=0).columns
        frame[columns].to_csv(folder / f"{name}.csv", index=False)
    return str(folder)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_register(tmp_path_factory.mktemp("register") / "data")


@pytest.fixture
def view(register: str) -> View:
    return View("2023Q4", "2023-12-13", "zh", register)


def test_the_review_s_tax_per_mu_asks_for_a_new_target():
    first = per_mu.summary(view_of()).sentences[0]
    assert first == (
        "1—9月规上工业亩均税收38.8万元/亩，居全省第2位，已超过到2025年34万元/亩的目标，应重新设定（未注明是否折合全年）。"
    )
    table = per_mu.published_table(view_of()).frame.set_index("name")
    assert table.loc["低效企业整治完成率", "figure"] == "79.7%"
    assert table.loc["低效工业用地改造开发面积", "target"] == "1000亩以上（每年）"


def test_an_empty_register_is_said_to_be_empty():
    assert any("企业登记表没有规上企业的年度数据" in one for one in per_mu.summary(view_of()).sentences)
    made = (per_mu.class_table, per_mu.energy_table, per_mu.firm_table, per_mu.land_chart)
    assert [make(view_of()) for make in made] == [None] * 4


def test_the_scheme_prints_the_published_example():
    frame = per_mu.scheme_table(view_of()).frame
    assert frame["points"].iloc[-1] == pytest.approx(117.584, abs=5e-4)
    assert frame["points"].iloc[:-1].sum() == pytest.approx(frame["points"].iloc[-1])
    assert frame["weight"].iloc[-1] == frame["weight"].iloc[:-1].sum() == 100
    assert frame["benchmark"].tolist()[:-1] == ["24.097", "136.16", "2.694", "4929.81", "18.14", "0.0302"]
    assert frame["older"].tolist()[:-1] == ["26.01", "132.27", "2.54", "4861.08", "17.45", "0.0305"]


def test_firms_above_designated_size_are_scored_and_classed(view):
    firms = per_mu.firms(view)
    assert len(firms) == 39 and firms["score"].notna().all()
    assert firms["class"].value_counts().to_dict() == {"A": 9, "B": 18, "C": 10, "D": 2}
    assert firms.loc[firms["class"].eq("A"), "score"].min() > firms.loc[firms["class"].eq("B"), "score"].max()


def test_low_efficiency_land_is_that_of_class_d_and_below_the_line(view):
    firms = per_mu.firms(view)
    assert set(firms.loc[firms["low"].ne(""), "tax_per_mu"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    table, disclosure = per_mu.low_land_by(view, "ref_area")
    assert table.loc[table["ref_area"].eq("total"), "low_land"].item() == 50
    assert disclosure.kind == "protected"


def test_the_energy_limit_counts_every_firm_once(view):
    total = per_mu.energy_table(view).frame.iloc[-1]
    assert (total["fast"], total["review"], total["all"]) == (29, 10, 39)
    assert per_mu.energy_table(view).disclosure.kind == "counts"


def test_totals_add_up_and_pass_the_gate(view):
    frame, disclosure = per_mu.totals(view, "ref_area")
    parts, whole = frame[frame["ref_area"].ne("total")], frame[frame["ref_area"].eq("total")].iloc[0]
    assert parts["land"].sum() == whole["land"] == 390
    assert whole["tax_per_mu"] == pytest.approx(sum(range(1, 40)) / 39)
    assert disclosure.passes and disclosure.kind == "protected"


def test_a_class_of_two_firms_is_withheld(view):
    frame = per_mu.totals(view, "class")[0].set_index("class")
    assert frame.loc["D", "firms"] == 2
    assert pd.isna(frame.loc["D", "land"]) and frame.loc["D", "land_status"] == "Q"
    assert frame["land"].isna().sum() >= 2, "one gap alone could be worked out from the total"


def test_the_list_of_firms_is_internal(view):
    table = per_mu.firm_table(view)
    assert table.disclosure.kind == "internal" and not table.disclosure.passes
    assert len(table.frame) == 39


def test_losses_leave_their_column_out(register, tmp_path):
    folder = Path(shutil.copytree(register, tmp_path / "data"))
    years = pd.read_csv(folder / "enterprise_years.csv", dtype=str, keep_default_na=False)
    years.loc[0, "value_added"] = "-5"
    years.to_csv(folder / "enterprise_years.csv", index=False)
    frame, _ = per_mu.totals(View("2023Q4", "2023-12-13", "zh", str(folder)), "ref_area")
    assert frame["value_added"].isna().all() and frame["va_per_mu_status"].eq("Q").all()
    assert frame["tax_per_mu"].notna().all()


def test_a_package_s_own_scheme_takes_over(register, tmp_path):
    folder = Path(shutil.copytree(register, tmp_path / "data"))
    rules = pd.read_csv(folder / "rules.csv", dtype=str, keep_default_na=False)
    own = rules[rules["scheme"].eq("per_mu_huangyan_2022") & rules["rule"].str.endswith("tax_per_mu")]
    own = own.drop_duplicates("rule", keep="last").assign(scheme="per_mu_zhoushan", valid_from="2023-06-01")
    pd.concat([rules, own]).to_csv(folder / "rules.csv", index=False)
    view = View("2023Q4", "2023-12-13", "zh", str(folder))
    assert per_mu.scheme(view) == "per_mu_zhoushan"
    assert per_mu.scoring(view).index.tolist() == ["tax_per_mu"]
    assert per_mu.scheme(View("2023Q1", None, "zh", str(folder))) == "per_mu_huangyan_2022"

"""The league tables of the reports."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from report_views import view_of

from zs_analysis.loaders import DATA
from zs_analysis.present import league
from zs_analysis.present.view import View

# Growth in percent of January to October 2023, clause 一(一) of the review.
COUNTIES_FROM_REVIEW = {"daishan": 19.2, "dinghai": 13.2, "putuo": 13.1}
ZONES_FROM_REVIEW = {"hightech_zone": 37.7, "petrochemical_base": 19.0}
COUNTIES = ("dinghai", "putuo", "daishan", "shengsi")


def growth(area: str, value: str, month: str, indicator: str = "gross_output_scale") -> dict[str, str]:
    return {
        "indicator": indicator,
        "ref_area": area,
        "activity": "total",
        "freq": "M",
        "time_period": month,
        "transformation": "ytd_yoy",
        "price_basis": "current",
        "obs_value": value,
        "unit": "pct",
        "obs_status": "A",
        "conf_status": "F",
        "source_id": "review-2023",
        "released": "2023-12-13",
    }


@pytest.fixture
def view_with(tmp_path: Path):
    """A view of the embedded package with other figures in place of its observations."""

    def make(rows: list[dict[str, str]], period: str = "2023Q3", lang: str = "zh") -> View:
        folder = Path(shutil.copytree(DATA, tmp_path / f"data-{lang}"))
        columns = pd.read_csv(folder / "observations.csv", nrows=0).columns
        pd.DataFrame(rows).reindex(columns=columns).to_csv(folder / "observations.csv", index=False)
        return View(period, None, lang, str(folder))

    return make


def two_quarters(second: str = "12.0") -> list[dict[str, str]]:
    june, september = ("10.0", "9.0", "8.0", "7.0"), ("10.0", "9.0", second, "7.0")
    return [
        growth(area, value, month)
        for month, values in (("2023-06", june), ("2023-09", september))
        for area, value in zip(COUNTIES, values, strict=True)
    ]


def test_the_places_of_the_review():
    boards = league.boards(view_of())
    for group, known in (("county", COUNTIES_FROM_REVIEW), ("zone", ZONES_FROM_REVIEW)):
        (contest,) = boards[group].contests
        assert contest.frame["value"].to_dict() == known
        assert contest.frame["rank"].tolist() == list(range(1, len(known) + 1))
        assert contest.indicator == "industry_scale_unspecified"


def test_one_indicator_makes_no_composite_and_says_so():
    for board in league.boards(view_of()).values():
        assert board.scores is None
        assert "只有1项，综合得分至少需要2项" in board.refusal
    assert str(league.refusal(view_of("en"), "county")).startswith("A composite score needs 2 indicators")
    assert any("因此不计算" in sentence for sentence in league.summary(view_of()).sentences)


def test_zones_never_stand_among_counties():
    view = view_of()
    assert not set(league.competitors(view, "county")) & set(league.competitors(view, "zone"))
    assert set(league.competitors(view, "county")) == set(COUNTIES)
    assert any("不合并排序" in sentence for sentence in league.summary(view).sentences)


def test_places_that_moved_come_with_the_figures_of_both_quarters(view_with):
    view = view_with(two_quarters())
    moved = league.move_table(view).frame.set_index("name")
    assert moved.loc["岱山", ["before", "was", "now", "place", "moved"]].tolist() == [
        "8.0%",
        "3",
        "12.0%",
        "1",
        "升2位",
    ]
    assert set(moved["moved"]) == {"升2位", "降1位"}
    assert league.place_table(view, "county").frame["gross_output_scale_ytd_yoy"].tolist()[0] == "1（升2位）"


def test_other_competitors_are_not_compared(view_with):
    rows = [row for row in two_quarters() if (row["ref_area"], row["time_period"]) != ("shengsi", "2023-06")]
    assert league.move_table(view_with(rows)) is None


def test_a_tie_is_called_a_tie(view_with):
    view = view_with(two_quarters("9.0"))
    assert "并列第2普陀（9.0%）、并列第2岱山（9.0%）、第4嵊泗" in league.summary(view).sentences[0]
    rounded = [
        growth("dinghai", "9.2", "2023-09"),
        growth("putuo", "9", "2023-09"),
        growth("daishan", "8.4", "2023-09"),
    ]
    (contest,) = league.boards(view_with(rounded, lang="en"))["county"].contests
    assert contest.frame["rank"].to_dict() == {"dinghai": 1, "putuo": 1, "daishan": 3}


def test_two_indicators_make_a_composite(view_with):
    investment = [
        growth(area, value, "2023-09", "investment_industry")
        for area, value in zip(COUNTIES, ("1.0", "2.0", "30.0", "4.0"), strict=True)
    ]
    view = view_with(two_quarters() + investment)
    scores = league.boards(view)["county"].scores
    assert scores.index[0] == "daishan" and scores["first_share"]["daishan"] == 1.0
    assert scores["coverage"].tolist() == [1.0] * 4
    assert scores["score"].mean() == pytest.approx(50)
    assert "种子155" in league.score_table(view, "county").note
    assert "占规则权重的50%" in league.score_table(view, "county").note


def test_about_is_no_place(view_with):
    rows = two_quarters()
    rows[-1]["comparison"] = "~="
    (contest,) = league.boards(view_with(rows))["county"].contests
    assert len(contest.frame) == 3


def test_a_rule_that_is_no_indicator_is_refused():
    with pytest.raises(ValueError, match="rule speed of a league is not an indicator"):
        league._parsed("speed")


def test_the_places_in_the_province_are_those_published():
    table = league.province_table(view_of())
    places = dict(zip(table.frame["name"], table.frame["place"], strict=True))
    assert places["规上工业亩均税收"] == "第2位" and places["规上工业新产品产值率"] == "第1位"
    before = table.frame.set_index("name")["before"]
    assert before["规上工业增加值增速"] == "第2位（2021年）"

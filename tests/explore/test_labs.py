"""Labs without a browser: a choice changes chart and table, and what is shown can be taken along."""

import csv
import io

import ipywidgets as widgets
import pandas as pd
import pytest
from openpyxl import load_workbook

import zs_analysis as zs
from zs_analysis import explore
from zs_analysis.explore.lab import Choice, Lab
from zs_analysis.present import charts, output
from zs_analysis.present.table import Table

DAY = "2023-12-13"


def chart_of(number: int):
    frame = pd.DataFrame({"name": ["定海"], "value": [float(number)]})
    return charts.bars(frame, "name", "value", title=f"题{number}", unit="%", source="来源")


def table_of(number: int) -> Table:
    frame = pd.DataFrame({"name": ["定海"], "value": [number], "flag": ["E"]})
    columns = (zs.present.Column("name", "部分"), zs.present.Column("value", "数值", unit="%", status="flag"))
    return Table(frame, "表", columns=columns, source="来源")


def make(draw=lambda first, second: [chart_of(second), table_of(second)], **more) -> Lab:
    """Two choices, the second hanging on the first."""
    numbers = {"a": [1, 2], "b": [2, 3], "none": []}
    choices = [
        Choice("first", "甲", lambda _: [(name, name) for name in numbers]),
        Choice("second", "乙", lambda so_far: [(str(n), n) for n in numbers[so_far["first"]]]),
    ]
    return Lab(choices, draw, title="试", **more)


def pick(lab: Lab, key: str, value: object) -> None:
    """What the browser does when someone chooses."""
    lab._controls[key].value = value


def page(lab: Lab) -> str:
    return lab.children[-1].value


def test_a_choice_changes_chart_and_table():
    lab = make()
    assert "题1" in page(lab)
    pick(lab, "second", 2)
    assert "题2" in page(lab) and "题1" not in page(lab)
    assert lab.pieces[1].frame["value"].tolist() == [2]


def test_a_choice_is_kept_where_it_is_still_on_offer():
    lab = make().choose(second=2)
    pick(lab, "first", "b")
    assert lab.chosen == {"first": "b", "second": 2} and lab.options("second") == [2, 3]


def test_a_choice_that_is_gone_gives_way_and_draws_once():
    drawn = []
    lab = make(lambda **chosen: drawn.append(chosen) or [chart_of(chosen["second"])])
    pick(lab, "first", "b")
    assert drawn == [{"first": "a", "second": 1}, {"first": "b", "second": 2}]


def test_while_it_works_nothing_old_is_in_sight():
    seen = []

    def draw(first: str, second: int):
        if seen:
            seen.append((lab.children[-1].layout.visibility, "正在计算" in lab.children[1].value))
        return [chart_of(second)]

    lab = make(draw)
    seen.append("drawn once")
    pick(lab, "second", 2)
    assert seen[1:] == [("hidden", True)]
    assert lab.children[-1].layout.visibility == "visible" and "正在计算" not in lab.children[1].value


def test_where_drawing_fails_it_says_so_and_shows_nothing_old():
    def draw(first: str, second: int):
        if second == 2:
            raise ZeroDivisionError("基数为零")
        return [chart_of(second)]

    lab = make(draw)
    pick(lab, "second", 2)
    assert page(lab) == "" and lab.pieces == ()
    assert "基数为零" in lab.children[1].value
    pick(lab, "second", 1)
    assert "题1" in page(lab) and "基数为零" not in lab.children[1].value


def test_where_there_is_nothing_to_choose_or_to_draw_it_says_so():
    lab = make(lambda **chosen: [None])
    assert "没有可用数据" in lab.children[1].value
    pick(lab, "first", "none")
    assert lab.chosen["second"] is None and lab._controls["second"].disabled


def test_choosing_by_code_what_is_not_there_leaves_all_as_it_was():
    lab = make()
    with pytest.raises(ValueError, match="second=3 is not on offer here; there are 1, 2"):
        lab.choose(second=3)
    with pytest.raises(ValueError, match="no choice 'third'; it has first, second"):
        lab.choose(third=1)
    assert lab.chosen == {"first": "a", "second": 1} and "题1" in page(lab)


def test_controls_are_lists_that_the_keyboard_reaches_with_labels():
    lab = make()
    assert all(isinstance(one, widgets.Dropdown) and one.description for one in lab._controls.values())
    assert 'role="status"' in lab.children[1].value


def test_charts_bring_their_chinese_font():
    assert "@font-face" in page(make()) and "Zs Sans" in page(make())


def test_the_workbook_says_choices_source_and_status(tmp_path):
    book = load_workbook(make().choose(second=2).save(tmp_path / "a.xlsx"))
    about = dict(row[:2] for row in book.worksheets[0].iter_rows(values_only=True) if row[0])
    assert about["甲"] == "a" and about["乙"] == "2"
    sheet = list(book.worksheets[2].iter_rows(values_only=True))
    assert [row[0] for row in sheet[:1]] == ["表"] and "来源" in sheet[3][0]
    assert sheet[5:7] == [("部分", "数值 (%)", "数值 状态"), ("定海", 2, "E")]


def test_the_csv_has_unit_status_and_source(tmp_path):
    path = make().save(tmp_path / "a.csv")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert rows == [["部分", "数值 (%)", "数值 状态", "资料来源"], ["定海", "1", "E", "来源"]]


def test_saving_refuses_other_endings_and_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"must end in .xlsx or .csv"):
        make().save(tmp_path / "a.doc")
    with pytest.raises(ValueError, match="nothing is shown"):
        make(lambda **chosen: []).save(tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_the_growth_lab_shows_what_the_report_shows():
    lab = explore.growth_lab(as_of=DAY)
    view = zs.View("2023Q4", DAY)
    for subject, dimension in (("clusters", "activity"), ("areas", "ref_area")):
        lab.choose(subject=subject)
        pd.testing.assert_frame_equal(lab.pieces[0].data, output.growth_chart(view, dimension).data)


def test_the_growth_lab_hides_what_came_later():
    lab = explore.growth_lab()
    lab.choose(period="2020Q1", subject="pull_areas", known="2020-05-09")
    assert "2020" in lab.pieces[0].title
    assert lab.options("known") == ["", "2020-05-09"]


@pytest.mark.parametrize("make_lab", [explore.growth_lab, explore.investment_lab])
def test_every_subject_of_a_lab_draws_or_says_why_not(make_lab):
    lab = make_lab(as_of=DAY)
    for subject in lab.options("subject"):
        lab.choose(subject=subject)
        assert lab.pieces and "画不出来" not in lab.children[1].value


def test_the_series_lab_offers_only_what_has_figures():
    lab = explore.series_lab(["gross_output_scale"], as_of=DAY)
    known = zs.load("observations", as_of=DAY)
    for indicator in lab.options("indicator"):
        lab.choose(indicator=indicator)
        for measure in lab.options("measure"):
            lab.choose(measure=measure)
            rows = known[known["indicator"].eq(indicator) & known["transformation"].eq(measure[0])]
            assert set(lab.options("ref_area")) <= set(rows["ref_area"])
            assert len(lab.pieces) == 2, lab.children[1].value


def test_the_series_lab_shows_figures_as_printed():
    lab = explore.series_lab(["gross_output_scale"], as_of=DAY)
    lab.choose(measure=("ytd", "M", "1e8_cny", "", ""), ref_area="zhoushan", activity="total")
    assert lab.pieces[1].frame["printed"].tolist() == ["3246.8", "316.3"]


def test_the_series_lab_names_the_nearest_indicator():
    with pytest.raises(ValueError, match="no indicator 'gros_output'.*did you mean gross_output"):
        explore.series_lab(["gros_output"])


def test_the_release_lab_knows_only_what_was_out_on_the_day():
    lab = explore.release_lab()
    lab.choose(day="2020-05-09")
    released = zs.load("observations").query("released == @pd.Timestamp('2020-05-09')")
    assert len(lab.pieces[0].frame) == len(released)
    for subject in lab.options("subject"):
        assert lab.choose(subject=subject).children[1].value.count("画不出来") == 0


@pytest.mark.slow
def test_the_forecast_lab_shows_the_reports_forecast_and_carries_a_shock_to_the_city():
    from zs_analysis.present import forecasts

    lab = explore.forecast_lab(as_of=DAY)
    view = zs.View("2023Q4", DAY)
    [row] = forecasts.year_rows(view, 2024, "total").to_dict("records")
    lab.choose(last=2024)
    shown = lab.pieces[1].frame.set_index("window")
    assert shown.at["2024", "mean"] == pytest.approx(row["mean"])
    assert set(shown["status"]) == {"F"}

    lab.choose(scenario=-10)
    shocked = lab.pieces[1].frame.set_index("window")
    assert shocked.at["2024", "mean"] == pytest.approx(0.9 * row["mean"], rel=1e-6)
    assert shocked.at["2023-Q1", "change"] == pytest.approx(0)
    assert lab.pieces[0].title.startswith("假定全市减少10%") and "预测" not in lab.pieces[0].title

    lab.choose(by="activities", part="petrochemicals", scenario="model")
    narrow = lab.options("last")
    assert all(not forecasts.year_rows(view, year, "petrochemicals")["wide"].any() for year in narrow)
    assert "石化" in lab.pieces[0].title


@pytest.mark.slow
def test_the_forecast_lab_says_why_there_is_no_forecast(package):
    path = package / "observations.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if "2023-10" in line or "2023" in line.split(",")[5:6]]
    path.write_text("".join(lines[:1] + kept), encoding="utf-8")
    lab = explore.forecast_lab(data=package)
    assert "不能绘制扇形图" in page(lab) and lab.options("part") == []


def test_a_quarter_without_figures_says_how_far_they_reach():
    lab = explore.growth_lab(as_of=DAY).choose(period="2022Q4", subject="clusters")
    assert lab.pieces and all(isinstance(piece, zs.present.view.Note) for piece in lab.pieces)

"""The six lists on a hand-made register, and on the embedded data, which has none."""

import pytest
from enterprise_register import write_register
from report_views import QUARTER, REVIEW_DAY, sentences, table

from zs_analysis.present import lists, register
from zs_analysis.present.view import View


@pytest.fixture(scope="module", params=["zh", "en"])
def view(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("lists") / "data"
    return View(QUARTER, REVIEW_DAY, request.param, write_register(folder))


def test_without_a_register_the_projects_of_the_review_stand() -> None:
    shown = table("coming on stream")
    assert shown.disclosure is None
    assert shown.frame["name"].tolist() == ["140万吨乙烯", "大洋世家优品园", "润海新能源", "一塑新材料"]
    assert [
        table(name) for name in ("large firms", "firms in decline", "upgrading firms", "monthly targets")
    ] == [None] * 4
    said = "\n".join(sentences("lists"))
    assert "文中列名的本年投产项目4个（公布的年新增产值为200亿元）" in said
    assert "1—10月工业技改投资100亿元，同比增长56.9%" in said and "没有企业月度数据" in said


def test_monthly_targets_close_to_the_expected_output(view: View) -> None:
    city = lists.city_course(view)
    assert city["target"].sum() == 3800 * 1e4
    for by in ("cluster", "ref_area"):
        known = lists.course(view, by)
        parts = known[known["group"].ne("total")].groupby("month")["target"].sum()
        assert parts.tolist() == city["target"].tolist()
    # even months in the base year: January and February are two twelfths
    assert city["target"].iloc[0] == pytest.approx(38e6 / 6, abs=1000)


def test_output_against_the_target_is_that_of_firms_above_designated_size(view: View) -> None:
    october = lists.city_course(view).set_index("month").loc[10]
    assert october["actual_ytd"] == 10 * (4000 + 13000)
    september = lists.city_course(view).set_index("month").loc[9]
    assert september["actual_ytd"] == 9 * (4000 + 13000 + 1000)


def test_large_firms(view: View) -> None:
    rows = lists.large(view).set_index("enterprise")
    assert rows.index.tolist() == ["b", "a"]
    assert rows.loc["a", ["output", "twelve_months", "standing"]].tolist() == [40000, 50000, "above"]


def test_decline(view: View) -> None:
    rows = lists.declining(view).set_index("enterprise")
    assert rows.index.tolist() == ["a"]
    assert rows.loc["a", ["lost", "share_of_loss_pct", "months_in_a_row"]].tolist() == [10000, 100, 10]


def test_upgrading(view: View) -> None:
    rows = lists.upgrading(view).set_index("enterprise")
    assert rows.index.tolist() == ["c"]
    assert rows.loc["c", ["revenue", "twelve_months", "annualised", "standing"]].tolist() == [
        1600,
        1850,
        1920,
        "near",
    ]


def test_renovation(view: View) -> None:
    rows = lists.renovating(view).set_index("enterprise")
    assert rows.index.tolist() == ["b"] and rows.loc["b", "growth_pct"] == 100


def test_a_late_firm_is_counted_and_on_no_list(view: View) -> None:
    said = lists.summary(view).sentences[-1]
    assert (
        said
        == {
            "zh": "2023年10月有1家企业未报数，不在各清单内。",
            "en": "1 firm did not report October 2023 and is on no list.",
        }[view.lang]
    )


def test_lists_of_firms_are_internal(view: View) -> None:
    shown = [
        lists.large_table(view),
        lists.declining_table(view),
        lists.upgrading_table(view),
        lists.renovating_table(view),
    ]
    assert [one.disclosure.kind for one in shown] == ["internal"] * 4
    assert lists.month_chart(view).disclosure.kind == lists.month_table(view).disclosure.kind == "internal"
    assert not any(one.disclosure.passes for one in shown)


def test_the_page_is_cut_and_the_workbook_is_not(view: View) -> None:
    known = lists.rules(view)["list_rows"]
    shown = lists.large_table(view)
    assert shown.most == known
    short = type(shown)(shown.frame, shown.caption, columns=shown.columns, source="x", lang=view.lang, most=1)
    assert short._repr_html_().count("<tr>") == 2 and len(short.sheet()["rows"]) == 2
    assert (
        "共2行，页面列出前1行" if view.lang == "zh" else "2 rows in all; the page has the first 1"
    ) in short._repr_html_()


def test_what_is_missing_names_the_tables() -> None:
    for lang in ("zh", "en"):
        view = View(QUARTER, REVIEW_DAY, lang)
        assert "enterprise_months.csv" in register.missing(view, "enterprise_months")
        assert "enterprise_years.csv" in lists.breakdown_missing(view)

"""The enterprise ladder on a hand-made register, and on the embedded data, which has none."""

import pytest
from enterprise_register import write_register
from report_views import QUARTER, REVIEW_DAY, sentences, table

from zs_analysis.present import enterprises, trace
from zs_analysis.present.view import View

# review 一(六): recognised this year, firms expected, chain leaders
FROM_REVIEW = ["66家", "14家", "2家", "超过500家", "15家以上"]


@pytest.fixture(scope="module", params=["zh", "en"])
def view(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("ladder") / "data"
    return View(QUARTER, REVIEW_DAY, request.param, write_register(folder))


def test_findings_hold_the_reviews_figures() -> None:
    said = "\n".join(sentences("enterprises"))
    assert [figure for figure in FROM_REVIEW if figure not in said] == []


def test_without_a_register_targets_and_published_counts_stand() -> None:
    shown = table("enterprise ladder")
    assert "to_go" not in shown.frame and shown.disclosure is None
    assert shown.frame.set_index("rung")["published"]["市级以上“链主”"] == "15家以上（截至12月发文）"
    assert table("turnover") is None and table("ladder of clusters") is None
    assert "没有企业年度数据" in sentences("enterprises")[-1]


def test_every_figure_of_the_review_is_traced() -> None:
    known = table("enterprise ladder", "zh").lang, trace.table(View(QUARTER, REVIEW_DAY), enterprises.TRACED)
    clauses = known[1].frame.query("place == '一(六)'")["value"].tolist()
    assert {"66家", "14家", "2家", "24家", "15家以上", "71%", "超过500家（预计）"} <= set(clauses)


def test_counts_of_the_register(view: View) -> None:
    counts = enterprises.count_table(view).loc["2022"]
    sizes = [
        "above_scale",
        "output_500m",
        "output_1bn",
        "revenue_1bn",
        "revenue_10bn",
        "listed",
        "little_giant",
    ]
    assert counts[sizes].tolist() == [3, 2, 1, 1, 0, 1, 1]
    assert enterprises.count_table(view).loc["2021", "above_scale"] == 2


def test_ladder_against_the_targets(view: View) -> None:
    frame = enterprises.ladder_table(view).frame.set_index(
        frame_names := enterprises.ladder_table(view).frame["rung"]
    )
    revenue = enterprises.rung_name(view, "revenue_10bn")
    assert len(frame_names) == len(enterprises.RUNGS)
    assert frame.loc[revenue[0].upper() + revenue[1:], ["2021", "2022", "to_go"]].tolist() == [0, 0, 3]


def test_moves(view: View) -> None:
    shown = enterprises.transition_table(view)
    # a rose from above scale to 500 million, b stayed, c stayed below, d came
    assert shown.frame["total"].tolist() == [1, 1, 1, 0, 1, 4]
    assert shown.frame["output_500m"].tolist() == [0, 0, 1, 0, 0, 1]
    assert shown.disclosure.kind == "counts" and shown.disclosure.passes
    turnover = enterprises.turnover_table(view).frame.set_index("rung")
    assert turnover.iloc[0][["before", "new", "lost", "after"]].tolist() == [2, 1, 0, 3]


def test_groups(view: View) -> None:
    clusters = enterprises.group_table(view, "cluster").frame.set_index("name")["above_scale"].tolist()
    # petrochemicals holds refining; cement lies in no cluster
    assert clusters == [1, 1, 0, 1, 3]
    assert enterprises.group_table(view, "ref_area").frame["above_scale"].tolist() == [0, 2, 1, 3]


def test_words(view: View) -> None:
    said = enterprises.summary(view).sentences
    wanted = {
        "zh": [
            "2022年在册企业4家，其中规上工业3家（比上年增加1家）",
            "按产值梯级上升1家、下降0家；新进名录1家，退出0家。",
        ],
        "en": [
            "In 2022 the register held 4 firms, 3 of them",
            "1 firm moved up the ladder of output and 0 moved down",
        ],
    }[view.lang]
    assert [words for words in wanted if not any(words in sentence for sentence in said)] == []


def test_chart_has_a_panel_a_rung(view: View) -> None:
    drawn = enterprises.ladder_chart(view)
    assert len(drawn.data) == 2 * len(enterprises.RUNGS)
    assert drawn.disclosure.kind == "counts"
    assert ("企业数增加" if view.lang == "zh" else "grew on") in drawn.title

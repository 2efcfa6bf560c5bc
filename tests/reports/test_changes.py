"""What changed between two runs: numbers made by hand and published ones, manifests, the page."""

import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_cells import code, text

from zs_analysis.model import figure
from zs_analysis.present.phrases import told
from zs_analysis.present.view import View
from zs_analysis.reports import PageMeta, ReportError, render_notebooks
from zs_analysis.reports.attachments import METRIC, read_attachments
from zs_analysis.reports.changes import (
    CELL,
    Comparison,
    before_of,
    changes,
    changes_page,
    difference,
    headlines,
)

META = PageMeta("套件", "2023年四季度")


def number(
    value, period="2023-10", *, lo=None, hi=None, status="A", origin="", unit="pct", indicator="output"
):
    ends = "" if lo is None else f"{lo:g}—{hi:g}"
    shown = {"period": period, "text": f"{value:g}", "interval": ends, "power": 0, "decimals": 1}
    words = {
        lang: {**shown, "label": f"{indicator} {lang}", "unit": "点", "relative": unit != "pct"}
        for lang in ("zh", "en")
    }
    cell = {"indicator": indicator, "ref_area": "x", "activity": "y", "transformation": "z", "unit": unit}
    when = {"time_period": period, "status": status, "origin": origin, "lo": lo, "hi": hi}
    return {**cell, **when, "value": value, "words": words}


def report(name, *numbers, **more):
    return {"name": name, "title": name.upper(), "status": "ok", "facts": {"metrics": list(numbers)}, **more}


def run(*numbers, **more):
    return {"lang": "zh", "parameters": {}, "reports": [report("a", *numbers)], **more}


def both(before, after):
    return changes(run(*before), run(*after))


def test_a_number_is_revised_where_it_is_printed_otherwise():
    found = both([number(12.5), number(3, "2022"), number(1, "2021")], [number(12.5), number(4, "2022")])
    [pair] = found.revised
    assert (pair.before["value"], pair.after["value"], pair.reports) == (3, 4, ("A",))
    assert (difference(pair, "zh"), difference(pair, "en")) == ("+1.0点", "+1.0点")
    assert found.unchanged == 1 and [one.before["value"] for one in found.gone] == [1]
    noise = both([number(12.5)], [number(12.5 + 1e-12) | {"words": number(12.5)["words"]}])
    assert noise.revised == () and noise.unchanged == 1


def test_the_largest_revision_comes_first_whatever_the_unit():
    before = [number(100.0, unit="a"), number(2.0, unit="b"), number(-5.0, unit="c")]
    after = [number(101.0, unit="a"), number(1.0, unit="b"), number(-6.0, unit="c")]
    assert [pair.after["value"] for pair in both(before, after).revised] == [1.0, -6.0, 101.0]
    assert headlines(both(before, after), "zh")[0].startswith(
        "有3个已知数修订，幅度最大的是output zh（2023-10）：2改为1，"
    )


@pytest.mark.parametrize(("value", "inside"), [(46.7, True), (39.2, True), (39.1, False), (50.8, False)])
def test_a_forecast_meets_its_outcome(value, inside):
    ahead = number(45.1, "2021", lo=39.2, hi=50.7, status="F", origin="model")
    found = both([ahead], [number(value, "2021")])
    [pair] = found.outcomes
    assert pair.inside is inside and pair.change == pytest.approx(value - 45.1)
    assert found.revised == found.reforecast == found.new == found.gone == ()


def test_two_forecasters_have_one_outcome_and_one_without_interval_is_not_judged():
    ahead = [number(3800, "2023", status="F", origin="announced")]
    ahead += [number(3950, "2023", lo=3814, hi=4087, status="F", origin="model")]
    found = both(ahead, [number(3900, "2023"), *ahead])
    assert {pair.before["origin"]: pair.inside for pair in found.outcomes} == {
        "announced": None,
        "model": True,
    }
    assert found.unchanged == 0
    assert headlines(found, "en")[1] == "Forecasts with an outcome now: 2; with an interval 1, inside it 1."


def test_what_was_known_is_no_outcome_and_a_forecast_may_change():
    ahead = number(4492, "2023", lo=3385, hi=5695, status="F", origin="model")
    again = number(3950, "2023", lo=3814, hi=4087, status="F", origin="model")
    found = both([ahead], [again])
    assert [pair.change for pair in found.reforecast] == [-542] and found.revised == ()
    narrower = number(4492, "2023", lo=4000, hi=5000, status="F", origin="model")
    assert len(both([ahead], [narrower]).reforecast) == 1
    known = number(4000, "2023")
    assert both([ahead, known], [ahead, known]).outcomes == ()


def test_another_period_is_then_and_now():
    found = both([number(1, "2023-08"), number(2, "2023-09")], [number(3, "2023-11"), number(4, "2023-12")])
    [pair] = found.moved
    assert (pair.before["value"], pair.after["value"]) == (2, 4)
    assert [one.after["value"] for one in found.new] == [3]
    assert [one.before["value"] for one in found.gone] == [1]
    ahead = [number(1, year, status="F", origin="model") for year in ("2023", "2024")]
    assert both(ahead[:1], ahead[1:]).moved == ()


def test_one_number_in_several_reports_counts_once_and_what_the_run_made_goes_first():
    old = run() | {"reports": [report("a", number(1)), report("b", number(1))]}
    new = run() | {"reports": [report("a", number(7), kept=True), report("b", number(2))]}
    [pair] = changes(old, new).revised
    assert pair.after["value"] == 2 and pair.reports == ("B", "A")


def test_parameters_data_code_and_reports():
    made = {"library": "l1", "code": "c", "text": "t", "data a.csv": "1", "data b.csv": "1", "page": "p"}
    old = run(
        parameters={"period": "2023Q3", "as_of": None, "lang": "zh"}, packages={"pandas": "2.0", "x": "1"}
    )
    new = run(
        parameters={"period": "2023Q4", "as_of": "2023-12-13", "lang": "zh"}, packages={"pandas": "3.1"}
    )
    old |= {"git": {"commit": "a" * 40, "dirty": False}, "python": "3.13.0"}
    new |= {"git": {"commit": "a" * 40, "dirty": True}, "python": "3.13.0"}
    old["reports"] = [report("a", made_from=made), report("b", made_from=made), report("c", made_from=None)]
    now = made | {"library": "l2", "code": "c2", "data b.csv": "2", "data new.csv": "1", "page": "other"}
    new["reports"] = [report("a", made_from=now), report("b", status="failed"), report("d", made_from=now)]
    found = changes(old, new)
    told_of = {
        kind: [(one.name, one.before, one.after) for one in getattr(found, kind)]
        for kind in ("parameters", "data", "code", "reports")
    }
    assert told_of["parameters"] == [("period", "2023Q3", "2023Q4"), ("as_of", None, "2023-12-13")]
    assert told_of["data"] == [("b.csv", "1", "2"), ("new.csv", None, "1")]
    assert told_of["reports"] == [("B", "ok", "failed"), ("C", "ok", None), ("D", None, "ok")]
    assert [name for name, *_ in told_of["code"]] == ["commit", "library", "pandas", "x", "a.ipynb"]
    assert told_of["code"][0] == ("commit", "a" * 12, "a" * 12 + "+")
    assert [one.kind for one in found.data] == ["changed", "new"]
    assert headlines(found, "zh")[-1] == "参数2项、数据文件2个、代码和软件5项不同。"


def test_a_run_against_itself():
    same = run(number(1), number(2, "2024", status="F", origin="model"), parameters={"a": 1})
    found = changes(same, same)
    assert found.unchanged == 2 and not any(
        getattr(found, kind) for kind in ("revised", "reforecast", "outcomes", "moved", "new", "gone", "data")
    )
    assert headlines(found, "en")[-1] == "Parameters, data, code and software are the same."


RUNS = st.dictionaries(
    st.sampled_from([(period, origin) for period in ("2022", "2023", "2024") for origin in ("", "model")]),
    st.floats(-1e4, 1e4).map(lambda value: round(value, 1)),
)


@given(RUNS, RUNS)
def test_every_number_is_told_once(before, after):
    old, new = (
        [
            number(value, period, status="F" if origin else "A", origin=origin)
            for (period, origin), value in one.items()
        ]
        for one in (before, after)
    )
    found = both(old, new)
    pairs = [*found.revised, *found.reforecast, *found.outcomes, *found.moved, *found.new, *found.gone]
    seen = [_key(pair.before) for pair in pairs if pair.before]
    assert len(seen) == len(set(seen)) and len(seen) + found.unchanged == len(before)
    later = {_key(pair.after) for pair in pairs if pair.after}
    settled = {_key(pair.before) for pair in found.outcomes} & {_key(one) for one in new}
    assert len(later | settled) + found.unchanged == len(after)


def _key(one):
    return *(one[name] for name in CELL), one["origin"], one["time_period"]


# Published


def published(day: str, lang="zh"):
    """Two figures of the free trade zone and the port as known on a day."""
    view = View("2021Q3", day, lang)
    storage = figure(view.observations, "oil_storage_capacity", "level", ref_area="ftz", time_period="2020")
    exports = figure(
        *(view.observations, "exports", "share"),
        **{"ref_area": view.city, "counterpart_area": view.province, "time_period": "2020", "freq": "A"},
    )
    return [one.record() for one in told(view, "", storage, exports).metrics]


def test_published_revisions_appear_as_such():
    # China Services Info, 2020-11-25: 27.9 million tonnes; China Daily, 2021-01-13: 29.07.
    [storage] = both(published("2021-02-03"), published("2021-02-03")).revised or [None]
    assert storage is None
    [pair] = both(published("2021-01-12"), published("2021-01-13")).revised
    assert (pair.before["value"], pair.after["value"]) == (27.9, 29.07)
    assert pair.after["words"]["zh"]["text"] == "29.07百万吨"
    assert difference(pair, "zh") == "+1.17百万吨（+4.2%）"
    assert difference(pair, "en") == "+1,170,000 tons (+4.2%)"
    # zjol, 2021-02-04: 2.34 %; Zhoushan Daily, 2022-01-28: 2.3 %.
    [pair] = both(published("2021-02-04"), published("2022-01-28")).revised
    assert (pair.before["value"], pair.after["value"]) == (2.34, 2.3)
    assert (difference(pair, "zh"), difference(pair, "en")) == ("-0.04个百分点", "-0.04 percentage points")


# The page


def page(found, lang="zh", linked=True):
    comparisons = [Comparison("甲" if lang == "zh" else "A", found)]
    made = changes_page(comparisons, lang=lang, meta=META, font_css=lambda _: "", linked=linked)
    return BeautifulSoup(made, "html.parser")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_every_kind_in_tables_with_names(lang):
    ahead = number(45.1, "2021", lo=39.2, hi=50.7, status="F", origin="model")
    before = [ahead, number(3, "2022"), number(1, "2019", indicator="i"), number(1, indicator="gone <b>")]
    after = [
        number(46.7, "2021"),
        number(4, "2022"),
        number(2, "2020", indicator="i"),
        number(1, indicator="new"),
    ]
    old, new = (
        run(*numbers, parameters={"as_of": day}) for numbers, day in ((before, None), (after, "2023"))
    )
    soup = page(changes(old, new), lang)
    tables = soup.find_all("table")
    assert len(tables) == 6
    names = [box["aria-label"] for box in soup.find_all(class_="zs-scroll")]
    assert len(set(names)) == 6 and all(one["aria-label"] for one in tables)
    assert all(cell["scope"] for cell in soup.find_all("th"))
    assert "46.7" in soup.text and "39.2—50.7" in soup.text and "+1.6" in soup.text
    assert soup.find(class_="zs-ok").text == {"zh": "区间内", "en": "inside"}[lang]
    assert "gone <b>" in soup.text and soup.find("b") is None
    assert soup.find("script") is None and soup.find(src=True) is None
    assert len(soup.find_all("h1")) == 1 and [tag.text for tag in soup.find_all("h2")] in (["甲"], ["A"])


def test_a_page_on_its_own_leads_nowhere():
    found = changes(run(), run())
    assert page(found).footer.find("a")["href"] == "index.html"
    assert page(found, linked=False).footer.find("a") is None


# Real runs

SHOW = f"""from IPython.display import display
value = {{"2023Q3": 10.0, "2023Q4": 12.5}}[period] + (0.5 if as_of else 0)
shown = {{"label": "产值", "period": "2023", "text": f"{{value:g}}%", "interval": "", "power": 0, "decimals": 1,
         "unit": "个百分点", "relative": False}}
one = dict.fromkeys({METRIC!r}, "") | {{"value": value, "lo": None, "hi": None, "status": "A"}}
display({{"application/vnd.zs.metrics+json": [one | {{"words": {{"zh": shown, "en": shown}}}}]}}, raw=True)"""


@pytest.fixture(scope="module")
def site(notebook, tmp_path_factory):
    """Two quarters, the second made twice with other data; what was there after each run."""
    root = tmp_path_factory.mktemp("outputs")
    book = notebook("output", text("# 产出"), code(SHOW))
    seen = []
    for period, as_of in (
        ("2023Q3", None),
        ("2023Q4", None),
        ("2023Q4", "2023-12-13"),
        ("2023Q4", "2023-12-13"),
    ):
        render_notebooks(
            [book],
            {"period": period, "as_of": as_of},
            root / period,
            page_meta=META,
            font_css=lambda _: "",
            preceding=root / "2023Q3" if period == "2023Q4" else root / "2023Q2",
            progress=False,
        )
        folder = root / period
        seen.append({path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.[hj]*")})
    return root, seen


def test_a_run_keeps_its_numbers_and_is_compared_with_the_one_before(site):
    _, (first, second, *_) = site
    [entry] = json.loads(first["manifest.json"])["reports"]
    assert [one["value"] for one in entry["facts"]["metrics"]] == [10.0]
    assert "changes.html" not in first and "changes.html" not in first["index.html"]
    assert 'href="changes.html"' in second["index.html"]
    soup = BeautifulSoup(second["changes.html"], "html.parser")
    assert [tag.text for tag in soup.find_all("h2")] == ["与2023Q3的报告相比"]
    assert "10%改为12.5%" in soup.text and "+2.5个百分点" in soup.text


def test_a_run_made_again_is_compared_with_what_it_replaced_for_good(site):
    _, (*_, third, fourth) = site
    [entry] = json.loads(third["manifest.json"])["reports"]
    assert entry["before"]["facts"]["metrics"][0]["value"] == 12.5
    assert entry["before"]["parameters"] == {"period": "2023Q4", "as_of": None}
    soup = BeautifulSoup(third["changes.html"], "html.parser")
    since_run, since_made = soup.find_all("h2")
    assert since_run.text == "与2023Q3的报告相比" and since_made.text.startswith("与本期上次生成的报告（20")
    assert "12.5%改为13%" in soup.text
    # the same numbers again: what was different last is still told
    assert json.loads(fourth["manifest.json"])["reports"][0]["before"] == entry["before"]
    assert fourth["changes.html"] == third["changes.html"]


def test_a_page_with_nothing_to_compare_is_taken_away(site, notebook):
    root, _ = site
    (root / "2023Q3" / "changes.html").write_text("old")
    book = notebook("output", text("# 产出"), code(SHOW))
    where = {"page_meta": META, "font_css": lambda _: "", "progress": False}
    render_notebooks([book], {"period": "2023Q3"}, root / "2023Q3", preceding=root / "2023Q2", **where)
    assert not (root / "2023Q3" / "changes.html").exists()


def test_a_report_cannot_be_called_as_the_page_is(notebook, tmp_path):
    with pytest.raises(ReportError, match="none named index or changes"):
        render_notebooks(
            [notebook("changes")], {}, tmp_path / "out", page_meta=META, font_css=lambda _: "", progress=False
        )


def test_before_is_kept_only_where_a_number_is_other():
    told_before, told_now = ({"facts": {"metrics": [number(value)]}, "rendered": "2023"} for value in (1, 2))
    assert before_of(told_now, {}) is None and before_of(told_now, told_now | {"before": "x"}) == "x"
    kept = before_of(told_now, told_before)
    assert kept["facts"]["metrics"][0]["value"] == 1 and kept["rendered"] == "2023"


def test_a_number_without_its_fields_fails_its_report():
    kind = "application/vnd.zs.metrics+json"
    cell = new_code_cell("x", outputs=[new_output("display_data", {kind: [{"value": 1}]})])
    with pytest.raises(ReportError, match="lacks indicator, ref_area"):
        read_attachments(new_notebook(cells=[cell]))
    cell.outputs[0]["data"][kind] = [number(1), number(2, "2024")]
    assert len(read_attachments(new_notebook(cells=[cell])).facts["metrics"]) == 2

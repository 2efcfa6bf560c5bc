"""Tables for readers."""

import numpy as np
import pandas as pd
import pytest

from zs_analysis.present import Column, Table

FRAME = pd.DataFrame(
    {
        "name": ["岱山<b>", "嵊泗", "甬", "企业"],
        "value": [1234.5, -0.04, np.nan, np.nan],
        "status": ["A", "F", "M", "Q"],
    }
)
COLUMNS = [Column("name", "地区"), Column("value", "产值", 1, unit="亿元", status="status")]


def html(lang: str = "zh", **about: str) -> str:
    return Table(FRAME, "产值 & 增速", columns=COLUMNS, lang=lang, **about)._repr_html_()


def test_table_is_accessible():
    page = html()
    assert page.startswith('<div class="zs-table">')
    assert "<caption>产值 &amp; 增速</caption>" in page
    assert page.count('<th scope="col"') == 2
    assert page.count('<th scope="row"') == 4
    assert '<th scope="col" class="num">产值 <span class="zs-unit">(亿元)</span></th>' in page


def test_values_have_fixed_decimals_and_are_escaped():
    assert '<td class="num">1234.5</td>' in html()
    assert '<td class="num">1,234.5</td>' in html("en")
    assert ">0.0<sup" in html()
    assert "岱山&lt;b&gt;" in html()


def test_missing_and_marks_have_a_legend():
    assert "—：没有查到或不适用；×：不予公布，以免泄露单个企业数据；f：预计数" in html()
    assert "—: not found or not applicable; ×: withheld, to protect single enterprises; f: forecast" in html(
        "en"
    )


def test_no_legend_where_nothing_needs_one():
    assert "zs-legend" not in Table(FRAME[["name"]], "c")._repr_html_()


def test_source_note_and_unit():
    page = html(source="统计局", note="初步", unit="亿元")
    assert "资料来源：统计局" in page
    assert "注：初步" in page
    assert "单位：亿元" in page


def test_decimals_are_found_where_not_given():
    table = Table(pd.DataFrame({"a": ["x", "y"], "b": [1.0, 2.25]}), "c")
    assert '<td class="num">1.00</td>' in table._repr_html_()


def test_unknown_column_is_named():
    with pytest.raises(KeyError, match="nope"):
        Table(FRAME, "c", columns=[Column("nope")])

"""What tables of enterprises show, what they record, and what the gate makes of the records."""

import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from report_views import CHARTS, TABLES

from zs_analysis.metrics import DisclosureRules
from zs_analysis.present.chart import SHEET
from zs_analysis.present.disclosure import MIME, Disclosure, disclosure_rules, judge, protected
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import View

AREAS = ["dinghai", "putuo", "daishan", "shengsi"]


@pytest.fixture
def view() -> View:
    return View("2023Q4", "2023-12-13")


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    """Three hundred firms; one of the four areas has very few."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "ref_area": rng.choice(AREAS, 300, p=[0.5, 0.3, 0.19, 0.01]),
            "activity": rng.choice(["ships", "seafood", "screws"], 300, p=[0.5, 0.45, 0.05]),
            "output": np.exp(rng.normal(9, 1.6, 300)).round(),
            "holding": rng.integers(0, 280, 300),
        }
    )


def record(disclosure: Disclosure) -> dict:
    """As it comes out of a notebook."""
    return json.loads(json.dumps(disclosure.record("表")))


def with_amounts(table: dict, amounts: dict[str, float]) -> dict:
    return table | {"cells": [[code, amounts.get(code)] for code, _ in table["cells"]]}


def test_the_package_has_the_rules(view):
    assert disclosure_rules(view) == DisclosureRules(3, 2, 85, 10)


def test_without_rules_nothing_is_shown(package, firms):
    rules = pd.read_csv(package / "rules.csv", dtype=str, keep_default_na=False)
    rules[rules["scheme"].ne("disclosure")].to_csv(package / "rules.csv", index=False)
    bare = View("2023Q4", None, "zh", str(package))
    with pytest.raises(ValueError, match="no rule min_respondents, p_pct of the scheme disclosure"):
        protected(bare, firms, "ref_area", "output")


def test_suppressed_amounts_are_empty_with_a_flag_and_shown_ones_are_the_sums(view, firms):
    frame, disclosure = protected(view, firms, "ref_area", "output")
    gone = frame[frame["output_status"].eq("Q")]
    assert "shengsi" in set(gone["ref_area"]) and gone["output"].isna().all() and len(gone) == 2
    shown = frame[frame["output_status"].eq("")].set_index("ref_area")["output"]
    sums = firms.groupby("ref_area")["output"].sum()
    assert shown["total"] == sums.sum() and shown["dinghai"] == sums["dinghai"]
    assert disclosure.passes and disclosure.zh == "5个汇总数中1个按规则隐去，另隐去1个以防倒推。"


def test_the_public_part_of_the_record_holds_no_suppressed_amount_and_no_protection(view, firms):
    said = record(protected(view, firms, "ref_area", "output")[1])
    (table,) = said["tables"]
    assert table["measure"] == "output" and table["period"] == "2023-12" and table["by"] == ["ref_area"]
    assert table.keys() == {"measure", "period", "population", "by", "cells"}
    amounts = dict(table["cells"])
    assert amounts["shengsi"] is None and sum(amount is None for amount in amounts.values()) == 2
    reasons, public = judge([said], [], "zh")
    assert (reasons, public) == ([], [table])


def test_tables_of_one_amount_keep_to_the_same_choice(view, firms):
    one, first = protected(view, firms, "ref_area", "output")
    two, second = protected(view, firms, ["ref_area", "activity"], "output")
    margin = two[two["activity"].eq("total")].set_index("ref_area")["output_status"]
    assert margin.to_dict() == one.set_index("ref_area")["output_status"].to_dict()
    assert judge([record(first), record(second)], [], "zh")[0] == []


def test_different_enterprises_under_one_name_are_refused(view, firms):
    protected(view, firms, "ref_area", "output")
    with pytest.raises(
        ValueError, match="they are of different enterprises. Name them apart with population="
    ):
        protected(view, firms.query("activity == 'ships'"), "ref_area", "output")
    protected(view, firms.query("activity == 'ships'"), "ref_area", "output", population="ships")


def test_an_earlier_publication_that_shows_the_cell_fails_the_report(view, firms):
    said = record(protected(view, firms, "ref_area", "output")[1])
    sums = firms.groupby("ref_area")["output"].sum()
    earlier = with_amounts(said["tables"][0], {"total": sums.sum(), "shengsi": sums["shengsi"]})
    assert judge([said], [earlier], "zh")[0] == [
        "2023-12的output中已隐去的shengsi，与已公布的表合并后可以推算出来。"
    ]
    assert judge([said], [earlier], "en")[0] == [
        "output of 2023-12: the withheld cell shengsi can be worked out from all that is published."
    ]


def test_an_earlier_release_with_other_cells_hidden_fails_the_report(view, firms):
    """The other suppressed cell is shown there: the total less all shown ones is the sensitive one."""
    frame, disclosure = protected(view, firms, "ref_area", "output")
    (other,) = set(frame.loc[frame["output_status"].eq("Q"), "ref_area"]) - {"shengsi"}
    sums = firms.groupby("ref_area")["output"].sum()
    earlier = with_amounts(disclosure.tables[0], {other: sums[other]})
    assert "shengsi" in judge([record(disclosure)], [earlier], "zh")[0][0]


def test_an_earlier_release_before_a_revision_still_counts(view, firms):
    said = record(protected(view, firms, "ref_area", "output")[1])
    sums = 1.02 * firms.groupby("ref_area")["output"].sum()
    earlier = with_amounts(said["tables"][0], {**sums.to_dict(), "total": sums.sum()})
    assert "shengsi" in judge([said], [earlier], "zh")[0][0]


@pytest.mark.parametrize("change", [{"measure": "revenue"}, {"period": "2022-12"}, {"population": "large"}])
def test_publications_of_other_amounts_do_not_count(view, firms, change):
    said = record(protected(view, firms, "ref_area", "output")[1])
    sums = firms.groupby("ref_area")["output"].sum()
    earlier = with_amounts(said["tables"][0], {"total": sums.sum(), **sums.to_dict()}) | change
    assert judge([said], [earlier], "zh")[0] == []


def test_single_enterprises_fail_and_counts_pass():
    internal, counts = Disclosure.internal("六张清单", "the six lists"), Disclosure.counts()
    assert judge([record(internal), record(counts)], [], "zh")[0] == ["限内部使用：六张清单。"]
    twice = judge([record(internal), record(internal)], [], "en")[0]
    assert twice == ["For internal use: the six lists. (2 tables and charts)"]
    assert judge([record(counts)], [], "en") == ([], [])


def test_joined_columns_fail_where_one_does_and_keep_all_cells(view, firms):
    part = protected(view, firms, "ref_area", "output")[1]
    both = Disclosure.joined(part, Disclosure.internal("清单", "lists"))
    assert not both.passes and both.kind == "internal" and both.tables == part.tables
    assert Disclosure.joined(part, Disclosure.counts()).passes


def test_no_enterprise_at_all_is_an_empty_table(view, firms):
    frame, disclosure = protected(view, firms.head(0), "ref_area", "output")
    assert frame.empty and judge([record(disclosure)], [], "zh")[0] == []


def test_a_table_carries_its_record_and_its_numbers(view, firms):
    frame, disclosure = protected(view, firms, "ref_area", "output")
    columns = (Column("ref_area", "区域"), Column("output", "产值", 1, unit="万元", status="output_status"))
    bundle = Table(frame, "各区域产值", columns=columns, disclosure=disclosure)._repr_mimebundle_()
    assert bundle[MIME]["title"] == "各区域产值" and "×" in bundle["text/html"]
    sheet = json.loads(json.dumps(bundle[SHEET]))
    assert sheet["columns"][1] == {"label": "产值", "unit": "万元", "kind": "number", "decimals": 1}
    place = [row[0] for row in sheet["rows"]].index("shengsi")
    assert sheet["rows"][place][1] is None and sheet["status"][place][1] == "Q"
    assert MIME not in Table(frame, "x")._repr_mimebundle_()


REGISTERS = ("enterprises", "enterprise_months", "enterprise_years")
EXAMPLE_QUARTER, EXAMPLE_DAY = "2024Q3", "2024-10-25"


class WatchedView(View):
    """A view that notes which tables are read, also for what was made once and is used again."""

    # shared with the views that a report makes of this one, of the quarter before, say
    read: ClassVar[set[str]] = set()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "read_for", {})

    def table(self, name: str) -> pd.DataFrame:
        self.read.add(name)
        return super().table(name)

    def _kept(self, name, make):
        before = set(self.read)
        self.read.clear()
        made = super()._kept(name, make)
        self.read_for.setdefault(name, set(self.read))
        self.read.update(before, self.read_for[name])
        return made


@pytest.fixture(scope="module")
def watched(example: Path) -> WatchedView:
    return WatchedView(EXAMPLE_QUARTER, EXAMPLE_DAY, "zh", str(example))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CHARTS, *TABLES])
def test_whatever_is_made_of_the_registers_says_what_it_discloses(watched, name):
    watched.read.clear()
    made = (CHARTS | TABLES)[name](watched)
    if made is not None and watched.read.intersection(REGISTERS):
        assert made.disclosure is not None, f"{name} reads {watched.read.intersection(REGISTERS)}"


def test_the_watched_view_notes_what_is_read_also_from_what_is_kept(watched):
    for _ in range(2):
        watched.read.clear()
        watched.once(_firms)
        assert watched.read == {"enterprises"}


def _firms(view: View) -> int:
    return len(view.register("enterprises"))

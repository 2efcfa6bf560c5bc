"""Every numeral of the city's two documents is a row of `data/` or is named here as no statistic.

The documents lie outside the project; where they are missing, the tests skip.
"""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"
SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
DOCUMENTS = {
    "plan-2023": SEEDS / "000_c8c759798f3eec09.txt",
    "review-2023": SEEDS / "003_e50d5f1b14da5357.txt",
}

pytestmark = pytest.mark.skipif(
    not all(path.exists() for path in DOCUMENTS.values()),
    reason=f"the two documents are not at {SEEDS}",
)

NUMERAL = re.compile(r"\d+(?:\.\d+)?")
SECTION = re.compile(r"([一二三])、")
PART = re.compile(r"\(([一二三四五六七八])\)")
ITEM = re.compile(r"(\d+)\.(?!\d)")

# (document or "*", pattern of the numeral with its surroundings, why it is no statistic)
NOT_STATISTICS = [
    ("*", r"(?m)^索引号 [\d/-]+$", "document id"),
    ("*", r"(?:生成日期 |发布日期:)\d{4}-\d{2}-\d{2}", "date of the document"),
    ("*", r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日|底)?)?", "year or date"),
    ("*", r"\(2023-2027年\)", "years the plan runs"),
    ("*", r"1-(?:9|10)月", "months a figure covers"),
    ("*", r"“415X”", "name of the province's cluster programme"),
    ("*", r"“155”", "name of the city's cluster system; its rows are clusters.csv"),
    ("plan-2023", r"(?m)^\d+\.(?=\D)", "number of an article"),
    ("plan-2023", r"海天大道681号东1号楼505办公室", "address"),
    ("plan-2023", r"石化和新材料1个核心产业引领", "the 155 system itself: clusters.csv"),
    ("plan-2023", r"现代航空5个主导产业支撑", "the 155 system itself: clusters.csv"),
    ("plan-2023", r"粮油加工5个特色产业", "the 155 system itself: clusters.csv"),
    ("plan-2023", r"网上技术市场3\.0版", "version of a platform"),
    ("plan-2023", r"市产业基金3\.0版", "version of a fund's rules"),
    ("review-2023", r"“稳工稳产25条”", "name of a policy"),
    ("review-2023", r"产值5亿企业、", "size class that names a list of firms"),
    ("review-2023", r"产值5亿元以上高权重企业清单", "size class that names a list of firms"),
    ("review-2023", r"小升规及减产企业6张清单", "number of the bureau's own working lists"),
    ("review-2023", r"5G基站|拥有5G", "name of a technology"),
    ("review-2023", r"数改1\.0标准", "version of a standard"),
    ("review-2023", r"舟山市7412工厂", "name of a firm"),
    ("review-2023", r"“1\+5”新材料拓展区", "name of a group of zones"),
    ("review-2023", r"“100行动”", "name of a programme"),
    ("review-2023", r"“5428”", "name of a programme"),
    ("review-2023", r"“8\+4”政策包", "name of a policy"),
    ("review-2023", r"TOP100产品", "name of a prize"),
    ("review-2023", r"10500箱LNG双燃料", "product specification"),
    ("review-2023", r"5000m³全压半冷式", "product specification"),
]


class Numeral(NamedTuple):
    """One numeral as printed, with a minus sign where the words say it fell."""

    clause: str
    value: str
    start: int
    around: str


def read(name: str) -> pd.DataFrame:
    """A table of `data/`, every cell as printed."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def text_of(source: str) -> str:
    return DOCUMENTS[source].read_text(encoding="utf-8")


def clauses(text: str) -> list[tuple[int, str]]:
    """Where each clause starts, and its name: `二(一)2`, `一(二)`, or empty above the first."""
    starts, section, part, offset = [(0, "")], "", "", 0
    for line in text.splitlines(keepends=True):
        if found := SECTION.match(line):
            section, part = found[1], ""
            starts.append((offset, section))
        elif found := PART.match(line):
            part = f"{section}({found[1]})"
            starts.append((offset, part))
        elif part and (found := ITEM.match(line)):
            starts.append((offset, part + found[1]))
        offset += len(line)
    return starts


def clause_at(starts: list[tuple[int, str]], position: int) -> str:
    return [name for start, name in starts if start <= position][-1]


def numerals(text: str) -> list[Numeral]:
    """All Arabic numerals of the text, decimals whole."""
    starts = clauses(text)
    return [
        Numeral(
            clause_at(starts, m.start()),
            "-" * text[: m.start()].endswith("下降") + m[0],
            m.start(),
            text[max(m.start() - 12, 0) : m.end() + 8].replace("\n", " "),
        )
        for m in NUMERAL.finditer(text)
    ]


def spans_of_exceptions(source: str, text: str) -> list[range]:
    return [
        range(*m.span())
        for document, pattern, _ in NOT_STATISTICS
        if document in ("*", source)
        for m in re.finditer(pattern, text)
    ]


def spans_of_quotes(table: pd.DataFrame, place: str, source: str, text: str) -> list[range]:
    """Where the quotes of a table's rows stand, each within the clause its row names."""
    starts, spans = clauses(text), []
    for clause, quote in table.loc[table.source_id == source, [place, "quote"]].itertuples(index=False):
        found = [m.start() for m in re.finditer(re.escape(quote), text)]
        spans += [range(s, s + len(quote)) for s in found if clause_at(starts, s) == clause]
    return spans


def observations_in_digits(source: str) -> pd.DataFrame:
    """The source's observations but for 百项, a number written as a word."""
    rows = read("observations").query("source_id == @source")
    return rows[~rows.note.str.contains("原文作“百项", regex=False)]


def uncovered(source: str) -> list[Numeral]:
    """Numerals that no quote, no exception and no observation of their clause accounts for.

    Each observation accounts for one occurrence of its value: two equal numbers in a clause need two rows.
    """
    text = text_of(source)
    spans = spans_of_exceptions(source, text)
    spans += spans_of_quotes(read("targets"), "clause", source, text)
    spans += spans_of_quotes(read("projects"), "place", source, text)
    observed = observations_in_digits(source)
    left = Counter(zip(observed.place, observed.obs_value, strict=True))
    missing = []
    for numeral in numerals(text):
        key = numeral.clause, numeral.value
        if any(numeral.start in span for span in spans):
            continue
        if left[key] > 0:
            left[key] -= 1
        else:
            missing.append(numeral)
    return missing


@pytest.mark.parametrize("source", DOCUMENTS)
def test_every_numeral_is_in_the_data(source: str) -> None:
    missing = uncovered(source)
    assert not missing, "\n".join(f"{n.clause}: {n.value} in …{n.around}…" for n in missing)


@pytest.mark.parametrize("source", DOCUMENTS)
def test_every_observation_stands_in_its_clause(source: str) -> None:
    printed = {(n.clause, n.value) for n in numerals(text_of(source))}
    absent = [
        (row.place, row.obs_value, row.indicator)
        for row in observations_in_digits(source).itertuples()
        if (row.place, row.obs_value) not in printed
    ]
    assert not absent, absent


@pytest.mark.parametrize("table, place", [("targets", "clause"), ("projects", "place")])
def test_every_quote_is_the_documents_own_words(table: str, place: str) -> None:
    rows = read(table)
    for source in DOCUMENTS:
        text = text_of(source)
        starts = clauses(text)
        found = {
            row.quote: [clause_at(starts, m.start()) for m in re.finditer(re.escape(row.quote), text)]
            for row in rows[rows.source_id == source].itertuples()
        }
        wrong = [
            (getattr(row, place), found[row.quote], row.quote)
            for row in rows[rows.source_id == source].itertuples()
            if found[row.quote] != [getattr(row, place)]
        ]
        assert not wrong, wrong


def test_full_coverage_is_a_target() -> None:
    """The plan's 全覆盖 has no numeral, so its rows are looked for by the word."""
    text = text_of("plan-2023")
    spans = spans_of_quotes(read("targets").query("value == '100'"), "clause", "plan-2023", text)
    assert all(any(m.start() in span for span in spans) for m in re.finditer("全覆盖", text))


def test_shared_ranks_are_rows_each() -> None:
    """产值和增加值增速均列全省第1: one numeral, two rows."""
    rows = read("observations").query("source_id == 'review-2023' and place == '一(一)' and obs_value == '1'")
    assert len(rows) == 2


def test_every_targets_value_is_in_its_quote() -> None:
    targets = read("targets")
    targets = targets[targets.source_id.isin(DOCUMENTS)]
    wrong = [
        (row.target_id, row.value, row.quote)
        for row in targets.itertuples()
        if row.value not in NUMERAL.findall(row.quote) and not (row.value == "100" and "全覆盖" in row.quote)
    ]
    assert not wrong, wrong


def test_every_investment_is_in_its_quote() -> None:
    projects = read("projects").query("investment != ''")
    assert all(row.investment in NUMERAL.findall(row.quote) for row in projects.itertuples())


def test_departments_are_those_of_the_clause() -> None:
    """The lead is the first of 责任单位; clauses without one have none."""
    text = text_of("plan-2023")
    starts = clauses(text)
    printed = {
        clause_at(starts, m.start()): re.split("[、,]", m[1])
        for m in re.finditer(r"\(责任单位:(.+?)[。)]", text)
    }
    for row in read("targets").query("source_id == 'plan-2023'").itertuples():
        expected = printed.get(row.clause, [])
        assert row.departments == ";".join(expected), row.target_id
        assert row.lead_department == "".join(expected[:1]), row.target_id


def test_clusters_are_one_five_and_five() -> None:
    """1个核心产业, 5个主导产业, 5个特色产业, in the plan's order and by the plan's names."""
    clusters = read("clusters")
    assert clusters.tier.tolist() == ["core"] + ["leading"] * 5 + ["special"] * 5
    text = text_of("plan-2023")
    listed = re.search(r"由(.+?)1个核心产业引领,(.+?)5个主导产业支撑,(.+?)5个特色产业构成", text)
    assert clusters.name_zh.tolist() == [listed[1], *listed[2].split("、"), *listed[3].split("、")]


def test_every_exception_is_still_needed() -> None:
    """An exception that matches nothing would hide a change of the documents."""
    for document, pattern, _ in NOT_STATISTICS:
        sources = DOCUMENTS if document == "*" else [document]
        assert any(re.search(pattern, text_of(source)) for source in sources), pattern

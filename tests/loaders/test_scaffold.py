"""A data package for another city, from nothing to its first pages."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import zs_analysis as zs
from zs_analysis.cli import main
from zs_analysis.loaders import TABLES, DataError, about, gaps, init

NAMES = {"city": "huzhou", "zh": "湖州市", "en": "Huzhou"}
OTHERS = ("舟山", "Zhoushan", "浙石化", "ZPC", "岱山", "Daishan", "“155”", "155 clusters")
# From a page of China News on Huzhou, seen: regional value added above designated size, first half of 2023.
SOURCE = "china-2023-07-23,湖州2023年上半年经济运行回升向好,中国网,http://zjnews.china.com.cn/zj/huzhou/2023-07-23/385013.html,2023-07-23,press,zh,\n"
FIGURES = (
    "va_scale,huzhou,,total,M,2023-06,,ytd,current,,644.4,1e8_cny,A,F,china-2023-07-23,,2023-07-23,\n"
    "va_scale,huzhou,,total,M,2023-06,,ytd_yoy,constant,,0.7,pct,A,F,china-2023-07-23,,2023-07-23,\n"
)


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory):
    return init(tmp_path_factory.mktemp("cities") / "huzhou", **NAMES)


@pytest.fixture
def with_figures(tmp_path):
    folder = init(tmp_path / "huzhou", **NAMES)
    append(folder / "sources.csv", SOURCE)
    append(folder / "observations.csv", FIGURES)
    return folder


def append(file: Path, lines: str) -> None:
    with file.open("a", encoding="utf-8", newline="") as stream:
        stream.write(lines)


def described(folder: Path, **fields: object) -> None:
    file = folder / "datapackage.json"
    said = json.loads(file.read_text(encoding="utf-8")) | fields
    file.write_text(json.dumps(said), encoding="utf-8")


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def text_of(page: Path) -> str:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for style in soup("style"):
        style.extract()
    return soup.get_text(" ")


def test_a_scaffold_is_sound_and_names_its_city(scaffold):
    assert zs.validate(scaffold).empty
    assert about(scaffold).city == "huzhou"
    assert about(scaffold).suite == {"zh": "湖州产业集群分析", "en": "Huzhou's manufacturing clusters"}
    view = zs.View("2023Q2", data_dir=str(scaffold))
    assert (view.city_name, view.province) == ("湖州", "zhejiang")


def test_what_cities_share_comes_along_and_nothing_else(scaffold):
    shared = {"units", "indicators", "activities", "aliases", "areas", "rules", "departments"}
    rows = {table: len(zs.load(table, data=scaffold)) for table in TABLES}
    assert {table for table, count in rows.items() if count} == shared
    activities = set(zs.load("activities", data=scaffold)["activity"])
    assert activities.isdisjoint(zs.load("clusters")["cluster"])
    texts = [(scaffold / f"{table}.csv").read_text(encoding="utf-8") for table in shared - {"areas"}]
    assert not [word for word in OTHERS if any(word in text for text in texts)]


def test_a_package_that_is_there_is_not_touched(with_figures):
    before = {path.name: path.read_bytes() for path in with_figures.iterdir()}
    with pytest.raises(DataError, match="not an empty folder; name a new one"):
        init(with_figures, **NAMES)
    assert {path.name: path.read_bytes() for path in with_figures.iterdir()} == before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"city": "Huzhou"}, "must be lower-case"),
        ({"city": "../huzhou"}, "must be lower-case"),
        ({"city": "zhejiang"}, "is the code of a province already"),
        ({"zh": " "}, "must be the city's names"),
        ({"en": ""}, "must be the city's names"),
    ],
)
def test_names_that_cannot_be_leave_nothing_behind(tmp_path, wrong, message):
    with pytest.raises(DataError, match=message):
        init(tmp_path / "new", **NAMES | wrong)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        init(tmp_path / "file" / "new", **NAMES)


@pytest.mark.parametrize(
    ("fields", "column", "rule"),
    [
        ({"city": "atlantis"}, "city", "must be the code of an area in areas.csv"),
        ({"city": None}, "city", "must be the code of an area in areas.csv"),
        ({"suite": {"zh": "湖州"}}, "suite", 'must be {"zh": ..., "en": ...}'),
        ({"plan": "行动方案"}, "plan", 'must be {"zh": ..., "en": ...}'),
        ({"tiers": {"core": {"zh": "核心", "en": "core"}}}, "tiers", "for each of core, leading, special"),
    ],
)
def test_what_the_package_says_of_itself_is_checked(with_figures, fields, column, rule):
    described(with_figures, **fields)
    [failure] = zs.validate(with_figures).to_dict("records")
    assert (failure["file"], failure["column"]) == ("datapackage.json", column)
    assert rule in failure["rule"]


@pytest.mark.parametrize(("text", "rule"), [("{", "is no JSON"), ("[]", "must be an object")])
def test_a_description_that_is_none(with_figures, text, rule):
    (with_figures / "datapackage.json").write_text(text, encoding="utf-8")
    assert rule in zs.validate(with_figures)["rule"].item()


def test_a_package_without_a_description(with_figures):
    (with_figures / "datapackage.json").unlink()
    assert "zs-analysis init writes one" in zs.validate(with_figures)["rule"].item()


def test_from_nothing_to_the_first_page(tmp_path):
    folder = tmp_path / "huzhou"
    made = run("init", folder, "--city", "huzhou", "--zh", "湖州市", "--en", "Huzhou")
    assert made.exit_code == 0 and "validate --data" in made.output
    empty = run("validate", "--data", folder)
    assert empty.exit_code == 0
    assert "No clusters: less in 30, 50, 70" in empty.output
    assert f"Next: zs-analysis ingest FILE --data {folder}" in empty.output
    append(folder / "sources.csv", SOURCE)
    append(folder / "observations.csv", FIGURES)
    known = run("validate", "--data", folder)
    assert "No value added" not in known.output
    assert f"Next: zs-analysis render --data {folder} --out outputs/huzhou" in known.output
    rendered = run("render", "--data", folder, "--out", tmp_path / "out", "--report", "00_brief", "--jobs", 1)
    assert rendered.exit_code == 0, rendered.output
    text = text_of(tmp_path / "out/2023Q2/00_brief.html")
    assert "1—6月" in text or "上半年" in text
    assert "644.4亿元" in text and "湖州产业集群分析" in text
    assert not [word for word in OTHERS if word in text]


def test_again_init_is_refused_with_exit_code_2(scaffold):
    refused = run("init", scaffold, "--city", "huzhou", "--zh", "湖州市", "--en", "Huzhou")
    assert refused.exit_code == 2 and "not an empty folder" in refused.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_package_without_a_figure_says_what_it_lacks(scaffold, tmp_path, lang):
    reports = ["10_output_growth", "30_cluster_forecast", "90_letters"]
    made = zs.render("2023Q2", reports, out=tmp_path, lang=lang, data=scaffold, jobs=1)
    assert made.ok, [report.message for report in made.reports]
    lacks = {"zh": "数据包里没有", "en": "The data package holds no"}[lang]
    for report in made.reports:
        text = text_of(report.page)
        assert lacks in text
        assert not [word for word in OTHERS if word in text]


def test_gaps_close_as_figures_come(scaffold, with_figures):
    def missing(folder: Path) -> set[str]:
        view = zs.View("2023Q2", data_dir=str(folder))
        return {gap.en for gap in gaps(view.table, view.city, view.province)}

    assert missing(scaffold) - missing(with_figures) == {"value added"}
    view = zs.View("2023Q4", "2023-12-13")
    assert [gap.en for gap in gaps(view.table, view.city, view.province)] == ["registers of enterprises"]


def test_figures_not_yet_released_leave_the_gap(with_figures):
    view = zs.View("2023Q2", "2023-07-22", data_dir=str(with_figures))
    assert "value added" in {gap.en for gap in gaps(view.table, view.city, view.province)}

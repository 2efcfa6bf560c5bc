"""Reminder letters: what they say, how they look in Word, and that they are drafts."""

import base64
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from docx.shared import Pt
from report_views import THE_DAY_BEFORE, sentences, table, view_of

from zs_analysis.present import letters

CELL = ("gross_output_scale", "ytd")
EMPTY = {"transformation": "ytd", "price_basis": "", "note": ""}


def outcome(indicator: str, value: str, unit: str, activity: str = "total", month: str = "2023-09") -> tuple:
    row = {
        "indicator": indicator,
        "obs_value": value,
        "unit": unit,
        "activity": activity,
        "time_period": month,
    }
    return CELL, EMPTY | row


BEHIND = [
    outcome("project_signed", "20", "count", "manufacturing"),
    outcome("robot_new", "210", "set"),
    outcome("firm_tech_new", "30", "firm"),
    outcome("hard_technology_achievement", "2", "item", "manufacturing", "2023-12"),
]
LETTER_OF_THE_CENTRE = {
    "zh": "1. 新招引落地总投资亿元以上制造业重大项目（红灯）。依据：二（二）第4条。目标：每年40个以上。进度：1—9月20个，为目标值的50.0%，"
    "比序时进度少10个，距目标还差20个。所需进度：10—12月月均完成6.7个（此前月均2.2个）。",
    "en": "1. Major manufacturing projects of 100 million yuan or more newly secured (二(二)4, red). Target: at least 40 each year. "
    "Progress: 20, January–September, 50.0% of the target value; 10 behind the time passed, 20 missing. "
    "Needed: 6.7 a month in October–December (2.2 a month so far).",
}


@pytest.fixture(scope="module")
def behind(changed_view):
    made = {lang: changed_view(more=BEHIND, lang=lang) for lang in ("zh", "en")}
    return {lang: letters.letters(view).letters for lang, view in made.items()} | {"views": made}


@pytest.fixture(scope="module")
def centre(behind) -> dict[str, letters.Letter]:
    return {lang: behind[lang][-1] for lang in ("zh", "en")}


def text_of(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_the_embedded_figures_give_nobody_a_letter():
    assert not letters.letters(view_of()) and table("letters") is None
    assert sentences("letters")[0] == str(letters.no_letters(view_of()))
    assert "没有部门有红灯或黄灯目标" in sentences("letters")[0]
    assert not letters.letters(view_of(as_of=THE_DAY_BEFORE))


def test_letters_go_by_department_and_are_numbered_in_its_order(behind):
    assert [one.addressee for one in behind["zh"]] == [
        "局机关各相关处室：",
        "舟山市科学技术局：",
        "舟山市投资促进中心：",
    ]
    assert [one.number for one in behind["zh"]] == [
        f"舟经信提示〔2023〕第{n}号（草稿编号）" for n in (1, 2, 3)
    ]
    assert [one.file for one in behind["zh"]][2] == "工作提示函-市投促中心-2023Q4.docx"
    assert [one.file for one in behind["en"]][2] == "Reminder-Investment-Promotion-Centre-2023Q4.docx"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_item_tells_target_progress_gap_and_pace(centre, lang):
    assert centre[lang].items == (LETTER_OF_THE_CENTRE[lang],)


def test_the_letter_cites_the_plan_and_asks_for_an_answer_by_a_day(centre):
    letter = centre["zh"]
    assert letter.title == "关于新招引落地总投资亿元以上制造业重大项目目标进度的工作提示函"
    assert letter.opening.startswith(
        "根据《舟山市“155”产业集群建设行动方案（2023-2027年）（征求意见稿）》二（二）第4条的责任分工，你单位为"
    )
    assert "于2023年12月23日前（发函之日起10日内）书面反馈我局" in letter.request
    assert (letter.signature, letter.date) == ("舟山市经济和信息化局", "2023年12月13日")


def test_red_comes_before_amber(behind):
    items = behind["zh"][0].items
    assert ["红灯" in item for item in items] == [True, False] and [item[:2] for item in items] == [
        "1.",
        "2.",
    ]


def test_a_year_that_is_over_leaves_no_month(behind):
    (item,) = behind["zh"][1].items
    assert "目标期内已无剩余月份" in item and "距目标还差1项" in item


def test_a_ratio_is_told_in_points_and_not_summed(changed_view):
    ratio = outcome("industrial_land_ratio", "20.5", "pct")
    view = changed_view(more=[ratio])
    row = next(
        row
        for row in view.once(letters.targets.progress).itertuples()
        if row.indicator == "industrial_land_ratio"
    )
    short = letters.shortfall_of(view, row)
    assert short.missing == pytest.approx(9.5) and short.behind is None
    assert letters._size(view, row, short.missing) == "9.5个百分点"


def test_a_small_target_of_years_is_paced_by_the_year(changed_view):
    slow = outcome("patent_navigation_base", "0", "count")[1] | {
        "transformation": "cumulative",
        "base_per": "2023",
    }
    view = changed_view(more=[(CELL, slow)])
    row = next(
        row
        for row in view.once(letters.targets.progress).itertuples()
        if row.indicator == "patent_navigation_base"
    )
    words = letters._needed_words(view, row, letters.shortfall_of(view, row))
    assert words == "所需进度：到2027年底的51个月年均完成0.2个（此前年均0个）。"


def test_targets_without_a_lead_are_named_and_get_no_letter(changed_view):
    view = changed_view(
        more=[outcome("production_line_automated_new", "0", "line", "seafood", "2024-03")],
        period="2024Q1",
        as_of=None,
    )
    said = "".join(letters.summary(view).sentences)
    assert "条款未写明牵头部门" in said and "新增水产品加工全流程自动化生产线" in said


def test_without_a_day_nothing_is_dated(changed_view):
    (letter, *_) = letters.letters(changed_view(more=BEHIND[1:2], as_of=None)).letters
    assert (
        letter.date == "（日期待定）" and "发函之日起10日内" in letter.request and "None" not in str(letter)
    )


def test_the_days_to_answer_are_a_rule(changed_view):
    view = changed_view(more=BEHIND[:1])
    path = Path(view.data_dir) / "rules.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("letter,reply_days,10,", "letter,reply_days,5,"), encoding="utf-8")
    assert "于2023年12月18日前（发函之日起5日内）" in letters.letters(view).letters[0].request


def test_the_overview_has_every_item_of_the_letters(behind):
    frame = letters.overview_table(behind["views"]["zh"]).frame
    assert len(frame) == sum(len(one.items) for one in behind["zh"]) == 4
    assert frame.set_index("name").loc["新增应用工业机器人", "needed"] == "月均30台"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_marks_every_letter_as_a_draft(behind, lang):
    view = behind["views"][lang]
    page = BeautifulSoup(letters.letters(view)._repr_html_(), "html.parser")
    marks = [section.find(class_="zs-letter-mark").text for section in page.find_all(class_="zs-letter")]
    assert len(marks) == 3 and all({"zh": "草稿", "en": "DRAFT"}[lang] in mark for mark in marks)
    assert page.find(class_="zs-running-mark").text == {"zh": "草稿", "en": "DRAFT"}[lang]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_word_file_says_what_the_page_says(centre, lang):
    letter = centre[lang]
    page = BeautifulSoup(letter._repr_html_(), "html.parser")
    said = [tag.text for tag in page.find_all(["p", "h2"]) if "zs-letter-mark" not in tag["class"]]
    assert text_of(letter.docx()) == said


def test_the_word_file_has_the_layout_of_official_letters(centre):
    document = docx.Document(io.BytesIO(centre["zh"].docx()))
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    title, item = (
        next(p for p in document.paragraphs if p.text == text)
        for text in (centre["zh"].title, centre["zh"].items[0])
    )
    assert title.alignment == 1 and title.runs[0].font.size == Pt(22)
    assert item.runs[0].font.size == Pt(16)
    assert item._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    fonts = item.runs[0]._element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋"
    assert section.header.paragraphs[0].text == "草稿"
    assert "PAGE" in section.footer._element.xml


def test_the_fonts_are_in_the_font_table_and_the_templates_picture_is_gone(centre):
    with zipfile.ZipFile(io.BytesIO(centre["zh"].docx())) as archive:
        table = archive.read("word/fontTable.xml").decode()
        assert 'w:name="仿宋"' in table and 'w:name="宋体"' in table
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2000-01-01T"} and "python-docx" not in core


def test_the_same_letter_gives_the_same_bytes(behind, centre):
    again = letters.letters(behind["views"]["zh"]).letters[-1]
    assert again.docx() == centre["zh"].docx()


def test_the_word_files_travel_with_the_page(behind):
    bundle = letters.letters(behind["views"]["zh"])._repr_mimebundle_()
    files = bundle["application/vnd.zs.file+json"]
    assert [file["name"] for file in files] == [one.file for one in behind["zh"]]
    assert all(file["media"] == letters.DOCX for file in files)
    assert text_of(base64.b64decode(files[-1]["base64"]))[1] == behind["zh"][-1].title


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_packages_notice_is_on_the_page_and_in_the_word_file(centre, lang):
    noticed = replace(centre[lang], notice="示例数据，纯属虚构。")
    head = docx.Document(io.BytesIO(noticed.docx())).sections[0].header
    assert "示例数据，纯属虚构。" in [paragraph.text for paragraph in head.paragraphs]
    assert "示例数据，纯属虚构。" in noticed._repr_html_()


def test_what_is_written_in_a_letter_is_text(centre):
    hostile = replace(centre["zh"], title="关于<b>&</b>的提示")
    assert "<b>" not in hostile._repr_html_() and "关于<b>&</b>的提示" in text_of(hostile.docx())


def test_chinese_letters_have_chinese_punctuation(behind):
    for one in behind["zh"]:
        body = "".join([one.title, one.opening, *one.items, one.request, one.closing, one.remark])
        assert re.findall(r"[\u3400-\u9fff“”%][,;()]|[,;()][\u3400-\u9fff“”]", body) == []

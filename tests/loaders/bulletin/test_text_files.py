"""Text: encodings, delimiters, lines cut off."""

import pytest

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.files import open_document

TABLE = "2020年3月主要统计指标\n指标,单位,1-3月,±%\n工业总产值,亿元,316.3,76.9\n定海区,亿元,87.3,1.0\n嵊泗县,亿元,1.0,-32.8\n"


@pytest.fixture
def opened(tmp_path):
    def read(content, name="bulletin.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_document(path)

    return read


def rows(document):
    (sheet,) = document.sheets
    found = {}
    for cell in sheet.cells:
        found.setdefault(cell.row, []).append(cell.text)
    return list(found.values())


def last(document):
    return document.sheets[-1].cells[-1]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_every_encoding_reads_the_same(opened, encoding):
    assert rows(opened(TABLE.encode(encoding))) == [line.split(",") for line in TABLE.splitlines()]


@pytest.mark.parametrize("label", ["定海", "一月", "联通", "规上工业", "嵊泗", "岱山县", "其中"])
def test_a_short_gb18030_file_is_told_from_utf8(opened, label):
    assert rows(opened(f"{label},1.5\n".encode("gb18030"))) == [[label, "1.5"]]


def test_traditional_text_in_big5(opened):
    assert rows(opened("工業總產值,億元\n舟山市,316.3\n".encode("big5"))) == [
        ["工業總產值", "億元"],
        ["舟山市", "316.3"],
    ]


def test_signs_beyond_ascii_need_no_chinese(opened):
    assert rows(opened("a;±%\nb;1.5\n")) == [["a", "±%"], ["b", "1.5"]]


def test_an_undecodable_byte_is_named_with_its_line(opened):
    data = TABLE.encode()
    at = data.index("定海".encode())
    with pytest.raises(
        BulletinError, match=rf"row 4: byte {at + 1} \(ff e5 ae 9a\) is not valid UTF-8"
    ) as caught:
        opened(data[:at] + b"\xff" + data[at:])
    assert caught.value.row == 4


def test_a_file_that_ends_inside_a_character_is_refused(opened):
    with pytest.raises(BulletinError, match="not valid UTF-8"):
        opened(TABLE.encode()[:-1] + "亿".encode()[:2])


def test_no_replacement_marks_ever(opened):
    with pytest.raises(BulletinError, match="GB18030"):
        opened(TABLE.encode("gb18030").replace(b"76.9", b"\x8176.9"))


def test_a_control_character_is_refused_with_its_line(opened):
    with pytest.raises(BulletinError, match=r"row 3: control character U\+0001"):
        opened(TABLE.replace("316.3", "31\x016.3"))


def test_head_lines_become_properties(opened):
    document = opened(
        "# title: 表1\n# publisher: 舟山市统计局\n# url: http://a/b?c=d\n# kept as seen\n指标|本期\n产值|1.5\n"
    )
    assert document.properties == {
        "title": "表1",
        "publisher": "舟山市统计局",
        "url": "http://a/b?c=d",
        "note": "kept as seen",
    }
    assert document.sheets[0].cells[0].row == 5


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " | "])
def test_delimiters(opened, delimiter):
    text = f"指标{delimiter}本期\n产值{delimiter}1.5\n销量{delimiter}2.5\n"
    assert rows(opened(text)) == [["指标", "本期"], ["产值", "1.5"], ["销量", "2.5"]]


def test_thousands_separators_do_not_make_a_comma_the_delimiter(opened):
    assert rows(opened("指标\t本期\n产值\t1,316.3\n销量\t2,222.5\n"))[1] == ["产值", "1,316.3"]


def test_quoted_fields_may_hold_delimiters_and_line_ends(opened):
    document = opened('指标,"本期,\n亿元"\n产值,"1,316.3"\n')
    assert [(cell.row, cell.text) for cell in document.sheets[0].cells] == [
        (1, "指标"),
        (1, "本期,\n亿元"),
        (3, "产值"),
        (3, "1,316.3"),
    ]


@pytest.mark.parametrize("text", ['指标,"本期\n产值,1.5\n', 'a,"b\nc,1.5,2\nd",2.5,3\n'])
def test_a_stray_quotation_mark_swallows_no_rows(opened, text):
    with pytest.raises(BulletinError, match="quotation mark"):
        opened(text)


def test_fields_aligned_by_blanks_keep_their_offset(opened):
    (sheet,) = opened("地区      产值    增速\n定 海     87.3    1.0\n  普陀    46.6    -8.7\n").sheets
    assert sheet.layout == "blanks"
    assert [(cell.text, cell.offset) for cell in sheet.cells if cell.row == 2] == [
        ("定 海", 0),
        ("87.3", 10),
        ("1.0", 18),
    ]
    assert [cell.indent for cell in sheet.cells if cell.text == "普陀"] == [2]


def test_numerals_between_single_blanks(opened):
    assert rows(opened("地区 产值 增速\n定 海 87.3 1.0\n普陀 46.6 -8.7\n"))[1:] == [
        ["定 海", "87.3", "1.0"],
        ["普陀", "46.6", "-8.7"],
    ]


def test_a_cell_a_line(opened):
    (sheet,) = opened("指    标\n\n年末数(万人)\n\n全市\n\n973262\n").sheets
    assert sheet.layout == "lines"
    assert [(cell.row, cell.text) for cell in sheet.cells][-2:] == [(5, "全市"), (7, "973262")]


def test_a_file_without_a_last_line_end_reads_in_full(opened):
    assert last(opened(TABLE.rstrip("\n"))).doubt == ""


@pytest.mark.parametrize("lost", range(1, 5))
def test_a_last_field_cut_off_is_doubted(opened, lost):
    document = opened(TABLE.rstrip("\n")[:-lost])
    assert "cut off" in last(document).doubt


def test_a_last_integer_with_fewer_digits_is_doubted(opened):
    assert "cut off" in last(opened("地区,企业数\n定海,140\n普陀,12")).doubt
    assert last(opened("地区,企业数\n定海,140\n普陀,120")).doubt == ""


def test_invisible_characters_are_no_part_of_a_text(opened):
    assert rows(opened("\ufeff指标,本期\n产值\u200b,\u200b1.5\n")) == [["指标", "本期"], ["产值", "1.5"]]


def test_utf16_with_a_byte_added_and_another_later_is_refused(opened):
    data = TABLE.encode("utf-16")
    with pytest.raises(BulletinError, match=r"U\+0A00"):
        opened(data[:40] + b"\x81" + data[40:120] + b"\x82" + data[120:])


def test_a_numeral_broken_by_a_line_end_is_doubted(opened):
    cells = opened(TABLE.replace("76.9", "76\n.9")).sheets[0].cells
    assert [cell.text for cell in cells if cell.doubt] == ["76", ".9"]


def test_a_numeral_that_ends_at_its_point_is_doubted(opened):
    assert [cell.text for cell in opened(TABLE.replace("76.9", "76.")).sheets[0].cells if cell.doubt] == [
        "76."
    ]

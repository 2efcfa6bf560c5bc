"""A frame as a table to read: names beside codes, status in words, figures right-aligned and as published."""

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from math import isfinite
from pathlib import Path

import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from zs_analysis.loaders import load
from zs_analysis.present.numbers import Lang, decimals_of, fmt
from zs_analysis.present.phrases import TRANSFORMATIONS

# Rows from which a table can be sorted and searched, and rows of one page of it.
LONG, PAGE = 12, 10
# A table that is heavier than this is cut, and says so.
HEAVIEST = 4 * 2**20
# Text of more characters may run over several lines.
SHORT = 24
# Digits after the point of what was published; what needs more was computed, and shows as many below.
MOST_PUBLISHED, COMPUTED = 4, 2
DIGITS = "decimals"
# Column of codes: table that names them and its key.
NAMED = {
    "indicator": ("indicators", "indicator"),
    "ref_area": ("areas", "area"),
    "counterpart_area": ("areas", "area"),
    "activity": ("activities", "activity"),
    "cluster": ("activities", "activity"),
    "unit": ("units", "unit"),
}
WORDS = {
    "transformation": {
        code: dict(zip(("zh", "en"), words, strict=True)) for code, words in TRANSFORMATIONS.items()
    },
    "freq": {
        "A": {"zh": "年", "en": "year"},
        "Q": {"zh": "季", "en": "quarter"},
        "M": {"zh": "月", "en": "month"},
    },
    "price_basis": {
        "current": {"zh": "现价", "en": "current prices"},
        "constant": {"zh": "可比价", "en": "comparable prices"},
    },
    "reason": {
        "too_wide": {"zh": "误差过大", "en": "too uncertain"},
        "no_level": {"zh": "没有水平数", "en": "no level published"},
        "after_last_fact": {"zh": "最后一个公布数之后", "en": "after the last figure"},
    },
    "flag": {
        "contradiction": {"zh": "不合", "en": "contradicted"},
        "jump": {"zh": "要求突变", "en": "asks for a jump"},
        "sources_disagree": {"zh": "来源不一", "en": "sources disagree"},
    },
}
STATUS = {
    "A": {"zh": "公布", "en": "published"},
    "P": {"zh": "初步", "en": "provisional"},
    "E": {"zh": "估计", "en": "estimate"},
    "F": {"zh": "预计", "en": "forecast"},
    "M": {"zh": "缺", "en": "missing"},
    "Q": {"zh": "不予公布", "en": "withheld"},
}
HEADS = {
    "indicator": "指标",
    "ref_area": "地区",
    "counterpart_area": "对照地区",
    "activity": "行业、集群",
    "cluster": "集群",
    "freq": "频率",
    "time_period": "时期",
    "base_per": "基期",
    "transformation": "数据类型",
    "price_basis": "价格",
    "comparison": "约、超",
    "obs_value": "公布数",
    "value": "数值",
    "se": "标准误",
    "unit": "单位",
    "obs_status": "状态",
    "conf_status": "保密",
    "source_id": "来源",
    "place": "出处",
    "released": "公布日期",
    "note": "备注",
    "reason": "原因",
    "facts": "依据",
    "unique_id": "序列",
    "ds": "时期",
    "mean": "均值",
    "lo-80": "80%下限",
    "hi-80": "80%上限",
    "lo-95": "95%下限",
    "hi-95": "95%上限",
    "fact": "公布数",
    "printed": "原文",
    "predicted": "其余数推算",
    "predicted_se": "推算标准误",
    "z": "相差（标准差）",
    "used": "是否采用",
    "flag": "判断",
    "against": "依据",
    "words": "说明",
    "first": "首次公布",
    "newest": "最新公布",
    "title": "标题",
    "publisher": "发布单位",
    "tier": "层级",
    "name_zh": "中文名",
    "name_en": "英文名",
    "deadline": "期限",
    "quarter": "季度",
    "month": "月份",
    "per_month": "每月",
    "ytd_per_month": "年初以来月均",
    "versus_ytd_pct": "与年初以来月均相比，%",
    "base": "上年全部",
    "ex_base_max": "上年其他企业至多",
    "firm_base_min": "该企业上年至少",
    "firm_base_share_min_pct": "占上年全部至少，%",
    "firm_level_min": "该企业本年至少",
}
# Figures as text, with the digits that were printed.
AS_PRINTED = ("printed",)
# Lab's own colours, which its dark theme changes too.
STYLE = """<style>
.zs-frame small{display:block;opacity:.75}
.zs-frame td,.zs-frame th{vertical-align:top}
.zs-frame .zs-long{min-width:16em;white-space:normal}
.zs-frame .zs-P{color:var(--jp-info-color0,#1f4e79)}
.zs-frame .zs-E{color:var(--jp-warn-color0,#7a5500)}
.zs-frame .zs-F{color:var(--jp-error-color0,#b3381a)}
.zs-frame .zs-M,.zs-frame .zs-Q{color:var(--jp-ui-font-color2,#5f6670)}
</style>"""


def readable(frame: pd.DataFrame, lang: Lang = "zh", data: str | Path | None = None) -> pd.DataFrame:
    """A frame as cells of HTML, in the order of its columns and rows; columns without any entry are left out.

    ``decimals`` is left out too: it shows in the figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `zs_analysis.load`, `zs_analysis.panel`, `zs_analysis.forecast.forecast` and the metrics return it.
    lang : {"zh", "en"}
    data : path, optional
        The data package whose names stand beside its codes.

    Returns
    -------
    pandas.DataFrame
        Text. Published figures have the digits that were printed, computed ones two; the frame keeps all.

    Examples
    --------
    >>> from zs_analysis import panel
    >>> cells = readable(panel(as_of="2023-12-13").query("time_period == '2023-10'").head(1), "en")
    >>> cells[["obs_status", "value"]].iloc[0].tolist()
    ['<span class="zs-E">E estimate</span>', '337.28']
    """
    cells = {name: _column(frame, name, lang, data) for name in frame.columns if name != DIGITS}
    return pd.DataFrame({name: texts for name, texts in cells.items() if any(texts) or not len(frame)})


def empty_columns(frame: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """Columns of a frame that `readable` left out because nothing is in them."""
    return [str(name) for name in frame.columns if name not in cells and name != DIGITS]


def indexed(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with what its index says as columns; numbers of rows say nothing."""
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame


def head(name: str, lang: Lang) -> str:
    """The head of a column: its own name, as it is used in code, and what it means."""
    code = escape(str(name))
    return f"{code}<small>{HEADS[name]}</small>" if lang == "zh" and name in HEADS else code


def numeric(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column holds figures."""
    return is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name])


def stands_right(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column is aligned to the right: figures, those kept as they were printed too."""
    return name in frame and (name in AS_PRINTED or numeric(frame, name))


def _column(frame: pd.DataFrame, name: str, lang: Lang, data: str | Path | None) -> list[str]:
    values = frame[name]
    if numeric(frame, name):
        return _figures(frame, name)
    if is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").fillna("").tolist()
    write = _writer(name, lang, data, named="name_zh" in frame)
    return ["" if _missing(value) else write(str(value)) for value in values]


def _missing(value: object) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value))


def _writer(name: str, lang: Lang, data: str | Path | None, named: bool) -> Callable[[str], str]:
    """How the entries of a column of text are written."""
    if name == "obs_status":
        return lambda code: _status(code, lang)
    if name in WORDS:
        return lambda code: _beside(code, WORDS[name].get(code, {}).get(lang, ""))
    if name in NAMED and not named:
        names = _names(*NAMED[name], lang, data)
        return lambda code: _beside(code, names.get(code, ""))
    return _text


def _text(words: str) -> str:
    return escape(words) if len(words) <= SHORT else f'<div class="zs-long">{escape(words)}</div>'


def _beside(code: str, name: str) -> str:
    return f"{escape(code)}<small>{escape(name)}</small>" if name and name != code else escape(code)


def _status(code: str, lang: Lang) -> str:
    words = STATUS.get(code, {}).get(lang, "")
    return f'<span class="zs-{escape(code)}">{escape(code)} {words}</span>'


@cache
def _names(table: str, key: str, lang: Lang, data: str | Path | None) -> Mapping[str, str]:
    rows = load(table, data=data)
    return dict(zip(rows[key], rows[f"name_{lang}"], strict=True))


def _figures(frame: pd.DataFrame, name: str) -> list[str]:
    """Figures with thousands separators: those with their printed digits as printed, others alike."""
    values = frame[name]
    if DIGITS in frame and name in ("obs_value", "value"):
        places = frame[DIGITS].tolist()
    else:
        needed = decimals_of(filter(isfinite, values.dropna()), most=MOST_PUBLISHED + 1)
        places = [needed if needed <= MOST_PUBLISHED else COMPUTED] * len(values)
    pairs = zip(values.tolist(), places, strict=True)
    return [_figure(value, digits) for value, digits in pairs]


def _figure(value: float, digits: int) -> str:
    if pd.isna(value):
        return ""
    return fmt(value, int(digits), "en") if isfinite(value) else str(value)

"""The words of the furniture, in the two languages of the pages."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

Lang = Literal["zh", "en"]

HTML_LANG = MappingProxyType({"zh": "zh-CN", "en": "en"})

_ZH = {
    "skip": "跳到正文",
    "contents": "目录",
    "findings": "要点",
    "table": "表格",
    "no_alt": "图（未附文字说明）",
    "run_title": "{}报告",
    "all_reports": "本期全部报告",
    "manifest": "运行记录：参数、数据与版本",
    "made_by": "生成软件",
    "ok": "已生成",
    "made_with": "此页另用参数：",
    "failed": "失败",
    "kept": "沿用较早的运行",
    "kept_note": "以下页面来自较早的运行，未被本次运行改动。",
    "failed_note": "有报告未能生成，见下列标明“失败”的条目。",
    "see_error": "查看出错说明",
    "see_kept": "查看较早的页面",
    "error_title": "报告未能生成",
    "error_lead": "笔记本在运行中出错，本页说明出错的位置和原因。此前已发布的报告不受影响。",
    "message": "错误信息",
    "parameters": "参数",
    "cell": "出错的单元格",
    "cell_number": "单元格",
    "traceback": "错误追踪",
    "outputs": "出错前的结果",
    "notebook": "笔记本",
    "period": "报告期",
    "root_title": "报告总览",
    "no_runs": "尚无报告。",
}
_EN = {
    "skip": "Skip to the report",
    "contents": "Contents",
    "findings": "Key findings",
    "table": "Table",
    "no_alt": "Picture without a description",
    "run_title": "Reports {}",
    "all_reports": "All reports of this run",
    "manifest": "Record of this run: parameters, data, versions",
    "made_by": "Made by",
    "ok": "ready",
    "made_with": "Made with other parameters: ",
    "failed": "failed",
    "kept": "from an earlier run",
    "kept_note": "This page comes from an earlier run; the present run left it as it was.",
    "failed_note": "Some reports failed; they are marked below.",
    "see_error": "What went wrong",
    "see_kept": "Open the earlier page",
    "error_title": "This report could not be made",
    "error_lead": "The notebook stopped with an error. This page says where and why. Any report published "
    "before is unharmed.",
    "message": "Error",
    "parameters": "Parameters",
    "cell": "The cell that failed",
    "cell_number": "Cell",
    "traceback": "Traceback",
    "outputs": "Results before the error",
    "notebook": "Notebook",
    "period": "Period",
    "root_title": "All reports",
    "no_runs": "No reports yet.",
}
WORDS = MappingProxyType({"zh": MappingProxyType(_ZH), "en": MappingProxyType(_EN)})
LANG_NAMES = MappingProxyType({"zh": "中文", "en": "English"})

"""Reminder letters (工作提示函): for each lead department with red or amber targets, a draft from the numbers."""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from zs_analysis import metrics
from zs_analysis.metrics import Shortfall
from zs_analysis.model import Figure
from zs_analysis.present import letter_docx, output, targets
from zs_analysis.present.findings import Findings, html_lang
from zs_analysis.present.numbers import MONTHS_EN, Lang, pct, pp, rounded
from zs_analysis.present.phrases import amount, findings, is_are, listed, quantity, told, window
from zs_analysis.present.table import Column, Table
from zs_analysis.present.view import Note, View

FILES = "application/vnd.zs.file+json"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ISSUER = "市经信局"
# The worst first, as letters list them.
URGENT = ("red", "amber")
LIGHTS = {"red": ("红灯", "red"), "amber": ("黄灯", "amber")}
MONTHS = 12
# So many items of a letter are named in the findings.
NAMED = 2
FULL_WIDTH = str.maketrans("()", "（）")
DRAFT = {"zh": "草稿", "en": "DRAFT"}


@dataclass(frozen=True)
class Letter:
    """One letter, ready to be shown or written; all of it is plain text.

    Attributes
    ----------
    file : str
        Name of the Word file.
    mark : str
        Stands on every page: that it is a draft, and in which language.
    number : str
        Draft number, by the order of departments within the quarter.
    items : tuple of str
        Each with target, progress, gap and what is needed.
    notice : str
        What the data package wants on every page; mostly empty.
    """

    file: str
    mark: str
    number: str
    title: str
    addressee: str
    opening: str
    items: tuple[str, ...]
    request: str
    closing: str
    signature: str
    date: str
    remark: str
    notice: str = ""
    lang: Lang = "zh"

    def _repr_html_(self) -> str:
        notice = _paragraph("zs-notice", self.notice)
        head = _paragraph("zs-letter-mark", self.mark) + notice + _paragraph("zs-letter-number", self.number)
        title = f'<h2 class="zs-letter-title">{escape(self.title)}</h2>\n'
        items = "".join(_paragraph("zs-letter-text", item) for item in self.items)
        body = _paragraph("zs-letter-text", self.opening) + items + _paragraph("zs-letter-text", self.request)
        end = _paragraph("zs-letter-text", self.closing) + _paragraph("zs-letter-sign", self.signature)
        foot = _paragraph("zs-letter-sign", self.date) + _paragraph("zs-note", self.remark)
        to = _paragraph("zs-letter-to", self.addressee)
        opening = f'<section class="zs-letter" lang="{html_lang(self.lang)}">\n'
        return f"{opening}{head}{title}{to}{body}{end}{foot}</section>\n"

    def docx(self) -> bytes:
        """The letter as a Word file; the same letter gives the same bytes."""
        return letter_docx.written(self)


def _paragraph(name: str, text: str) -> str:
    return f'<p class="{name}">{escape(text)}</p>\n' if text else ""


@dataclass(frozen=True)
class Letters:
    """The letters of a quarter: pages for the reader, and a Word file of each beside them.

    Attributes
    ----------
    letters : tuple of Letter
    lang : {"zh", "en"}
    """

    letters: tuple[Letter, ...]
    lang: Lang = "zh"

    def __bool__(self) -> bool:
        return bool(self.letters)

    def __str__(self) -> str:
        return "\n".join(f"{letter.number} {letter.title}" for letter in self.letters)

    def _repr_html_(self) -> str:
        running = f'<p class="zs-running-mark" aria-hidden="true">{DRAFT[self.lang]}</p>\n'
        return running + "".join(letter._repr_html_() for letter in self.letters)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        files = [
            {"name": one.file, "media": DOCX, "base64": base64.b64encode(one.docx()).decode("ascii")}
            for one in self.letters
        ]
        return {"text/html": self._repr_html_(), "text/plain": str(self), FILES: files}


def letters(view: View) -> Letters:
    """A letter to each lead department with red or amber targets, in the order of the table of departments."""
    rows = urgent(view)
    order = view.table("departments")["department"]
    leads = [lead for lead in order if rows["lead_department"].eq(lead).any()]
    made = [
        _letter(view, lead, rows[rows["lead_department"].eq(lead)], number)
        for number, lead in enumerate(leads, start=1)
    ]
    return Letters(tuple(made), view.lang)


def urgent(view: View) -> pd.DataFrame:
    """Red and amber targets with an outcome, the red ones first, as `targets.progress` gives them."""
    table = view.once(targets.progress)
    rows = table[table["state"].isin(URGENT) & table["outcome"].notna()]
    return rows.sort_values("state", key=lambda state: state.map(URGENT.index), kind="stable")


def _letter(view: View, lead: str, rows: pd.DataFrame, number: int) -> Letter:
    name = view.say(_full_name(view, lead), view.name("departments", lead))
    own = lead == ISSUER
    return Letter(
        file=view.say(f"工作提示函-{lead}-{view.period}.docx", f"Reminder-{_slug(name)}-{view.period}.docx"),
        mark=view.say("草稿", "DRAFT · English translation; the Chinese text prevails"),
        number=_number(view, number),
        title=_title(view, rows),
        addressee=view.say("局机关各相关处室：" if own else f"{name}：", f"To: {name}"),
        opening=_opening(view, rows, own=own),
        items=tuple(f"{place}. {item(view, row)}" for place, row in enumerate(rows.itertuples(), start=1)),
        request=_request(view, own=own),
        closing=view.say("特此函告。", "This letter is a reminder."),
        signature=view.say(_full_name(view, ISSUER), f"{view.name('departments', ISSUER)}, {view.city_name}"),
        date=day_words(view, view.as_of) or view.say("（日期待定）", "(date to be set)"),
        remark=view.say(
            "本函为按公布数据自动起草的草稿，文号为草稿编号，未经审核签发不对外发出。",
            "Drafted automatically from published figures; the number is a draft number. Not to be sent before "
            "it is reviewed and signed.",
        ),
        notice=view.notice,
        lang=view.lang,
    )


def _full_name(view: View, department: str) -> str:
    return view.table("departments").set_index("department").loc[department, "name_zh"]


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())


def _number(view: View, number: int) -> str:
    return view.say(
        f"{view.city_name[0]}经信提示〔{view.year}〕第{number}号（草稿编号）",
        f"{view.city_name} Economy and IT Bureau, reminder [{view.year}] no. {number} (draft number)",
    )


def _title(view: View, rows: pd.DataFrame) -> str:
    first, count = targets.name_of(view, next(rows.itertuples())), len(rows)
    if count == 1:
        return view.say(f"关于{first}目标进度的工作提示函", f'Reminder: progress of the target "{first}"')
    return view.say(
        f"关于{first}等{count}项目标进度的工作提示函",
        f'Reminder: progress of {count} targets, "{first}" first',
    )


def _opening(view: View, rows: pd.DataFrame, *, own: bool) -> str:
    titles = view.table("sources").set_index("source_id")["title"]
    plans = listed(view, (_plan_words(view, titles[one]) for one in rows["source_id"].unique()))
    clauses = listed(view, (clause_words(view, clause) for clause in rows["clause"].unique() if clause))
    lights = _light_counts(view, rows)
    known = targets.rules(view)
    green, amber = (f"{known[name]:g}" for name in ("light_green", "light_amber"))
    you, until = view.say("我局" if own else "你单位", "you"), day_words(view, view.as_of)
    as_known = view.say(
        f"按截至{until}公布的数据" if until else "按已公布的数据",
        f"by figures published by {until}" if until else "by published figures",
    )
    return view.say(
        f"根据{plans}{clauses}的责任分工，{you}为下列{len(rows)}项目标的牵头单位。{as_known}，实际进度与序时进度之比低于{amber}为红灯，"
        f"{amber}至{green}为黄灯，其中{lights}。现将有关情况提示如下：",
        f"Under {plans} ({clauses}) you lead the {len(rows)} target{'' if len(rows) == 1 else 's'} below. Judged {as_known}, "
        f"{lights} (progress against the time passed below {amber} is red, from {amber} to {green} amber):",
    )


def _plan_words(view: View, title: str) -> str:
    return view.say(f"《{title.translate(FULL_WIDTH)}》", title)


def clause_words(view: View, clause: str) -> str:
    """A clause as letters cite it: 二(二)4 is 二（二）第4条."""
    part, article = re.fullmatch(r"(.*?)(\d*)", clause).groups()
    return view.say(part.translate(FULL_WIDTH) + (f"第{article}条" if article else ""), clause)


def item(view: View, row: tuple) -> str:
    """One target of a letter: what is asked, what is done, what is missing, and what that takes."""
    short, outcome = shortfall_of(view, row), judged(row)
    light = view.say(*LIGHTS[row.state])
    ratio = pct(100 * targets.value_of(view, row, outcome) / row.value, 1, view.lang)
    due, asked = targets.due_words(view, row), targets.target_words(view, row)
    done, when = amount(view, outcome), window(view, outcome)
    head = view.say(
        f"{targets.name_of(view, row)}（{light}）。依据：{clause_words(view, row.clause)}。目标：{due}{asked}。进度：{when}{done}，"
        f"为目标值的{ratio}",
        f"{targets.name_of(view, row)} ({row.clause}, {light}). Target: {asked} {due}. Progress: {done}, {when}, "
        f"{ratio} of the target value",
    )
    return head + _gap_words(view, row, short) + _needed_words(view, row, short)


def judged(row: tuple) -> Figure:
    """The figure a light rests on: the newest outcome, or the newest that covers a whole year where that is judged."""
    return row.measured if isinstance(row.measured, Figure) else row.outcome


def shortfall_of(view: View, row: tuple) -> Shortfall:
    """What is missing to a target of `targets.progress` that has an outcome, in the target's unit."""
    outcome = judged(row)
    value = targets.value_of(view, row, outcome)
    last = pd.Period(outcome.last_month, freq="M")
    if row.basis == "per_year" and not _is_ratio(view, row):
        return metrics.flow_shortfall(value, row.value, months=last.month)
    end = pd.Period(f"{view.year if row.basis == 'per_year' else row.deadline}-12", freq="M")
    left = max((end - last).n, 0)
    if row.basis == "cumulative_by" and row.start:
        whole = (end - pd.Period(f"{row.start}-01", freq="M")).n + 1
        return metrics.flow_shortfall(value, row.value, months=whole - left, target_months=whole)
    return metrics.level_shortfall(value, row.comparison, row.value, months_left=left)


def _is_ratio(view: View, row: tuple) -> bool:
    """Whether an indicator is a ratio, which does not add up month by month."""
    return view.table("indicators").set_index("indicator")["kind"].get(row.indicator) == "ratio"


def _gap_words(view: View, row: tuple, short: Shortfall) -> str:
    missing = _size(view, row, abs(short.missing))
    if short.behind is None or short.months_left == 0:
        return view.say(f"，距目标还差{missing}。", f"; {missing} missing. ")
    behind = _size(view, row, short.behind, finer=1)
    return view.say(
        f"，比序时进度少{behind}，距目标还差{missing}。",
        f"; {behind} behind the time passed, {missing} missing. ",
    )


def _needed_words(view: View, row: tuple, short: Shortfall) -> str:
    if short.per_month is None:
        return view.say(
            "所需进度：目标期内已无剩余月份，缺口须另行安排弥补。",
            "Needed: no month is left; the gap has to be made up otherwise.",
        )
    step, (each_zh, each_en) = _step(row, short)
    each, months = _size(view, row, step * abs(short.per_month), finer=1), _months_left(view, row, short)
    if short.per_month_so_far is None:
        way = view.say(*(("提高", "rise") if row.comparison in (">", ">=", "~=") else ("下降", "fall")))
        return view.say(
            f"所需进度：{months}{each_zh}{way}{each}。", f"Needed: a {way} of {each} {each_en} in {months}."
        )
    so_far = _size(view, row, step * short.per_month_so_far, finer=1)
    return view.say(
        f"所需进度：{months}{each_zh}完成{each}（此前{each_zh}{so_far}）。",
        f"Needed: {each} {each_en} in {months} ({so_far} {each_en} so far).",
    )


def _step(row: tuple, short: Shortfall) -> tuple[int, tuple[str, str]]:
    """Months to count by: one, or twelve where a month's share of a target of years is less than half a unit."""
    small = rounded(short.per_month, max(row.decimals, judged(row).decimals)) == 0
    years = small and short.months_left > MONTHS
    return (MONTHS, ("年均", "a year")) if years else (1, ("月均", "a month"))


def _months_left(view: View, row: tuple, short: Shortfall) -> str:
    if row.basis == "per_year":
        return output.months_left_words(view, judged(row))
    months = short.months_left
    return view.say(
        f"到{row.deadline}年底的{months}个月",
        f"the {months} month{'' if months == 1 else 's'} to the end of {row.deadline}",
    )


def _size(view: View, row: tuple, value: float, *, finer: int = 0) -> str:
    """A distance in the target's unit, as precise as target and outcome are printed; averages finer where not whole."""
    decimals = max(row.decimals, judged(row).decimals)
    decimals += finer if rounded(value, decimals) != rounded(value, decimals + finer) else 0
    return pp(value, decimals, view.lang) if row.unit == "pct" else quantity(view, value, decimals, row.unit)


def _request(view: View, *, own: bool) -> str:
    days = int(view.rules("letter").loc["reply_days", "value"])
    last = day_words(view, _after(view.as_of, days))
    by = view.say(f"于{last}前" if last else "", f" by {last}" if last else "")
    who, to = ("各相关处室", "局办公室") if own else ("你单位", "我局")
    return view.say(
        f"请{who}对照上述差距分析原因，逐项提出补齐进度的措施、时限和责任人，{by}（发函之日起{days}日内）书面反馈{to}。"
        "如有尚未公布的进展，请一并提供数据及来源。",
        f"Please say why, and with which measures, until when and by whom the gap will be made up, in writing{by} (within {days} "
        "days of this letter). Progress not yet published may be added with its source.",
    )


def _after(day: str | None, days: int) -> str | None:
    return None if day is None else str((pd.Timestamp(day) + pd.Timedelta(days=days)).date())


def day_words(view: View, day: str | None) -> str:
    """A day as letters write it: 2023年12月13日; empty where there is none."""
    if day is None:
        return ""
    year, month, of_month = map(int, day.split("-"))
    return view.say(f"{year}年{month}月{of_month}日", f"{of_month} {MONTHS_EN[month - 1]} {year}")


def no_letters(view: View) -> Note:
    """What the page says where no department has a letter."""
    return Note(
        view.say(
            "本期没有部门有红灯或黄灯目标，不起草工作提示函。",
            "No department has a red or amber target this quarter; there is no letter.",
        )
    )


def summary(view: View) -> Findings:
    """Findings that open the page."""
    table, rows = view.once(targets.progress), urgent(view)
    sentences = [_count_finding(view, rows), *_department_findings(view, rows), _silent_finding(view, table)]
    return findings(view, [*sentences, _unled_finding(view, rows), _rule_finding(view)])


def _count_finding(view: View, rows: pd.DataFrame) -> str:
    count = rows.loc[rows["lead_department"].ne(""), "lead_department"].nunique()
    if not count:
        return str(no_letters(view))
    red, amber = (int(rows["state"].eq(state).sum()) for state in URGENT)
    return told(
        view,
        view.say(
            f"红灯{red}项、黄灯{amber}项，向{count}个牵头部门各起草一份工作提示函，均为草稿。",
            f"{red} red and {amber} amber: one letter to each of {count} lead department{'' if count == 1 else 's'}, all of them drafts.",
        ),
        targets.counted(view, "red", red),
        targets.counted(view, "amber", amber),
    )


def _department_findings(view: View, rows: pd.DataFrame) -> Iterable[str]:
    for lead in view.table("departments")["department"]:
        mine = rows[rows["lead_department"].eq(lead)]
        if len(mine):
            names = [targets.name_of(view, row) for row in mine.head(NAMED).itertuples()]
            more = view.say("等", " and others") if len(mine) > NAMED else ""
            yield view.say(
                f"{view.name('departments', lead)}{_light_counts(view, mine)}：{listed(view, names)}{more}。",
                f"{view.name('departments', lead)}, {_light_counts(view, mine)}: {listed(view, names)}{more}.",
            )


def _light_counts(view: View, rows: pd.DataFrame) -> str:
    counts = rows["state"].value_counts()
    known = [state for state in URGENT if state in counts]
    zh = "、".join(f"{LIGHTS[state][0]}{counts[state]}项" for state in known)
    return view.say(zh, " and ".join(f"{counts[state]} {LIGHTS[state][1]}" for state in known))


def _silent_finding(view: View, table: pd.DataFrame) -> str | None:
    silent = int(table["outcome"].isna().sum())
    if not silent:
        return None
    return told(
        view,
        view.say(
            f"另有{silent}项在期目标没有可对照的公布数，无从判断进度，不发函；没有数据不等于没有进展。",
            f"{silent} more running target{'' if silent == 1 else 's'} {'has' if silent == 1 else 'have'} no outcome to judge by and get no letter; "
            "no data does not mean no progress.",
        ),
        targets.counted(view, "silent", silent),
    )


def _unled_finding(view: View, rows: pd.DataFrame) -> str | None:
    unled = rows[rows["lead_department"].eq("")]
    if unled.empty:
        return None
    names = listed(view, (targets.name_of(view, row) for row in unled.itertuples()))
    return view.say(
        f"{len(unled)}项进度落后但条款未写明牵头部门，不能发函：{names}。",
        f"{len(unled)} {is_are(len(unled))} behind but the clause names no lead, so there is no letter: {names}.",
    )


def _rule_finding(view: View) -> str:
    days = int(view.rules("letter").loc["reply_days", "value"])
    return view.say(
        f"提示函要求自发函之日起{days}日内反馈；文号为本季度内的草稿编号，须经审核签发。",
        f"Letters ask for an answer within {days} days; numbers are draft numbers within the quarter, and each letter has to be signed.",
    )


def overview_table(view: View) -> Table | None:
    """Every item of the letters in one line: target, outcome, gap and pace needed."""
    rows = urgent(view)
    rows = rows[rows["lead_department"].ne("")]
    if rows.empty:
        return None
    lines = [_overview_line(view, row) for row in rows.itertuples()]
    labels = {
        "name": ("目标", "Target"),
        "lead": ("牵头部门", "Lead department"),
        "light": ("评价", "Light"),
        "done": ("最新公布数", "Newest outcome"),
        "missing": ("差距", "Missing"),
        "needed": ("所需进度", "Needed"),
    }
    return Table(
        pd.DataFrame(lines),
        view.say(f"红灯和黄灯目标{len(rows)}项", f"{len(rows)} red and amber targets"),
        columns=tuple(Column(key, view.say(*label), align=_ALIGN.get(key)) for key, label in labels.items()),
        source=view.source(_sources(rows)),
        lang=view.lang,
    )


_ALIGN = {"missing": "right", "needed": "right"}


def _overview_line(view: View, row: tuple) -> dict[str, object]:
    short, done, needed = shortfall_of(view, row), judged(row), None
    if short.per_month is not None:
        step, each = _step(row, short)
        needed = view.say("{1}{0}", "{0} {1}").format(
            _size(view, row, step * abs(short.per_month), finer=1), view.say(*each)
        )
    return {
        "name": targets.name_of(view, row),
        "lead": view.name("departments", row.lead_department),
        "light": view.say(*LIGHTS[row.state]),
        "done": amount(view, done) + view.say(f"（{window(view, done)}）", f" ({window(view, done)})"),
        "missing": _size(view, row, abs(short.missing)),
        "needed": needed,
    }


def _sources(rows: pd.DataFrame) -> Sequence[str]:
    return [*rows["source_id"], *(judged(row).source_id for row in rows.itertuples())]

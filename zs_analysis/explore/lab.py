"""A lab: choices, the chart and table they lead to, and both as a file."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

import ipywidgets as widgets

from zs_analysis.explore.files import csv_of, workbook_of
from zs_analysis.explore.shown import in_font
from zs_analysis.files import replacing
from zs_analysis.present.chart import Chart
from zs_analysis.present.numbers import Lang
from zs_analysis.present.table import Table
from zs_analysis.present.view import Note

Chosen: TypeAlias = Mapping[str, Any]
Options: TypeAlias = Sequence[tuple[str, Any]]
Piece: TypeAlias = Chart | Table | Note

SAY = {
    "zh": {
        "working": "正在计算……",
        "nothing": "按这些选择没有可用数据。",
        "failed": "这些选择画不出来：{}",
        "take": "带走结果：",
        "inside": "含企业登记数据，未经披露审查，不得外传。",
    },
    "en": {
        "working": "Working…",
        "nothing": "There are no data for these choices.",
        "failed": "These choices cannot be drawn: {}",
        "take": "Take the result along:",
        "inside": "Made from registers of enterprises and not checked for disclosure: for internal use only.",
    },
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Choice:
    """One choice of a lab.

    Attributes
    ----------
    key : str
        Name of the argument that it becomes.
    label : str
        Beside the control, in the language of the lab.
    options : callable
        Pairs of words and value, from what was chosen before it: only what has data.
    start : object, optional
        Chosen at first, where it is there; else the first.
    """

    key: str
    label: str
    options: Callable[[Chosen], Options]
    start: Any = None


class Lab(widgets.VBox):
    """Choices that redraw a chart and its table.

    Parameters
    ----------
    choices : sequence of Choice
        In order: what there is to choose may depend on the choices before.
    draw : callable
        From what is chosen, as keyword arguments, to charts, tables and notes; ``None`` is left out.
    title : str
    lang : {"zh", "en"}

    Attributes
    ----------
    pieces : tuple
        What is shown for the choices that are made.

    Notes
    -----
    While a choice is worked on, what was drawn for the last one is out of sight, and the lab says so.
    """

    def __init__(
        self,
        choices: Sequence[Choice],
        draw: Callable[..., Iterable[Piece | None]],
        *,
        title: str,
        lang: Lang = "zh",
    ) -> None:
        self.pieces: tuple[Piece, ...] = ()
        self._choices, self._draw, self._title, self._lang = choices, draw, title, lang
        self._settling = False
        self._controls = {choice.key: _control(choice.label) for choice in choices}
        self._state, self._page = widgets.HTML(), widgets.HTML()
        # the picture has its room before it is there, and a page beside it does not jump
        self._page.layout.width = "100%"
        # Lab's own look of tables and text
        self._page.add_class("jp-RenderedHTMLCommon")
        row = widgets.HBox(list(self._controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([row, self._state, self._page])
        self.add_class("zs-lab")
        self._offer({choice.key: choice.start for choice in choices})
        for control in self._controls.values():
            control.observe(self._changed, "value")
        self._redraw()

    def __repr__(self) -> str:
        return "\n\n".join([f"{self._title} ({self._words()})", *map(str, self.pieces)])

    @property
    def chosen(self) -> dict[str, Any]:
        """What is chosen, by key."""
        return {key: control.value for key, control in self._controls.items()}

    def options(self, key: str) -> list[Any]:
        """What there is to choose for a key, given the choices before it."""
        return [value for _, value in self._controls[key].options]

    def choose(self, **values: Any) -> "Lab":
        """Choose by code what could be chosen by hand, all at once.

        Raises
        ------
        ValueError
            If there is no such choice, or it is not offered. Nothing is chosen then.
        """
        for key in values.keys() - self._controls.keys():
            raise ValueError(f"this lab has no choice {key!r}; it has {', '.join(self._controls)}")
        before = self.chosen
        self._offer(before | values)
        wrong = [key for key in values if self._controls[key].value != values[key]]
        if wrong:
            offered = ", ".join(map(repr, self.options(wrong[0])))
            self._offer(before)
            raise ValueError(f"{wrong[0]}={values[wrong[0]]!r} is not on offer here; there are {offered}")
        self._redraw()
        return self

    def workbook(self) -> bytes:
        """What is shown as a workbook: a sheet for each chart and table, with source and status."""
        return workbook_of(self._sheets(), self._about(), self._lang)

    def csv(self) -> str:
        """The last table or chart shown as comma-separated text, with source and status."""
        return csv_of(self._sheets()[-1], self._lang) if self._sheets() else ""

    def save(self, path: str | Path) -> Path:
        """Write what is shown to a file that ends in ``.xlsx`` or ``.csv``.

        Raises
        ------
        ValueError
            If it ends otherwise, or there is nothing to write.
        """
        path = Path(path)
        if path.suffix not in (".xlsx", ".csv"):
            raise ValueError(f"{path.name} must end in .xlsx or .csv")
        if not self._sheets():
            raise ValueError("nothing is shown for these choices, so there is nothing to save; choose others")
        content = self.workbook() if path.suffix == ".xlsx" else self.csv().encode("utf-8-sig")
        with replacing(path) as stream:
            stream.write(content)
        return path

    def _changed(self, change: Mapping[str, Any]) -> None:
        if not self._settling:
            self._offer(self.chosen)
            self._redraw()

    def _offer(self, wanted: Chosen) -> None:
        """Offer, choice by choice, what the earlier ones leave, keeping what is wanted where it is there."""
        self._settling = True
        so_far: dict[str, Any] = {}
        try:
            for choice in self._choices:
                control, options = self._controls[choice.key], list(choice.options(so_far))
                if list(control.options) != options:
                    control.options = options
                values = [value for _, value in options]
                first = choice.start if choice.start in values else next(iter(values), None)
                control.value = wanted[choice.key] if wanted[choice.key] in values else first
                control.disabled = len(options) < 2
                so_far[choice.key] = control.value
        finally:
            self._settling = False

    def _redraw(self) -> None:
        say = SAY[self._lang]
        self._page.layout.visibility = "hidden"
        self._state.value = _status(say["working"])
        said = ""
        try:
            self.pieces = tuple(piece for piece in self._draw(**self.chosen) if piece is not None)
            said = "" if self.pieces else say["nothing"]
        # an exception would vanish in a log and leave the lab at work for ever
        except Exception as error:
            self.pieces, said = (), say["failed"].format(f"{error} ({type(error).__name__})")
        self._page.value = self._html()
        self._state.value = _status(said)
        self._page.layout.visibility = "visible"

    def _html(self) -> str:
        if not self.pieces:
            return ""
        inside = any(getattr(piece, "disclosure", None) for piece in self.pieces)
        notes = [Note(SAY[self._lang]["inside"])._repr_html_()] if inside else []
        return in_font([*(piece._repr_html_() for piece in self.pieces), *notes, self._links()])

    def _links(self) -> str:
        if not self._sheets():
            return ""
        files = {
            "xlsx": (XLSX, self.workbook()),
            "csv": ("text/csv;charset=utf-8", self.csv().encode("utf-8-sig")),
        }
        links = (
            f'<a download="{escape(self._title)}.{suffix}" '
            f'href="data:{kind};base64,{base64.b64encode(content).decode("ascii")}">{suffix}</a>'
            for suffix, (kind, content) in files.items()
        )
        return f'<p class="zs-take">{SAY[self._lang]["take"]} {" · ".join(links)}</p>'

    def _sheets(self) -> list[dict[str, Any]]:
        return [piece.sheet() for piece in self.pieces if isinstance(piece, Chart | Table)]

    def _about(self) -> list[tuple[str, str]]:
        controls = self._controls.values()
        return [("zs-analysis", self._title), *((one.description, str(one.label or "")) for one in controls)]

    def _words(self) -> str:
        return ", ".join(f"{name}: {words}" for name, words in self._about()[1:])


@contextmanager
def working(lang: Lang) -> Iterator[None]:
    """Say in the running cell that it works, until what it makes is there."""
    from IPython import get_ipython
    from IPython.display import display

    said = display(Note(SAY[lang]["working"]), display_id=True) if get_ipython() else None
    yield
    if said is not None:
        said.update(Note(""))


def _control(label: str) -> widgets.Dropdown:
    style = {"description_width": "initial"}
    return widgets.Dropdown(description=label, style=style, layout={"margin": "2px 18px 2px 0"})


def _status(words: str) -> str:
    return f'<p role="status" class="zs-state">{escape(words)}</p>'

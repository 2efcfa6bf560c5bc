"""What is made again, what only gets a new page, and what is left as it is."""

import json
import os
from concurrent.futures import Executor, Future

import nbformat
import pytest
from notebook_cells import code, text

from zs_analysis.reports import PageMeta, Runner, render_notebooks
from zs_analysis.reports.render import explain_notebooks

META = PageMeta("套件", "2023年四季度")
SHOW = 'from IPython.display import HTML\nHTML(f"<p>{} {period}</p>")'
LIBRARY = {"library": "1", "page templates": "1"}


class Inline(Executor):
    """Runs each job at once, in this process, and counts them."""

    def __init__(self):
        self.ran = []

    def submit(self, function, notebook, *others):
        self.ran.append(notebook.stem)
        future = Future()
        future.set_result(function(notebook, *others))
        return future


@pytest.fixture
def place(notebook, tmp_path, monkeypatch):
    """Two reports rendered once, and how to ask for them again."""
    monkeypatch.setenv("ZS_ANALYSIS_CACHE", str(tmp_path / "kept"))
    data, out = tmp_path / "data.csv", tmp_path / "out"
    data.write_text("a\n1\n")
    use = SHOW.replace("{}", "用了")
    books = [notebook(name, text(f"# {name}"), code(f"{use} # {name}")) for name in ("one", "two")]
    order = {"notebooks": books, "parameters": {"period": "2023Q4"}, "out": out, "page_meta": META}
    order |= {"data_files": [data], "made_with": LIBRARY}

    def ran(force=False, **changes):
        executor = Inline()
        options = {"font_css": lambda _: "", "force": force, "progress": False}
        with Runner(executor=executor) as runner:
            result = render_notebooks(**{**order, **changes}, **options, runner=runner)
        assert result.ok
        return executor.ran

    def why(**changes):
        return explain_notebooks(**{**order, **changes})

    assert why() == {"one": ["it was never made"], "two": ["it was never made"]} and ran() == ["one", "two"]
    ran.why, ran.out, ran.data, ran.books = why, out, data, books
    return ran


def pages(out):
    return {path.name: path.read_bytes() for path in out.glob("*.html")}


def edit(path, index, source):
    book = nbformat.read(path, as_version=4)
    book.cells[index].source = source
    nbformat.write(book, path)


def test_nothing_changed_nothing_is_done(place):
    before = pages(place.out)
    assert place.why() == {"one": [], "two": []} and place() == [] and pages(place.out) == before


def test_force_makes_everything_anew(place):
    assert place(force=True) == ["one", "two"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parameters": {"period": "2024Q1"}}, "parameters changed"),
        ({"made_with": LIBRARY | {"library": "2"}}, "library changed"),
    ],
)
def test_what_the_cells_depend_on_makes_them_run(place, changes, reason):
    assert place.why(**changes) == {"one": [reason], "two": [reason]}
    assert place(**changes) == ["one", "two"]


def test_new_data_make_the_cells_run_and_old_data_are_remembered(place):
    old = place.data.read_text()
    place.data.write_text("a\n2\n")
    assert place.why()["one"] == ["data data.csv changed"] and place() == ["one", "two"]
    place.data.write_text(old)
    assert place() == [], "these cells ran before"
    assert place.why() == {"one": [], "two": []}


def test_a_change_of_words_or_templates_makes_pages_without_running(place):
    edit(place.books[0], 1, "# 第一")
    assert place.why() == {"one": ["text changed"], "two": []} and place() == []
    assert "<h1>第一</h1>" in pages(place.out)["one.html"].decode()
    assert "用了 2023Q4" in pages(place.out)["one.html"].decode()
    assert place(made_with=LIBRARY | {"page templates": "2"}) == []
    assert place(page_meta=PageMeta("另一套件")) == [] and "另一套件" in pages(place.out)["two.html"].decode()


def test_a_change_of_code_makes_that_report_run(place):
    edit(place.books[1], -1, SHOW.replace("{}", "改了"))
    assert place.why() == {"one": [], "two": ["code changed"]} and place() == ["two"]


@pytest.mark.parametrize("spoil", [os.remove, lambda path: path.write_text("涂改")])
def test_a_page_lost_or_edited_is_mended_without_running(place, spoil):
    before = pages(place.out)
    spoil(place.out / "one.html")
    assert place.why() == {"one": ["one.html is missing or was edited"], "two": []}
    assert place() == [] and pages(place.out)["one.html"] == before["one.html"]


def test_a_report_that_failed_is_tried_again(place):
    manifest = json.loads((place.out / "manifest.json").read_text())
    manifest["reports"][0]["status"] = "failed"
    (place.out / "manifest.json").write_text(json.dumps(manifest))
    assert place.why()["one"] == ["it was failed last time"]


def test_without_a_word_on_the_library_everything_is_made_anew(place):
    assert place(made_with=None) == ["one", "two"]


def test_a_run_cut_short_goes_on_with_what_is_missing(place):
    # the manifest is written last: a run that was killed before left pages and none of their entries
    (place.out / "manifest.json").unlink()
    assert place.why()["one"] == ["it was never made"] and place() == []


def test_of_two_data_files_of_one_name_a_change_of_either_is_seen(place, tmp_path):
    other = tmp_path / "vintages" / "data.csv"
    other.parent.mkdir()
    for content in ("a\n1\n", "a\n2\n"):
        other.write_text(content)
        both = {"data_files": [other, place.data]}
        assert place.why(**both)["one"] == ["data data.csv changed"]
        assert place(**both) == ["one", "two"] and place.why(**both)["one"] == []

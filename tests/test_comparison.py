"""`zs.compare` and the command: what a user gets, and what a user can get wrong."""

import json

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import zs_analysis as zs
from zs_analysis.cli import main
from zs_analysis.present.phrases import statement
from zs_analysis.present.view import View


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Two runs as a render leaves them: the city's output of 2020 and of 2021."""
    root = tmp_path_factory.mktemp("outputs")
    for period, day in (("2020Q4", "2021-03-01"), ("2021Q4", "2022-03-01")):
        said = statement(View(period, day), "va_scale")
        entry = {"name": "10_output_growth", "title": "产出增长", "status": "ok"}
        entry["facts"] = {"metrics": [metric.record() for metric in said.metrics]}
        folder = root / period
        folder.mkdir()
        run = {"lang": "zh", "parameters": {"period": period, "as_of": day}, "reports": [entry]}
        (folder / "manifest.json").write_text(json.dumps(run), encoding="utf-8")
    return root


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_then_and_now(outputs, tmp_path, lang):
    result = zs.compare(outputs / "2020Q4", outputs / "2021Q4", tmp_path / "new" / "page.html", lang)
    growth = next(pair for pair in result.changes.moved if pair.known["transformation"] == "yoy")
    assert growth.after["value"] == 18.8
    assert [one.name for one in result.changes.parameters] == ["period", "as_of"]
    soup = BeautifulSoup(result.page.read_text(encoding="utf-8"), "html.parser")
    assert soup.html["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert {"zh": "2021Q4与2020Q4相比", "en": "2021Q4 against 2020Q4"}[lang] == soup.h2.text
    assert "18.8%" in soup.text and all(sentence in soup.text for sentence in result.headlines)


def test_the_command_says_it_and_names_the_page(outputs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["compare", str(outputs / "2020Q4"), str(outputs / "2021Q4")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == "Open changes-2020Q4-2021Q4.html"
    assert (tmp_path / "changes-2020Q4-2021Q4.html").is_file()


def test_a_folder_without_a_run_is_refused_and_nothing_written(outputs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["compare", str(outputs / "2020Q4"), str(tmp_path)])
    assert done.exit_code == 2
    assert f"{tmp_path} has no manifest.json to compare" in done.stderr and list(tmp_path.iterdir()) == []
    with pytest.raises(zs.reports.ReportError, match="no language 'fr'"):
        zs.compare(outputs / "2020Q4", outputs / "2021Q4", lang="fr")

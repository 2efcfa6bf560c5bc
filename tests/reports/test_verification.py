"""Published reports made again and compared."""

import json
import shutil

import pytest

import zs_analysis as zs
from zs_analysis.reports import ReportError
from zs_analysis.verification import verify

NAME = "70_enterprises"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    out = tmp_path_factory.mktemp("outputs")
    assert zs.render("2023Q4", NAME, out, as_of="2023-12-13").ok
    return out / "2023Q4"


@pytest.fixture
def copy(published, tmp_path):
    return shutil.copytree(published, tmp_path / "run")


def test_the_same_inputs_give_the_same_bytes(published):
    found = verify(published)
    assert found.ok and {f"{NAME}.html", f"{NAME}.xlsx"} <= set(found.same) and found.causes == ()


def test_what_differs_is_named_with_its_lines_and_what_changed_since(copy):
    # as if published by another version: the page and what the manifest says of it agree
    page, manifest = copy / f"{NAME}.html", json.loads((copy / "manifest.json").read_text())
    page.write_text(page.read_text().replace("资料来源", "来源"))
    manifest["reports"][0]["page"]["sha256"] = zs.reports.manifest.sha256(page)
    manifest["packages"]["pandas"] = "2.0"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (copy / f"{NAME}.xlsx").unlink()
    found = verify(copy)
    differently, gone = found.differences
    assert differently.startswith(f"{NAME}.html: comes out differently") and "- 来源" in differently
    assert gone.startswith(f"{NAME}.xlsx: is gone from")
    assert [cause for cause in found.causes if cause.startswith("pandas: 2.0, now ")]


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ReportError, match="has no manifest.json to verify"):
        verify(tmp_path)

"""Findings as HTML, text and data."""

import pytest

from zs_analysis.present import Findings


def test_findings_escape_and_keep_the_plain_sentence():
    findings = Findings(["产值<3000 & 同比增长12.5%。", "b"], "zh")
    bundle = findings._repr_mimebundle_()
    assert "<li>产值&lt;3000 &amp; 同比增长12.5%。</li>" in bundle["text/html"]
    assert bundle["text/html"].startswith('<ul class="zs-findings" lang="zh-CN">')
    assert bundle["application/vnd.zs.findings+json"] == ["产值<3000 & 同比增长12.5%。", "b"]
    assert bundle["text/plain"] == "- 产值<3000 & 同比增长12.5%。\n- b"


def test_one_string_is_not_a_list():
    with pytest.raises(TypeError, match="list of sentences"):
        Findings("one")

"""Messages: through apprise to a real server, when they are wanted, and never with an address in sight."""

import json
import logging
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from zs_analysis.reports import RenderResult, ReportError, ReportResult
from zs_analysis.reports.notify import ADDRESSES, MOST_NAMED, notified

SECRET = "geheim123"


@pytest.fixture
def inbox(monkeypatch):
    """Messages that came to a server, whose address is set; it answers with `status`."""
    messages = []

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(Handler.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv(ADDRESSES, f"json://bureau:{SECRET}@127.0.0.1:{server.server_port}/hook")
    yield SimpleNamespace(messages=messages, handler=Handler)
    server.shutdown()
    server.server_close()


def result(*statuses: str, out: Path = Path("/srv/outputs/2023Q4")) -> RenderResult:
    """Of a report with each status."""
    reports = [
        ReportResult(f"r{n}", f"报告{n}", status.replace("unchanged", "ok"), None, None, 1.0, message=f"企业甲 {n}", unchanged=status == "unchanged")
        for n, status in enumerate(statuses)
    ]  # fmt: skip
    return RenderResult(out, out / "index.html", tuple(reports))


def test_the_message_says_what_is_new_what_failed_and_where_the_index_lies(inbox):
    with notified("always", "套件", "zh") as runs:
        runs.append(("2023年四季度", result("ok", "unchanged", "failed", "withheld", "ok")))
    (message,) = inbox.messages
    assert (message["title"], message["type"]) == ("套件：失败", "failure")
    assert message["message"].splitlines() == [
        "2023年四季度",
        "新页面：报告0、报告4",
        "失败：报告2",
        "未公布：报告3",
        "目录：/srv/outputs/2023Q4/index.html",
    ]


def test_it_speaks_the_language_of_the_reports_and_tells_each_quarter(inbox):
    with notified("always", "Suite", "en") as runs:
        runs.append(("Q3 2023", result("ok")))
        runs.append(("Q4 2023", result("unchanged")))
    (message,) = inbox.messages
    index = "Index: /srv/outputs/2023Q4/index.html"
    assert (message["title"], message["type"]) == ("Suite: ready", "success")
    assert message["message"].splitlines() == [
        "Q3 2023", "New pages: 报告0", index, "Q4 2023", "No new page.", index,
    ]  # fmt: skip


def test_many_pages_are_counted_and_not_all_named(inbox):
    with notified("always", "套件", "zh") as runs:
        runs.append(("2023年四季度", result(*["ok"] * (MOST_NAMED + 5))))
    assert "报告5等，另有5份" in inbox.messages[0]["message"] and "报告6" not in inbox.messages[0]["message"]


@pytest.mark.parametrize(
    ("statuses", "sent"),
    [
        (["unchanged"], {"always"}),
        (["ok", "unchanged"], {"always", "change"}),
        (["unchanged", "failed"], {"always", "change", "failure"}),
        (["withheld"], {"always", "change", "failure"}),
        ([], {"always"}),
    ],
)
@pytest.mark.parametrize("when", ["always", "change", "failure", None])
def test_it_is_sent_when_wanted(inbox, statuses, sent, when):
    with notified(when, "套件", "zh") as runs:
        if statuses:
            runs.append(("2023年四季度", result(*statuses)))
    assert len(inbox.messages) == (when in sent)


@pytest.mark.parametrize("when", ["always", "change", "failure"])
def test_a_run_that_is_refused_is_told_without_what_the_data_say(inbox, when):
    with pytest.raises(ReportError), notified(when, "套件", "zh") as runs:
        runs.append(("2023年三季度", result("ok")))
        raise ReportError("observations.csv, line 5: 企业甲 12.5")
    (message,) = inbox.messages
    assert (
        message["message"].endswith("运行没有完成（退出码2），原因见日志。") and message["type"] == "failure"
    )
    assert "2023年三季度" in message["message"] and "企业甲" not in message["message"]


def test_who_interrupts_needs_no_message(inbox):
    with pytest.raises(KeyboardInterrupt), notified("always", "套件", "zh"):
        raise KeyboardInterrupt
    assert inbox.messages == []


def test_a_message_that_does_not_arrive_is_a_warning_without_the_address(inbox, capsys, caplog):
    inbox.handler.status = 500
    caplog.set_level(logging.INFO)
    with notified("always", "套件", "zh") as runs:
        runs.append(("2023年四季度", result("ok")))
    said = capsys.readouterr()
    assert (
        said.err
        == "zs-analysis: warning: The message to address 1 in ZS_ANALYSIS_NOTIFY (JSON) was not sent.\n"
    )
    assert SECRET not in said.out + caplog.text


def test_one_dead_address_does_not_keep_the_others_from_it(inbox, monkeypatch, capsys):
    monkeypatch.setenv(ADDRESSES, f"json://127.0.0.1:1/\n {os.environ[ADDRESSES]}")
    with notified("always", "套件", "zh") as runs:
        runs.append(("2023年四季度", result("ok")))
    assert len(inbox.messages) == 1 and "address 1 in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        ("", "Messages need an address in the environment variable ZS_ANALYSIS_NOTIFY"),
        (f"json://localhost nonsense://{SECRET} x{SECRET}", "apprise cannot read address 2, 3 of 3"),
    ],
)
def test_addresses_that_lack_or_cannot_be_read_are_refused_first(monkeypatch, addresses, message):
    monkeypatch.setenv(ADDRESSES, addresses)
    with pytest.raises(ReportError, match=message) as caught, notified("failure", "套件", "zh"):
        raise AssertionError("it ran")
    assert SECRET not in str(caught.value)


def test_without_apprise_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ReportError, match="uv sync --extra notify"), notified("always", "套件", "zh"):
        raise AssertionError("it ran")

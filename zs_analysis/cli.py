"""The command line: a thin layer over the public functions."""

import sys
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import zs_analysis as zs
from zs_analysis.exits import FAILED, Terminated, exit_code, for_the_user, terminable

DATA_OPTION = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of another data package [default: the embedded one].",
)


if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from zs_analysis.quarter import Order
    from zs_analysis.reports.results import RenderResult

WAITING = "Another --due is at work on this folder; waiting until it is done."
WHOLE = "what is published is whole, and the next run goes on with what is missing."


class Commands(click.Group):
    """Turns the errors a user can mend into one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; its errors for users end here, all others as they are."""
        try:
            with terminable():
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            click.echo(f"zs-analysis: interrupted; {WHOLE}", err=True)
            ctx.exit(exit_code(error))
        except Terminated:
            click.echo(f"zs-analysis: terminated; {WHOLE}", err=True)
            raise
        except ValueError as error:
            if for_the_user(error):
                click.echo(f"zs-analysis: {error}", err=True)
                ctx.exit(exit_code(error))
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zs-analysis")
def main() -> None:
    """Quarterly reports on the manufacturing clusters of a city: Zhoushan, or that of --data."""


@main.command()
@click.argument("periods", metavar="[PERIOD]...", nargs=-1)
@click.option("--report", "reports", multiple=True, metavar="NAME", help="Only this report; may be repeated.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--as-of", metavar="DATE", help="Use what was published by this day, like 2023-12-13.")
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time [default: one a core].")
@click.option(
    "--override",
    "overrides",
    multiple=True,
    metavar="NAME=REASON",
    help="Publish this report whatever the disclosure gate says, and state why on its page; may be repeated.",
)
@click.option(
    "--time-limit", type=click.FloatRange(min=1), metavar="SECONDS", help="Of a report [default: 1800]."
)
@click.option("--memory-limit", type=click.IntRange(min=1), metavar="MB", help="Of a report [default: 4096].")
@click.option("--force", is_flag=True, help="Make every report anew, changed or not.")
@click.option("--explain", is_flag=True, help="Only say which reports would be made, and why.")
@click.option("--due", is_flag=True, help="Instead of PERIOD: all quarters that new data make stale or add.")
@click.option("--log", type=click.Path(path_type=Path), metavar="FILE", help="Append each event as JSON.")
@click.option(
    "--notify",
    type=click.Choice(["always", "failure", "change"]),
    help="Send a message to the addresses in the environment variable ZS_ANALYSIS_NOTIFY.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster, like tcp://10.0.0.5:8786.")
def render(
    periods: tuple[str, ...],
    reports: tuple[str, ...],
    lang: str,
    as_of: str | None,
    data: Path | None,
    out: Path,
    jobs: int | None,
    overrides: tuple[str, ...],
    time_limit: float | None,
    memory_limit: int | None,
    force: bool,
    explain: bool,
    due: bool,
    log: Path | None,
    notify: str | None,
    scheduler: str | None,
) -> None:
    """Render the reports of each PERIOD, a quarter like 2023Q4.

    Without PERIOD: the newest quarter with a published headline figure, as known when that was published.

    Exit codes: 0 all good; 1 a report failed or was withheld; 2 bad usage or data; 130 or 143 interrupted.
    """
    if due and (periods or as_of):
        raise click.UsageError("--due finds quarters and their days itself; leave out PERIOD and --as-of.")
    from zs_analysis.due import one_at_a_time
    from zs_analysis.quarter import render_orders
    from zs_analysis.reports.events import logged
    from zs_analysis.reports.notify import notified

    override = _named_reasons(overrides)
    asked = {"reports": reports or None, "out": out, "lang": lang, "data": data}
    if explain:
        _explain(_orders(periods, as_of, due, asked, override), asked)
        return
    # Reading what the package says of itself takes longer than a run with nothing to do.
    suite = zs.loaders.about(data).suite[lang] if notify else ""
    limits = {"time_limit": time_limit, "memory_limit": memory_limit}
    turn = one_at_a_time(out, partial(click.echo, WAITING)) if due else nullcontext()
    with (
        logged(log, periods=periods, as_of=as_of, due=due, **asked) as tell,
        notified(notify, suite, lang, partial(_in_words, lang=lang)) as runs,
        turn,
    ):
        orders = _orders(periods, as_of, due, asked, override)
        with _executor(scheduler if orders else None, data) as executor:
            options = {"jobs": jobs, "executor": executor, "data": data, "force": force, **limits}
            with closing(render_orders(orders, out, lang, **options, tell=tell)) as results:
                for order, result in zip(orders, results, strict=True):
                    _say(result)
                    runs.append((order.period, result))
    sys.exit(0 if all(result.ok for _, result in runs) else FAILED)


def _orders(
    periods: tuple[str, ...], as_of: str | None, due: bool, asked: dict[str, Any], override: dict[str, str]
) -> "list[Order]":
    """What is to be rendered."""
    from zs_analysis.due import orders_due
    from zs_analysis.quarter import Order

    if not due:
        for period in periods[1:]:
            zs.model.quarter(period)  # before the first is rendered, which reads its own
        return [
            Order(*_newest(period, as_of, asked["data"]), asked["reports"], override)
            for period in periods or [None]
        ]
    if not (orders := orders_due(**asked, override=override)):
        click.echo(f"Nothing is due below {asked['out']}")
    return orders


def _newest(period: str | None, as_of: str | None, data: Path | None) -> tuple[str, str | None]:
    """The period and the day asked for; without a period the newest in the data, and its day."""
    if period is not None:
        return period, as_of
    period, known = zs.loaders.newest_quarter(data, as_of)
    click.echo(f"Newest quarter in the data: {period}, as known on {as_of or known}")
    return period, as_of or known


def _explain(orders: "list[Order]", asked: dict[str, Any]) -> None:
    from zs_analysis import quarter

    for order in orders:
        click.echo(order)
        for name, reasons in quarter.explain(**(asked | vars(order))).items():
            click.echo(f"{name}: {'; '.join(reasons) or 'unchanged'}")


def _say(result: "RenderResult") -> None:
    for report in result.reports:
        if report.status != "ok":
            click.echo(
                f"{report.status}: {report.name}: {report.message}\n  see {report.error_page}", err=True
            )
        if report.status == "withheld":
            click.echo(f"  to publish it all the same: --override {report.name}=REASON", err=True)
    click.echo(f"Open {result.index}")


def _in_words(period: str, lang: str) -> str:
    return zs.present.numbers.period_words(period, lang)


def _executor(scheduler: str | None, data: Path | None) -> "AbstractContextManager[Executor | None]":
    if scheduler is None:
        return nullcontext()
    from zs_analysis.cluster import dask_executor

    return dask_executor(scheduler, data)


def _named_reasons(overrides: tuple[str, ...]) -> dict[str, str]:
    pairs = [override.partition("=") for override in overrides]
    bad = [override for override, (_, _, reason) in zip(overrides, pairs, strict=True) if not reason.strip()]
    if bad:
        raise click.UsageError(f"--override takes NAME=REASON; got {', '.join(bad)}.")
    return {name.strip(): reason.strip() for name, _, reason in pairs}


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time [default: one a core].")
def verify(folder: Path, jobs: int | None) -> None:
    """Make the reports in FOLDER, like outputs/2023Q4, again and compare them byte by byte.

    Nothing in FOLDER is changed. Exit code 1 if anything differs.
    """
    from zs_analysis.verification import verify as made_again

    found = made_again(folder, jobs)
    for difference in found.differences:
        click.echo(difference, err=True)
    if found.differences and found.causes:
        click.echo("Not as they were: " + "; ".join(found.causes), err=True)
    click.echo(f"{len(found.same)} files the same, {len(found.differences)} different")
    sys.exit(0 if found.ok else 1)


@main.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page [default: changes-BEFORE-AFTER.html].")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
def compare(before: Path, after: Path, out: Path | None, lang: str) -> None:
    """Say what changed between the runs in two folders, like outputs/2023Q3 and outputs/2023Q4.

    Revised numbers, forecasts and what came of them, parameters, data and code, in a page.
    """
    result = zs.compare(before, after, out, lang)
    for sentence in result.headlines:
        click.echo(sentence)
    click.echo(f"Open {result.page}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--period", metavar="PERIOD", help="What a bulletin leaves open of its period, like 2023-10.")
@click.option("--area", metavar="CODE", help="Area of a bulletin that names none [default: the city].")
@click.option("--released", metavar="DATE", help="Release date where the file does not say.")
@click.option("--source", metavar="ID", help="Name of the release [default: from the file].")
@click.option("--keep-conflicts", is_flag=True, help="Store figures that contradict others of the same day.")
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@DATA_OPTION
def ingest(
    files: tuple[Path, ...],
    period: str | None,
    area: str | None,
    released: str | None,
    source: str | None,
    keep_conflicts: bool,
    dry_run: bool,
    data: Path | None,
) -> None:
    """Take the figures of FILES, bulletins or tables of observations, into the data package.

    Each file is one step: all of it or nothing. What changed is shown, and every number that was not read.
    """
    if source and len(files) > 1:
        raise click.UsageError("--source names one release; give one file with it.")
    options = {"period": period, "area": area, "released": released, "source": source, "data": data}
    failed = 0
    for file in files:
        try:
            result = zs.ingest(file, keep_conflicts=keep_conflicts, write=not dry_run, **options)
        except ValueError as error:
            if not for_the_user(error):
                raise
            click.echo(f"zs-analysis: {error}", err=True)
            failed += 1
        else:
            click.echo(result)
            failed += not result.ok
    sys.exit(2 if failed else 0)


@main.command()
@click.option("--format", "form", type=click.Choice(["sdmx-csv", "xlsx", "parquet"]), required=True)
@click.option("--table", default="observations", show_default=True, help="Table of the data package.")
@click.option("--as-of", metavar="DATE", help="Only what was published by this day, like 2023-12-13.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help="File or folder [default: here]."
)
@click.option("--override", metavar="REASON", help="Why a register of single enterprises may be written out.")
@DATA_OPTION
def export(
    form: str, table: str, as_of: str | None, out: Path, override: str | None, data: Path | None
) -> None:
    """Write the published figures in a format that other programs read."""
    if table not in zs.loaders.TABLES:
        raise click.UsageError(f"no table {table!r}; there are {', '.join(zs.loaders.TABLES)}")
    path = zs.export(out, format=form, table=table, as_of=as_of, data=data, override=override)
    click.echo(f"Written: {path}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--city", required=True, metavar="CODE", help="Code of the city, like ningbo.")
@click.option("--zh", required=True, metavar="NAME", help="Its Chinese name, like 宁波市.")
@click.option("--en", required=True, metavar="NAME", help="Its English name, like Ningbo.")
def init(folder: Path, city: str, zh: str, en: str) -> None:
    """Start a data package for another city of Zhejiang in FOLDER, a new or empty one.

    It holds the codes that cities share and the empty tables of the city's own.
    """
    zs.loaders.init(folder, city=city, zh=zh, en=en)
    click.echo(f"Written: {folder}")
    click.echo(f"What it needs: zs-analysis validate --data {folder}")


@main.command()
@DATA_OPTION
def validate(data: Path | None) -> None:
    """Check a data package: list all that is wrong, else say what it still lacks for which report."""
    failures = zs.validate(data)
    if len(failures):
        click.echo(failures.to_string(index=False, na_rep=""), err=True)
        click.echo(f"{len(failures)} failures", err=True)
        sys.exit(2)
    for table in zs.loaders.TABLES:
        click.echo(f"{table:17} {len(zs.load(table, data=data)):5} rows, no failure")
    _missing(data)


def _missing(data: Path | None) -> None:
    view = zs.View("2000Q1", data_dir=data and str(data))
    for gap in zs.loaders.gaps(view.table, view.city, view.province):
        click.echo(f"No {gap.en}: less in {', '.join(gap.reports)}\n  -> {gap.add}")
    click.echo(f"Next: {_next_step(view)}")


def _next_step(view: "zs.View") -> str:
    """The command that goes on from here."""
    of = f" --data {view.data_dir}" if view.data_dir else ""
    out = f" --out outputs/{view.city}" if view.data_dir else ""
    if view.table("observations").empty:
        return f"zs-analysis ingest FILE{of}, a bulletin or a table of observations"
    try:
        zs.loaders.newest_quarter(view.data_dir)
    except ValueError:  # it has figures, but not the one that dates a quarter
        return f"zs-analysis render QUARTER{of}{out}, a quarter like 2023Q4"
    return f"zs-analysis render{of}{out}"


@main.command("open")
@click.argument("period", required=False)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True)
def open_(period: str | None, lang: str, out: Path) -> None:
    """Open the reports of PERIOD, or the list of all reports, in the browser."""
    page = (out / period / ("" if lang == "zh" else lang) if period else out) / "index.html"
    if not page.is_file():
        raise click.UsageError(f"no {page}; zs-analysis render{f' {period}' if period else ''} makes it.")
    if click.launch(str(page)):
        click.echo("No browser could be started.", err=True)
    click.echo(f"Open {page}")


@main.command()
@click.argument("period", required=False)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--as-of", metavar="DATE", help="Use what was published by this day, like 2023-12-13.")
@DATA_OPTION
def targets(period: str | None, lang: str, as_of: str | None, data: Path | None) -> None:
    """Show each target in force in PERIOD, a quarter like 2023Q4, with its newest outcome and state.

    Without PERIOD: the newest quarter with a published headline figure, as known when that was published.
    """
    from zs_analysis.present.targets import target_table

    period, as_of = _newest(period, as_of, data)
    view = zs.View(period, as_of, lang, str(data.resolve()) if data else None)
    click.echo(target_table(view) or view.no_data)


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True)
@DATA_OPTION
def doctor(out: Path, data: Path | None) -> None:
    """Say what is missing on this machine, and how to get it.

    Exit code 1 if something that reports need is missing.
    """
    from zs_analysis.doctor import examine

    states = set()
    for finding in examine(data, out):
        click.echo(finding)
        states.add(finding.state)
    sys.exit(FAILED if "missing" in states else 0)

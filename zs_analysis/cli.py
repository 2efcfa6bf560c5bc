"""The command line: a thin layer over the public functions."""

import sys
from pathlib import Path
from typing import Any

import click

import zs_analysis as zs

DATA_OPTION = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of another data package [default: the embedded one].",
)


class Commands(click.Group):
    """Turns the errors a user can mend into one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValueError as error:
            if type(error).__module__.startswith("zs_analysis"):
                click.echo(f"zs-analysis: {error}", err=True)
                ctx.exit(2)
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zs-analysis")
def main() -> None:
    """Quarterly reports on Zhoushan's 155 manufacturing clusters."""


@main.command()
@click.argument("period", required=False)
@click.option("--report", "reports", multiple=True, metavar="NAME", help="Only this report; may be repeated.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--as-of", metavar="DATE", help="Use what was published by this day, like 2023-12-13.")
@DATA_OPTION
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time [default: one a core].")
def render(
    period: str | None,
    reports: tuple[str, ...],
    lang: str,
    as_of: str | None,
    data: Path | None,
    out: Path,
    jobs: int | None,
) -> None:
    """Render the reports of PERIOD, a quarter like 2023Q4.

    Without PERIOD: the newest quarter with a published headline figure, as known when that was published.
    """
    if period is None:
        period, known = zs.loaders.newest_quarter(data, as_of)
        as_of = as_of or known
        click.echo(f"Newest quarter in the data: {period}, as known on {as_of}")
    result = zs.render(period, reports or None, out, lang, as_of, jobs=jobs, data=data)
    for report in result.reports:
        if report.status != "ok":
            click.echo(f"failed: {report.name}: {report.message}\n  see {report.error_page}", err=True)
    click.echo(f"Open {result.index}")
    sys.exit(0 if result.ok else 1)


@main.command()
@DATA_OPTION
def validate(data: Path | None) -> None:
    """Check a data package and list everything that is wrong with it."""
    failures = zs.validate(data)
    if len(failures):
        click.echo(failures.to_string(index=False, na_rep=""), err=True)
        click.echo(f"{len(failures)} failures", err=True)
        sys.exit(2)
    for table in zs.loaders.TABLES:
        click.echo(f"{table:13} {len(zs.load(table, data=data)):5} rows, no failure")

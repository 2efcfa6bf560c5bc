"""Fuzz of the bulletin reader: tables of known truth, mutated, must be read right or refused.

    python benchmarks/bulletin_fuzz.py --tables 20000 --seed 1

Each table has a title with its month and one to three blocks of levels and growth by indicator, area or
industry. It is written in one of the formats of ``tests/loaders/bulletin/written.py``, damaged in one or two
ways, and read. Every observation that comes out must be one of the undamaged table.

What is left out by construction, because the result is another valid table: a digit or a sign turned into
another, a unit exchanged for one of the same dimension, a later block's lost head (its rows then stand under
the head before), a row whose cells moved in a format that does not tell how many fields a row had (xlsx and
xls), changed bytes of an xls file, which has no checksum.
"""

import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
import openpyxl
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "loaders" / "bulletin"))
from written import MERGING, WRITERS, Span, Table, write

from zs_analysis.loaders.bulletin.cells import BulletinError
from zs_analysis.loaders.bulletin.files import open_document
from zs_analysis.loaders.bulletin.read import examine
from zs_analysis.loaders.bulletin.text import holds_number

MAX_SECONDS = 10.0
Key = tuple[str, ...]  # indicator, area, activity, period, transformation, unit
WORKBOOKS = {"xlsx", "xlsx-shared", "xls"}
BINARY = {*WORKBOOKS, "docx"}

# Label, unit, codes, and a yearly amount of the real size, so that the reader's knowledge of sizes agrees.
SERIES = [
    ("规模以上工业总产值", "亿元", "gross_output_scale", "total", "1e8_cny", 1800.0),
    ("固定资产投资", "亿元", "investment_fixed_asset", "total", "1e8_cny", 1100.0),
    ("社会消费品零售总额", "亿元", "retail_sales", "total", "1e8_cny", 500.0),
    ("进出口总额", "亿元", "trade_total", "total", "1e8_cny", 1800.0),
    ("地区生产总值", "亿元", "gdp", "total", "1e8_cny", 1500.0),
    ("水产品产量", "万吨", "aquatic_output", "fishery", "1e4_t", 180.0),
    ("港口货物吞吐量", "万吨", "port_throughput", "total", "1e4_t", 50000.0),
]
AREAS = [("定海区", "dinghai"), ("普陀区", "putuo"), ("岱山县", "daishan"), ("嵊泗县", "shengsi")]
# Least and greatest share in the city, as real as the amounts.
SHARES = [(0.15, 0.3), (0.1, 0.25), (0.15, 0.35), (0.005, 0.02)]
SPACED = {"定海区": "定 海", "普陀区": "普 陀", "岱山县": "岱 山", "嵊泗县": "嵊 泗"}
INDUSTRIES = [("船舶修造业", "ships"), ("水产品加工业", "seafood"), ("石油化工业", "petrochemicals")]


@dataclass
class Bulletin:
    """A table and what it says."""

    table: Table
    truth: dict[Key, float] = field(default_factory=dict)
    shuffles: bool = True  # no head leans on its neighbour


@dataclass
class Outcome:
    """What became of one damaged table."""

    number: int
    format: str
    damage: str
    result: str
    detail: str
    seconds: float


def bulletin(rng: random.Random) -> Bulletin:
    """A bulletin of one to three blocks."""
    year, month = rng.randint(2015, 2024), rng.randint(2, 12)
    made = Bulletin([[rng.choice(["", "舟山市"]) + f"{year}年{month}月主要统计指标"]])
    for series in rng.sample(SERIES, rng.randint(1, 3)):
        rng.choice([_sums, _growth, _month_and_sum, _storeys, _areas_across])(rng, made, series, year, month)
    width = max(map(len, made.table))
    made.table = [[*row, *[""] * (width - len(row))] for row in made.table]
    return made


def _amounts(rng: random.Random, series: tuple, month: int) -> list[tuple[str, str, str, float]]:
    """Label, area, activity and amount of a series and its parts; the four areas add to the whole."""
    label, _, indicator, activity, _, yearly = series
    whole = yearly * month / 12 * rng.uniform(0.7, 1.4)
    rows = [(label, "zhoushan", activity, whole)]
    if rng.random() < 0.6:
        drawn = [rng.uniform(*bounds) for bounds in SHARES]
        shares = [share / sum(drawn) for share in drawn]
        names = [(SPACED[name] if rng.random() < 0.3 else name, code) for name, code in AREAS]
        rows += [(name, code, activity, whole * s) for (name, code), s in zip(names, shares, strict=True)]
    elif indicator == "gross_output_scale":
        rows += [(name, "zhoushan", code, whole * rng.uniform(0.05, 0.3)) for name, code in INDUSTRIES]
    return [(("其中:" if n == 1 else "") + row[0], *row[1:]) for n, row in enumerate(rows)]


def _level(rng: random.Random, amount: float) -> str:
    return f"{amount:.{rng.choice([1, 1, 2])}f}"


def _growth_of(rng: random.Random) -> str:
    return f"{rng.uniform(-40, 80):.1f}"


def _record(
    made: Bulletin, series: tuple, area: str, activity: str, period: str, kind: str, text: str
) -> str:
    unit = "pct" if kind.endswith("yoy") else series[4]
    made.truth[series[2], area, activity, period, kind, unit] = float(text)
    return text


def _sums(rng: random.Random, made: Bulletin, series: tuple, year: int, month: int) -> None:
    """指标, 单位, 1-3月, ±%."""
    made.table.append(["指标", "单位", f"1-{month}月", rng.choice(["±%", "同比±%", "增长(%)"])])
    say = partial(_record, made, series)
    for label, area, activity, amount in _amounts(rng, series, month):
        at = (area, activity, f"{year}-{month:02}")
        level = say(*at, "ytd", _level(rng, amount))
        made.table.append([label, series[1], level, say(*at, "ytd_yoy", _growth_of(rng))])


def _growth(rng: random.Random, made: Bulletin, series: tuple, year: int, month: int) -> None:
    """指标, 单位, 1-3月同比±%."""
    made.table.append(["指标", "单位", f"1-{month}月同比±%"])
    for label, area, activity, _ in _amounts(rng, series, month):
        at = (area, activity, f"{year}-{month:02}")
        made.table.append([label, "%", _record(made, series, *at, "ytd_yoy", _growth_of(rng))])


def _month_and_sum(rng: random.Random, made: Bulletin, series: tuple, year: int, month: int) -> None:
    """指标, 单位, 3月, ±%, 1-3月, ±%."""
    explicit = rng.random() < 0.5
    made.shuffles &= explicit
    heads = [f"{month}月", f"{month}月同比±%", f"1-{month}月", f"1-{month}月同比±%"]
    made.table.append(["指标", "单位", *(heads if explicit else [heads[0], "±%", heads[2], "±%"])])
    say = partial(_record, made, series)
    for label, area, activity, amount in _amounts(rng, series, month):
        at = (area, activity, f"{year}-{month:02}")
        alone = say(*at, "level", _level(rng, amount / month)), say(*at, "yoy", _growth_of(rng))
        since = say(*at, "ytd", _level(rng, amount)), say(*at, "ytd_yoy", _growth_of(rng))
        made.table.append([label, series[1], *alone, *since])


def _storeys(rng: random.Random, made: Bulletin, series: tuple, year: int, month: int) -> None:
    """A head of two storeys, 1-3月 over 绝对量 and 同比±%."""
    made.table.append([Span("指标", 2, 1), Span("单位", 2, 1), Span(f"1-{month}月", 1, 2), None])
    made.table.append([None, None, "绝对量", "同比±%"])
    made.shuffles = False
    say = partial(_record, made, series)
    for label, area, activity, amount in _amounts(rng, series, month):
        at = (area, activity, f"{year}-{month:02}")
        level = say(*at, "ytd", _level(rng, amount))
        made.table.append([label, series[1], level, say(*at, "ytd_yoy", _growth_of(rng))])


def _areas_across(rng: random.Random, made: Bulletin, series: tuple, year: int, month: int) -> None:
    """指标, 单位, 定海区, 普陀区, ...: sums since January."""
    made.table.append([f"{year}年1-{month}月分县(区)主要指标"])
    made.table.append(["指标", "单位", *(name for name, _ in AREAS)])
    amounts = [series[5] * month / 12 * rng.uniform(*bounds) for bounds in SHARES]
    period = f"{year}-{month:02}"
    cells = [
        _record(made, series, area, series[3], period, "ytd", _level(rng, amount))
        for (_, area), amount in zip(AREAS, amounts, strict=True)
    ]
    made.table.append([series[0], series[1], *cells])


# Damage to the table. Each returns nothing and may leave the table as it is.

_NUMERAL = re.compile(r"-?\d+\.\d+")
Place = tuple[int, int]


def _numerals(table: Table) -> list[Place]:
    return [
        (r, c)
        for r, row in enumerate(table)
        for c, text in enumerate(row)
        if isinstance(text, str) and _NUMERAL.fullmatch(text)
    ]


def drop_a_number(rng: random.Random, made: Bulletin) -> None:
    """A number cell is blank."""
    r, c = rng.choice(_numerals(made.table))
    made.table[r][c] = rng.choice(["", "-", "—", "…", "...", "上年为1.43"])


def drop_a_field(rng: random.Random, made: Bulletin) -> None:
    """A field is lost and those after it move left: the row is one field short."""
    row = rng.choice([row for row in made.table if all(isinstance(text, str) for text in row)])
    del row[rng.randrange(len(row))]


def add_a_field(rng: random.Random, made: Bulletin) -> None:
    """A blank field too many moves the rest to the right: the row is one field long."""
    row = rng.choice([row for row in made.table if all(isinstance(text, str) for text in row)])
    row.insert(rng.randrange(len(row)), "")


def shuffle_columns(rng: random.Random, made: Bulletin) -> None:
    """Columns change places together with their heads."""
    order = list(range(1, len(made.table[0])))
    rng.shuffle(order)
    if made.shuffles:
        made.table = [[row[0], *(row[c] for c in order)] for row in made.table]


def repeat_a_row(rng: random.Random, made: Bulletin) -> None:
    """A row of numbers comes twice."""
    r, _ = rng.choice(_numerals(made.table))
    made.table.insert(r + 1, list(made.table[r]))


def _is_head(row: list) -> bool:
    first = row[0].text if isinstance(row[0], Span) else row[0]
    return first is None or re.sub(r"\s", "", first) == "指标"


def remove_a_row(rng: random.Random, made: Bulletin) -> None:
    """A row is lost: the title, the first head or a row of numbers."""
    plain = [n for n, row in enumerate(made.table) if all(isinstance(text, str) for text in row)]
    heads = [n for n, row in enumerate(made.table) if _is_head(row)]
    plain = [n for n in plain if n not in heads[1:]]
    del made.table[rng.choice(plain)]


def blank_rows(rng: random.Random, made: Bulletin) -> None:
    """Blank rows in between."""
    for _ in range(rng.randint(1, 4)):
        r = rng.randint(0, len(made.table))
        if r == len(made.table) or None not in made.table[r]:
            made.table.insert(r, [""] * len(made.table[0]))


def blank_column(rng: random.Random, made: Bulletin) -> None:
    """A blank column between the others."""
    c = rng.randint(0, len(made.table[0]))
    if all(c == len(row) or row[c] is not None for row in made.table):
        for row in made.table:
            row.insert(c, "")


def exchange_units(rng: random.Random, made: Bulletin) -> None:
    """A row gets a unit of another dimension."""
    rows = [row for row in made.table if len(row) > 1 and row[1] in ("亿元", "万吨")]
    if rows:
        row = rng.choice(rows)
        row[1] = "万吨" if row[1] == "亿元" else "亿元"


def full_width(rng: random.Random, made: Bulletin) -> None:
    """Digits, points and signs of a Chinese keyboard."""
    wide = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    for r, c in rng.sample(_numerals(made.table), k=1):
        made.table[r][c] = made.table[r][c].translate(wide)


def separators(rng: random.Random, made: Bulletin) -> None:
    """Thousands separators, wherever there are thousands."""
    for r, c in _numerals(made.table):
        whole, _, rest = made.table[r][c].partition(".")
        made.table[r][c] = f"{int(whole):,}.{rest}" if len(whole) > 3 else made.table[r][c]


def percent_signs(rng: random.Random, made: Bulletin) -> None:
    """A percent sign behind a growth rate."""
    growth = [(r, c) for r, c in _numerals(made.table) if "-" in made.table[r][c]]
    if growth:
        r, c = rng.choice(growth)
        made.table[r][c] += "%"


def footnotes(rng: random.Random, made: Bulletin) -> None:
    """A mark behind a number and a note at the end."""
    r, c = rng.choice(_numerals(made.table))
    made.table[r][c] += rng.choice(["①", "¹", "*", "[1]", "(1)"])
    made.table.append(["注:2019年起按新口径统计,2.5万户以下除外。"] + [""] * (len(made.table[0]) - 1))


def inner_blanks(rng: random.Random, made: Bulletin) -> None:
    """Blanks inside labels and heads."""
    for row in made.table[1:]:
        if isinstance(row[0], str) and rng.random() < 0.3:
            row[0] = rng.choice([" ", "\u3000"]).join(row[0])


def nothing(rng: random.Random, made: Bulletin) -> None:
    """No damage: must be read in full."""


TABLE_DAMAGE = [
    drop_a_number,
    shuffle_columns,
    repeat_a_row,
    remove_a_row,
    blank_rows,
    blank_column,
    exchange_units,
    full_width,
    separators,
    percent_signs,
    footnotes,
    inner_blanks,
]
WIDTH_DAMAGE = [drop_a_field, add_a_field]


# Damage to the file.


def cut(rng: random.Random, path: Path) -> None:
    """The file ends early."""
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data))])


def cut_the_end(rng: random.Random, path: Path) -> None:
    """The last few bytes are lost."""
    data = path.read_bytes()
    path.write_bytes(data[: -rng.randint(1, min(40, len(data)))])


def junk_bytes(rng: random.Random, path: Path) -> None:
    """Bytes that belong to no text are put in."""
    data = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data))
        data[at:at] = bytes([rng.choice([*range(1, 9), *range(0x80, 0x100)])])
    path.write_bytes(bytes(data))


def stray_mark(rng: random.Random, path: Path) -> None:
    """A delimiter, quotation mark, bracket or blank is put in anywhere."""
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    data[at:at] = rng.choice([b",", b";", b"|", b"\t", b'"', b"'", b"<", b">", b"&", b" ", b"\n", b"\r"])
    path.write_bytes(bytes(data))


def formulas(rng: random.Random, path: Path) -> None:
    """Numbers become formulas without a stored result."""
    book = openpyxl.load_workbook(path)
    numbers = [cell for row in book.active for cell in row if isinstance(cell.value, float)]
    for cell in rng.sample(numbers, k=min(3, len(numbers))):
        cell.value = f"={cell.value}*1"
    book.save(path)


def bomb(rng: random.Random, path: Path) -> None:
    """A part of the workbook inflates to 200 MB."""
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/bomb.xml", "w") as part,
    ):
        for _ in range(200):
            part.write(b" " * 10**6)


def huge_sheet(rng: random.Random, path: Path) -> None:
    """A note at the far corner of the sheet, and a merged range over all of it."""
    book = openpyxl.load_workbook(path)
    book.active.cell(1_048_576, 16_384, "注")
    book.save(path)


BYTE_DAMAGE = {"text": [cut, cut_the_end, junk_bytes, stray_mark], "zip": [cut, junk_bytes], "xls": [cut]}
WORKBOOK_DAMAGE = [formulas, formulas, huge_sheet]


def damaged(rng: random.Random, made: Bulletin, folder: Path) -> tuple[str, str, Path]:
    """Write a bulletin in some format with some damage: the format, the damage, the file."""
    name = rng.choice(list(WRITERS))
    if any(None in row for row in made.table) and name not in MERGING:
        name = rng.choice(MERGING)
    applied = []
    if rng.random() < 0.65:
        possible = [*TABLE_DAMAGE, *(() if name in BINARY else WIDTH_DAMAGE)]
        chosen = rng.sample(possible, k=rng.choice([1, 1, 2]))
        for damage in sorted(chosen, key=WIDTH_DAMAGE.__contains__):
            if _numerals(made.table):
                damage(rng, made)
                applied.append(damage.__name__)
    path = write(made.table, name, folder)
    if rng.random() < 0.4 or not applied:
        damage = rng.choice([*_byte_damage(name), *(WORKBOOK_DAMAGE if "xlsx" in name else ())])
        if rng.random() < 0.002 and "xlsx" in name:
            damage = bomb
        if rng.random() < 0.8 or applied:
            damage(rng, path)
            applied.append(damage.__name__)
    return name, "+".join(applied) or "nothing", path


def _byte_damage(name: str) -> list[Callable[[random.Random, Path], None]]:
    kind = "xls" if name == "xls" else "zip" if name in BINARY else "text"
    return BYTE_DAMAGE[kind]


def run_one(number: int, seed: int) -> Outcome:
    """Make, damage and read one table."""
    rng = random.Random(f"{seed}-{number}")
    made = bulletin(rng)
    with tempfile.TemporaryDirectory() as folder:
        name, damage, path = damaged(rng, made, Path(folder))
        start = time.perf_counter()
        result, detail = judged(path, made.truth)
        seconds = time.perf_counter() - start
    if seconds > MAX_SECONDS:
        result, detail = "wrong", f"took {seconds:.1f} s"
    if damage == "nothing" and result != "read in full":
        result, detail = "wrong", f"undamaged, but {result}: {detail}"
    return Outcome(number, name, damage, result, detail, seconds)


def judged(path: Path, truth: dict[Key, float]) -> tuple[str, str]:
    """Compare what the reader makes of a file with the truth."""
    try:
        found = examine(path)
    except BulletinError as error:
        return "refused", _reason(error.why)
    except Exception as error:  # a crash is a finding, not an end of the run
        return "wrong", f"crash: {type(error).__name__}: {error}"
    columns = ["indicator", "ref_area", "activity", "time_period", "transformation", "unit", "obs_value"]
    read = {tuple(row[:6]): float(row[6]) for row in found.observations[columns].itertuples(index=False)}
    for key, value in read.items():
        if truth.get(key) != value:
            return "wrong", f"{'/'.join(key)} = {value}, truth {truth.get(key)}"
    cells = sum(holds_number(cell.text) for sheet in open_document(path).sheets for cell in sheet.cells)
    listed = len(found.observations) + len(found.unread) + len(found.labels)
    if cells != listed:
        return "wrong", f"{cells} cells with a number, {listed} accounted for"
    return ("read in full", "") if len(read) == len(truth) else ("read in part", "")


def _reason(why: str) -> str:
    """A reason without what differs from file to file."""
    plain = re.sub(r"\(.*?\)|'[^']*'|\"[^\"]*\"|[\d,.-]+|[一-鿿]+", "", why)
    return " ".join(plain.split(";")[0].split(":")[0].split())[:70]


@click.command()
@click.option("--tables", default=20_000, show_default=True, help="How many tables.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same tables.")
@click.option("--processes", default=2, show_default=True, help="How many at once.")
@click.option("--only", type=int, help="Run this one table and keep its file.")
def main(tables: int, seed: int, processes: int, only: int | None) -> None:
    """Damage bulletin tables of known truth and see that none is read wrong."""
    if only is not None:
        made = bulletin(rng := random.Random(f"{seed}-{only}"))
        name, damage, path = damaged(rng, made, Path(tempfile.mkdtemp()))
        click.echo(f"{name}, {damage}: {path}\n{judged(path, made.truth)}\n{made.truth}")
        return
    start = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        running = pool.map(partial(run_one, seed=seed), range(tables), chunksize=50)
        outcomes = list(tqdm(running, total=tables, mininterval=10))
    click.echo(report(outcomes, time.perf_counter() - start))
    sys.exit(any(outcome.result == "wrong" for outcome in outcomes))


def report(outcomes: list[Outcome], seconds: float) -> str:
    """The table of outcomes."""
    results = Counter(outcome.result for outcome in outcomes)
    reasons = Counter(outcome.detail for outcome in outcomes if outcome.result == "refused")
    lines = [f"{len(outcomes)} tables in {seconds:.0f} s", ""]
    lines += [f"{results[name]:7} {name}" for name in ("read in full", "read in part", "refused", "wrong")]
    parts = Counter(damage for o in outcomes if o.result == "read in part" for damage in [o.damage])
    lines += ["", "read in part after:"] + [f"{count:7} {damage}" for damage, count in parts.most_common(25)]
    lines += ["", "refused because:"] + [f"{count:7} {reason}" for reason, count in reasons.most_common()]
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    lines += [
        "",
        f"longest {max(o.seconds for o in outcomes):.2f} s, memory at most {peak / 1024:.0f} MB",
        "",
    ]
    wrong = [outcome for outcome in outcomes if outcome.result == "wrong"]
    lines += [f"wrong: table {o.number} as {o.format}, {o.damage}: {o.detail}" for o in wrong[:60]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()

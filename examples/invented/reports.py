"""What the invented firms report: months (year to date) and yearly accounts."""

import numpy as np
import pandas as pd

from invented.sectors import DOMINANT, MONTHS, SECTORS, THRESHOLD, YEARS, rng_of

ACCOUNT_YEARS = (2021, 2022, 2023)
QUARTER_ENDS = (3, 6, 9, 12)
STANDINGS = ("none", "innovative", "specialised", "little_giant")
RELEASE_DAY, ACCOUNTS_RELEASE = 25, "03-25"


def release_of(month: pd.Period) -> str:
    """Day on which a month's figures come out: the 25th of the next month."""
    return f"{month + 1}-{RELEASE_DAY}"


def months(firms: pd.DataFrame, output: np.ndarray) -> pd.DataFrame:
    """Monthly reports as they are known in the end.

    Parameters
    ----------
    firms : pandas.DataFrame
        As `invented.firms.register` gives them.
    output : numpy.ndarray
        Of each firm in each of `MONTHS`, 10,000 yuan.

    Returns
    -------
    pandas.DataFrame
        The columns of ``enterprise_months``, whole numbers of 10,000 yuan. January comes with February.
    """
    rng = rng_of("reports")
    year = MONTHS.year.to_numpy()
    total = np.concatenate([output[:, year == y].cumsum(axis=1) for y in sorted(set(year))], axis=1).round()
    base = np.zeros_like(total)
    base[:, 12:] = total[:, :-12]
    # Workshops change hands, so some firms restate the year before.
    restated = np.where(rng.random(len(firms)) < 0.08, rng.normal(1, 0.02, len(firms)), 1)
    revenue = rng.uniform(0.9, 1.05, len(firms))
    upgrading = _upgrading(firms, rng)[:, year - YEARS[0]]
    who, when = np.nonzero(_reporting(firms))
    return pd.DataFrame(
        {
            "enterprise": firms["enterprise"].to_numpy()[who],
            "time_period": MONTHS.astype(str).to_numpy()[when],
            "output_ytd": total[who, when],
            "output_ytd_base": (base * restated[:, None]).round()[who, when],
            "revenue_ytd": (total * revenue[:, None]).round()[who, when],
            "renovation_ytd": (total * upgrading).round()[who, when],
            "released": pd.Series(MONTHS).map(release_of).to_numpy()[when],
        }
    )


def _reporting(firms: pd.DataFrame) -> np.ndarray:
    """Who reports when: from the second year on, from the first month to the December after the last."""
    closing = [f"{MONTHS[last].year}-12" for last in firms["last"]]
    number = np.arange(len(MONTHS))
    asked = (number >= 12) & (MONTHS.month > 1)
    known = (number >= firms[["first"]].to_numpy()) & (
        MONTHS.astype(str).to_numpy() <= np.array(closing)[:, None]
    )
    return asked & known


def _upgrading(firms: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Technological upgrading of each firm in each of `YEARS`, as a share of its output; most do none."""
    share = rng.uniform(0.01, 0.09, (len(firms), len(YEARS))) * (rng.random((len(firms), 1)) < 0.42)
    share[firms["enterprise"].eq(DOMINANT)] = 0.007
    return share * np.array([0.8, 0.8, 0.95, 1.3, 1.45])


def with_revisions(final: pd.DataFrame) -> pd.DataFrame:
    """Monthly reports with their vintages.

    Notes
    -----
    Of each quarter's last month some firms report a preliminary figure; the final one follows with the last
    month of the next quarter.
    """
    rng = rng_of("revisions")
    period = pd.PeriodIndex(final["time_period"], freq="M")
    last = period.month.isin(QUARTER_ENDS) & (period < MONTHS[-1])
    dominant = final["enterprise"].eq(DOMINANT)
    hit = last & (rng.random(len(final)) < np.where(dominant, 0.5, 0.05))
    error = rng.normal(0, 0.02, len(final)).clip(-0.04, 0.04) * np.where(dominant, 0.25, 1)
    first = final[hit].copy()
    for column in ("output_ytd", "revenue_ytd"):
        first[column] = (first[column] * (1 + error[hit])).round()
    revised = final["time_period"].map({str(month): release_of(month + 3) for month in MONTHS})
    later = final.assign(released=final["released"].mask(hit, revised))
    return pd.concat([first, later]).sort_values(["enterprise", "time_period", "released"], ignore_index=True)


def accounts(firms: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Yearly accounts and standings.

    Parameters
    ----------
    firms : pandas.DataFrame
        As `invented.firms.register` gives them.
    reports : pandas.DataFrame
        As `months` gives them.

    Returns
    -------
    pandas.DataFrame
        With the columns of ``enterprise_years``. ``above_scale`` holds at the year's end: the firms whose
        monthly figures of the next year make up the published ones.
    """
    rng = rng_of("accounts")
    nature = _nature(firms, rng)
    december = reports[reports["time_period"].str.endswith("-12")]
    years = december.assign(year=december["time_period"].str[:4]).merge(nature, on="enterprise")
    years = _money(years, rng)
    open_ = years["last"].to_numpy() >= (years["year"].astype(int).to_numpy() - YEARS[0]) * 12 + 11
    above = open_ & years["revenue"].ge(THRESHOLD)
    years["above_scale"] = np.where(above, "yes", "no")
    years = _with_standing(years, above)
    years["released"] = (years["year"].astype(int) + 1).astype(str) + f"-{ACCOUNTS_RELEASE}"
    return years.sort_values(["enterprise", "year"], ignore_index=True)


def _nature(firms: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What stays the same of a firm over the years: productivity, thirst for energy, land, ambition."""
    count = len(firms)
    dominant = firms["enterprise"].eq(DOMINANT).to_numpy()
    sector = firms["activity"].map(SECTORS)
    return pd.DataFrame(
        {
            "enterprise": firms["enterprise"],
            "last": firms["last"],
            "va_rate": sector.map(lambda one: one.value_added) * rng.uniform(0.8, 1.2, count),
            "tax_rate": np.where(dominant, 0.24, rng.uniform(0.08, 0.22, count)),
            "rd_rate": np.where(dominant, 0.021, rng.uniform(0.012, 0.05, count)),
            "per_head": np.where(dominant, 420, rng.lognormal(3.9, 0.4, count)),
            "intensity": sector.map(lambda one: one.energy) * rng.lognormal(0, 0.35, count),
            "dirt": np.where(rng.random(count) < 0.4, np.nan, rng.lognormal(-2, 0.8, count)),
            "per_mu": np.where(dominant, 260, rng.lognormal(4.6, 0.6, count)),
            "rank": rng.random(count),
            "step": rng.random(count),
        }
    )


def _money(years: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Accounts of each firm and year from its output and its nature."""
    noise = rng.normal(1, 0.04, (5, len(years)))
    year = years["year"].astype(int) - ACCOUNT_YEARS[0]
    value_added = years["output_ytd"] * years["va_rate"] * noise[0]
    first_output = years.groupby("enterprise")["output_ytd"].transform("first")
    return years.assign(
        output=years["output_ytd"],
        revenue=years["revenue_ytd"],
        value_added=value_added.round(),
        tax=(value_added * years["tax_rate"] * noise[1]).round(),
        rd=(years["revenue_ytd"] * years["rd_rate"] * (1 + 0.07 * year) * noise[2]).round(),
        employees=(value_added / years["per_head"] * noise[3]).clip(lower=5).round(),
        energy=(value_added * years["intensity"] * 0.97**year * noise[4]).round(),
        emission=(value_added * years["intensity"] * years["dirt"] / 1000).round(2),
        land=(first_output * years["va_rate"] / years["per_mu"]).clip(lower=3).round(1),
    )


def _with_standing(years: pd.DataFrame, above: pd.Series) -> pd.DataFrame:
    """Listed firms, specialised SMEs and chain leaders; a standing rises as years pass."""
    passed = years["year"].astype(int) - ACCOUNT_YEARS[0]
    small = above & years["revenue"].lt(100_000)
    large = above & years["revenue"].ge(60_000)
    score = years["rank"] - 0.05 * passed
    level = np.select([score.lt(0.03), score.lt(0.13), score.lt(0.34)], [3, 2, 1], 0) * small
    leads = [years["step"].lt(0.06 + 0.03 * passed), years["step"].lt(0.17 + 0.08 * passed)]
    chain = np.select(leads, [2, 1], 0) * large
    listed = large & years["rank"].lt(0.06 + 0.025 * passed)
    return years.assign(
        listed=np.where(listed, "yes", "no"),
        specialised=np.array(STANDINGS)[level],
        chain_leader=np.array(["none", "city", "province"])[chain],
    )

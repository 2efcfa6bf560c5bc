"""What is believed before any figure is read."""

import numpy as np
import pandas as pd
import pytest

from zs_analysis.panels.prior import Belief, Prior, _calendar, _time

MONTHS = pd.period_range("2020-01", "2021-12", freq="M")
CUT_BOTH_WAYS = [("a", "ships"), ("a", "rest"), ("b", "ships"), ("b", "rest")]


@pytest.mark.parametrize("cells", [CUT_BOTH_WAYS, CUT_BOTH_WAYS[:2]])
def test_belief_applies_the_covariance_of_the_method(cells):
    prior = Prior()
    belief = Belief(prior, cells, MONTHS, 0.0)
    belief.widen(np.arange(2.0 * len(cells)).reshape(len(cells), 2))
    alike = np.eye(len(cells))
    between, levels = prior.common + (1 - prior.common) * alike, alike
    if cells == CUT_BOTH_WAYS:
        by_activity, by_area = np.kron(np.ones((2, 2)), np.eye(2)), np.kron(np.eye(2), np.ones((2, 2)))
        between = prior.common + prior.activity * by_activity + prior.area * by_area + prior.cell * alike
        levels = 0.4 * by_activity + 0.4 * by_area + 0.2 * alike
    together = prior.together + (1 - prior.together) * between
    expected = (
        np.kron(between, _time(prior, MONTHS))
        + np.kron(together, _calendar(prior, MONTHS))
        + prior.level**2 * np.kron(levels, np.ones((24, 24)))
    )
    walk = np.tril(np.ones((24, 24)))
    for i, jumps in enumerate(belief.jumps):
        wider = np.maximum(np.repeat(jumps, 12) - 1, 0) * (np.arange(24) > 0) * prior.walk**2
        expected[24 * i : 24 * i + 24, 24 * i : 24 * i + 24] += walk * wider @ walk.T
    np.testing.assert_allclose(belief.apply(np.eye(len(expected))), expected, rtol=1e-12, atol=1e-14)

"""What a printed number stands for, and how its rounding carries into what is derived from it."""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import wraps
from itertools import product
from typing import Any, ParamSpec, TypeAlias

import numpy as np
import pandas as pd

P = ParamSpec("P")


@dataclass(frozen=True)
class Interval:
    """A number and the range its rounding leaves open.

    Attributes
    ----------
    value : float
        The number as printed, or derived from numbers as printed.
    lo, hi : float
        ``lo <= value <= hi``, in the unit of `value`. Half-open: `hi` itself would have been printed as the
        next number up. An exact number has ``lo == value == hi``.

    Notes
    -----
    This is the error of rounding only. It says nothing of sampling, coverage or revision. A format
    specification applies to all three numbers.

    Examples
    --------
    >>> Interval(2886.0444, 2884.7179, 2887.3722)
    Interval(value=2886.0444, lo=2884.7179, hi=2887.3722)
    >>> f"{Interval(2886.0444, 2884.7179, 2887.3722):.1f}"
    '2886.0 [2884.7, 2887.4]'
    """

    value: float
    lo: float
    hi: float

    def __post_init__(self) -> None:
        numbers = (self.value, self.lo, self.hi)
        if not all(map(math.isfinite, numbers)) or not self.lo <= self.value <= self.hi:
            raise ValueError(f"an interval needs finite lo <= value <= hi; got {numbers} as (value, lo, hi)")

    @classmethod
    def printed(cls, number: str | float | Decimal, *, decimals: int | None = None) -> "Interval":
        """Read a number as printed: half a unit of its last digit either way.

        Parameters
        ----------
        number : str, int, float or Decimal
            A plain numeral without thousands separators. A float needs `decimals`.
        decimals : int, optional
            Digits after the point the source rounds to; negative for tens (-1) or hundreds (-2). Default: the
            digits written. Give it where the source drops a trailing zero (18 printed for 18.0).

        Returns
        -------
        Interval
            ``[number - step / 2, number + step / 2)`` with ``step = 10 ** -decimals``, exact in decimals.

        Raises
        ------
        ValueError
            If the number is no plain numeral, or has more digits than `decimals`.

        Examples
        --------
        >>> Interval.printed("12.5")
        Interval(value=12.5, lo=12.45, hi=12.55)
        >>> print(Interval.printed(429), Interval.printed("3800", decimals=-2), sep="; ")
        429 [428.5, 429.5]; 3800 [3750, 3850]
        """
        exact = _decimal(number)
        if decimals is None:
            decimals = _written_decimals(number, exact)
        step = Decimal(1).scaleb(-decimals)
        if exact and exact.normalize().as_tuple().exponent < -decimals:
            raise ValueError(
                f"{number} has digits beyond decimals={decimals}, so it was not printed so; "
                "pass the numeral as printed"
            )
        return cls(float(exact), float(exact - step / 2), float(exact + step / 2))

    @property
    def width(self) -> float:
        """``hi - lo``, in the unit of `value`.

        Examples
        --------
        >>> Interval.printed("429").width
        1.0
        """
        return self.hi - self.lo

    def contains(self, x: float) -> bool:
        """Whether `x` would be printed as this number: ``lo <= x < hi``, or equality if exact.

        Examples
        --------
        >>> printed = Interval.printed("12.5")
        >>> printed.contains(12.45), printed.contains(12.55)
        (True, False)
        """
        return self.lo <= x < self.hi or self.value == x == self.hi

    def __format__(self, spec: str) -> str:
        spec = spec or ".8g"
        value = format(self.value, spec)
        if self.lo == self.hi:
            return value
        return f"{value} [{self.lo:{spec}}, {self.hi:{spec}}]"

    def __str__(self) -> str:
        return format(self)


Rounded: TypeAlias = float | Interval
Quantity: TypeAlias = float | Interval | pd.Series


def propagate(function: Callable[..., float], *intervals: Rounded) -> Interval:
    """Carry the rounding of the arguments into the result.

    Parameters
    ----------
    function : callable
        From plain numbers to one plain number.
    *intervals : Interval or float
        Its arguments in order; a plain number is exact.

    Returns
    -------
    Interval
        The function at the printed values, and its least and greatest value at the corners of the box that
        the intervals span.

    Notes
    -----
    Right when the function is monotone in each argument while the others are held; every formula in this
    package is. For any other function the range can be too narrow. Arguments vary independently: a number
    that enters twice must be one argument, or the range is too wide.

    References
    ----------
    Moore, Kearfott and Cloud (2009), Introduction to Interval Analysis, SIAM.

    Examples
    --------
    >>> base = propagate(lambda y, g: y / (1 + g / 100), Interval.printed("3246.8"), Interval.printed("12.5"))
    >>> print(f"{base:.4f}")
    2886.0444 [2884.7179, 2887.3722]
    """
    ranges = [_as_interval(given) for given in intervals]
    value = function(*(given.value for given in ranges))
    corners = product(*({given.lo, given.hi} for given in ranges))
    found = [value, *(function(*corner) for corner in corners)]
    return Interval(float(value), float(min(found)), float(max(found)))


def carries_rounding(function: Callable[P, Any]) -> Callable[P, Any]:
    """Let a function of plain numbers also take intervals, and then return one (see `propagate`).

    Examples
    --------
    >>> @carries_rounding
    ... def half(x: float) -> float:
    ...     return x / 2
    >>> half(3.0), half(Interval.printed("3"))
    (1.5, Interval(value=1.5, lo=1.25, hi=1.75))
    """
    signature = inspect.signature(function)

    @wraps(function)
    def carried(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not any(isinstance(given, Interval) for given in (*args, *kwargs.values())):
            return function(*args, **kwargs)
        arguments = signature.bind(*args, **kwargs).arguments
        rounded = {name: given for name, given in arguments.items() if isinstance(given, Interval)}
        _refuse_series(arguments)

        def at(*corner: float) -> float:
            return function(**(arguments | dict(zip(rounded, corner, strict=True))))

        return propagate(at, *rounded.values())

    return carried


def _refuse_series(arguments: dict[str, Any]) -> None:
    series = [name for name, given in arguments.items() if isinstance(given, pd.Series)]
    if series:
        raise TypeError(
            f"{series} are Series beside an Interval; use one Interval at a time, or Series throughout"
        )


def _as_interval(given: Rounded) -> Interval:
    return given if isinstance(given, Interval) else Interval(float(given), float(given), float(given))


def _decimal(number: str | float | Decimal) -> Decimal:
    try:
        exact = Decimal(str(number).strip())
    except InvalidOperation:
        exact = Decimal("nan")
    if not exact.is_finite() or "_" in str(number):
        raise ValueError(
            f"{number!r} is not a plain numeral; pass digits with at most one point, no separators or unit"
        )
    return exact


def _written_decimals(number: str | float | Decimal, exact: Decimal) -> int:
    # 50 and 50.0 are the same float, but not the same printed number.
    if isinstance(number, (float, np.floating)) or exact.as_tuple().exponent > 0:
        raise ValueError(
            f"cannot tell how {number!r} was printed; pass decimals=, or the numeral as a string like '50.0'"
        )
    return -exact.as_tuple().exponent

"""Codes that are not there, and the nearest that are."""

from collections.abc import Iterable
from difflib import get_close_matches

# More codes than this are not listed one by one.
MOST_LISTED = 30


def require_code(kind: str, code: object, codes: Iterable[str], *, where: str = "") -> None:
    """Refuse a code that is not among those there are.

    Parameters
    ----------
    kind : str
        What it names: ``table``, ``area``.
    code : object
    codes : iterable of str
    where : str
        Where those that there are come from, for the message.

    Raises
    ------
    ValueError
        It names the nearest codes, and all of them where they are few.

    Examples
    --------
    >>> require_code("table", "cluster", ["clusters", "areas"])
    Traceback (most recent call last):
    ValueError: no table 'cluster'; did you mean clusters? there are clusters, areas
    """
    codes = list(dict.fromkeys(codes))
    if code in codes:
        return
    place = f" in {where}" if where else ""
    near = get_close_matches(str(code), codes, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ";"
    there = ", ".join(codes) if len(codes) <= MOST_LISTED else f"{len(codes)}, {codes[0]} the first"
    raise ValueError(f"no {kind} {code!r}{place}{hint} there are {there}")

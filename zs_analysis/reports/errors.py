"""What can go wrong before or around a run. A failing notebook is a result, not an exception."""

from __future__ import annotations


class ReportError(ValueError):
    """A run that cannot start or cannot publish; the message says what, where and what to do."""


class ParameterError(ReportError):
    """Parameters that a notebook does not take, or a notebook that does not declare them well.

    Attributes
    ----------
    problems : list of str
        Every problem found, one sentence each.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Nothing was run:\n" + "\n".join(f"  - {problem}" for problem in problems))

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return type(self), (self.problems,)

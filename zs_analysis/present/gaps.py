"""What a report lacks because the data package holds none of it."""

from zs_analysis.loaders import gaps
from zs_analysis.present.view import Note, View


def note(view: View, report: str) -> Note:
    """Say what a report lacks; an empty line where the package has a row of everything it draws on.

    Parameters
    ----------
    report : str
        Its number, like ``10``.
    """
    found = [
        gap for gap in gaps(view.table, view.city, view.province) if report in gap.reports and gap.on_page
    ]
    if not found:
        return Note("")
    names = view.say("、", ", ").join(view.say(gap.zh, gap.en) for gap in found)
    return Note(
        view.say(
            f"数据包里没有{names}，相关各节因此没有内容。",
            f"The data package holds no {names}; the sections that need them are empty.",
        )
    )

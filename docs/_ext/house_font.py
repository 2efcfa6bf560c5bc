"""The house's font, cut to the characters of the site, so that Chinese shows on any machine."""

from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx

from zs_analysis.present import font_face_css, fonts


class Characters(HTMLParser):
    """Collects the characters of pages."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_data(self, data: str) -> None:
        """Called for each piece of text."""
        self.found.update(data)


def write(app: Sphinx, error: Exception | None) -> None:
    """Cut the font, when all pages are written."""
    if error or app.builder.format != "html":
        return
    characters = Characters()
    for page in sorted(Path(app.outdir).rglob("*.html")):
        characters.feed(page.read_text(encoding="utf-8"))
    known = "".join(sorted(characters.found & fonts.glyphs()))
    (Path(app.outdir) / "_static/house-font.css").write_text(font_face_css(known), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}

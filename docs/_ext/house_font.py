"""The house's font, cut to the characters of the site, so that Chinese shows on any machine."""

from pathlib import Path

from sphinx.application import Sphinx

from zs_analysis.present import font_face_css, fonts


def write(app: Sphinx, error: Exception | None) -> None:
    """Cut the font, when all pages are written."""
    if error or app.builder.format != "html":
        return
    used = set().union(*(path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html")))
    known = "".join(sorted(used & fonts.glyphs()))
    (Path(app.outdir) / "_static/house-font.css").write_text(font_face_css(known), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}

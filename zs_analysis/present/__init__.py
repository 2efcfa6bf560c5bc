"""What readers see: charts, tables, findings, and numbers as words."""

import lazy_loader

# On first use: who only wants words does not wait for matplotlib.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    {"charts", "fonts", "numbers", "style"},
    {
        "chart": ["Chart"],
        "findings": ["Findings"],
        "fonts": ["MissingGlyphError", "font_face_css"],
        "style": ["use_style"],
        "table": ["Column", "Table"],
    },
)

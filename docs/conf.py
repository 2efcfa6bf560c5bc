"""Sphinx's settings: `make docs` builds the site, offline, and the site loads nothing from elsewhere."""

import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "zs-analysis"
version = release = metadata.version(project)
language = "en"
# a Chinese font would draw curly quotes as wide as a character
smartquotes = False
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "live_pages",
    "house_font",
    "search_chinese",
]
exclude_patterns = ["_build", "_ext"]

myst_heading_anchors = 4
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
add_module_names = False
python_maximum_signature_line_length = 80
numpydoc_show_class_members = False
# a single backtick in a docstring links where it can
default_role = "py:obj"

html_theme = "pydata_sphinx_theme"
html_title = f"zs-analysis {version}"
html_static_path = ["_static"]
html_css_files = ["docs.css", "house-font.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_last_updated_fmt = None
# excerpts are fetched, which browsers refuse to pages opened from a folder
html_show_search_summary = False
html_search_language = "zs"
html_context = {"default_mode": "light"}
# pages without neighbours need no list of them
html_sidebars = {page: [] for page in ("index", "tutorial", "tutorial.zh-CN", "gallery")}
html_theme_options = {
    "navbar_end": ["navbar-icon-links"],
    "navbar_persistent": ["search-button"],
    "footer_start": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "navigation_depth": 3,
}

"""The published pages as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from zs_analysis.reports.words import HTML_LANG, WORDS, Lang

FEED = "feed.xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00Z"
# What XML 1.0 cannot hold, not even escaped.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(pages: Iterable[Mapping[str, Any]], suite: str, lang: Lang) -> bytes:
    """A feed with an entry for each page, the newest first.

    Parameters
    ----------
    pages : iterable of mapping
        ``href`` relative to the feed, ``lang``, ``title``, ``updated`` and ``findings``.
    suite : str
        Who publishes.
    lang : {"zh", "en"}
        Of the title of the feed.

    Returns
    -------
    bytes
        An XML document. Identifiers depend on suite and address alone: a page made again keeps its own.
    """
    newest_first = sorted(sorted(pages, key=lambda page: page["href"]), key=_updated, reverse=True)
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": HTML_LANG[lang]})
    _add(feed, "id", _identifier(suite, FEED))
    _add(feed, "title", f"{suite} · {WORDS[lang]['root_title']}")
    _add(feed, "updated", _updated(newest_first[0]) if newest_first else NEVER)
    _add(_add(feed, "author"), "name", suite)
    _add(feed, "link", rel="self", type="application/atom+xml", href=FEED)
    _add(feed, "link", rel="alternate", type="text/html", href="index.html")
    for page in newest_first:
        _entry(feed, page, suite)
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def _entry(feed: ElementTree.Element, page: Mapping[str, Any], suite: str) -> None:
    language = HTML_LANG[page["lang"]]
    entry = ElementTree.SubElement(feed, "entry", {"xml:lang": language})
    _add(entry, "id", _identifier(suite, page["href"]))
    _add(entry, "title", page["title"])
    _add(entry, "updated", _updated(page))
    _add(entry, "link", rel="alternate", type="text/html", hreflang=language, href=quote(page["href"]))
    _add(entry, "summary", "\n".join(page["findings"]) or page["title"])


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = UNWRITABLE.sub("", text) or None
    return child


def _updated(page: Mapping[str, Any]) -> str:
    return page["updated"]


def _identifier(suite: str, address: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{suite}/{address}").urn

"""The warnings as an Atom feed (RFC 4287), as aggregators of CAP read it."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from backend.alerts.cap_xml import MEDIA_TYPE
from backend.alerts.feed import PublicAlert, PublicAlerts
from backend.alerts.telling import marked
from backend.push.wording import said

ATOM = "http://www.w3.org/2005/Atom"
FEED_TYPE = "application/atom+xml"
PATH = "/feeds/cap.atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NEVER = datetime(2017, 1, 1, tzinfo=UTC)
"""When a feed without any warning changed last: Atom wants a moment."""


def written(found: PublicAlerts, *, base: str) -> bytes:
    """The feed as bytes, the same for the same warnings. `base`: scheme and host."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    feed.set(_XML_LANG, "zh-CN")
    _add(feed, "id", uuid5(NAMESPACE_URL, base + PATH).urn)
    _add(feed, "title", said("zh", "Public warnings"))
    _add(feed, "updated", _moment(found.changed_at or _NEVER))
    _link(feed, base + PATH, "self", FEED_TYPE)
    for each in found.alerts:
        _entry(feed, each, base)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(feed: etree._Element, alert: PublicAlert, base: str) -> None:
    message = alert.message
    entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
    _add(entry, "id", alert.id.urn)
    _add(entry, "title", marked(message.headline, message.status))
    _add(entry, "updated", _moment(message.sent))
    _add(entry, "published", _moment(message.sent))
    author = etree.SubElement(entry, f"{{{ATOM}}}author")
    _add(author, "name", message.sender_name)
    for term in (message.status, message.type, message.category):
        etree.SubElement(entry, f"{{{ATOM}}}category").set("term", term.value)
    _add(entry, "summary", f"{message.description}\n{message.instruction}")
    _link(entry, f"{base}/feeds/cap/{message.identifier}.xml", "alternate", MEDIA_TYPE)


def _link(parent: etree._Element, href: str, rel: str, type: str) -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link")
    for name, value in (("href", href), ("rel", rel), ("type", type)):
        link.set(name, value)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()

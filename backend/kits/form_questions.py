"""What a built form asks, read out of its XForm: which answers are files, what repeats, what it chooses from."""

import re
from functools import lru_cache

from lxml import etree
from msgspec import Struct

_XFORMS = "{http://www.w3.org/2002/xforms}"
_MEDIA = re.compile(r"jr://(?:images|audio|video|file|file-csv)/([^\s\"'<>?]+)")


class Questions(Struct, frozen=True):
    """Paths lie below the root, in the form's order.

    paths    of every answer
    files    whose answers are files
    repeats  that hold a table for each time
    asked    that somebody is shown
    media    names of the files that the form chooses from or shows
    """

    paths: tuple[str, ...]
    files: tuple[str, ...]
    repeats: tuple[str, ...]
    asked: frozenset[str]
    media: tuple[str, ...]


@lru_cache(maxsize=64)
def questions_of(xml: bytes) -> Questions:
    """Of an XForm that pyxform wrote."""
    html = etree.fromstring(xml)
    binds = list(html.iter(f"{_XFORMS}bind"))
    root = next(html.iter(f"{_XFORMS}instance"))[0]
    return Questions(
        paths=tuple(dict.fromkeys(_paths(root))),
        files=tuple(below_root(bind.get("nodeset", "")) for bind in binds if bind.get("type") == "binary"),
        repeats=tuple(below_root(each.get("nodeset", "")) for each in html.iter(f"{_XFORMS}repeat")),
        asked=frozenset(below_root(each.get("ref", "")) for each in html.iter() if each.get("ref", "").startswith("/")),
        media=tuple(dict.fromkeys(_MEDIA.findall(xml.decode()))),
    )


def below_root(nodeset: str) -> str:
    """`/data/contact/channel` → `contact/channel`."""
    return nodeset.split("/", 2)[-1]


def _paths(element: etree._Element, above: str = "") -> list[str]:
    found = []
    for child in element:
        path = f"{above}{etree.QName(child).localname}"
        found += _paths(child, f"{path}/") if len(child) else [path]
    return found

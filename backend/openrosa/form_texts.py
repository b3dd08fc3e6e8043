"""What a form shows to whoever fills it in, read out of its XForm: needed where the words themselves are evidence."""

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from backend.kits.forms import ROOT

_XFORMS = "{http://www.w3.org/2002/xforms}"


def shown(xform: bytes, path: str) -> str:
    """A question's label in the form's own language, by the path below the root: `consent/handling`."""
    return _texts(xform)[f"/{ROOT}/{path}:label"]


@lru_cache(maxsize=64)
def _texts(xform: bytes) -> Mapping[str, str]:
    translations = etree.fromstring(xform).iter(f"{_XFORMS}translation")
    own = next(translation for translation in translations if translation.get("default"))
    return {text.get("id", ""): text.findtext(f"{_XFORMS}value") or "" for text in own}

"""What a form shows to whoever fills it in, read out of its XForm: needed where the words themselves are evidence."""

from collections.abc import Mapping
from functools import cache

from lxml import etree

from backend.kits.forms import ROOT, Form

_XFORMS = "{http://www.w3.org/2002/xforms}"


def shown(form: Form, path: str) -> str:
    """A question's label in the form's own language, by the path below the root: `consent/handling`."""
    return _texts(form)[f"/{ROOT}/{path}:label"]


@cache
def _texts(form: Form) -> Mapping[str, str]:
    translations = etree.fromstring(form.xml).iter(f"{_XFORMS}translation")
    own = next(translation for translation in translations if translation.get("default"))
    return {text.get("id", ""): text.findtext(f"{_XFORMS}value") or "" for text in own}

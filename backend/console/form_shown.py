"""A form as people see it on a phone, read out of its XForm: questions in order, with labels, hints and choices."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree
from msgspec import Struct

from backend.core.words import language
from backend.kits.form_questions import below_root

_X = "{http://www.w3.org/2002/xforms}"
_TEXT = "jr:itext('"
_CONTROLS = {f"{_X}{name}": name for name in ("input", "select", "select1", "upload", "rank", "trigger", "range")}


class Question(Struct, frozen=True, kw_only=True):
    """One question. Paths lie below the root.

    kind      what it takes: string, dateTime, date, int, decimal, geopoint, select1, select, binary …
    media     of a binary one what it takes, such as `image/*`
    choices   value → label; none where the phone gets them with a file
    repeat    path of the repeat it stands in
    heading   labels of the groups around it
    sometimes whether it is only asked after certain answers
    """

    path: str
    label: str
    hint: str
    kind: str
    media: str
    multiline: bool
    choices: Mapping[str, str]
    repeat: str | None
    heading: tuple[str, ...]
    required: bool
    sometimes: bool


def questions(xml: bytes) -> Mapping[str, Question]:
    """By path, in the form's order, in the reader's language where the form speaks it."""
    return _questions(xml, language.get())


@lru_cache(maxsize=64)
def _questions(xml: bytes, spoken: str) -> Mapping[str, Question]:
    html = etree.fromstring(xml)
    body = next(child for child in html if etree.QName(child).localname == "body")
    return {each.path: each for each in _Form(html, spoken).below(body, (), None, sometimes=False)}


class _Form:
    def __init__(self, html: etree._Element, spoken: str) -> None:
        self._texts = _texts(html, spoken)
        self._binds = {bind.get("nodeset", ""): bind for bind in html.iter(f"{_X}bind")}
        self._lists = {each.get("id", ""): each for each in html.iter(f"{_X}instance") if each.get("id")}

    def below(
        self, element: etree._Element, heading: tuple[str, ...], repeat: str | None, *, sometimes: bool
    ) -> Iterator[Question]:
        for child in element:
            if child.tag in _CONTROLS:
                yield self._question(child, heading, repeat, sometimes=sometimes)
            elif child.tag == f"{_X}group":
                label = self._label(child, "label")
                inside = (*heading, label) if label else heading
                yield from self.below(child, inside, repeat, sometimes=sometimes or self._relevant(child.get("ref")))
            elif child.tag == f"{_X}repeat":
                yield from self.below(child, heading, below_root(child.get("nodeset", "")), sometimes=sometimes)

    def _question(
        self, control: etree._Element, heading: tuple[str, ...], repeat: str | None, *, sometimes: bool
    ) -> Question:
        ref, name = control.get("ref", ""), _CONTROLS[control.tag]
        bind = self._binds.get(ref, control)
        kind = bind.get("type", "string").split(":")[-1]
        return Question(
            path=below_root(ref),
            label=self._label(control, "label"),
            hint=self._label(control, "hint"),
            kind=name if name in ("select", "select1", "rank", "trigger") else kind,
            media=control.get("mediatype", ""),
            multiline="multiline" in control.get("appearance", ""),
            choices=self._choices(control),
            repeat=repeat,
            heading=heading,
            required=bind.get("required", "").startswith("true"),
            sometimes=sometimes or self._relevant(ref),
        )

    def _relevant(self, ref: str | None) -> bool:
        bind = self._binds.get(ref or "")
        return bind is not None and bind.get("relevant") is not None

    def _label(self, element: etree._Element, name: str) -> str:
        found = element.find(f"{_X}{name}")
        if found is None:
            return ""
        ref = found.get("ref", "")
        if ref.startswith(_TEXT):
            return self._texts.get(ref.removeprefix(_TEXT).removesuffix("')"), "")
        return _plain(found)

    def _choices(self, control: etree._Element) -> Mapping[str, str]:
        items = {_said(item, "value"): self._label(item, "label") for item in control.iter(f"{_X}item")}
        for itemset in control.iter(f"{_X}itemset"):
            listed = self._lists.get(itemset.get("nodeset", "").partition("('")[2].partition("')")[0])
            if listed is not None and listed.get("src") is None:
                items |= {_said(item, "name"): self._choice(item) for item in listed.iter(f"{_X}item")}
        return items

    def _choice(self, item: etree._Element) -> str:
        return self._texts.get(_said(item, "itextId")) or _said(item, "label") or _said(item, "name")


def _texts(html: etree._Element, spoken: str) -> Mapping[str, str]:
    """In the language of the reader; where the form lacks a sentence in it, in the form's own."""
    every = list(html.iter(f"{_X}translation"))
    own = [each for each in every if each.get("default")]
    asked = [each for each in every if f"({spoken})" in each.get("lang", "")]
    found: dict[str, str] = {}
    for translation in [*own, *asked]:
        for text in translation.iter(f"{_X}text"):
            value = text.find(f"{_X}value")
            if value is not None and (said := _plain(value)):
                found[text.get("id", "")] = said
    return found


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{_X}{name}") or "").strip()


def _plain(element: etree._Element) -> str:
    """With `${answer}` shown as a gap: what the phone writes there is not known here."""
    parts = [element.text or ""]
    for child in element:
        parts += ["…", child.tail or ""]
    return "".join(parts).strip()

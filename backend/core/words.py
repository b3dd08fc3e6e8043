"""Words for people: every room's gettext catalogue, Chinese first.

A room keeps `locale/zh.po` beside its code; msgids are the English sentences. The catalogues are merged in memory at
the first use, so nothing compiled is committed.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from backend.core.clock import local

LANGUAGES = ("zh", "en")

language: ContextVar[str] = ContextVar("language", default="zh")


class Term(str):
    """A fact that is a msgid itself (a role, a kind of value): English on the wire, translated inside a sentence."""

    __slots__ = ()


@lru_cache(maxsize=256)
def preferred(accept_language: str) -> str:
    """`zh` or `en` out of an Accept-Language header (RFC 9110, 12.5.4); Chinese where it names neither."""
    wishes = [_wish(part) for part in accept_language.split(",")]
    tags = [tag for weight, tag in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0]
    return negotiate_locale(tags, LANGUAGES) or "zh"


def _wish(part: str) -> tuple[float, str]:
    tag, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            weight = _weight(value)
    return weight, tag.strip().split("-")[0].lower()


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def say(message: str, /, **facts: Any) -> str:
    """A message in the language of this request, its {named} places filled in.

    A moment is shown as people in Shandong read it, a list with the language's own comma, a Term translated.
    """
    translated = str(translations(language.get()).gettext(message)) if message else ""  # a Term comes back as it went
    if not facts:
        return translated
    try:
        return translated.format(**{name: _shown(fact) for name, fact in facts.items()})
    except (KeyError, IndexError, ValueError):
        return translated


def _shown(fact: Any) -> Any:
    if isinstance(fact, Term):
        return translations(language.get()).gettext(fact)
    if isinstance(fact, datetime):
        return local(fact).strftime("%Y-%m-%d %H:%M")
    if isinstance(fact, Iterable) and not isinstance(fact, str | bytes):
        return ("、" if language.get() == "zh" else ", ").join(str(_shown(each)) for each in fact)
    return fact


@cache
def translations(name: str) -> NullTranslations:
    """The merged catalogue of all rooms for one language; English is the msgids themselves."""
    if name == "en":
        return NullTranslations()
    merged = Catalog(locale=Locale.parse(name))
    for path in sorted(Path(__file__).parents[1].glob(f"*/locale/{name}.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=name, abort_invalid=True):
                if message.id:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)

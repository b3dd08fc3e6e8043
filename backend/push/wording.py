"""The words of a notice in both languages, and what a phone shows of them."""

from typing import Any

import msgspec

from backend.core import words
from backend.core.words import say
from backend.push.links import has_address

EXERCISE = "[Exercise] {words}"


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice says.

    voice_zh  to be read aloud; `zh` unless told
    public    the words tell nothing about a person and may lie on a locked screen, in an SMS, in a village group
    """

    zh: str
    en: str = ""
    voice_zh: str = ""
    title_zh: str = "连心"
    title_en: str = "Lianxin"
    public: bool = False


class Shown(msgspec.Struct, frozen=True):
    """What goes to a provider as title and body."""

    title: str
    body: str


def text(msgid: str, /, *, public: bool = False, **facts: Any) -> Text:
    """A room's own msgid in both languages, its {named} places filled in."""
    return Text(zh=said("zh", msgid, **facts), en=said("en", msgid, **facts), public=public)


def said(language: str, msgid: str, /, **facts: Any) -> str:
    """A msgid in one language, whoever is asking."""
    before = words.language.set(language)
    try:
        return say(msgid, **facts)
    finally:
        words.language.reset(before)


def shown(given: Text, *, language: str, exercise: bool) -> Shown:
    """What a phone may show before anybody signed in: the words only where they are public."""
    english = language == "en"
    title = given.title_en if english else given.title_zh
    body = (given.en or given.zh) if english else given.zh
    if not given.public:
        title, body = said(language, "Lianxin"), said(language, "You have a new message. Open to read it.")
    return Shown(said(language, EXERCISE, words=title) if exercise else title, body)


def has_link(given: Text) -> bool:
    """Whether any of its words looks like an address on the web.

    >>> has_link(Text(zh="请点 http://a.b/c")), has_link(Text(zh="民警不会要您的验证码。"))
    (True, False)
    """
    return any(has_address(words) for words in (given.zh, given.en, given.title_zh, given.title_en, given.voice_zh))

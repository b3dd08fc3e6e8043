"""What people are told by push: the warning in plain words, on the screen, aloud, and how loudly."""

import re
from datetime import datetime
from uuid import UUID

from backend.alerts.messages import AlertMessage
from backend.alerts.schemas import AlertAudience
from backend.alerts.words import AlertColour, AlertScope, AlertStatus, AlertUrgency, MessageType
from backend.core.clock import now, today
from backend.core.words import Term
from backend.push import campaigns
from backend.push.actions import check_words
from backend.push.policies import push_policy
from backend.push.provider import Category
from backend.push.rules import payload_bytes
from backend.push.schemas import NewNotice
from backend.push.wording import said

LOUD = frozenset({AlertColour.RED, AlertColour.ORANGE})
_MARKS = {
    AlertStatus.EXERCISE: Term("[Exercise]"),
    AlertStatus.TEST: Term("[Test]"),
    AlertStatus.SYSTEM: Term("[System]"),
}
_TITLES = {
    MessageType.ALERT: Term("Warning: {event}"),
    MessageType.UPDATE: Term("News of a warning: {event}"),
    MessageType.CANCEL: Term("The warning is over: {event}"),
}
_COLOURED = Term("{colour} warning: {event}")
_COLOURS = {
    AlertColour.RED: Term("Red"),
    AlertColour.ORANGE: Term("Orange"),
    AlertColour.YELLOW: Term("Yellow"),
    AlertColour.BLUE: Term("Blue"),
}
_ON_PHONE = Term("On the phone you may say: {words}")
_NUMBER = re.compile(r"\d{5,}")
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


def marked(headline: str, status: AlertStatus) -> str:
    """A headline that says itself whether it is meant, so that it does so wherever it is copied to.

    >>> marked("今夜有暴雨", AlertStatus.EXERCISE), marked("【演练】今夜有暴雨", AlertStatus.EXERCISE)
    ('【演练】今夜有暴雨', '【演练】今夜有暴雨')
    """
    mark = said("zh", _MARKS[status]) if status in _MARKS else ""
    return headline if headline.startswith(mark) else mark + headline


def category(message: AlertMessage, audience: AlertAudience) -> Category:
    """An emergency rings at night until it is acknowledged: what is red or orange, at once and meant.

    An exercise rings only staff; a test, a cancellation or anything less goes out by day like other notices.
    """
    meant = message.status is AlertStatus.ACTUAL or (message.status is AlertStatus.EXERCISE and not audience.citizens)
    at_once = message.urgency is AlertUrgency.IMMEDIATE and message.type is not MessageType.CANCEL
    return Category.EMERGENCY if meant and at_once and message.colour in LOUD else Category.SERVICE


def notice(message: AlertMessage, audience: AlertAudience, prefixes: list[str], *, id: UUID | None = None) -> NewNotice:
    """The campaign that carries it; what is too long for a phone's push goes without the description."""
    whole = _notice(message, audience, prefixes, id=id, description=message.description)
    words, exercise = campaigns.words_of(whole), whole.exercise
    if payload_bytes(words, link=None, exercise=exercise) <= push_policy(today()).payload_bytes:
        return whole
    return _notice(message, audience, prefixes, id=id, description=None)


def _notice(
    message: AlertMessage, audience: AlertAudience, prefixes: list[str], *, id: UUID | None, description: str | None
) -> NewNotice:
    on_phone = message.say_on_phone and said("zh", _ON_PHONE, words=message.say_on_phone)
    lines = [message.headline, description, message.instruction, on_phone]
    text = "\n".join(line.strip() for line in lines if line)
    return NewNotice(
        id=id,
        division_codes=[prefix.ljust(12, "0") for prefix in prefixes],
        category=category(message, audience),
        title_zh=_title(message, "zh"),
        title_en=_title(message, "en"),
        text_zh=text,
        voice_zh=aloud(text),
        roles=audience.roles,
        citizens=audience.citizens,
        groups=audience.groups,
        interests=audience.interests,
        by_topic=audience.by_topic,
        public=message.scope is AlertScope.PUBLIC,
        no_links=message.fraud_type is not None,
        exercise=message.status is not AlertStatus.ACTUAL,
        expires_at=message.expires,
    )


def _title(message: AlertMessage, language: str) -> str:
    if message.type is MessageType.ALERT and message.colour:
        return said(language, _COLOURED, colour=_COLOURS[message.colour], event=message.event)
    return said(language, _TITLES[message.type], event=message.event)


def aloud(text: str) -> str:
    """Words as a voice reads them well: a pause at every line's end, and telephone numbers digit by digit.

    >>> aloud("有人冒充补贴办\\n先打 96110，损失 3500 元。")
    '有人冒充补贴办。先打 九六一一零，损失 3500 元。'
    """
    lines = [line if line.endswith(("。", "！", "？", ".", "!", "?")) else f"{line}。" for line in text.splitlines()]
    return _NUMBER.sub(lambda found: found[0].translate(_DIGITS), "".join(lines)).removesuffix("。") + "。"


def check(message: AlertMessage, audience: AlertAudience, prefixes: list[str]) -> None:
    """Whether push would take it. Raises NobodyAsked, NotPublic, PayloadTooLarge, LinkRefused, Invalid (400)."""
    new = notice(message, audience, prefixes)
    campaigns.check_notice(new)
    check_words(campaigns.words_of(new), link=None, no_links=new.no_links, exercise=new.exercise)


def whole_second(at: datetime | None = None) -> datetime:
    """The second a message is sent in: CAP tells no finer."""
    return (at or now()).replace(microsecond=0)

"""Why a warning may not go out as it stands: everything at once, each with its place. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from backend.alerts.identifiers import is_identifier
from backend.alerts.messages import MOST_EVENT_CHARACTERS, AlertMessage, Area, Position
from backend.alerts.words import SEVERITY_OF, AlertScope, MessageType
from backend.push.links import has_address

LONGEST = timedelta(days=31)
"""After a month a warning is a new one, or somebody has forgotten it (Lianxin's own policy, 2026-11)."""
FEWEST_CORNERS = 4
MOST_RADIUS_KM = 500.0
ONE_WORD = re.compile(r"[^\s,<&]+")
"""CAP writes sender, identifier and moment behind one another, parted by commas (3.2.1)."""
NO_LETTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
GEOCODE = re.compile(r"\d{6}|\d{9}|\d{12}|\d{15}")


class Wrong(Struct, frozen=True):
    """One thing that keeps a warning from going out: a code, and where (RFC 6901)."""

    code: str
    pointer: str


def wrongs(message: AlertMessage) -> tuple[Wrong, ...]:
    """All that is wrong with a message; nothing: it may go out once a second person has approved it."""
    return (
        *_of_its_frame(message),
        *_of_its_times(message),
        *_of_its_words(message),
        *_of_its_letters(message),
        *_of_its_areas(message.areas),
    )


def _of_its_frame(message: AlertMessage) -> Iterator[Wrong]:
    if not is_identifier(message.identifier):
        yield Wrong("identifier_wrong", "/identifier")
    if not ONE_WORD.fullmatch(message.sender):
        yield Wrong("sender_wrong", "/sender")
    refers = message.type is not MessageType.ALERT
    if refers and not message.references:
        yield Wrong("reference_missing", "/references")
    if not refers and message.references:
        yield Wrong("reference_of_a_first_alert", "/references")
    if any(each.identifier == message.identifier for each in message.references):
        yield Wrong("refers_to_itself", "/references")
    if (message.scope is AlertScope.RESTRICTED) != bool(message.restriction):
        yield Wrong("restriction_missing" if not message.restriction else "restriction_of_a_public", "/restriction")
    if message.colour and SEVERITY_OF[message.colour] is not message.severity:
        yield Wrong("colour_contradicts_severity", "/colour")


def _of_its_times(message: AlertMessage) -> Iterator[Wrong]:
    begins = max(filter(None, (message.sent, message.effective, message.onset)))
    if message.expires <= begins:
        yield Wrong("expires_before_it_begins", "/expires")
    elif message.expires - message.sent > LONGEST:
        yield Wrong("expires_too_late", "/expires")
    if any(each.sent > message.sent for each in message.references):
        yield Wrong("refers_to_the_future", "/references")


def _of_its_words(message: AlertMessage) -> Iterator[Wrong]:
    if not 0 < len(message.event.strip()) <= MOST_EVENT_CHARACTERS:
        yield Wrong("event_too_long" if message.event.strip() else "event_missing", "/event")
    for name in ("headline", "description", "instruction", "sender_name"):
        if not getattr(message, name).strip():
            yield Wrong("words_missing", f"/{name}")
    if message.fraud_type:
        for name in ("headline", "description", "instruction", "say_on_phone"):
            if has_address(getattr(message, name) or ""):
                yield Wrong("link_in_fraud_text", f"/{name}")


def _of_its_letters(message: AlertMessage) -> Iterator[Wrong]:
    """XML 1.0, 2.2: control characters cannot be written in it, however they are escaped."""
    for name in ("event", "headline", "description", "instruction", "say_on_phone", *_SHORT):
        if NO_LETTER.search(getattr(message, name) or ""):
            yield Wrong("letter_wrong", f"/{name}")
    for number, area in enumerate(message.areas):
        if NO_LETTER.search(area.description):
            yield Wrong("letter_wrong", f"/areas/{number}/description")


_SHORT = ("restriction", "note", "audience", "sender_name", "contact")


def _of_its_areas(areas: Sequence[Area]) -> Iterator[Wrong]:
    if not areas:
        yield Wrong("area_missing", "/areas")
    for number, area in enumerate(areas):
        at = f"/areas/{number}"
        if not (area.geocodes or area.polygon or area.circle):
            yield Wrong("area_empty", at)
        if any(not GEOCODE.fullmatch(code) for code in area.geocodes):
            yield Wrong("geocode_wrong", f"{at}/geocodes")
        if area.polygon and (code := _polygon_wrong(area.polygon)):
            yield Wrong(code, f"{at}/polygon")
        if area.circle and not (_is_place(area.circle[0]) and 0 < area.circle[1] <= MOST_RADIUS_KM):
            yield Wrong("circle_wrong", f"{at}/circle")


def _polygon_wrong(corners: Sequence[Position]) -> str | None:
    if len(corners) < FEWEST_CORNERS or corners[0] != corners[-1]:
        return "polygon_open"
    if not all(map(_is_place, corners)):
        return "polygon_nowhere"
    return "polygon_crosses_itself" if _crosses(corners) else None


def _is_place(position: Position) -> bool:
    return abs(position[0]) <= 180 and abs(position[1]) <= 90


def _crosses(corners: Sequence[Position]) -> bool:
    """Whether two sides that are no neighbours meet."""
    sides = list(pairwise(corners))
    last = len(sides) - 1
    return any(
        _meet(*sides[i], *sides[j])
        for i in range(len(sides))
        for j in range(i + 2, len(sides))
        if not (i == 0 and j == last)
    )


def _meet(a: Position, b: Position, c: Position, d: Position) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Position, b: Position, c: Position) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def is_in_force(message: AlertMessage, *, at: datetime) -> bool:
    """Whether it counts at a moment, as far as it knows itself: later messages may have ended it."""
    begins = message.effective or message.sent
    return begins <= at < message.expires and message.type is not MessageType.CANCEL

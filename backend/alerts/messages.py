"""A public warning as one message that is never changed: what it says, for whom, where, until when."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertScope,
    AlertSeverity,
    AlertStatus,
    AlertUrgency,
    MessageType,
)
from backend.core.shapes import NO_NUL, Moment

MOST_EVENT_CHARACTERS = 35
"""WMO's composer, issue 56: a longer name of an event is cut off by those who show it."""

Position = tuple[float, float]
"""Longitude, latitude, WGS-84."""

Words = Annotated[str, Meta(max_length=4000, pattern=NO_NUL)]
Title = Annotated[str, Meta(min_length=1, max_length=160, pattern=NO_NUL)]
Event = Annotated[str, Meta(min_length=1, max_length=MOST_EVENT_CHARACTERS, pattern=NO_NUL)]


class Reference(Struct, frozen=True):
    """Which message an update or a cancel speaks of."""

    sender: str
    identifier: str
    sent: datetime


class Area(Struct, frozen=True, kw_only=True):
    """Where. `geocodes`: codes of divisions, 6 to 15 digits (GB/T 2260 and below); `polygon` closed, without crossing.

    circle   centre and radius in kilometres
    """

    description: Title
    geocodes: tuple[str, ...] = ()
    polygon: tuple[Position, ...] = ()
    circle: tuple[Position, float] | None = None


class AlertMessage(Struct, frozen=True, kw_only=True):
    """One message in one language.

    audience      whom it is for, in words: heavy phone users, growers of wheat; never by opinion
    say_on_phone  what a helper says who rings
    fraud_type    of an anti-fraud warning: a code of the library; then no text of it carries a link
    """

    identifier: str
    sender: str
    sent: datetime
    status: AlertStatus = AlertStatus.ACTUAL
    type: MessageType = MessageType.ALERT
    scope: AlertScope = AlertScope.PUBLIC
    restriction: str | None = None
    references: tuple[Reference, ...] = ()
    note: str | None = None
    language: str = "zh-CN"
    category: AlertCategory
    event: Event
    urgency: AlertUrgency
    severity: AlertSeverity
    certainty: AlertCertainty
    colour: AlertColour | None = None
    audience: str | None = None
    effective: Moment | None = None
    onset: Moment | None = None
    expires: Moment
    sender_name: str
    headline: Title
    description: Words
    instruction: Words
    say_on_phone: Words | None = None
    fraud_type: str | None = None
    contact: str | None = None
    areas: tuple[Area, ...]

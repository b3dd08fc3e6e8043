"""Warnings on the wire: what somebody writes, whom it is for, and a warning as it is read."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from backend.alerts.messages import Area, Event, Position, Title
from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertScope,
    AlertSeverity,
    AlertState,
    AlertStatus,
    AlertUrgency,
    MessageType,
)
from backend.core.shapes import NO_NUL, Code, DivisionCode, Line, Moment
from backend.people.tables import Role

Said: TypeAlias = Annotated[str, Meta(min_length=1, max_length=4000, pattern=NO_NUL)]
Headline: TypeAlias = Annotated[str, Meta(min_length=1, max_length=150, pattern=NO_NUL)]
"""CAP asks for less than 160; a mark of an exercise comes before it."""

Circle: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class AlertAudience(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom push tells, in the divisions of the areas: holders of roles, citizens who opted in, village groups.

    interests   of citizens, who chose them: a crop or a kind of fraud; none: every citizen there
    described   for whom it is, in words (an age band, a crop): nobody is looked up by it, for no age is kept here
    by_topic    one call per place and role where a provider keeps topics
    """

    roles: Annotated[list[Role], Meta(max_length=9)] = []
    citizens: bool = False
    groups: bool = False
    interests: Annotated[list[Code], Meta(max_length=20)] = []
    described: Line | None = None
    by_topic: bool = False


class NewAlertArea(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where: divisions, and for maps a polygon (closed) or a circle (centre, kilometres), longitude first, WGS-84.

    description   the divisions' names unless told
    """

    division_codes: Annotated[list[DivisionCode], Meta(min_length=1, max_length=50)]
    description: Title | None = None
    polygon: Annotated[list[Position], Meta(max_length=100)] = []
    circle: tuple[Position, float] | None = None


class NewAlert(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning as one person writes it. Nothing goes out before a second one has approved it.

    restriction    for a named circle of staff only (CAP: Restricted); null: for everybody, and in the public feed
    say_on_phone   what a helper says who rings
    fraud_type     of an anti-fraud warning; then no word of it may look like a link
    """

    areas: Annotated[list[NewAlertArea], Meta(min_length=1, max_length=10)]
    audience: AlertAudience
    category: AlertCategory
    event: Event
    urgency: AlertUrgency
    severity: AlertSeverity
    certainty: AlertCertainty
    expires: Moment
    headline: Headline
    description: Said
    instruction: Said
    say_on_phone: Said | None = None
    colour: AlertColour | None = None
    status: AlertStatus = AlertStatus.ACTUAL
    restriction: Circle | None = None
    effective: Moment | None = None
    onset: Moment | None = None
    fraud_type: Code | None = None
    contact: Line | None = None
    note: Line | None = None
    id: UUID | None = None


class AlertChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an update says anew; what is left out stays as the warning before it said."""

    areas: Annotated[list[NewAlertArea], Meta(min_length=1, max_length=10)] | None = None
    audience: AlertAudience | None = None
    urgency: AlertUrgency | None = None
    severity: AlertSeverity | None = None
    certainty: AlertCertainty | None = None
    colour: AlertColour | None = None
    effective: Moment | None = None
    onset: Moment | None = None
    expires: Moment | None = None
    headline: Headline | None = None
    description: Said | None = None
    instruction: Said | None = None
    say_on_phone: Said | None = None
    contact: Line | None = None
    note: Line | None = None
    id: UUID | None = None


class AlertCancellation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ends a warning. `description`: why, in words that everybody reads who read the warning."""

    description: Said
    instruction: Said | None = None
    id: UUID | None = None


class AlertDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the second person says to it."""

    note: Line | None = None


class AlertRefusal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a warning does not go out."""

    note: Circle


class AlertHand(Struct, frozen=True):
    """Who wrote it or decided about it."""

    id: UUID
    name: str


class AlertRecord(Struct, frozen=True, kw_only=True):
    """One warning.

    in_force   published, begun, not over, and nothing later has replaced or cancelled it
    ended_by_id the later message that did
    notice_id  of the campaign that carries it to people; its progress is the notice's
    sha256     of the XML as the feed gives it, in hexadecimal
    """

    id: UUID
    identifier: str | None
    state: AlertState
    type: MessageType
    status: AlertStatus
    scope: AlertScope
    restriction: str | None
    in_force: bool
    category: AlertCategory
    event: str
    urgency: AlertUrgency
    severity: AlertSeverity
    certainty: AlertCertainty
    colour: AlertColour | None
    headline: str
    description: str
    instruction: str
    say_on_phone: str | None
    fraud_type: str | None
    contact: str | None
    note: str | None
    sender_name: str
    effective: datetime | None
    onset: datetime | None
    expires: datetime
    sent_at: datetime | None
    areas: list[Area]
    audience: AlertAudience
    refers_to_id: UUID | None
    ended_by_id: UUID | None
    notice_id: UUID | None
    sha256: str | None
    drafted_by: AlertHand
    drafted_at: datetime
    decided_by: AlertHand | None
    decided_at: datetime | None
    decision_note: str | None

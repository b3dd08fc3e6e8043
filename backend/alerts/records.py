"""A row as the message it holds, and as it is read."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.alerts.message_rules import is_in_force
from backend.alerts.messages import AlertMessage
from backend.alerts.queries import Row
from backend.alerts.schemas import AlertAudience, AlertHand, AlertRecord
from backend.alerts.words import AlertState

GIVEN_LATER = ("identifier", "sent")
"""What a draft does not have yet."""


def message_of(row: Row) -> AlertMessage:
    """Its message; a draft's has no identifier, and the moment at which it was written."""
    written = {"identifier": "", "sent": row["drafted_at"].isoformat()} | msgspec.json.decode(row["message"])
    return msgspec.convert(written, AlertMessage)


def kept(message: AlertMessage, *, draft: bool) -> str:
    """A message as its column holds it."""
    plain: dict[str, Any] = msgspec.to_builtins(message)
    return msgspec.json.encode({name: plain[name] for name in plain if not (draft and name in GIVEN_LATER)}).decode()


def kept_audience(audience: AlertAudience) -> str:
    """An audience as its column holds it."""
    return msgspec.json.encode(audience).decode()


def audience_of(row: Row) -> AlertAudience:
    """Whom push tells."""
    return msgspec.json.decode(row["audience"], type=AlertAudience)


def record(row: Row, *, at: datetime) -> AlertRecord:
    """As it is read at a moment."""
    message = message_of(row)
    said = {name: getattr(message, name) for name in _SAID}
    return AlertRecord(
        **said,
        id=row["id"],
        identifier=row["identifier"],
        state=AlertState(row["state"]),
        in_force=row["state"] == AlertState.PUBLISHED and row["ended_by"] is None and is_in_force(message, at=at),
        sent_at=row["sent_at"],
        areas=list(message.areas),
        audience=audience_of(row),
        refers_to_id=row["refers_to"],
        ended_by_id=row["ended_by"],
        notice_id=row["notice_id"],
        sha256=row["sha256"].hex() if row["sha256"] else None,
        drafted_by=AlertHand(row["drafted_by"], row["drafted_by_name"]),
        drafted_at=row["drafted_at"],
        decided_by=_decided_by(row["decided_by"], row["decided_by_name"]),
        decided_at=row["decided_at"],
        decision_note=row["decision_note"],
    )


def _decided_by(id: UUID | None, name: str | None) -> AlertHand | None:
    return AlertHand(id, name) if id and name else None


_SAID = (
    *("type", "status", "scope", "restriction", "category", "event", "urgency", "severity", "certainty", "colour"),
    *("headline", "description", "instruction", "say_on_phone", "fraud_type", "contact", "note", "sender_name"),
    *("effective", "onset", "expires"),
)

"""What is everybody's: published warnings that are not for a circle of staff."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.alerts.identifiers import is_identifier
from backend.alerts.messages import AlertMessage
from backend.alerts.queries import Row
from backend.alerts.refusals import AlertUnknown
from backend.core.database import fetch, fetch_row

MOST = 200
_PUBLIC = "state = 'published' AND message ->> 'scope' = 'Public'"


class PublicAlert(Struct, frozen=True, kw_only=True):
    """A warning in the feed."""

    id: UUID
    message: AlertMessage


class PublicAlerts(Struct, frozen=True, kw_only=True):
    """The newest 200 that count at a moment, the newest first, and when the list changed last.

    changed_at   one came, or one ran out; null: there never was one
    """

    alerts: Sequence[PublicAlert]
    changed_at: datetime | None


class FrozenAlert(Struct, frozen=True, kw_only=True):
    """One warning exactly as it went out."""

    xml: bytes
    sha256: bytes
    sent_at: datetime


async def public_alerts(*, at: datetime) -> PublicAlerts:
    """Those that are not over and that no later message has ended; a cancellation stays as long as what it cancels."""
    rows = await fetch(
        f"SELECT id, message FROM alerts_alert WHERE {_PUBLIC} AND expires_at > $1 AND ended_by IS NULL "
        "ORDER BY sent_at DESC, id DESC LIMIT $2",
        *(at, MOST),
    )
    changed = await fetch_row(
        "SELECT greatest(max(sent_at), max(expires_at) FILTER (WHERE expires_at <= $1)) AS at FROM alerts_alert "
        f"WHERE {_PUBLIC}",
        at,
    )
    return PublicAlerts(alerts=[_alert(row) for row in rows], changed_at=changed["at"] if changed else None)


def _alert(row: Row) -> PublicAlert:
    return PublicAlert(id=row["id"], message=msgspec.json.decode(row["message"], type=AlertMessage))


async def frozen_alert(*, identifier: str) -> FrozenAlert:
    """One that was published, also when it is over: later messages refer to it. Raises AlertUnknown (404)."""
    row = None
    if is_identifier(identifier):
        row = await fetch_row(
            f"SELECT xml, sha256, sent_at FROM alerts_alert WHERE identifier = $1 AND {_PUBLIC}", identifier
        )
    if row is None:
        raise AlertUnknown("No public warning has this identifier.")
    return FrozenAlert(xml=row["xml"], sha256=row["sha256"], sent_at=row["sent_at"])

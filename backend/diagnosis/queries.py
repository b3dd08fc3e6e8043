"""The SQL of single requests: the row as it is shown, and what stands around it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]


async def request(request_id: UUID) -> Row | None:
    """One request with its crop and the names of its units."""
    return await fetch_row(
        """
        SELECT r.*, s.name AS station_name, s.public_phone AS station_phone,
               t.name AS studio_name, t.public_phone AS studio_phone, c.policy_code,
               k.code AS crop_code, k.eppo_code, k.name_zh, k.name_en, k.aliases, k.source
        FROM diagnosis_request r JOIN cases_case c ON c.id = r.id JOIN people_unit t ON t.id = r.studio
        JOIN diagnosis_crop k ON k.code = r.crop LEFT JOIN people_unit s ON s.id = r.station
        WHERE r.id = $1
        """,
        request_id,
    )


async def questions(request_id: UUID) -> Sequence[Row]:
    """What was asked back, the oldest first."""
    return await fetch(
        "SELECT q.*, p.name AS asked_by_name FROM diagnosis_question q LEFT JOIN people_person p ON p.id = q.asked_by "
        "WHERE q.request = $1 ORDER BY q.asked_at, q.id",
        request_id,
    )


async def offers(request_id: UUID) -> Sequence[Row]:
    """Whom it was put before, the first one first."""
    return await fetch(
        "SELECT o.expert, p.name, o.offered_at, o.until, o.ending, o.reason FROM diagnosis_offer o "
        "JOIN people_person p ON p.id = o.expert WHERE o.request = $1 ORDER BY o.offered_at, o.id",
        request_id,
    )

"""The lines of the queue: what is shown of a page's requests, in four statements however long the page."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases import clocks, numbers
from backend.cases.reading import person
from backend.cases.schemas import DivisionShown
from backend.core.database import fetch, fetch_row
from backend.deadlines.schemas import ClockRecord
from backend.diagnosis.photos import OPEN_FOR
from backend.diagnosis.request_rules import URGENT_POLICY
from backend.diagnosis.request_schemas import QueueItem
from backend.diagnosis.visibility import Reader
from backend.diagnosis.words import RequestState, Topic
from backend.media.facts import SIZES
from backend.media.signed_addresses import signed_address
from backend.territory.coordinates import great_circle_m
from backend.territory.points import as_read

Row = Mapping[str, Any]
Place = tuple[float, float]


class Pictures(Struct, frozen=True):
    """How many photos there are, and the first that can be shown."""

    n: int
    first: UUID | None


async def shown(request_ids: Sequence[UUID], *, by: Reader) -> list[QueueItem]:
    """These requests in this order. No contact is in it."""
    if not request_ids:
        return []
    rows = {row["id"]: row for row in await fetch(_ITEMS, list(request_ids))}
    running = await clocks.of_cases(list(request_ids))
    pictures = await _pictures(request_ids)
    here = await _works_at(by.person_id) if by.is_expert else None
    return [_item(rows[id], running[id], pictures[id], here, by) for id in request_ids if id in rows]


_ITEMS = """
SELECT r.id, r.crop, k.name_zh AS crop_zh, r.topic, r.area_mu::float8 AS area_mu, r.state, r.wants_call, r.asked_at,
       r.expert, p.name AS expert_name, c.number, c.title, c.policy_code, c.division_code, d.name AS division_name,
       c.longitude, c.latitude, c.crs, c.original_longitude, c.original_latitude, c.accuracy_m, c.fixed_at, c.provider,
       c.mock
FROM diagnosis_request r JOIN cases_case c ON c.id = r.id JOIN diagnosis_crop k ON k.code = r.crop
JOIN territory_division d ON d.id = c.division LEFT JOIN people_person p ON p.id = r.expert
WHERE r.id = ANY($1)
"""


async def _pictures(request_ids: Sequence[UUID]) -> dict[UUID, Pictures]:
    rows = await fetch(
        """
        SELECT p.claimed_id AS id, count(*) FILTER (WHERE o.kind = 'photo') AS n,
               (array_agg(p.id ORDER BY p.reasons <> '{}', p.received_at, p.id) FILTER (
                   WHERE o.kind = 'photo' AND p.state = 'accepted' AND o.key_sealed IS NOT NULL))[1] AS first
        FROM media_photo p JOIN media_original o ON o.sha256 = p.original
        WHERE p.claimed_kind = 'case' AND p.claimed_id = ANY($1) GROUP BY p.claimed_id
        """,
        list(request_ids),
    )
    found = {row["id"]: Pictures(row["n"], row["first"]) for row in rows}
    return {id: found.get(id, Pictures(0, None)) for id in request_ids}


async def _works_at(person_id: UUID) -> Place | None:
    """Where an expert works: what he said, else his unit's division."""
    row = await fetch_row(
        "SELECT coalesce(e.longitude, d.longitude) AS longitude, coalesce(e.latitude, d.latitude) AS latitude "
        "FROM diagnosis_expert e JOIN people_unit u ON u.id = e.unit JOIN territory_division d ON d.id = u.division "
        "WHERE e.id = $1",
        person_id,
    )
    return (row["longitude"], row["latitude"]) if row and row["longitude"] is not None else None


def _item(row: Row, running: list[ClockRecord], pictures: Pictures, here: Place | None, by: Reader) -> QueueItem:
    first = pictures.first
    return QueueItem(
        id=row["id"],
        number_said=numbers.grouped(row["number"]),
        crop_code=row["crop"],
        crop_zh=row["crop_zh"],
        topic=Topic(row["topic"]),
        title=row["title"],
        division=DivisionShown(row["division_code"], row["division_name"]),
        point=as_read(row),
        distance_km=_km(row, here),
        area_mu=row["area_mu"],
        state=RequestState(row["state"]),
        urgent=row["policy_code"] == URGENT_POLICY,
        wants_call=row["wants_call"],
        expert=person(row["expert"], row["expert_name"]),
        mine=row["expert"] == by.person_id,
        asked_at=row["asked_at"],
        clock=next((each for each in running if each.kind == clocks.RESPONSE), None),
        photo=signed_address(photo_id=first, longest=min(SIZES), valid_for=OPEN_FOR) if first else None,
        photos_n=pictures.n,
    )


def _km(row: Row, here: Place | None) -> float | None:
    if here is None or row["longitude"] is None:
        return None
    return round(great_circle_m(here, (row["longitude"], row["latitude"])) / 1000, 1)

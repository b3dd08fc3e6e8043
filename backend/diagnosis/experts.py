"""Experts: who they are, who is able to answer what, and how a profile is set (`expert_setting`)."""

from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.paging import Page, cursor, position_of
from backend.diagnosis import expert_queries, routing_queries
from backend.diagnosis.expert_records import is_seen, records_of, shown
from backend.diagnosis.expert_schemas import ExpertRecord
from backend.diagnosis.expert_setting import set_expert, unknown
from backend.diagnosis.words import Topic
from backend.people.actors import Actor
from backend.people.tables import Role

__all__ = ["able", "get_expert", "list_experts", "set_expert", "shown"]


class _After(Struct, frozen=True, array_like=True):
    name: str
    id: UUID


async def able(request_id: UUID) -> list[UUID]:
    """Who is able to answer a request (field, place, role, profile in force), there or not; chiefs too."""
    wanted = await routing_queries.asked(request_id)
    if wanted is None:
        return []
    at = clock.now()
    rows = await routing_queries.able(wanted, day=clock.today(), at=at, remembered_from=at)
    return [row["id"] for row in rows]


async def list_experts(
    *,
    by: Actor,
    crop_code: str | None = None,
    topic: Topic | None = None,
    division_code: str | None = None,
    unit_id: UUID | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[ExpertRecord]:
    """Experts of one's territory and of what lies above it, who answer today; by name.

    crop_code, topic, division_code   who is able for that

    Raises Invalid (400) for a cursor that is not ours.
    """
    place = position_of(after, _After)
    rows = await expert_queries.listed(
        prefixes=by.prefixes(Role),
        codes=[held.division_code for held in by.held],
        person_id=by.person_id,
        crop=crop_code,
        topic=topic.value if topic else None,
        division_code=division_code,
        unit_id=unit_id,
        day=clock.today(),
        after=(place.name, place.id) if place else None,
        limit=limit,
    )
    page = rows[:limit]
    more = cursor(_After(page[-1]["name"], page[-1]["id"])) if len(rows) > limit else None
    return Page(await records_of(page, by), more)


async def get_expert(*, person_id: UUID, by: Actor) -> ExpertRecord:
    """One expert, for himself and for whoever works where he answers. Raises ExpertUnknown (404)."""
    row = await expert_queries.expert(person_id)
    if row is None or not is_seen(row, by):
        raise unknown(person_id)
    return (await records_of([row], by))[0]

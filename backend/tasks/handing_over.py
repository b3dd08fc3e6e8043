"""Handing a task to a colleague: a successor of the same origin opens, the task itself closes, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, transaction
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor
from backend.tasks import closing, queries, reading
from backend.tasks.refusals import NotAColleague
from backend.tasks.rules import checked_remark
from backend.tasks.schemas import Colleague, TaskRecord
from backend.tasks.tables import TaskState

TOWNSHIP_DIGITS, COUNTY_DIGITS = 9, 6
MOST_COLLEAGUES = 200


@transaction
async def hand_over_task(
    *,
    id: UUID,
    task_id: UUID,
    to_person_id: UUID,
    by: Actor,
    remark: str | None = None,
    at: datetime | None = None,
) -> Outcome[TaskRecord]:
    """Hand a waiting task to a colleague; the record is its successor, whose `id` the caller makes.

    by   whoever has the task, or a supervisor or administrator of its territory
    at   when he did, where that was offline

    Raises TaskUnknown (404), NotAColleague, TaskClosed, DifferentArguments (409), Invalid (400).
    """
    remark = checked_remark(remark)
    row = await closing.held_by(by, task_id, or_supervised=True)
    asked = [task_id, to_person_id, remark, by.person_id]
    if (known := await queries.digest_of(id)) is not None:
        if not same(known, asked):
            raise DifferentArguments("Task {id} was asked with other words; it stays as it is.", id=id)
        return Outcome(await reading.one(id), created=False)
    await _must_be_a_colleague(to_person_id, by)
    closing.must_follow(row, TaskState.HANDED_OVER)
    await fetch(_SUCCESSOR, id, task_id, to_person_id, by.person_id, clock.now(), digest(asked))
    done_at = closing.done_before(row, at)
    await closing.close(row, by, to=TaskState.HANDED_OVER, remark=remark, handed_to=id, done_at=done_at)
    return Outcome(await reading.one(id), created=True)


async def colleagues(*, task_id: UUID, by: Actor) -> list[Colleague]:
    """To whom a task may be handed: those of one's own units first, then by name. Raises TaskUnknown (404)."""
    await closing.seen_by(by, task_id)
    return [Colleague(**row) for row in await _colleagues(by)]


async def _must_be_a_colleague(person_id: UUID, by: Actor) -> None:
    if not await _colleagues(by, person_id=person_id):
        raise NotAColleague(
            "A task can be handed to staff of your own township, of the county above it, or of your own unit."
        )


async def _colleagues(by: Actor, *, person_id: UUID | None = None) -> Sequence[reading.Row]:
    near = {prefix[:TOWNSHIP_DIGITS] for held in by.held for prefix in held.prefixes}
    units = [held.unit_id for held in by.held if held.unit_id]
    return await fetch(_COLLEAGUES, by.person_id, clock.today(), sorted(near), units, person_id)


_SUCCESSOR = """
INSERT INTO tasks_task (
    id, kind, assignee, household, title_zh, title_en, detail_zh, detail_en, urgency, due_at, expires_at, division_code,
    longitude, latitude, origin_room, origin_id, link, office_phone, headcount, asked_by, asked_at, state, entered_late,
    arguments_digest)
SELECT $1, kind, $3, household, title_zh, title_en, detail_zh, detail_en, urgency, due_at, expires_at, division_code,
       longitude, latitude, origin_room, origin_id, link, office_phone, headcount, $4, $5, 'open', FALSE, $6
FROM tasks_task WHERE id = $2
"""
_SAME_PLACE = f"""EXISTS (
    SELECT FROM unnest($3::text[]) AS n(prefix)
    WHERE starts_with({{code}}, n.prefix) OR (length({{code}}) >= {COUNTY_DIGITS} AND starts_with(n.prefix, {{code}}))
)"""
_COLLEAGUES = f"""
SELECT person_id, name, division_name FROM (
    SELECT DISTINCT ON (p.id) p.id AS person_id, p.name, v.name AS division_name,
           r.unit IS NOT NULL AND r.unit = ANY($4::uuid[]) AS of_my_unit
    FROM people_role_assignment r
    JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL AND p.id <> $1
    JOIN territory_division v ON v.id = r.division
    WHERE r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2) AND ($5::uuid IS NULL OR p.id = $5)
    AND (r.unit = ANY($4::uuid[]) OR {_SAME_PLACE.format(code="v.prefix")} OR EXISTS (
        SELECT FROM territory_division w WHERE w.community = v.id AND {_SAME_PLACE.format(code="w.prefix")}))
    ORDER BY p.id, of_my_unit DESC, length(v.prefix) DESC
) found ORDER BY of_my_unit DESC, name, person_id LIMIT {MOST_COLLEAGUES}
"""

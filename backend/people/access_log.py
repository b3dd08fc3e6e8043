"""The log of sensitive reads: written in the reader's own transaction, shown to the officer of the territory."""

from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.paging import Position
from backend.people.actors import Actor, visible_to
from backend.people.household_queries import household_division_code
from backend.people.household_schemas import AccessRecord
from backend.people.refusals import HouseholdUnknown
from backend.people.tables import AccessLog, Role

OFFICERS = (Role.AUDITOR, Role.ADMIN)


async def note_access(*, by: Actor, subject_kind: str, subject_id: UUID, fields: list[str], request_id: str) -> None:
    """Write down that somebody read these fields. Call it in the transaction that reads them."""
    await AccessLog.insert(
        AccessLog(
            id=ids.uuid7(),
            at=clock.now(),
            person=by.person_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            fields=fields,
            request_id=request_id[:64],
        )
    )


async def list_access_log(*, household_id: UUID, by: Actor, limit: int, after: Position | None) -> list[AccessRecord]:
    """Up to `limit` + 1 reads of a household, the newest first.

    For auditors and administrators of its territory. Raises Forbidden (403), HouseholdUnknown (404).
    """
    by.must_have(*OFFICERS)
    code = await household_division_code(household_id=household_id)
    if code is None or not visible_to(by, roles=OFFICERS).covers(code):
        raise HouseholdUnknown
    return await _reads_of(subject_id=household_id, limit=limit, after=after)


async def _reads_of(*, subject_id: UUID, limit: int, after: Position | None) -> list[AccessRecord]:
    """Up to `limit` + 1 reads of one subject, the newest first."""
    rows = await fetch(
        """
        SELECT a.id, a.at, a.person AS person_id, p.name AS person_name,
               a.subject_kind, a.subject_id, a.fields, a.request_id
        FROM people_access_log a JOIN people_person p ON p.id = a.person
        WHERE a.subject_id = $1 AND ($2::timestamptz IS NULL OR (a.at, a.id) < ($2, $3::uuid))
        ORDER BY a.at DESC, a.id DESC LIMIT $4
        """,
        subject_id,
        after and after.at,
        after and after.id,
        limit + 1,
    )
    return [AccessRecord(**row) for row in rows]

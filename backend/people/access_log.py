"""The log of sensitive reads: written in the reader's own transaction, shown to the officer of the territory."""

from uuid import UUID

from backend.core import clock, ids
from backend.core.paging import Position
from backend.people import queries
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
    return await queries.access_records(subject_id=household_id, limit=limit, after=after)

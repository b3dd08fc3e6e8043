"""A word to a farmer that his results are there: to his phone where he left its number for it, else somebody rings him.

A text message says that there is something to read and never what; nor does it open anything, because a number may be
mistyped. What was found stands behind the code on his slip.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from backend.core import clock
from backend.core.database import fetch_row
from backend.core.words import Term
from backend.laboratory.sample_contacts import opened
from backend.laboratory.words import SampleConsentPurpose, SampleState
from backend.people.household_queries import serving_today
from backend.push import actions as push
from backend.push.addresses import reach_by_phone
from backend.push.provider import Category
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.queries import states_of
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState

Row = Mapping[str, Any]

ROOM = "laboratory"

READY = Term(
    "The test of your sample {code} is done. Scan the code on your slip to read it, or ask where you handed it in."
)
RING = Term("Ring the farmer of sample {code}: his results are there.")
RING_HELP = Term("He reads them behind the code on his slip; the desk that tests it explains them.")


async def results_are_ready(sample_id: UUID) -> bool:
    """Tell him, in the caller's transaction, of the report that counts now; said again for the same one it is once.

    Whether anybody is told, by message or by a task to ring him: of a market's lot there is nobody to tell.
    """
    farmer = await fetch_row(_FARMER, sample_id, SampleConsentPurpose.HANDLING.value)
    if farmer is None or farmer["state"] != SampleState.RECEIVED:
        return False
    if farmer["contact_phone_sealed"] and farmer["text_version"] and not farmer["wants_call"]:
        await _write(farmer)
        return True
    if farmer["contact_phone_sealed"] or farmer["household"]:
        return await _ask_to_ring(farmer)
    return False


async def call_off(sample_id: UUID) -> None:
    """Nobody rings him any more."""
    await tasks.settle(origin_room=ROOM, origin_id=sample_id, kind=TaskKind.CALL, to=TaskState.WITHDRAWN)


async def _write(farmer: Row) -> None:
    to = await reach_by_phone(
        citizen_id=farmer["id"],
        phone=str(opened(farmer)["contact_phone"]),
        opted_in_text=farmer["text_version"],
    )
    await push.notify(
        to=to,
        text=push.text(READY, public=True, code=farmer["code"]),
        category=Category.SERVICE,
        dedupe_key=f"laboratory farmer {farmer['id']} {farmer['report']}",
        origin_room=ROOM,
        origin_id=farmer["id"],
    )


async def _ask_to_ring(farmer: Row) -> bool:
    """A technician where he handed it in, else one of the desk that tests it, else whoever serves his household."""
    row = await fetch_row(_RINGS, [farmer["drop_off"], farmer["unit"]], clock.today())
    person = row["person"] if row else None
    household = farmer["household"] if person is None and await _is_served(farmer["household"]) else None
    if person is None and household is None:
        return False
    task = _call(farmer, person, household)
    standing = await states_of(origin_room=ROOM, origin_ids=[farmer["id"]])
    if task.id not in {each.task_id for each in standing[farmer["id"]]}:
        await call_off(farmer["id"])  # of a report before
        await tasks.ask_many(tasks=[task])
    return True


async def _is_served(household_id: UUID | None) -> bool:
    return household_id is not None and await serving_today(household_id=household_id) is not None


def _call(farmer: Row, person: UUID | None, household: UUID | None) -> NewTask:
    return NewTask(
        id=uuid5(farmer["id"], f"ring {farmer['report']}"),
        kind=TaskKind.CALL,
        title_zh=said("zh", RING, code=farmer["code"]),
        title_en=said("en", RING, code=farmer["code"]),
        detail_zh=said("zh", RING_HELP),
        detail_en=said("en", RING_HELP),
        assignee_id=person,
        household_id=household,
        division_code=farmer["division_code"],
        origin_room=ROOM,
        origin_id=farmer["id"],
        link=f"/console/bench/samples/{farmer['id']}",
    )


_FARMER = """
SELECT s.*, k.text_version,
    (SELECT p.number FROM laboratory_report p WHERE p.sample = s.id ORDER BY p.issued_at DESC, p.id DESC LIMIT 1)
        AS report
FROM laboratory_sample s LEFT JOIN LATERAL (
    SELECT given, text_version FROM laboratory_consent WHERE sample = s.id AND purpose = $2
    ORDER BY at DESC, id DESC LIMIT 1
) k ON k.given
WHERE s.id = $1
"""
_RINGS = """
SELECT a.person FROM people_role_assignment a JOIN people_person p ON p.id = a.person
WHERE a.role = 'technician' AND a.unit = ANY($1::uuid[]) AND p.closed_at IS NULL
    AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)
ORDER BY array_position($1::uuid[], a.unit), a.valid_from, a.person LIMIT 1
"""

"""A second look at a strip: an expert on duty says what he sees on its photo, before he reads what the bench said.

Until then he is blind to the whole sample (`visibility`). The two are compared afterwards; where they differ, whoever
asked is asked to take a new strip. Nothing that was judged changes by it.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.laboratory import look_notices, second_look_queries
from backend.laboratory.refusals_results import LookDone, LookUnknown, NobodyToLook, NoStrip
from backend.laboratory.result_queries import Row, read_by
from backend.laboratory.result_schemas import NewSecondLook, SecondLookRecord, SecondLookSaid
from backend.laboratory.results import at_his_bench
from backend.laboratory.retest_rules import kind_of_test
from backend.laboratory.second_look_records import first_reading, record
from backend.laboratory.visibility import reader
from backend.laboratory.words import Method
from backend.media import actions as media
from backend.people.actors import Actor
from backend.rosters.queries import on_duty

STRIP_PHOTO = "laboratory_strip"
"""The kind of record that claims one: a result."""

NOT_COVERED = ""
"""In place of the photo's division: what a free sample's strip shows is for nobody who merely oversees the place."""


@transaction
async def request_second_look(*, result_id: UUID, new: NewSecondLook, by: Actor) -> Outcome[SecondLookRecord]:
    """Put a strip's photo before an expert of the studio: one on duty, else whoever owes the fewest.

    by   a technician of the desk or an expert of its studio, who uploaded the photo

    Raises ResultUnknown, PhotoUnknown (404), NotThisBench (403), NoStrip, NobodyToLook, PhotoClaimed,
    DifferentArguments (409).
    """
    id, told = new.id or ids.uuid7(), [result_id, by.person_id, new.photo_id]
    row = await at_his_bench(result_id, by)
    if (stored := await second_look_queries.look(id)) is not None:
        if not creates.same(stored["arguments_digest"], told):
            raise DifferentArguments("Second look {id} was asked for with other content; it stays.", id=str(id))
        return Outcome(record(stored, by), created=False)
    if kind_of_test(method=row["method"], judged_unit=row["judged_unit"]) is not Method.STRIP:
        raise NoStrip("An expert looks at strips: what a photometer says no eye can see on a photo.")
    expert_id = await _whom(row, by)
    await media.claim_photos(
        photo_ids=[new.photo_id],
        kind=STRIP_PHOTO,
        record_id=result_id,
        division_code=NOT_COVERED,
        uploaded_by=by.person_id,
    )
    asked = {"id": id, "result": result_id, "photo_id": new.photo_id, "expert": expert_id}
    await second_look_queries.insert(
        asked | {"asked_by": by.person_id, "asked_at": clock.now(), "arguments_digest": creates.digest(told)}
    )
    look = await _look(id)
    await look_notices.ask(look)
    return Outcome(record(look, by), created=True)


async def _whom(row: Row, by: Actor) -> UUID:
    studio_id = await second_look_queries.studio_of(row["sample_unit"])
    experts = await _experts(row["id"], studio_id) if studio_id else []
    able = [each for each in experts if each != by.person_id]
    if not able:
        raise NobodyToLook("No other expert of the studio is there who has not read it or was not asked before.")
    there = {shift.person_id for shift in await on_duty(unit_id=studio_id)} if studio_id else set()
    return next((each for each in able if each in there), able[0])


async def _experts(result_id: UUID, studio_id: UUID) -> Sequence[UUID]:
    return await second_look_queries.experts_for(result_id, studio_id=studio_id, on=clock.today())


async def _look(id: UUID) -> Row:
    row = await second_look_queries.look(id)
    assert row is not None  # noqa: S101 - just written
    return row


async def get_second_look(*, look_id: UUID, by: Actor) -> SecondLookRecord:
    """For the expert who was asked, and whoever reads the result. Raises LookUnknown (404)."""
    row = await second_look_queries.look(look_id)
    if row is None or (row["expert"] != by.person_id and await read_by(row["result"], await reader(by)) is None):
        raise _unknown(look_id)
    return record(row, by)


@transaction
async def say_second_look(*, look_id: UUID, said: SecondLookSaid, by: Actor) -> SecondLookRecord:
    """What the expert sees; then he reads what the bench said, and whether both say the same.

    The same again changes nothing. Raises LookUnknown (404), LookDone (409) for another word.
    """
    if not await second_look_queries.hold(look_id, by.person_id):
        raise _unknown(look_id)
    row, remark = await _look(look_id), (said.remark or "").strip() or None
    if row["seen_at"] is not None:
        if (row["seen"], row["remark"]) != (said.seen, remark):
            raise LookDone("You said before what you see; it stays as it is.")
        return record(row, by)
    first = first_reading(row)
    agrees = None if first is None else first is said.seen
    await second_look_queries.say(look_id, seen=said.seen.value, agrees=agrees, remark=remark, at=clock.now())
    await look_notices.settle(row, by=by, differs=agrees is False)
    return record(await _look(look_id), by)


def _unknown(look_id: UUID) -> LookUnknown:
    return LookUnknown("There is no second look {id} that you may see.", id=str(look_id))

"""How instruments stood on a day, read from what is on file."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from backend.core.database import fetch
from backend.laboratory.calibration_rules import Answered, Done, Standing
from backend.laboratory.words import Calibration


async def calibration_on(instrument_ids: Collection[UUID], day: date) -> dict[UUID, Calibration]:
    """How each stood on a day; one that is not on file is unknown."""
    return {each: told.on(day) for each, told in (await standings(instrument_ids)).items()}


async def standings(instrument_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """All that is on file of each, for many days at once: `standings(ids)[id].on(day)`."""
    asked = list(instrument_ids)
    done: dict[UUID, list[Done]] = {each: [] for each in asked}
    answered: dict[UUID, list[Answered]] = {each: [] for each in asked}
    for row in await fetch(_DONE, asked):
        done[row["instrument"]].append(
            Done(done_on=row["done_on"], due_on=row["due_on"], certificate=row["certificate"])
        )
    for row in await fetch(_ANSWERED, asked):
        answered[row["instrument"]].append(
            Answered(from_on=row["from_on"], until_on=row["until_on"], reason=row["reason"])
        )
    return {each: Standing(done=done[each], answered=answered[each]) for each in asked}


_DONE = """
SELECT instrument, done_on, due_on, certificate FROM laboratory_calibration WHERE instrument = ANY($1::uuid[])
ORDER BY done_on DESC, recorded_at DESC, id DESC
"""
_ANSWERED = """
SELECT instrument, from_on, until_on, reason FROM laboratory_calibration_override
WHERE instrument = ANY($1::uuid[]) ORDER BY until_on DESC
"""

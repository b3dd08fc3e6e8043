"""Who wrote down that an instrument was calibrated, and who answered for it when it was not."""

from uuid import UUID

from backend.cases.schemas import PersonShown
from backend.core.database import fetch
from backend.laboratory import instrument_queries
from backend.laboratory.instrument_queries import Row
from backend.laboratory.instrument_schemas import CalibrationHistory, CalibrationShown, OverrideShown
from backend.people.actors import Actor


async def history(*, instrument_id: UUID, by: Actor) -> CalibrationHistory:
    """All of it, the newest first, for whoever sees the instrument. Raises InstrumentUnknown (404)."""
    await instrument_queries.visible(instrument_id, by=by)
    return CalibrationHistory(
        calibrations=[_calibration(row) for row in await fetch(_CALIBRATIONS, instrument_id)],
        overrides=[_override(row) for row in await fetch(_OVERRIDES, instrument_id)],
    )


_CALIBRATIONS = """
SELECT c.*, p.name FROM laboratory_calibration c JOIN people_person p ON p.id = c.recorded_by
WHERE c.instrument = $1 ORDER BY c.done_on DESC, c.recorded_at DESC, c.id DESC
"""
_OVERRIDES = """
SELECT o.*, p.name FROM laboratory_calibration_override o JOIN people_person p ON p.id = o.by
WHERE o.instrument = $1 ORDER BY o.from_on DESC, o.at DESC
"""


def _calibration(row: Row) -> CalibrationShown:
    return CalibrationShown(
        id=row["id"],
        done_on=row["done_on"],
        due_on=row["due_on"],
        certificate=row["certificate"],
        recorded_by=PersonShown(row["recorded_by"], row["name"]),
        recorded_at=row["recorded_at"],
    )


def _override(row: Row) -> OverrideShown:
    return OverrideShown(
        id=row["id"],
        from_on=row["from_on"],
        until_on=row["until_on"],
        reason=row["reason"],
        by=PersonShown(row["by"], row["name"]),
        at=row["at"],
    )

"""What each command leaves in the house: where to look for it, and whose and of when it must be there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch

STEPS = ("moveNeed", "contestNeed", "takeCaseInHand", "respondToCase", "noteOnCase", "resolveCase", "addCasePhotos")
STEP_KINDS = ("taken_in_hand", "responded", "noted", "resolved", "rejected", "contested")


class Trace(Struct, frozen=True):
    """One row that a command made. `at`: of what it tells of; None where the moment is that of its arrival."""

    author: str
    at: datetime | None


Traces = dict[str, dict[str, Trace]]
"""By verb, and by the id of what it made. Steps of cases are all under `STEPS[0]`: which of them, its id says."""

_ROWS = {
    "moveNeed": "SELECT id, by AS author, NULL::timestamptz AS at FROM cases_event",
    "requestDiagnosis": "SELECT r.id, c.opened_by AS author, r.asked_at AS at "
    "FROM diagnosis_request r JOIN cases_case c USING (id)",
    "receiveSample": "SELECT id, received_by AS author, received_at AS at FROM laboratory_sample",
    "handOverSample": "SELECT id, by AS author, at FROM laboratory_hand_over WHERE from_unit IS NOT NULL",
    "recordAttempt": "SELECT id, by AS author, at FROM antifraud_attempt",
}
CASES_OF_THEIRS = "SELECT id FROM cases_case"
BY_THEM = """
SELECT id FROM cases_event WHERE kind = ANY($1) AND by = ANY($2::uuid[])
AND (kind <> 'noted' OR payload NOT LIKE '%"about"%')  -- a remark on another step is a line of its own
"""


def place_of(verb: str) -> str | None:
    """Under which verb its trace is looked for; None for a verb that only changes what is there already."""
    verb = STEPS[0] if verb in STEPS else verb
    return verb if verb in _ROWS else None


async def traces() -> Traces:
    """All that is there."""
    return {verb: {str(row["id"]): _trace(row) for row in await fetch(sql)} for verb, sql in _ROWS.items()}


def _trace(row: Any) -> Trace:
    return Trace(str(row["author"]), row["at"])


async def steps_of(person_ids: list[UUID]) -> set[str]:
    """Ids of the steps that these people took."""
    return {str(row["id"]) for row in await fetch(BY_THEM, list(STEP_KINDS), person_ids)}


async def cases() -> set[str]:
    """Ids of all cases."""
    return {str(row["id"]) for row in await fetch(CASES_OF_THEIRS)}


async def case_photos() -> dict[str, str]:
    """Photos that are on a case: id → the case's."""
    rows = await fetch("SELECT id, claimed_id FROM media_photo WHERE claimed_kind = 'case'")
    return {str(row["id"]): str(row["claimed_id"]) for row in rows}

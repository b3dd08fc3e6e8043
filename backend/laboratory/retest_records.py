"""Retests as they are shown, and why one is due when it is."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.reading import person
from backend.core import clock
from backend.core.clock import local
from backend.core.database import fetch
from backend.core.words import language, say
from backend.deadlines import explaining
from backend.laboratory.naming import analyte
from backend.laboratory.result_schemas import RetestRecord
from backend.laboratory.retest_queries import SHOWN
from backend.laboratory.words import RetestKind, RetestState

Row = Mapping[str, Any]
ROOM = "laboratory"


async def of_results(result_ids: Sequence[UUID]) -> dict[UUID, list[RetestRecord]]:
    """Those of each result, in the order of asking; a result without any has no entry."""
    rows = await fetch(
        f"{SHOWN} WHERE t.result = ANY($1::uuid[]) ORDER BY t.asked_at, t.kind, t.number", list(result_ids)
    )
    found: dict[UUID, list[RetestRecord]] = {}
    for row in rows:
        found.setdefault(row["result"], []).append(await record(row))
    return found


async def record(row: Row) -> RetestRecord:
    """One row of `SHOWN`."""
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "result_id": row["result"],
        "asked_by": person(row["asked_by"], row["asked_by_name"]),
        "why_due": await _why_due(row),
        "sample_id": row["sample"],
        "sample_code": row["code"],
        "analyte_name": _name(row),
        "late": row["state"] == RetestState.OPEN and row["due_at"] is not None and row["due_at"] < clock.now(),
    }
    return msgspec.convert(facts, RetestRecord, from_attributes=True)


_AS_IT_IS = (
    *("id", "kind", "number", "state", "method", "reason", "told_at", "asked_at", "due_at", "answered_by_result"),
    "answered_at",
)


def _name(row: Row) -> str | None:
    known = analyte(row["analyte"])
    if known is None:
        return row["analyte_text"]
    return known.name_zh if language.get() == "zh" else known.name_en


async def _why_due(row: Row) -> str | None:
    """When the result was received, when the objection came, and the line of days; null where no clock runs."""
    if row["kind"] != RetestKind.OBJECTION:
        return None
    lines = [
        say(
            "The result was received {told}, the objection came {asked}. No rapid method may decide it; its report is "
            "due {due}.",
            told=_moment(row["told_at"]),
            asked=_moment(row["asked_at"]),
            due=_moment(row["due_at"]),
        )
    ]
    for explained in await explaining.why_due_of(subject_room=ROOM, subject_id=row["id"]):
        lines += [f"{step.day:%m-%d} {step.text}" for step in explained.steps]
    return "\n".join(lines)


def _moment(at: Any) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else "—"

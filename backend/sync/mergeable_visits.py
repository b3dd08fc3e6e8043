"""Visits, where two people may have amended one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor
from backend.sync.mergeable import Held, Mergeable, Writer, trimmed, without_order
from backend.sync.words import ConflictKind
from backend.visits import amendments
from backend.visits.actions import get_visit
from backend.visits.schemas import AmendVisit, VisitRecord

LISTS = frozenset({"topics", "companions"})
TEXTS = frozenset({"note", "place_note"})


async def _hold(visit_id: UUID, by: Actor) -> Held:
    held = await amendments.hold_for_amending(visit_id=visit_id, by=by)
    return Held(msgspec.to_builtins(held.said), held.division_code, held.version)


async def _amend(visit_id: UUID, wanted: Mapping[str, Any], reason: str, held: Held, by: Actor) -> None:
    change = msgspec.convert({**wanted, "reason": reason, "version": held.version}, AmendVisit)
    await amendments.amend_visit(visit_id=visit_id, change=change, by=by)


async def _read(visit_id: UUID, by: Actor) -> VisitRecord:
    return await get_visit(visit_id=visit_id, by=by)


def plain(name: str, value: Any) -> Any:
    """A field as it is compared; a moment to the millisecond, which is what browsers keep.

    >>> plain("occurred_at", "2026-11-20T09:30:00.1234+08:00") == plain("occurred_at", "2026-11-20T01:30:00.123Z")
    True
    """
    if name in LISTS:
        return without_order(value)
    if name == "occurred_at":
        return msgspec.convert(value, datetime).astimezone(UTC).isoformat(timespec="milliseconds")
    return trimmed(value) if name in TEXTS else value


async def _writers(visit_id: UUID, held: Held, fields: Sequence[str]) -> dict[str, Writer]:
    """Whoever recorded the visit, or amended the field last: an amendment keeps all that the visit said before it."""
    rows = await fetch(_AMENDMENTS, visit_id)
    first = await fetch_row(_RECORDED, visit_id)
    writers = dict.fromkeys(fields, Writer(**first)) if first else {}
    after = [msgspec.json.decode(row["before"]) for row in rows[1:]] + [held.now]
    for row, then in zip(rows, after, strict=True):
        before = msgspec.json.decode(row["before"])
        changed = [name for name in fields if plain(name, before[name]) != plain(name, then[name])]
        writers |= dict.fromkeys(changed, Writer(row["person_id"], row["name"], row["at"]))
    return writers


_AMENDMENTS = """
SELECT a.before, a.by AS person_id, p.name, a.at FROM visits_amendment a JOIN people_person p ON p.id = a.by
WHERE a.visit = $1 ORDER BY a.version
"""
_RECORDED = """
SELECT v.recorded_by AS person_id, p.name, v.received_at AS at
FROM visits_visit v JOIN people_person p ON p.id = v.recorded_by WHERE v.id = $1
"""


VISITS = Mergeable(
    kind=ConflictKind.VISIT,
    hold=_hold,
    amend=_amend,
    read=_read,
    plain=plain,
    writers=_writers,
    amendments=("visits_amendment", "visit"),
    together=(("household_code", "division_code"),),
)

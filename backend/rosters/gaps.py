"""Known gaps: hours that must be staffed and that nobody holds, each with a task for the unit's supervisor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.words import Term
from backend.rosters import queries, telling
from backend.rosters.rules import Span
from backend.rosters.tables import Gap
from backend.rosters.units import DutyUnit, supervisor_of
from backend.tasks.tables import TaskKind, Urgency

GAP = Term("Nobody is on duty: {unit}, {span}. Please find somebody.")
SOON_H = 24
"""From how many hours before on a gap is a matter of today."""


async def leave_open(unit: DutyUnit, post: str, spans: Sequence[Span], *, reason: str, by: UUID | None) -> None:
    """Write gaps down and ask the unit's supervisor for cover. Call it with the roster locked."""
    supervisor = await supervisor_of(unit.id)
    for starts_at, ends_at in spans:
        gap_id = ids.uuid7()
        await Gap.insert(
            Gap(
                id=gap_id, unit=unit.id, post=post, starts_at=starts_at, ends_at=ends_at, reason=reason,
                opened_by=by, opened_at=clock.now(),
            )
        )  # fmt: skip
        if supervisor and ends_at > clock.now():
            await _ask(supervisor, gap_id, unit, (starts_at, ends_at))


async def leave_unseen_open(
    unit: DutyUnit, post: str, starts_at: datetime, ends_at: datetime, *, reason: str, by: UUID | None
) -> None:
    """The same for whatever nobody holds in a span, where it was published."""
    await leave_open(unit, post, await queries.unseen_gaps(unit.id, post, starts_at, ends_at), reason=reason, by=by)


async def _ask(supervisor: UUID, gap_id: UUID, unit: DutyUnit, span: Span) -> None:
    hours_left = (span[0] - clock.now()).total_seconds() / 3600
    await telling.ask(
        origin_id=gap_id,
        kind=TaskKind.COVER_SHIFT,
        assignee_id=supervisor,
        saying=telling.Saying(GAP, unit=unit.name, span=span),
        division_code=unit.division_code,
        due_at=span[0],
        urgency=Urgency.HIGH if hours_left < SOON_H else Urgency.NORMAL,
    )


async def close_covered(unit_id: UUID, post: str) -> None:
    """Close the known gaps in which somebody is there now, and settle their tasks."""
    rows = await fetch(
        """
        UPDATE rosters_gap SET closed_at = $3 WHERE unit = $1 AND post = $2 AND closed_at IS NULL
        AND isempty(rosters_gaps(unit, post, tstzrange(starts_at, ends_at))) RETURNING id
        """,
        unit_id,
        post,
        clock.now(),
    )
    await telling.settle([row["id"] for row in rows])

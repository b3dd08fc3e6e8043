"""What happened to a case: lines that nobody can alter, take away or forge without it being seen.

Each line's digest covers the digest before it and a salted digest of its payload. Where the chain ends is kept beside
it (`cases_timeline_head`) under an HMAC of ours, and once a day in a file of the photo store (`anchors.py`): whoever
can write to the table alone cannot shorten or rewrite a timeline. Erasing takes payload and salt; the chain still
holds and the line says "erased", because the digest of a short payload without its salt tells nothing.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import Column

from backend.cases import timeline_queries as queries
from backend.cases.chain import Line, TimelineVerdict, chained, encode, judged, seal_of
from backend.cases.tables import CaseEvent
from backend.core import clock, ids

SALT_BYTES = 16


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a line shall say. `payload` is plain JSON; `id` is the maker's own where the line is a step's."""

    kind: str
    public: bool
    payload: dict[str, object]
    id: UUID | None = None


def chain_on(
    end: tuple[int, bytes],
    new: Sequence[NewLine],
    *,
    case_id: UUID,
    by: UUID | None,
    by_unit: UUID | None,
    at: datetime,
) -> list[Line]:
    """The lines as they come after `end` (number and digest of the last one), chained to it and to each other."""
    seq, before = end
    lines: list[Line] = []
    for each in new:
        seq += 1
        line = chained(
            Line(
                id=each.id or ids.uuid7(at),
                case_id=case_id,
                seq=seq,
                kind=each.kind,
                public=each.public,
                at=at,
                by=by,
                by_unit=by_unit,
                payload=encode(each.payload).decode(),
                salt=os.urandom(SALT_BYTES),
                payload_digest=b"",
                digest=b"",
            ),
            before,
        )
        before = line.digest
        lines.append(line)
    return lines


async def append(
    *,
    case_id: UUID,
    kind: str,
    public: bool,
    payload: dict[str, object],
    by: UUID | None,
    by_unit: UUID | None = None,
    at: datetime | None = None,
    id: UUID | None = None,
) -> UUID:
    """Add one line; the caller's transaction holds the case's row. Values must be plain JSON, citizens' words included:
    they are erased with the line. The id of the line.
    """
    new = NewLine(kind=kind, public=public, payload=payload, id=id)
    end = await queries.end_of(case_id)
    [line] = chain_on(end, [new], case_id=case_id, by=by, by_unit=by_unit, at=at or clock.now())
    await queries.add(line, seal=seal_of(case_id, line.seq, line.digest))
    return line.id


async def verify(*, case_id: UUID) -> TimelineVerdict:
    """Reckon the whole chain again: every changed byte, every missing line, every erased payload is told."""
    return judged(case_id, await queries.lines(case_id), await queries.head(case_id))


async def erase(*, case_id: UUID, event_ids: list[UUID] | None = None) -> int:
    """Destroy payloads and salts of a case's lines (all, or these); how many. Verification then says "erased"."""
    erased: dict[Column | str, Any] = {CaseEvent.payload: None, CaseEvent.salt: None}
    which = (CaseEvent.case == case_id) & CaseEvent.payload.is_not_null()
    if event_ids == []:
        return 0
    if event_ids is not None:
        which = which & CaseEvent.id.is_in(event_ids)
    return len(await CaseEvent.update(erased).where(which).returning(CaseEvent.id))

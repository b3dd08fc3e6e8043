"""What I changed offline and somebody else changed too: that it waits for a person, and what he said.

No values are carried: the command that is on the phone has what its owner wrote, and the record what stands there.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from backend.sync import conflict_queries
from backend.sync.conflict_queries import Row
from backend.sync.conflict_schemas import CarriedConflict, ConflictPerson
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import ConflictKind, EntityName, GoneWhy, Keep


async def _read(reader: Reader) -> Records:
    """Decided ones for as long as a phone may be away: whoever comes back hears what became of it."""
    rows = await conflict_queries.own(
        author=reader.by.person_id,
        decided_since=reader.day_began - reader.policy.views_for,
        most=reader.policy.most_records,
    )
    return {str(row["id"]): Found(_carried(row)) for row in rows}


def _carried(row: Row) -> CarriedConflict:
    decided = row["decision"] is not None
    return CarriedConflict(
        id=UUID(str(row["id"])),
        kind=ConflictKind(row["kind"]),
        record_id=UUID(str(row["record_id"])),
        fields=list(row["fields"]),
        opened_at=row["opened_at"],
        decided_at=row["decided_at"],
        decided_by=ConflictPerson(row["decided_by"], row["decider_name"]) if decided else None,
        decision=msgspec.json.decode(row["decision"], type=dict[str, Keep]) if decided else None,
    )


async def _why_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Decided long ago."""
    return dict.fromkeys(gone, GoneWhy.PAST)


carry(Entity(name=EntityName.CONFLICTS, read=_read, why_gone=_why_gone))

"""Keeping what a phone wanted and may not simply be done, until a person decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.cipher import seal, unseal
from backend.core.database import fetch
from backend.sync import conflict_telling
from backend.sync.command_kinds import Doing
from backend.sync.mergeable import Held, Mergeable
from backend.sync.merging import Change
from backend.sync.tables import Conflict

COLUMN = "sync_conflict.values_sealed"
REASON_CHARACTERS = 200


class Contest(msgspec.Struct, frozen=True, rename={"had": "from", "wanted": "to"}):
    """One contested field: as the phone had it, as it wants it, as the record stood when that came."""

    had: Any
    wanted: Any
    now: Any


async def open_conflict(
    kind: Mergeable, record_id: UUID, held: Held, contested: Mapping[str, Change], *, reason: str, doing: Doing
) -> None:
    """A conflict under the command's id, and somebody is asked to decide it.

    What the same person wanted earlier of the same fields is thereby over.
    """
    await fetch(_OVERTAKE, kind.kind, record_id, doing.by.person_id, list(contested), clock.now())
    contests = {name: Contest(each.had, each.wanted, held.now[name]) for name, each in contested.items()}
    await Conflict.insert(
        Conflict(
            id=doing.command_id,
            kind=kind.kind,
            record_id=record_id,
            division_code=held.division_code,
            author=doing.by.person_id,
            captured_at=doing.done_at,
            opened_at=clock.now(),
            reason=reason[:REASON_CHARACTERS],
            fields=sorted(contests),
            values_sealed=sealed(contests),
        )
    )
    writers = await kind.writers(record_id, held, list(contested))
    await conflict_telling.opened(doing.command_id, writers={each.person_id for each in writers.values()})


_OVERTAKE = """
UPDATE sync_conflict SET decided_at = $5, decided_by = author,
    decision = (SELECT jsonb_object_agg(field, 'record') FROM unnest(fields) field)
WHERE kind = $1 AND record_id = $2 AND author = $3 AND fields <@ $4::varchar[] AND decided_at IS NULL
"""


def sealed(contests: Mapping[str, Contest]) -> bytes:
    """As they are kept."""
    return seal(msgspec.json.encode(contests).decode(), column=COLUMN)


def unsealed(content: bytes) -> dict[str, Contest]:
    """As they were kept."""
    return msgspec.json.decode(unseal(content, column=COLUMN), type=dict[str, Contest])

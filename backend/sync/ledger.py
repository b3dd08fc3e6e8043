"""The ledger: every command that was taken, by the id that its phone gave it, so that a second sending does nothing.

A row is written in the transaction in which the command is done. Refusals leave no row, and the row of what waited and
was refused binds its author to nothing: he may try again, with the same words or with others.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from backend.core import cipher
from backend.core.database import connection, fetch
from backend.sync.words import CommandOutcome

SEALED = "sync_command.arguments_sealed"


class Line(Struct, frozen=True, kw_only=True):
    """A row of the ledger. `arguments`: JSON, while it waits; `ahead`: by how much the phone's clock was."""

    id: UUID
    verb: str
    author_id: UUID
    carrier_id: UUID
    device_id: UUID | None
    captured_at: datetime
    received_at: datetime
    digest: bytes
    outcome: CommandOutcome
    record_id: UUID | None = None
    arguments: bytes | None = None
    waiting_for: Sequence[UUID] = ()
    ahead: timedelta = timedelta()


async def locked(ids: Sequence[UUID]) -> dict[UUID, Line]:
    """What the ledger says of these commands; until the transaction ends nobody else does one of them.

    Two statements: the second sees what was committed by whoever held the locks before.
    """
    await fetch("SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) key", sorted({_key(id) for id in ids}))
    rows = await fetch(f"SELECT {_COLUMNS} FROM sync_command WHERE id = ANY($1)", list(ids))
    return {line.id: line for line in map(_line, rows)}


def _key(id: UUID) -> int:
    return int.from_bytes(id.bytes[-8:], "big", signed=True)


async def keep(lines: Iterable[Line]) -> None:
    """Write lines, or what became of those that were waiting.

    A line with the digest of the one before it keeps that one's carrier and clock: his photos are waited for.
    """
    rows = [_values(line) for line in lines]
    if rows:
        async with connection() as acquired:
            await acquired.executemany(_KEEP, rows)


async def ready(*, after: UUID, limit: int) -> list[Line]:
    """Waiting commands whose photos have all come, in the order of their ids."""
    return [_line(row) for row in await fetch(_READY, after, limit)]


async def end(line: Line) -> None:
    """Refuse a line that still waits with the same words, and forget what it said."""
    await fetch(_END, line.id, line.digest)


async def give_up(*, before: datetime) -> None:
    """Refuse what has waited since before a moment, and forget what it said."""
    await fetch(GIVE_UP, before)


def _values(line: Line) -> tuple[object, ...]:
    sealed = None if line.arguments is None else cipher.seal(line.arguments.decode(), column=SEALED)
    told = (line.id, line.verb, line.author_id, line.carrier_id, line.device_id, line.captured_at, line.received_at)
    return (*told, line.digest, line.outcome.value, line.record_id, sealed, list(line.waiting_for), line.ahead)


def _line(row: Mapping[str, object]) -> Line:
    known = {name: row[name] for name in _PLAIN}
    sealed = row["arguments_sealed"]
    return Line(
        **known,  # type: ignore[arg-type]
        author_id=row["author"],  # type: ignore[arg-type]
        carrier_id=row["carrier"],  # type: ignore[arg-type]
        outcome=CommandOutcome(str(row["outcome"])),
        arguments=cipher.unseal(sealed, column=SEALED).encode() if isinstance(sealed, bytes) else None,
    )


_PLAIN = ("id", "verb", "device_id", "captured_at", "received_at", "digest", "record_id", "waiting_for", "ahead")
_COLUMNS = (
    "id, verb, author, carrier, device_id, captured_at, received_at, digest, outcome, record_id, arguments_sealed, "
    "waiting_for, ahead"
)
_SAID = ("verb", "author", "carrier", "device_id", "captured_at", "ahead")
_PUT_RIGHT = ", ".join(
    f"{name} = CASE WHEN c.digest = EXCLUDED.digest THEN c.{name} ELSE EXCLUDED.{name} END" for name in _SAID
)
_KEEP = f"""
INSERT INTO sync_command AS c ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET received_at = EXCLUDED.received_at, outcome = EXCLUDED.outcome,
    record_id = EXCLUDED.record_id, arguments_sealed = EXCLUDED.arguments_sealed, waiting_for = EXCLUDED.waiting_for,
    {_PUT_RIGHT}, digest = EXCLUDED.digest
"""
_READY = f"""
SELECT {_COLUMNS} FROM sync_command c WHERE outcome = 'waiting' AND id > $1 AND NOT EXISTS (
    SELECT FROM unnest(c.waiting_for) awaited(id) WHERE NOT EXISTS (
        SELECT FROM media_photo p WHERE p.id = awaited.id
            AND (p.uploaded_by = c.author OR p.uploaded_by = c.carrier AND p.claimed_id IS NULL)))
ORDER BY id LIMIT $2
"""
_REFUSE = "UPDATE sync_command SET outcome = 'refused', arguments_sealed = NULL, waiting_for = '{}'"
_END = f"{_REFUSE} WHERE outcome = 'waiting' AND id = $1 AND digest = $2"
GIVE_UP = f"{_REFUSE} WHERE outcome = 'waiting' AND received_at < $1"

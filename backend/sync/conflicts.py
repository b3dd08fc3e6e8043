"""Two changes of one field wait for a person: a supervisor of the place, or whoever may amend the record himself.

What the record says is read anew each time. Where it says by now what the phone wanted, the field is agreed; where all
are, the conflict is over as soon as somebody reads it, in the name of whoever wrote the last of them. Whoever opens,
overtakes or decides a conflict holds its record first, so that no two of them cross.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.creates import digest
from backend.core.database import fetch, transaction
from backend.core.paging import Position
from backend.core.refusals import FieldError
from backend.core.words import say
from backend.people.access_log import note_access
from backend.people.actors import Actor
from backend.sync import conflict_queries, conflict_telling
from backend.sync.conflict_opening import REASON_CHARACTERS, Contest, unsealed
from backend.sync.conflict_schemas import ConflictLine, ConflictPerson, ConflictRecord, ContestedField
from backend.sync.mergeable import Held, Mergeable, Writer
from backend.sync.mergeable_households import HOUSEHOLDS
from backend.sync.mergeable_visits import VISITS
from backend.sync.refusals import ConflictDecided, ConflictUnknown, DecisionIncomplete, RecordMovedOn
from backend.sync.words import ConflictKind, Keep

KINDS = {ConflictKind.VISIT: VISITS, ConflictKind.HOUSEHOLD: HOUSEHOLDS}


async def list_conflicts(
    *, by: Actor, waiting: bool, limit: int, after: Position | None = None, record_id: UUID | None = None
) -> list[ConflictLine]:
    """Up to `limit` + 1 that `by` may decide, the waiting ones or the decided, the newest first; without values.

    record_id   only those of one record
    """
    rows = await conflict_queries.rows(by=by, waiting=waiting, limit=limit, after=after, record_id=record_id)
    return [ConflictLine(**_line(row)) for row in rows]


@transaction
async def get_conflict(*, conflict_id: UUID, by: Actor, request_id: str) -> ConflictRecord:
    """One with its values. Those of a contact are a read of it, and logged. Raises ConflictUnknown (404)."""
    row = await _row(conflict_id, by)
    record = _decided(row) if row["decided_at"] else await _waiting(row, by)
    secret = sorted(KINDS[record.kind].secret & record.values.keys())
    if secret:
        await note_access(
            by=by, subject_kind=record.kind, subject_id=record.record_id, fields=secret, request_id=request_id
        )
    return record


async def look(*, conflict_id: UUID, by: Actor) -> None:
    """Close it if the record says by now what the phone wanted: as reading it does, and nobody reads it."""
    row = await _row(conflict_id, by)
    if row["decided_at"] is None:
        await _waiting(row, by)


@transaction
async def decide_conflict(
    *, conflict_id: UUID, keep: Mapping[str, Keep], by: Actor, request_id: str, basis: str | None = None
) -> ConflictRecord:
    """Say which one stays; what the phone wanted is done through the record's own verb, in the decider's name.

    The same decision twice is once. Raises ConflictUnknown (404), DecisionIncomplete (400), RecordMovedOn,
    ConflictDecided (409), and what amending the record raises.
    """
    row = await _row(conflict_id, by)
    if row["decided_at"] is None:
        kind = KINDS[row["kind"]]
        held = await kind.hold(row["record_id"], by)
        row = await _row(conflict_id, by)  # as it is now that nobody else can decide it
        if row["decided_at"] is None:
            await _decide(row, kind, held, keep, basis, by)
            row = await _row(conflict_id, by)
    _must_be_same(row, keep)
    return await get_conflict(conflict_id=conflict_id, by=by, request_id=request_id)


async def _decide(
    row: Mapping[str, Any], kind: Mergeable, held: Held, keep: Mapping[str, Keep], basis: str | None, by: Actor
) -> None:
    values = await _values(row, kind, held)
    if basis is not None and basis != _basis(values):
        raise RecordMovedOn("Look at what the record says now, then decide.")
    _must_be_whole(values, keep)
    wanted = {name: values[name].wanted for name, kept in keep.items() if kept is Keep.PHONE}
    wanted = {name: value for name, value in wanted.items() if not values[name].agreed}
    if wanted:
        reason = say("One of two changes was chosen. {reason}", reason=row["reason"])
        await kind.amend(row["record_id"], wanted, reason[:REASON_CHARACTERS], held, by)
    agreed = {name: Keep.PHONE for name, value in values.items() if value.agreed}
    await _close(row, {**agreed, **keep}, decided_by=by.person_id, by=by)


async def _row(conflict_id: UUID, by: Actor) -> Mapping[str, Any]:
    row = await conflict_queries.row(conflict_id=conflict_id, by=by)
    if row is None:
        raise ConflictUnknown("There is no such pair of changes, or it is not yours to decide.", id=str(conflict_id))
    return row


async def _waiting(row: Mapping[str, Any], by: Actor) -> ConflictRecord:
    kind = KINDS[row["kind"]]
    values = await _values(row, kind, await kind.hold(row["record_id"], by))
    if all(value.agreed for value in values.values()):
        writers = [(value.now_at, value.now_by.id) for value in values.values() if value.now_by and value.now_at]
        decider = max(writers)[1] if writers else row["author"]
        await _close(row, dict.fromkeys(values, Keep.PHONE), decided_by=decider, by=None)
        return _decided(await _row(row["id"], by))
    return ConflictRecord(**_line(row), values=values, basis=_basis(values))


def _decided(row: Mapping[str, Any]) -> ConflictRecord:
    values = {
        name: ContestedField(had=each.had, wanted=each.wanted, now=each.now)
        for name, each in unsealed(row["values_sealed"]).items()
    }
    return ConflictRecord(**_line(row), values=values, basis=_basis(values))


async def _values(row: Mapping[str, Any], kind: Mergeable, held: Held) -> dict[str, ContestedField]:
    """As the phone told them, beside what the record says at this moment and who wrote it."""
    contests = unsealed(row["values_sealed"])
    writers = await kind.writers(row["record_id"], held, list(contests))
    return {name: _value(kind, name, each, held.now[name], writers.get(name)) for name, each in contests.items()}


def _value(kind: Mergeable, name: str, contest: Contest, now: Any, writer: Writer | None) -> ContestedField:
    return ContestedField(
        had=contest.had,
        wanted=contest.wanted,
        now=now,
        now_by=ConflictPerson(writer.person_id, writer.name) if writer else None,
        now_at=writer.at if writer else None,
        agreed=kind.plain(name, now) == kind.plain(name, contest.wanted),
    )


def _basis(values: Mapping[str, ContestedField]) -> str:
    return digest({name: value.now for name, value in values.items()}).hex()[:24]


def _must_be_same(row: Mapping[str, Any], keep: Mapping[str, Keep]) -> None:
    if not keep or not keep.items() <= _line(row)["decision"].items():
        raise ConflictDecided("{name} decided it. Amend the record if it is wrong.", name=row["decider_name"])


def _must_be_whole(values: Mapping[str, ContestedField], keep: Mapping[str, Keep]) -> None:
    missing = [name for name, value in values.items() if not value.agreed and name not in keep]
    wrong = [FieldError(pointer=f"/keep/{name}", detail="Say record or phone.", code="required") for name in missing]
    wrong += [
        FieldError(pointer=f"/keep/{name}", detail="This field is not contested.")
        for name in keep
        if name not in values
    ]
    if wrong:
        raise DecisionIncomplete("Each contested field needs a decision; see errors.", errors=wrong)


async def _close(row: Mapping[str, Any], decision: Mapping[str, Keep], *, decided_by: UUID, by: Actor | None) -> None:
    """Unless somebody closed it while its record was waited for; `by` is none where nobody had to decide."""
    said = msgspec.json.encode(decision).decode()
    if await fetch(_CLOSE, row["id"], clock.now(), decided_by, said):
        await conflict_telling.over(row, decision, decided_by=decided_by, by=by)


_CLOSE = """
UPDATE sync_conflict SET decided_at = $2, decided_by = $3, decision = $4 WHERE id = $1 AND decided_at IS NULL
RETURNING id
"""


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    decision = row["decision"] and msgspec.json.decode(row["decision"], type=dict[str, Keep])
    return {
        "id": row["id"],
        "kind": ConflictKind(row["kind"]),
        "record_id": row["record_id"],
        "household_code": row["household_code"],
        "occurred_at": row["occurred_at"],
        "division_code": row["place_code"],
        "division_name": row["place_name"],
        "author": ConflictPerson(row["author"], row["author_name"]),
        "captured_at": row["captured_at"],
        "opened_at": row["opened_at"],
        "reason": row["reason"],
        "fields": list(row["fields"]),
        "decided_at": row["decided_at"],
        "decided_by": ConflictPerson(row["decided_by"], row["decider_name"]) if row["decided_by"] else None,
        "decision": decision,
    }

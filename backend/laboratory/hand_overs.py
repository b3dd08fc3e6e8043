"""Handing over: a sample goes on to another unit, and every hand it went through can be read afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.cases.entries import AHEAD
from backend.core import arrivals, clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.laboratory import sample_desks, sample_records, sample_storing
from backend.laboratory.sample_refusals import NotReceived, NotYourSample, ThereAlready
from backend.laboratory.sample_schemas import HandOverRecord, NewHandOver
from backend.laboratory.visibility import LabReader, reader, sees
from backend.laboratory.words import SampleState
from backend.people.actors import Actor

Row = Mapping[str, Any]


@transaction
async def hand_over(
    *, sample_id: UUID, new: NewHandOver, by: Actor, at: datetime | None = None
) -> Outcome[HandOverRecord]:
    """A sample goes on, told by whoever gives it away or by whoever takes it in. The same again is the same step.

    at   when, where that was offline and he did not say (`new.at`)

    Raises SampleUnknown (404), NotYourSample (403), Invalid (400), NotReceived, ThereAlready, DifferentArguments (409).
    """
    now, reading = clock.now(), await reader(by)
    if not await sees(reading, sample_id):
        raise sample_records.unknown(sample_id)
    sample = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1 FOR UPDATE", sample_id)
    assert sample is not None  # noqa: S101 - it is never deleted, and he sees it
    step_id, told = new.id or ids.uuid7(now), [by.person_id, sample_id, replace(new, id=None)]
    if (stored := await _digest_of(step_id)) is not None:
        if not creates.same(stored, told) and stored != _former_digest(new, sample_id, by):
            raise DifferentArguments("Step {id} was written before with other content; it stays.", id=str(step_id))
        return Outcome(await _step(sample_id, step_id), created=False)
    last = await _newest(sample_id)
    moment = new.at or arrivals.done_at(at, since=last, now=now)
    await _check(sample, new, reading, by)
    _check_moment(moment, last, now)
    await _write(sample, new, step_id, creates.digest(told), by, at=moment, now=now)
    return Outcome(await _step(sample_id, step_id), created=True)


async def _check(sample: Row, new: NewHandOver, reading: LabReader, by: Actor) -> None:
    if sample["state"] != SampleState.RECEIVED:
        raise NotReceived("Receive the sample first; only its file told of it so far.")
    gives = sample_records.handles(sample, reading) or sample["received_by"] == by.person_id
    if not (gives or new.to_unit_id in reading.desks):
        raise NotYourSample("Only who has the sample hands it over, or who takes it in.")
    await sample_desks.named_desk(new.to_unit_id, by=by, pointer="/to_unit_id")
    if new.to_unit_id == sample["holder"]:
        raise ThereAlready("It is there already; choose the unit to which it goes.")


def _check_moment(at: datetime, last: datetime, now: datetime) -> None:
    """Paper first is welcome, and its hands in their order."""
    if last <= at <= now + AHEAD:
        return
    detail = "It was handed over between its last step ({last}) and now: look at the time."
    raise Invalid(
        detail, errors=[FieldError(pointer="/at", detail=detail, code="range", facts={"last": last})], last=last
    )


async def _write(
    sample: Row, new: NewHandOver, step_id: UUID, digest: bytes, by: Actor, *, at: datetime, now: datetime
) -> None:
    step = {
        "id": step_id,
        "sample": sample["id"],
        "from_unit": sample["holder"],
        "to_unit": new.to_unit_id,
        "at": at.astimezone(UTC),
        "recorded_at": now,
        "by": by.person_id,
        "temperature_c": None if new.temperature_c is None else Decimal(str(new.temperature_c)),
        "travelled": new.travelled.value if new.travelled else None,
        "note": (new.note or "").strip() or None,
        "arguments_digest": digest,
    }
    await sample_storing.insert("laboratory_hand_over", step)
    await fetch("UPDATE laboratory_sample SET holder = $2 WHERE id = $1", sample["id"], new.to_unit_id)


def _former_digest(new: NewHandOver, sample_id: UUID, by: Actor) -> bytes:
    """Until 2026-11-23 the id was no part of it; it goes when `creates.former_digest` goes."""
    plain = {name: getattr(new, name) for name in new.__struct_fields__ if name != "id"}
    return creates.former_digest((by.person_id, sample_id, plain))


async def _digest_of(step_id: UUID) -> bytes | None:
    row = await fetch_row("SELECT arguments_digest FROM laboratory_hand_over WHERE id = $1", step_id)
    return row["arguments_digest"] if row else None


async def _newest(sample_id: UUID) -> datetime:
    row = await fetch_row("SELECT max(at) AS at FROM laboratory_hand_over WHERE sample = $1", sample_id)
    newest: datetime = row["at"] if row and row["at"] else datetime.min.replace(tzinfo=UTC)
    return newest


async def _step(sample_id: UUID, step_id: UUID) -> HandOverRecord:
    return next(step for step in await sample_records.hand_overs_of(sample_id) if step.id == step_id)

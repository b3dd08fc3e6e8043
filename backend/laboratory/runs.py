"""Recording a run: whether it counts is decided at once, and a file that belongs to it is judged again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock, creates, ids
from backend.core.clock import local
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.laboratory import instrument_queries, rejudging, run_queries, run_rules
from backend.laboratory.instrument_refusals import ImportElsewhere, NotYourInstrument
from backend.laboratory.instrument_schemas import NewRun, RunRecord
from backend.laboratory.visibility import LabReader, reader
from backend.laboratory.words import ImportState, JudgedBecause, Method
from backend.people.actors import Actor
from backend.people.tables import Role


@transaction
async def record_run(*, new: NewRun, by: Actor) -> Outcome[RunRecord]:
    """Write down what was measured in one go, by whoever measured it: a technician of the instrument's desk.

    With `import_id` the results of that file belong to the run from now on, and are judged again by it.

    Raises Invalid (400), Forbidden, NotYourInstrument (403), InstrumentUnknown (404), ImportElsewhere,
    DifferentArguments (409).
    """
    by.must_have(Role.TECHNICIAN)
    reading = await reader(by)
    instrument = await instrument_queries.visible(new.instrument_id, by=by)
    if instrument["unit"] not in reading.desks:
        raise NotYourInstrument("A run is recorded by a technician of the desk where the instrument stands.")
    now = clock.now()
    run_id, started_at = new.id or ids.uuid7(now), new.started_at or now
    run_rules.check(new, started_at=started_at, now=now)
    if not await _insert(run_id, new, instrument["unit"], started_at, now, by):
        return await _again(run_id, new)
    if new.import_id is not None:
        await _attach(run_id, new, reading, by)
    return Outcome(await _record(run_id), created=True)


async def _record(run_id: UUID) -> RunRecord:
    found = await run_queries.of_id(run_id)
    assert found is not None  # noqa: S101 - it was inserted or found in this transaction
    return found


async def _again(run_id: UUID, new: NewRun) -> Outcome[RunRecord]:
    row = await fetch_row("SELECT arguments_digest FROM laboratory_run WHERE id = $1", run_id)
    if row is None or not creates.same(row["arguments_digest"], new):
        raise DifferentArguments("Run {id} was recorded before with other content; it stays.", id=str(run_id))
    return Outcome(await _record(run_id), created=False)


async def _insert(run_id: UUID, new: NewRun, unit_id: UUID, started_at: datetime, now: datetime, by: Actor) -> bool:
    """Whether it is new."""
    reasons = run_rules.invalid_reasons(new, local(started_at).date())
    told = ("blank_delta", "control_percent", "control_low", "control_high", "replicate_spread_percent")
    numbers = {name: _exact(getattr(new, name)) for name in (*told, "temperature_c")}
    row = numbers | {
        "id": run_id,
        "instrument": new.instrument_id,
        "unit": unit_id,
        "operator": by.person_id,
        "method": new.method.value,
        "started_at": started_at,
        "replicates_n": new.replicates_n,
        "reagent_lot": new.reagent_lot,
        "note": new.note,
        "valid": not reasons,
        "invalid_reasons": [each.value for each in reasons],
        "recorded_at": now,
        "recorded_by": by.person_id,
        "arguments_digest": creates.digest(new),
    }
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made = await fetch_row(
        f"INSERT INTO laboratory_run ({', '.join(row)}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *row.values(),
    )
    return made is not None


def _exact(number: float | None) -> Any:
    return None if number is None else run_rules.exact(number)


async def _attach(run_id: UUID, new: NewRun, reading: LabReader, by: Actor) -> None:
    """The file's results are the run's, as far as its instrument and method measured them."""
    file = await fetch_row("SELECT * FROM laboratory_import WHERE id = $1 FOR UPDATE", new.import_id)
    _must_belong(file, new, reading)
    await fetch(
        "UPDATE laboratory_import SET run = $2, instrument = coalesce(instrument, $3) WHERE id = $1",
        *(new.import_id, run_id, new.instrument_id),
    )
    rows = await fetch(_ATTACH, run_id, new.instrument_id, new.import_id, new.method.value)
    ids = [row["id"] for row in rows]
    await rejudging.judge_again(result_ids=ids, because=JudgedBecause.RUN_RECORDED, by=by)


def _must_belong(file: Mapping[str, Any] | None, new: NewRun, reading: LabReader) -> None:
    if file is None or file["dry_run"] or file["unit"] not in reading.desks:
        detail, facts = "There is no file {id} at your desk.", {"id": str(new.import_id)}
        raise Invalid(errors=[FieldError(pointer="/import_id", detail=detail, code="unknown", facts=facts)])
    if file["state"] in (ImportState.QUEUED, ImportState.RUNNING):
        raise ImportElsewhere("The file is still being read: record its run when it is done.")
    if file["run"] is not None:
        raise ImportElsewhere("The file belongs to a run already.")
    if file["instrument"] not in (None, new.instrument_id):
        raise ImportElsewhere("Another instrument wrote this file.")


_ATTACH = f"""
UPDATE laboratory_result SET run = $1, instrument = coalesce(instrument, $2)
WHERE import_file = $3 AND run IS NULL AND (instrument IS NULL OR instrument = $2)
    AND (method IN ($4, '{Method.UNKNOWN.value}') OR $4 = '{Method.UNKNOWN.value}')
RETURNING id
"""

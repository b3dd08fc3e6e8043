"""Writing down that an instrument was calibrated, and that somebody answers for one that was not."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.logs import request_id
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.laboratory import instrument_queries, rejudging
from backend.laboratory.calibration_policies import CalibrationPolicy, calibration_policy
from backend.laboratory.calibrations import standings
from backend.laboratory.instrument_desks import LEADERS, must_keep
from backend.laboratory.instrument_refusals import NotOverdue, NotYourInstrument
from backend.laboratory.instrument_schemas import InstrumentRecord, NewCalibration, NewOverride
from backend.laboratory.words import Calibration, JudgedBecause
from backend.people.access_log import note_access
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind


@transaction
async def record_calibration(*, instrument_id: UUID, new: NewCalibration, by: Actor) -> Outcome[InstrumentRecord]:
    """It was calibrated: it counts from `done_on` through `due_on`.

    Certificates come late: what it measured on these days and was blocked is judged again. All else stays as judged.

    By those who keep it. Raises NotYourInstrument (403), InstrumentUnknown (404), Invalid (400),
    DifferentArguments (409).
    """
    row = await instrument_queries.visible(instrument_id, by=by, lock=True)
    await must_keep(by, row)
    _check_calibration(new, calibration_policy(clock.today()))
    told = {"done_on": new.done_on, "due_on": new.due_on, "certificate": new.certificate}
    created = await _insert("laboratory_calibration", new.id, instrument_id, told, by_column="recorded_by", by=by)
    if created:
        await _free(instrument_id, new.done_on, new.due_on, by)
    return Outcome(await instrument_queries.get(instrument_id=instrument_id, by=by), created=created)


@transaction
async def override(*, instrument_id: UUID, new: NewOverride, by: Actor) -> Outcome[InstrumentRecord]:
    """Answer by name for an instrument that is overdue; what it measured on these days is judged again at once.

    By supervisors and admins of the place, and experts of the studio; written into the access log. Raises
    NotYourInstrument (403), InstrumentUnknown (404), Invalid (400), NotOverdue, DifferentArguments (409).
    """
    row = await instrument_queries.visible(instrument_id, by=by, lock=True)
    await _must_answer_for(by, row)
    kept_from = await _first_day(new.id)
    first = new.from_on or kept_from or clock.today()
    if kept_from is None:
        _check_days(first, new.until_on, calibration_policy(clock.today()))
        await _must_be_overdue(instrument_id, first)
    told = {"from_on": first, "until_on": new.until_on, "reason": new.reason.strip()}
    created = await _insert("laboratory_calibration_override", new.id, instrument_id, told, by_column="by", by=by)
    if created:
        await _note(instrument_id, by)
        await _free(instrument_id, first, new.until_on, by)
    return Outcome(await instrument_queries.get(instrument_id=instrument_id, by=by), created=created)


async def _note(instrument_id: UUID, by: Actor) -> None:
    fields, of_request = ["calibration_override"], request_id.get()
    await note_access(by=by, subject_kind="instrument", subject_id=instrument_id, fields=fields, request_id=of_request)


def _check_calibration(new: NewCalibration, policy: CalibrationPolicy) -> None:
    if new.done_on > clock.today():
        raise _wrong("/done_on", "A calibration is recorded once it is done; {day} is still to come.", day=new.done_on)
    if new.due_on < new.done_on:
        raise _wrong("/due_on", "It cannot be due before it was done, {day}.", day=new.done_on)
    latest = new.done_on + timedelta(days=policy.calibration_longest_days)
    if new.due_on > latest:
        raise _wrong("/due_on", "At most {day}: no calibration counts longer.", day=latest)


def _check_days(first: date, until_on: date, policy: CalibrationPolicy) -> None:
    today = clock.today()
    earliest = today - timedelta(days=policy.override_back_days)
    if not earliest <= first <= today:
        raise _wrong("/from_on", "From {first} to today: nobody answers further back.", first=earliest)
    latest = first + timedelta(days=policy.override_longest_days - 1)
    if not today <= until_on <= latest:
        raise _wrong("/until_on", "From {first} to {last}: then it has to be calibrated.", first=today, last=latest)


def _wrong(pointer: str, detail: str, **days: date) -> Invalid:
    facts = {name: day.isoformat() for name, day in days.items()}
    return Invalid(errors=[FieldError(pointer=pointer, detail=detail, facts=facts)])


async def _must_answer_for(by: Actor, instrument: Mapping[str, Any]) -> None:
    """Supervisor or admin of the place; or an expert of the studio itself, no local one of a station."""
    leads = by.prefixes(LEADERS)
    if leads and instrument["division_code"].startswith(leads):
        return
    studios = [held.unit_id for held in by.held if held.role is Role.EXPERT and held.unit_id is not None]
    asked = "SELECT 1 FROM people_unit WHERE id = ANY($1::uuid[]) AND kind = $2"  # that he sees it, is asked before
    if await fetch_row(asked, studios, UnitKind.STUDIO.value) is None:
        raise NotYourInstrument("The supervisor of the place answers for it, or an expert of the studio.")


async def _must_be_overdue(instrument_id: UUID, day: date) -> None:
    told = (await standings([instrument_id]))[instrument_id]
    newest = told.newest(day)
    if newest is None:
        raise NotOverdue("No calibration is on file, so nothing is blocked: record the last one.")
    if told.on(day) is Calibration.VALID:
        raise NotOverdue("It is calibrated until {day}.", day=newest.due_on.isoformat())


async def _first_day(override_id: UUID | None) -> date | None:
    """Of an override that was made before: a repeat means the same days, even after midnight."""
    row = await fetch_row("SELECT from_on FROM laboratory_calibration_override WHERE id = $1", override_id)
    return row["from_on"] if row else None


async def _insert(
    table: str, id: UUID | None, instrument_id: UUID, told: Mapping[str, Any], *, by_column: str, by: Actor
) -> bool:
    """Whether it was new. Raises DifferentArguments (409) where the id stands for anything else."""
    now = clock.now()
    at_column = "recorded_at" if by_column == "recorded_by" else "at"
    row = {"id": id or ids.uuid7(now), "instrument": instrument_id, **told, by_column: by.person_id, at_column: now}
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made = await fetch_row(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *row.values(),
    )
    if made is not None:
        return True
    kept = await fetch_row(f"SELECT * FROM {table} WHERE id = $1", id)
    if kept is None or any(kept[name] != value for name, value in {"instrument": instrument_id, **told}.items()):
        raise DifferentArguments("Id {id} was used before with other content; it stays.", id=str(id))
    return False


async def _free(instrument_id: UUID, from_on: date, until_on: date, by: Actor) -> None:
    """Judge again what it measured on these days without a verdict, because it was overdue."""
    rows = await fetch(
        "SELECT id FROM laboratory_result WHERE instrument = $1 "
        "AND (coalesce(tested_at, received_at) AT TIME ZONE 'Asia/Shanghai')::date BETWEEN $2 AND $3 "
        """AND reasons @> '[{"code": "calibration_overdue"}]'""",
        *(instrument_id, from_on, until_on),
    )
    blocked = [row["id"] for row in rows]
    await rejudging.judge_again(result_ids=blocked, because=JudgedBecause.OVERRIDDEN, by=by)

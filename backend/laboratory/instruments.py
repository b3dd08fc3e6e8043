"""Instruments come to be known: by the files they write, and by whoever registers them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.laboratory import calibrating, instrument_queries, instrument_serials
from backend.laboratory.instrument_desks import KEEPERS, Desk, desk_of, keeps
from backend.laboratory.instrument_refusals import InstrumentElsewhere
from backend.laboratory.instrument_schemas import InstrumentRecord, NewCalibration, NewInstrument
from backend.people.actors import Actor

REGISTERED_WITH = "calibration told at registration"


@transaction
async def register(*, new: NewInstrument, by: Actor) -> Outcome[InstrumentRecord]:
    """Register an instrument. One that files told of keeps its id and its results, whatever id is given here.

    By technicians of its desk, and by supervisors and admins of the place. Raises Forbidden (403), Invalid (400),
    DifferentArguments, InstrumentElsewhere (409).
    """
    by.must_have(*KEEPERS)
    new = replace(new, serial=_serial(new.serial))
    _check(new)
    desk = await desk_of(new.unit_id, by=by)
    told = replace(new, id=None, unit_id=desk.id)
    found = await instrument_serials.take_in([new.serial], desk.id, id=new.id)
    row = await _held(found[new.serial]) if new.serial in found else None
    if row is None or (new.id is not None and row["id"] != new.id and await _stands_for_another(new.id)):
        raise DifferentArguments("Id {id} stands for another instrument.", id=str(new.id))
    if row["registered_at"] is not None:
        return await _again(row, told, by)
    await _write(row["id"], new, desk, creates.digest(told), by)
    return Outcome(await instrument_queries.get(instrument_id=row["id"], by=by), created=True)


def _serial(said: str) -> str:
    if serial := instrument_serials.plain(said):
        return serial
    raise Invalid(errors=[FieldError(pointer="/serial", detail="A serial is needed.", code="needed")])


def _check(new: NewInstrument) -> None:
    if (new.calibrated_on is None) != (new.calibration_due_on is None):
        pointer = "/calibrated_on" if new.calibrated_on is None else "/calibration_due_on"
        detail = "Say both days, when it was calibrated and until when that counts, or neither."
        raise Invalid(errors=[FieldError(pointer=pointer, detail=detail, code="needed")])


async def _held(instrument_id: UUID) -> Mapping[str, Any] | None:
    return await fetch_row(
        "SELECT i.*, v.code AS division_code FROM laboratory_instrument i JOIN people_unit u ON u.id = i.unit "
        "JOIN territory_division v ON v.id = u.division WHERE i.id = $1 FOR UPDATE OF i",
        instrument_id,
    )


async def _stands_for_another(instrument_id: UUID) -> bool:
    return await fetch_row("SELECT 1 FROM laboratory_instrument WHERE id = $1", instrument_id) is not None


async def _again(row: Mapping[str, Any], told: NewInstrument, by: Actor) -> Outcome[InstrumentRecord]:
    if not await keeps(by, Desk(row["unit"], row["division_code"])):
        raise InstrumentElsewhere("Serial {serial} is registered at another desk; ask there.", serial=row["serial"])
    if not creates.same(row["arguments_digest"], told):
        raise DifferentArguments(
            "Instrument {serial} was registered before with other content; it stays.", serial=row["serial"]
        )
    return Outcome(await instrument_queries.get(instrument_id=row["id"], by=by), created=False)


async def _write(instrument_id: UUID, new: NewInstrument, desk: Desk, digest: bytes, by: Actor) -> None:
    await fetch(
        "UPDATE laboratory_instrument SET unit = $2, maker = $3, model = $4, method = $5, firmware = $6, profile = $7, "
        "registered_at = $8, registered_by = $9, arguments_digest = $10 WHERE id = $1",
        *(instrument_id, desk.id, new.maker, new.model, new.method.value, new.firmware, new.profile),
        *(clock.now(), by.person_id, digest),
    )
    if new.calibrated_on is not None and new.calibration_due_on is not None:
        done = NewCalibration(
            id=uuid5(instrument_id, REGISTERED_WITH),
            done_on=new.calibrated_on,
            due_on=new.calibration_due_on,
            certificate=new.certificate,
        )
        await calibrating.record_calibration(instrument_id=instrument_id, new=done, by=by)


async def seen(serial: str, unit_id: UUID) -> UUID:
    """The instrument of a serial that stood in a file of a unit; taken in where nobody knows it.

    serial   not blank: raises KeyError
    """
    return (await seen_many([serial], unit_id))[serial]


async def seen_many(serials: Collection[str], unit_id: UUID) -> dict[str, UUID]:
    """The same for many in three statements, by the serial as it stood; blank ones are left out."""
    taken_in = await instrument_serials.take_in(_plain(serials).values(), unit_id)
    return {said: taken_in[serial] for said, serial in _plain(serials).items()}


async def known_many(serials: Collection[str], unit_id: UUID) -> dict[str, UUID]:
    """Only those that are on file in the unit's county; nothing is taken in."""
    found = await instrument_serials.known(_plain(serials).values(), unit_id)
    return {said: found[serial] for said, serial in _plain(serials).items() if serial in found}


def _plain(serials: Iterable[str]) -> dict[str, str]:
    """By the serial as it stood; blank ones are left out."""
    return {said: serial for said in serials if (serial := instrument_serials.plain(said))}

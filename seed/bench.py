"""Puts the demo's bench in: instruments, bags on their way, files as instruments wrote them, reports."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.console import bench_consent
from backend.core import clock
from backend.core.database import fetch_row
from backend.laboratory import cutoffs, hand_overs, importing, instruments, runs, samples, slips
from backend.laboratory.cutoff_schemas import NewCutoff
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.instrument_schemas import NewInstrument, NewRun
from backend.laboratory.sample_schemas import NewHandOver, NewSample
from backend.laboratory.words import ImportDoor, SampleConsentPurpose, SampleKind, SampleTemperature
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import bench_after, made_id
from seed.bench_after import when
from seed.bench_words import (
    BAGS,
    BENCHES,
    BLANKS,
    RESIDUE,
    SHEETS,
    SHOWN,
    SOIL_SHOWN,
    Bag,
    Bench,
    Sheet,
)
from seed.cast import CADRES, UNITS, Member, holder
from seed.households import NewHousehold

Cast = Mapping[Member, Actor]
POINT = next(unit for unit in UNITS if unit.key == "point")
STUDIO = next(unit for unit in UNITS if unit.key == "studio")
TECHNICIAN = holder(Role.TECHNICIAN)
SAMPLE_IDS = {bag.code: bag.id for bag in BAGS}
INSTRUMENT_IDS = {bench.serial: bench.id for bench in BENCHES}
DRIVEN_AT = 7.9
"""Hours: when the point's bags of the day before go to the studio."""


async def is_there() -> bool:
    """Whether the bench is in: a demo that was planted before there was one gets it at its next start."""
    return await fetch_row("SELECT FROM laboratory_sample WHERE id = $1", SAMPLE_IDS[SHOWN]) is not None


async def open_bench(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """Instruments first; then bags and files in the order in which they came; then what is handed out."""
    houses, day, technician = {each.code: each for each in households}, morning.date(), cast[TECHNICIAN]
    for bench in BENCHES:
        await _register(bench, day, technician)
    await _blanks(day, technician)
    await _kit(day, technician)
    came: list[Bag | Sheet] = [*BAGS, *SHEETS]
    for each in sorted(came, key=lambda each: when(day, each.at)):
        if isinstance(each, Bag):
            await _receive(each, houses, cast, day)
        else:
            await _import(each, technician, day)
    await bench_after.come_of_it(cast, day)


async def _register(bench: Bench, day: date, by: Actor) -> None:
    new = NewInstrument(
        id=bench.id,
        serial=bench.serial,
        model=bench.model,
        method=bench.method,
        calibrated_on=day + timedelta(days=bench.calibrated),
        calibration_due_on=day + timedelta(days=bench.due),
        certificate="演示检定证书",
    )
    await instruments.register(new=new, by=by)


async def _blanks(day: date, by: Actor) -> None:
    """The runs of the weeks before, which the control chart shows."""
    for number, blank_delta in enumerate(BLANKS):
        at = when(day, (len(BLANKS) + 6 - number, 9.5))
        await _run(f"run before/{number}", blank_delta, at, by)


async def _kit(day: date, by: Actor) -> None:
    """What stands on the strips' leaflet."""
    new = NewCutoff(
        id=made_id("strip cut-off"),
        analyte="carbofuran",
        tc_cutoff=0.5,
        kit="演示克百威试纸",
        valid_from=day - timedelta(days=60),
        source="演示试纸的说明书",
    )
    await cutoffs.set_cutoff(new=new, by=by)


async def _run(name: str, blank_delta: float, at: datetime, by: Actor, *, sheet: Sheet | None = None) -> None:
    new = NewRun(
        id=made_id(name),
        instrument_id=INSTRUMENT_IDS[_serial(sheet)] if sheet else RESIDUE.id,
        import_id=sheet.id if sheet else None,
        started_at=at,
        blank_delta=blank_delta,
        control_percent=86.0,
        control_low=70.0,
        control_high=100.0,
        temperature_c=37.0,
        reagent_lot="演示批号 2611",
    )
    with clock.stopped(at):
        await runs.record_run(new=new, by=by)


async def _receive(bag: Bag, houses: Mapping[str, NewHousehold], cast: Cast, day: date) -> None:
    """Produce comes by the village's point and goes on to the studio; soil and lots are brought there."""
    at, house = when(day, bag.at), houses[bag.household] if bag.household else None
    by_point = house is not None and bag.kind is SampleKind.PRODUCE
    with clock.stopped(at):
        by = cast[CADRES[0]] if by_point else cast[TECHNICIAN]
        new = _new(bag, house, drop_off=POINT.id if by_point else STUDIO.id, sampled_on=at.date())
        await samples.receive(new=new, by=by, door="seed")
    arrived_at = when(day, (bag.at[0] - 1, DRIVEN_AT)) if bag.at[0] else None
    if by_point and arrived_at:
        with clock.stopped(arrived_at):
            step = NewHandOver(
                id=made_id(f"hand over/{bag.code}"),
                to_unit_id=STUDIO.id,
                temperature_c=6.5,
                travelled=SampleTemperature.COOLED,
            )
            await hand_overs.hand_over(sample_id=bag.id, new=step, by=cast[TECHNICIAN])


def _new(bag: Bag, house: NewHousehold | None, *, drop_off: UUID, sampled_on: date) -> NewSample:
    soil = bag.kind is SampleKind.SOIL
    told = {SampleConsentPurpose.HANDLING: True, SampleConsentPurpose.SHARE: bag.shares}
    return NewSample(
        id=bag.id,
        code=bag.code,
        kind=bag.kind,
        run_kind=bag.run_kind,
        unit_id=STUDIO.id,
        drop_off_id=drop_off,
        household_id=house.id if house else None,
        market_lot=bag.lot,
        crop_code=bag.crop,
        plot=bag.plot,
        sampled_on=sampled_on,
        land_use=bag.land_use,
        depth_top_cm=0 if soil else None,
        depth_bottom_cm=20 if soil else None,
        cores_n=16 if soil else None,
        consents=bench_consent.consents(told) if house else [],
    )


async def _import(sheet: Sheet, by: Actor, day: date) -> None:
    """The file as it was written, at its hour; then its run, where it has a blank."""
    at = when(day, sheet.at)
    content = ("\r\n".join(sheet.lines) + "\r\n").replace("{day}", at.date().isoformat()).encode(sheet.encoding)
    with clock.stopped(at):
        await importing.import_bytes(
            content, file_name=sheet.name, told=NewImport(), by=by, door=ImportDoor.PAGE, id=sheet.id
        )
    if sheet.blank_delta is not None:
        await _run(f"run/{sheet.name}", sheet.blank_delta, at + timedelta(minutes=20), by, sheet=sheet)


def _serial(sheet: Sheet) -> str:
    return sheet.lines[1].split(",")[0]


async def report_number() -> str:
    """Of the report that demo.json shows."""
    row = await fetch_row("SELECT number FROM laboratory_report WHERE id = $1", bench_after.report_id(SHOWN))
    if row is None:
        raise LookupError("The demo's report is not there")
    number: str = row["number"]
    return number


def slip_url(base_url: str, code: str = SHOWN) -> str:
    """The farmer's page of a sample."""
    return f"{base_url}/s/{slips.slip_code(SAMPLE_IDS[code])}"


def soil_slip_url(base_url: str) -> str:
    """The same of a soil."""
    return slip_url(base_url, SOIL_SHOWN)

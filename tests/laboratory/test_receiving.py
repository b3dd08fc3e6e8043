"""A bag is handed in: it gets a number and a slip, its way begins, and said twice it is there once."""

import asyncio
import hashlib
from contextlib import suppress
from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.laboratory import sample_lists, sample_records, samples, slips
from backend.laboratory.sample_refusals import NoDesk, SampleCodeTaken, SampleUnknown, SlipBusy, SlipVoid
from backend.laboratory.sample_rules import likeness
from backend.laboratory.sample_schemas import NewSample, NewSampleConsent
from backend.laboratory.words import (
    LandUse,
    RunKind,
    SampleConsentPurpose,
    SampleKind,
    SampleState,
    SampleTemperature,
)
from backend.people.actors import Actor
from backend.people.refusals import HouseholdUnknown, OtherTerritory
from tests.cast import NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.laboratory.bench import Bench

PHONE = "199 0000 0058"


def new(**changed: object) -> NewSample:
    """Cabbage, and whatever else a test says."""
    return NewSample(**({"kind": SampleKind.PRODUCE, "crop_said": "白菜"} | changed))


async def received(by: Actor, **changed: object):
    return (await samples.receive(new=new(**changed), by=by, door="test")).record


async def test_a_bag_at_a_point_gets_a_number_and_a_slip_and_goes_to_the_studio_above(bench: Bench) -> None:
    record = await received(bench.station_technician, travelled=SampleTemperature.COOLED, temperature_c=6.5)

    assert record.code == f"S{clock.today():%y%m%d}0001"
    assert (record.unit.id, record.drop_off.id, record.holder.id) == (bench.studio, bench.station, bench.station)
    assert record.division.code == TOWNSHIP
    assert (record.state, record.run_kind) == (SampleState.RECEIVED, RunKind.ADVICE)
    (step,) = record.hand_overs
    assert (step.from_unit, step.to_unit.id, step.temperature_c, step.travelled) == (
        *(None, bench.station, 6.5),
        SampleTemperature.COOLED,
    )
    assert (record.crop_code, record.crop) == ("chinese_cabbage", "大白菜")
    assert record.slip_url == slips.slip_url(record.id)
    assert await slips.sample_of_slip(record.slip_url.rpartition("/")[2].lower(), address="1.2.3.4") == record.id


async def test_the_numbers_of_a_day_are_counted_through_for_a_studio_and_all_below_it(bench: Bench) -> None:
    made = [(await received(who)).code for who in (bench.technician, bench.station_technician, bench.technician)]
    told = await received(bench.technician, code="NY-7")
    last = await received(bench.technician)

    assert [code[-4:] for code in (*made, last.code)] == ["0001", "0002", "0003", "0004"]
    assert told.code == "NY-7"


async def test_bags_that_come_at_once_never_share_a_number(bench: Bench) -> None:
    made = await asyncio.gather(*(received(bench.technician) for _ in range(6)))
    assert len({each.code for each in made}) == 6


async def test_the_same_bag_sent_again_is_there_once_and_says_so_when_it_differs(bench: Bench) -> None:
    id = ids.uuid7()
    told = {"id": id, "contact_name": "林大山", "contact_phone": PHONE, "received_at": clock.now()}
    first = await samples.receive(new=new(**told), by=bench.technician, door="test")
    again = await samples.receive(new=new(**told), by=bench.technician, door="test")
    with pytest.raises(DifferentArguments):
        await samples.receive(new=new(**told, plot="东地"), by=bench.technician, door="test")

    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    assert len(await fetch("SELECT id FROM laboratory_hand_over WHERE sample = $1", id)) == 1


async def test_the_same_code_on_two_bags_of_a_day_is_refused_and_on_another_day_it_is_not(bench: Bench) -> None:
    await received(bench.technician, code="NY-1")
    with pytest.raises(SampleCodeTaken):
        await received(bench.technician, code="NY-1")
    earlier = await received(bench.technician, code="NY-1", received_at=clock.now() - timedelta(days=3))
    assert earlier.code == "NY-1"


async def test_a_code_typed_in_full_width_is_the_one_that_files_write(bench: Bench) -> None:
    record = await received(bench.technician, code=" ＮＹ－００１ ")
    found = await sample_lists.list_samples(by=bench.technician, filters=sample_lists.Filters(code="ＮＹ-001"))
    assert (record.code, [each.id for each in found.items]) == ("NY-001", [record.id])


async def test_a_household_tells_the_place_and_a_farmer_without_a_card_is_sealed(bench: Bench) -> None:
    of_card = await received(bench.cast.cadre, household_id=bench.cast.household)
    of_phone = await received(bench.technician, contact_name="林大山", contact_phone=PHONE, division_code=VILLAGE)
    row = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1", of_phone.id)

    assert (of_card.household_code, of_card.division.code, of_card.unit.id) == ("LLM-001", VILLAGE, bench.studio)
    assert (of_phone.contact_name, of_phone.contact_phone) == ("林大山", "+8619900000058")
    assert "林大山" not in str(dict(row))
    assert b"19900000058" not in row["contact_phone_sealed"]


async def test_a_bag_goes_to_the_studio_that_serves_the_place_and_where_there_is_none_it_says_so(bench: Bench) -> None:
    assert (await received(bench.cast.cadre)).unit.id == bench.studio
    assert (await received(bench.cast.stranger)).unit.id == bench.elsewhere
    await fetch("UPDATE people_unit SET closed_at = now() WHERE kind = 'studio'")
    with pytest.raises(NoDesk):
        await received(bench.cast.cadre)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"contact_phone": "+ - - -"}, "/contact_phone"),
        ({"crop_code": "moonfruit"}, "/crop_code"),
        ({"sampled_on": "tomorrow"}, "/sampled_on"),
        ({"received_at": "tomorrow"}, "/received_at"),
        ({"depth_bottom_cm": 20}, "/depth_bottom_cm"),
        ({"kind": SampleKind.SOIL, "depth_top_cm": 20, "depth_bottom_cm": 20}, "/depth_bottom_cm"),
        ({"kind": SampleKind.SOIL, "depth_top_cm": 20}, "/depth_bottom_cm"),
        ({"drop_off_id": "elsewhere"}, "/drop_off_id"),
        ({"unit_id": "elsewhere"}, "/unit_id"),
    ],
)
async def test_what_cannot_be_so_is_refused_by_its_field(bench: Bench, changed: dict, pointer: str) -> None:
    moments = {"sampled_on": clock.today() + timedelta(days=2), "received_at": clock.now() + timedelta(days=1)}
    units = {"drop_off_id": bench.elsewhere, "unit_id": bench.elsewhere}
    told = {name: (moments | units).get(name, value) for name, value in changed.items()}
    with pytest.raises(Invalid) as refused:
        await received(bench.technician, **told)
    assert [each.pointer for each in refused.value.errors] == [pointer]


async def test_soil_keeps_its_depth_its_cores_and_what_the_field_is_used_for(bench: Bench) -> None:
    record = await received(
        bench.technician,
        kind=SampleKind.SOIL,
        crop_said=None,
        depth_top_cm=0,
        depth_bottom_cm=20,
        cores_n=17,
        land_use=LandUse.UPLAND,
        plot=" 东地 ",
        household_id=bench.cast.household,
    )
    assert (record.depth_top_cm, record.depth_bottom_cm, record.cores_n) == (0, 20, 17)
    assert (record.land_use, record.plot) == (LandUse.UPLAND, "东地")
    assert "advise" in record.may


async def test_only_who_stands_at_a_point_takes_samples_in_and_only_some_sample_for_the_authority(bench: Bench) -> None:
    for who in (bench.cast.auditor, bench.cast.handler):
        with pytest.raises(Forbidden):
            await received(who)
    for who in (bench.cast.cadre, bench.expert, bench.cast.operator):
        with pytest.raises(Forbidden):
            await received(who, run_kind=RunKind.SUPERVISION)
    taken = await received(bench.technician, run_kind=RunKind.SUPERVISION, market_lot="早市 12 号")
    assert (taken.run_kind, taken.market_lot) == (RunKind.SUPERVISION, "早市 12 号")


async def test_a_farmer_of_the_next_village_is_welcome_and_one_of_another_county_goes_to_his_own(bench: Bench) -> None:
    next_door = await received(bench.station_technician, division_code=NEXT_VILLAGE)
    assert next_door.division.code == NEXT_VILLAGE
    with pytest.raises(OtherTerritory):
        await received(bench.technician, division_code=OTHER_VILLAGE)
    with pytest.raises(HouseholdUnknown):
        await received(bench.technician, household_id=bench.cast.strangers_household)


async def test_what_was_agreed_to_at_the_desk_is_kept_line_by_line(bench: Bench) -> None:
    text = hashlib.sha256("同意".encode()).hexdigest()
    lines = [
        NewSampleConsent(purpose=purpose, text_version="1", text_sha256=text, given=given)
        for purpose, given in ((SampleConsentPurpose.HANDLING, True), (SampleConsentPurpose.SHARE, False))
    ]
    record = await received(bench.technician, consents=lines)
    kept = await fetch("SELECT purpose, given, recorded_by FROM laboratory_consent WHERE sample = $1", record.id)

    assert {(row["purpose"], row["given"]) for row in kept} == {("handling", True), ("share", False)}
    assert {row["recorded_by"] for row in kept} == {bench.technician.person_id}
    assert not record.shares


async def test_a_wrong_slip_is_one_answer_and_guessing_is_told_to_wait(bench: Bench) -> None:
    sample = await received(bench.technician)
    for wrong in ("7K3M-9QXT-0ABC-DEFG", "", "?"):
        with pytest.raises(SlipVoid):
            await slips.sample_of_slip(wrong, address="5.6.7.8")
    with pytest.raises(SlipBusy) as busy:
        await _guess(times=30)
    assert busy.value.retry_after_s > 0
    assert await slips.sample_of_slip(slips.slip_code(sample.id), address="5.6.7.8") == sample.id


async def _guess(*, times: int) -> None:
    for _ in range(times):
        with suppress(SlipVoid):
            await slips.sample_of_slip("7K3M-9QXT-0ABC-DEFG", address="5.6.7.8")


async def test_a_copied_database_opens_no_slip(bench: Bench) -> None:
    sample = await received(bench.technician)
    row = await fetch_row("SELECT row_to_json(s)::text AS all FROM laboratory_sample s WHERE id = $1", sample.id)
    assert slips.slip_code(sample.id).replace("-", "") not in row["all"]


async def test_a_sample_is_not_there_for_who_has_nothing_to_do_with_it(bench: Bench) -> None:
    sample = await received(bench.technician)
    for who in (bench.outsider, bench.cast.stranger, bench.cast.cadre, bench.station_technician):
        with pytest.raises(SampleUnknown):
            await sample_records.get(sample_id=sample.id, by=who)


@pytest.mark.parametrize(
    ("said", "code", "alike"),
    [
        ("ny-001", "NY 001", 3),
        ("１２", "S2605010012", 2),
        ("1", "S2605010012", 0),
        ("白菜", "NY-1", 0),
        ("", "NY-1", 0),
    ],
)
def test_what_was_typed_into_an_instrument_is_likened_to_what_stands_on_the_bag(
    said: str, code: str, alike: int
) -> None:
    assert likeness(said, code) == alike

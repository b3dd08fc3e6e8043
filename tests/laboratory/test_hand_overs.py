"""A sample goes from hand to hand, and afterwards every hand can be read."""

from datetime import timedelta

import pytest

from backend.core import clock, creates, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.laboratory import hand_overs, sample_records, samples
from backend.laboratory.sample_refusals import NotReceived, NotYourSample, SampleUnknown, ThereAlready
from backend.laboratory.sample_schemas import NewHandOver, NewSample, SampleRecord
from backend.laboratory.words import SampleKind, SampleTemperature
from tests.laboratory.bench import Bench

MORNING = timedelta(hours=5)


@pytest.fixture
async def sample(bench: Bench) -> SampleRecord:
    """A bag that came to the station five hours ago."""
    new = NewSample(kind=SampleKind.PRODUCE, received_at=clock.now() - MORNING, household_id=bench.cast.household)
    return (await samples.receive(new=new, by=bench.station_technician, door="test")).record


async def test_who_gives_it_away_writes_it_down_with_time_and_temperature(bench: Bench, sample: SampleRecord) -> None:
    new = NewHandOver(
        to_unit_id=bench.studio,
        at=sample.received_at + timedelta(hours=2, minutes=30),
        temperature_c=-3.5,
        travelled=SampleTemperature.FROZEN,
        note="随班车",
    )
    made = await hand_overs.hand_over(sample_id=sample.id, new=new, by=bench.station_technician)
    read = await sample_records.get(sample_id=sample.id, by=bench.technician)

    assert made.created
    assert (made.record.from_unit.id, made.record.to_unit.id) == (bench.station, bench.studio)
    assert (made.record.hours, made.record.temperature_c, made.record.note) == (2.5, -3.5, "随班车")
    assert read.holder.id == bench.studio
    assert [step.hours for step in read.hand_overs] == [None, 2.5]


async def test_who_takes_it_in_may_write_it_down_as_well(bench: Bench, sample: SampleRecord) -> None:
    made = await hand_overs.hand_over(
        sample_id=sample.id, new=NewHandOver(to_unit_id=bench.studio), by=bench.technician
    )
    assert made.record.by.id == bench.technician.person_id


async def test_the_same_step_again_is_one_and_other_words_under_its_id_are_refused(
    bench: Bench, sample: SampleRecord
) -> None:
    new = NewHandOver(id=ids.uuid7(), to_unit_id=bench.studio)
    who = bench.station_technician
    answers = [await hand_overs.hand_over(sample_id=sample.id, new=new, by=who) for _ in range(2)]
    with pytest.raises(DifferentArguments):
        await hand_overs.hand_over(
            sample_id=sample.id, new=NewHandOver(id=new.id, to_unit_id=bench.studio, note="另"), by=who
        )
    assert [each.created for each in answers] == [True, False]
    assert answers[0].record == answers[1].record


async def test_a_step_that_was_kept_with_all_its_fields_is_the_same_still(bench: Bench, sample: SampleRecord) -> None:
    new, who = NewHandOver(id=ids.uuid7(), to_unit_id=bench.studio), bench.station_technician
    await hand_overs.hand_over(sample_id=sample.id, new=new, by=who)
    plain = {"to_unit_id": bench.studio, "at": None, "temperature_c": None, "travelled": None, "note": None}
    formerly = creates.former_digest((who.person_id, sample.id, plain))
    await fetch("UPDATE laboratory_hand_over SET arguments_digest = $2 WHERE id = $1", new.id, formerly)

    assert (await hand_overs.hand_over(sample_id=sample.id, new=new, by=who)).created is False


async def test_it_cannot_go_to_where_it_is_nor_before_it_came_nor_tomorrow(bench: Bench, sample: SampleRecord) -> None:
    who = bench.station_technician
    with pytest.raises(ThereAlready):
        await hand_overs.hand_over(sample_id=sample.id, new=NewHandOver(to_unit_id=bench.station), by=who)
    for at in (sample.received_at - timedelta(hours=1), clock.now() + timedelta(hours=1)):
        with pytest.raises(Invalid) as refused:
            await hand_overs.hand_over(sample_id=sample.id, new=NewHandOver(to_unit_id=bench.studio, at=at), by=who)
        assert [each.pointer for each in refused.value.errors] == ["/at"]
    with pytest.raises(Invalid):
        await hand_overs.hand_over(sample_id=sample.id, new=NewHandOver(to_unit_id=bench.elsewhere), by=who)


async def test_who_only_sees_it_does_not_move_it(bench: Bench, sample: SampleRecord) -> None:
    for who in (bench.cast.supervisor, bench.cast.cadre):
        with pytest.raises(NotYourSample):
            await hand_overs.hand_over(sample_id=sample.id, new=NewHandOver(to_unit_id=bench.studio), by=who)
    with pytest.raises(SampleUnknown):
        await hand_overs.hand_over(sample_id=sample.id, new=NewHandOver(to_unit_id=bench.elsewhere), by=bench.outsider)


async def test_what_nobody_received_goes_nowhere(bench: Bench) -> None:
    held = await bench.held()
    with pytest.raises(NotReceived):
        await hand_overs.hand_over(sample_id=held, new=NewHandOver(to_unit_id=bench.station), by=bench.technician)

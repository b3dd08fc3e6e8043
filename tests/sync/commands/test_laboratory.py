"""Samples taken in and carried on where there is no signal."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.laboratory import sample_records
from tests.laboratory.bench import Bench
from tests.sync.batches import command
from tests.sync.offline import offline, refused, sent, twice

HOUR = timedelta(hours=1)


@pytest.fixture
async def bench(cast):
    return await Bench.make(cast)


def received(bench, **said):
    """A bag of cabbage, three hours ago by the phone's clock."""
    arguments = {"kind": "produce", "household_id": str(bench.cast.household), "crop_said": "白菜"}
    return command("receiveSample", arguments, captured_at=(clock.now() - 3 * HOUR).isoformat(), **said)


async def test_a_bag_is_taken_in_once_at_the_moment_the_phone_tells_and_its_number_is_told(bench):
    made = received(bench)
    first, second = [await sent(bench.station_technician, made) for _ in range(2)]

    sample = await sample_records.get(sample_id=first.record_id, by=bench.station_technician)
    assert (first.outcome, second.outcome) == ("stored", "duplicate")
    assert sample.received_at.isoformat(timespec="seconds") == made["captured_at"][:19] + "+00:00"
    assert first.record.code == second.record.code == sample.code
    assert str(first.record_id) == made["id"]


async def test_a_bag_goes_on_once_after_it_came(bench):
    sample_id = (await sent(bench.station_technician, received(bench))).record_id
    moved = command(
        "handOverSample",
        {"sample_id": str(sample_id), "to_unit_id": str(bench.studio)},
        captured_at=(clock.now() - HOUR).isoformat(),
    )
    outcomes = [(await sent(bench.station_technician, moved)).outcome for _ in range(2)]

    sample = await sample_records.get(sample_id=sample_id, by=bench.technician)
    assert outcomes == ["stored", "duplicate"]
    assert [round(step.hours, 1) for step in sample.hand_overs if step.hours is not None] == [2.0]
    assert str(sample.hand_overs[-1].id) == moved["id"]


async def test_a_hand_over_before_the_bag_came_is_refused_with_the_place_of_the_mistake(bench):
    sample_id = (await sent(bench.station_technician, received(bench))).record_id
    verdict = await offline(
        bench.station_technician,
        "handOverSample",
        sample_id=sample_id,
        to_unit_id=bench.studio,
        at=clock.now() - 9 * HOUR,
    )

    assert [each["pointer"] for each in verdict.problem["errors"]] == ["/arguments/at"]


async def test_a_stranger_takes_in_nothing_of_this_county_and_hands_nothing_on(bench):
    sample_id = (await twice(bench.technician, "receiveSample", kind="soil", household_id=bench.cast.household))[
        0
    ].record_id

    code = await refused(bench.outsider, "receiveSample", kind="soil", household_id=bench.cast.household)
    assert code == "people/household-unknown"
    code = await refused(bench.outsider, "handOverSample", sample_id=sample_id, to_unit_id=bench.elsewhere)
    assert code == "laboratory/sample-unknown"

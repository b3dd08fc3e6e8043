"""From farmers' calls to a warning, through the room's own verbs and jobs: nothing here is written by hand."""

import msgspec
import pytest

from backend.core.database import fetch
from backend.diagnosis import answers, likeness, offers, outbreak_watch, outbreaks, records
from backend.diagnosis.words import RequestState
from backend.push.inbox import list_notices
from backend.tasks.my_day import my_tasks
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.diagnosis.clinic import state_of
from tests.diagnosis.said import RUST, WATERLOGGING, answer, flooded
from tests.diagnosis.sick_fields import HOME, KM_EAST


def place(n: float) -> Point:
    return Point(crs=Crs.WGS84, longitude=HOME[0] + n * KM_EAST, latitude=HOME[1])


async def call(clinic, n: int, **said):
    """Somebody of the village rings from a telephone of his own, some kilometres from the one before."""
    return await clinic.routed(**({"contact_phone": f"199 0002 {n:04d}", "point": place(n)} | said))


async def work(entrypoint, handler):
    """Do what waits of one kind, as the worker would."""
    rows = await fetch("DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", entrypoint)
    for row in rows:
        await handler(msgspec.json.decode(row["payload"], type=handler.__annotations__["request_id"]))
    return len(rows)


@pytest.fixture
async def flooded_five(clinic):
    """Five callers, answered by the expert through his own desk."""
    requests = [await call(clinic, n) for n in range(5)]
    for request_id in requests:
        await offers.claim(request_id=request_id, by=clinic.chief)
        await answer(request_id, clinic.chief)
    return requests


async def test_five_calls_that_are_answered_raise_a_warning_for_the_studio_and_the_station(clinic, flooded_five):
    assert await work(outbreak_watch.LOOK, outbreak_watch.look_at_request) == 5
    [outbreak] = (await outbreaks.list_outbreaks(by=clinic.technician)).items
    assert (outbreak.condition.code, outbreak.households_n, outbreak.ended_on) == (WATERLOGGING, 5, None)

    for reader in (clinic.expert, clinic.local, clinic.technician):
        [notice] = [each for each in (await list_notices(by=reader)).items if "明显增多" in each.text]
        assert "梁村镇一带玉米涝害明显增多" in notice.text
        assert notice.link == "/console/outbreaks"
    assert [t.origin_id for t in (await my_tasks(by=clinic.chief)).tasks if t.origin_id == outbreak.id] == [outbreak.id]


async def test_a_chiefs_correction_takes_the_warning_back(clinic, flooded_five):
    await work(outbreak_watch.LOOK, outbreak_watch.look_at_request)
    corrected = flooded(condition_code=RUST, diagnosis="锈病")
    await answers.correct_diagnosis(request_id=flooded_five[0], new=corrected, by=clinic.chief)
    assert await work(outbreak_watch.LOOK, outbreak_watch.look_at_request) == 1

    [outbreak] = (await outbreaks.list_outbreaks(by=clinic.technician)).items
    assert outbreak.ended_on is not None
    assert any("已撤回" in each.text for each in (await list_notices(by=clinic.technician)).items)


async def test_an_expert_reads_which_requests_are_like_his_and_none_is_merged(clinic):
    first = await call(clinic, 1)
    again = await call(clinic, 1)
    elsewhere = await call(clinic, 5)
    assert await work(likeness.LOOK, likeness.look_for_alike) == 3

    record = await records.get(request_id=again, by=clinic.chief)
    assert record.alike == [(await records.get(request_id=first, by=clinic.chief)).case.number]
    assert (await records.get(request_id=elsewhere, by=clinic.chief)).alike == []
    assert await state_of(first) is not RequestState.ENDED

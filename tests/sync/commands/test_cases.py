"""Cases acted on away from the office, once each, with the photos that show it."""

import pytest

from backend.cases import records
from backend.core import ids
from tests.cases.desk import Desk
from tests.sync.batches import command
from tests.sync.commands.test_outreach import uploaded
from tests.sync.offline import offline, refused, sent, twice


@pytest.fixture
async def desk(cast):
    return await Desk.make(cast)


@pytest.fixture
async def case(desk):
    """One that the water unit has."""
    return (await desk.dispatched()).id


async def lines(case_id, by):
    return [each.kind for each in (await records.get_case(case_id=case_id, by=by, timeline=True)).timeline]


async def test_each_step_is_one_line_however_often_it_is_sent(desk, case):
    for verb, said, line in (
        ("takeCaseInHand", {}, "taken_in_hand"),
        ("respondToCase", {"remark": "明天换管子"}, "responded"),
        ("noteOnCase", {"remark": "阀门在村委会"}, "noted"),
        ("resolveCase", {"remark": "管子换好了"}, "resolved"),
    ):
        first, second = await twice(desk.plumber, verb, case_id=case, **said)
        assert first.record_id == second.record.id == case
        assert (await lines(case, desk.plumber)).count(line) == 1

    assert (await records.get_case(case_id=case, by=desk.plumber)).state == "resolved"


async def test_a_case_is_resolved_when_the_photos_that_show_it_have_come(desk, case):
    photo_id = ids.uuid7()
    made = command("resolveCase", {"case_id": str(case), "remark": "管子换好了", "photo_ids": [str(photo_id)]})
    waiting = await sent(desk.plumber, made)
    assert (waiting.outcome, (await records.get_case(case_id=case, by=desk.plumber)).state) == ("waiting", "dispatched")

    await uploaded(photo_id, desk.plumber)

    assert (await sent(desk.plumber, made)).outcome == "stored"
    assert (await records.get_case(case_id=case, by=desk.plumber)).photo_ids == [photo_id]


async def test_more_photos_of_the_matter_are_added_once(desk, case):
    photo_id = ids.uuid7()
    await uploaded(photo_id, desk.clerk)
    await twice(desk.clerk, "addCasePhotos", case_id=case, photo_ids=[photo_id])

    assert (await records.get_case(case_id=case, by=desk.clerk)).photo_ids == [photo_id]


async def test_a_step_that_is_not_open_any_more_is_refused_as_it_would_be_online(desk, case):
    await offline(desk.plumber, "resolveCase", case_id=case, remark="管子换好了")

    assert await refused(desk.plumber, "respondToCase", case_id=case, remark="明天换管子") == "cases/step-not-open"


async def test_to_a_stranger_there_is_no_case(desk, case):
    photo_id = ids.uuid7()
    await uploaded(photo_id, desk.cast.stranger)
    for verb, said in (
        ("takeCaseInHand", {}),
        ("respondToCase", {"remark": "明天换管子"}),
        ("noteOnCase", {"remark": "阀门在村委会"}),
        ("resolveCase", {"remark": "管子换好了"}),
        ("addCasePhotos", {"photo_ids": [photo_id]}),
    ):
        assert await refused(desk.cast.stranger, verb, case_id=case, **said) == "cases/case-unknown"

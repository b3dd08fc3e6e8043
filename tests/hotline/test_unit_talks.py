"""约谈: a talk with a unit is a step of the case, with an office, a day, and whether it was put right."""

from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, records
from backend.cases.refusals import CaseUnknown
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Invalid
from backend.hotline import unit_talk_routes, unit_talks
from backend.hotline.unit_talk_refusals import NotYourTalk, PutRightBefore, UnitTalkUnknown
from backend.hotline.unit_talk_schemas import NewUnitTalk, UnitTalkFix
from backend.people.refusals import UnitUnknown
from tests.cases.desk import Desk
from tests.hotline.desk_cast import HOUR, NINE, client_of, signed_in, tasks_of

DAY = timedelta(days=1)
TODAY = NINE.date()


@pytest.fixture
async def desk(cast):
    made = await Desk.make(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def case(desk):
    return await desk.dispatched()


def told(desk, case, **changes):
    said = {
        "case_id": case.id,
        "unit_id": desk.water,
        "office": "站长",
        "reason": "两次超期",
        "agreed": "三天内换好主管",
        "fix_by": TODAY + 3 * DAY,
    }
    return NewUnitTalk(**(said | changes))


async def held(desk, case, *, by=None, id=None, **changes):
    return await unit_talks.record_unit_talk(
        id=id or ids.uuid7(), new=told(desk, case, **changes), by=by or desk.cast.supervisor
    )


async def put_right(talk, by, *, note="主管换好了", on=TODAY):
    return await unit_talks.put_right(talk_id=talk.id, fix=UnitTalkFix(fixed_on=on, note=note), by=by)


async def test_a_talk_is_a_line_of_the_case_for_staff_and_a_task_of_the_unit(desk, case):
    talk = (await held(desk, case)).record
    timeline = (await records.get_case(case_id=case.id, by=desk.cast.supervisor, timeline=True)).timeline
    line = timeline[-1]
    assert (line.kind, line.public, line.said["remark"]) == ("noted", False, "已约谈水务站（站长）：三天内换好主管")
    (task,) = await tasks_of(talk.id, desk.plumber)
    assert f"{clock.local(task['due_at']):%F %T}" == "2026-11-27 23:59:59"
    assert (talk.overdue, talk.fixed_on) == (False, None)


async def test_the_unit_says_that_it_was_put_right_and_the_first_day_stays(desk, case):
    talk = (await held(desk, case)).record
    first, second = [await put_right(talk, desk.plumber) for _ in range(2)]
    assert first == second
    assert (first.fixed_on, first.fixed_note) == (TODAY, "主管换好了")
    assert await tasks_of(talk.id, desk.plumber) == []
    with pytest.raises(PutRightBefore):
        await put_right(talk, desk.cast.supervisor, note="换了别的")
    timeline = (await records.get_case(case_id=case.id, by=desk.cast.supervisor, timeline=True)).timeline
    remarks = [line.said.get("remark") for line in timeline]
    assert remarks.count("水务站已于 2026-11-24 完成约谈整改：主管换好了") == 1


async def test_a_unit_that_the_case_has_left_may_still_say_so(desk, case):
    talk = (await held(desk, case)).record
    await dispatching.transfer(case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason="路下的管", by=desk.clerk)
    assert (await put_right(talk, desk.plumber)).fixed_on == TODAY


async def test_a_case_that_was_withdrawn_has_its_talk_all_the_same(desk, case):
    await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=None)
    assert (await held(desk, case)).created


async def test_what_was_not_put_right_by_its_day_is_overdue_and_listed(desk, case):
    talk = (await held(desk, case)).record
    await held(desk, case, fix_by=None)
    with clock.stopped(NINE + 4 * DAY):
        late = await unit_talks.list_unit_talks(by=desk.cast.supervisor, unfixed=True)
        assert [(each.id, each.overdue) for each in late.items] == [(talk.id, True)]
        await put_right(talk, desk.plumber, on=TODAY + 4 * DAY)
        assert (await unit_talks.list_unit_talks(by=desk.cast.supervisor, unfixed=True)).items == []


async def test_only_those_who_oversee_the_place_and_the_unit_see_it(desk, case):
    talk = (await held(desk, case)).record
    for by in (desk.plumber, desk.cast.supervisor, desk.cast.auditor):
        assert (await unit_talks.get_unit_talk(talk_id=talk.id, by=by)) == talk
        assert [each.id for each in (await unit_talks.list_unit_talks(by=by, case_id=case.id)).items] == [talk.id]
    for by in (desk.mason, desk.clerk, desk.cast.stranger):
        assert (await unit_talks.list_unit_talks(by=by)).items == []
        with pytest.raises(UnitTalkUnknown):
            await unit_talks.get_unit_talk(talk_id=talk.id, by=by)
    with pytest.raises(NotYourTalk):
        await put_right(talk, desk.cast.auditor)


async def test_a_talk_is_recorded_once_by_a_supervisor_of_the_place(desk, case):
    id = ids.uuid7()
    once, twice = [await held(desk, case, id=id) for _ in range(2)]
    assert (once.created, twice.created, once.record) == (True, False, twice.record)
    with pytest.raises(DifferentArguments):
        await held(desk, case, id=id, agreed="别的")
    with pytest.raises(NotYourTalk):
        await held(desk, case, by=desk.clerk)
    with pytest.raises(CaseUnknown):
        await held(desk, case, by=desk.cast.stranger)
    with pytest.raises(UnitUnknown):
        await held(desk, case, unit_id=ids.uuid7())


@pytest.mark.parametrize("changes", [{"held_at": NINE + HOUR}, {"fix_by": TODAY - DAY}])
async def test_a_talk_that_cannot_be_so_is_refused(desk, case, changes):
    with pytest.raises(Invalid):
        await held(desk, case, **changes)


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY])
async def test_it_is_put_right_between_the_talk_and_today(desk, case, day):
    talk = (await held(desk, case)).record
    with pytest.raises(Invalid):
        await put_right(talk, desk.plumber, on=day)


async def test_every_route_of_talks(desk, case):
    good = {
        "id": str(ids.uuid7()),
        "case_id": str(case.id),
        "unit_id": str(desk.water),
        "office": "站长",
        "reason": "两次超期",
        "agreed": "三天内换好",
        "fix_by": "2026-11-27",
    }
    fix = {"fixed_on": "2026-11-24", "note": "换好了"}
    right, strange = await signed_in(desk.cast.supervisor), await signed_in(desk.cast.stranger)
    async with client_of(unit_talk_routes.router) as wire:
        path = "/hotline/unit-talks"
        assert (await wire.post(path, json=good)).status_code == 401
        assert (await wire.post(path, json=good | {"office": ""}, headers=right)).status_code == 400
        assert (await wire.post(path, json=good, headers=strange)).status_code == 404
        assert [(await wire.post(path, json=good, headers=right)).status_code for _ in range(2)] == [201, 200]
        one = f"{path}/{good['id']}"
        for address in (path, one):
            assert (await wire.get(address)).status_code == 401
            assert (await wire.get(address, headers=right)).status_code == 200
        assert (await wire.get(path, params={"case_id": "x"}, headers=right)).status_code == 400
        assert (await wire.get(one, headers=strange)).status_code == 404
        assert (await wire.post(f"{one}/fix", json=fix)).status_code == 401
        assert (await wire.post(f"{one}/fix", json={"note": "?"}, headers=right)).status_code == 400
        assert (await wire.post(f"{one}/fix", json=fix, headers=strange)).status_code == 404
        assert [(await wire.post(f"{one}/fix", json=fix, headers=right)).status_code for _ in range(2)] == [200, 200]

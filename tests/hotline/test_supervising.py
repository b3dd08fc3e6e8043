"""督办: what a supervisor follows waits until somebody says what he did, and waits again once it went wrong."""

import pytest

from backend.cases import records
from backend.cases.words import CaseState
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments
from backend.hotline import callback_routes, supervising
from backend.hotline.callback_refusals import CallbackUnknown, NotFollowed, NotYourFollowUp
from backend.hotline.callback_words import CallbackResult
from backend.hotline.supervising_schemas import NewFollowUp
from backend.hotline.words import Supervised
from tests.hotline.desk_cast import HOUR, NINE, Hotline, client_of, signed_in, tasks_of


@pytest.fixture
async def hotline(cast):
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


async def waiting(hotline, *, by=None, **more):
    return (await supervising.list_supervised(by=by or hotline.supervisor, **more)).items


async def followed(hotline, callback, note="去现场看了，桥面已经封好", *, id=None, by=None):
    return await supervising.follow_up_callback(
        callback_id=callback.id, id=id or ids.uuid7(), new=NewFollowUp(note=note), by=by or hotline.supervisor
    )


async def test_an_emergency_waits_until_a_supervisor_says_what_he_did_and_the_case_keeps_it(hotline):
    case, callback = await hotline.asked(policy_code="emergency")
    await hotline.asked(title="路灯不亮")
    (one,) = await waiting(hotline)
    assert (one.callback.id, one.callback.supervised, one.waits) == (callback.id, Supervised.EMERGENCY, True)
    assert len(await tasks_of(callback.id, hotline.supervisor)) == 1

    done = await followed(hotline, callback)
    assert (done.created, done.record.waits, done.record.follow_ups[0].by_name) == (True, False, "王建国")
    assert await waiting(hotline) == []
    assert await tasks_of(callback.id, hotline.supervisor) == []
    (all_of_them,) = await waiting(hotline, waiting=False)
    assert [each.note for each in all_of_them.follow_ups] == ["去现场看了，桥面已经封好"]
    read = await records.get_case(case_id=case.id, by=hotline.supervisor, timeline=True)
    line = read.timeline[-1]
    assert (line.kind, line.public, line.said["remark"]) == ("noted", False, "去现场看了，桥面已经封好")


async def test_whoever_is_dissatisfied_waits_again_with_the_fresh_clock_of_his_case(hotline):
    _, callback = await hotline.asked(policy_code="emergency")
    await followed(hotline, callback)
    with clock.stopped(NINE + HOUR):
        await hotline.rang(callback, CallbackResult.DISSATISFIED, words="还是没有水")
        (one,) = await waiting(hotline)
        assert (one.waits, one.case_state, len(one.follow_ups)) == (True, CaseState.REOPENED, 1)
        assert any(each.stopped_at is None and each.opened_at >= NINE + HOUR for each in one.clocks)
        await followed(hotline, callback, "约谈了水务站")
        assert await waiting(hotline) == []
        assert len((await supervising.get_supervised(callback_id=callback.id, by=hotline.supervisor)).follow_ups) == 2


async def test_a_matter_that_ended_well_waits_for_nobody(hotline):
    _, callback = await hotline.asked(policy_code="emergency")
    await hotline.rang(callback, CallbackResult.SATISFIED)
    assert await waiting(hotline) == []
    assert len(await waiting(hotline, waiting=False)) == 1


async def test_it_is_said_once_and_stays(hotline):
    _, callback = await hotline.asked(policy_code="emergency")
    id = ids.uuid7()
    first, second = [await followed(hotline, callback, id=id) for _ in range(2)]
    assert (second.created, second.record) == (False, first.record)
    with pytest.raises(DifferentArguments):
        await followed(hotline, callback, "别的", id=id)


async def test_only_a_supervisor_of_the_place_says_so_and_only_of_what_is_supervised(hotline):
    _, callback = await hotline.asked(policy_code="emergency")
    for who, refusal in (
        (hotline.clerk, NotYourFollowUp),
        (hotline.cast.auditor, NotYourFollowUp),
        (hotline.cast.stranger, CallbackUnknown),
    ):
        with pytest.raises(refusal):
            await followed(hotline, callback, by=who)
    _, plain = await hotline.asked(title="路灯不亮")
    with pytest.raises(NotFollowed):
        await followed(hotline, plain)
    assert await waiting(hotline, by=hotline.cast.stranger) == []
    assert len(await waiting(hotline, by=hotline.cast.auditor)) == 1


async def test_what_waits_longest_comes_first_page_by_page(hotline):
    made = [(await hotline.asked(title=f"第{n}件", policy_code="emergency"))[1].id for n in range(3)]
    found, cursor = [], None
    for _ in range(3):
        page = await supervising.list_supervised(by=hotline.supervisor, limit=1, cursor=cursor)
        found += [each.callback.id for each in page.items]
        cursor = page.next_cursor
    assert (sorted(found), cursor) == (sorted(made), None)


async def test_the_routes_of_supervision_are_asked_by_nobody_in_the_wrong_shape_by_a_stranger_rightly_and_twice(
    hotline,
):
    _, callback = await hotline.asked(policy_code="emergency")
    path, listed = f"/hotline/callbacks/{callback.id}/follow-ups", "/hotline/supervised-callbacks"
    good = {"id": str(ids.uuid7()), "note": "去现场看了"}
    right, strange = await signed_in(hotline.supervisor), await signed_in(hotline.cast.stranger)
    async with client_of(callback_routes.router) as wire:
        assert (await wire.post(path, json=good)).status_code == 401
        assert (await wire.get(listed)).status_code == 401
        for bad in ({}, good | {"note": ""}, good | {"note": "长" * 501}, good | {"who": "me"}):
            assert (await wire.post(path, json=bad, headers=right)).status_code == 400
        assert (await wire.get(listed, params={"waiting": "perhaps"}, headers=right)).status_code == 400
        assert (await wire.post(path, json=good, headers=strange)).status_code == 404
        assert (await wire.get(listed, headers=strange)).json()["items"] == []
        assert [each["waits"] for each in (await wire.get(listed, headers=right)).json()["items"]] == [True]
        answers = [await wire.post(path, json=good, headers=right) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
        assert (await wire.get(listed, headers=right)).json()["items"] == []

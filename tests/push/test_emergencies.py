"""An emergency rings on every address until somebody takes it; then it goes up the ladder the caller named."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.refusals import Unknown
from backend.push import actions as push
from backend.push import dispatch
from backend.push.escalation import look_after_emergencies
from backend.push.provider import AddressKind, Category
from backend.push.states import EMERGENCY_QUEUE
from backend.tasks import queries as tasks
from backend.tasks.actions import complete_task
from backend.tasks.handing_over import hand_over_task
from backend.tasks.tables import TaskState
from tests.push.conftest import later

FIRE = push.Text(zh="村东着火，请速到场", title_zh="紧急", title_en="Emergency")
WITHIN = timedelta(minutes=3)


async def ring(to, **more):
    given = {"to": to.person_id, "text": FIRE, "category": Category.EMERGENCY, "dedupe_key": str(uuid4())}
    return await push.notify(**given | more)


async def test_the_journey_from_a_provider_that_is_down_to_the_last_resort_and_back(cast, ways, phone, work, noon):
    ways.app.down = True
    await phone(cast.assistant, "token-1")
    await phone(cast.assistant, "13900000003", AddressKind.SMS)
    await phone(cast.cadre, "token-2", AddressKind.HMS_TOKEN)
    ladder = {"then": cast.cadre.person_id, "last_resort": cast.operator.person_id}
    notice_id = await ring(cast.assistant, acknowledge_within=WITHIN, **ladder)
    await work()
    assert len(ways.sms.to("13900000003")) == 1, "every address at once, whichever provider is down"

    with later(minutes=1, seconds=30):
        ways.app.down = False
        await work(late=True)
        assert len({message.dedupe_id for message in ways.app.to("token-1")}) == 1, "the first ring is still tried"
    assert ways.hms.sent == []

    with later(minutes=3, seconds=5):
        await work(late=True)
        assert len(ways.hms.to("token-2")) == 1, "nobody took it: the next person is rung too"
        assert len({message.dedupe_id for message in ways.app.to("token-1")}) == 2, "and the first rings on"
        assert await _tasks(notice_id) == []

    with later(minutes=6, seconds=10):
        await work(late=True)
        (call,) = await _tasks(notice_id)
        assert (call.kind, call.assignee_id, call.state) == ("call", cast.operator.person_id, TaskState.OPEN)

        await push.acknowledge_notice(notice_id=notice_id, by=cast.cadre)
        await push.acknowledge_notice(notice_id=notice_id, by=cast.cadre)
        assert (await _tasks(notice_id))[0].state == TaskState.DONE
        rung = [len(way.sent) for way in ways.all()]

    with later(minutes=30):
        await work(late=True)
    assert [len(way.sent) for way in ways.all()] == rung, "acknowledged: nothing rings any more"


def _rings(ways):
    return {message.dedupe_id for message in ways.app.sent}


async def _tasks(notice_id):
    return (await tasks.states_of(origin_room="push", origin_ids=[notice_id]))[notice_id]


async def test_the_call_that_the_last_resort_made_stops_the_ringing_whoever_made_it_in_the_end(
    cast, ways, phone, work, noon
):
    await phone(cast.assistant, "token-1")
    notice_id = await ring(cast.assistant, acknowledge_within=WITHIN, last_resort=cast.operator.person_id)
    await work()
    with later(minutes=3, seconds=5):
        await work(late=True)
        (call,) = await _tasks(notice_id)
        handed = {"task_id": call.task_id, "to_person_id": cast.handler.person_id, "remark": "", "by": cast.operator}
        await hand_over_task(id=uuid4(), **handed)
    with later(minutes=4, seconds=10):
        rung = len(ways.app.sent)
        await work(late=True)
        assert len(ways.app.sent) == rung + 1, "asked is not called"
        (mine,) = [task for task in await _tasks(notice_id) if task.state == TaskState.OPEN]
        await complete_task(task_id=mine.task_id, by=cast.handler)
        rung = len(ways.app.sent)
    with later(minutes=30):
        await work(late=True)

    assert len(ways.app.sent) == rung
    row = await fetch_row("SELECT acknowledged_at, acknowledged_by FROM push_notice WHERE id = $1", notice_id)
    assert row["acknowledged_by"] == cast.handler.person_id
    assert await fetch("SELECT 1 FROM push_recipient WHERE look_at IS NOT NULL") == []


async def test_it_rings_again_every_minute_and_not_for_ever(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await ring(cast.cadre)
    await work()
    for minute in range(1, 25):
        with later(minutes=minute, seconds=1):
            await work(late=True)

    assert len(ways.app.sent) == 15
    assert len({message.dedupe_id for message in ways.app.sent}) == 15, "each ring is one of its own"


async def test_a_ring_that_was_late_is_a_minute_from_the_next_one(cast, ways, phone, work, noon):
    ways.app.down = True
    await phone(cast.cadre, "token-1")
    await ring(cast.cadre)
    await work()
    ways.app.down = False
    with later(minutes=1, seconds=30):
        await dispatch.send_emergency(dispatch.Turn(EMERGENCY_QUEUE))
        await look_after_emergencies()
        await work()
        assert len(_rings(ways)) == 1, "it came through just now: nobody is rung twice in one moment"
    with later(minutes=2, seconds=31):
        await work(late=True)
        assert len(_rings(ways)) == 2


async def test_who_takes_it_is_asked_once_and_the_others_ring_on_where_everybody_has_to(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.assistant, "token-2")
    both = [cast.cadre.person_id, cast.assistant.person_id]
    notice_id = await push.notify(to=both, text=FIRE, category=Category.EMERGENCY, dedupe_key="1")
    await work()
    await push.acknowledge_notice(notice_id=notice_id, by=cast.cadre)
    with later(minutes=1, seconds=1):
        await work(late=True)

    assert (len(ways.app.to("token-1")), len(ways.app.to("token-2"))) == (1, 2)
    told = {each.subject_id: each.acknowledged_at for each in await push.recipients(notice_id=notice_id)}
    assert told == {cast.cadre.person_id: clock.now(), cast.assistant.person_id: None}


async def test_one_who_takes_it_silences_all_where_one_is_enough(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.assistant, "token-2")
    both = [cast.cadre.person_id, cast.assistant.person_id]
    notice_id = await push.notify(
        to=both, text=FIRE, category=Category.EMERGENCY, dedupe_key="1", acknowledge_within=WITHIN
    )
    await work()
    await push.acknowledge_notice(notice_id=notice_id, by=cast.cadre)
    with later(minutes=10):
        await work(late=True)

    assert len(ways.app.to("token-2")) == 1


async def test_where_nobody_can_be_reached_the_ladder_is_climbed_at_once(cast, ways, work, noon):
    notice_id = await ring(
        cast.assistant, acknowledge_within=WITHIN, then=cast.cadre.person_id, last_resort=cast.operator.person_id
    )
    await work()

    await work(late=True)
    assert [each.assignee_id for each in await _tasks(notice_id)] == [cast.operator.person_id]


async def test_a_stranger_cannot_acknowledge_it(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    notice_id = await ring(cast.cadre)
    with pytest.raises(Unknown):
        await push.acknowledge_notice(notice_id=notice_id, by=cast.stranger)
    row = await fetch_row("SELECT acknowledged_at FROM push_recipient")
    assert row["acknowledged_at"] is None


async def test_a_household_is_told_once_and_not_rung(cast, ways, work, noon):
    from backend.push import addresses
    from tests.cast import VILLAGE

    citizen = uuid4()
    await addresses.register_citizen_address(
        id=uuid4(), citizen_id=citizen, kind=AddressKind.SMS, value="13900000088", opted_in_text="v1",
        division_code=VILLAGE,
    )  # fmt: skip
    await push.notify(to=citizen, text=FIRE, category=Category.EMERGENCY, dedupe_key="1")
    await work()
    with later(minutes=20):
        await work(late=True)

    assert len(ways.sms.sent) == 1
    assert await fetch("SELECT 1 FROM push_recipient WHERE look_at IS NOT NULL") == []

"""A warning rings on every phone of whoever is on duty, until he takes it; then on the next one's."""

from datetime import timedelta
from uuid import UUID

from backend.push import actions as push
from backend.push.provider import Category
from backend.rosters.queries import duty_person, next_on_duty
from tests.journeys.night import Night

MASONS_PHONE = "19900000073"
WITHIN = timedelta(minutes=3)
WARNING = push.Text(zh="有人正在转账，请马上去", title_zh="紧急预警", title_en="Warning")


async def test_a_warning_that_nobody_takes_rings_the_next_on_duty_and_then_has_somebody_called(night: Night):
    await night.post(night.mason, "/push-addresses", {"kind": "sms", "value": MASONS_PHONE})
    warned = await _warn(night)
    await night.work()
    assert _rings(night) == {"app": 1, "sms": 1, "next": 0}, "both addresses at once, at two in the morning"
    assert (await night.get(night.mason, "/my/notices"))["items"][0]["title"] == "紧急预警"

    with night.later(minutes=1, seconds=5):
        await night.minute_passes()
        assert _rings(night) == {"app": 2, "sms": 1, "next": 0}, "it rings on, an SMS is not sent each minute"

    with night.later(minutes=3, seconds=5):
        await night.minute_passes()
        assert _rings(night)["next"] == 1, "nobody took it: the next is rung too"
        assert await night.tasks(night.clerk, "call") == []

    with night.later(minutes=6, seconds=10):
        await night.minute_passes()
        (call,) = await night.tasks(night.clerk, "call")
        assert call["urgency"] == "emergency"
        await night.post(night.relief, f"/notices/{warned}/acknowledgement")
        assert await night.tasks(night.clerk, "call") == [], "taken: nobody has to call any more"
        before = _rings(night)

    with night.later(minutes=20):
        await night.minute_passes()
    assert _rings(night) == before, "and nothing rings"


async def test_a_warning_that_is_taken_at_once_rings_nobody_else(night: Night):
    warned = await _warn(night)
    await night.work()
    for _ in range(2):
        await night.post(night.mason, f"/notices/{warned}/acknowledgement")
    with night.later(minutes=10):
        await night.minute_passes()

    assert (len(night.rung(night.mason)), len(night.rung(night.relief))) == (1, 0)
    assert await night.tasks(night.clerk, "call") == []


async def _warn(night: Night) -> UUID:
    """What a room that warns does: whoever is on duty, then who comes next, then the desk by a call."""
    on_duty = await duty_person(unit_id=night.desk.roads)
    assert on_duty == night.mason.person_id
    following = await next_on_duty(unit_id=night.desk.roads)
    assert following is not None
    return await push.notify(
        to=on_duty,
        text=WARNING,
        category=Category.EMERGENCY,
        dedupe_key="a warning",
        acknowledge_within=WITHIN,
        then=following.person_id,
        last_resort=night.clerk.person_id,
        no_links=True,
    )


def _rings(night: Night) -> dict[str, int]:
    sms = {message.dedupe_id for message in night.ways.sms.sent}
    return {"app": len(night.rung(night.mason)), "sms": len(sms), "next": len(night.rung(night.relief))}

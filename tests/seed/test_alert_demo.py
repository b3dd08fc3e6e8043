"""The demo's public warnings: in force, updated, cancelled, exercised, and one that waits for a second person."""

from backend.alerts import deciding, feed, lists, reach
from backend.alerts.schemas import AlertRecord
from backend.alerts.words import AlertColour, AlertState, AlertStatus, MessageType
from backend.core import clock
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import alerts
from seed.cast import FRAUD_DESK, holder


async def told(name: str) -> AlertRecord:
    by = await actor(person_id=holder(Role.SUPERVISOR).id)
    return await lists.get_alert(alert_id=alerts.ALERT_IDS[name], by=by)


async def test_the_one_in_force_is_in_the_feed_under_the_identifier_of_demo_json(planted):
    found = await told("in_force")
    identifier = await alerts.identifier()
    public = await feed.public_alerts(at=clock.now())

    assert (found.in_force, found.status, found.colour) == (True, AlertStatus.ACTUAL, AlertColour.YELLOW)
    assert found.identifier == identifier
    assert identifier in {each.message.identifier for each in public.alerts}
    assert "冒充快递客服".encode() in (await feed.frozen_alert(identifier=identifier)).xml


async def test_what_is_in_the_feed_is_marked_as_the_demos_and_not_over(planted):
    for each in (await feed.public_alerts(at=clock.now())).alerts:
        assert each.message.expires > clock.now()
        assert "（演示）" in each.message.headline
    drill = await told("exercise")
    assert (drill.status, drill.in_force, drill.expires < clock.now()) == (AlertStatus.EXERCISE, False, True)
    assert drill.headline.startswith("【演练】")


async def test_one_was_updated_and_one_cancelled_by_messages_that_refer_to_them(planted):
    for name, later, type in (("updated", "update", "UPDATE"), ("cancelled", "cancellation", "CANCEL")):
        first, then = await told(name), await told(later)
        assert (first.ended_by_id, then.refers_to_id) == (then.id, first.id)
        assert then.type is MessageType[type]


async def test_it_is_known_who_saw_the_one_in_force_and_in_which_groups_it_was_posted(planted):
    by = await actor(person_id=holder(Role.SUPERVISOR).id)
    counts = (await reach.get_alert_reach(alert_id=alerts.IN_FORCE, by=by)).total

    assert counts.acknowledged == 7
    assert counts.acknowledged < counts.reached < counts.recipients
    assert (counts.groups, counts.posted) == (10, alerts.POSTED_IN)


async def test_the_draft_waits_for_somebody_who_did_not_write_it(planted):
    draft = await told("draft")
    assert (draft.state, draft.drafted_by.id) == (AlertState.DRAFT, FRAUD_DESK.id)

    out = await deciding.approve_alert(alert_id=draft.id, by=await actor(person_id=holder(Role.ADMIN).id))
    assert out.state is AlertState.PUBLISHED

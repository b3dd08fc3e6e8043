"""The demo's notices: every state of a bar has an example, everybody has something to read, nothing can leave."""

from backend.core.database import fetch
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.push import campaigns, inbox, outlets
from backend.push.states import CampaignState, DeliveryState
from backend.push.unreached import list_unreached
from seed.cast import EVERYBODY, ONE_PER_ROLE, holder
from seed.notices import ON_ITS_WAY, OVER, WAYS


async def test_one_is_over_and_one_is_on_its_way_with_examples_of_what_may_happen(planted):
    by = await actor(person_id=holder(Role.SUPERVISOR).id)
    over = await campaigns.campaign_progress(notice_id=OVER, by=by)
    half = await campaigns.campaign_progress(notice_id=ON_ITS_WAY, by=by)

    assert over.notice.campaign_state is CampaignState.FINISHED
    assert half.notice.campaign_state is CampaignState.RUNNING
    assert over.done == over.deliveries > 60
    assert 0 < half.done < half.deliveries
    for state in ("shown", "delivered", "accepted", "failed", "muted"):
        assert over.states[DeliveryState(state)] > 0, state
        assert half.states[DeliveryState(state)] > 0, state
    assert {each.state for each in over.groups} == {"done", "declined", "open"}
    assert sum(each.people for each in over.groups) == 1315
    assert (over.acknowledged, half.acknowledged) == (4, 2)


async def test_there_are_doors_to_knock_on_and_somebody_to_do_it(planted):
    found = await list_unreached(notice_id=OVER, by=await actor(person_id=holder(Role.AUDITOR).id))

    assert found.people > 0
    assert [place for place in found.places if place.doors and place.doors[0].served_by]


async def test_every_demo_account_has_something_unread(planted):
    for member in ONE_PER_ROLE:
        notices = (await inbox.list_notices(by=await actor(person_id=member.id))).items
        assert [notice for notice in notices if notice.seen_at is None], member.role


async def test_each_group_has_an_owner_and_a_headcount(planted):
    rows = await fetch("SELECT owner, headcount FROM push_group")

    assert len(rows) == 10
    assert {row["owner"] for row in rows} <= {member.id for member in EVERYBODY}
    assert all(row["headcount"] > 0 for row in rows)


async def test_nothing_of_it_can_leave_the_house(planted):
    providers = {row["provider"] for row in await fetch("SELECT DISTINCT provider FROM push_delivery")}

    assert providers <= {way.name for way in WAYS}
    assert outlets.in_use() == []

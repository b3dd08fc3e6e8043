"""A roster is published whole, without hours that nobody holds, and never with one person in two places."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from backend.core import clock
from backend.core.database import connection, fetch, transaction
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.refusals import UnitUnknown
from backend.rosters.actions import publish_shifts
from backend.rosters.queries import gaps
from backend.rosters.refusals import HoursWithoutAnybody, NotYourRoster, PersonBusy, RosterRefused
from backend.rosters.tables import Post
from tests.rosters.studio import NOON, at, count, notices_to, tasks_of


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def test_a_week_without_a_gap_is_published_and_everybody_is_told_once(studio):
    verdict = await studio.publish(studio.roster(studio.days(7)))

    assert (verdict.stored, verdict.duplicate, verdict.refused, verdict.gaps) == (21, 0, 0, [])
    assert {row.outcome for row in verdict.rows} == {"stored"}
    assert await notices_to(studio.expert) == [f"rosters/roster/{verdict.id}/{studio.expert.person_id}"]


async def test_the_same_roster_again_is_the_same_roster(studio):
    new = studio.roster(studio.days(2), id=uuid4())
    first = await publish_shifts(new=new, by=studio.supervisor)
    again = await publish_shifts(new=new, by=studio.supervisor)

    assert (first.created, again.created) == (True, False)
    assert [row.id for row in again.record.rows] == [row.id for row in first.record.rows]
    assert await count("SELECT count(*) FROM rosters_shift") == 6
    with pytest.raises(DifferentArguments):
        await studio.publish(studio.roster(studio.days(3), id=new.id))


async def test_an_hour_without_anybody_is_named_and_nothing_is_stored(studio):
    rows = [row for row in studio.days(2) if row[1] != at(16)]
    with pytest.raises(HoursWithoutAnybody) as refusal:
        await studio.publish(studio.roster(rows))

    assert refusal.value.facts["hours"] == ["11月23日 16:00 至 24:00"]
    assert await count("SELECT count(*) FROM rosters_publication") == 0


async def test_a_gap_at_the_end_of_the_span_counts_too(studio):
    with pytest.raises(HoursWithoutAnybody) as refusal:
        await studio.publish(studio.roster(studio.days(1), ends_at=at(32)))

    assert refusal.value.facts["hours"] == ["11月24日 00:00 至 08:00"]


async def test_with_a_reason_gaps_are_published_and_the_supervisor_is_asked_for_cover(studio):
    rows = [row for row in studio.days(2) if row[1] != at(16)]
    verdict = await studio.publish(studio.roster(rows, allow_gaps=True, gap_reason="人手不够"))

    assert [(gap.starts_at, gap.ends_at) for gap in verdict.gaps] == [(at(16), at(24))]
    assert await tasks_of(studio.supervisor, "cover_shift") == [
        ("open", "没有人值班：农技工作室，11月23日 16:00 至 24:00。请安排人。")
    ]


async def test_gaps_without_a_reason_are_a_mistake(studio):
    with pytest.raises(Invalid):
        await studio.publish(studio.roster([], allow_gaps=True, gap_reason="  "))


async def test_who_fills_a_gap_settles_the_task(studio):
    rows = [row for row in studio.days(1) if row[1] != at(16)]
    await studio.publish(studio.roster(rows, ends_at=at(24), allow_gaps=True, gap_reason="人手不够"))
    await studio.publish(studio.roster([(studio.handler, at(16), at(24))]))

    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["done"]
    assert await count("SELECT count(*) FROM rosters_gap WHERE closed_at IS NULL") == 0


async def test_half_of_a_gap_filled_leaves_the_task_open(studio):
    await studio.publish(studio.roster([], ends_at=at(24), allow_gaps=True, gap_reason="人手不够"))
    await studio.publish(studio.roster([(studio.handler, at(16), at(20))]))

    assert [state for state, _ in await tasks_of(studio.supervisor, "cover_shift")] == ["open"]


async def test_split_hours_need_nobody_at_noon(studio):
    await studio.rule("08:30-11:30,13:30-17:30", post=Post.DESK, weekdays=[1, 2, 3, 4, 5])
    rows = [(studio.technician, at(8.5), at(11.5)), (studio.technician, at(13.5), at(17.5))]
    verdict = await studio.publish(studio.roster(rows, post=Post.DESK, starts_at=at(0), ends_at=at(24)))

    assert (verdict.stored, verdict.gaps) == (2, [])
    assert await gaps(studio.id, Post.DESK, at(0, 5), at(24, 6)) == []  # a weekend


async def test_a_night_over_midnight_is_one_shift_of_two_days(studio):
    await studio.rule("22:00-06:00", post=Post.FIELD)
    verdict = await studio.publish(
        studio.roster([(studio.expert, at(22), at(30))], post=Post.FIELD, starts_at=at(12), ends_at=at(36))
    )

    assert verdict.gaps == []
    assert await gaps(studio.id, Post.FIELD, at(12), at(60)) == [(at(46), at(54))]


async def test_every_row_gets_a_verdict_and_one_that_does_not_fit_keeps_all_back(studio):
    rows = [*studio.days(1), (studio.assistant, at(24), at(32)), (studio.technician, at(7), at(9))]
    with pytest.raises(RosterRefused) as refusal:
        await studio.publish(studio.roster(rows))

    outcomes = [(row.outcome, row.problem) for row in refusal.value.facts["rows"]]
    assert outcomes[0] == ("held", None)
    assert outcomes[3] == ("refused", "这个人那天不是本单位的人。")
    assert outcomes[4] == ("refused", "同一个人在本表里有两行重叠了。")
    assert [error.pointer for error in refusal.value.errors] == ["/shifts/1", "/shifts/3", "/shifts/4"]
    assert await count("SELECT count(*) FROM rosters_shift") == 0


async def test_somebody_on_a_shift_elsewhere_is_told_with_its_hours(studio):
    await studio.published()
    await studio.rule("08:00-12:00", post=Post.DESK)
    with pytest.raises(RosterRefused) as refusal:
        await studio.publish(studio.roster([(studio.expert, at(8), at(12))], post=Post.DESK))

    assert refusal.value.facts["rows"][0].problem == "这个人那时已有班：11月23日 08:00 至 16:00。"


async def test_a_post_has_one_person_unless_its_rule_allows_more(studio):
    await studio.published()
    with pytest.raises(RosterRefused) as refusal:
        await studio.publish(studio.roster([(studio.technician, at(10), at(12))]))
    await studio.rule("08:00-20:00", post=Post.DESK, overlap_allowed=True)
    two = [(studio.technician, at(8), at(20)), (studio.handler, at(8), at(15))]
    verdict = await studio.publish(studio.roster(two, post=Post.DESK))

    assert refusal.value.facts["rows"][0].problem == "那时岗上已有人：11月23日 08:00 至 16:00。"
    assert verdict.stored == 2


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [(10, 9, "later"), (0, 73, "at most"), (-1, 5, "outside")],
)
async def test_a_row_that_cannot_be_so_is_said(studio, begins, ends, said):
    with pytest.raises(RosterRefused) as refusal:
        await studio.publish(studio.roster([(studio.expert, at(begins), at(ends))], starts_at=at(0), ends_at=at(80)))

    assert said in refusal.value.errors[0].detail


async def test_only_who_leads_the_unit_publishes(studio):
    new = studio.roster(studio.days(1))
    with pytest.raises(NotYourRoster):
        await publish_shifts(new=new, by=studio.technician)
    with pytest.raises(UnitUnknown):
        await publish_shifts(new=new, by=studio.stranger)


async def test_of_rosters_published_at_once_for_the_same_hours_exactly_one_wins(studio):
    rosters = [studio.roster([(who, at(0), at(24))]) for who in studio.staff] * 2
    answers = await asyncio.gather(
        *(publish_shifts(new=new, by=studio.supervisor) for new in rosters), return_exceptions=True
    )

    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert {type(answer) for answer in answers if isinstance(answer, Exception)} == {RosterRefused}
    assert await count("SELECT count(*) FROM rosters_shift") == 1


async def test_of_two_units_that_take_one_person_at_once_exactly_one_gets_him(studio):
    await studio._join(studio.expert, studio.expert.held[0].role, studio.station)
    new = [studio.roster([(studio.expert, at(8), at(16))], unit_id=unit) for unit in (studio.id, studio.station)]
    answers = await asyncio.gather(
        *(publish_shifts(new=one, by=studio.supervisor) for one in new * 3), return_exceptions=True
    )

    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert {type(answer) for answer in answers if isinstance(answer, Exception)} <= {RosterRefused, PersonBusy}
    assert await count("SELECT count(*) FROM rosters_shift") == 1


async def test_the_same_roster_sent_at_once_is_stored_once(studio):
    new = studio.roster(studio.days(2), id=uuid4())
    answers = await asyncio.gather(*(publish_shifts(new=new, by=studio.supervisor) for _ in range(4)))

    assert sorted(answer.created for answer in answers) == [False, False, False, True]
    assert await count("SELECT count(*) FROM rosters_shift") == 6


async def test_the_database_itself_refuses_a_second_place_and_an_unseen_gap(studio):
    first, *_ = await studio.published()
    copied = (
        "INSERT INTO rosters_shift SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()) || $2))"
        ".* FROM rosters_shift s WHERE s.id = $1"
    )
    with pytest.raises(asyncpg.ExclusionViolationError, match="one_shift_per_person"):
        await fetch(copied, first.id, '{"post": "desk"}')
    with pytest.raises(asyncpg.ExclusionViolationError, match="one_person_per_post"):
        await fetch(copied, first.id, f'{{"person": "{studio.expert.person_id}"}}')
    with pytest.raises(asyncpg.CheckViolationError, match="nobody holds"):
        await fetch(
            "UPDATE rosters_shift SET state = 'cancelled', ending = 'cancelled', ended_at = now() WHERE id = $1",
            first.id,
        )


async def test_two_that_leave_a_shared_post_at_once_are_not_both_let_go(studio):
    """Each alone leaves the other there; the trigger looks at one after the other."""
    await studio.rule("08:00-20:00", post=Post.DESK, overlap_allowed=True)
    verdict = await studio.publish(studio.roster([(who, at(8), at(20)) for who in studio.staff[:2]], post=Post.DESK))

    @transaction
    async def leave(shift_id):
        async with connection() as current:
            await current.execute(
                "UPDATE rosters_shift SET state = 'cancelled', ending = 'cancelled', ended_at = now() WHERE id = $1",
                shift_id,
            )
        await asyncio.sleep(0.05)

    answers = await asyncio.gather(*(leave(row.id) for row in verdict.rows), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["CheckViolationError", "NoneType"]

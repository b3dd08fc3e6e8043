"""Two cases that look like one are proposed, a person decides; what came again is marked, and nobody is counted."""

import asyncio
from datetime import timedelta

import pytest

from backend.cases import dispatching, merging, opening, pairs, public, records, working
from backend.cases.likeness import likeness_to
from backend.cases.loop_refusals import CannotMerge, PairDecided, PairUnknown
from backend.cases.refusals import CaseUnknown, NotYourStep
from backend.cases.rules import ReasonNeeded, StepNotOpen
from backend.core import clock, ids
from backend.core.database import fetch
from backend.deadlines.clocks import clocks_of
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cases.desk import ROADS, WATER
from tests.cast import NEXT_VILLAGE, VILLAGE

PIPE = {"title": "村东头水管破了", "description": "水往路上流，两天没水用"}
SAME = {"title": "东头的水管子破了", "description": "路上都是水，家里两天没水"}
OTHER = {"title": "自来水发黄", "description": "有股味，不敢喝"}


def at(longitude, latitude):
    return Point(crs=Crs.WGS84, longitude=longitude, latitude=latitude)


async def look(*cases):
    for opened in cases:
        await pairs.look_for_pairs(opened.case.id)


async def waiting(by):
    return (await pairs.list_pairs(by=by)).items


@pytest.fixture
async def pair(desk):
    """Two calls about one pipe, and the pair that was proposed."""
    older, newer = await desk.open(**PIPE), await desk.open(**SAME)
    await look(newer)
    [found] = await waiting(desk.clerk)
    assert (found.older.id, found.newer.id) == (older.case.id, newer.case.id)
    return found


async def test_near_in_place_time_and_words_is_proposed(pair):
    assert pair.likeness >= 45
    assert (pair.decided_at, pair.same) == (None, None)


async def test_opening_a_case_lets_a_job_look_for_pairs(desk):
    opened = await desk.open(**PIPE)
    rows = await fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", pairs.LOOK)

    assert [row["payload"].decode().strip('"') for row in rows] == [str(opened.case.id)]


@pytest.mark.parametrize(
    "other",
    [
        {**OTHER},
        {**SAME, "division_code": NEXT_VILLAGE},
        {**SAME, "category_code": "livelihood_security.medical"},
    ],
    ids=["other words", "another village", "another topic"],
)
async def test_other_words_place_or_topic_make_no_pair(desk, other):
    await desk.open(**PIPE)
    await look(await desk.open(**other))

    assert await waiting(desk.clerk) == []


async def test_one_spot_pairs_across_a_village_border_and_two_spots_do_not(desk):
    await desk.open(**PIPE, point=at(116.3012, 36.9305))
    beside = await desk.open(**SAME, division_code=NEXT_VILLAGE, point=at(116.3022, 36.9305))
    far = await desk.open(**SAME, point=at(116.3412, 36.9305))
    await look(beside, far)

    [found] = await waiting(desk.clerk)
    assert (found.newer.id, found.distance_m) == (beside.case.id, 89)


async def test_what_was_long_ago_makes_no_pair(desk):
    with clock.stopped(clock.now() - timedelta(days=31)):
        await desk.open(**PIPE)
    await look(await desk.open(**SAME))

    assert await waiting(desk.clerk) == []


async def test_looking_twice_and_from_both_sides_proposes_once(desk):
    one, two = await asyncio.gather(desk.open(**PIPE), desk.open(**SAME))
    await asyncio.gather(*(pairs.look_for_pairs(each.case.id) for each in (one, two, one)))

    assert len(await waiting(desk.clerk)) == 1


async def test_the_same_merges_and_both_numbers_stay_alive(desk, pair):
    decided = await pairs.decide_pair(pair_id=pair.id, same=True, reason="一根水管，一起修", by=desk.clerk)
    merged = await records.get_case(case_id=pair.newer.id, by=desk.clerk)

    assert (decided.same, merged.state, merged.merged_into) == (True, "merged", pair.older.id)
    assert merged.number == pair.newer.number
    found = await clocks_of(subject_room="cases", subject_id=pair.newer.id)
    assert {each.state for each in found} == {"stopped"}


async def test_the_merged_receipt_shows_what_happens_to_the_other_case(desk, pair):
    await pairs.decide_pair(pair_id=pair.id, same=True, reason="一根水管，一起修", by=desk.clerk)
    await dispatching.dispatch(case_id=pair.older.id, id=ids.uuid7(), unit_id=desk.water, by=desk.clerk)
    await working.resolve(case_id=pair.older.id, id=ids.uuid7(), remark="管子换好了", by=desk.plumber)

    shown = await public.public_case(case_id=pair.newer.id)
    assert shown.number == pair.newer.number
    assert shown.timeline[-1].said["words"] == "一根水管，一起修"
    assert (shown.goes_on.number, shown.goes_on.stage) == (pair.older.number, "resolved")
    assert shown.goes_on.timeline[-1].said["words"] == "管子换好了"


async def test_a_merged_receipt_tells_nothing_that_the_other_citizen_said(desk, pair):
    from backend.cases import ending

    await pairs.decide_pair(pair_id=pair.id, same=True, reason="一根水管", by=desk.clerk)
    await dispatching.dispatch(case_id=pair.older.id, id=ids.uuid7(), unit_id=desk.water, by=desk.clerk)
    await working.resolve(case_id=pair.older.id, id=ids.uuid7(), remark="好了", by=desk.plumber)
    await ending.reopen(case_id=pair.older.id, id=ids.uuid7(), reason="我是村东头老林，又漏了", by=None)

    shown = await public.public_case(case_id=pair.newer.id)
    assert "老林" not in str(shown.goes_on)
    assert shown.goes_on.stage == "received"


async def test_not_the_same_is_never_proposed_again(desk, pair):
    await pairs.decide_pair(pair_id=pair.id, same=False, reason="两根水管", by=desk.clerk)
    for case_id in (pair.newer.id, pair.older.id):
        await pairs.look_for_pairs(case_id)

    assert await waiting(desk.clerk) == []
    assert (await records.get_case(case_id=pair.newer.id, by=desk.clerk)).state == "received"


async def test_the_first_word_stands(desk, pair):
    first = await pairs.decide_pair(pair_id=pair.id, same=False, reason="两根水管", by=desk.clerk)

    assert await pairs.decide_pair(pair_id=pair.id, same=False, reason="两根水管", by=desk.clerk) == first
    with pytest.raises(PairDecided):
        await pairs.decide_pair(pair_id=pair.id, same=True, reason="一根", by=desk.clerk)


async def test_two_who_decide_at_once_get_one_decision(desk, pair):
    outcomes = await asyncio.gather(
        pairs.decide_pair(pair_id=pair.id, same=True, reason="一根", by=desk.clerk),
        pairs.decide_pair(pair_id=pair.id, same=False, reason="两根", by=desk.cast.supervisor),
        merging.merge(
            case_id=pair.older.id, into_case_id=pair.newer.id, id=ids.uuid7(), reason="反过来", by=desk.clerk
        ),
        return_exceptions=True,
    )
    states = {(await records.get_case(case_id=each, by=desk.clerk)).state for each in (pair.older.id, pair.newer.id)}

    assert sum(not isinstance(each, BaseException) for each in outcomes) >= 1
    assert {type(each).__name__ for each in outcomes} <= {
        *("PairRecord", "CaseRecord", "PairDecided", "CannotMerge", "StepNotOpen"),
    }
    assert states in ({"received"}, {"received", "merged"})


async def test_merging_crosswise_at_once_merges_one_way(desk, pair):
    one, two = pair.older.id, pair.newer.id
    outcomes = await asyncio.gather(
        *(
            merging.merge(case_id=a, into_case_id=b, id=ids.uuid7(), reason="一件事", by=desk.clerk)
            for a, b in ((one, two), (two, one))
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["CannotMerge", "CaseRecord"]
    assert await waiting(desk.clerk) == []


async def test_a_case_merges_into_another_open_one_only(desk):
    one, two = await desk.open(**PIPE), await desk.resolved()
    for into, refusal in ((one.case.id, CannotMerge), (two.id, CannotMerge), (ids.uuid7(), CaseUnknown)):
        with pytest.raises(refusal):
            await merging.merge(case_id=one.case.id, into_case_id=into, id=ids.uuid7(), reason="一件", by=desk.clerk)
    with pytest.raises(ReasonNeeded):
        await merging.merge(case_id=one.case.id, into_case_id=two.id, id=ids.uuid7(), reason=" ", by=desk.clerk)


async def test_merging_again_with_the_same_id_changes_nothing(desk, pair):
    id = ids.uuid7()
    call = {"case_id": pair.newer.id, "into_case_id": pair.older.id, "id": id, "reason": "一件事", "by": desk.clerk}
    first = await merging.merge(**call)
    await merging.merge(
        case_id=pair.older.id,
        into_case_id=(await desk.open(**OTHER)).case.id,
        id=ids.uuid7(),
        reason="再并",
        by=desk.clerk,
    )

    assert await merging.merge(**call) == first


async def test_a_supervisor_parts_what_was_merged_and_it_is_never_paired_again(desk, pair):
    await pairs.decide_pair(pair_id=pair.id, same=True, reason="一根水管", by=desk.clerk)
    with pytest.raises(NotYourStep):
        await merging.unmerge(case_id=pair.newer.id, id=ids.uuid7(), reason="两处", by=desk.clerk)

    parted = await merging.unmerge(
        case_id=pair.newer.id, id=ids.uuid7(), reason="去看了，是两处", by=desk.cast.supervisor
    )
    assert (parted.state, parted.merged_into, parted.outcome, parted.closed_at) == ("reopened", None, None, None)
    found = await clocks_of(subject_room="cases", subject_id=pair.newer.id)
    assert {each.state for each in found} == {"running"}

    await pairs.look_for_pairs(pair.newer.id)
    assert await waiting(desk.clerk) == []
    with pytest.raises(StepNotOpen):
        await merging.unmerge(case_id=pair.newer.id, id=ids.uuid7(), reason="再分", by=desk.cast.supervisor)


async def test_strangers_see_no_pair_and_a_handler_decides_none(desk, pair):
    assert await waiting(desk.cast.stranger) == []
    with pytest.raises(PairUnknown):
        await pairs.decide_pair(pair_id=pair.id, same=True, reason="一件", by=desk.cast.stranger)
    with pytest.raises(NotYourStep):
        await pairs.decide_pair(pair_id=pair.id, same=True, reason="一件", by=desk.cast.auditor)


async def test_pairs_come_in_pages(desk):
    for _ in range(3):
        await look(await desk.open(**PIPE))
    first = await pairs.list_pairs(by=desk.clerk, limit=2)
    second = await pairs.list_pairs(by=desk.clerk, limit=2, cursor=first.next_cursor)

    ids_ = [each.id for each in first.items + second.items]
    assert len(ids_) == len(set(ids_)) == 3


async def test_a_matter_that_came_again_is_marked_until_the_mark_expires(desk):
    ended = await desk.resolved(**PIPE)
    again = await desk.open(**SAME)
    await look(again)

    mark = await pairs.repeat_of(case_id=again.case.id, by=desk.clerk)
    assert (mark.earlier, mark.number) == (ended.id, ended.number)
    assert await waiting(desk.clerk) == []
    with clock.stopped(clock.now() + timedelta(days=181)):
        assert await pairs.repeat_of(case_id=again.case.id, by=desk.clerk) is None


async def test_the_mark_is_about_the_matter_whoever_asks(desk):
    await desk.resolved(**PIPE, contact_name="林大山", contact_phone="199 0000 0051")
    neighbour = await desk.open(**SAME, contact_name="宋玉梅", contact_phone="199 0000 0053")
    same_person = await desk.open(**OTHER, category_code=ROADS, contact_name="林大山", contact_phone="199 0000 0051")
    await look(neighbour, same_person)

    assert await pairs.repeat_of(case_id=neighbour.case.id, by=desk.clerk) is not None
    assert await pairs.repeat_of(case_id=same_person.case.id, by=desk.clerk) is None


async def test_what_was_withdrawn_or_merged_is_nothing_that_came_again(desk, pair):
    await pairs.decide_pair(pair_id=pair.id, same=True, reason="一件", by=desk.clerk)
    third = await desk.open(**PIPE)
    await look(third)

    assert await pairs.repeat_of(case_id=third.case.id, by=desk.clerk) is None


async def test_no_more_cases_are_compared_than_the_policy_says(desk, monkeypatch):
    news = [desk.new(**PIPE) for _ in range(6)]
    await opening.open_many(news=news, by=desk.clerk)
    policy = pairs.pair_policy(clock.today())
    fewer = __import__("msgspec").structs.replace(policy, look_at=3)
    monkeypatch.setattr(pairs, "pair_policy", lambda _: fewer)
    await look(await desk.open(**PIPE))

    assert len(await waiting(desk.clerk)) == 3


async def test_a_flood_of_calls_proposes_the_likest_few(desk):
    await opening.open_many(news=[desk.new(**SAME) for _ in range(4)], by=desk.clerk)
    await opening.open_many(news=[desk.new(**PIPE) for _ in range(4)], by=desk.clerk)
    await look(await desk.open(**PIPE))

    found = await waiting(desk.clerk)
    assert [len(found), sum(each.older.title == PIPE["title"] for each in found)] == [5, 4]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("村东头水管破了", "东头的水管子破了", 60, 99),
        ("水管破了", "水管破了。", 100, 100),
        ("水管破了", "路灯不亮", 0, 10),
        ("ＷＩＦＩ坏了", "wifi坏了", 100, 100),
        ("", "水管", 0, 0),
    ],
)
def test_likeness_is_of_characters_and_neighbours(one, other, least, most):
    assert least <= likeness_to(one)(other) == likeness_to(other)(one) <= most
    assert WATER.startswith(pairs.family(WATER))
    assert VILLAGE != NEXT_VILLAGE

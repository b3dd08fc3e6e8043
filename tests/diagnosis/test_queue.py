"""The queue: what falls due first comes first, each sees his own, pages fit together, and no contact is in it."""

from datetime import timedelta

import msgspec
import pytest

from backend.cases import working
from backend.cases.words import Channel
from backend.core import ids
from backend.core.database import fetch
from backend.core.refusals import Invalid
from backend.diagnosis import lists
from backend.diagnosis.lists import Part
from backend.diagnosis.words import RequestState
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.diagnosis.clinic import claimed_by, later
from tests.media.drawn import dark, field, saved


async def queue(by, part=Part.ALL, **asked):
    return (await lists.list_queue(by=by, part=part, **asked)).items


async def ids_of(by, part=Part.ALL, **asked):
    return [item.id for item in await queue(by, part, **asked)]


async def put(request_id, state, who=None):
    await fetch(
        "UPDATE diagnosis_request SET state = $2, expert = $3 WHERE id = $1",
        *(request_id, state, who.person_id if who else None),
    )


async def test_what_falls_due_first_comes_first_and_what_is_urgent_before_what_is_not(clinic):
    old = (await clinic.call()).request.id
    with later(timedelta(hours=1)):
        new = (await clinic.call()).request.id
        urgent = (await clinic.call(area_mu=500)).request.id
    items = await queue(clinic.chief)
    assert [item.id for item in items] == [urgent, old, new]
    assert [item.urgent for item in items] == [True, False, False]
    due = [item.clock.due_at for item in items]
    assert due == sorted(due)


async def test_what_stands_still_comes_after_all_that_runs_and_pages_fit_together(clinic):
    made = [(await clinic.call()).request.id for _ in range(7)]
    for request_id in made[:3]:
        await put(request_id, "asked", clinic.expert)
        await fetch(
            "UPDATE deadlines_clock SET state = 'suspended', suspended_at = now() WHERE subject_id = $1", request_id
        )

    seen, cursor = [], None
    for _ in range(7):
        page = await lists.list_queue(by=clinic.chief, limit=2, cursor=cursor)
        seen += [item.id for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == made[3:] + made[:3]
    with pytest.raises(Invalid):
        await lists.list_queue(by=clinic.chief, cursor="nothing of ours")


async def test_each_expert_has_what_is_before_him_and_the_pool_he_is_able_for(clinic):
    before_me, mine, others, maize, wheat = [
        (await clinic.call(crop_code=crop)).request.id for crop in ("maize", "maize", "maize", "maize", "wheat")
    ]
    await put(before_me, "offered", clinic.local)
    await put(mine, "claimed", clinic.local)
    await put(others, "claimed", clinic.expert)
    await put(maize, "pooled")
    await put(wheat, "pooled")

    assert await ids_of(clinic.local, Part.OFFERED) == [before_me]
    assert await ids_of(clinic.local, Part.CLAIMED) == [mine]
    assert await ids_of(clinic.local, Part.POOL) == [maize]
    assert await ids_of(clinic.local) == [before_me, mine, maize]
    assert await ids_of(clinic.expert, Part.POOL) == [maize, wheat]
    assert [item.mine for item in await queue(clinic.local)] == [True, True, False]
    counts = await lists.queue_counts(by=clinic.local)
    assert counts == {"offered": 1, "claimed": 1, "opinion": 0, "pool": 1, "asked": 0, "to_tell": 0, "all": 3}
    assert (await lists.queue_counts(by=clinic.chief))["all"] == 5


async def test_stations_cadres_and_overseers_see_their_own(clinic):
    at_station = (await clinic.scan()).request.id
    for_household = (await clinic.call(household_id=clinic.cast.household, division_code=None)).request.id
    elsewhere = (await clinic.call(division_code=NEXT_VILLAGE)).request.id

    assert await ids_of(clinic.technician) == [at_station]
    assert await ids_of(clinic.cast.cadre) == [for_household]
    assert await ids_of(clinic.cast.operator) == [at_station, for_household, elsewhere]
    assert await ids_of(clinic.cast.auditor) == [at_station, for_household, elsewhere]
    for nobody in (clinic.second, clinic.cast.stranger, clinic.cast.handler, clinic.cast.next_cadre):
        assert await ids_of(nobody) == []
        assert (await lists.queue_counts(by=nobody))["all"] == 0


async def test_what_was_answered_waits_until_somebody_has_told_it(clinic):
    older, newer, told = [(await clinic.call()).request.id for _ in range(3)]
    for request_id, hours in ((older, 5), (newer, 1), (told, 3)):
        await fetch(
            "UPDATE diagnosis_request SET state = 'answered', answered_at = now() - make_interval(hours => $2) "
            "WHERE id = $1",
            *(request_id, hours),
        )
    await fetch("UPDATE diagnosis_request SET told_at = now() WHERE id = $1", told)

    assert await ids_of(clinic.cast.operator, Part.TO_TELL) == [older, newer]
    assert await ids_of(clinic.cast.operator, Part.ANSWERED) == [told, newer, older]
    assert await ids_of(clinic.cast.operator) == []
    first = await lists.list_queue(by=clinic.cast.operator, part=Part.ANSWERED, limit=2)
    rest = await lists.list_queue(by=clinic.cast.operator, part=Part.ANSWERED, limit=2, cursor=first.next_cursor)
    assert ([item.id for item in first.items], [item.id for item in rest.items]) == ([told, newer], [older])


async def test_a_second_opinion_that_is_asked_of_him_waits_in_a_part_of_his_own(clinic):
    older, newer = [(await clinic.call()).request.id for _ in range(2)]
    for request_id, hours in ((newer, 1), (older, 5)):
        await fetch(
            "INSERT INTO diagnosis_second_opinion (id, request, asked_by, asked_at, reason, expert) "
            "VALUES ($1, $2, $3, now() - make_interval(hours => $5), '', $4)",
            *(ids.uuid7(), request_id, clinic.chief.person_id, clinic.second.person_id, hours),
        )

    assert await ids_of(clinic.second, Part.OPINION) == [older, newer]
    first = await lists.list_queue(by=clinic.second, part=Part.OPINION, limit=1)
    rest = await lists.list_queue(by=clinic.second, part=Part.OPINION, limit=1, cursor=first.next_cursor)
    assert [item.id for item in (*first.items, *rest.items)] == [older, newer]
    assert (await lists.queue_counts(by=clinic.second))["opinion"] == 2
    assert await ids_of(clinic.chief, Part.OPINION) == [], "he asked, and owes none"

    await put(newer, RequestState.ENDED.value)
    await fetch("UPDATE diagnosis_second_opinion SET asked_at = now() - interval '6 hours' WHERE request = $1", newer)
    assert await ids_of(clinic.second, Part.OPINION) == [older]


async def test_what_has_ended_is_in_no_part(clinic):
    request_id = (await clinic.call()).request.id
    await put(request_id, RequestState.ENDED.value)
    for part in Part:
        assert await ids_of(clinic.chief, part) == []


async def test_a_line_says_what_one_has_to_know_and_nothing_about_who_asked(clinic):
    poor, good = await clinic.photo(dark()), await clinic.photo(saved(field()))
    await clinic.scan(
        photo_ids=[poor, good], contact_name="林大山", division_code=VILLAGE, channel=Channel.WECHAT, wants_call=True
    )
    (item,) = await queue(clinic.chief)
    assert (item.crop_zh, item.photos_n, item.area_mu, item.wants_call) == ("玉米", 2, 6.5, True)
    assert item.photo.startswith("/media/shown/")
    assert item.number_said.count(" ") >= 2
    told = msgspec.json.encode(item).decode()
    assert "林大山" not in told
    assert not {"contact", "phone", "household"} & {name.partition("_")[0] for name in item.__struct_fields__}


async def test_one_crop_alone(clinic):
    maize, wheat = [(await clinic.call(crop_code=crop)).request.id for crop in ("maize", "wheat")]
    assert await ids_of(clinic.chief, crop_code="wheat") == [wheat]
    assert await ids_of(clinic.chief, crop_code="maize") == [maize]
    assert await ids_of(clinic.chief, crop_code="rice") == []


async def test_an_answer_in_substance_does_not_take_it_out_of_the_queue(clinic):
    request_id = (await clinic.call()).request.id
    await claimed_by(request_id, clinic.expert)
    await working.respond(case_id=request_id, id=ids.uuid7(), remark="先排水", by=clinic.expert)
    assert await ids_of(clinic.expert, Part.CLAIMED) == [request_id]

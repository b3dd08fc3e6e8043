from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, figures, lists, working
from backend.cases.filters import CaseFilters, Sort
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Stage
from backend.core import clock, ids
from backend.core.refusals import Invalid
from backend.deadlines.rules import Light
from backend.territory.queries import DivisionUnknown
from tests.cases.desk import ROADS
from tests.cast import NEXT_VILLAGE, VILLAGE


async def listed(by, sort=Sort.NEWEST, **filters):
    page = await lists.list_cases(by=by, filters=CaseFilters(**filters), sort=sort, limit=1000)
    assert await lists.count_cases(by=by, filters=CaseFilters(**filters)) == len(page.items) or sort is Sort.DUE
    return [item.id for item in page.items]


@pytest.fixture
async def shelf(desk):
    """Four cases that differ in everything one may filter by."""
    water = await desk.dispatched()
    road = (await desk.open(category_code=ROADS, channel=Channel.QR, kind=CaseKind.COMPLAINT, title="路灯不亮")).case
    ended = await desk.resolved(division_code=NEXT_VILLAGE, upstream_number="鲁2026-9", channel=Channel.PROVINCE)
    mine = (await desk.open(by=desk.cast.cadre, household_id=desk.cast.household, origin_room="visits")).case
    return {"water": water.id, "road": road.id, "ended": ended.id, "mine": mine.id, "number": road.number}


FILTERED = [
    ({}, ["mine", "ended", "road", "water"]),
    ({"state": CaseState.DISPATCHED}, ["water"]),
    ({"stage": Stage.RECEIVED}, ["mine", "road"]),
    ({"stage": Stage.RESOLVED}, ["ended"]),
    ({"open": True}, ["mine", "road", "water"]),
    ({"open": False}, ["ended"]),
    ({"outcome": CaseOutcome.SOLVED}, ["ended"]),
    ({"category_code": ROADS}, ["road"]),
    ({"category_code": "planning_construction"}, ["mine", "ended", "road", "water"]),
    ({"category_code": "production"}, []),
    ({"channel": Channel.QR}, ["road"]),
    ({"kind": CaseKind.COMPLAINT}, ["road"]),
    ({"division_code": VILLAGE}, ["mine", "road", "water"]),
    ({"division_code": NEXT_VILLAGE}, ["ended"]),
    ({"text": "路灯"}, ["road"]),
    ({"text": "%"}, []),
    ({"number": "鲁2026-9"}, ["ended"]),
    ({"number": "123456789012"}, []),
    ({"origin_room": "visits"}, ["mine"]),
    ({"not_dispatched": True}, ["mine", "road"]),
    ({"second_hop": True}, []),
    ({"light": Light.GREEN}, ["mine", "road", "water"]),
    ({"light": Light.RED}, []),
    ({"light": Light.GREY}, []),
    ({"mine": True, "state": CaseState.RECEIVED, "channel": Channel.QR}, ["road"]),
]


async def test_each_filter_leaves_what_fits(desk, shelf):
    for filters, names in FILTERED:
        assert await listed(desk.clerk, **filters) == [shelf[name] for name in names], filters


async def test_filters_by_unit_person_household_and_number(desk, shelf):
    assert await listed(desk.clerk, unit_id=desk.water) == [shelf["ended"], shelf["water"]]
    assert await listed(desk.clerk, owner_unit_id=desk.hotline) == [shelf["ended"], shelf["road"], shelf["water"]]
    assert await listed(desk.clerk, household_id=desk.cast.household) == [shelf["mine"]]
    assert await listed(desk.cast.cadre, mine=True) == [shelf["mine"]]
    grouped = f"{shelf['number'][:4]} {shelf['number'][4:8]}-{shelf['number'][8:]}"
    assert await listed(desk.clerk, number=grouped) == [shelf["road"]]


async def test_an_unknown_division_and_a_made_up_cursor_are_refused(desk):
    with pytest.raises(DivisionUnknown):
        await listed(desk.clerk, division_code="371526999999")
    with pytest.raises(Invalid):
        await lists.list_cases(by=desk.clerk, filters=CaseFilters(), cursor="made-up")


@pytest.mark.parametrize("sort", Sort)
async def test_pages_follow_each_other_without_gap_or_repeat(desk, sort):
    policies = ["general", "emergency", "complex", "basic_living", "general", "emergency", "general"]
    opened = [(await desk.open(policy_code=policy)).case for policy in policies]
    seen, cursor = [], None
    while True:
        page = await lists.list_cases(by=desk.clerk, filters=CaseFilters(), sort=sort, limit=2, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert sorted(item.id for item in seen) == sorted(case.id for case in opened)
    keys = [item.due_at if sort is Sort.DUE else -item.received_at.timestamp() for item in seen]
    assert keys == sorted(keys)


async def test_by_due_what_has_no_deadline_left_is_not_there(desk, shelf):
    await working.respond(case_id=shelf["water"], id=ids.uuid7(), remark="明天来", by=desk.plumber)

    assert set(await listed(desk.clerk, Sort.DUE)) == {shelf["road"], shelf["mine"]}


async def test_lights_turn_with_the_clock(desk):
    case = (await desk.open(policy_code="emergency")).case
    begun = clock.now()
    for minutes, light in ((0, Light.GREEN), (100, Light.YELLOW), (121, Light.RED)):
        with clock.stopped(begun + timedelta(minutes=minutes)):
            assert await listed(desk.clerk, light=light) == [case.id]
            assert await listed(desk.clerk, Sort.DUE, light=light) == [case.id]


async def test_every_figure_is_the_length_of_the_list_it_opens(desk):
    begun = clock.now()
    answered = await desk.dispatched()
    await working.respond(case_id=answered.id, id=ids.uuid7(), remark="明天来", by=desk.plumber)
    late, waits = await desk.dispatched(policy_code="emergency"), (await desk.open(category_code=ROADS)).case
    nobody = (await desk.open(policy_code="emergency")).case
    came_back = await desk.resolved()
    await ending.reopen(case_id=came_back.id, id=ids.uuid7(), reason="又漏了", by=None)
    hopped = await desk.dispatched()
    for by, to in ((desk.plumber, desk.roads), (desk.mason, desk.water)):
        await dispatching.transfer(case_id=hopped.id, id=ids.uuid7(), to_unit_id=to, reason="不归", by=by)

    with clock.stopped(begun + timedelta(hours=3)):
        await working.respond(case_id=late.id, id=ids.uuid7(), remark="来晚了", by=desk.plumber)
    with clock.stopped(begun + timedelta(hours=4)):
        found = await figures.case_figures(by=desk.cast.supervisor)
        told = {name: getattr(found, name) for name in found.__struct_fields__ if name not in SPANS}
        assert {name: figure.value for name, figure in told.items()} == {
            "received": 6,
            "answered_in_time": 1,  # what came back runs anew
            "answered_late": 1,
            "reopened": 1,
            "open": 6,
            "not_dispatched": 2,
            "second_hop": 1,
            "overdue": 1,
        }
        for figure in [*told.values(), *found.overdue_by_unit]:
            filters = {name: decoded(name, value) for name, value in figure.filters.items()}
            assert len(await listed(desk.cast.supervisor, **filters)) == figure.value
        assert [(each.unit, each.value) for each in found.overdue_by_unit] == [(None, 1)]
        assert await listed(desk.cast.supervisor, light=Light.RED) == [nobody.id]
        assert waits.id in await listed(desk.cast.supervisor, not_dispatched=True)


SPANS = {"counted_from", "counted_to", "overdue_by_unit"}


def decoded(name, value):
    import msgspec

    kind = {field.name: field.type for field in msgspec.structs.fields(CaseFilters)}[name]
    return msgspec.convert(value, kind, strict=False)


async def test_figures_are_those_of_the_readers_own_area(desk):
    await desk.open()
    assert (await figures.case_figures(by=desk.cast.supervisor)).received.value == 1
    assert (await figures.case_figures(by=desk.cast.stranger)).received.value == 0
    assert (await figures.case_figures(by=desk.clerk, division_code=NEXT_VILLAGE)).received.value == 0

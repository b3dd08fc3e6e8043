"""A sample that anybody can draw again, and what was found."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core.clock import stopped
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people.tables import Role
from backend.visits.spot_checks import (
    FindingKind,
    FindingStands,
    NothingToDraw,
    OwnVisit,
    SpotCheckUnknown,
    draw_spot_check,
    get_spot_check,
    list_spot_checks,
    record_finding,
    wilson,
)
from backend.visits.tables import Channel
from backend.visits.visibility import AnotherTerritory
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.visits.fieldwork import FAR_TOWNSHIP, FAR_VILLAGE, noon

MARCH = {"occurred_from": noon(2026, 3, 1), "occurred_to": noon(2026, 4, 1)}


def drawn(by, *, id=None, division_code=COUNTY, size=5, seed=None, **span):
    arguments = MARCH | span
    return draw_spot_check(id=id or uuid7(), division_code=division_code, size=size, seed=seed, by=by, **arguments)


async def visits(fieldwork, count, **columns):
    by = columns.pop("by", fieldwork.cadre)
    at = columns.pop("at", noon(2026, 3, 10))
    return [await fieldwork.visit(by, at=at + timedelta(minutes=i), **columns) for i in range(count)]


async def test_the_draw_is_the_first_n_by_the_hash_of_seed_and_id(fieldwork):
    population = await visits(fieldwork, 30)

    check = (await drawn(fieldwork.auditor, size=7, seed=20261122)).record

    in_order = sorted(population, key=lambda id: hashlib.sha256(f"20261122{id}".encode()).digest())
    assert [item.visit_id for item in check.items] == in_order[:7]
    assert [item.position for item in check.items] == list(range(1, 8))
    assert (check.population, check.size, check.drawn, check.seed) == (30, 7, 7, 20261122)


async def test_without_a_seed_the_server_takes_one_and_stores_it(fieldwork):
    await visits(fieldwork, 20)

    first, second = (await drawn(fieldwork.auditor)).record, (await drawn(fieldwork.auditor)).record

    assert first.seed != second.seed
    again = (await drawn(fieldwork.auditor, seed=first.seed)).record
    assert [item.visit_id for item in again.items] == [item.visit_id for item in first.items]


async def test_the_same_id_twice_is_the_same_draw_even_when_visits_came_in_between(fieldwork):
    await visits(fieldwork, 20)
    id = uuid7()
    first = await drawn(fieldwork.auditor, id=id)
    await visits(fieldwork, 20)

    again = await drawn(fieldwork.auditor, id=id)

    assert (first.created, again.created) == (True, False)
    assert again.record == first.record


async def test_the_same_id_with_other_arguments_is_refused(fieldwork):
    await visits(fieldwork, 20)
    id = uuid7()
    await drawn(fieldwork.auditor, id=id)

    for other in ({"size": 6}, {"seed": 1}, {"division_code": TOWNSHIP}, {"occurred_to": noon(2026, 3, 31)}):
        with pytest.raises(DifferentArguments):
            await drawn(fieldwork.auditor, id=id, **other)
    with pytest.raises(DifferentArguments):
        await drawn(fieldwork.supervisor, id=id)


async def test_two_who_draw_the_same_id_at_once_get_one_draw(fieldwork):
    await visits(fieldwork, 20)
    id = uuid7()

    outcomes = await asyncio.gather(*(drawn(fieldwork.auditor, id=id) for _ in range(4)))

    assert sorted(outcome.created for outcome in outcomes) == [False, False, False, True]
    assert len({tuple(item.id for item in outcome.record.items) for outcome in outcomes}) == 1


async def test_the_population_is_face_to_face_visits_of_the_place_and_span_without_ones_own(fieldwork):
    wanted = set(await visits(fieldwork, 3))
    await visits(fieldwork, 2, channel=Channel.CALL)
    await visits(fieldwork, 2, village=FAR_VILLAGE)
    await visits(fieldwork, 2, by=fieldwork.auditor)
    await visits(fieldwork, 1, at=noon(2026, 4, 1))
    await visits(fieldwork, 1, at=noon(2026, 3, 1) - timedelta(seconds=1))

    check = (await drawn(fieldwork.auditor, division_code=TOWNSHIP, size=50)).record

    assert {item.visit_id for item in check.items} == wanted
    assert (check.population, check.drawn) == (3, 3)


async def test_what_is_received_after_the_draw_cannot_change_its_population(fieldwork):
    population = await visits(fieldwork, 10)
    with stopped(noon(2026, 3, 20)):
        check = (await drawn(fieldwork.auditor, size=10, seed=1)).record
    late = await visits(fieldwork, 5, at=noon(2026, 3, 11))
    await fetch("UPDATE visits_visit SET received_at = $2 WHERE id = ANY($1)", late, noon(2026, 3, 21))

    with stopped(noon(2026, 3, 20)):
        redrawn = (await drawn(fieldwork.auditor, size=50, seed=1)).record

    assert {item.visit_id for item in redrawn.items} == {item.visit_id for item in check.items} == set(population)


async def test_an_empty_population_is_said_and_nothing_is_stored(fieldwork):
    id = uuid7()
    with pytest.raises(NothingToDraw):
        await drawn(fieldwork.auditor, id=id)

    await visits(fieldwork, 1)
    assert (await drawn(fieldwork.auditor, id=id)).created


async def test_a_span_that_ends_before_it_begins_is_refused(fieldwork):
    with pytest.raises(Invalid):
        await drawn(fieldwork.auditor, occurred_to=noon(2026, 3, 1))


async def test_only_supervisors_and_auditors_draw_and_only_in_their_territory(fieldwork):
    await visits(fieldwork, 3)

    for by in (fieldwork.cadre, fieldwork.handler, fieldwork.admin):
        with pytest.raises(Forbidden):
            await drawn(by, division_code=VILLAGE)
    for code in (COUNTY, TOWNSHIP, OTHER_COUNTY):
        with pytest.raises(AnotherTerritory):
            await drawn(fieldwork.township_supervisor, division_code=code)


async def test_who_does_not_oversee_the_place_sees_neither_the_draw_nor_that_there_is_one(fieldwork):
    await visits(fieldwork, 3)
    check = (await drawn(fieldwork.auditor, division_code=TOWNSHIP)).record

    for by in (fieldwork.cadre, fieldwork.township_supervisor, fieldwork.stranger):
        with pytest.raises(SpotCheckUnknown):
            await get_spot_check(spot_check_id=check.id, by=by)
        assert (await list_spot_checks(by=by)).items == []
    assert (await get_spot_check(spot_check_id=check.id, by=fieldwork.supervisor)) == check


async def test_draws_are_listed_newest_first_page_by_page(fieldwork):
    await visits(fieldwork, 3)
    checks = [(await drawn(fieldwork.auditor)).record.id for _ in range(3)]

    first = await list_spot_checks(by=fieldwork.supervisor, limit=2)
    second = await list_spot_checks(by=fieldwork.supervisor, limit=2, cursor=first.next_cursor)

    assert [check.id for check in first.items + second.items] == checks[::-1]


async def test_findings_add_up_to_a_rate_with_its_interval(fieldwork):
    await visits(fieldwork, 10)
    check = (await drawn(fieldwork.auditor, size=10)).record
    findings = [FindingKind.CONFIRMED] * 6 + [FindingKind.NOT_CONFIRMED] + [FindingKind.UNREACHABLE]
    for item, finding in zip(check.items, findings, strict=False):
        await record_finding(spot_check_id=check.id, item_id=item.id, finding=finding, by=fieldwork.auditor)

    after = await get_spot_check(spot_check_id=check.id, by=fieldwork.auditor)

    assert (after.confirmed, after.not_confirmed, after.unreachable, after.open) == (6, 1, 1, 2)
    assert after.confirmed_rate == wilson(6, 7)
    assert after.confirmed_rate.n == 7
    assert after.confirmed_rate.low < after.confirmed_rate.share < after.confirmed_rate.high
    assert check.confirmed_rate is None


async def test_the_interval_agrees_with_the_source_pooled_and_per_wave():
    pooled, wave = wilson(8563, 8720), wilson(1224, 1246)

    assert (round(pooled.low * 100, 1), round(pooled.high * 100, 1)) == (97.9, 98.5)
    assert (round(wave.low * 100, 1), round(wave.high * 100, 1)) == (97.3, 98.8)
    assert (wilson(0, 4).low, wilson(4, 4).high, wilson(0, 0)) == (0.0, 1.0, None)


async def test_a_finding_stands_and_only_unreachable_is_tried_again(fieldwork):
    await visits(fieldwork, 1)
    check = (await drawn(fieldwork.auditor)).record
    item = check.items[0].id

    async def found(finding, remark=None, by=fieldwork.auditor):
        return await record_finding(spot_check_id=check.id, item_id=item, finding=finding, remark=remark, by=by)

    assert (await found(FindingKind.UNREACHABLE, "三次无人接听")).finding == FindingKind.UNREACHABLE
    confirmed = await found(FindingKind.CONFIRMED, "户主确认", by=fieldwork.supervisor)
    assert (confirmed.found_by, confirmed.remark) == (fieldwork.supervisor.person_id, "户主确认")
    assert await found(FindingKind.CONFIRMED, " 户主确认 ") == confirmed
    with pytest.raises(FindingStands):
        await found(FindingKind.NOT_CONFIRMED)


async def test_nobody_checks_a_visit_of_his_own(fieldwork):
    await visits(fieldwork, 1, by=fieldwork.supervisor)
    check = (await drawn(fieldwork.auditor)).record

    with pytest.raises(OwnVisit):
        await record_finding(
            spot_check_id=check.id, item_id=check.items[0].id, finding="confirmed", by=fieldwork.supervisor
        )


async def test_a_finding_takes_a_checker_of_the_place_and_an_item_of_the_draw(fieldwork):
    await visits(fieldwork, 1)
    check = (await drawn(fieldwork.auditor)).record
    item = check.items[0].id

    with pytest.raises(Forbidden):
        await record_finding(spot_check_id=check.id, item_id=item, finding="confirmed", by=fieldwork.admin)
    with pytest.raises(SpotCheckUnknown):
        await record_finding(spot_check_id=check.id, item_id=item, finding="confirmed", by=fieldwork.stranger)
    with pytest.raises(SpotCheckUnknown):
        await record_finding(spot_check_id=check.id, item_id=uuid4(), finding="confirmed", by=fieldwork.auditor)


async def test_a_township_supervisor_checks_his_township(fieldwork):
    await visits(fieldwork, 4, village=FAR_VILLAGE)
    cadre = await fieldwork.person("邻镇干部", Role.CADRE, FAR_TOWNSHIP)

    check = (await drawn(fieldwork.township_supervisor, division_code=FAR_TOWNSHIP, size=2)).record

    assert (check.population, check.drawn) == (4, 2)
    with pytest.raises(SpotCheckUnknown):
        await get_spot_check(spot_check_id=check.id, by=cadre)

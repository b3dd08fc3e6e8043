"""Pledges: published whole, kept or not for everybody to see, and late said to be late."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from lxml import html

from backend.cases.loop_refusals import PersonalInPublic
from backend.console import pledges_page
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import pledge_routes, pledges
from backend.hotline.pledge_refusals import NotYourPledges, PledgeBatchTaken, PledgeSettled, PledgeUnknown
from backend.hotline.pledge_schemas import NewPledge, NewPledgeBatch, PledgeChange
from backend.hotline.words import PledgeState
from tests.antifraud.centre import five
from tests.antifraud.outreach import client_of, signed_in
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP
from tests.hotline.lines import get

NOON = datetime(2026, 11, 22, 12, tzinfo=clock.SHANGHAI)
WELLS, LAMPS, ROAD = "打深水井两眼", "村内路灯四十盏", "硬化生产路三公里"


@pytest.fixture
async def desk(cast) -> AsyncIterator[Desk]:
    made = await Desk.make(cast)
    with clock.stopped(NOON):
        yield made


@pytest.fixture
async def wire(desk) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pledge_routes.router) as client:
        yield client


def new(desk, **changes: Any) -> NewPledgeBatch:
    given: dict[str, Any] = {
        "division_code": COUNTY,
        "year": 2026,
        "number": 1,
        "title": "2026 年第一批实事",
        "pledges": [
            NewPledge(title=WELLS, unit_id=desk.water, office="农村供水科", due_on=date(2026, 11, 10)),
            NewPledge(title=LAMPS, unit_id=desk.roads, office="养护科", due_on=date(2026, 11, 22)),
            NewPledge(title=ROAD, unit_id=desk.roads, office="养护科", due_on=date(2026, 12, 31)),
        ],
    }
    return NewPledgeBatch(**(given | changes))


async def published(desk, **changes):
    batch = new(desk, **changes)
    return (await pledges.publish_pledges(id=ids.uuid7(), new=batch, by=desk.cast.supervisor)).record


def done(day: date, **more) -> PledgeChange:
    return PledgeChange(becomes=PledgeState.DONE, done_on=day, **more)


async def test_everybody_reads_what_was_promised_and_what_is_late(desk):
    batch = await published(desk)
    found = await pledges.public_pledges()

    assert found.batches == [batch]
    assert [(each.title, each.overdue, each.late_days) for each in batch.pledges] == [
        (WELLS, True, 12),
        (LAMPS, False, 0),
        (ROAD, False, 0),
    ]
    assert (found.year, found.counts.pledges_n, found.counts.overdue_n) == (2026, 3, 1)


async def test_a_pledge_is_late_from_the_day_after_its_own(desk):
    batch = await published(desk)
    with clock.stopped(NOON.replace(hour=23, minute=59)):
        assert (await pledges.public_pledges()).batches[0].pledges[1].overdue is False
    with clock.stopped(NOON.replace(day=23, hour=0)):
        found = await pledges.public_pledges()
    assert (found.batches[0].pledges[1].late_days, found.counts.overdue_n) == (1, 2)
    assert batch.pledges[1].id == found.batches[0].pledges[1].id


async def test_what_was_done_late_stays_told_as_late(desk):
    wells, lamps, road = (await published(desk)).pledges
    by = desk.cast.supervisor
    late = await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 20)), by=by)
    await pledges.change_pledge(pledge_id=lamps.id, change=done(date(2026, 11, 21)), by=by)
    why = PledgeChange(becomes=PledgeState.DROPPED, note="改线，并入国道工程")
    await pledges.change_pledge(pledge_id=road.id, change=why, by=by)

    counts = (await pledges.public_pledges()).counts
    assert (late.overdue, late.late_days) == (True, 10)
    assert (counts.done_in_time_n, counts.done_late_n, counts.dropped_n, counts.overdue_n) == (1, 1, 1, 0)
    assert counts.pledges_n == counts.done_n + counts.underway_n + counts.dropped_n


async def test_a_batch_is_published_whole_or_not_at_all(desk):
    good = new(desk).pledges[0]
    wrong = [
        good,
        NewPledge(title=LAMPS, unit_id=ids.uuid7(), office="养护科", due_on=date(2026, 12, 1)),
        NewPledge(title=WELLS, unit_id=desk.water, office="科", due_on=date(2027, 1, 1)),
    ]
    with pytest.raises(Invalid) as refused:
        await published(desk, pledges=wrong)
    pointers = {each.pointer for each in refused.value.errors}
    assert pointers == {"/pledges/1/unit_id", "/pledges/2/due_on", "/pledges/2/title"}
    assert await fetch("SELECT 1 FROM hotline_pledge_batch UNION ALL SELECT 1 FROM hotline_pledge") == []


async def test_nothing_by_which_a_person_could_be_found_is_published(desk):
    named = NewPledge(title="修路，找 13800138000", unit_id=desk.roads, office="养护科", due_on=date(2026, 12, 1))
    with pytest.raises(PersonalInPublic):
        await published(desk, pledges=[named])
    pledge = (await published(desk)).pledges[0]
    with pytest.raises(PersonalInPublic):
        await pledges.change_pledge(
            pledge_id=pledge.id, change=done(date(2026, 11, 9), note="电话 13800138000"), by=desk.cast.admin
        )


async def test_a_batch_of_a_year_is_published_once(desk):
    id, batch, by = ids.uuid7(), new(desk), desk.cast.supervisor
    outcomes = [await pledges.publish_pledges(id=id, new=batch, by=by) for _ in range(2)]
    assert [each.created for each in outcomes] == [True, False]
    with pytest.raises(DifferentArguments):
        await pledges.publish_pledges(id=id, new=new(desk, title="别的"), by=by)
    with pytest.raises(PledgeBatchTaken):
        await pledges.publish_pledges(id=ids.uuid7(), new=batch, by=by)
    rows = await fetch("SELECT 1 FROM hotline_pledge")
    assert len(rows) == 3


async def test_the_unit_that_promised_says_that_it_is_done_and_nothing_else(desk):
    wells, lamps, _ = (await published(desk)).pledges
    told = await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 9)), by=desk.plumber)
    assert (told.state, told.overdue) == ("done", False)
    why = PledgeChange(becomes=PledgeState.DROPPED, note="没有钱")
    for change, pledge in ((done(date(2026, 11, 9)), lamps), (why, wells)):
        with pytest.raises(NotYourPledges):
            await pledges.change_pledge(pledge_id=pledge.id, change=change, by=desk.plumber)


async def test_a_settled_pledge_changes_only_by_being_underway_again_with_a_reason(desk):
    wells = (await published(desk)).pledges[0]
    by = desk.cast.supervisor
    for _ in range(2):
        await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 9)), by=by)
    with pytest.raises(PledgeSettled):
        await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 8)), by=by)
    with pytest.raises(Invalid):
        await pledges.change_pledge(pledge_id=wells.id, change=PledgeChange(becomes=PledgeState.UNDERWAY), by=by)
    again = PledgeChange(becomes=PledgeState.UNDERWAY, note="验收没有通过")
    back = await pledges.change_pledge(pledge_id=wells.id, change=again, by=by)
    assert (back.state, back.overdue, back.note) == ("underway", True, "验收没有通过")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (PledgeChange(becomes=PledgeState.DONE), "/done_on"),
        (PledgeChange(becomes=PledgeState.DONE, done_on=date(2026, 11, 23)), "/done_on"),
        (PledgeChange(becomes=PledgeState.DROPPED), "/note"),
        (PledgeChange(becomes=PledgeState.DROPPED, note="不办", done_on=date(2026, 11, 1)), "/done_on"),
    ],
)
async def test_a_change_says_its_day_or_its_reason(desk, change, pointer):
    wells = (await published(desk)).pledges[0]
    with pytest.raises(Invalid) as refused:
        await pledges.change_pledge(pledge_id=wells.id, change=change, by=desk.cast.supervisor)
    assert [each.pointer for each in refused.value.errors] == [pointer]


async def test_a_place_shows_its_own_and_what_lies_in_it(desk):
    county, township = await published(desk), await published(desk, division_code=TOWNSHIP, number=7)
    older = await published(desk, year=2025, pledges=[_old(desk)])

    async def shown(**which):
        return [each.id for each in (await pledges.public_pledges(**which)).batches]

    assert await shown() == [county.id, township.id]
    assert await shown(division_code=TOWNSHIP) == [township.id]
    assert await shown(division_code=COUNTY, year=2025) == [older.id]
    assert await shown(division_code=OTHER_COUNTY) == []
    assert (await pledges.public_pledges(division_code=COUNTY)).years == [2026, 2025]


def _old(desk) -> NewPledge:
    return NewPledge(title=WELLS, unit_id=desk.water, office="供水科", due_on=date(2025, 6, 30))


async def test_who_publishes_oversees_the_place(desk):
    with pytest.raises(NotYourPledges):
        await published(desk, division_code=OTHER_COUNTY)
    with pytest.raises(Forbidden):
        await pledges.publish_pledges(id=ids.uuid7(), new=new(desk), by=desk.clerk)
    with pytest.raises(PledgeUnknown):
        await pledges.change_pledge(pledge_id=ids.uuid7(), change=done(date(2026, 11, 9)), by=desk.cast.supervisor)


async def test_publishing_and_changing_over_http(desk, wire):
    one = {"title": WELLS, "unit_id": str(desk.water), "office": "供水科", "due_on": "2026-11-10"}
    good = {"division_code": COUNTY, "year": 2026, "number": 1, "title": "第一批", "pledges": [one]}
    first, second = await five(
        wire,
        signed_in,
        "/hotline/pledges",
        stranger=desk.cast.stranger,
        right=desk.cast.supervisor,
        good=good | {"id": str(ids.uuid7())},
        bad=good | {"pledges": []},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    changed, again = await five(
        wire,
        signed_in,
        f"/hotline/pledges/{first['pledges'][0]['id']}/state",
        stranger=desk.cast.stranger,
        right=desk.plumber,
        good={"becomes": "done", "done_on": "2026-11-09"},
        bad={"becomes": "kept"},
        strangers=403,
        codes=(200, 200),
    )
    assert (changed, changed["state"]) == (again, "done")
    public = await get(wire, "/hotline/pledges/public", division_code=COUNTY, year=2026)
    assert (public.status_code, public.headers["cache-control"]) == (200, "public, max-age=300")
    assert public.json()["batches"][0]["pledges"] == [changed]
    assert (await get(wire, "/hotline/pledges/public", year=1)).status_code == 400
    assert (await get(wire, "/hotline/pledges/public", division_code="999999999999")).status_code in (400, 404)


async def seen(path: str, status: int = 200, **headers: str) -> tuple[html.HtmlElement, httpx.Response]:
    transport = httpx.ASGITransport(application(pledges_page.router))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as browser:
        answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text), answer


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


async def test_the_public_page_says_plainly_what_is_overdue(desk):
    wells, _, _ = (await published(desk)).pledges
    main, answer = await seen("/pledges")
    rows: Any = main.xpath("//ol[@class='pledges']/li")

    assert "未办结，已超期 12 天" in words(rows[0])
    assert [each.xpath(".//p[contains(@class,'level')]")[0].get("class") for each in rows] == [
        "level low",
        "level plain",
        "level plain",
    ]
    assert "1 件已超期" in words(main)
    assert "<script" not in answer.text
    assert len(answer.content) < 20_000
    await pledges.change_pledge(pledge_id=wells.id, change=done(date(2026, 11, 20)), by=desk.cast.supervisor)
    assert "已办结，晚了 10 天" in words((await seen("/pledges?big=1"))[0])


async def test_the_public_page_goes_by_place_and_year_and_is_there_when_there_is_nothing(desk):
    empty, _ = await seen("/pledges")
    assert "还没有公布承诺" in words(empty)
    await published(desk)
    await published(desk, year=2025, division_code=TOWNSHIP, pledges=[_old(desk)])
    both, _ = await seen("/pledges")
    years = both.xpath("//nav[1]/a")
    assert [each.get("aria-current") for each in years] == ["page", None]
    old, _ = await seen(f"/pledges?place={TOWNSHIP}")
    assert "2026 年第一批实事" in words(old)
    assert WELLS in words(old)
    await seen("/pledges?place=999999999999", status=404)
    await seen("/pledges?year=x", status=400)

"""Where two people changed one field: three things side by side, one tap, and what was done."""

import doctest
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Router

from backend.console import refused as console_refused
from backend.console import today
from backend.console.conflicts import routes, values
from backend.core import ids
from backend.people import households
from backend.people.access_log import list_access_log
from backend.people.guards import NEEDS_SIGN_IN
from backend.people.household_schemas import HouseholdChanges
from backend.sync.amending_schemas import HouseholdFieldChanges, VisitFieldChanges
from backend.sync.conflict_words import TITLES
from backend.sync.conflicts import get_conflict
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.visits.actions import get_visit
from backend.visits.tables import Channel
from tests.application import application
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.sync.amending import amend_household, amend_visit, amended_online, contested_visit, recorded

HERE = "/console/conflicts"
PAGES = Router(
    path="/",
    route_handlers=[routes.router, today.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def opened() -> AsyncIterator[Desk]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield await desk.be(cast.supervisor)


async def contested_card(cast: Cast, **more: Any) -> Any:
    conflict_id = ids.uuid7()
    changes = HouseholdChanges(contact_phone="199 0000 0071", address_note="村西头", **more)
    await households.amend_household(household_id=cast.household, changes=changes, reason="换号了", by=cast.supervisor)
    return conflict_id


async def two_fields(cast: Cast) -> Any:
    conflict_id = await contested_card(cast)
    await amend_household(
        cast.household,
        cast.cadre,
        id=conflict_id,
        contact_phone=("199 0000 0051", "199 0000 0061"),
        address_note=("村东第1排", "村东第2排"),
    )
    return conflict_id


def sides(page: Page) -> list[str]:
    said = page.all('//div[@class="weighed"]/div/p[@class="said"]')
    return [" ".join("".join(one.itertext()).split()) for one in said]


def test_every_field_that_can_be_contested_has_a_name():
    assert set(TITLES) == {*VisitFieldChanges.__struct_fields__, *HouseholdFieldChanges.__struct_fields__}
    assert doctest.testmod(values).failed == 0


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_nothing(cast: Cast, desk: Desk) -> None:
    visit, conflict_id = await contested_visit(cast)
    async with opened() as nobody:
        answer = await nobody.raw(HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={HERE}")
    await desk.be(cast.stranger)
    page = await desk.look(HERE)
    assert "没有等您选定的" in page.text
    assert "机井" not in page.text
    answer = await desk._client.post(f"{HERE}/{conflict_id}", data={"keep-note": "phone"}, headers=SAME_SITE)
    assert answer.status_code == 404
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).version == 2


async def test_three_things_stand_side_by_side_with_who_wrote_them(cast: Cast, desk: Desk) -> None:
    await contested_visit(cast)
    page = await desk.look(HERE)

    assert sides(page) == ["看了井", "看了机井，水位低", "看了井，约周五修"]
    assert page.said('//div[@class="weighed"]//mark') == "机 ，水位低 ，约周五修"
    told = page.said('//section[contains(@class, "contested")]')
    for words in ("走访 · LLM-001", "李秀兰改的理由：记错了", "王建国 ·", "备注", "保留现有", "采用手机上的"):
        assert words in told, words


@pytest.mark.parametrize(
    ("keep", "note", "said"),
    [
        ("record", "看了机井，水位低", "备注：保留了现有的"),
        ("phone", "看了井，约周五修", "备注：采用了手机上的「看了井，约周五修」"),
    ],
)
async def test_one_tap_decides_and_the_page_says_what_was_done(cast: Cast, desk: Desk, keep, note, said) -> None:
    visit, conflict_id = await contested_visit(cast)
    page = await desk.look(HERE)
    assert page.all(f'//button[@name="keep-note" and @value="{keep}"]')

    done = await desk.send(page, str(conflict_id), **{"keep-note": keep})

    assert (done.status, done.address) == (200, f"http://test{HERE}?decided={conflict_id}")
    assert said in done.said('//*[@role="status"]')
    assert not done.all('//section[contains(@class, "contested")]')
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).note == note
    later = await desk.look(HERE)
    assert "最近定过的" in later.text
    assert "王建国 ·" in later.said("//details")


async def test_a_second_tap_says_the_same_again_and_another_choice_is_told(cast: Cast, desk: Desk) -> None:
    _, conflict_id = await contested_visit(cast)
    page = await desk.look(HERE)
    await desk.send(page, str(conflict_id), **{"keep-note": "phone"})

    again = await desk.send(page, str(conflict_id), **{"keep-note": "phone"})
    other = await desk.send(page, str(conflict_id), **{"keep-note": "record"})

    assert again.status == 200
    assert "定好了" in again.text
    assert other.status == 409
    assert "王建国已经定了" in other.said('//*[@role="alert"]')


async def test_several_fields_are_one_form_and_keep_what_was_ticked(cast: Cast, desk: Desk) -> None:
    conflict_id = await two_fields(cast)
    page = await desk.look(HERE)
    assert sides(page)[:3] == ["199 0000 0051", "199 0000 0071", "199 0000 0061"]
    assert len(page.all(f'//form[contains(@action, "{conflict_id}")]//button')) == 1

    half = await desk.send(page, str(conflict_id), **{"keep-contact_phone": "phone"})
    assert half.status == 400
    assert half.all('//input[@name="keep-contact_phone" and @value="phone" and @checked]')
    assert not half.all('//input[@name="keep-address_note" and @checked]')
    assert half.all('//fieldset[@aria-invalid="true"]')
    done = await desk.send(half, str(conflict_id), **{"keep-contact_phone": "phone", "keep-address_note": "record"})

    assert "电话：采用了手机上的「199 0000 0061」" in done.text
    now = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="r")
    assert (now.contact_phone, now.address_note) == ("+8619900000061", "村西头")


async def test_what_was_changed_while_somebody_looked_is_shown_again_before_it_is_decided(
    cast: Cast, desk: Desk
) -> None:
    visit, conflict_id = await contested_visit(cast)
    page = await desk.look(HERE)
    await amended_online(visit, cast.cadre, note="看了机井，水位正常")

    told = await desk.send(page, str(conflict_id), **{"keep-note": "phone"})

    assert told.status == 409
    assert "看了机井，水位正常" in sides(told)
    done = await desk.send(told, str(conflict_id), **{"keep-note": "phone"})
    assert "定好了" in done.text


async def test_what_both_say_by_now_is_not_asked_any_more(cast: Cast, desk: Desk) -> None:
    visit, _ = await contested_visit(cast)
    await amended_online(visit, cast.supervisor, note="看了井，约周五修")
    assert "没有等您选定的" in (await desk.look(HERE)).text

    await two_fields(cast)
    changes = HouseholdChanges(address_note="村东第2排")
    await households.amend_household(household_id=cast.household, changes=changes, reason="核实", by=cast.supervisor)
    page = await desk.look(HERE)

    assert "现在两边已经一致" in page.text
    assert [button.get("value") for button in page.all('//button[@name="keep-contact_phone"]')] == ["record", "phone"]


async def test_codes_moments_and_points_are_told_in_words(cast: Cast, desk: Desk) -> None:
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, topics=["production"], channel=Channel.CALL)
    at = visit.occurred_at.replace(year=2026, month=1, day=5, hour=1, minute=30, second=0)
    await amend_visit(
        visit.id,
        cast.cadre,
        topics=(["other"], []),
        channel=("visit", "wechat"),
        occurred_at=("2026-01-01T00:00:00Z", at.isoformat()),
        division_code=("371526101276", "371526101276"),
    )
    point = Point(crs=Crs.WGS84, longitude=116.31, latitude=36.93)
    conflict_id = await contested_card(cast, point=point)
    await amend_household(
        cast.household,
        cast.cadre,
        id=conflict_id,
        point=(
            {"crs": "wgs84", "longitude": 116.3, "latitude": 36.9},
            {"crs": "gcj02", "longitude": 116.32, "latitude": 36.93},
        ),
        address_note=("村东第1排", None),
    )

    page = await desk.look(HERE)

    said = " ".join(sides(page))
    for words in ("电话", "微信", "1月5日 09:30", "没有", "116.31000, 36.93000"):
        assert words in said, words
    for code in ("production", "wechat", "gcj02", "371526101276"):
        assert code not in said, code
    assert "两处相距 380 米" in page.text


async def test_to_see_a_contact_is_a_read_of_it(cast: Cast, desk: Desk) -> None:
    await two_fields(cast)
    await desk.look(HERE)

    lines = await list_access_log(household_id=cast.household, by=cast.auditor, limit=9, after=None)
    assert [(line.person_name, line.fields) for line in lines] == [("王建国", ["address_note", "contact_phone"])]


async def test_many_come_a_few_at_a_time(cast: Cast, desk: Desk) -> None:
    made = [(await contested_visit(cast))[1] for _ in range(routes.SHOWN + 1)]
    page = await desk.look(HERE)

    assert len(page.all('//section[contains(@class, "contested")]')) == routes.SHOWN
    assert "后面还有" in page.text
    record = await get_conflict(conflict_id=made[-1], by=cast.supervisor, request_id="r")
    done = await desk.send(page, str(made[-1]), **{"keep-note": "record", "basis": record.basis})
    assert len(done.all('//section[contains(@class, "contested")]')) == routes.SHOWN
    assert "后面还有" not in done.text


async def test_the_front_page_says_what_waits_to_those_who_decide_and_nothing_else(cast: Cast, desk: Desk) -> None:
    await contested_visit(cast)
    for who, waits in ((cast.supervisor, True), (cast.cadre, True), (cast.expert, False)):
        page = await (await desk.be(who)).look("/console/today")
        assert bool(page.all(f'//main//a[@href="{HERE}"]')) == waits, who.name


async def test_an_address_that_somebody_typed_tells_nothing(cast: Cast, desk: Desk) -> None:
    _, conflict_id = await contested_visit(cast)
    for address in (f"{HERE}?decided={conflict_id}", f"{HERE}?decided={ids.uuid7()}"):
        page = await desk.look(address)
        assert not page.all('//*[@role="status"]')


async def test_a_task_leads_to_what_waits_of_its_record_and_from_there_to_all(cast: Cast, desk: Desk) -> None:
    _, other = await contested_visit(cast)
    _, conflict_id = await contested_visit(cast, note=("看了井", "看了井，约周六修"))
    day = await desk.look("/console/today")
    links = [link.get("href") for link in day.all('//a[starts-with(@href, "/console/conflicts?record=")]')]
    assert len(links) == 2

    pages = [await desk.look(link) for link in links]
    [page] = [each for each in pages if "约周六修" in each.text]

    assert len(page.all('//section[contains(@class, "contested")]')) == 1
    assert not page.all(f'//*[@id="c-{other}"]')
    assert page.all(f'//a[@href="{HERE}" and contains(@class, "button")]')
    half = await desk.send(page, str(conflict_id), **{"keep-note": ""})
    assert (half.status, len(half.all('//section[contains(@class, "contested")]'))) == (400, 1)
    done = await desk.send(half, str(conflict_id), **{"keep-note": "phone"})
    assert "定好了" in done.text
    later = await desk.look(page.address)
    assert "这条已经定好了" in later.text
    assert later.all("//details[@open]")
    assert len((await desk.look(HERE)).all('//section[contains(@class, "contested")]')) == 1


async def test_a_record_that_somebody_typed_tells_a_stranger_nothing(cast: Cast, desk: Desk) -> None:
    visit, _ = await contested_visit(cast)
    await desk.be(cast.stranger)
    for record in (visit.id, ids.uuid7()):
        page = await desk.look(f"{HERE}?record={record}")
        assert "没有等您选定的" in page.text
    assert (await desk.raw(f"{HERE}?record=x")).status_code == 400


async def test_whoever_may_have_to_decide_finds_the_queue_among_his_pages(cast: Cast, desk: Desk) -> None:
    for who, offered in ((cast.supervisor, True), (cast.cadre, True), (cast.assistant, True), (cast.expert, False)):
        page = await (await desk.be(who)).look("/console/today")
        assert bool(page.all(f'//header//a[@href="{HERE}"]')) == offered, who.name

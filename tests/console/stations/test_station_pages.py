"""Stations as people look them up, their hours as leaders set them, and who serves which grid from there."""

from uuid import UUID

import pytest

from backend.core import ids
from backend.core.database import fetch
from backend.people import actions, stations
from backend.people.tables import Role, UnitKind
from tests.cast import SINCE, TOWNSHIP, VILLAGE
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.stations.station_desk import STATIONS, station_desk
from tests.rosters.market_town import MarketTown

WEEKDAYS = {f"d{day}-0-{end}": time for day in range(1, 6) for end, time in (("opens", "830"), ("closes", "11：30"))}


def of(town: MarketTown) -> str:
    return f"{STATIONS}/{town.station}"


async def stored_hours(town: MarketTown) -> list[tuple[int, int, str, str | None]]:
    rows = await fetch(
        "SELECT weekday, opens_minute, valid_from::text AS begins, valid_to::text AS ends FROM rosters_station_hours "
        "WHERE unit = $1 ORDER BY valid_from, weekday",
        town.station,
    )
    return [(row["weekday"], row["opens_minute"], row["begins"], row["ends"]) for row in rows]


def names(page: Page) -> list[str]:
    return [each.text_content() for each in page.all('//a[@class="big"]')]


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_no_station(town: MarketTown) -> None:
    async with station_desk() as desk:
        for address in (STATIONS, of(town), f"{of(town)}/wall"):
            assert (await desk.raw(address)).headers["location"] == f"/console/sign-in?next={address}"
        await desk.be(town.stranger)
        assert names(await desk.look(STATIONS)) == []
        for address in ("", "/wall", "/serving/new"):
            await desk.look(of(town) + address, status=404)


async def test_a_cadre_reads_what_hangs_on_the_wall_and_changes_nothing(desk: Desk, town: MarketTown) -> None:
    await desk.be(town.cadre)
    assert "梁村代表之家" in names(await desk.look(STATIONS))
    page = await desk.look(of(town))
    assert not any(page.offers(step) for step in ("hours", "days", "codes"))
    for step in ("hours", "days", "serving", "codes"):
        answer = await desk._client.post(f"{of(town)}/{step}", data=WEEKDAYS | _service(town), headers=SAME_SITE)
        assert answer.status_code in (400, 403), step
    assert await stored_hours(town) == []
    assert await fetch("SELECT 1 FROM rosters_grid_service") == []


# -- the list


async def test_the_list_says_who_is_open_and_when_the_next_market_is_and_can_be_narrowed(
    desk: Desk, town: MarketTown
) -> None:
    await town.rule(3, 8)
    await desk.send(await desk.look(of(town)), "hours", **WEEKDAYS)
    page = await desk.look(f"{STATIONS}?open=yes&place={TOWNSHIP}&kind=station")
    assert names(page) == ["梁村代表之家"]
    assert "今天：08:30–11:30" in page.text
    assert "下个集：11月26日 星期四，农历十月十八" in page.text
    assert names(await desk.look(f"{STATIONS}?open=no&kind=station")) == ["梁村大集"]
    nothing = await desk.look(f"{STATIONS}?kind=studio")
    assert "没有这样的站点" in nothing.text


async def test_a_long_list_is_turned_page_by_page_and_loses_nobody(
    desk: Desk, town: MarketTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.console.stations.listing.ROWS", 2)
    for number in range(3):
        await actions.open_unit(
            id=ids.uuid7(), name=f"村站{number}", kind=UnitKind.STATION, division_code=VILLAGE, public_phone=None
        )
    seen, address = [], STATIONS
    while address:
        page = await desk.look(address)
        seen += names(page)
        address = next(iter(page.all('//a[contains(@href, "after=")]/@href')), "")
    assert seen == [one.name for one in await stations.stations_around(by=town.township)]
    assert len(seen) == 5


# -- hours


async def test_a_week_is_set_as_people_write_times_and_twice_is_once(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(of(town))
    for _ in range(2):
        after = await desk.send(page, "hours", **WEEKDAYS, **{"d0-0-opens": "7", "d0-0-closes": "12:00"})
        assert (after.status, "开门时间已设好" in after.said('//*[@role="status"]')) == (200, True)
    assert await stored_hours(town) == [
        (0, 420, "2026-11-23", None),
        *((day, 510, "2026-11-23", None) for day in range(1, 6)),
    ]
    lines = [(row.text_content(), row.getnext().text_content()) for row in after.all('//dl[@class="opening"]/dt')]
    assert lines == [("周一至周五", "08:30–11:30"), ("周六至周日", "不开门"), ("赶集日", "07:00–12:00")]


async def test_wrong_times_are_said_beside_their_fields_and_nothing_typed_is_lost(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(of(town))
    wrong = await desk.send(page, "hours", **WEEKDAYS, **{"d6-0-opens": "早上", "d6-0-closes": "11:30"})
    assert wrong.status == 400
    assert "08:30" in wrong.said('//*[@id="wrong-d6-0-opens"]')
    assert wrong.all('//input[@name="d6-0-opens"]/@value') == ["早上"]
    backwards = await desk.send(page, "hours", **{"d3-1-opens": "17:30", "d3-1-closes": "14:00"})
    assert "晚" in backwards.said('//*[@id="wrong-d3-1-closes"]')
    half = await desk.send(page, "hours", **{"d2-0-opens": "8:30"})
    assert half.all('//*[@id="wrong-d2-0-closes"]')
    past = await desk.send(page, "hours", **WEEKDAYS, valid_from="2026-11-01")
    assert past.all('//*[@id="wrong-valid_from"]')
    no_day = await desk.send(page, "hours", **WEEKDAYS, valid_from="")
    assert no_day.all('//*[@id="wrong-valid_from"]')
    assert await stored_hours(town) == []


async def test_a_few_days_are_otherwise_and_the_week_goes_on_afterwards(desk: Desk, town: MarketTown) -> None:
    await desk.send(await desk.look(of(town)), "hours", **{"d1-0-opens": "8:30", "d1-0-closes": "11:30"})
    page = await desk.look(of(town))
    for _ in range(2):
        after = await desk.send(page, "days", first="2026-12-01", last="2026-12-03")
        assert after.status == 200
    assert await stored_hours(town) == [(1, 510, "2026-11-23", "2026-11-30"), (1, 510, "2026-12-04", None)]
    assert "2026年12月1日 至 2026年12月3日" in after.text
    other = await desk.send(page, "days", first="2026-12-02", **{"x-0-opens": "9:00", "x-0-closes": "10:00"})
    assert other.status == 200
    assert (1, 540, "2026-12-02", "2026-12-02") in await stored_hours(town)
    assert len(other.all('//form[contains(@action, "/days/taking-back")]')) == 3
    left = await desk.send(other, "days/taking-back", first="2026-12-01", last="2026-12-03")
    assert await stored_hours(town) == [(1, 510, "2026-11-23", None)]
    assert "照平时开放" in left.said('//*[@role="status"]')
    assert not left.all('//form[contains(@action, "/days/taking-back")]')
    wrong = await desk.send(page, "days", first="2026-12-05", last="2026-12-04")
    assert wrong.all('//*[@id="wrong-last"]')
    assert wrong.all('//input[@name="first"]/@value') == ["2026-12-05"]


# -- who serves


def _service(town: MarketTown) -> dict[str, str]:
    return {
        "id": str(UUID(int=7)),
        "person_id": str(town.cadre.person_id),
        "office": "deputy_county",
        "division_code": VILLAGE,
        "valid_from": "2026-12-01",
    }


async def test_a_deputy_is_found_by_name_serves_a_village_from_a_day_on_and_ends(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(f"{of(town)}/serving/new?name=秀")
    assert "李秀兰" in page.text
    for _ in range(2):
        after = await desk.send(page, "serving", **_service(town))
        assert "李秀兰 · 县人大代表" in after.said('//ul[@class="list lines"]//p'), after.text
    assert len(await fetch("SELECT 1 FROM rosters_grid_service")) == 1
    early = await desk.send(after, "ending", valid_to="2026-11-30")
    assert (early.status, "wrong-end-" in early.text) == (400, True)
    ended = await desk.send(after, "ending", valid_to="2026-12-31")
    assert "到哪天为止" in ended.said('//*[@role="status"]')
    assert "李秀兰" not in (await desk.look(f"{of(town)}?on=2027-01-01")).said('//ul[@class="list lines"]')
    assert "李秀兰" in (await desk.look(f"{of(town)}?on=2026-12-31")).said('//ul[@class="list lines"]')


async def test_a_form_without_an_office_comes_back_with_what_was_chosen(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(f"{of(town)}/serving/new?name=秀")
    wrong = await desk.send(page, "serving", **_service(town) | {"office": ""})
    assert (wrong.status, "请选身份" in wrong.said('//*[@id="wrong-office"]')) == (400, True)
    assert wrong.all(f'//option[@value="{VILLAGE}" and @selected]')
    assert wrong.all('//input[@name="person_id" and @checked]')
    nobody = await desk.look(f"{of(town)}/serving/new?name=没有这人")
    assert "没有叫这个名字的人" in nobody.text


# -- the sheet for the wall


async def test_the_wall_tells_hours_offices_markets_and_the_complaint_line_and_no_private_number(
    desk: Desk, town: MarketTown
) -> None:
    office = await actions.open_unit(
        id=ids.uuid7(), name="镇信访办", kind=UnitKind.GOVERNMENT, division_code=TOWNSHIP, public_phone="0635-0000009"
    )
    person = await actions.open_account(id=ids.uuid7(), name="钱站长", phone="199 0000 0077")
    for role, unit in ((Role.OPERATOR, office.id), (Role.CADRE, town.station)):
        await actions.assign_role(
            person_id=person.id, role=role, division_code=TOWNSHIP, unit_id=unit, valid_from=SINCE
        )
    await town.rule(3, 8)
    await desk.send(await desk.look(of(town)), "hours", **WEEKDAYS)
    await desk.send(await desk.look(f"{of(town)}/serving/new?name=秀"), "serving", **_service(town) | {
        "valid_from": "2026-11-01"
    })  # fmt: skip
    await desk.send(await desk.look(of(town)), "codes")
    assert "钱站长" in (await desk.look(of(town))).text
    wall = await desk.look(f"{of(town)}/wall")
    told = ("周一至周五", "08:30–11:30", "李秀兰", "县人大代表", "11月26日 星期四", "农历十月十八", "0635-0000009")
    assert [words for words in told if words not in wall.text] == []
    assert wall.all('//*[local-name()="svg"]')
    assert "199" not in wall.said("//main")
    await desk.be(town.cadre)
    plain = await desk.look(f"{of(town)}/wall")
    assert not plain.all('//*[local-name()="svg"]')

"""The five duties of each unit in a month: what counts, for whom, and that nothing is a zero and not a gap."""

import csv
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest

from backend.cases import meetings
from backend.cases.loop_schemas import Conclusion, NewMeeting
from backend.cases.words import CaseKind
from backend.console.desk import duties
from backend.console.desk.duty_months import UnitMonth, five_duties
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Invalid
from backend.hotline import calls
from backend.hotline.call_schemas import NewTypedCall
from backend.hotline.words import CallDirection
from backend.people import actions, sessions
from backend.people.tables import Role, UnitKind
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.shifts import confirm_shift
from backend.visits.actions import record_visit
from backend.visits.tables import Channel
from tests.cast import COUNTY, OTHER_COUNTY, SINCE, VILLAGE, Cast
from tests.console.bench_desk import Desk
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.desk_cast import HOUR, NINE, Hotline
from tests.visits.contacts import contact

DUTIES = f"{DUTY}/duties"
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
async def hotline(cast: Cast) -> AsyncIterator[Hotline]:
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def desk(hotline: Hotline) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(hotline.supervisor)


async def of(hotline: Hotline, unit_id: UUID, month: date = NOVEMBER) -> UnitMonth:
    found = await five_duties(by=hotline.supervisor, month=month)
    return next(each for each in found.items if each.unit_id == unit_id)


async def test_nobody_and_those_who_oversee_nothing_read_no_months(desk: Desk, hotline: Hotline) -> None:
    async with duty_desk() as nobody:
        assert (await nobody.raw(DUTIES)).headers["location"] == f"/console/sign-in?next={DUTIES}"
    for who in (hotline.clerk, hotline.cast.cadre, hotline.cast.stranger):
        for address in (DUTIES, f"{DUTIES}.csv"):
            assert (await (await desk.be(who)).raw(address)).status_code == 403
        with pytest.raises(Forbidden):
            await five_duties(by=who, month=NOVEMBER)
    for month in ("2026-13", "0000-01", "x"):
        assert (await (await desk.be(hotline.supervisor)).raw(f"{DUTIES}?month={month}")).status_code == 400
    with pytest.raises(Invalid):
        await five_duties(by=hotline.supervisor, month=date(1999, 1, 1))


async def test_a_unit_without_anything_on_file_stands_there_with_zeros(desk: Desk, hotline: Hotline) -> None:
    page = await desk.look(f"{DUTIES}?month=2026-05")
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("td")] for row in page.all("//tbody/tr")]
    assert [row[0].split()[0] for row in rows] == ["公路站", "水务站", "热线"]
    assert {cell for row in rows for cell in row[1:]} == {"0"}
    assert "没过完" not in page.text
    assert "没过完" in (await desk.look(DUTIES)).text


async def test_shifts_count_once_they_began_by_post_and_the_missed_beside_them(hotline: Hotline) -> None:
    at = {"id": ids.uuid7(), "person_id": hotline.desk.plumber.person_id}
    reception = NewShift(**at, starts_at=NINE - HOUR, ends_at=NINE + HOUR)  # type: ignore[arg-type]
    with clock.stopped(NINE - timedelta(days=1)):
        await publish_shifts(
            new=NewRoster(
                id=ids.uuid7(),
                unit_id=hotline.desk.water,
                post="desk",
                starts_at=NINE - HOUR,
                ends_at=NINE + HOUR,
                shifts=[reception],
            ),
            by=hotline.supervisor,
        )
    await fetch("UPDATE rosters_shift SET state = 'missed', missed_at = now() WHERE id = $1", reception.id)
    for row in await fetch("SELECT id FROM rosters_shift WHERE unit = $1", hotline.desk.hotline):
        await confirm_shift(shift_id=row["id"], by=hotline.supervisor)
    water, line = await of(hotline, hotline.desk.water), await of(hotline, hotline.desk.hotline)
    assert ((water.reception.kept, water.reception.missed), water.hotline.kept) == ((0, 1), 0)
    assert (line.hotline.kept, line.hotline.missed, line.reception.kept) == (1, 0, 0), "the evening's has not begun"
    await confirm_shift(shift_id=reception.id, by=hotline.supervisor)
    water = await of(hotline, hotline.desk.water)
    assert (water.reception.kept, water.reception.missed) == (1, 0), "who was there and said so late was there"


async def test_visits_in_person_count_for_the_unit_of_that_day(hotline: Hotline) -> None:
    cadre = hotline.cast.cadre
    since = date(2026, 11, 10)
    for unit_id in (hotline.desk.water, hotline.desk.roads):
        held = {"role": Role.CADRE, "division_code": VILLAGE, "valid_from": since}
        await actions.assign_role(person_id=cadre.person_id, unit_id=unit_id, **held)
    by = await sessions.actor(person_id=cadre.person_id)
    for day, channel in ((9, Channel.VISIT), (10, Channel.VISIT), (12, Channel.VISIT), (13, Channel.CALL)):
        new = contact(occurred_at=datetime(2026, 11, day, 0, 30, tzinfo=clock.SHANGHAI), channel=channel)
        await record_visit(new=new, by=by)
    await record_visit(new=contact(occurred_at=datetime(2026, 10, 31, 23, 59, tzinfo=clock.SHANGHAI)), by=by)
    assert [(await of(hotline, each)).visits for each in (hotline.desk.water, hotline.desk.roads)] == [2, 2]
    assert (await of(hotline, hotline.desk.water, date(2026, 10, 15))).visits == 0, "he was not one of theirs then"


async def test_suggestions_count_for_whose_people_handed_them_in_and_meetings_for_who_came(hotline: Hotline) -> None:
    for title in ("修桥", "修路"):
        await hotline.desk.open(kind=CaseKind.SUGGESTION, title=title)
    urgent = await hotline.desk.open(title="断电", policy_code="emergency")
    called = NewMeeting(
        title="会商",
        division_code=COUNTY,
        meets_at=NINE + HOUR,
        case_ids=[urgent.case.id],
        unit_ids=[hotline.desk.water, hotline.desk.roads],
    )
    meeting = (await meetings.open_meeting(new=called, by=hotline.supervisor)).record
    assert (await of(hotline, hotline.desk.water)).meetings == 0, "called, not held"
    with clock.stopped(NINE + 2 * HOUR):
        came = Conclusion(minutes="本月动工。", lead_unit_id=hotline.desk.water, attended_unit_ids=[hotline.desk.water])
        await meetings.conclude_meeting(meeting_id=meeting.id, conclusion=came, by=hotline.supervisor)
    found = {each: await of(hotline, each) for each in (hotline.desk.hotline, hotline.desk.water, hotline.desk.roads)}
    assert [each.suggestions for each in found.values()] == [2, 0, 0]
    assert [each.meetings for each in found.values()] == [0, 1, 0]


async def test_the_line_counts_calls_that_were_answered_and_people_who_were_reached(hotline: Hotline) -> None:
    for answered_at, direction in ((NINE, CallDirection.IN), (None, CallDirection.IN), (NINE, CallDirection.OUT)):
        new = NewTypedCall(
            direction=direction,
            unit_id=hotline.desk.hotline,
            began_at=NINE,
            answered_at=answered_at,
            ended_at=NINE,
            caller=None,
        )
        await calls.enter_call(id=ids.uuid7(), new=new, by=hotline.clerk, request_id="test")
    for result in ("satisfied", None):
        _, callback = await hotline.asked()
        await hotline.rang(callback, result)  # type: ignore[arg-type]
    rows = [await of(hotline, each) for each in (hotline.desk.hotline, hotline.desk.water)]
    assert sum(each.line.answered for each in rows) == 1
    assert sum(each.line.rung_back for each in rows) == 1


async def test_the_last_row_is_the_sum_of_all_units_of_a_long_list_too(
    desk: Desk, hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("修桥", "修路"):
        await hotline.desk.open(kind=CaseKind.SUGGESTION, title=title)
    _, callback = await hotline.asked()
    await hotline.rang(callback, "satisfied")
    for most in (50, 1):
        monkeypatch.setattr(duties, "ROWS", most)
        page = await desk.look(f"{DUTIES}?month=2026-11")
        (total,) = page.all("//tfoot/tr")
        cells = [" ".join(cell.text_content().split()) for cell in total.xpath("td")]
        assert (cells[0], cells[3], cells[7]) == ("全部 3 个单位合计", "2", "1")
        assert len(page.all("//tbody/tr")) == min(most, 3)


async def test_the_file_has_every_unit_of_the_territory_and_no_formula(
    desk: Desk, hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in (("=1+1", VILLAGE), ("别县的站", OTHER_COUNTY)):
        await actions.open_unit(id=ids.uuid7(), name=name, kind=UnitKind.STATION, division_code=code)
    monkeypatch.setattr(duties, "AT_ONCE", 1)
    answer = await desk.raw(f"{DUTIES}.csv?month=2026-11")
    assert answer.headers["content-disposition"] == 'attachment; filename="duties-2026-11.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert head[:4] == ["单位", "地点", "驻室接待（班次）", "驻室接待缺岗"]
    assert [row[0] for row in rows] == ["公路站", "水务站", "热线", "'=1+1"]
    assert all(len(row) == len(head) for row in rows)


async def test_long_lists_go_on_where_they_stopped(
    desk: Desk, hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "ROWS", 2)
    first = await desk.look(f"{DUTIES}?month=2026-11")
    (more,) = first.all('//a[contains(@href, "after=")]/@href')
    last = await desk.look(more)
    assert [len(page.all("//tbody/tr")) for page in (first, last)] == [2, 1]
    assert not last.all('//a[contains(@href, "after=")]')


async def test_a_supervisor_of_another_county_sees_none_of_these(hotline: Hotline) -> None:
    person = await actions.open_account(id=ids.uuid7(), name="邻县督导", phone="199 0000 0079")
    await actions.assign_role(
        person_id=person.id, role=Role.SUPERVISOR, division_code=OTHER_COUNTY, unit_id=None, valid_from=SINCE
    )
    other = await sessions.actor(person_id=person.id)
    assert (await five_duties(by=other, month=NOVEMBER)).items == []

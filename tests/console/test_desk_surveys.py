"""Surveys by telephone at the desk: looked at before they are drawn, rung by whoever may, told once they are over."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.hotline import survey_planning, surveys
from backend.hotline.survey_questions import standard_questions
from backend.hotline.survey_schemas import NewSurveyWave, StrataBy, SurveyWaveRecord
from backend.people.consents import consented
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.desk_cast import HOUR, NINE

SURVEYS = f"{DUTY}/surveys"
DAY = timedelta(days=1)
PHONE = "+86199000000"
ANSWERS = {"answer-settled": "settled", "answer-content": "content", "answer-visited": "visited"}


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    with clock.stopped(NINE):
        async with duty_desk() as desk:
            yield await desk.be(cast.supervisor)


async def planned(cast: Cast, *, households: int = 4) -> SurveyWaveRecord:
    new = NewSurveyWave(
        name="四季度电话调查",
        division_code=COUNTY,
        strata=StrataBy.VILLAGE,
        households=households,
        questions=standard_questions(),
        begins_on=NINE.date(),
        ends_on=NINE.date() + 30 * DAY,
    )
    return (await survey_planning.plan_survey(id=uuid7(), new=new, by=cast.supervisor)).record


async def told(survey: SurveyWaveRecord, *, yes: int, no: int, code: str = VILLAGE) -> None:
    """As if so many had answered the question whether they are content."""
    for answer, n in (("content", yes), ("not_content", no)):
        for _ in range(n):
            given = f'{{"content": "{answer}"}}'
            await fetch("INSERT INTO hotline_survey_answer VALUES ($1, $2, $3, $4)", uuid4(), survey.id, code, given)


def of(survey: SurveyWaveRecord) -> str:
    return f"{SURVEYS}/{survey.id}"


async def looks() -> int:
    rows = await fetch("SELECT 1 FROM people_access_log WHERE subject_kind = 'household'")
    return len(rows)


# -- who may


async def test_nobody_is_led_to_the_sign_in_page_and_back(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    async with duty_desk() as nobody:
        for address in (SURVEYS, f"{SURVEYS}/new", of(survey), f"{of(survey)}/asking", f"{of(survey)}/results.csv"):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")


async def test_a_stranger_sees_no_survey_and_whoever_only_reads_rings_and_closes_none(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    steps = ("asking/next", "asking/answered", "closure")
    typed = {"draw": str(uuid7()), "sure": "yes"}
    for who, status in ((cast.stranger, 404), (cast.auditor, 403)):
        await desk.be(who)
        for step in steps:
            answer = await desk._client.post(f"{of(survey)}/{step}", data=typed, headers=SAME_SITE)
            assert answer.status_code == status, step
        await desk.look(f"{SURVEYS}/new", status=403)
        await desk.look(f"{of(survey)}/asking", status=status)
    page = await desk.look(of(survey))
    assert not page.offers("closure")
    await desk.be(cast.stranger)
    assert survey.name not in (await desk.look(SURVEYS)).text
    await desk.look(of(survey), status=404)
    await desk.be(cast.operator)
    assert not (await desk.look(of(survey))).offers("closure")
    for address in (f"{SURVEYS}/nine", f"{of(survey)}/asking/dance"):
        assert (await desk._client.get(address)).status_code in (404, 405)
    assert await looks() == 0


# -- planning


async def test_a_survey_is_looked_at_first_and_nothing_is_drawn_by_looking(desk: Desk, cast: Cast) -> None:
    await planned(cast, households=1)
    form = await desk.look(f"{SURVEYS}/new")
    typed = {"name": "一月调查", "strata": "village", "households": "２"}
    looked = await desk.send(form, "new", **typed, act="look")
    assert "2 户里抽 2 户" in looked.said('//*[@role="status"]')
    assert "今年已经抽过2" in looked.said("//dl")
    assert looked.all('//input[@name="name"]/@value') == ["一月调查"]
    assert len(await fetch("SELECT 1 FROM hotline_survey_wave")) == 1
    usual = looked.all('//input[@name="question"]/@value')
    for _ in range(2):
        drawn = await desk.send(looked, "new", act="draw", question=usual)  # type: ignore[arg-type]
        assert "抽好了" in drawn.said('//*[@role="status"]')
    assert len(await fetch("SELECT 1 FROM hotline_survey_wave")) == 2
    assert len(drawn.all('//section[@aria-labelledby="how"]//ol/li')) == 3
    other = await desk.send(looked, "new", act="draw", households="1")
    assert (other.status, other.all('//input[@name="households"]/@value')) == (409, ["1"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("households", "many"),
        ("households", "20001"),
        ("begins_on", "soon"),
        ("ends_on", "2026-11-01"),
        ("own_text", "只有题目"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    desk: Desk, cast: Cast, field: str, value: str
) -> None:
    form = await desk.look(f"{SURVEYS}/new")
    page = await desk.send(form, "new", **({"name": "一月调查"} | {field: value}), act="draw")
    assert page.status == 400
    assert page.all(f'//*[@name="{field}" and @aria-invalid="true"]/@value') == [value]
    assert page.said(f'//*[@id="wrong-{field}"]')
    assert await fetch("SELECT 1 FROM hotline_survey_wave") == []


async def test_a_question_of_ones_own_is_asked_with_its_answers_line_by_line(desk: Desk, cast: Cast) -> None:
    form = await desk.look(f"{SURVEYS}/new")
    own = {"own_text": "自来水通了吗？", "own_good": "通了\n", "own_other": "没通\n\n说不准"}
    drawn = await desk.send(form, "new", name="一月调查", **own, act="draw")
    assert "自来水通了吗？ 通了（计入） / 没通 / 说不准" in drawn.said(
        '//section[@aria-labelledby="how"]//ol/li[last()]'
    )
    without = {"question": "none", "name": "二月调查"}
    assert "至少勾一个题目" in (await desk.send(form, "new", **without, act="draw")).said('//*[@id="wrong-question"]')


async def test_a_place_one_does_not_lead_is_refused(desk: Desk, cast: Cast) -> None:
    form = await desk.look(f"{SURVEYS}/new")
    page = await desk.send(form, "new", name="一月调查", division=OTHER_COUNTY, act="look")
    assert page.status == 403
    assert page.all('//*[@role="alert"]')


# -- asking


async def next_call(desk: Desk, survey: SurveyWaveRecord) -> Page:
    return await desk.send(await desk.look(f"{of(survey)}/asking"), "next")


async def test_a_number_is_shown_to_whoever_rings_is_written_down_and_no_address_leads_back_to_it(
    desk: Desk, cast: Cast
) -> None:
    survey = await planned(cast)
    await desk.be(cast.operator)
    before = await desk.look(f"{of(survey)}/asking")
    assert PHONE not in before.text
    page = await desk.send(before, "next")
    again = await desk.send(before, "next")
    assert again.all('//a[@id="dial"]/@href') == page.all('//a[@id="dial"]/@href')
    assert page.all('//a[@id="dial" and starts-with(@href, "tel:+86199")]')
    assert "我是高唐县热线的吴海燕" in page.said('//*[@class="read-out"]')
    assert "谁说了什么没人查得到" in page.text
    assert await looks() == 2
    assert PHONE not in (await desk.look(f"{of(survey)}/asking")).text
    assert await looks() == 2


async def test_an_answer_is_written_down_once_without_whose_it_is(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    await desk.be(cast.operator)
    page = await next_call(desk, survey)
    for _ in range(2):
        after = await desk.send(page, "answered", **ANSWERS)
        assert "谁说的，再也查不到了" in after.said('//*[@role="status"]')
    rows = await fetch("SELECT stratum_code, answers FROM hotline_survey_answer")
    assert len(rows) == 1
    other = await desk.send(page, "answered")
    assert other.status == 400
    changed = await desk._client.post(
        f"{of(survey)}/asking/declined", data={"draw": page.all('//input[@name="draw"]/@value')[0]}, headers=SAME_SITE
    )
    assert changed.status_code == 409


async def test_a_form_that_was_refused_keeps_the_call_and_what_was_picked(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    await desk.be(cast.operator)
    page = await next_call(desk, survey)
    refused = await desk.send(page, "answered", **{"answer-content": "perhaps", "answer-visited": "visited"})
    assert refused.status == 400
    assert refused.all('//*[@role="alert"]')
    assert refused.all('//a[@id="dial"]/@href') == page.all('//a[@id="dial"]/@href')
    assert refused.all('//input[@value="visited" and @checked]')
    forged = await desk.send(refused, "answered", phone="javascript:alert(1)")
    assert not forged.all('//a[@id="dial"]')


@pytest.mark.parametrize(
    ("outcome", "state", "says"),
    [
        ("not-reached", "to_ask", "改天再打"),
        ("declined", "declined", "不愿意"),
        ("wrong-number", "unreachable", "号码不对"),
    ],
)
async def test_whatever_else_came_of_it_is_one_tap(desk: Desk, cast: Cast, outcome: str, state: str, says: str) -> None:
    survey = await planned(cast)
    await desk.be(cast.operator)
    page = await next_call(desk, survey)
    assert page.all(f'//button[contains(@formaction, "/asking/{outcome}")]')
    draw = page.all('//input[@name="draw"]/@value')[0]
    address = f"{of(survey)}/asking/{outcome}"
    for _ in range(2):
        led = await desk.led(address, draw=draw)
        assert says in (await desk.look(led)).said('//*[@role="status"]')
    rows = await fetch(
        "SELECT id::text AS id FROM hotline_survey_draw WHERE state = $1 AND asked_on IS NOT NULL", state
    )
    assert [row["id"] for row in rows] == [draw]


async def test_whoever_wants_no_survey_is_heard_at_once(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    await desk.be(cast.operator)
    page = await next_call(desk, survey)
    draw = page.all('//input[@name="draw"]/@value')[0]
    (row,) = await fetch("SELECT household FROM hotline_survey_draw WHERE id::text = $1", draw)
    led = await desk.led(f"{of(survey)}/asking/declined", draw=draw, never="yes")
    assert "以后的调查都不再打给这户" in (await desk.look(led)).text
    assert not await consented(household_id=row["household"], purpose="survey")


async def test_when_all_of_today_were_rung_or_it_is_night_the_page_says_so(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast, households=1)
    await desk.be(cast.operator)
    for _ in range(survey.drawn_n):
        assert (await next_call(desk, survey)).offers("answered")
    assert "今天要打的都打完了" in (await next_call(desk, survey)).said('//*[@role="status"]')
    with clock.stopped(NINE + 13 * HOUR):
        await desk.be(cast.operator)
        assert (await next_call(desk, survey)).status == 409
    with clock.stopped(NINE + 31 * DAY):
        await desk.be(cast.operator)
        assert not (await desk.look(f"{of(survey)}/asking")).offers("next")


# -- results


async def test_while_it_runs_its_page_tells_how_far_each_stratum_is_and_no_answer(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    await told(survey, yes=30, no=10)
    page = await desk.look(of(survey))
    assert len(page.all('//ul[contains(@class, "strata")]//progress')) == 2
    assert "回答 0 · 不愿意 0 · 联系不上 0 · 还剩 3" in page.text
    assert "边打边公布" in page.text
    assert not page.all("//svg")
    answer = await desk._client.get(f"{of(survey)}/results.csv")
    assert answer.status_code == 409


async def test_it_is_closed_only_by_whoever_ticked_that_he_read_what_it_means_and_once(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    page = await desk.look(of(survey))
    unread = await desk.send(page, "closure")
    assert (unread.status, unread.said('//*[@role="alert"]')) == (400, "✕ 请先勾选“我看明白了”，再结束调查。")
    for _ in range(2):
        after = await desk.send(page, "closure", sure="yes")
        assert "结束了" in after.said('//*[@role="status"]')
    assert await fetch("SELECT 1 FROM hotline_survey_draw") == []
    assert not after.offers("closure")


async def test_a_closed_survey_tells_shares_with_n_weights_and_intervals_and_nothing_of_a_few(
    desk: Desk, cast: Cast
) -> None:
    survey = await planned(cast)
    await told(survey, yes=36, no=4)
    await told(survey, yes=12, no=0, code=NEXT_VILLAGE)
    await surveys.close_survey(survey_id=survey.id, by=cast.supervisor)
    await desk.be(cast.auditor)
    page = await desk.look(of(survey))
    assert len(page.all('//*[@class="chart intervals"]')) == 1
    assert "“满意”占" in page.text
    assert len(page.all('//*[@class="whisker"]')) == 3
    row = page.said('//tbody/tr[th="琉璃庙村" and td="40"]')
    assert row.startswith("琉璃庙村33400.07590%")
    assert page.text.count("回答的不到 10 户：不公布") == 2
    await desk.be(cast.operator)
    assert "“满意”占" not in (await desk.look(of(survey))).text
    assert (await desk._client.get(f"{of(survey)}/results.csv")).status_code == 403


async def test_auditors_take_it_away_as_a_table_that_says_how_it_was_drawn(desk: Desk, cast: Cast) -> None:
    survey = await planned(cast)
    await fetch("UPDATE hotline_survey_wave SET name = '=四季度' WHERE id = $1", survey.id)
    await told(survey, yes=36, no=4)
    await surveys.close_survey(survey_id=survey.id, by=cast.supervisor)
    await desk.be(cast.auditor)
    answer = await desk._client.get(f"{of(survey)}/results.csv")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text[1:])))
    assert {row["抽样种子"] for row in rows} == {str(survey.seed)}
    assert rows[0]["调查"] == "'=四季度"
    (village,) = [row for row in rows if row["题目代码"] == "content" and row["代码"] == VILLAGE]
    assert (village["回答数"], village["占比"]) == ("40", "0.9")
    assert float(village["95%区间下限"]) < 0.9 < float(village["95%区间上限"])
    untold = [row for row in rows if row["题目代码"] == "settled"]
    assert {row["回答数"] for row in untold if row["部分"] == "合计"} == {""}


async def test_a_long_list_is_paged(desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.console.desk.surveys.ROWS", 1)
    for _ in range(2):
        await planned(cast, households=1)
    first = await desk.look(SURVEYS)
    older = await desk.look(first.all('//a[contains(@href, "after=")]/@href')[0])
    assert len(older.all('//a[@class="open"]')) == 1
    assert first.all('//a[@class="open"]/@href') != older.all('//a[@class="open"]/@href')

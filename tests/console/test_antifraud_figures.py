"""The campaign's figures and the cases behind them, as a supervisor and the police read and write them."""

import doctest
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from backend.antifraud import fraud_cases
from backend.antifraud.fraud_case_schemas import NewFraudCase
from backend.antifraud.fraud_figure_schemas import DaysWithout, FraudCaseFigures, TypeOfCases, YearOnYear
from backend.console.antifraud import figure_bars, wording
from backend.console.antifraud.figure_bars import STRIP, bars_of, strip_of
from backend.console.antifraud.figure_words import lasted, warned_by
from backend.console.antifraud.wording import yuan_of
from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import Invalid
from backend.people.tables import Role
from tests.antifraud.outreach import somebody
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, Cast
from tests.console.antifraud_desk import ANTIFRAUD, CASES, LIBRARY, desk_of, police
from tests.console.bench_desk import SAME_SITE, Desk

NOON = datetime(2026, 11, 22, 12, tzinfo=clock.SHANGHAI)
APRIL, AUTUMN, LATE = date(2026, 4, 17), date(2026, 10, 2), date(2026, 11, 3)
FILLED = {
    "occurred_on": "2026-10-02",
    "registered_on": "2026-11-03",
    "fraud_type": "fake_loan",
    "loss_yuan": "3.5万",
    "division": COUNTY,
}


@pytest.fixture(autouse=True)
def _noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    async with desk_of(cast.supervisor) as found:
        yield found


async def registered(cast: Cast, occurred_on: date, registered_on: date, loss: float, **more: str) -> None:
    given = {"fraud_type": "brushing_rebates", "division_code": COUNTY} | more
    new = NewFraudCase(occurred_on=occurred_on, registered_on=registered_on, loss_yuan=loss, **given)
    with clock.stopped(NOON - timedelta(hours=1)):  # what is registered on a page is the newest
        await fraud_cases.register_case(new=new, by=cast.supervisor)


async def two_years(cast: Cast) -> None:
    """Ten cases a year ago, six this year that cost more each; one of them was registered late."""
    for day in range(1, 11):
        await registered(cast, date(2025, 5, day), date(2025, 5, day), 10_000)
    for day in range(1, 6):
        await registered(cast, date(2026, 4, day), date(2026, 4, day), 30_000)
    await registered(cast, AUTUMN, LATE, 30_000)


# figures


async def test_cases_losses_and_loss_per_case_stand_together_with_their_difference_in_words(
    desk: Desk, cast: Cast
) -> None:
    await two_years(cast)
    page = await desk.look(ANTIFRAUD)
    lines = page.all("//section[@aria-labelledby='cases']//tbody/tr")
    rows = [" ".join(" ".join(cell.text_content().split()) for cell in line) for line in lines]

    assert rows[0] == "立案登记 ↓ 少 4 起，下降 40% 6 起 10 起"
    assert rows[1] == "损失 ↑ 多 8.00 万元，上升 80% 18.00 万元 10.00 万元"
    assert rows[2] == "平均每起损失 ↑ 多 2.00 万元，上升 200% 3.00 万元 1.00 万元"
    assert "光看起数只看到一半" in page.said("//main")
    assert page.all("//section[@aria-labelledby='types']//svg//rect[@class='bar-now']")


async def test_days_without_an_incident_are_provisional_stand_beside_the_reports_and_say_what_broke_them(
    desk: Desk, cast: Cast
) -> None:
    await two_years(cast)
    said = (await desk.look(ANTIFRAUD)).said("//section[@aria-labelledby='days']")

    assert "51 天连续没有" in said
    assert "16 起报案" in said
    assert "最近 14 天是暂定的" in said
    assert "已定下来的是 37 天" in said
    assert "补登记了一起 2026年10月2日 发生的案件（晚了 32 天）：原来说连续 212 天，其实是 32 天" in said
    assert "2026年11月3日 登记，晚了 32 天" in said
    assert "不拿来给地方排名" in said


async def test_an_empty_register_boasts_of_no_days(desk: Desk) -> None:
    said = (await desk.look(ANTIFRAUD)).said("//section[@aria-labelledby='days']")
    assert "登记册里一起案件也没有，天数没法算" in said
    assert "— 天连续没有" in said


async def test_few_are_not_told_in_number_neither_in_the_picture_nor_in_the_table(desk: Desk, cast: Cast) -> None:
    await two_years(cast)
    for _ in range(2):
        await registered(cast, APRIL, APRIL, 500, fraud_type="fake_loan")
    page = await desk.look(ANTIFRAUD)
    row = page.said("//section[@aria-labelledby='types']//details//tr[th='虚假贷款类诈骗' or contains(th, '贷款')]")
    assert "少量" in row
    assert "2" not in row


async def test_of_a_township_nothing_is_told_that_would_point_at_a_house(desk: Desk, cast: Cast) -> None:
    await two_years(cast)
    page = await desk.look(f"{ANTIFRAUD}?division={TOWNSHIP}")
    assert "只报到县一级" in page.said("//main")
    assert not page.all("//section[@aria-labelledby='days' or @aria-labelledby='cases' or @aria-labelledby='warnings']")
    assert page.all("//section[@aria-labelledby='outreach']")


async def test_place_and_span_are_chosen_by_a_form_and_what_cannot_be_says_so_beside_it(desk: Desk, cast: Cast) -> None:
    await two_years(cast)
    page = await desk.look(f"{ANTIFRAUD}?division={COUNTY}&since=2025-05-01&until=2025-05-31")
    assert "10 起" in page.said("//section[@aria-labelledby='cases']")
    assert page.all("//input[@name='since']/@value") == ["2025-05-01"]
    spans = page.all("//nav[@aria-label='哪段日子']/a")
    assert [one.text for one in spans] == ["今年", "近十二个月", "上个月", "去年"]

    for query, said in (("since=yesterday", "日期请写成这样"), ("until=2027-01-01", "这一天还没到")):
        wrong = await desk.look(f"{ANTIFRAUD}?{query}", 400)
        assert said in wrong.said("//p[@role='alert']")
        assert wrong.all("//form[@method='get']")
        assert not wrong.all("//section")
    assert (await desk.raw(f"{ANTIFRAUD}?division={OTHER_COUNTY}")).status_code == 403


async def test_nobody_signs_in_and_who_oversees_nothing_is_led_to_what_he_may_read(cast: Cast) -> None:
    async with desk_of() as desk:
        for address in (ANTIFRAUD, CASES):
            assert (await desk.raw(address)).headers["location"].startswith("/console/sign-in")
    for who in (cast.assistant, cast.operator):
        async with desk_of(who) as desk:
            assert (await desk.raw(ANTIFRAUD)).headers["location"] == LIBRARY
    async with desk_of(await police(cast)) as desk:
        assert (await desk.raw(ANTIFRAUD)).headers["location"] == CASES


# cases


async def test_a_late_case_is_registered_once_and_says_what_it_changed(desk: Desk, cast: Cast) -> None:
    await registered(cast, APRIL, APRIL, 9_000)
    page = await desk.look(CASES)
    for _ in range(2):  # a second tap on the same page
        done = await desk.send(page, "cases", near="发生的日子", **FILLED)
        assert done.status == 200
        assert "登记好了" in done.said("//p[@role='status']")
        assert "晚登记 32 天：2026年11月3日 那天原来说连续 200 天没有报案，其实是 32 天" in done.said(
            "//p[@role='status']"
        )
    rows = await fetch("SELECT loss_yuan FROM antifraud_case WHERE fraud_type = 'fake_loan'")
    assert [float(row["loss_yuan"]) for row in rows] == [35_000]
    assert "3.50 万元" in done.said("//main/ul")


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"loss_yuan": "很多"}, "loss_yuan", "损失写数字"),
        ({"occurred_on": ""}, "occurred_on", "请选发生的日子"),
        ({"fraud_type": "nothing"}, "fraud_type", "没有"),
        ({"registered_on": "2026-12-24"}, "registered_on", "还没到"),
        ({"registered_on": "2026-09-01"}, "registered_on", "早于"),
    ],
)
async def test_what_does_not_fit_is_said_at_its_field_and_the_rest_stays(
    desk: Desk, typed: dict[str, str], field: str, says: str
) -> None:
    page = await desk.send(await desk.look(CASES), "cases", near="发生的日子", **(FILLED | typed))

    assert page.status == 400
    assert says in page.said(f"//p[@id='{field}-wrong']")
    assert page.all(f"//*[@name='{field}' and @aria-invalid='true']")
    kept = dict(next(form for form in page.tree.forms if "发生的日子" in form.text_content()).form_values())
    assert {name: kept.get(name) for name in FILLED if name != field} == {
        name: value for name, value in FILLED.items() if name != field
    }
    assert await fetch("SELECT 1 FROM antifraud_case") == []


async def test_a_mistake_is_withdrawn_with_a_reason_and_the_days_are_as_before(desk: Desk, cast: Cast) -> None:
    await registered(cast, APRIL, APRIL, 9_000)
    page = await desk.send(await desk.look(CASES), "cases", near="发生的日子", **FILLED)
    named = await desk.send(page, "withdrawal", note="张三 13912345678")
    assert named.status == 400
    assert named.said("//p[@id='note-wrong']")
    assert "张三 13912345678" in named.all("//input[@name='note']/@value")
    for _ in range(2):
        done = await desk.send(page, "withdrawal", note="重复登记")
        assert "已撤回" in done.said("//p[@role='status']")
    assert "重复登记" in done.said("//li[contains(@class, 'void')]")
    assert "219 天连续没有" in (await desk.look(ANTIFRAUD)).said("//main")


async def test_the_police_register_auditors_only_read_and_nobody_else_sees_a_case(cast: Cast) -> None:
    await registered(cast, APRIL, APRIL, 9_000)
    async with desk_of(await police(cast)) as desk:
        assert "9,000 元" in (await desk.look(CASES)).said("//main")
        assert "登记好了" in (await desk.send(await desk.look(CASES), "cases", near="发生的日子", **FILLED)).said(
            "//main"
        )
    async with desk_of(cast.auditor) as desk:
        page = await desk.look(CASES)
        assert not page.all("//form[@method='post' and contains(@action, 'antifraud')]")
        answer = await desk._client.post(CASES, data=FILLED | {"id": str(cast.household)}, headers=SAME_SITE)
        assert answer.status_code == 403
    abroad = await somebody(Role.SUPERVISOR, OTHER_COUNTY)
    async with desk_of(abroad) as desk:
        assert "9,000" not in (await desk.look(CASES)).said("//main")
    for who in (cast.assistant, cast.operator, cast.handler, cast.cadre):
        async with desk_of(who) as desk:
            await desk.look(CASES, 403)


# words and pictures, pure


@pytest.mark.parametrize("module", [figure_bars, wording])
def test_their_own_examples_hold(module):
    assert doctest.testmod(module).failed == 0


def test_bars_keep_the_order_of_the_list_and_leave_out_what_is_withheld():
    def types(*counts: int | None) -> list[TypeOfCases]:
        return [
            TypeOfCases(fraud_type=f"t{n}", name_zh=f"类{n}", name_en="", cases_n=n_) for n, n_ in enumerate(counts)
        ]

    found = bars_of(types(6, None, 0, 12), types(12, 5, 0, None), {})
    assert [each.name for each in found.rows] == ["类0", "类1", "类3"]
    assert [(each.now_length, each.before_length) for each in found.rows] == [(94.0, 188.0), (0, 78.3), (188.0, 0)]
    assert found.rest == ["类2"]


def test_a_strip_shows_the_provisional_days_however_long_the_run():
    def run(days: int, settled: int) -> DaysWithout:
        return DaysWithout(
            counted_since=APRIL,
            began_on=APRIL,
            days=days,
            settled_days=settled,
            provisional_days=days - settled,
            broken_on=None,
            reports_n=0,
        )

    long, short = strip_of(run(3000, 2986)), strip_of(run(5, 0))
    assert long is not None
    assert short is not None
    assert (long.provisional, long.settled) == (24.0, STRIP - 24)
    assert (short.provisional, short.settled) == (STRIP, 0)
    assert strip_of(run(0, 0)) is None


@pytest.mark.parametrize(
    ("cases", "each", "warned"), [(-40.0, 200.0, True), (40.0, -10.0, True), (-40.0, -1.0, False), (None, 3.0, False)]
)
def test_one_number_alone_is_never_left_to_mislead(cases: float | None, each: float, warned: bool) -> None:
    now = FraudCaseFigures(since=APRIL, until=LATE, cases_n=1, loss_yuan=1, loss_per_case_yuan=1, by_type=[])
    change = YearOnYear(cases_pct=cases, loss_pct=0, loss_per_case_pct=each)
    assert bool(warned_by(now, change)) is warned


def test_money_is_read_as_people_write_it():
    for text, yuan in (("30000", 30_000), ("3,000元", 3_000), ("3万", 30_000), ("１２.５万元", 125_000), ("0", 0)):
        assert yuan_of(text, "loss_yuan") == yuan
    for text in ("", "很多", "-3", "3.5.1", "1e9", "九" * 30):
        with pytest.raises(Invalid):
            yuan_of(text, "loss_yuan")


def test_how_long_something_took_is_said_as_one_says_it():
    assert [lasted(each) for each in (None, 42.4, 80, 3700)] == ["—", "42 秒", "1 分 20 秒", "1 小时 1 分"]

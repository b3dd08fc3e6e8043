"""Outreach as a browser without scripts has it: rounds planned and closed, and where nobody has been."""

from collections.abc import AsyncIterator

import pytest

from backend.antifraud import checks, rounds, talks
from backend.antifraud.outreach_refusals import RoundOver
from backend.antifraud.outreach_schemas import NewSupervisionCheck, NewTalk
from backend.antifraud.outreach_tables import Round, RoundMark
from backend.antifraud.outreach_words import HouseholdMark
from backend.console.outreach import checks as checks_page
from backend.console.outreach import coverages, outreach_labels, posters, rounds_planning
from backend.console.outreach import rounds as rounds_page
from backend.console.outreach import talks as talks_page
from backend.core import clock, words
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, planned, somebody
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE, Cast
from tests.console.bench_desk import Page
from tests.console.outreach_desk import HERE, OutreachDesk, doors, knocked, listed, outreach_desk

PLAN = f"{HERE}/rounds/new"
EVERY = [
    *("", "/rounds/new", "/talks", "/talks/new", "/posters", "/posters/new"),
    *("/coverage", "/coverage/new", "/checks", "/checks/new", "/gaps"),
]


@pytest.fixture
async def desk() -> AsyncIterator[OutreachDesk]:
    """Nobody is signed in yet."""
    async with outreach_desk() as desk:
        yield desk


async def look_at_a_plan(desk: OutreachDesk, **typed: str) -> Page:
    form = await desk.look(PLAN)
    given = {"name": "秋收反诈大走访", "division_code": TOWNSHIP, "step": "look"}
    return await desk.fill(form, "rounds/new", **(given | typed))


async def test_nobody_is_sent_to_sign_in_and_strangers_are_told_no(desk: OutreachDesk, cast: Cast) -> None:
    for path in EVERY:
        answer = await desk.raw(HERE + path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={HERE + path}")
    for who in (cast.cadre, cast.operator, cast.handler, cast.expert):
        await desk.be(who)
        for path in EVERY:
            assert (await desk.raw(HERE + path)).status_code == 403, path
    await desk.be(cast.supervisor)
    for path in EVERY:
        await desk.look(HERE + path)


async def test_assistants_record_and_supervisors_plan_and_check(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.assistant)
    front = (await desk.look(HERE)).text
    assert "/talks/new" in front
    assert "/console/round" in front
    assert "/rounds/new" not in front
    for path in ("/rounds/new", "/checks/new"):
        assert (await desk.raw(HERE + path)).status_code == 403
    await desk.be(cast.auditor)
    front = (await desk.look(HERE)).text
    assert "/checks/new" in front
    assert "/talks/new" not in front
    for path in ("/rounds/new", "/talks/new", "/posters/new", "/coverage/new"):
        assert (await desk.raw(HERE + path)).status_code == 403


async def test_an_assistant_finds_it_one_tap_from_his_front_page(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.assistant)
    page = await desk.look("/console/today")
    assert page.all(f'//main//a[@href="{HERE}"]')


async def test_a_plan_says_how_many_it_covers_before_it_is_made(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.supervisor)

    look = await look_at_a_plan(desk)

    assert "3 个村" in look.said("//ul")
    assert "4 户" in look.said("//ul")
    assert "1 个村一张住户卡也没有" in look.text
    assert await Round.count() == 0
    made = await desk.fill(look, "rounds/new", step="plan")
    assert "安排好了" in made.said('//*[@role="status"]')
    again = await desk.fill(look, "rounds/new", step="plan")
    assert again.address == made.address
    assert await Round.count() == 1


async def test_a_place_is_found_by_its_name_where_the_list_would_be_too_long(
    desk: OutreachDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.console.outreach.outreach_places.FEW", 1)
    await desk.be(cast.supervisor)
    assert not (await desk.look(PLAN)).all('//select[@name="division_code"]')

    one = await look_at_a_plan(desk, division_code="", village="打渔李")
    assert "打渔李村" in one.said("//section")
    several = await look_at_a_plan(desk, division_code="", village="村")
    assert several.status == 400
    assert "不止一个" in several.said('//*[@id="wrong-village"]')
    offered = several.all('//input[@name="division_code"]/@value')
    assert VILLAGE in offered
    assert "梁村镇 · 琉璃庙村" in several.said("//fieldset")

    chosen = await desk.fill(several, "rounds/new", division_code=VILLAGE, step="look")
    assert "琉璃庙村" in chosen.said("//section")
    assert "1 个村" in chosen.said("//ul")
    for said in ("梁村镇 琉璃庙村", "梁村镇·琉璃庙村", VILLAGE):
        assert "1 个村" in (await look_at_a_plan(desk, division_code="", village=said)).said("//ul"), said
    nowhere = await look_at_a_plan(desk, division_code="", village="乔庄")
    assert "没有叫这个名字" in nowhere.said('//*[@id="wrong-village"]')


async def test_a_plan_that_could_not_be_keeps_what_was_typed_and_says_where(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.supervisor)
    yesterday = str(clock.today() - DAY)

    page = await look_at_a_plan(desk, begins_on=yesterday, ends_on=yesterday)

    assert page.status == 400
    assert page.all('//input[@id="ends_on"][@aria-invalid="true"]')
    assert page.all('//input[@id="name"]/@value') == ["秋收反诈大走访"]
    assert page.all('//select[@id="division_code"]/option[@selected]/@value') == [TOWNSHIP]
    nameless = await look_at_a_plan(desk, name="")
    assert "起个名" in nameless.said('//*[@id="wrong-name"]')
    back = await desk.fill(await look_at_a_plan(desk, name="改一改"), "rounds/new", step="edit")
    assert back.all('//input[@id="name"]/@value') == ["改一改"]
    assert back.all('//select[@id="division_code"]/option[@selected]/@value') == [TOWNSHIP]


async def test_a_plan_for_another_county_is_refused(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.supervisor)
    page = await look_at_a_plan(desk, division_code=OTHER_COUNTY)
    assert page.status == 403
    assert await Round.count() == 0


async def test_villages_with_the_fewest_visits_come_first_and_no_door_is_named(desk: OutreachDesk, cast: Cast) -> None:
    here = await doors(cast, VILLAGE, NEXT_VILLAGE)
    plan = await planned(cast)
    await knocked(cast, plan, here[0])
    await knocked(cast, plan, here[1], HouseholdMark.DECLINED)
    await knocked(cast, plan, here[5], HouseholdMark.ABSENT)
    await desk.be(cast.supervisor)

    page = await desk.look(f"{HERE}/rounds/{plan.id}")

    first, second = listed(page, "villages")
    assert first.startswith("打渔李村 0%")
    assert second.startswith("琉璃庙村 12%")
    assert "✓ 到访 1" in second
    assert "－ 不愿 1" in second
    assert "□ 还没去 6" in second
    assert "曹庄村" in page.said("//details"), "no card, so nobody is counted: a gap"
    for household in here:
        assert str(household) not in page.text
    assert "335-00" not in page.text


async def test_a_round_of_several_townships_is_narrowed_to_one(desk: OutreachDesk, cast: Cast) -> None:
    await doors(cast)
    plan = await planned(cast)
    await desk.be(cast.supervisor)
    page = await desk.look(f"{HERE}/rounds/{plan.id}?township={TOWNSHIP}")
    assert "梁村镇" in page.said('//h2[@id="how-far"]')
    assert len(listed(page, "villages")) == 1
    elsewhere = await desk.look(f"{HERE}/rounds/{plan.id}?township=371526102000")
    assert listed(elsewhere, "villages") == ["没有可显示数字的村。"]
    assert (await desk.raw(f"{HERE}/rounds/{plan.id}?township=x")).status_code == 400


async def test_a_village_of_few_households_is_named_without_numbers(desk: OutreachDesk, cast: Cast) -> None:
    plan = await planned(cast)
    await knocked(cast, plan, cast.household, HouseholdMark.DECLINED)
    await desk.be(cast.supervisor)

    page = await desk.look(f"{HERE}/rounds/{plan.id}")

    assert listed(page, "villages") == ["没有可显示数字的村。"]
    assert "不到 5 户" in page.text
    assert "不愿" not in page.text
    sheet = await desk.raw(f"{HERE}/rounds/{plan.id}/counts.csv")
    assert f"{VILLAGE},3,,,," in sheet.text


async def test_closing_says_that_doors_are_forgotten_asks_once_and_leaves_the_counts(
    desk: OutreachDesk, cast: Cast
) -> None:
    here = await doors(cast)
    plan = await planned(cast)
    await knocked(cast, plan, here[0])
    await desk.be(cast.supervisor)
    asks = await desk.look(f"{HERE}/rounds/{plan.id}/closing")
    assert "永远删掉" in asks.text
    assert "只留各村的数字：8 户里到访 1 户" in asks.text

    unsure = await desk.fill(asks, "closure")
    assert unsure.status == 400
    assert "请先勾选" in unsure.said('//*[@role="alert"]')
    assert (await rounds.get_round(round_id=plan.id, by=cast.supervisor)).closed_at is None

    closed = await desk.fill(asks, "closure", sure="yes")
    assert "已收尾" in closed.said('//*[@role="status"]')
    assert "✓ 到访 1" in listed(closed, "villages")[0]
    assert await RoundMark.count() == 0
    assert (await desk.fill(asks, "closure", sure="yes")).address == closed.address
    with pytest.raises(RoundOver):
        await knocked(cast, plan, here[1])
    assert "秋季反诈大走访" in listed(await desk.look(HERE), "over")[0]


async def test_the_assistant_goes_from_a_round_that_runs_to_his_doors(desk: OutreachDesk, cast: Cast) -> None:
    plan = await planned(cast)
    door = f"/console/round?round={plan.id}"
    for who, offered in ((cast.assistant, True), (cast.supervisor, False)):
        await desk.be(who)
        assert (door in (await desk.look(f"{HERE}/rounds/{plan.id}")).text) is offered
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)
    await desk.be(cast.assistant)
    assert door not in (await desk.look(f"{HERE}/rounds/{plan.id}")).text


async def test_only_who_oversees_all_of_its_place_closes_a_round(desk: OutreachDesk, cast: Cast) -> None:
    plan = await planned(cast)
    for who, status in ((cast.assistant, 403), (cast.auditor, 403)):
        await desk.be(who)
        assert "/closing" not in (await desk.look(f"{HERE}/rounds/{plan.id}")).text
        assert (await desk.raw(f"{HERE}/rounds/{plan.id}/closing")).status_code == status
    part = await somebody(Role.SUPERVISOR, TOWNSHIP)
    await desk.be(part)
    page = await desk.look(f"{HERE}/rounds/{plan.id}/closing")
    assert not page.offers("closure")
    answer = await desk.post(f"{HERE}/rounds/{plan.id}/closure", sure="yes")
    assert answer.status_code == 403
    await desk.be(await somebody(Role.SUPERVISOR, OTHER_COUNTY, number=63))
    assert (await desk.raw(f"{HERE}/rounds/{plan.id}")).status_code == 404
    assert (await desk.raw(f"{HERE}/rounds/no-id")).status_code == 404


async def test_counts_come_as_a_table_for_excel_and_to_print(desk: OutreachDesk, cast: Cast) -> None:
    here = await doors(cast)
    plan = await planned(cast)
    await knocked(cast, plan, here[0])
    await desk.be(cast.auditor)

    answer = await desk.raw(f"{HERE}/rounds/{plan.id}/counts.csv")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "村,代码,户数,到访,没人,不愿,还没去"
    assert f"梁村镇 · 琉璃庙村,{VILLAGE},8,1,0,0,7" in lines
    sheet = await desk.look(f"{HERE}/rounds/{plan.id}/sheet")
    assert "梁村镇 · 琉璃庙村 8 1 0 0" in [
        " ".join(" ".join(row.itertext()).split()) for row in sheet.all("//tbody/tr")
    ]


async def test_the_front_page_says_how_far_rounds_are_and_what_is_overdue(desk: OutreachDesk, cast: Cast) -> None:
    here = await doors(cast)
    plan = await planned(cast)
    await knocked(cast, plan, here[0])
    today = clock.today()
    late = NewSupervisionCheck(
        group_number=2, division_code=VILLAGE, on=today - 3 * DAY, finding="宣传栏空着", fix_by=today - DAY
    )
    await checks.record_check(new=late, by=cast.supervisor)
    await desk.be(cast.supervisor)

    page = await desk.look(HERE)

    (running,) = listed(page, "running")
    assert "▶ 正在走访" in running
    assert "12%" in running
    assert "✓ 到访 1" in running
    assert "有 1 个问题要整改，其中 1 个超期" in page.text


async def test_a_round_that_has_not_begun_or_is_past_its_last_day_says_so(desk: OutreachDesk, cast: Cast) -> None:
    today = clock.today()
    later = await planned(cast, name="明年的走访", begins_on=today + DAY, ends_on=today + 9 * DAY)
    await desk.be(cast.supervisor)
    assert "还没开始" in listed(await desk.look(HERE), "running")[0]
    with clock.stopped(clock.now() + 10 * DAY):
        await desk.be(cast.supervisor)
        assert "最后一天已过" in (await desk.look(f"{HERE}/rounds/{later.id}")).text


async def test_gaps_stand_together_by_village_and_name_no_victim(desk: OutreachDesk, cast: Cast) -> None:
    await doors(cast)
    new = NewTalk(division_code=VILLAGE, place="大院", headcount=9, at=clock.now())
    await talks.record_talk(new=new, by=cast.assistant)
    await desk.be(cast.supervisor)

    page = await desk.look(f"{HERE}/gaps")

    rows = [" ".join("".join(one.itertext()).split()) for one in page.all('//ul[@class="list"]/li')]
    assert [row.split(" ✕")[0] for row in rows][:2] == ["梁村镇 · 打渔李村", "梁村镇 · 曹庄村"]
    (mine,) = [row for row in rows if "琉璃庙村" in row]
    assert "✕ 没走访过" in mine
    assert "✓ 宣讲 1" in mine
    assert "没开过宣讲" not in mine
    assert "2 没开过宣讲" in page.said('//section[@aria-labelledby="sums"]')
    narrow = await desk.look(f"{HERE}/gaps?days=30&township={TOWNSHIP}")
    assert narrow.all('//a[@aria-current="true"]')[0].text.strip() == "近 30 天"
    assert (await desk.raw(f"{HERE}/gaps?days=0")).status_code == 400
    assert (await desk.raw(f"{HERE}/gaps?township={OTHER_COUNTY}")).status_code == 403


def test_every_word_that_is_chosen_by_a_key_has_its_chinese() -> None:
    chinese = words.translations("zh")
    said = [
        *checks_page.SAID.values(),
        *rounds_page.SAID.values(),
        *outreach_labels._GAPS.values(),
        *outreach_labels._KINDS.values(),
        *(text for of in (rounds_planning, talks_page, posters, coverages, checks_page) for text in of.WRONG.values()),
    ]
    assert [text for text in said if chinese.gettext(text) == text] == []

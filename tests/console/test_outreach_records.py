"""Talks, posters, the app as people say, and checks, as they are written down without scripts; with a phone's photo."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

import tests.media
from backend.antifraud import checks, talks
from backend.antifraud.outreach_schemas import NewSupervisionCheck
from backend.antifraud.outreach_tables import AppCoverage, Poster, SupervisionCheck, Talk
from backend.console.outreach import talks_taking
from backend.core import clock
from backend.core.database import fetch_row
from backend.core.settings import settings
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, planned, somebody
from tests.cast import NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE, Cast
from tests.console.bench_desk import Page
from tests.console.outreach_desk import HERE, OutreachDesk, listed, outreach_desk

PHOTOS = Path(next(iter(tests.media.__path__))) / "photos"
PHOTO = ("zhan.jpg", (PHOTOS / "orientation_6_gps.jpg").read_bytes())
TALK = {"division_code": VILLAGE, "place": "村委会大院", "headcount": "86人", "fraud_type": "brushing_rebates"}
POSTERS = {"division_code": VILLAGE, "place": "村口宣传栏", "posters_n": "12"}
COUNT = {"division_code": VILLAGE, "asked_n": "80", "with_app_n": "60", "source": "村民大会举手"}
CHECK = {"division_code": VILLAGE, "group_number": "3", "finding": "宣传栏内容过期"}


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[OutreachDesk]:
    """In front of the pages, as the assistant."""
    async with outreach_desk() as desk:
        await desk.be(cast.assistant)
        yield desk


async def form(desk: OutreachDesk, kind: str) -> Page:
    return await desk.look(f"{HERE}/{kind}/new")


def rows(page: Page) -> list[str]:
    return [" ".join("".join(one.itertext()).split()) for one in page.all('//main//ul[contains(@class, "list")]/li')]


def wrong(page: Page) -> dict[str, str]:
    """What is said at which field."""
    said = page.all('//*[starts-with(@id, "wrong-")]')
    return {one.get("id").removeprefix("wrong-"): "".join(one.itertext()) for one in said}


async def test_a_talk_is_written_down_once_however_often_it_is_tapped(desk: OutreachDesk, cast: Cast) -> None:
    plan = await planned(cast)
    empty = await form(desk, "talks")

    page = await desk.fill(empty, "talks/new", photo=PHOTO, round_id=str(plan.id), **TALK)

    assert "宣讲记好了" in page.said('//*[@role="status"]')
    (row,) = rows(page)
    assert "村委会大院 86 人" in row
    assert "刷单返利" in row
    assert "梁村镇 · 琉璃庙村" in row
    again = await desk.fill(empty, "talks/new", photo=PHOTO, round_id=str(plan.id), **TALK)
    assert again.status == 200
    (talk,) = (await talks.list_talks(by=cast.supervisor)).items
    assert (talk.headcount, talk.round_id, talk.photo_id is not None) == (86, plan.id, True)


async def test_another_talk_under_a_used_page_is_asked_for_once_more_and_then_stored(
    desk: OutreachDesk, cast: Cast
) -> None:
    empty = await form(desk, "talks")
    await desk.fill(empty, "talks/new", **TALK)

    page = await desk.fill(empty, "talks/new", **(TALK | {"headcount": "9"}))

    assert page.status == 409
    await desk.fill(page, "talks/new")
    assert sorted(each.headcount for each in (await talks.list_talks(by=cast.assistant)).items) == [9, 86]


async def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(desk: OutreachDesk) -> None:
    page = await desk.fill(await form(desk, "talks"), "talks/new", **(TALK | {"headcount": "很多"}))
    assert page.status == 400
    assert "来了多少人" in wrong(page)["headcount"]
    assert page.all('//input[@id="headcount"]/@value') == ["很多"]
    assert page.all('//input[@id="place"]/@value') == ["村委会大院"]

    named = await desk.fill(page, "talks/new", headcount="9", place="找老林 13800138000")
    assert "place" in wrong(named)
    late = (clock.now() + 2 * DAY).strftime("%Y-%m-%dT%H:%M")
    assert "at" in wrong(await desk.fill(named, "talks/new", place="大院", at=late))
    assert "at" in wrong(await desk.fill(named, "talks/new", place="大院", at="昨天"))
    nowhere = await desk.fill(named, "talks/new", place="大院", division_code="")
    assert "哪个村" in wrong(nowhere)["village"]
    assert await Talk.count() == 0


async def test_a_photo_of_a_refused_form_need_not_be_sent_again(desk: OutreachDesk, cast: Cast) -> None:
    refused = await desk.fill(await form(desk, "posters"), "posters/new", photo=PHOTO, **(POSTERS | {"posters_n": ""}))
    assert "贴了几张" in wrong(refused)["posters_n"]
    assert "照片已收到" in refused.text

    page = await desk.fill(refused, "posters/new", posters_n="12")

    assert "张贴记好了" in page.said('//*[@role="status"]')
    (made,) = (await talks.list_posters(by=cast.assistant)).items
    assert made.photo_id is not None
    claimed = await fetch_row("SELECT claimed_kind, claimed_id FROM media_photo WHERE id = $1", made.photo_id)
    assert claimed is not None
    assert tuple(claimed) == ("poster", made.id)


async def test_a_photo_can_be_left_out_after_all(desk: OutreachDesk, cast: Cast) -> None:
    refused = await desk.fill(await form(desk, "posters"), "posters/new", photo=PHOTO, **(POSTERS | {"place": ""}))
    await desk.fill(refused, "posters/new", place="村口", no_photo="yes")
    (made,) = (await talks.list_posters(by=cast.assistant)).items
    assert made.photo_id is None


async def test_what_is_no_photo_is_said_at_the_photo(desk: OutreachDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await desk.fill(await form(desk, "posters"), "posters/new", photo=("a.pdf", b"%PDF-1.7 x"), **POSTERS)
    assert (page.status, "photo" in wrong(page)) == (400, True)
    small = replace(settings(), station_upload_max_bytes=1000)
    monkeypatch.setattr(talks_taking, "settings", lambda: small)
    large = await desk.fill(await form(desk, "posters"), "posters/new", photo=("a.jpg", PHOTO[1][:3000]), **POSTERS)
    assert "太大" in wrong(large)["photo"]
    assert await Poster.count() == 0


async def test_a_form_with_a_photo_says_to_photograph_the_place_and_nobody(desk: OutreachDesk) -> None:
    for kind in ("talks", "posters"):
        assert "拍地方，不拍人" in (await form(desk, kind)).said("//fieldset")


async def test_photos_are_shown_to_whoever_took_them_and_to_overseers(desk: OutreachDesk, cast: Cast) -> None:
    await desk.fill(await form(desk, "posters"), "posters/new", photo=PHOTO, **POSTERS)
    for who in (cast.assistant, cast.supervisor):
        await desk.be(who)
        assert "正在检查" in rows(await desk.look(f"{HERE}/posters"))[0]
    await desk.be(await somebody(Role.ASSISTANT, VILLAGE))
    assert "只有拍的人和主管能看" in rows(await desk.look(f"{HERE}/posters"))[0]
    await fetch_row("UPDATE media_photo SET state = 'accepted' RETURNING id")
    await desk.be(cast.supervisor)
    shown = (await desk.look(f"{HERE}/posters")).all('//a[@class="shot"]/img')
    assert re.fullmatch(r"/api/v1/photos/[0-9a-f-]{36}/copy\?size=320", shown[0].get("src"))
    assert shown[0].get("alt") == "村口宣传栏的照片"


async def test_a_village_of_ones_own_only_and_a_gap_opens_its_form(desk: OutreachDesk, cast: Cast) -> None:
    page = await desk.look(f"{HERE}/talks/new?village={NEXT_VILLAGE}")
    assert page.all('//select[@id="division_code"]/option[@selected]/@value') == [NEXT_VILLAGE]
    assert (await desk.fill(page, "talks/new", **(TALK | {"division_code": OTHER_VILLAGE}))).status == 403
    assert await Talk.count() == 0
    await desk.be(await somebody(Role.ASSISTANT, VILLAGE))
    own = await form(desk, "talks")
    assert own.all('//input[@type="hidden"][@name="division_code"]/@value') == [VILLAGE]


async def test_lists_go_on_with_older_ones(desk: OutreachDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.console.outreach.talks_taking.SHOWN", 1)
    for place in ("大院", "集市"):
        await desk.fill(await form(desk, "talks"), "talks/new", **(TALK | {"place": place}))
    first = await desk.look(f"{HERE}/talks")
    assert "集市" in rows(first)[0]
    older = await desk.look(first.all('//a[contains(@href, "after=")]/@href')[0])
    assert "大院" in rows(older)[0]


async def test_the_app_is_two_numbers_that_people_say_of_themselves(desk: OutreachDesk, cast: Cast) -> None:
    empty = await form(desk, "coverage")
    for part in ("自愿", "不要求谁必须装", "不看谁的手机", "不拿这个给村子排名"):
        assert part in empty.text
    first = await desk.fill(empty, "coverage/new", **(COUNT | {"on": str(clock.today() - 30 * DAY)}))
    assert "记好了" in first.said('//*[@role="status"]')
    assert (await desk.fill(empty, "coverage/new", **(COUNT | {"on": str(clock.today() - 30 * DAY)}))).status == 200
    page = await desk.fill(await form(desk, "coverage"), "coverage/new", **(COUNT | {"with_app_n": "66"}))

    assert page.address.endswith(f"/coverage/{VILLAGE}?did=recorded")
    assert [row.split("· ")[1] for row in listed(page, "counts")] == [
        "80 人里 66 人 (82%)村民大会举手",
        "80 人里 60 人 (75%)村民大会举手",
    ]
    assert await AppCoverage.count() == 2
    villages = rows(await desk.look(f"{HERE}/coverage"))
    assert [row.split(" ")[2] for row in villages] == ["打渔李村", "曹庄村", "琉璃庙村"], "by code, not by share"
    assert "问了 80 人，66 人说装了（82%）" in villages[2]
    assert "还没数过" in villages[0]


async def test_a_count_of_too_few_or_of_more_than_were_asked_is_refused_at_its_field(desk: OutreachDesk) -> None:
    page = await desk.fill(await form(desk, "coverage"), "coverage/new", **(COUNT | {"asked_n": "4"}))
    assert "至少 5 人" in wrong(page)["asked_n"]
    assert "with_app_n" in wrong(await desk.fill(page, "coverage/new", asked_n="50"))
    assert "source" in wrong(await desk.fill(page, "coverage/new", asked_n="90", source=""))
    assert "on" in wrong(await desk.fill(page, "coverage/new", asked_n="90", on=str(clock.today() + DAY)))
    assert await AppCoverage.count() == 0


async def test_the_history_of_a_village_is_for_readers_of_its_place(desk: OutreachDesk, cast: Cast) -> None:
    assert (await desk.raw(f"{HERE}/coverage/{OTHER_VILLAGE}")).status_code == 403
    assert (await desk.raw(f"{HERE}/coverage/abc")).status_code == 400
    await desk.be(cast.auditor)
    assert "/coverage/new" not in (await desk.look(f"{HERE}/coverage/{VILLAGE}")).text


async def found(cast: Cast, finding: str, fix_in: int | None, village: str = VILLAGE) -> None:
    today = clock.today()
    fix_by = None if fix_in is None else today + fix_in * DAY
    new = NewSupervisionCheck(group_number=1, division_code=village, on=today - 9 * DAY, finding=finding, fix_by=fix_by)
    await checks.record_check(new=new, by=cast.supervisor)


async def test_findings_to_put_right_stand_with_the_longest_overdue_first(desk: OutreachDesk, cast: Cast) -> None:
    await found(cast, "三天后到期", 3)
    await found(cast, "今天到期的", 0, NEXT_VILLAGE)
    await found(cast, "早就过期了", -5)
    await found(cast, "都好", None)

    page = await desk.look(f"{HERE}/checks")

    waiting = listed(page, "to-fix")
    assert [word for row in waiting for word in ("▲ 超期 5 天", "◆ 今天到期", "◇ 还有 3 天") if word in row] == [
        "▲ 超期 5 天",
        "◆ 今天到期",
        "◇ 还有 3 天",
    ]
    assert "早就过期了" in waiting[0]
    assert "1 个超期" in page.said('//h2[@id="to-fix"]')
    (rest,) = listed(page, "rest")
    assert "○ 不用整改" in rest


async def test_a_finding_is_put_right_with_a_note_once(desk: OutreachDesk, cast: Cast) -> None:
    await found(cast, "宣传栏空着", -1)
    page = await desk.look(f"{HERE}/checks")

    silent = await desk.fill(page, "/fix", note=" ")
    assert silent.status == 400
    assert "怎么整改" in wrong(silent)["note"]
    assert silent.all("//details[@open]")
    early = await desk.fill(page, "/fix", note="已换新", fixed_on=str(clock.today() - 20 * DAY))
    assert "fixed_on" in wrong(early)
    assert early.all('//input[@name="note"]/@value') == ["已换新"]
    done = await desk.fill(page, "/fix", note="已换新")

    assert "已整改" in done.said('//*[@role="status"]')
    assert listed(done, "to-fix") == ["✓ 没有要整改的。"]
    assert "✓ 已整改" in listed(done, "rest")[0]
    assert (await desk.fill(page, "/fix", note="已换新")).status == 200
    assert (await desk.fill(page, "/fix", note="别的")).status == 409


async def test_only_those_of_the_place_put_right_and_an_auditor_only_looks(desk: OutreachDesk, cast: Cast) -> None:
    await found(cast, "宣传栏空着", -1)
    (check,) = (await checks.list_checks(by=cast.supervisor)).items
    await desk.be(cast.auditor)
    assert not (await desk.look(f"{HERE}/checks")).offers("fix")
    given = {"note": "已换", "fixed_on": str(clock.today())}
    assert (await desk.post(f"{HERE}/checks/{check.id}/fix", **given)).status_code == 403
    await desk.be(await somebody(Role.ASSISTANT, NEXT_VILLAGE))
    assert (await desk.post(f"{HERE}/checks/{check.id}/fix", **given)).status_code == 404


async def test_a_check_names_its_group_its_village_and_what_was_found(desk: OutreachDesk, cast: Cast) -> None:
    await desk.be(cast.supervisor)
    empty = await form(desk, "checks")
    assert len(empty.all('//input[@name="group_number"]')) == 6

    page = await desk.fill(empty, "checks/new", **CHECK, fix_by=str(clock.today() + 7 * DAY))

    assert "检查记好了" in page.said('//*[@role="status"]')
    assert "第 3 组" in listed(page, "to-fix")[0]
    await desk.fill(empty, "checks/new", **CHECK, fix_by=str(clock.today() + 7 * DAY))
    assert await SupervisionCheck.count() == 1
    refused = await desk.fill(await form(desk, "checks"), "checks/new", **(CHECK | {"finding": "找 13800138000"}))
    assert "finding" in wrong(refused)
    assert "13800138000" in refused.all("//textarea")[0].text
    groupless = await desk.fill(await form(desk, "checks"), "checks/new", **(CHECK | {"group_number": ""}))
    assert "请选是哪个组" in wrong(groupless)["group_number"]
    early = await desk.fill(await form(desk, "checks"), "checks/new", **CHECK, fix_by=str(clock.today() - DAY))
    assert "fix_by" in wrong(early)

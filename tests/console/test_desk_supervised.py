"""督办 at the desk: this is how a supervisor sees what went wrong, and says what he did about it."""

from collections.abc import AsyncIterator

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.hotline.callback_words import CallbackResult
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.desk_cast import HOUR, NINE, Hotline

SUPERVISED = f"{DUTY}/supervised"
PHONE = "+8619900000051"


@pytest.fixture
async def hotline(cast: Cast) -> AsyncIterator[Hotline]:
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def desk(hotline: Hotline) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(hotline.supervisor)


def rows(page: Page) -> list[str]:
    return [" ".join("".join(each.itertext()).split()) for each in page.all("//ol/li")]


async def test_nobody_is_led_to_the_sign_in_page_and_back(hotline: Hotline) -> None:
    _, callback = await hotline.asked(policy_code="emergency")
    async with duty_desk() as nobody:
        for address in (SUPERVISED, f"{SUPERVISED}/{callback.id}"):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")


async def test_whoever_oversees_nothing_is_turned_away_and_follows_nothing(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked(policy_code="emergency")
    typed = {"id": str(uuid7()), "note": "看过了"}
    for who, status in ((hotline.cast.stranger, 404), (hotline.clerk, 403), (hotline.cast.auditor, 403)):
        await desk.be(who)
        answer = await desk._client.post(f"{SUPERVISED}/{callback.id}/follow-up", data=typed, headers=SAME_SITE)
        assert answer.status_code == status
    for who in (hotline.cast.stranger, hotline.clerk):
        await desk.be(who)
        await desk.look(SUPERVISED, status=403)
    await desk.look(f"{SUPERVISED}/nine", status=404)
    await desk.be(hotline.cast.auditor)
    assert not (await desk.look(f"{SUPERVISED}/{callback.id}")).offers("follow-up")
    assert await fetch("SELECT 1 FROM cases_event WHERE kind = 'noted'") == []


async def test_an_emergency_is_told_with_why_whose_and_its_clock_and_leaves_the_list_once_it_was_followed(
    desk: Desk, hotline: Hotline
) -> None:
    case, callback = await hotline.asked(title="桥塌了", policy_code="emergency")
    await hotline.asked(title="路灯不亮")
    page = await desk.look(SUPERVISED)
    (row,) = rows(page)
    assert row.startswith("▲说办结了，请跟进")
    for told in ("桥塌了", "水务站", "督办：紧急事项"):
        assert told in row
    one = await desk.look(f"{SUPERVISED}/{callback.id}")
    assert one.all(f'//a[@href="/console/cases/{case.id}"]')
    for _ in range(2):
        after = await desk.send(one, "follow-up", note="去现场看了，已经封路")
        assert "记下了您做的事" in after.said('//*[@role="status"]')
    assert after.text.count("去现场看了，已经封路") == 1
    assert "没有等督办人员跟进的事" in (await desk.look(SUPERVISED)).text
    assert "王建国: 去现场看了" in rows(await desk.look(f"{SUPERVISED}?which=all"))[0]
    assert len(await fetch("SELECT 1 FROM cases_event WHERE kind = 'noted'")) == 1


async def test_a_supervisor_sees_who_was_not_satisfied_with_his_words_and_the_fresh_clock_but_not_his_number(
    desk: Desk, hotline: Hotline
) -> None:
    _, callback = await hotline.asked(title="村东水管坏了")
    assert rows(await desk.look(SUPERVISED)) == ["✓ 没有等督办人员跟进的事。"]
    await hotline.rang(callback, CallbackResult.DISSATISFIED, words="还是没有水")
    with clock.stopped(NINE + HOUR):
        await desk.be(hotline.supervisor)
        page = await desk.look(SUPERVISED)
        (row,) = rows(page)
        assert row.startswith("■不满意退回，请跟进11月24日 09:00起")
        assert "● 答复 · 还剩 23 小时" in row
        one = await desk.look(f"{SUPERVISED}/{callback.id}")
        assert "他说：还是没有水" in one.text
        assert PHONE not in page.text + one.text


async def test_words_that_do_not_fit_are_kept_and_said_so_beside_them(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked(policy_code="emergency")
    page = await desk.look(f"{SUPERVISED}/{callback.id}")
    for words in ("", "长" * 501):
        refused = await desk.send(page, "follow-up", note=words)
        assert (refused.status, refused.said('//textarea[@id="note" and @aria-invalid="true"]')) == (400, words)
        assert refused.said('//*[@id="wrong-note"]')
    await desk.send(page, "follow-up", note="看过了")
    other = await desk.send(page, "follow-up", note="另一回事")
    assert (other.status, other.said('//textarea[@id="note"]')) == (409, "另一回事")


async def test_an_address_cannot_make_the_page_say_that_it_was_followed(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked(policy_code="emergency")
    assert not (await desk.look(f"{SUPERVISED}/{callback.id}?did=followed")).all('//*[@role="status"]')


async def test_a_long_list_is_paged(desk: Desk, hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.console.desk.supervised.ROWS", 2)
    for n in range(3):
        await hotline.asked(title=f"第{n}件", policy_code="emergency")
    first = await desk.look(SUPERVISED)
    assert len(rows(first)) == 2
    assert len(rows(await desk.look(first.all('//a[contains(@href, "after=")]/@href')[0]))) == 1

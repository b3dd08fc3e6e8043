"""Stories and bulletins on a page: read by everybody on duty once the police have approved these very words."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from msgspec.structs import replace

from backend.antifraud import library_lists
from backend.antifraud.library_files import shipped_items
from backend.antifraud.library_rules import words_digest
from backend.core import clock
from tests.cast import Cast
from tests.console.antifraud_desk import LIBRARY, desk_of, police
from tests.console.bench_desk import SAME_SITE, Desk

ITEM = next(each for each in shipped_items() if each.name == "fake_loan_story")
HERE = f"{LIBRARY}/{ITEM.name}"
DAY = datetime(2026, 12, 1, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _december():
    with clock.stopped(DAY):
        yield


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    async with desk_of(await police(cast)) as found:
        yield found


async def test_what_waits_is_read_and_approved_by_the_police_and_then_everybody_finds_it(
    desk: Desk, cast: Cast
) -> None:
    async with desk_of(cast.assistant) as phone:
        assert "公安还没有批准" in (await phone.look(LIBRARY)).said("//main")
        await phone.look(HERE, 404)

        listed = await desk.look(LIBRARY)
        assert len(listed.all("//section//li")) == len(shipped_items())
        assert "○ 等公安批准" in listed.said("//section//li")
        page = await desk.look(HERE)
        assert "复制群里发的话" not in page.text  # nobody sends what waits
        for _ in range(2):
            done = await desk.send(page, "approval")
            assert "已批准" in done.said("//p[@role='status']")
        assert "反诈中心" in done.said("//dl")

        (found,) = (await phone.look(LIBRARY)).all("//section//li//a/@href")
        assert found == HERE
        read = await phone.look(HERE)
        assert not read.all("//form[contains(@action, 'library')]")
        assert ITEM.title in read.said("//h1")


async def test_the_text_for_the_group_is_whole_holds_no_link_and_is_copied_with_one_tap(desk: Desk, cast: Cast) -> None:
    page = await desk.send(await desk.look(HERE), "approval")
    (text,) = page.all("//*[@id='group-text']")
    copied = text.text_content()
    for part in (ITEM.title, ITEM.words, ITEM.stop_sentence, ITEM.if_money_gone):
        assert part.strip() in copied
    assert "http" not in copied
    assert page.all("//button[@data-copies='group-text' and @data-done and @data-failed]")
    assert page.all("//script[contains(@src, 'copy.js')]")
    assert page.all("//script[contains(@src, 'aloud.js')]")
    assert ITEM.stop_sentence.strip() in page.said("//*[@data-aloud]")
    assert not page.all("//script[not(@src)] | //*[@style]")


async def test_an_approval_is_withdrawn_and_nobody_is_offered_it(desk: Desk, cast: Cast) -> None:
    page = await desk.send(await desk.look(HERE), "approval")
    for _ in range(2):
        done = await desk.send(page, "withdrawal")
        assert "批准已撤回" in done.said("//p[@role='status']")
    async with desk_of(cast.cadre) as phone:
        await phone.look(HERE, 404)


async def test_a_word_changed_after_the_approval_is_told_with_who_approved_the_old_ones(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.send(await desk.look(HERE), "approval")
    stale = await desk.look(HERE)
    changed = replace(ITEM, title="急用钱，先别贷")
    monkeypatch.setattr(library_lists, "shipped_items", lambda: (changed,))
    monkeypatch.setattr("backend.antifraud.library_approving.shipped_items", lambda: (changed,))
    page = await desk.look(HERE)
    assert "▲ 批准后改过" in page.said("//article")
    assert "反诈中心 在 2026年12月1日 批准过；后来改了字" in page.said("//dl")
    assert page.offers("approval")
    listed = await desk.look(f"{LIBRARY}?state=changed")
    assert len(listed.all("//section//li")) == 1

    old = {"id": str(cast.household), "sha256": words_digest(ITEM)}
    answer = await desk._client.post(f"{HERE}/approval", data=old, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "已批准：" not in answer.text
    assert not stale.offers("approval")
    assert "已批准：" in (await desk.send(page, "approval")).said("//p[@role='status']")


async def test_what_cannot_be_sent_says_every_reason_and_offers_no_approval(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(ITEM, sms="点 www.abc.cn 领钱", audience=("老年人",))
    monkeypatch.setattr(library_lists, "shipped_items", lambda: (wrong,))
    page = await desk.look(HERE)
    assert "✕ 这样不能发" in page.said("//article")
    assert {"/sms", "/audience/0"} <= set(page.said("//section[@aria-labelledby='wrongs']//span").split())
    assert not page.offers("approval")


async def test_only_those_for_the_whole_county_approve_and_nobody_reads_without_a_sign_in(cast: Cast) -> None:
    async with desk_of() as nobody:
        assert (await nobody.raw(LIBRARY)).headers["location"].startswith("/console/sign-in")
    body = {"id": str(cast.household), "sha256": words_digest(ITEM)}
    for who in (cast.assistant, cast.handler, cast.auditor):
        async with desk_of(who) as desk:
            for step in ("approval", "withdrawal"):
                assert (await desk._client.post(f"{HERE}/{step}", data=body, headers=SAME_SITE)).status_code == 403
    async with desk_of(cast.supervisor) as desk:
        await desk.look(f"{LIBRARY}/nothing", 404)
        wrong = await desk._client.post(f"{HERE}/approval", data=body | {"sha256": "abc"}, headers=SAME_SITE)
        assert wrong.status_code == 400


async def test_one_type_is_chosen_and_those_of_the_season_come_first(desk: Desk) -> None:
    page = await desk.look(f"{LIBRARY}?of=fake_loan")
    assert page.all("//section/h2/@id") == ["type-fake_loan"]
    assert page.all("//select[@name='of']/option[@selected]/@value") == ["fake_loan"]
    assert (await desk.look(f"{LIBRARY}?of=nothing&state=nothing")).all("//section") == []

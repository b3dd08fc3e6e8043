"""What phones sent: seen by who sent it and who oversees him, put right in place, or ended by hand."""

from collections.abc import AsyncIterator

import pytest

from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from tests.cast import OTHER_COUNTY, TOWNSHIP, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.submissions.phone_desk import HERE, OTHER, REFUSED, WAITING, came, id_of, phone_desk
from tests.openrosa.collect import INSTANCE_ID, PHOTO, VISIT_ID, instance

pytestmark = pytest.mark.usefixtures("published")
ONE = f"{HERE}/{WAITING}"


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    async with phone_desk() as opened:
        yield await opened.be(cast.supervisor)


def card_of(page: Page) -> str:
    """Name of the input of the household's card."""
    (field,) = page.all('//div[@class="answer wrong"]/input[@id]')
    return str(field.get("name"))


def offered(page: Page) -> list[str]:
    return [address for address in page.all('//a[@class="open"]/@href') if address.startswith(HERE)]


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_nothing(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    async with phone_desk() as nobody:
        for address in (HERE, ONE):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")
    await desk.be(cast.stranger)
    assert offered(await desk.look(HERE)) == []
    await desk.look(ONE, status=404)
    await desk.look(f"{HERE}/nine", status=404)
    for step in ("mapping", "settlement"):
        data = {"outcome": "struck_out", "note": "x"}
        answer = await desk._client.post(f"{ONE}/{step}", data=data, headers=SAME_SITE)
        assert answer.status_code == 404, step
    assert (await fetch_row("SELECT state FROM openrosa_submission"))["state"] == "attention"


async def test_what_needs_attention_comes_first_with_its_number_and_why_in_plain_chinese(
    cast: Cast, desk: Desk
) -> None:
    await came(cast.cadre, instance(instance_id=OTHER))
    await came(cast.cadre, photo_1=PHOTO)
    page = await desk.look(HERE)
    assert offered(page) == [ONE]
    assert page.said('//nav[@class="tabs no-print"]/a[@aria-current]') == "要处理 1"
    row = page.said('//li[contains(@class, "sent")]')
    assert all(said in row for said in ("走访记录", "李秀兰", "要处理", "NO-999", "2 个文件里有 1 个还没传来"))
    every = await desk.look(f"{HERE}?which=all")
    assert offered(every) == [ONE, f"{HERE}/{id_of(OTHER)}"]
    assert every.all(f'//a[@href="/console/visits/{OTHER.removeprefix("uuid:")}"]')


async def test_the_list_narrows_by_form_person_place_and_days(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    person, stranger = cast.cadre.person_id, cast.stranger.person_id
    for asked, n in (
        ("form=visit", 1),
        ("form=crop_clinic", 0),
        (f"sender={person}", 1),
        (f"sender={stranger}", 0),
        (f"place={TOWNSHIP}", 1),
        (f"place={OTHER_COUNTY}", 0),
        ("since=2099-01-01", 0),
        ("until=2099-01-01", 1),
        ("until=2020-01-01", 0),
    ):
        page = await desk.look(f"{HERE}?which=all&{asked}")
        assert len(offered(page)) == n, asked
    page = await desk.look(f"{HERE}?which=all&form=visit&place={TOWNSHIP}")
    (table,) = page.all('//a[contains(@href, "export.csv")]/@href')
    assert f"form_id=visit&division_code={TOWNSHIP}" in table
    for nonsense in ("since=today", "sender=me", "place=没有这个村"):
        page = await desk.look(f"{HERE}?{nonsense}", status=400)
        assert page.all('//*[@role="alert"]'), nonsense


async def test_pages_of_the_list_follow_one_another(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.console.submissions.listing.ROWS", 2)
    for n in range(3):
        await came(cast.cadre, instance(instance_id=f"visit {n}"))
    first = await desk.look(f"{HERE}?which=recorded")
    (older,) = first.all("//a[contains(@href, 'after=')]/@href")
    second = await desk.look(older)
    assert offered(first) + offered(second) == [f"{HERE}/{id_of(f'visit {n}')}" for n in (2, 1, 0)]


async def test_one_of_them_shows_each_answer_under_its_question_in_words_and_what_is_wrong_at_its_field(
    cast: Cast, desk: Desk
) -> None:
    await came(cast.cadre, photo_1=PHOTO)
    page = await desk.look(ONE)
    told = page.said('//section[@aria-labelledby="answers"]')
    for said in (
        "怎么联系的 走访",
        "什么时候 2026-11-20 15:31",
        "谈到哪些方面 生产经营",
        "情况记录 小麦出苗齐",
        "± 12",
    ):
        assert said in told, said
    assert page.all(f'//input[@name="{card_of(page)}" and @value="NO-999" and @aria-invalid="true"]')
    assert "NO-999" in page.said('//p[starts-with(@id, "wrong-")]')
    assert "还没传来 2.jpg" in told
    rows = await fetch("SELECT person FROM people_access_log WHERE subject_kind = 'submission'")
    assert [row["person"] for row in rows] == [cast.supervisor.person_id]


async def test_put_right_and_tried_again_it_is_a_visit_once_however_often_one_taps(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre, photo_1=PHOTO)
    page = await desk.look(ONE)
    typed = {card_of(page): "LLM-001"}
    (form,) = [form for form in page.tree.forms if form.get("id") == "mend"]
    data = dict(form.form_values()) | typed | {"f": [value for name, value in form.form_values() if name == "f"]}
    for _ in range(2):
        answer = await desk._client.post(f"{ONE}/mapping", data=data, headers=SAME_SITE, follow_redirects=True)
        after = Page(answer)
        assert "已经成了正式记录" in after.said('//*[@role="status"]')
    assert after.all(f'//a[@href="/console/visits/{VISIT_ID}"]')
    assert "王建国" in after.said('//section[@aria-labelledby="answers"]')
    assert "原来报的：NO-999" in after.said('//section[@aria-labelledby="answers"]')
    assert len(await fetch("SELECT 1 FROM visits_visit")) == 1
    corrected = await fetch("SELECT path FROM openrosa_correction")
    assert [row["path"] for row in corrected] == ["contact/household_code"]


async def mended(desk: Desk, page: Page, **typed: str) -> Page:
    (form,) = [form for form in page.tree.forms if form.get("id") == "mend"]
    values = form.form_values()
    data: dict[str, str | list[str]] = dict(values) | typed
    data["f"] = [value for name, value in values if name == "f"]
    answer = await desk._client.post(f"{ONE}/mapping", data=data, headers=SAME_SITE, follow_redirects=True)
    return Page(answer)


async def test_refused_again_it_says_the_new_reason_and_keeps_what_was_typed(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    page = await desk.look(ONE)
    again = await mended(desk, page, **{card_of(page): "NO-888"})
    assert "还是收不进去" in again.said('//*[@role="status"]')
    assert "NO-888" in again.said('//p[starts-with(@id, "wrong-")]')
    assert again.all(f'//input[@name="{card_of(again)}" and @value="NO-888"]')
    assert await fetch("SELECT 1 FROM visits_visit") == []


async def test_what_cannot_be_a_time_is_refused_before_anything_is_tried(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    page = await desk.look(ONE)
    (when,) = page.all('//input[@type="datetime-local"]/@name')
    wrong = await mended(desk, page, **{card_of(page): "LLM-001", when: "昨天"})
    assert (wrong.status, bool(wrong.all('//*[@role="alert"]'))) == (400, True)
    assert wrong.all(f'//input[@name="{card_of(wrong)}" and @value="LLM-001"]')
    assert await fetch("SELECT 1 FROM openrosa_correction") == []


async def test_another_answer_may_be_changed_too_a_time_by_the_clock_on_the_wall(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    page = await desk.look(ONE)
    (when,) = page.all('//input[@type="datetime-local"]/@name')
    await mended(desk, page, **{card_of(page): "LLM-001", when: "2026-11-20T16:00"})
    visit = await fetch_row("SELECT occurred_at FROM visits_visit WHERE id = $1", VISIT_ID)
    assert visit["occurred_at"].isoformat() == "2026-11-20T08:00:00+00:00"


async def test_its_sender_sees_it_and_once_the_household_is_entered_tries_again_as_it_is(
    cast: Cast, desk: Desk
) -> None:
    await came(cast.cadre)
    await desk.be(cast.cadre)
    page = await desk.look(HERE)
    assert offered(page) == [ONE]
    assert not page.all('//select[@name="sender"]')
    page = await desk.look(ONE)
    assert "不用重发" in page.text
    assert not page.offers("settlement")
    await fetch("UPDATE people_household SET code = 'NO-999' WHERE code = 'LLM-001'")
    after = await desk.send(page, "mapping")
    assert after.all(f'//a[@href="/console/visits/{VISIT_ID}"]')
    assert await fetch("SELECT 1 FROM people_access_log WHERE subject_kind = 'submission'") == []


async def test_who_only_reads_is_offered_nothing_to_change(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    page = await (await desk.be(cast.auditor)).look(ONE)
    assert (page.offers("mapping"), page.offers("settlement")) == (False, False)
    answer = await desk._client.post(f"{ONE}/mapping", data={}, headers=SAME_SITE)
    assert answer.status_code == 403


async def test_its_waiting_ends_by_hand_with_a_reason_once(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    page = await desk.look(ONE)
    wrong = await desk.send(page, "settlement", outcome="struck_out", note=" ")
    assert wrong.status == 400
    assert wrong.all('//input[@id="note" and @aria-invalid="true"]')
    assert wrong.all('//input[@value="struck_out" and @checked]')
    for _ in range(2):
        after = await desk.send(page, "settlement", outcome="struck_out", note="试填的，不算")
        assert "不再等着处理" in after.said('//*[@role="status"]')
    assert "试填的，不算" in after.text
    assert not after.offers("mapping")
    theirs = await (await desk.be(cast.cadre)).look(ONE)
    assert "试填的，不算" in theirs.text


async def test_an_edit_leads_to_what_was_sent_before_and_that_one_to_the_edit(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre, instance())
    edit = instance(instance_id=OTHER, meta=f"<deprecatedID>{INSTANCE_ID}</deprecatedID>", point="36 116 0 5")
    await came(cast.cadre, edit)
    page = await desk.look(f"{HERE}/{id_of(OTHER)}")
    assert page.all(f'//a[@href="{ONE}"]')
    assert "请在那条记录里手工改好" in page.text
    before = await desk.look(ONE)
    assert before.all(f'//a[@href="{HERE}/{id_of(OTHER)}"]')
    done = await desk.send(page, "settlement", outcome="carried_over", note="位置不改，已和李秀兰说过")
    assert "已手工处理" in done.said('//p[contains(@class, "stands")]')


async def test_what_was_purged_says_so_and_its_digest_stays(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    await fetch("UPDATE openrosa_submission SET xml_sealed = '', key_sealed = NULL")
    page = await desk.look(ONE)
    assert "只留校验值" in page.text
    assert "SHA-256" in page.text
    assert not page.offers("mapping")


async def test_after_ninety_days_a_position_is_told_to_a_kilometre(cast: Cast, desk: Desk) -> None:
    await came(cast.cadre)
    await fetch("UPDATE openrosa_submission SET received_at = received_at - interval '91 days'")
    page = await desk.look(ONE)
    assert "周围 1 公里以内" in page.text
    assert "116.28151" not in page.said('//section[@aria-labelledby="answers"]')


async def test_the_front_page_says_how_many_wait_and_nothing_where_none_do(cast: Cast, desk: Desk) -> None:
    link = f'//a[@href="{HERE}?which=attention"]'
    assert not (await desk.look("/console/today")).all(link)
    await came(cast.cadre, REFUSED)
    assert "1 条要处理" in (await desk.look("/console/today")).said(link)
    assert "还没成记录" in (await (await desk.be(cast.cadre)).look("/console/today")).said(link)
    assert not (await (await desk.be(cast.next_cadre)).look("/console/today")).all(link)


async def test_what_is_not_there_is_not_there(desk: Desk) -> None:
    await desk.look(f"{HERE}/{uuid7()}", status=404)

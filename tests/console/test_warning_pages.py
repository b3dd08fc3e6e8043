"""Warnings on an assistant's phone, at the desk that types one in, and before those who oversee them."""

import os
import re
import subprocess
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.antifraud import library_lists, purging, receiving, shift_ends, warning_queries
from backend.antifraud.warning_schemas import WarningReceipt
from backend.antifraud.words import ItemKind
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.post_signatures import PostHeaders
from tests.antifraud.centre import AT_TWO, HOME, KNOWN, NAME, PHONE, Centre
from tests.cast import COUNTY, TOWNSHIP, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.warning_desk import WARNINGS, warning_desk

TODAY = "/console/today"
TYPED = {
    "level": "high",
    "place": "琉璃庙村",
    "phone": PHONE,
    "name": NAME,
    "address_note": HOME,
    "known": KNOWN,
    "fraud_type": "fake_customer_service",
}


@pytest.fixture
async def centre(cast: Cast) -> AsyncIterator[Centre]:
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def desk(centre: Centre) -> AsyncIterator[Desk]:
    async with warning_desk() as desk:
        yield desk


def later(**span: float) -> Any:
    return clock.stopped(AT_TWO + timedelta(**span))


def of(warning: WarningReceipt) -> str:
    return f"{WARNINGS}/{warning.id}"


async def openings(warning: WarningReceipt) -> list[UUID]:
    return [
        row["person"] for row in await fetch("SELECT person FROM people_access_log WHERE subject_id = $1", warning.id)
    ]


def names_nobody(page: Page) -> bool:
    return not any(each in page.text for each in (NAME, PHONE, "19900000888", HOME, KNOWN))


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_back(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    for address in ("", "/new", "/county", "/county.csv", "/purges", "/sources", f"/{warning.id}"):
        answer = await desk.raw(f"{WARNINGS}{address}")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/console/sign-in?next={WARNINGS}{address}",
        )


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("/new", ("operator", "handler", "supervisor", "admin"), ("assistant", "cadre", "stranger", "auditor")),
        ("/county", ("supervisor", "auditor", "admin"), ("assistant", "operator", "stranger")),
        ("/county.csv", ("supervisor", "auditor", "admin"), ("assistant", "operator", "stranger")),
        ("/purges", ("supervisor", "auditor", "admin"), ("assistant", "operator", "stranger")),
        ("/sources", ("admin",), ("supervisor", "assistant", "operator", "stranger")),
    ],
)
async def test_each_page_is_for_its_roles(
    desk: Desk, centre: Centre, path: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    for status, people in ((200, right), (403, wrong)):
        for who in people:
            await desk.be(getattr(centre.cast, who))
            assert (await desk.raw(f"{WARNINGS}{path}")).status_code == status, who


async def test_a_stranger_finds_no_warning_and_takes_no_step(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.cast.stranger)
    await desk.look(of(warning), status=404)
    await desk.look(f"{WARNINGS}/none", status=404)
    for step in ("acknowledgement", "person", "attempts", "closure", "hand-over", "dance"):
        answer = await desk._client.post(f"{of(warning)}/{step}", data={}, headers=SAME_SITE)
        assert answer.status_code in (400, 404), step
    assert await openings(warning) == []


# -- the assistant's phone


async def test_the_clock_is_told_in_words_and_by_a_shape_and_turns_when_its_time_is_over(
    desk: Desk, centre: Centre
) -> None:
    warning = await centre.posted(centre.said(exercise=True))
    await desk.be(centre.assistant)
    with later(minutes=1, seconds=30):
        page = await desk.look(WARNINGS)
        assert page.said('//*[@class="due-next good"]') == "○点收到还剩 3 分钟"
        assert "到 11月24日 02:05 还没人收到，就通知 尤值夜 · 在班" in (await desk.look(of(warning))).text
    with later(minutes=4):
        assert "还剩 1 分钟" in (await desk.look(WARNINGS)).said('//*[@class="due-next warn"]')
    with later(minutes=7):
        page = await desk.look(WARNINGS)
        assert page.said('//*[@class="due-next bad"]') == "■点收到已超 2 分钟"
    assert page.said('//*[contains(@class, "level bad")]') == "◆高危"
    assert "演练" in page.said('//*[contains(@class, "drill")]')
    assert names_nobody(page)


async def test_got_it_is_one_tap_and_twice_is_once(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    page = await desk.look(WARNINGS)
    for _ in range(2):
        after = await desk.send(page, "acknowledgement")
        assert "已收到，归您办" in after.said('//*[@role="status"]')
    row = await warning_queries.warning(warning.id)
    assert row is not None
    assert (row["state"], row["acknowledged_at"]) == ("acknowledged", AT_TWO)
    assert after.said('//*[contains(@class, "due-next")]') == "○电话还剩 10 分钟"
    assert not after.offers("acknowledgement")


async def test_whom_it_is_about_opens_by_a_tap_that_is_written_down_and_rings_by_another(
    desk: Desk, centre: Centre
) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    page = await desk.look(of(warning))
    assert names_nobody(page)
    assert await openings(warning) == []

    page = await desk.send(page, "person")
    for said in (NAME, PHONE, HOME, KNOWN):
        assert said in page.said('//*[@id="person"]')
    assert page.all('//a[@href="tel:+8619900000888"]')
    assert page.all('//a[@href="tel:96110"]')
    assert page.all('//a[@href="tel:110"]')
    assert await openings(warning) == [centre.assistant.person_id]
    await desk.send(page, "acknowledgement")
    assert len(await openings(warning)) == 1


async def test_the_words_for_the_telephone_come_from_the_approved_library_else_they_are_general(
    desk: Desk, centre: Centre
) -> None:
    warning = await centre.posted(centre.said(fraud_type="fake_loan"))
    await desk.be(centre.assistant)
    assert "您可以挂了，自己打 96110 核实我" in (await desk.look(of(warning))).said('//*[@class="read-out said"]')

    (item, *_) = await library_lists.list_library(all_of_it=True, fraud_type="fake_loan", kind=ItemKind.STORY)
    await fetch(
        "INSERT INTO antifraud_library_approval (id, item, sha256, approved_by, approved_at) VALUES "
        "($1, $2, $3, $4, $5)",
        *(ids.uuid7(), item.name, bytes.fromhex(item.sha256), centre.supervisor.person_id, AT_TWO),
    )
    page = await desk.look(of(warning))
    assert item.say_on_phone.split()[0] in page.said('//*[@class="read-out said"]')
    assert item.title in page.text


async def test_a_try_is_written_down_once_and_what_was_typed_stays_when_it_is_refused(
    desk: Desk, centre: Centre
) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    page = await desk.look(of(warning))
    refused = await desk.send(page, "attempts", how="visit", note="敲门没人应")
    assert refused.status == 400
    assert "找到本人没有" in refused.said('//*[@id="wrong-reached"]')
    assert "敲门没人应" in refused.said('//textarea[@id="note"]')
    assert refused.all('//input[@value="visit"]/@checked')
    page = refused
    for _ in range(2):
        after = await desk.send(page, "attempts", how="visit", reached="no", note="敲门没人应")
        assert after.status == 200
    assert len(await fetch("SELECT 1 FROM antifraud_attempt")) == 1
    assert "上了门 · 没找到本人" in after.said('//*[@class="timeline"]')
    assert "敲门没人应" not in after.text
    assert "敲门没人应" in (await desk.send(after, "person")).text


async def test_how_it_ended_says_what_follows_and_stays(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    page = await desk.look(of(warning))
    shown = page.said('//*[@id="closure"]')
    for each in ("劝住了", "转账拦下了", "已经被骗", "不听劝", "联系不上", "误报", "请民警上门"):
        assert each in shown
    assert (await desk.send(page, "closure")).status == 400
    for _ in range(2):
        after = await desk.send(page, "closure", outcome="dissuaded")
        assert "已办结" in after.said('//*[@role="status"]')
    assert "您手上现在没有预警" in after.text
    assert (await desk.send(page, "closure", outcome="refused")).status == 409
    closed = await desk.look(of(warning))
    assert "劝住了" in closed.text
    assert not closed.offers("closure")


async def test_it_is_handed_to_a_colleague_on_duty_by_name_and_reason(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    page = await desk.look(of(warning))
    assert [" ".join(one.text.split()) for one in page.all('//select[@id="to"]/option')] == [
        "请选择",
        "尤值夜 · 在班",
        "许值早 · 不在班",
    ]
    assert (await desk.send(page, "hand-over", to="", because="handed")).status == 400
    refused = await desk.send(page, "hand-over", to=str(centre.night.person_id))
    assert "为什么交班" in refused.said('//*[@id="wrong-because"]')
    for _ in range(2):
        after = await desk.send(page, "hand-over", to=str(centre.night.person_id), because="handed")
        assert "已经交出去" in after.said('//*[@role="status"]')
    hands = await warning_queries.hands(warning.id)
    assert [(each["person_id"], each["because"]) for each in hands] == [
        (centre.assistant.person_id, "first"),
        (centre.night.person_id, "handed"),
    ]
    before = await desk.look(of(warning))
    assert "尤值夜 在办" not in before.text
    assert "现在由 尤值夜 办" in before.text
    assert not before.offers("person")
    assert (await desk._client.post(f"{of(warning)}/person", headers=SAME_SITE)).status_code == 200
    assert await openings(warning) == []


async def test_after_a_shift_has_ended_the_next_finds_it_and_whoever_left_can_still_write_down_a_try(
    desk: Desk, centre: Centre
) -> None:
    await fetch("DELETE FROM people_role_assignment WHERE role = 'assistant'")
    warning = await centre.posted()
    await desk.be(centre.night)
    assert "点收到" in (await desk.look(WARNINGS)).text
    with clock.stopped(AT_TWO.replace(hour=8)):
        await shift_ends.hand_over_all()
        await desk.be(centre.night)
        left = await desk.look(of(warning))
        assert "下班交班" in left.text
        assert left.offers("attempts")
        assert not left.offers("closure")
        await desk.be(centre.morning)
        assert (await desk.look(WARNINGS)).offers("acknowledgement")


async def test_after_the_purge_the_page_says_so_and_shows_what_remains(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    await desk.send(await desk.look(of(warning)), "attempts", how="call", reached="yes", note="已挂断")
    with later(days=31):
        await purging.destroy_keys()
        await desk.be(centre.assistant)
        page = await desk.look(of(warning))
        assert "谁也看不到了" in page.said('//*[@id="purged"]')
        assert "打了电话 · 找到本人" in page.text
        assert "没有结果就到期销毁了" in page.text
        assert names_nobody(page)
        for step in ("person", "attempts", "closure", "acknowledgement", "hand-over"):
            assert not page.offers(step), step
        again = await desk._client.post(f"{of(warning)}/person", headers=SAME_SITE)
        assert names_nobody(Page(again))
        assert "您手上现在没有预警" in (await desk.look(WARNINGS)).text


async def test_the_front_page_shows_it_on_top_and_nothing_where_there_is_none(desk: Desk, centre: Centre) -> None:
    await desk.be(centre.assistant)
    assert "warnings-today" not in (await desk.look(TODAY)).text
    await centre.posted(centre.said(level="medium"))
    second = await centre.posted(centre.said("YJ-2"), message_id="2")
    await desk.send(await desk.look(of(second)), "acknowledgement")
    page = await desk.look(TODAY)
    assert [one.text_content().split()[0] for one in page.all('//section[@aria-labelledby="warnings-today"]//li')] == [
        "▲中危",
        "◆高危",
    ]
    assert page.text.index("warnings-today") < page.text.index('id="to-do"')
    assert names_nobody(page)
    await desk.be(centre.cast.cadre)
    assert "warnings-today" not in (await desk.look(TODAY)).text


# -- the desk


async def test_a_desk_types_one_in_once_and_sees_who_has_it(desk: Desk, centre: Centre) -> None:
    await desk.be(centre.cast.operator)
    page = await desk.look(f"{WARNINGS}/new")
    for said in ("录好了", "已经录过"):
        after = await desk.send(page, "new", **TYPED)
        assert said in after.said('//*[@role="status"]')
    assert len(await fetch("SELECT 1 FROM antifraud_warning")) == 1
    assert "赵强" in after.text
    assert names_nobody(after)
    assert "冒充电商物流客服" in after.text
    assert NAME in (await desk.send(after, "person")).text
    mine = await desk.look(WARNINGS)
    assert "赵强 在办" in mine.text
    assert (await desk.send(page, "new", **(TYPED | {"level": "low"}))).status == 409


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"level": ""}, "level", "高危、中危还是低危"),
        ({"level": "grave"}, "level", "高危、中危还是低危"),
        ({"place": "不存在村"}, "place", "村"),
        ({"phone": "1380013800"}, "phone", "这不是电话号码"),
        ({"phone": "打他手机"}, "phone", "只能有数字"),
        ({"phone": "", "address_note": ""}, "phone", "没有人能去"),
        ({"known": "长" * 401}, "known", "最多 400"),
        ({"name": "长" * 61}, "name", "最多 60"),
        ({"fraud_type": "不是 代码"}, "fraud_type", "从列表里选"),
        ({"place": "外县 370782101255"}, "place", "不在您的辖区"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, centre: Centre, wrong: dict[str, str], field: str, said: str
) -> None:
    await desk.be(centre.cast.operator)
    page = await desk.send(await desk.look(f"{WARNINGS}/new"), "new", **(TYPED | wrong))
    assert page.status in (400, 403)
    assert said in page.said(f'//*[@id="wrong-{field}"]'), page.text
    assert KNOWN[:4] in page.text or "known" in wrong
    assert await fetch("SELECT 1 FROM antifraud_warning") == []


# -- those who oversee


async def test_an_overview_shows_what_stands_and_who_has_it_and_never_a_citizen(desk: Desk, centre: Centre) -> None:
    first = await centre.posted()
    await centre.posted(centre.said("YJ-2", level="medium"), message_id="2")
    await centre.posted(centre.said("YJ-3", level="low", exercise=True), message_id="3")
    await desk.be(centre.assistant)
    await desk.send(await desk.look(of(first)), "acknowledgement")
    await desk.be(centre.supervisor)
    with later(minutes=31):
        page = await desk.look(f"{WARNINGS}/county")
    rows = [" ".join(one.text_content().split()) for one in page.all('//table[@class="warnings"]/tbody/tr')]
    assert ["中危" in rows[0], "低危" in rows[1], "高危" in rows[2]] == [True, True, True]
    assert "已超 1 分钟" in rows[0]
    assert "赵强" in rows[0]
    assert "演练" in rows[1]
    assert names_nobody(page)
    assert "1 条没人收到" in page.said('//ul[@class="levels"]')
    assert [one.text_content().strip() for one in page.all('//section[@aria-labelledby="figures"]//tbody/tr[1]/td')][
        :4
    ] == [
        *("1", "1", "0 秒", "0 秒"),
    ]

    only = await desk.look(f"{WARNINGS}/county?which=acknowledged&under={TOWNSHIP}")
    assert len(only.all('//table[@class="warnings"]/tbody/tr')) == 1
    await desk.look(f"{WARNINGS}/county?under=370782000000", status=403)
    one = await desk.look(of(first))
    assert names_nobody(one)
    assert not one.offers("person")


async def test_the_same_as_a_spreadsheet(desk: Desk, centre: Centre) -> None:
    await centre.posted()
    await desk.be(centre.cast.auditor)
    answer = await desk.raw(f"{WARNINGS}/county.csv")
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(head.split(",")) == len(row.split(",")) == 12
    assert row.startswith("高危,还没人收到,,2026-11-24 02:00:00,琉璃庙村村委会,赵强,0")
    assert NAME not in answer.text


async def test_the_purge_report_tells_what_is_gone_and_what_comes_next(desk: Desk, centre: Centre) -> None:
    await centre.posted()
    await desk.be(centre.cast.auditor)
    page = await desk.look(f"{WARNINGS}/purges")
    assert "2026年11月24日" in page.said('//section[@aria-labelledby="readable"]')
    assert "2026年12月25日" in page.said('//section[@aria-labelledby="readable"]')
    assert "暂无" in page.said('//section[@aria-labelledby="gone"]')
    with later(days=31):
        await purging.destroy_keys()
        await desk.be(centre.cast.auditor)
        page = await desk.look(f"{WARNINGS}/purges")
    assert page.said('//section[@aria-labelledby="gone"]//tbody') == "2026年11月24日12月25日 02:0010"
    assert "2026年11月24日" not in page.said('//section[@aria-labelledby="readable"]')


# -- sources


async def test_a_source_shows_its_secret_once_and_its_example_is_signed_rightly(
    desk: Desk, centre: Centre, tmp_path: Path
) -> None:
    await desk.be(centre.admin)
    page = await desk.look(f"{WARNINGS}/sources")
    wrong = await desk.send(page, "sources", name="", place=COUNTY)
    assert (wrong.status, bool(wrong.all('//*[@id="wrong-name"]'))) == (400, True)
    made = [await desk.send(page, "sources", name="聊城市反诈中心", place=COUNTY) for _ in range(2)]
    secrets = [one.said('//*[@id="the-secret"]') for one in made]
    assert secrets[0] == secrets[1]
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", secrets[0])
    assert len(await fetch("SELECT 1 FROM antifraud_source")) == 2
    assert "whsec_" not in (await desk.look(f"{WARNINGS}/sources")).text

    (example,) = made[0].all('//*[@id="the-example"]')
    posted = _run(example.text_content(), tmp_path)
    source_id = UUID(posted["address"].rpartition("/")[2])
    headers = PostHeaders(posted["webhook-id"], posted["webhook-timestamp"], posted["webhook-signature"])
    with clock.stopped(datetime.fromtimestamp(int(headers.timestamp), clock.SHANGHAI)):
        outcome = await receiving.receive_warning(source_id=source_id, headers=headers, body=posted["body"].encode())
    (row,) = await fetch("SELECT level, exercise FROM antifraud_warning WHERE id = $1", outcome.record.id)
    assert (row["level"], row["exercise"]) == ("low", True)


def _run(example: str, folder: Path) -> dict[str, str]:
    """What the example posts: a shell runs it with a curl that writes down what it is given."""
    curl = folder / "curl"
    curl.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\n" "$each"; done\n')
    curl.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", example], capture_output=True, text=True, timeout=20, check=True, env=os.environ | {"PATH": path}
    )
    said = done.stdout.splitlines()
    headers = dict(each.split(": ", 1) for each in said if each.startswith("webhook-"))
    return headers | {"address": next(each for each in said if each.startswith("http")), "body": said[-1]}


async def test_a_source_is_ended_by_two_taps_and_only_by_its_own_admin(desk: Desk, centre: Centre) -> None:
    await desk.be(centre.admin)
    page = await desk.look(f"{WARNINGS}/sources")
    for _ in range(2):
        after = await desk.send(page, "ending")
        assert "已停用" in after.said('//*[@role="status"]')
    assert "停用" in after.said('//section[@aria-labelledby="systems"]')
    assert not after.offers("ending")
    await desk.be(centre.supervisor)
    path = f"{WARNINGS}/sources/{centre.source_id}/ending"
    assert (await desk._client.post(path, headers=SAME_SITE)).status_code == 403


async def test_pages_of_warnings_are_kept_nowhere(desk: Desk, centre: Centre) -> None:
    warning = await centre.posted()
    await desk.be(centre.assistant)
    answer = await desk._client.post(f"{of(warning)}/person", headers=SAME_SITE)
    assert answer.headers["cache-control"] == "no-store"

"""约谈 at the desk: a talk is written down about a case, and whether it was put right is told by word and shape."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from backend.cases.schemas import CaseRecord
from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.hotline import unit_talks
from backend.hotline.unit_talk_schemas import NewUnitTalk, UnitTalkRecord
from tests.cases.desk import Desk as Cases
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.desk_cast import NINE

TALKS = f"{DUTY}/unit-talks"
DAY = timedelta(days=1)
WORDS = {"office": "站长", "reason": "两次超期", "agreed": "三天内换好主管"}


@pytest.fixture
async def cases(cast: Cast) -> AsyncIterator[Cases]:
    made = await Cases.make(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def case(cases: Cases) -> CaseRecord:
    return await cases.dispatched()


@pytest.fixture
async def desk(cases: Cases) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(cases.cast.supervisor)


async def talk(cases: Cases, case: CaseRecord, *, days: int | None = 3) -> UnitTalkRecord:
    fix_by = None if days is None else NINE.date() + days * DAY
    new = NewUnitTalk(case_id=case.id, unit_id=cases.water, fix_by=fix_by, **WORDS)
    return (await unit_talks.record_unit_talk(id=uuid7(), new=new, by=cases.cast.supervisor)).record


async def written(desk: Desk, about: CaseRecord, cases: Cases, **typed: str) -> Page:
    page = await desk.look(f"{TALKS}/new?case={about.number}")
    said = WORDS | {"unit": str(cases.water), "fix_by": (NINE.date() + 3 * DAY).isoformat()}
    return await desk.send(page, "new", **(said | typed))


def standings(page: Page) -> list[str]:
    return [" ".join("".join(each.itertext()).split()) for each in page.all('//li//*[starts-with(@class, "due")]/b')]


async def test_nobody_is_led_to_the_sign_in_page_and_back(cases: Cases, case: CaseRecord) -> None:
    one = await talk(cases, case)
    async with duty_desk() as nobody:
        for address in (TALKS, f"{TALKS}/new", f"{TALKS}/{one.id}"):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")


async def test_a_stranger_finds_no_talk_and_writes_none_down(desk: Desk, cases: Cases, case: CaseRecord) -> None:
    one = await talk(cases, case)
    await desk.be(cases.cast.stranger)
    assert "水务站" not in (await desk.look(f"{TALKS}?which=all")).text
    await desk.look(f"{TALKS}/{one.id}", status=404)
    await desk.look(f"{TALKS}/new", status=403)
    for address, status in ((f"{TALKS}/new", 403), (f"{TALKS}/{one.id}/fix", 404)):
        typed = {"id": str(uuid7()), "case": case.number, "fixed_on": "2026-11-24", "note": "好了"}
        assert (await desk._client.post(address, data=typed, headers=SAME_SITE)).status_code == status
    assert len(await fetch("SELECT 1 FROM hotline_unit_talk")) == 1


async def test_a_talk_is_written_down_by_the_number_of_its_case_and_twice_is_once(
    desk: Desk, cases: Cases, case: CaseRecord
) -> None:
    form = await desk.look(f"{TALKS}/new?case={case.number}")
    assert case.title in form.text
    assert form.said("//optgroup[1]/option[1]") == "水务站"
    for _ in range(2):
        after = await desk.send(form, "new", **WORDS, unit=str(cases.water), fix_by="2026-11-27")
        assert "记下了" in after.said('//*[@role="status"]')
    assert "三天内换好主管" in after.text
    assert f"/console/cases/{case.id}" in after.text
    assert len(await fetch("SELECT 1 FROM hotline_unit_talk")) == 1
    changed = await desk.send(form, "new", **(WORDS | {"agreed": "另一回事"}), unit=str(cases.water))
    assert changed.status == 409
    assert changed.all('//*[@role="alert"]')


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case", "000000"),
        ("unit", "nobody"),
        ("office", "长" * 61),
        ("reason", ""),
        ("agreed", "长" * 1001),
        ("held_at", "2026-12-24T09:00"),
        ("held_at", "yesterday"),
        ("fix_by", "2026-11-01"),
        ("fix_by", "soon"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    desk: Desk, cases: Cases, case: CaseRecord, field: str, value: str
) -> None:
    page = await written(desk, case, cases, **{field: value})
    assert page.status == 400
    assert page.all(f'//*[@name="{field}" and @aria-invalid="true"]')
    assert page.said(f'//*[@id="wrong-{field}"]')
    kept = {"reason": '//textarea[@name="agreed"]'}.get(field, '//textarea[@name="reason"]')
    assert page.said(kept) == WORDS["agreed" if field == "reason" else "reason"]
    assert await fetch("SELECT 1 FROM hotline_unit_talk") == []


async def test_how_it_stands_is_told_by_word_and_shape_and_what_is_done_leaves_the_list(
    desk: Desk, cases: Cases, case: CaseRecord
) -> None:
    for days in (3, 20, None):
        await talk(cases, case, days=days)
    assert set(standings(await desk.look(TALKS))) == {"还剩 3 天", "还剩 20 天"}
    assert set(standings(await desk.look(f"{TALKS}?which=all"))) == {"还剩 3 天", "还剩 20 天", "没有要整改的"}
    with clock.stopped(NINE + 5 * DAY):
        await desk.be(cases.cast.supervisor)
        page = await desk.look(TALKS)
        assert set(standings(page)) == {"超期 2 天没整改", "还剩 15 天"}
        assert page.said('//li[contains(@class, "bad")]//i') == "■"


async def test_the_unit_says_itself_that_it_was_put_right_once_and_whoever_only_reads_is_not_asked(
    desk: Desk, cases: Cases, case: CaseRecord
) -> None:
    one = await talk(cases, case)
    await desk.be(cases.cast.auditor)
    assert not (await desk.look(f"{TALKS}/{one.id}")).offers("fix")
    await desk.be(cases.plumber)
    page = await desk.look(f"{TALKS}/{one.id}")
    early = await desk.send(page, "fix", note="换好了", fixed_on="2026-11-20")
    assert (early.status, early.said('//textarea[@name="note"]')) == (400, "换好了")
    assert early.said('//*[@id="wrong-fixed_on"]')
    wordless = await desk.send(page, "fix", note="")
    assert wordless.said('//*[@id="wrong-note"]')
    for _ in range(2):
        after = await desk.send(page, "fix", note="主管换好了")
        assert "已经整改" in after.said('//*[@role="status"]')
        assert not after.offers("fix")
    other = await desk._client.post(
        f"{TALKS}/{one.id}/fix", data={"fixed_on": "2026-11-24", "note": "别的"}, headers=SAME_SITE
    )
    assert other.status_code == 409
    (row,) = await fetch("SELECT fixed_note FROM hotline_unit_talk")
    assert row["fixed_note"] == "主管换好了"


async def test_an_address_cannot_make_the_page_say_that_it_was_put_right(
    desk: Desk, cases: Cases, case: CaseRecord
) -> None:
    one: UUID = (await talk(cases, case)).id
    assert not (await desk.look(f"{TALKS}/{one}?did=fixed")).all('//*[@role="status"]')


async def test_a_long_list_is_paged(
    desk: Desk, cases: Cases, case: CaseRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.console.desk.unit_talks.ROWS", 2)
    for days in (3, 4, 5):
        await talk(cases, case, days=days)
    first = await desk.look(TALKS)
    assert len(standings(first)) == 2
    older = first.all('//a[contains(@href, "after=")]/@href')[0]
    assert len(standings(await desk.look(older))) == 1

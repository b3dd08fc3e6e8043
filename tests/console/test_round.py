"""From door to door, as a browser without scripts has it, and what is read and written behind it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.antifraud import letters, library_approving, library_lists, rounds
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.library_schemas import NewLibraryApproval
from backend.antifraud.outreach_tables import LetterRange
from backend.antifraud.outreach_words import HouseholdMark, LetterMove
from backend.antifraud.round_schemas import RoundProgress
from backend.core import clock
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, planned, somebody
from tests.antifraud.test_rounds import marked, stored
from tests.cast import OTHER_COUNTY, PASSWORD, VILLAGE, Cast, phone_of
from tests.console.bench_desk import Desk, Page
from tests.console.round_desk import round_desk

ROUND = "/console/round"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Nobody is signed in yet."""
    async with round_desk() as desk:
        yield desk


@pytest.fixture
async def plan(cast: Cast) -> RoundProgress:
    found: RoundProgress = await planned(cast, fraud_type="brushing_rebates")
    return found


async def in_stock(cast: Cast, first: str = "GX-001", last: str = "100") -> None:
    at = clock.now() - timedelta(hours=1)
    new = NewLetters(move=LetterMove.GIVEN, first=first, last=last, division_code=VILLAGE, at=at)
    await letters.issue_letters(new=new, by=cast.supervisor)


def door_of(plan: RoundProgress, household: UUID) -> str:
    return f"{ROUND}/{plan.id}/doors/{household}"


def codes(page: Page) -> list[str]:
    return [each.get("data-code") for each in page.all('//ul[@id="doors"]//a')]


async def knock(desk: Desk, plan: RoundProgress, household: UUID, mark: str = "visited", **typed: str) -> Page:
    """One door, as a thumb does it: what the form holds, a chip or two, a big button."""
    form = await desk.look(door_of(plan, household))
    return await desk.send(form, str(household), mark=mark, **typed)


async def of_village(plan: RoundProgress, cast: Cast) -> Any:
    told = await rounds.get_round(round_id=plan.id, by=cast.assistant)
    return next(each for each in told.villages if each.division_code == VILLAGE)


# -- who


async def test_nobody_is_sent_to_the_sign_in_page(desk: Desk) -> None:
    for address in (ROUND, f"{ROUND}/{uuid4()}/doors/{uuid4()}"):
        answer = await desk.raw(address)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/console/sign-in")


async def test_no_other_role_and_no_stranger_sees_a_door(desk: Desk, cast: Cast, plan: RoundProgress) -> None:
    for who in (cast.cadre, cast.supervisor, cast.expert):
        await desk.be(who)
        assert "LLM-001" not in (await desk.look(ROUND, 403)).text
        await desk.look(door_of(plan, cast.household), 403)
    await desk.be(await somebody(Role.ASSISTANT, OTHER_COUNTY))
    assert "没有走访任务" in (await desk.look(ROUND)).text
    await desk.look(f"{ROUND}?round={plan.id}", 404)
    await desk.look(door_of(plan, cast.household), 404)


async def test_an_address_that_is_none_is_refused_not_broken(desk: Desk, cast: Cast, plan: RoundProgress) -> None:
    await desk.be(cast.assistant)
    for address in (f"{ROUND}?round=nonsense", f"{ROUND}?village=<b>", f"{ROUND}?find={'9' * 25}"):
        assert (await desk.raw(address)).status_code == 400, address
    assert (await desk.raw(f"{ROUND}?round={uuid4()}")).status_code == 404
    assert (await desk.raw(f"{ROUND}?saved={uuid4()}")).status_code == 404


# -- the page


async def test_one_round_opens_at_once_with_the_doors_of_a_village_and_how_far_it_is(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await marked(plan, cast, cast.household)
    await marked(plan, cast, cast.second_household, HouseholdMark.ABSENT)
    await desk.be(cast.assistant)

    page = await desk.look(f"{ROUND}?village={VILLAGE}")

    assert codes(page) == ["LLM-003", "LLM-002"], "who was not at home comes last"
    assert "○ 没人" in page.said('//a[@data-code="LLM-002"]')
    assert page.said('//b[@id="done"]') == "1/3"
    assert "LLM-001" not in page.text


async def test_an_assistant_of_several_villages_goes_from_one_to_the_other(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await desk.be(cast.assistant)

    page = await desk.look(ROUND)

    assert codes(page) == ["DYL-001"]
    (other,) = page.all('//nav[@class="tabs"]/a[not(@aria-current)]')
    assert codes(await desk.look(other.get("href"))) == ["LLM-001", "LLM-002", "LLM-003"]


async def test_a_door_is_found_by_a_little_of_its_number_and_one_that_is_done_by_all_of_it(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await marked(plan, cast, cast.household, HouseholdMark.DECLINED)
    await desk.be(cast.assistant)

    async def found(text: str) -> list[str]:
        return codes(await desk.look(f"{ROUND}?village={VILLAGE}&find={text}"))

    assert await found("lm-00") == ["LLM-002", "LLM-003"]
    assert await found("llm-001") == await found("1") == ["LLM-001"]
    page = await desk.look(f"{ROUND}?village={VILLAGE}&find=777")
    assert "没有这个户号" in page.said('//p[@id="none"]')
    assert page.said('//b[@id="done"]') == "1/3", "a search changes no count"


async def test_the_words_to_say_are_those_that_the_police_approved_for_its_type(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await desk.be(cast.assistant)
    assert "没有公安审过的话术" in (await desk.look(ROUND)).text
    item = next(
        each
        for each in await library_lists.list_library(all_of_it=True, fraud_type="brushing_rebates")
        if each.kind == "bulletin"
    )
    await library_approving.approve_library_item(
        name=item.name, new=NewLibraryApproval(sha256=item.sha256), by=cast.supervisor
    )

    card = (await desk.look(ROUND)).said('//details[contains(@class, "say")]')

    assert item.stop_sentence in card
    assert "刷单返利" in card


# -- a door


async def test_a_door_takes_one_tap_and_the_page_says_so_without_saying_what_became_of_it(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await desk.be(cast.assistant)

    page = await knock(desk, plan, cast.household, "declined")

    assert "LLM-001 记下了" in page.said('//p[@role="status"]')
    assert "declined" not in page.address
    assert codes(page) == ["LLM-002", "LLM-003"]
    assert await stored() == [{"household": cast.household, "mark": "declined", "age_band": "unsaid"}]


async def test_a_slip_is_changed_by_tapping_again_and_the_last_one_stands(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await desk.be(cast.assistant)
    page = await knock(desk, plan, cast.household, "visited", age_band="over_65")

    again = await desk.look(page.all('//p[@role="status"]/a')[0].get("href"))
    assert 'over_65" checked' not in again.text, "what was written down is not read back"
    await desk.send(again, str(cast.household), mark="absent", age_band="over_65")

    assert await stored() == [{"household": cast.household, "mark": "absent", "age_band": "unsaid"}]


async def test_a_double_tap_is_one_door_and_one_letter(desk: Desk, cast: Cast, plan: RoundProgress) -> None:
    await in_stock(cast)
    await desk.be(cast.assistant)
    form = await desk.look(door_of(plan, cast.household))
    for _ in range(2):
        page = await desk.send(form, str(cast.household), mark="visited", letter="signed")
        assert page.status == 200
        assert "记下了" in page.text
    assert (await of_village(plan, cast)).visited_n == 1
    assert await LetterRange.count().where(LetterRange.move == "signed") == 1


async def test_an_old_page_says_that_the_door_is_saved_and_the_next_tap_changes_it(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await desk.be(cast.assistant)
    form = await desk.look(door_of(plan, cast.household))
    await desk.send(form, str(cast.household), mark="visited")

    refused = await desk.send(form, str(cast.household), mark="declined")
    assert (refused.status, "已经记下了" in refused.text) == (409, True)
    await desk.send(refused, str(cast.household), mark="declined")

    assert (await stored())[0]["mark"] == "declined"


async def test_the_next_letter_of_the_villages_stock_is_suggested_and_goes_by_one_tap(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await in_stock(cast)
    await desk.be(cast.assistant)
    await knock(desk, plan, cast.household, letter="signed")

    form = await desk.look(door_of(plan, cast.second_household))

    assert form.all('//input[@name="serial"]')[0].get("value") == "GX-002"
    await knock(desk, plan, cast.second_household, letter="declined")
    (stock,) = (await letters.list_stocks(by=cast.assistant, division_code=VILLAGE)).items
    assert (stock.signed_n, stock.declined_n, stock.ranges) == (1, 1, ["GX-003 – GX-100"])


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"letter": "signed", "serial": "GX-900"}, "", "不在"),
        ({"letter": "signed", "serial": "nonsense"}, "serial", "编号"),
        ({"letter": "signed", "serial": ""}, "serial", "哪一份函"),
        ({"letter": "lost"}, "letter", "这份函怎么样了"),
        ({"letter": "signed", "mark": "absent"}, "letter", "没人在家"),
        ({"mark": "gullible"}, "mark", "三个大按钮"),
        ({"age_band": "63"}, "age_band", "年龄段"),
        ({"on": "2026-01-01T08:00"}, "on", "日期里"),
        ({"on": "yesterday"}, "", "2026-11-30"),
        ({"id": "nonsense"}, "", "页面"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_neither_door_nor_letter_is_saved(
    desk: Desk, cast: Cast, plan: RoundProgress, typed: dict[str, str], field: str, said: str
) -> None:
    await in_stock(cast)
    await desk.be(cast.assistant)

    page = await knock(desk, plan, cast.household, **({"mark": "visited", "age_band": "41_65"} | typed))

    assert page.status in (400, 409)
    assert said in page.said('//*[@role="alert"]')
    kept = page.all('//input[@name="age_band" and @checked]')
    assert [each.get("value") for each in kept] == ([] if "age_band" in typed else ["41_65"])
    assert await stored() == []
    assert await LetterRange.count().where(LetterRange.move != "given") == 0


async def test_an_evening_entry_counts_for_its_own_hour(desk: Desk, cast: Cast, plan: RoundProgress) -> None:
    await desk.be(cast.assistant)
    yesterday = clock.local(clock.now() - DAY).strftime("%Y-%m-%dT%H:%M")
    await knock(desk, plan, cast.household, "absent", on=yesterday)
    page = await desk.look(f"{ROUND}?village={VILLAGE}")
    assert page.all('//a[@data-code="LLM-001"]')[0].get("data-absent")[:10] <= str(clock.today())
    await knock(desk, plan, cast.household, "visited")
    assert (await stored())[0]["mark"] == "visited"


async def test_a_form_from_elsewhere_is_refused(desk: Desk, cast: Cast, plan: RoundProgress) -> None:
    session = await open_session(phone=phone_of("assistant"), password=PASSWORD)
    desk._client.cookies.set(SESSION_COOKIE, session.token)
    answer = await desk._client.post(door_of(plan, cast.household), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert await stored() == []


# -- the end


async def test_a_closed_round_says_what_was_counted_and_knows_no_door(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    await marked(plan, cast, cast.household, HouseholdMark.DECLINED)
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)
    await desk.be(cast.assistant)

    page = await desk.look(ROUND)

    assert "都已删掉" in page.said('//section[@id="closed"]')
    assert "秋季反诈大走访" in page.said("//h1")
    assert "LLM-" not in page.text
    await desk.look(door_of(plan, cast.household), 409)


async def test_a_round_that_has_not_begun_is_announced(desk: Desk, cast: Cast) -> None:
    await planned(cast, begins_on=clock.today() + DAY)
    await desk.be(cast.assistant)
    assert "下一轮：秋季反诈大走访" in (await desk.look(ROUND)).text


async def test_after_its_last_day_no_door_is_shown_and_late_ones_are_still_taken(
    desk: Desk, cast: Cast, plan: RoundProgress
) -> None:
    with clock.stopped(clock.now() + 4 * DAY):
        await desk.be(cast.assistant)
        page = await desk.look(ROUND)
        assert "还收" in page.said('//section[@id="closed"]')
        assert "LLM-" not in page.text

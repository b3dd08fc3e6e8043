"""An answer read out to whoever called: big letters, his number by a logged tap, and what came of it in one tap."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases.words import CaseState
from backend.console.routes import router
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.diagnosis import answers
from backend.diagnosis.answer_schemas import NewAnswer
from backend.diagnosis.words import RequestState
from tests.application import application
from tests.cast import Cast
from tests.console.test_diagnosis_receipt import ANSWER
from tests.console.test_intake import Desk
from tests.diagnosis.clinic import Clinic, claimed_by, state_of


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    return await Clinic.make(cast)


@pytest.fixture
async def desk(clinic: Clinic) -> AsyncIterator[Desk]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        desk = Desk(client)
        await desk.sign_in("operator")
        yield desk


async def called(clinic: Clinic) -> UUID:
    """A call of the operator's that has its answer."""
    asked = await clinic.call()
    await claimed_by(asked.request.id, clinic.expert)
    await answers.answer_diagnosis(request_id=asked.request.id, new=NewAnswer(**ANSWER), by=clinic.expert)
    return asked.request.id


async def told(request_id: UUID) -> tuple[CaseState, bool]:
    """The state of the case, and whether the request says that he was told."""
    row = await fetch_row(
        "SELECT c.state, r.told_at IS NOT NULL AS told FROM cases_case c JOIN diagnosis_request r ON r.id = c.id "
        "WHERE c.id = $1",
        request_id,
    )
    assert row is not None
    return CaseState(row["state"]), row["told"]


async def task_states(request_id: UUID) -> list[str]:
    rows = await fetch("SELECT state FROM tasks_task WHERE link = $1", f"/console/clinic/{request_id}/telling")
    return [row["state"] for row in rows]


def address(request_id: UUID) -> str:
    return f"/console/clinic/{request_id}/telling"


async def test_the_answer_stands_there_to_be_read_and_the_number_by_a_tap_that_is_written_down(
    desk: Desk, clinic: Clinic
) -> None:
    request_id = await called(clinic)
    page = (await desk.look(address(request_id))).text
    for word in ("玉米南方锈病", "先把积水排净", "每亩 20 毫升", "大风天和正午不要打药"):
        assert word in page
    assert "19900000051" not in page
    logged = "SELECT 1 FROM people_access_log WHERE subject_id = $1"
    assert await fetch(logged, request_id) == []
    page = (await desk.send(f"{address(request_id)}/contact")).text
    number = html.fromstring(page).xpath("//a[starts-with(@href, 'tel:+86199')]/@href")
    assert number == ["tel:+8619900000051"]
    assert len(await fetch(logged, request_id)) == 1


async def test_told_is_one_tap_that_ticks_the_task_and_a_second_one_is_harmless(desk: Desk, clinic: Clinic) -> None:
    request_id = await called(clinic)
    assert await told(request_id) == (CaseState.RESOLVED, False)
    assert await task_states(request_id) == ["open"]
    id = str(uuid7())
    for _ in range(2):
        page = await desk.send(f"{address(request_id)}/told", id=id, how="called")
        assert page.status_code == 200, page.text
    assert "已听到答复" in page.text
    assert await told(request_id) == (CaseState.ANSWERED, True)
    assert await task_states(request_id) == ["done"]


async def test_not_reached_puts_it_off_and_says_so(desk: Desk, clinic: Clinic) -> None:
    request_id = await called(clinic)
    page = await desk.send(f"{address(request_id)}/not-reached")
    assert "没联系上" in page.text
    assert await task_states(request_id) == ["declined"]
    assert await told(request_id) == (CaseState.RESOLVED, False)
    assert (await desk.send(f"{address(request_id)}/not-reached")).status_code == 400


async def test_what_he_asks_again_goes_back_to_the_expert(desk: Desk, clinic: Clinic) -> None:
    request_id = await called(clinic)
    page = await desk.send(f"{address(request_id)}/again", id=str(uuid7()), words=" ")
    assert page.status_code == 400
    assert await told(request_id) == (CaseState.RESOLVED, False)
    page = await desk.send(f"{address(request_id)}/again", id=str(uuid7()), words="没有戊唑醇怎么办")
    assert page.status_code == 200, page.text
    assert (await told(request_id))[0] is CaseState.IN_HAND
    assert await state_of(request_id) is RequestState.CLAIMED


async def test_before_there_is_an_answer_it_says_so(desk: Desk, clinic: Clinic) -> None:
    asked = await clinic.call()
    assert "还没有答复" in (await desk.look(address(asked.request.id))).text


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("handler", 404)])
async def test_a_stranger_finds_nothing(desk: Desk, clinic: Clinic, who: str, status: int) -> None:
    request_id = await called(clinic)
    await desk.sign_in(who)
    assert (await desk.look(address(request_id))).status_code == status
    for step in ("contact", "told", "again"):
        answer = await desk.send(f"{address(request_id)}/{step}", id=str(uuid7()), words="？")
        assert answer.status_code == status, step
    assert await fetch("SELECT 1 FROM people_access_log WHERE subject_id = $1", request_id) == []

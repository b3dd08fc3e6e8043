"""What was done without a signal is shown with when it was done, and with when it came where that was much later."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from backend.cases import dispatching, working
from backend.console.pages import done_and_came
from backend.console.routes import router
from backend.core import clock
from backend.core.ids import uuid7
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import Cast
from tests.console.test_cases import CASES, Browser
from tests.console.test_receipt import Phone

TUESDAY = datetime(2026, 12, 1, 10, tzinfo=clock.SHANGHAI)
HOME = datetime(2026, 12, 4, 19, 2, tzinfo=clock.SHANGHAI)
BOTH = "12月1日 10:00（12月4日 19:02 上传）"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    return await Desk.make(cast)


def test_both_moments_are_told_where_they_are_more_than_an_hour_apart() -> None:
    assert done_and_came(TUESDAY, HOME) == BOTH
    assert done_and_came(TUESDAY, TUESDAY + timedelta(hours=1)) == "12月1日 10:00"
    assert done_and_came(None, HOME) == "12月4日 19:02"


async def test_staff_and_the_citizen_read_when_a_step_was_taken_and_when_it_came(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    with clock.stopped(TUESDAY - timedelta(hours=1)):
        opened = await desk.open()
        await dispatching.dispatch(case_id=opened.case.id, id=uuid7(), unit_id=desk.water, by=desk.clerk)
    with clock.stopped(HOME):
        await working.respond(case_id=opened.case.id, id=uuid7(), remark="明天换管子", by=desk.plumber, at=TUESDAY)
        browser, phone = Browser(client), Phone(client)
        await browser.sign_in("supervisor")
        of_staff = await browser.look(f"{CASES}/{opened.case.id}")
        client.cookies.clear()
        of_citizen = (await phone.open(opened.case.number, opened.secret or "")).text

    assert BOTH in of_staff
    assert BOTH in of_citizen

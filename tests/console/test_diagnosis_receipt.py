"""A sick field on its receipt: where it stands, whose face it is, the answer, and all that one tap does."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases.schemas import OpenedCase
from backend.console.routes import router
from backend.core.problems import HANDLERS
from backend.diagnosis.words import RequestState
from tests.cast import Cast
from tests.console.sick_field import HOTLINE, Field
from tests.console.test_receipt import Phone


@pytest.fixture
async def field(cast: Cast) -> Field:
    return await Field.make(cast)


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[Phone]:
    app = Litestar([router], exception_handlers=HANDLERS, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Phone(client)


async def opened(phone: Phone, asked: OpenedCase) -> html.HtmlElement:
    """The page of a request, on the phone of whoever asked."""
    answer = await phone.open(asked.case.number, asked.secret or "")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def parts(page: html.HtmlElement, named: str) -> list[html.HtmlElement]:
    """The elements of a class (`.face`) or an id (`#answer`)."""
    kind, name = ("class", named[1:]) if named[0] == "." else ("id", named[1:])
    return list(page.xpath(f"//*[contains(concat(' ', @{kind}, ' '), ' {name} ')]"))


def text(page: html.HtmlElement, named: str) -> str:
    """What stands in the first of them, its blanks folded."""
    return " ".join(parts(page, named)[0].text_content().split())


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RequestState.AWAITING_PHOTO, "收到了，正在看照片清不清楚"),
        (RequestState.ROUTING, "正在请专家"),
        (RequestState.OFFERED, "正在请专家"),
        (RequestState.POOLED, "正在请专家"),
        (RequestState.CLAIMED, "专家在看"),
    ],
)
async def test_it_says_in_plain_words_where_it_stands(
    phone: Phone, field: Field, state: RequestState, said: str
) -> None:
    asked = await field.asked(state=state, expert=field.cast.expert.person_id)
    page = await opened(phone, asked)
    assert text(page, ".stands") == said
    assert bool(parts(page, ".face")) == (state is RequestState.CLAIMED), "his face once he has taken it"


async def test_the_answer_is_there_with_face_name_title_station_and_telephone(phone: Phone, field: Field) -> None:
    asked = await field.asked()
    await field.answer(asked.case.id)
    page = await opened(phone, asked)
    answer = text(page, "#answer")
    for word in ("玉米南方锈病", "专家认为很可能是", "陈志远", "高级农艺师", "高唐农技工作室", "大风天和正午不要打药"):
        assert word in answer
    assert page.xpath(f"//section[@id='answer']//a[@href='tel:{HOTLINE}']")
    assert parts(page, ".do")[0][0].text_content() == "先把积水排净"

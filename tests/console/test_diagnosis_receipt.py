"""A sick field on its receipt: where it stands, whose face it is, the answer, and all that one tap does."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases.opening import open_case
from backend.cases.schemas import NewCase
from backend.cases.words import CaseState, Channel
from backend.console import diagnosis_receipt, photo_advice
from backend.console.routes import router
from backend.core import clock, words
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.diagnosis import answers, gate, outcomes, questions
from backend.diagnosis.answer_schemas import Advice, Differential, NewAnswer, NewOutcome, Product
from backend.diagnosis.request_schemas import NewQuestion, RequestedDiagnosis
from backend.diagnosis.words import Confidence, OutcomeResult, RequestState
from backend.media.facts import Reason
from tests.application import application
from tests.cast import VILLAGE, Cast
from tests.console.test_receipt import PNG, Phone
from tests.diagnosis.clinic import Clinic, claimed_by, state_of
from tests.media.drawn import amr, blurred, dark, field, saved

HOTLINE = "0635-0000002"
ADVICE = Advice(
    steps=["先把积水排净", "每亩追 5 公斤尿素", "三天后再看新叶"],
    products=[
        Product(
            name="43% 戊唑醇悬浮剂",
            substance="戊唑醇",
            registration_no="PD20070001",
            dose=20,
            dose_unit="mL/mu",
            water_l_per_mu=30,
            times=2,
            interval_days=7,
            pre_harvest_days=28,
        )
    ],
    timing="早晨露水干了以后",
    protection=["戴手套和口罩", "站在上风头打"],
    warning="大风天和正午不要打药",
)
ANSWER: dict[str, Any] = {
    "diagnosis": "雨后高温，锈病从下往上长",
    "condition_code": "maize.southern_rust",
    "confidence": Confidence.LIKELY,
    "differential": [Differential(words="摸着不掉粉就是它", condition_code="maize.southern_leaf_blight")],
    "advice": ADVICE,
}


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    made = await Clinic.make(cast)
    await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", made.studio, HOTLINE)
    return made


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[Phone]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Phone(client)


async def opened(phone: Phone, asked: RequestedDiagnosis) -> html.HtmlElement:
    """The page of a request, on the phone of whoever asked."""
    answer = await phone.open(asked.number, asked.secret or "")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


async def looked(phone: Phone, asked: RequestedDiagnosis) -> html.HtmlElement:
    """The same once more."""
    return html.fromstring((await phone.look(asked.number)).text)


async def sent(phone: Phone, asked: RequestedDiagnosis, step: str, status: int = 200, **fields: Any) -> Any:
    """The page after a step."""
    answer = await phone.send(asked.number, step, **fields)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


async def claimed(clinic: Clinic, **changed: Any) -> RequestedDiagnosis:
    """A request that an expert has in hand."""
    asked = await clinic.scan(**changed)
    await claimed_by(asked.request.id, clinic.expert)
    return asked


async def answered(clinic: Clinic, **said: Any) -> RequestedDiagnosis:
    """A request that he has answered."""
    asked = await claimed(clinic)
    await answers.answer_diagnosis(request_id=asked.request.id, new=NewAnswer(**(ANSWER | said)), by=clinic.expert)
    return asked


async def case_state(asked: RequestedDiagnosis) -> CaseState:
    row = await fetch_row("SELECT state FROM cases_case WHERE id = $1", asked.request.id)
    assert row is not None
    return CaseState(row["state"])


async def put(asked: RequestedDiagnosis, state: RequestState, expert: UUID | None) -> None:
    """It stands elsewhere; how it gets there is tested in its own room."""
    await fetch("UPDATE diagnosis_request SET state = $2, expert = $3 WHERE id = $1", asked.request.id, state, expert)


def parts(page: html.HtmlElement, named: str) -> list[Any]:
    """The elements of a class (`.face`) or an id (`#answer`)."""
    kind, name = ("class", named[1:]) if named[0] == "." else ("id", named[1:])
    found: Any = page.xpath(f"//*[contains(concat(' ', @{kind}, ' '), ' {name} ')]")
    return list(found)


def text(page: html.HtmlElement, named: str) -> str:
    """What stands in the first of them, its blanks folded."""
    return " ".join(parts(page, named)[0].text_content().split())


# -- where it stands


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
    phone: Phone, clinic: Clinic, state: RequestState, said: str
) -> None:
    asked = await clinic.scan()
    await put(asked, state, clinic.expert.person_id)
    page = await opened(phone, asked)
    assert text(page, ".stands") == said
    assert bool(parts(page, ".face")) == (state is RequestState.CLAIMED), "his face once he has taken it"


async def test_every_number_shows_the_same_form_before_the_secret(phone: Phone, clinic: Clinic) -> None:
    asked = await clinic.scan()
    pages = [(await phone.look(number)).text for number in (asked.number, "618033988739")]
    assert len({re.sub(r"[0-9 ]{12,14}", "N", page) for page in pages}) == 1
    assert "叶子发黄" not in pages[0]


async def test_what_he_sent_stands_there_with_a_verdict_on_each_photo(phone: Phone, clinic: Clinic) -> None:
    photo_ids = [await clinic.photo(each) for each in (saved(field(seed=3)), blurred())]
    asked = await clinic.scan(photo_ids=photo_ids, treatments="打过一遍多菌灵", weather_note="连下了五天雨")
    page = await opened(phone, asked)
    verdicts = [each.text_content() for each in page.xpath("//figcaption/span")]
    assert verdicts[0] == "✓ 看得清"
    assert verdicts[1][0] in "△✕"
    assert [word for word in ("打过一遍多菌灵", "连下了五天雨", "6.5 亩") if word not in text(page, "#yours")] == []


async def test_his_voice_note_can_be_listened_to(phone: Phone, clinic: Clinic) -> None:
    asked = await clinic.scan(photo_ids=[await clinic.photo(amr())])
    page = await opened(phone, asked)
    assert page.xpath("//section[@id='yours']//audio/@src")[0].startswith("/media/")


# -- what he is asked


async def test_a_better_photo_is_asked_for_with_how_to_take_it_and_sent_without_scripts(
    phone: Phone, clinic: Clinic
) -> None:
    photo_id = await clinic.photo(dark())
    asked = await clinic.scan(photo_ids=[photo_id])
    await gate.pass_or_ask(asked.request.id)
    page = await opened(phone, asked)
    assert text(page, ".stands") == "等您一张更清楚的照片"
    assert "让病叶、病果占满画面" in text(page, "#asks")
    question = page.xpath("//input[@name='question']/@value")[0]

    files = [("photo", ("1.jpg", saved(field(seed=6)), "image/jpeg"))]
    page = await sent(phone, asked, "reply", files=files, question=question)
    assert text(page, ".stands") == "收到了，正在看照片清不清楚"
    assert not parts(page, "#asks"), "he is not asked for another one meanwhile"
    rows = await fetch("SELECT 1 FROM media_photo WHERE claimed_id = $1", asked.request.id)
    assert len(rows) == 2


async def test_who_has_no_better_photo_says_so_in_one_tap_and_an_expert_looks_at_what_there_is(
    phone: Phone, clinic: Clinic
) -> None:
    photo_id = await clinic.photo(dark())
    asked = await clinic.scan(photo_ids=[photo_id])
    await gate.pass_or_ask(asked.request.id)
    question = (await opened(phone, asked)).xpath("//input[@name='question']/@value")[0]
    page = await sent(phone, asked, "reply", question=question, no_better_photo="1")
    assert text(page, ".stands") == "正在请专家"
    assert not parts(page, "#asks")


async def test_the_experts_question_is_answered_in_a_box_and_he_goes_on(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic)
    await questions.ask_farmer(request_id=asked.request.id, new=NewQuestion(words="摸着掉不掉红粉？"), by=clinic.expert)
    page = await opened(phone, asked)
    assert text(page, ".stands") == "专家问您"
    assert text(page, ".question") == "摸着掉不掉红粉？"
    question = page.xpath("//input[@name='question']/@value")[0]

    empty = await sent(phone, asked, "reply", status=400, question=question, words=" ")
    assert "或" in text(empty, "#asks")
    id = str(uuid7())
    for _ in range(2):
        page = await sent(phone, asked, "reply", id=id, question=question, words="掉，一手红")
    assert text(page, ".stands") == "专家在看"
    assert "掉，一手红" in text(page, "#yours")
    assert await state_of(asked.request.id) is RequestState.CLAIMED


async def test_a_question_of_another_request_is_none_of_his(phone: Phone, clinic: Clinic) -> None:
    other = await claimed(clinic, contact_phone="199 0000 0060", symptoms="别的")
    question = await questions.ask_farmer(request_id=other.request.id, new=NewQuestion(words="？"), by=clinic.expert)
    asked = await clinic.scan()
    await opened(phone, asked)
    await sent(phone, asked, "reply", status=404, question=str(question.record.id), words="我来答")
    assert await state_of(other.request.id) is RequestState.ASKED


# -- the answer


async def test_the_answer_is_there_with_face_name_title_station_and_telephone(phone: Phone, clinic: Clinic) -> None:
    page = await opened(phone, await answered(clinic))
    answer = text(page, "#answer")
    said = ("玉米南方锈病", "专家认为很可能是", "孟繁荣", "农艺师", "庄稼医院", "大风天和正午不要打药", "玉米小斑病")
    assert [word for word in said if word not in answer] == []
    assert page.xpath(f"//section[@id='answer']//a[@href='tel:{HOTLINE}']")
    assert [each.text_content() for each in parts(page, ".do")[0]] == ADVICE.steps
    names, values = [
        [each.text_content() for each in page.xpath(f"//*[@class='product']//{tag}")] for tag in ("dt", "dd")
    ]
    assert dict(zip(names, values, strict=True)) == {
        "每次用量": "每亩 20 毫升",
        "兑水": "每亩 30 升",
        "最多用几次": "2 次",
        "隔几天再打": "7 天",
        "收获前停用": "28 天",
    }
    assert "data-aloud" in parts(page, "#answer")[0].attrib, "it can be read aloud"


async def test_a_correction_says_so_with_both_dates_and_the_old_answer_counts_no_more(
    phone: Phone, clinic: Clinic
) -> None:
    with clock.stopped(clock.now() - timedelta(days=2)):
        asked = await answered(clinic)
    new = NewAnswer(diagnosis="是大斑病", condition_code="maize.northern_leaf_blight", confidence=Confidence.SURE)
    await answers.correct_diagnosis(request_id=asked.request.id, new=new, by=clinic.chief)
    page = await opened(phone, asked)
    days = [f"{each.month}月{each.day}日" for each in (clock.today(), clock.today() - timedelta(days=2))]
    assert [day for day in days if day not in text(page, "#answer")] == []
    assert "韩春梅" in text(page, "#answer")
    assert "玉米大斑病" in text(page, "#answer")
    assert "作废" in text(page, ".old-answer")
    assert "玉米南方锈病" in text(page, ".old-answer")


async def test_a_second_opinion_is_not_the_farmers_to_read(phone: Phone, clinic: Clinic) -> None:
    asked = await answered(clinic)
    await fetch(
        "INSERT INTO diagnosis_answer SELECT gen_random_uuid(), a.request, $2, 'second', now(), '我看是缺钾', NULL, "
        "a.confidence, '[]', '{}', '{}', '{}', NULL, FALSE, NULL, NULL, FALSE, a.arguments_digest "
        "FROM diagnosis_answer a WHERE a.request = $1",
        asked.request.id,
        clinic.second.person_id,
    )
    page = await opened(phone, asked)
    assert "缺钾" not in page.text_content()


# -- did it help?


async def test_it_helps_is_one_tap_and_a_second_one_is_harmless(phone: Phone, clinic: Clinic) -> None:
    asked = await answered(clinic)
    await opened(phone, asked)
    id = str(uuid7())
    for _ in range(2):
        page = await sent(phone, asked, "evaluation", id=id, judged="satisfied")
    assert "已记下您的评价" in page.text_content()
    assert await case_state(asked) is CaseState.EVALUATED


async def test_it_does_not_help_opens_the_way_back_to_the_expert(phone: Phone, clinic: Clinic) -> None:
    asked = await answered(clinic)
    await opened(phone, asked)
    page = await sent(phone, asked, "evaluation", judged="dissatisfied")
    assert page.xpath("//section[@id='again']/details[@open]")
    page = await sent(phone, asked, "reopening", words="打了两遍还在长")
    assert "您的问题已交给专家" in page.text_content()
    assert "打了两遍还在长" in page.text_content()
    assert text(page, ".stands") == "专家在看"
    assert await state_of(asked.request.id) is RequestState.CLAIMED
    assert parts(page, "#answer"), "what he said before is still there"


async def test_who_reads_it_himself_needs_nobody_to_ring_him(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic, wants_call=True)
    await answers.answer_diagnosis(request_id=asked.request.id, new=NewAnswer(**ANSWER), by=clinic.expert)
    assert await case_state(asked) is CaseState.RESOLVED
    await opened(phone, asked)
    await sent(phone, asked, "evaluation", judged="satisfied")
    assert await case_state(asked) is CaseState.EVALUATED
    waiting = await fetch("SELECT 1 FROM tasks_task WHERE origin_room = 'diagnosis' AND state = 'open'")
    assert waiting == []


async def test_after_the_follow_up_day_better_same_or_worse_is_one_tap_with_his_own_figures(
    phone: Phone, clinic: Clinic
) -> None:
    asked = await answered(clinic, follow_up_on=clock.today() + timedelta(days=3))
    assert not parts(await opened(phone, asked), "#outcome"), "it is too early"
    with clock.stopped(clock.now() + timedelta(days=3)):
        page = await opened(phone, asked)
        assert "庄稼现在怎么样了" in text(page, "#outcome")
        for wrong in ({"result": ""}, {"result": "better", "area_mu": "好多"}, {"result": "better", "area_mu": "-1"}):
            page = await sent(phone, asked, "outcome", status=400, **wrong)
            assert wrong.get("area_mu", "") in page.xpath("//input[@name='area_mu']/@value")
        page = await sent(phone, asked, "outcome", result="better", area_mu="６亩", value_saved_yuan="1,200")
    assert "您自己估的数" in text(page, "#outcome")
    said = (await outcomes_of(asked))[-1]
    assert said == ("better", 6.0, 1200.0, None)


async def outcomes_of(asked: RequestedDiagnosis) -> list[tuple[Any, ...]]:
    rows = await fetch(
        "SELECT result, area_mu::float8, value_saved_yuan::float8, reported_by FROM diagnosis_outcome "
        "WHERE request = $1 ORDER BY at",
        asked.request.id,
    )
    return [tuple(row) for row in rows]


# -- adding, withdrawing, forgetting


async def test_what_he_adds_is_written_down_and_the_expert_hears_of_it(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic)
    await opened(phone, asked)
    page = await sent(phone, asked, "words", words="隔壁地也有了")
    assert "已记下" in page.text_content()
    rows = await fetch("SELECT 1 FROM push_notice WHERE dedupe_key LIKE 'diagnosis added %'")
    assert len(rows) == 1


async def test_a_photo_is_added_once_and_looked_at(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic)
    await opened(phone, asked)
    id = str(uuid7())
    for _ in range(2):
        page = await sent(phone, asked, "photos", files=[("photo", ("1.png", PNG, "image/png"))], id=id)
    assert "照片收到了" in page.text_content()
    assert len(await fetch("SELECT 1 FROM media_photo WHERE claimed_id = $1", asked.request.id)) == 1


async def test_it_is_withdrawn(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic)
    await opened(phone, asked)
    page = await sent(phone, asked, "withdrawal")
    assert "已撤回" in page.text_content()
    assert page.xpath("//details[@open]//ol[@class='timeline']"), "how it ended is not folded away"
    assert await state_of(asked.request.id) is RequestState.ENDED
    assert await case_state(asked) is CaseState.WITHDRAWN


async def test_to_be_forgotten_ends_it_and_takes_all_his_words_everywhere(phone: Phone, clinic: Clinic) -> None:
    photo = await clinic.photo(saved(field(seed=8)))
    asked = await claimed(
        clinic, photo_ids=[photo], symptoms="叶上锈斑", treatments="打过药", weather_note="下雨", contact_name="林大山"
    )
    question = await questions.ask_farmer(
        request_id=asked.request.id, new=NewQuestion(words="掉粉吗"), by=clinic.expert
    )
    await opened(phone, asked)
    await sent(phone, asked, "reply", question=str(question.record.id), words="一手红粉")
    page = await sent(phone, asked, "erasure")
    assert "您的资料已删除" in page.text_content()
    for word in ("叶上锈斑", "打过药", "下雨", "一手红粉", "林大山"):
        assert word not in page.text_content()
    assert await case_state(asked) is CaseState.WITHDRAWN
    assert not page.xpath("//form[contains(@action, '/erasure')]")
    assert not page.xpath("//a[contains(@href, '/media/')]"), "no way to what is gone"


async def test_after_the_answer_the_experts_words_stay_and_his_own_go(phone: Phone, clinic: Clinic) -> None:
    asked = await answered(clinic)
    await outcomes.record_outcome(
        request_id=asked.request.id,
        new=NewOutcome(result=OutcomeResult.BETTER, words="多亏了您"),
        by=None,
    )
    await opened(phone, asked)
    await sent(phone, asked, "evaluation", judged="satisfied", words="好")
    page = await sent(phone, asked, "erasure")
    assert "玉米南方锈病" in text(page, "#answer")
    assert "叶子发黄" not in page.text_content()
    rows = await fetch("SELECT words FROM diagnosis_outcome")
    assert [row["words"] for row in rows] == [None]


@pytest.mark.parametrize(
    ("step", "fields", "status"),
    [
        ("evaluation", {"judged": "satisfied"}, 409),
        ("outcome", {"result": "better"}, 409),
        ("reply", {"question": "x", "words": "在"}, 400),
        ("reply", {"question": str(uuid7()), "words": "在"}, 404),
        ("photos", {}, 400),
        ("nonsense", {}, 404),
    ],
)
async def test_what_cannot_be_is_told_on_the_page(
    phone: Phone, clinic: Clinic, step: str, fields: dict[str, str], status: int
) -> None:
    asked = await claimed(clinic)
    await opened(phone, asked)
    await sent(phone, asked, step, status=status, **fields)
    assert await state_of(asked.request.id) is RequestState.CLAIMED


async def test_the_steps_of_a_sick_field_are_none_of_another_case(phone: Phone, clinic: Clinic) -> None:
    new = NewCase(
        channel=Channel.PHONE, category_code="planning_construction.water", title="没水了", division_code=VILLAGE
    )
    case = (await open_case(new=new, by=clinic.cast.operator)).record
    await phone.open(case.case.number, case.secret or "")
    for step in ("outcome", "reply"):
        assert (await phone.send(case.case.number, step, words="好")).status_code == 404


async def test_nobody_elsewhere_and_no_stranger_takes_a_step(phone: Phone, clinic: Clinic) -> None:
    asked = await claimed(clinic)
    await opened(phone, asked)
    assert (await phone.send_from_elsewhere(asked.number, "erasure")).status_code == 403
    phone.forget()
    assert (await phone.send(asked.number, "erasure")).status_code == 403
    assert await case_state(asked) is CaseState.IN_HAND


def test_every_word_of_the_page_has_its_chinese() -> None:
    chinese = words.translations("zh")
    said = [
        *diagnosis_receipt.STEPS,
        *(name for _, name in diagnosis_receipt.STANDS.values()),
        *(name for table in (diagnosis_receipt.SURE, diagnosis_receipt.RESULTS) for _, name in table.values()),
        *(*photo_advice.BETTER.values(), *photo_advice.ALWAYS),
    ]
    assert [name for name in said if chinese.gettext(name) == name] == []
    assert set(diagnosis_receipt.STANDS) == set(RequestState)
    assert all(photo_advice.better([reason]) for reason in Reason)

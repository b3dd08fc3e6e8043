"""The expert's desk: a queue by its clock, one question with everything around it, an answer in a handful of keys."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Router
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console import cases, clinic_queue, clinic_request, clinic_today, experts, outbreaks, today
from backend.console import refused as console_refused
from backend.console.clinic_steps import READY, _field_of
from backend.core import clock, words
from backend.diagnosis import answers, outbreak_watch, questions, records
from backend.diagnosis.answer_schemas import NewAnswer
from backend.diagnosis.request_schemas import DiagnosisRecord, QuestionAnswer
from backend.diagnosis.words import AnswerKind, Confidence, RequestState
from backend.people.actors import Actor
from backend.people.guards import NEEDS_SIGN_IN
from backend.people.sessions import access_token_for
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.application import application
from tests.cast import COUNTY, NEXT_VILLAGE, Cast
from tests.console.test_today import SAME_SITE
from tests.diagnosis.clinic import Clinic, claimed_by
from tests.media.drawn import amr

CLINIC = "/console/clinic"
BANNED = "克百威"
PAGES = Router(
    path="/",
    route_handlers=[cases.router, clinic_request.router, experts.router, outbreaks.router, today.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


class Page:
    """A page as a browser without scripts has it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.text = answer.text
        self.address = str(answer.url)
        self.tree = html.fromstring(answer.text)

    def all(self, path: str) -> list[Any]:
        return list(self.tree.xpath(path))

    def said(self, path: str) -> str:
        return " ".join(
            "".join(one.itertext()).split() and " ".join("".join(one.itertext()).split()) for one in self.all(path)
        )

    def offers(self, step: str) -> bool:
        return bool(self.all(f'//form[contains(@action, "/{step}")]'))


class Desk:
    """A browser without scripts: it looks, fills in forms and sends what stands in them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def be(self, who: Actor) -> "Desk":
        token = await access_token_for(person_id=who.person_id, valid_for=timedelta(hours=1))
        self._client.headers["Authorization"] = f"Bearer {token}"
        return self

    async def look(self, address: str, status: int = 200) -> Page:
        answer = await self._client.get(address)
        assert answer.status_code == status, answer.text
        return Page(answer)

    async def send(self, page: Page, step: str, **typed: str | list[str]) -> Page:
        """The form of a step, with what stood in it, and what was typed over it."""
        form = next(one for one in page.tree.forms if one.action.endswith(f"/{step}"))
        fields: list[tuple[str, str]] = [(name, value) for name, value in form.form_values() if name not in typed]
        for name, value in typed.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
        data: dict[str, list[str]] = {}
        for name, each in fields:
            data.setdefault(name, []).append(each)
        answer = await self._client.post(form.action, data=data, headers=SAME_SITE, follow_redirects=True)
        return Page(answer)


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    return await Clinic.make(cast)


@pytest.fixture
async def desk(clinic: Clinic) -> AsyncIterator[Desk]:
    """In front of the expert's pages."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield await Desk(client).be(clinic.expert)


def who_is(clinic: Clinic, person_id: UUID) -> Actor:
    """One of the experts."""
    return next(each for each in (clinic.expert, clinic.second, clinic.local) if each.person_id == person_id)


async def has(clinic: Clinic, who: Actor, **changed: Any) -> UUID:
    """A question that `who` has in hand."""
    request_id = await clinic.routed(**changed)
    await claimed_by(request_id, who)
    return request_id


def picture(name: str) -> bytes:
    """One of the demo's photos."""
    return (Path(__file__).parents[2] / "seed" / "photos" / name).read_bytes()


def field(east: float) -> Point:
    """A field so many degrees east of the village."""
    return Point(crs=Crs.WGS84, longitude=116.3012 + east, latitude=36.9305)


async def now_of(request_id: UUID, by: Actor) -> DiagnosisRecord:
    return await records.get(request_id=request_id, by=by)


# -- the queue


async def test_the_queue_opens_where_something_waits_by_the_clock_that_falls_due_first(
    desk: Desk, clinic: Clinic
) -> None:
    later = await has(clinic, clinic.expert, symptoms="叶子有点黄")
    sooner = await has(clinic, clinic.expert, symptoms="全淹了", area_mu=1275)
    page = await desk.look(CLINIC)

    assert page.said('//a[@aria-current="page"][contains(@href, "tab=")]') == "我已接 2"
    links = [one.get("href") for one in page.all('//a[@class="case-link"]')]
    assert links == [f"{CLINIC}/{sooner}?tab=claimed", f"{CLINIC}/{later}?tab=claimed"]
    rows = page.all('//li[contains(@class, "query")]')
    first = " ".join("".join(rows[0].itertext()).split())
    assert all(word in first for word in ("急", "全淹了", "琉璃庙村", "1,275 亩", "还剩")), first
    assert "● " in first


async def test_each_part_of_the_queue_holds_what_its_name_says(desk: Desk, clinic: Clinic) -> None:
    asked = await has(clinic, clinic.expert, symptoms="问过农户的")
    page = await desk.look(f"{CLINIC}/{asked}")
    page = await desk.send(page, "question", ready=["underside", "sprayed"], words="是哪个品种？")
    assert page.status == 200, page.said('//*[@role="alert"]')
    answered = await has(clinic, clinic.expert, symptoms="答完的", contact_phone="199 0000 0079")
    first = NewAnswer(diagnosis="玉米倒伏", confidence=Confidence.SURE)
    await answers.answer_diagnosis(request_id=answered, new=first, by=clinic.expert)

    found = {tab: await desk.look(f"{CLINIC}?tab={tab}") for tab in clinic_queue.TABS}
    shown = {
        tab: {one.get("href").split("/")[-1].partition("?")[0] for one in page.all('//a[@class="case-link"]')}
        for tab, page in found.items()
    }
    assert shown["asked"] == {str(asked)}
    assert shown["to_tell"] == shown["answered"] == {str(answered)}
    assert shown["all"] == {str(asked)}
    assert shown["offered"] == shown["claimed"] == shown["pool"] == set()
    assert "这里没有问诊" in found["pool"].text


async def test_whoever_answers_nothing_has_no_list_of_his_own(desk: Desk, clinic: Clinic) -> None:
    await has(clinic, clinic.expert, symptoms="值班员登记的")
    await desk.be(clinic.cast.operator)
    page = await desk.look(CLINIC)
    assert not page.all('//a[contains(@href, "tab=claimed")]')
    assert "值班员登记的" in (await desk.look(f"{CLINIC}?tab=all")).text


async def test_the_front_page_counts_what_is_before_an_expert(clinic: Clinic) -> None:
    await has(clinic, clinic.expert)
    figures = (await clinic_today.PART_OF_TODAY[1](clinic.expert))["figures"]
    assert [value for _, value, _ in figures] == [0, 1, 0, 0]
    assert (await clinic_today.PART_OF_TODAY[1](clinic.cast.cadre))["figures"] == []


async def test_its_case_leads_back_to_the_question(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"/console/cases/{request_id}")
    assert page.all(f'//a[@href="/console/clinic/{request_id}"]')


async def test_his_front_page_leads_to_what_is_before_him(desk: Desk, clinic: Clinic) -> None:
    request_id = await clinic.routed()
    one = await records.read(request_id, by=None)
    assert one.expert is not None
    await desk.be(who_is(clinic, one.expert.id))
    page = await desk.look("/console/today")
    assert page.all(f'//a[@href="{CLINIC}/{request_id}?tab=offered"]')
    assert page.all(f'//a[@href="{CLINIC}"]'), "the navigation leads there"


# -- one question


async def test_whoever_has_it_before_him_takes_it_or_says_why_not(desk: Desk, clinic: Clinic) -> None:
    request_id = await clinic.routed()
    one = await records.read(request_id, by=None)
    assert one.expert is not None
    who = who_is(clinic, one.expert.id)
    await desk.be(who)
    page = await desk.look(f"{CLINIC}/{request_id}")
    assert page.offers("refusal")
    assert not page.offers("answer")

    page = await desk.send(page, "claim")

    assert "已接单" in page.said('//*[@role="status"]')
    assert (await now_of(request_id, who)).state is RequestState.CLAIMED
    assert page.offers("answer")


async def test_an_answer_from_a_template_is_sent_without_scripts(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    template = next(one for one in page.all("//*[@data-template]") if "倒伏" in one.text_content())

    page = await desk.look(template.get("href").partition("#")[0])
    assert page.all('//textarea[@name="diagnosis"]')[0].text == "玉米倒伏"
    page = await desk.send(page, "answer", confidence="sure")

    assert page.status == 200, page.said('//*[@role="alert"]')
    given = (await now_of(request_id, clinic.expert)).answers[0]
    assert (given.condition_code, given.template_code) == ("maize.lodging", "maize.lodging.summer")
    assert (given.confidence, len(given.advice.steps)) == (Confidence.SURE, 5)


async def test_a_banned_pesticide_is_refused_at_its_field_with_the_rule_and_everything_typed_stays(
    desk: Desk, clinic: Clinic
) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")

    page = await desk.send(
        page,
        "answer",
        diagnosis="蛴螬",
        confidence="sure",
        **{"name-1": f"3% {BANNED}颗粒剂", "dose-1": "2", "unit-1": "千克/亩", "times-1": "1", "harvest-1": "60"},
    )

    assert page.status == 409
    assert "736" in page.said('//*[@id="wrong-name-1"]')
    field = page.all('//input[@name="name-1"]')[0]
    assert (field.value, field.get("aria-invalid")) == (f"3% {BANNED}颗粒剂", "true")
    assert page.all('//textarea[@name="diagnosis"]')[0].text == "蛴螬"
    assert (await now_of(request_id, clinic.expert)).state is RequestState.CLAIMED


async def test_a_pesticide_needs_its_dose_and_a_fertiliser_does_not(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    said = {"diagnosis": "锈病", "confidence": "likely", "name-0": "430克/升戊唑醇悬浮剂", "substance-0": "戊唑醇"}

    page = await desk.send(page, "answer", **said)
    missing = {one.get("id") for one in page.all('//*[starts-with(@id, "wrong-")]')}
    assert (page.status, missing) == (400, {"wrong-dose-0", "wrong-unit-0", "wrong-interval-0", "wrong-harvest-0"})

    page = await desk.send(page, "answer", **{"name-0": "尿素", "substance-0": "", "kind-0": "fertiliser"})
    assert page.status == 200, page.said('//*[@role="alert"]')
    assert (await now_of(request_id, clinic.expert)).answers[0].advice.products[0].name == "尿素"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"diagnosis": " "}, "diagnosis"),
        ({"confidence": "quite"}, "confidence"),
        ({"condition": "没有这种病"}, "condition"),
        ({"follow_up_on": "gestern"}, "follow_up_on"),
        ({"follow_up_on": "2020-01-01"}, "follow_up_on"),
        ({"name-0": "尿素", "dose-0": "一点"}, "dose-0"),
        ({"visit": "yes", "visit_by": "2020-01-01"}, "visit_by"),
    ],
)
async def test_what_cannot_be_sent_is_said_at_its_field(
    desk: Desk, clinic: Clinic, typed: dict[str, str], field: str
) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    page = await desk.send(page, "answer", **({"diagnosis": "玉米锈病", "confidence": "sure"} | typed))

    assert (page.status, bool(page.said(f'//*[@id="wrong-{field}"]'))) == (400, True), page.said('//*[@role="alert"]')
    assert "{" not in page.said('//*[@role="alert"]')


async def test_a_second_tap_sends_no_second_answer(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    for _ in range(2):
        again = await desk.send(page, "answer", diagnosis="玉米倒伏", confidence="sure")
        assert again.status == 200
    assert len((await now_of(request_id, clinic.expert)).answers) == 1


async def test_the_farmer_is_asked_in_ready_sentences_and_his_word_is_written_down(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    assert (await desk.send(page, "question", words=" ")).status == 400
    page = await desk.send(page, "question", ready=["underside", "sprayed"], words="是哪个品种？")

    question = (await now_of(request_id, clinic.expert)).questions[0]
    assert question.words.split("\n") == [
        "请再拍一张叶子背面的近照，要清楚。",
        "最近打过什么药、施过什么肥？是哪天？",
        "是哪个品种？",
    ]
    assert question.wants_photo
    await desk.be(clinic.cast.operator)
    page = await desk.look(f"{CLINIC}/{request_id}")
    page = await desk.send(page, str(question.id), words="打过多菌灵，先玉335")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "先玉335" in page.said('//*[@id="questions"]')
    assert (await now_of(request_id, clinic.expert)).state is RequestState.CLAIMED


async def test_everything_of_the_answer_arrives_as_it_was_written(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    by = str(clock.today() + timedelta(days=3))
    await desk.send(
        page,
        "answer",
        diagnosis="玉米南方锈病",
        condition="玉米南方锈病",
        confidence="likely",
        steps="1. 先看上部叶片\n\n2、叶子正反面都喷到\n1.5 米以下的叶子先打",
        timing="下午四点以后",
        protection=["戴手套、戴口罩"],
        protection_more="穿长袖，不抽烟",
        differential="玉米普通锈病：两面都有孢子堆\n缺钾",
        visit="yes",
        visit_by=by,
        **{"name-0": "43%戊唑醇悬浮剂", "substance-0": "戊唑醇", "dose-0": "15", "unit-0": "毫升/亩", "water-0": "30"},
        **{"times-0": "2", "interval-0": "10", "harvest-0": "21", "registration-0": "PD20070001"},
    )
    given = (await now_of(request_id, clinic.expert)).answers[0]
    assert given.condition_code == "maize.southern_rust"
    assert given.advice.steps == ["先看上部叶片", "叶子正反面都喷到", "1.5 米以下的叶子先打"]
    assert given.advice.protection == ["戴手套、戴口罩", "穿长袖", "不抽烟"]
    assert [each.condition_code for each in given.differential] == ["maize.common_rust", None]
    product = given.advice.products[0]
    assert (product.dose, product.times, product.interval_days, product.pre_harvest_days) == (15, 2, 10, 21)
    assert (given.visit_proposed, str(given.visit_by)) == (True, by)
    assert given.warnings == []


async def test_a_second_opinion_is_given_without_a_word_of_the_first(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    first = NewAnswer(
        diagnosis="玉米大斑病，别的都不是", confidence=Confidence.UNSURE, condition_code="maize.northern_leaf_blight"
    )
    await answers.answer_diagnosis(request_id=request_id, new=first, by=clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    page = await desk.send(page, "second-opinion", expert=str(clinic.second.person_id), reason="背面没拍清")
    assert "纪学农" in page.said('//*[@id="state"]')

    await desk.be(clinic.second)
    page = await desk.look(f"{CLINIC}/{request_id}")
    assert "别的都不是" not in page.text
    page = await desk.send(page, "second-answer", diagnosis="像是小斑病", confidence="likely")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "别的都不是" in page.text
    kinds = [each.kind for each in (await now_of(request_id, clinic.second)).answers]
    assert kinds == [AnswerKind.FIRST, AnswerKind.SECOND]


async def test_a_chief_corrects_what_was_said_beginning_from_it(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    first = NewAnswer(diagnosis="玉米大斑病", confidence=Confidence.LIKELY)
    await answers.answer_diagnosis(request_id=request_id, new=first, by=clinic.expert)
    assert not (await desk.look(f"{CLINIC}/{request_id}?correct=1")).offers("correction")

    await desk.be(clinic.chief)
    page = await desk.look(f"{CLINIC}/{request_id}?correct=1")
    assert page.all('//textarea[@name="diagnosis"]')[0].text == "玉米大斑病"
    template = page.all("//*[@data-template]")[0].get("href").partition("#")[0]
    assert (await desk.look(template)).offers("correction")
    page = await desk.send(page, "correction", diagnosis="玉米小斑病")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "首席专家更正" in page.text


async def test_what_became_of_it_is_written_down_and_marked_as_the_farmers_own_figure(
    desk: Desk, clinic: Clinic
) -> None:
    request_id = await has(clinic, clinic.expert)
    first = NewAnswer(diagnosis="玉米倒伏", confidence=Confidence.SURE)
    await answers.answer_diagnosis(request_id=request_id, new=first, by=clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    page = await desk.send(page, "outcome", result="better", area_mu="6,5", value="3600", method="按亩产算")

    assert "好转了" in page.said('//*[@id="outcome"]')
    assert "农户自己说挽回 3,600 元" in page.said('//*[@id="outcome"]')


async def test_it_goes_to_a_colleague_with_a_reason_and_is_off_ones_desk(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    page = await desk.send(page, "hand-over", expert=str(clinic.second.person_id), reason="他更懂玉米")
    one = await now_of(request_id, clinic.second)
    assert one.expert is not None
    assert (one.expert.id, page.status) == (clinic.second.person_id, 200)
    assert not page.offers("answer")


async def test_why_he_has_it_is_said_with_the_parts_of_the_score(desk: Desk, clinic: Clinic) -> None:
    request_id = await clinic.routed()
    await desk.be(clinic.chief)
    page = await desk.look(f"{CLINIC}/{request_id}")
    why = page.said('//*[@id="why"]')
    assert "轮到谁" in why
    assert len(page.all('//*[@id="why"]//meter')) >= 6


async def test_neighbours_are_shown_by_diagnosis_and_a_kilometre_never_by_name(desk: Desk, clinic: Clinic) -> None:
    who = {"contact_phone": "199 0000 0077", "contact_name": "邻居老王"}
    near = await has(clinic, clinic.second, symptoms="邻居家的玉米", point=field(0.02), **who)
    first = NewAnswer(diagnosis="玉米倒伏", confidence=Confidence.SURE, condition_code="maize.lodging")
    await answers.answer_diagnosis(request_id=near, new=first, by=clinic.second)
    await has(clinic, clinic.second, point=field(0.5), contact_phone="199 0000 0078")
    request_id = await has(clinic, clinic.expert, point=field(0))
    page = await desk.look(f"{CLINIC}/{request_id}")

    assert "玉米倒伏 · 1" in page.said('//section[@aria-labelledby="around-title"]')
    assert "还没答复" not in page.said('//section[@aria-labelledby="around-title"]'), "that one is far away"
    around = page.all('//section[@aria-labelledby="around-title"]')[0]
    said = html.tostring(around, encoding="unicode")
    assert not any(word in said for word in ("老王", "0077", "邻居家", str(near)))


async def test_where_no_place_is_known_the_same_township_is_near(desk: Desk, clinic: Clinic) -> None:
    await has(clinic, clinic.second, contact_phone="199 0000 0077")
    await has(clinic, clinic.second, contact_phone="199 0000 0078", division_code=NEXT_VILLAGE)
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")

    around = page.said('//section[@aria-labelledby="around-title"]')
    assert all(word in around for word in ("还没答复 · 2", "同村", "同镇")), around
    assert not page.all('//*[@id="map"]')


async def test_the_same_telephone_before_is_the_households_history(desk: Desk, clinic: Clinic) -> None:
    before = await has(clinic, clinic.second, crop_code="wheat", symptoms="麦子发黄")
    first = NewAnswer(diagnosis="小麦缺氮", confidence=Confidence.SURE)
    await answers.answer_diagnosis(request_id=before, new=first, by=clinic.second)
    request_id = await has(clinic, clinic.expert)
    page = await desk.look(f"{CLINIC}/{request_id}")
    assert "小麦缺氮" in page.said('//section[@aria-labelledby="history"]')


async def test_what_came_after_a_question_stands_beside_what_was_there_before(desk: Desk, clinic: Clinic) -> None:
    before = await clinic.photo(picture("maize_rust.jpg"), by=clinic.cast.operator)
    voice = await clinic.photo(amr(), by=clinic.cast.operator)
    request_id = await has(clinic, clinic.expert, photo_ids=[before, voice])
    page = await desk.look(f"{CLINIC}/{request_id}")
    assert (len(page.all("//*[@data-shots]")), len(page.all("//audio"))) == (1, 1)

    page = await desk.send(page, "question", ready=["underside"])
    question = (await now_of(request_id, clinic.expert)).questions[0]
    after = await clinic.photo(picture("maize_borer.jpg"), by=clinic.cast.operator)
    await questions.answer_question(
        request_id=request_id,
        question_id=question.id,
        new=QuestionAnswer(photo_ids=[after]),
        by=clinic.cast.operator,
    )
    page = await desk.look(f"{CLINIC}/{request_id}")
    sides = page.all('//*[contains(@class, "sides")]/div/h2')
    assert [each.text.strip() for each in sides] == ["之前", "现在"]


async def test_strangers_find_nothing_and_another_site_takes_no_step(desk: Desk, clinic: Clinic) -> None:
    request_id = await has(clinic, clinic.expert)
    answer = await desk._client.post(f"{CLINIC}/{request_id}/answer", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (400, 403)
    await desk.look(f"{CLINIC}/{clinic.studio}", 404)
    await desk.be(clinic.cast.stranger)
    await desk.look(f"{CLINIC}/{request_id}", 404)


def test_every_ready_sentence_and_field_has_its_chinese() -> None:
    chinese = words.translations("zh")
    said = [each.words for each in READY.values()] + [each.did for each in clinic_request.STEPS.values()]
    said += [what for _, what in clinic_request.KEYS]
    assert [each for each in said if chinese.gettext(each) == each] == []
    assert _field_of("/advice/products/1/dose", [0, 2]) == "dose-2"


# -- experts, and what is spreading


async def test_an_expert_sets_his_own_hours_and_pauses_and_nothing_else(desk: Desk, clinic: Clinic) -> None:
    address = f"/console/experts/{clinic.expert.person_id}"
    page = await desk.look(address)
    assert not page.all('//select[@name="tier"]')
    page = await desk.send(
        page, str(clinic.expert.person_id), staffed="08:30-11:30，14:00-17:30", weekday=["1", "2"], able_per_day="5"
    )

    card = page.said(f'//li[@id="expert-{clinic.expert.person_id}"]')
    assert all(word in card for word in ("周一 周二", "08:30-11:30、14:00-17:30", "一天 5 条")), card
    page = await desk.send(await desk.look(address), str(clinic.expert.person_id), pause="tomorrow")
    assert "暂停到" in page.said(f'//li[@id="expert-{clinic.expert.person_id}"]')
    page = await desk.send(await desk.look(address), str(clinic.expert.person_id), away_until="")
    assert "暂停到" not in page.said(f'//li[@id="expert-{clinic.expert.person_id}"]')
    page = await desk.send(await desk.look(address), str(clinic.expert.person_id), staffed="早上")
    assert (page.status, page.all('//input[@name="staffed"]')[0].value) == (400, "早上")


async def test_a_supervisor_makes_an_expert_of_whoever_has_the_role(desk: Desk, clinic: Clinic) -> None:
    await desk.be(clinic.cast.supervisor)
    newcomer = str(clinic.cast.expert.person_id)
    page = await desk.look("/console/experts")
    assert page.all(f'//a[@href="/console/experts/{newcomer}"]')

    page = await desk.look(f"/console/experts/{newcomer}")
    profile = {"unit": str(clinic.studio), "tier": "expert", "title": "植保站农艺师"}
    assert (await desk.send(page, newcomer, **profile)).status == 400
    page = await desk.send(page, newcomer, **profile, **{"crop-0": "wheat", "topic-0": "pest", "place-0": COUNTY})

    assert "小麦 · 虫害 · 高唐县" in page.said(f'//li[@id="expert-{newcomer}"]')
    await desk.be(clinic.local)
    await desk.look(f"/console/experts/{clinic.cast.cadre.person_id}", 404)


async def test_what_is_spreading_names_a_township_and_a_number_and_nobody(desk: Desk, clinic: Clinic) -> None:
    assert "目前没有扩散的病虫害" in (await desk.look("/console/outbreaks")).text
    rust = NewAnswer(diagnosis="玉米南方锈病", confidence=Confidence.SURE, condition_code="maize.southern_rust")
    for n in range(5):
        who = {"contact_phone": f"199 0003 {n:04d}", "contact_name": f"农户{n}"}
        sick = await has(clinic, clinic.second, point=field(0.001 * n), **who)
        await answers.answer_diagnosis(request_id=sick, new=rust, by=clinic.second)
    await outbreak_watch.look_for(condition="maize.southern_rust", crop="maize")
    page = await desk.look("/console/outbreaks?crop=maize")

    assert "梁村镇 · 7 天内 5 户" in page.said('//ol[@class="list"]')
    assert "农户0" not in page.text
    assert "目前没有扩散的病虫害" in (await desk.look("/console/outbreaks?crop=wheat")).text

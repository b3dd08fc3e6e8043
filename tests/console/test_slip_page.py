"""A farmer's slip and a report's check, without scripts: what he reads at each step, what he may say, who is let in."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from lxml import html
from msgspec import structs
from pypdf import PdfReader

from backend.console.routes import router
from backend.console.slip_consent import SHARE, VERSION
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.words import language, translations
from backend.laboratory import report_policies, reports, slips
from backend.laboratory.judgement_reasons import because
from backend.laboratory.judgement_rows import reasons_json
from backend.laboratory.report_policies import report_policy
from backend.laboratory.report_schemas import LabReportRecord, NewReportIssue
from backend.laboratory.words import Method, RetestState, RunKind, SampleKind, SoilCategory, Verdict
from backend.people.allowances import Allowance
from tests.application import application
from tests.cast import Cast
from tests.console.test_today import SAME_SITE
from tests.laboratory.bench import Bench
from tests.laboratory.test_public import advice, repeat

HOTLINE = "0635-0000002"


@pytest.fixture
async def bench(cast: Cast) -> Bench:
    made = await Bench.make(cast)
    await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", made.studio, HOTLINE)
    return made


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, and without a sign-in."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def handed_in(bench: Bench, **columns: Any) -> UUID:
    """A sample whose farmer took a slip home."""
    id = ids.uuid7()
    return await bench.sample(id=id, slip_sha256=slips.slip_sha256(id), **columns)


async def scanned(phone: httpx.AsyncClient, sample_id: UUID, **query: str) -> html.HtmlElement:
    """The page behind his slip."""
    answer = await phone.get(f"/s/{slips.slip_code(sample_id)}", params=query)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text(page: html.HtmlElement, xpath: str = "//main") -> str:
    """What stands there, its blanks folded."""
    found: Any = page.xpath(xpath)
    return " ".join(found[0].text_content().split())


def look(page: html.HtmlElement) -> tuple[str, str]:
    """The picture by its name, and the word beneath it."""
    section: Any = page.xpath("//section[contains(@class, 'verdict')]")
    return section[0].get("class").split()[-1], text(page, "//h1")


async def issued(bench: Bench, sample_id: UUID) -> LabReportRecord:
    made = await reports.issue(sample_id=sample_id, new=NewReportIssue(id=ids.uuid7()), by=bench.technician)
    return made.record


# -- what he reads


async def test_before_anything_is_measured_it_says_where_the_sample_is_and_whom_to_ring(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    page = await scanned(phone, await handed_in(bench, drop_off=bench.station, holder=bench.station, plot="东坡地"))

    assert look(page) == ("wait", "在路上")
    assert "样品在梁村检测点，要送到农技工作室去测。" in text(page)
    assert "大白菜 · 东坡地 · NY-001" in text(page)
    assert page.xpath("//a[starts-with(@href, 'tel:')]/@href") == ["tel:06350000002"]
    assert page.xpath("//ol[@class='steps']/li/@class") == ["done", "now", "to-come", "to-come"]


async def test_a_first_positive_is_a_stop_sign_that_says_it_is_measured_again(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench)
    result_id = await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)
    for number in (1, 2):
        await repeat(result_id, number, RetestState.OPEN)

    page = await scanned(phone, sample_id)

    assert look(page) == ("stop", "偏高，先别卖")
    assert text(page, "//ol[@class='next']/li") == "这一批先别采、别卖、别吃。"
    assert "再测 2 次才算数" in text(page)


async def test_a_negative_is_no_certificate_and_says_what_it_cannot_see(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    reasons = reasons_json((because("below_bands", value=12.5, suspect_from=40), because("negative_is_no_proof")))
    await bench.result(sample_id, verdict=Verdict.NEGATIVE, reasons=reasons, instrument_verdict="合格")

    page = await scanned(phone, sample_id)

    assert look(page) == ("clear", "没测出异常")
    assert "不是合格证明" in text(page, "//ul[@class='not']")
    assert "12.5 %" in text(page, "//details")
    assert "仪器上写的：合格" in text(page, "//details")
    assert "不能证明没有超标" in text(page, "//details")


@pytest.mark.parametrize(
    ("verdict", "seen"),
    [(Verdict.SUSPECT, ("watch", "拿不准，要再测")), (Verdict.INVALID, ("redo", "没测成，要重测"))],
)
async def test_a_doubtful_and_an_invalid_test_have_signs_of_their_own(
    phone: httpx.AsyncClient, bench: Bench, verdict: Verdict, seen: tuple[str, str]
) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, 45.0, verdict=verdict)

    assert look(await scanned(phone, sample_id)) == seen


async def test_what_could_not_be_judged_says_why(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, reasons=reasons_json((because("calibration_overdue"),)))

    page = await scanned(phone, sample_id)

    assert look(page) == ("open", "还不能下结论")
    assert "过期" in text(page, "//p[@class='means']")


async def soil_of(bench: Bench, **columns: Any) -> UUID:
    """Soil: acid, poor in phosphorus, rich in potassium."""
    sample_id = await handed_in(bench, kind=SampleKind.SOIL, crop_said=None, plot="北洼", **columns)
    soil = {"method": Method.SOIL_TEST}
    await bench.result(sample_id, 5.2, analyte="ph", unit_said=None, ph_class="strongly_acid", **soil)
    await bench.result(sample_id, 4.1, analyte="olsen_p", unit_said="mg/kg", grade=5, **soil)
    await bench.result(sample_id, 172, analyte="available_k", unit_said="mg/kg", grade=2, **soil)
    return sample_id


async def test_soil_is_bars_and_words(phone: httpx.AsyncClient, bench: Bench) -> None:
    page = await scanned(phone, await soil_of(bench))

    assert look(page) == ("soil", "土测好了")
    rows = [" ".join(each.text_content().split()) for each in page.xpath("//ul[@class='soil']/li")]
    assert rows == ["pH强酸性5.2", "有效磷低4.1 mg/kg", "速效钾高172 mg/kg"]
    bars = [(len(each.xpath(".//i")), len(each.xpath(".//i[@class='on']"))) for each in page.xpath("//ul/li")[:3]]
    assert bars == [(0, 0), (6, 2), (6, 5)]


async def test_a_heavy_metal_over_its_control_value_stops_him(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await soil_of(bench)
    await bench.result(sample_id, 4.2, analyte="cadmium", unit_said="mg/kg", category=SoilCategory.STRICT_CONTROL)

    assert look(await scanned(phone, sample_id)) == ("stop", "这块地风险高")


@pytest.mark.parametrize(("signed", "seen"), [(True, "每亩 17.5 公斤"), (False, "等农技员签字，签了才有数。")])
async def test_fertiliser_has_a_number_only_once_it_is_signed(
    phone: httpx.AsyncClient, bench: Bench, signed: bool, seen: str
) -> None:
    sample_id = await soil_of(bench)
    await advice(bench, sample_id, signed=signed)

    said = text(await scanned(phone, sample_id))

    assert seen in said
    assert ("17.5" in said, "孟繁荣" in said) == (signed, signed)


async def test_a_supervision_sampling_tells_of_objection_and_asks_for_no_consent(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench, run_kind=RunKind.SUPERVISION)
    await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)

    page = await scanned(phone, sample_id)

    assert "4 小时内提出" in text(page)
    assert page.xpath("//form") == []


async def test_while_it_is_measured_again_the_test_is_not_shown_as_done(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    await repeat(await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE), 1, RetestState.OPEN)

    page = await scanned(phone, sample_id)

    assert page.xpath("//ol[@class='steps']/li/@class") == ["done", "done", "now", "to-come"]


async def test_of_a_hundred_substances_the_grave_ones_stand_first_and_the_rest_in_the_report(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench)
    for n in range(60):
        await bench.result(sample_id, 0.01, analyte=None, analyte_text=f"物质{n}", verdict=Verdict.NEGATIVE)
    await bench.result(sample_id, 3.1, analyte="imidacloprid", method=Method.CHROMATOGRAPHY, verdict=Verdict.POSITIVE)

    page = await scanned(phone, sample_id)

    assert text(page, "//div[@class='figure']/h3") == "吡虫啉"
    assert len(page.xpath("//div[@class='figure']")) == 40
    assert "还有 21 项，没有更严重的，都在报告里。" in text(page)
    assert len(html.tostring(page)) < 45_000


async def test_without_a_telephone_he_is_sent_to_where_he_handed_it_in(phone: httpx.AsyncClient, bench: Bench) -> None:
    await fetch("UPDATE people_unit SET public_phone = NULL")

    page = await scanned(phone, await handed_in(bench, drop_off=bench.station))

    assert page.xpath("//a[starts-with(@href, 'tel:')]") == []
    assert "到交样的地方问：梁村检测点。" in text(page)


async def test_once_a_report_is_out_it_has_its_number_and_later_readings_are_said(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, verdict=Verdict.NEGATIVE)
    assert "还没有出纸面报告" in text(await scanned(phone, sample_id))
    report = await issued(bench, sample_id)

    page = await scanned(phone, sample_id)
    assert page.xpath(f"//a[@href='/t/{report.number}']")
    assert "出报告以后又测过" not in text(page)

    await bench.result(sample_id, verdict=Verdict.NEGATIVE, judged_at=clock.now() + timedelta(minutes=1))
    assert "出报告以后又测过" in text(await scanned(phone, sample_id))


async def test_his_report_is_a_pdf_behind_the_same_slip(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    address = f"/s/{slips.slip_code(sample_id)}/report.pdf"
    assert (await phone.get(address)).status_code == 404
    await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)
    report = await issued(bench, sample_id)

    answer = await phone.get(address)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    printed = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answer.content)).pages)
    assert "抑制率" in printed
    assert report.number[-4:] in printed


async def test_it_is_all_there_in_english_and_in_large_letters(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await soil_of(bench)
    token = language.set("en")
    page = await scanned(phone, sample_id, big="1")
    language.reset(token)

    assert page.get("class") == "large"
    assert look(page) == ("soil", "The soil is tested")
    assert re.findall("[一-鿿]+", text(page).replace("农技工作室", "").replace("北洼", "")) == []


# -- who is let in


async def test_whatever_opens_nothing_is_one_answer(phone: httpx.AsyncClient, bench: Bench) -> None:
    gone = await handed_in(bench)
    code = slips.slip_code(gone)
    await fetch("DELETE FROM laboratory_sample WHERE id = $1", gone)

    answers = [await phone.get(f"/s/{asked}") for asked in (code, "ABCD-EFGH-JKMN-PQRS", "x", "%00", "1" * 300)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "到交样的地方问一问" in answers[0].text


async def test_whoever_tries_again_and_again_is_told_to_wait_and_when(phone: httpx.AsyncClient, bench: Bench) -> None:
    for _ in range(60):
        answer = await phone.get("/s/ABCD-EFGH-JKMN-PQRS")
        if answer.status_code == 429:
            break

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_the_code_is_read_as_people_type_it(phone: httpx.AsyncClient, bench: Bench) -> None:
    code = slips.slip_code(await handed_in(bench)).replace("-", "").lower()

    assert (await phone.get(f"/s/{code}")).status_code == 200


async def test_nobody_keeps_it_finds_it_or_hears_of_it(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    answer = await phone.get(f"/s/{slips.slip_code(sample_id)}")

    assert answer.headers["cache-control"] == "no-store"
    assert (answer.headers["referrer-policy"], answer.headers["x-robots-tag"]) == ("no-referrer", "noindex")
    page = html.fromstring(answer.text)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//*[starts-with(@href, 'http') or starts-with(@src, 'http')]") == []


async def test_neither_name_nor_telephone_of_his_stand_there(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    assert "于化验" not in text(await scanned(phone, sample_id))


# -- what he says


def form_of(page: html.HtmlElement) -> dict[str, str]:
    """Its hidden fields."""
    return {each.get("name"): each.get("value") for each in page.xpath("//form//input[@type='hidden']")}


async def says(phone: httpx.AsyncClient, sample_id: UUID, share: str, **headers: str) -> httpx.Response:
    """He answers the page's question."""
    fields = form_of(await scanned(phone, sample_id)) | {"share": share}
    address = f"/s/{slips.slip_code(sample_id)}/consent"
    return await phone.post(address, data=fields, headers=SAME_SITE | headers, follow_redirects=True)


async def test_he_agrees_by_the_text_that_he_saw_and_takes_it_back(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)

    agreed = await says(phone, sample_id, "yes")
    assert "记下了：可以告诉别人。" in agreed.text
    assert "收回同意" in agreed.text
    taken_back = await says(phone, sample_id, "no")
    assert "记下了：不告诉别人。" in taken_back.text

    shown = translations("zh").gettext(SHARE[VERSION])
    lines = await fetch("SELECT * FROM laboratory_consent WHERE sample = $1 ORDER BY at, id", sample_id)
    assert [(each["purpose"], each["given"], each["channel"], each["method"]) for each in lines] == [
        ("share", True, "page", "tapped"),
        ("share", False, "page", "tapped"),
    ]
    assert {(each["text_version"], each["text_sha256"]) for each in lines} == {
        (f"slip {VERSION}-zh", hashlib.sha256(shown.encode()).digest())
    }
    assert {each["recorded_by"] for each in lines} == {None}


async def test_pressed_twice_it_is_said_once(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    fields = form_of(await scanned(phone, sample_id)) | {"share": "yes"}
    for _ in range(2):
        answer = await phone.post(
            f"/s/{slips.slip_code(sample_id)}/consent", data=fields, headers=SAME_SITE, follow_redirects=True
        )
        assert answer.status_code == 200

    assert len(await fetch("SELECT 1 FROM laboratory_consent WHERE sample = $1", sample_id)) == 1


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({"share": "perhaps"}, SAME_SITE, 400),
        ({"share": "yes", "id": "x"}, SAME_SITE, 400),
        ({"share": "yes"}, {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_nonsense_and_other_sites_write_nothing_down(
    phone: httpx.AsyncClient, bench: Bench, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    sample_id = await handed_in(bench)
    given = form_of(await scanned(phone, sample_id)) | fields
    answer = await phone.post(f"/s/{slips.slip_code(sample_id)}/consent", data=given, headers=headers)

    assert answer.status_code == status
    assert await fetch("SELECT 1 FROM laboratory_consent WHERE sample = $1", sample_id) == []


async def test_an_address_that_claims_he_agreed_does_not_make_it_so(phone: httpx.AsyncClient, bench: Bench) -> None:
    assert "记下了" not in text(await scanned(phone, await handed_in(bench), did="yes"))


# -- whether a report is genuine


async def checked(phone: httpx.AsyncClient, number: str, **query: str) -> html.HtmlElement:
    answer = await phone.get(f"/t/{number}", params=query)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


async def test_a_stranger_learns_that_a_report_is_genuine_and_no_finding(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)
    report = await issued(bench, sample_id)

    page = await checked(phone, report.number)

    assert look(page) == ("genuine", "是真报告")
    assert page.xpath("//script") == []
    assert report.sha256 in text(page)
    assert not any(told in text(page) for told in ("63.2", "阳性", "偏高", "白菜", "于化验"))


async def test_the_digest_on_the_paper_is_compared_with_ours(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, verdict=Verdict.NEGATIVE)
    report = await issued(bench, sample_id)
    spaced = " ".join(report.sha256[at : at + 8] for at in range(0, 64, 8))

    assert "校验码对得上" in text(await checked(phone, report.number, sha256=spaced.upper()))
    other = await checked(phone, report.number, sha256="0" * 64)
    assert look(other) == ("stop", "校验码对不上")


async def test_a_report_that_was_replaced_leads_to_the_one_that_counts(phone: httpx.AsyncClient, bench: Bench) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, verdict=Verdict.NEGATIVE)
    first, second = await issued(bench, sample_id), await issued(bench, sample_id)

    page = await checked(phone, first.number)

    assert look(page) == ("watch", "是真的，但已作废")
    assert page.xpath(f"//a[@href='/t/{second.number}']")


async def test_a_report_that_was_altered_in_the_store_is_not_called_genuine(
    phone: httpx.AsyncClient, bench: Bench
) -> None:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, verdict=Verdict.POSITIVE)
    report = await issued(bench, sample_id)
    await fetch(
        "UPDATE laboratory_report SET contents = jsonb_set(contents::jsonb, '{overall}', '\"clear\"') "
        "WHERE number = $1",
        report.number,
    )

    assert look(await checked(phone, report.number)) == ("stop", "不要相信")


async def test_a_number_that_is_no_reports_is_said_in_words(phone: httpx.AsyncClient, bench: Bench) -> None:
    wrong = ("JC618033988739", "JC618033988730", "x", "%00", "1" * 300)
    answers = [await phone.get(f"/t/{each}") for each in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1, "one answer for unknown and mistyped"
    assert "没有这个编号的报告" in answers[0].text


async def test_who_checks_one_number_after_another_is_told_to_wait_in_words(
    phone: httpx.AsyncClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = structs.replace(report_policy(clock.today()), checks_per_address=Allowance(2, timedelta(minutes=30)))
    monkeypatch.setattr(report_policies, "REPORT_POLICIES", (few,))

    answers = [await phone.get(f"/t/JC{each}") for each in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "再试" in answers[-1].text

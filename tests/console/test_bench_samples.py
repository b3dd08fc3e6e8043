"""A bag's way at the desk, without scripts: handed in and agreed to aloud, labelled, handed on, judged, reported."""

import hashlib
from datetime import timedelta
from uuid import UUID

import pytest

from backend.console import bench_consent
from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.laboratory import sample_records
from backend.laboratory.words import Method, RunKind, SampleKind, Verdict
from tests.console.bench_desk import BENCH, ROWS, Desk, Page
from tests.laboratory.bench import Bench

NEW = f"{BENCH}/samples/new"


def bag(**changes: str) -> dict[str, str]:
    """What a technician types while a farmer stands there."""
    return {
        "id": str(uuid7()),
        "kind": "produce",
        "code": "",
        "crop": "白菜",
        "sampled_on": clock.today().isoformat(),
        "household": "llm-001",
        "contact_name": "林大山",
        "contact_phone": "199 0000 0051",
        "plot": "村东三亩",
        "handling": "yes",
    } | changes


async def hand_in(bench_desk: Desk, **changes: str) -> Page:
    page = await bench_desk.look(NEW)
    return await bench_desk.send(page, "samples/new", **bag(**changes))


async def one_sample() -> UUID:
    row = await fetch_row("SELECT id FROM laboratory_sample")
    assert row is not None
    id: UUID = row["id"]
    return id


async def test_a_bag_is_typed_once_and_gives_a_slip_and_a_label_without_a_name(bench_desk: Desk, bench: Bench) -> None:
    page = await hand_in(bench_desk)

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert page.address.endswith("/slip?did=received")
    slip, label = page.said('//section[@class="farmers-slip"]'), page.said('//section[@class="bag-label"]')
    one = await sample_records.get(sample_id=await one_sample(), by=bench.technician)
    assert one.code in slip
    assert one.code in label
    assert "林大山" not in page.text
    assert "199" not in slip + label
    assert "不是合格证明" in slip
    assert str(one.slip_url) in page.text
    assert len(page.all('//*[local-name()="svg"][@class="qr"]')) == 2
    assert (one.household_code, one.crop, one.plot) == ("LLM-001", "大白菜", "村东三亩")  # as the list calls it


async def test_a_second_tap_receives_nothing_more(bench_desk: Desk, bench: Bench) -> None:
    typed = bag()
    for _ in range(2):
        page = await bench_desk.send(await bench_desk.look(NEW), "samples/new", **typed)
        assert page.status == 200
    assert len(await fetch("SELECT 1 FROM laboratory_sample")) == 1


async def test_his_yes_is_kept_as_spoken_with_the_very_words_that_were_read(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.look(NEW)
    assert page.all('//input[@type="checkbox"][@checked]') == []
    await hand_in(bench_desk, share="yes")
    rows = await fetch("SELECT purpose, given, method, channel, text_sha256 FROM laboratory_consent")
    assert {(row["purpose"], row["given"], row["method"], row["channel"]) for row in rows} == {
        ("handling", True, "spoken", "desk"),
        ("share", True, "spoken", "desk"),
    }
    texts = bench_consent.texts()
    for row in rows:
        assert texts[row["purpose"]] in page.text
        assert hashlib.sha256(texts[row["purpose"]].encode()).digest() == row["text_sha256"]


async def test_a_name_is_kept_only_with_a_yes_and_the_bag_is_tested_all_the_same(
    bench_desk: Desk, bench: Bench
) -> None:
    page = await hand_in(bench_desk, handling="")
    assert page.status == 400
    assert page.all('//*[@id="wrong-handling"]')
    assert page.all('//input[@id="contact_name"]/@value') == ["林大山"], "what was typed stays"
    page = await hand_in(bench_desk, handling="", contact_name="", contact_phone="")
    assert page.status == 200
    assert (await sample_records.get(sample_id=await one_sample(), by=bench.technician)).contact_name is None


async def test_every_wrong_field_is_said_at_the_field(bench_desk: Desk, bench: Bench) -> None:
    page = await hand_in(bench_desk, kind="", household="ZZ-9", temperature_c="冷", handling="")
    wrong = {one.get("id") for one in page.all('//p[starts-with(@id, "wrong-")]')}
    assert (page.status, wrong) == (
        400,
        {f"wrong-{name}" for name in ("kind", "household", "temperature_c", "handling")},
    )
    page = await hand_in(bench_desk, kind="soil", depth_top_cm="20", depth_bottom_cm="0")
    assert page.all('//*[@id="wrong-depth_bottom_cm"]')
    assert await fetch("SELECT 1 FROM laboratory_sample") == []


async def test_a_soil_sample_has_depth_and_cores_and_produce_forgets_them(bench_desk: Desk, bench: Bench) -> None:
    await hand_in(bench_desk, kind="soil", depth_top_cm="0", depth_bottom_cm="20", cores_n="15", land_use="upland")
    row = await fetch_row("SELECT kind, depth_top_cm, depth_bottom_cm, cores_n, land_use FROM laboratory_sample")
    assert row is not None
    assert tuple(row) == ("soil", 0, 20, 15, "upland")
    page = await hand_in(bench_desk, kind="produce", depth_bottom_cm="20", cores_n="3")
    assert page.status == 200


async def test_the_bag_is_handed_over_with_its_temperature(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.be(bench.station_technician)
    await hand_in(bench_desk, household="", place="琉璃庙村")
    page = await bench_desk.look(f"{BENCH}/samples/{await one_sample()}")
    assert page.all('//select[@name="to_unit_id"]/option[@selected]/@value') == [str(bench.studio)]

    page = await bench_desk.send(page, "hand-over", temperature_c="6.5", travelled="cooled")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "已交接" in page.said('//*[@role="status"]')
    way = page.said('//ol[@class="way-of"]')
    assert "农技工作室" in way
    assert "6.5 °C" in way


async def test_a_result_tells_why_and_is_measured_again_until_it_is_answered(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-002", crop_code="cucumber")
    await bench.instrument()
    await bench_desk.drop(ROWS[1])
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    assert "■阳性" in page.said("//h1/following-sibling::*")
    told = page.said('//li[contains(@class, "result")]')
    assert "63.2" in told
    assert "GB/T 5009.199" in told
    assert "同法复测 1" in told
    page = await bench_desk.send(page, "review")
    assert "已核对" in page.text


async def test_a_retest_is_withdrawn_with_a_reason_that_stays_beside_it(bench_desk: Desk, bench: Bench) -> None:
    await bench.sample("NY-002")
    await bench_desk.drop(ROWS[1])
    sample = await one_sample()
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    refused = await bench_desk.send(page, "retest-withdrawal", reason="")
    assert refused.status == 400
    for _ in range(2):
        page = await bench_desk.send(page, "retest-withdrawal", reason="样品已用完")
        assert "已撤回" in page.said('//*[@role="status"]')
    assert page.text.count("样品已用完") == 2
    assert not page.offers("retest-withdrawal")


async def test_the_limits_of_another_day_stand_beside_and_change_nothing(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-002")
    await bench_desk.drop(ROWS[1])
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    page = await bench_desk.send(page, "rejudge", on="2026-02-01")
    assert "2026年2月1日" in page.text
    assert page.status == 200
    row = await fetch_row("SELECT verdict FROM laboratory_result")
    assert row is not None
    assert row["verdict"] == Verdict.POSITIVE


async def test_a_report_is_issued_in_one_tap_and_its_sheet_is_a_tap_away(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-001")
    await bench.instrument()
    await bench_desk.drop(ROWS[0])
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    if "review" in page.text and not page.offers("report"):
        page = await bench_desk.send(page, "review")
    page = await bench_desk.send(page, "report")
    assert page.status == 200, page.said('//*[@role="alert"]')
    number = page.all('//a[starts-with(@href, "/t/")]/@href')[0].removeprefix("/t/")
    assert number.startswith("JC")
    assert page.all(f'//a[@href="/api/v1/laboratory/reports/{number}/pdf"]')


async def test_one_tap_issues_the_report_and_opens_its_sheet_to_print(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-001")
    await bench.instrument()
    await bench_desk.drop(ROWS[0])
    led = await bench_desk.led(f"{BENCH}/samples/{sample}/report", id=str(uuid7()), then="pdf")
    assert led.startswith("/api/v1/laboratory/reports/JC")
    assert led.endswith("/pdf")


async def test_nothing_is_reported_where_nothing_was_measured(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-003")
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    assert not page.offers("report")


async def test_what_was_found_is_withheld_from_the_supervisor_until_the_farmer_agrees(
    bench_desk: Desk, bench: Bench
) -> None:
    sample = await bench.sample("NY-002")
    await bench_desk.drop(ROWS[1])
    await bench_desk.be(bench.cast.supervisor)
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    assert "阳性" not in page.said("//main")
    assert "63.2" not in page.text
    await bench_desk.be(bench.technician)
    page = await bench_desk.send(await bench_desk.look(f"{BENCH}/samples/{sample}"), "consent", given="yes")
    assert "能，农户同意了" in page.text
    await bench_desk.be(bench.cast.supervisor)
    assert "63.2" in (await bench_desk.look(f"{BENCH}/samples/{sample}")).text


async def test_a_free_test_has_no_objection_and_a_supervision_sampling_has_one(bench_desk: Desk, bench: Bench) -> None:
    free = await bench.sample("NY-001")
    taken = await bench.sample("NY-002", run_kind=RunKind.SUPERVISION)
    await bench_desk.drop(*ROWS[:2])
    kinds = '//select[@name="kind"]/option/@value'
    assert "objection" not in (await bench_desk.look(f"{BENCH}/samples/{free}")).all(kinds)
    page = await bench_desk.look(f"{BENCH}/samples/{taken}")
    assert "objection" in page.all(kinds)
    late = clock.local(clock.now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = await bench_desk.send(page, "retest", kind="objection", method="chromatography", told_at=late)
    assert page.status == 409
    assert "异议的时限到" in page.said('//*[@role="alert"]')


SOIL = "样品编号\tpH\t碱解氮(mg/kg)\nT-9\t7.8\t60\n"


async def test_advice_is_a_draft_with_every_number_until_an_expert_signs_it(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("T-9", kind=SampleKind.SOIL, crop_said="花生")
    await bench_desk.drop(name="soil.tsv", content=SOIL.encode())
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    asked = {"crop_code": "peanut", "nutrient": "n", "fertiliser": "urea", "target_yield_kg_per_mu": "300"}
    page = await bench_desk.send(page, "advice", **asked)
    assert page.status == 200, page.said('//*[@role="alert"]')
    told = page.said('//section[@aria-labelledby="advice"]')
    assert "草稿" in told
    assert "尿素" in told
    assert "million kg of topsoil per mu" in told, "each number with its unit and its source"
    assert not page.offers("signature"), "a technician does not sign"

    await bench_desk.be(bench.expert)
    page = await bench_desk.send(await bench_desk.look(f"{BENCH}/samples/{sample}"), "signature", note="分两次施")

    assert page.status == 200, page.said('//*[@role="alert"]')
    assert "孟繁荣 已签字" in page.said('//section[@aria-labelledby="advice"]')


async def test_a_missing_number_gives_no_number_and_says_which(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("T-9", kind=SampleKind.SOIL)
    await bench_desk.drop(name="soil.tsv", content=SOIL.encode())
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    page = await bench_desk.send(
        page, "advice", crop_code="tomato", nutrient="n", fertiliser="urea", target_yield_kg_per_mu="300"
    )
    told = page.said('//section[@aria-labelledby="advice"]')
    assert "算不出" in told
    assert "✕ 缺" in told
    assert not page.offers("signature")


async def test_repeats_answer_themselves_and_a_laboratorys_result_answers_the_confirmation(
    bench_desk: Desk, bench: Bench
) -> None:
    sample = await bench.sample("NY-002")
    await bench.instrument()
    again = [
        "NY-002,黄瓜,61.0,不合格,2026-11-20 10:35,NC-1001,22",
        "NY-002,黄瓜,66.0,不合格,2026-11-20 10:40,NC-1001,23",
    ]
    await bench_desk.drop(ROWS[1])
    await bench_desk.drop(*again)
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    assert page.said("//main").count("■结果一致") == 2
    assert "▲还没测实验室方法确证" in page.said("//main")
    assert not page.offers("retest-answer"), "nothing that could answer it"
    await bench.result(
        sample, 0.3, analyte="carbofuran", method=Method.CHROMATOGRAPHY, unit_said="mg/kg", verdict=Verdict.POSITIVE
    )
    page = await bench_desk.look(f"{BENCH}/samples/{sample}")
    page = await bench_desk.send(page, "retest-answer")
    assert page.status == 200, page.said('//*[@role="alert"]')
    assert page.said("//main").count("■结果一致") == 3


async def test_nobody_of_another_county_sees_the_bag(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-001", kind=SampleKind.PRODUCE)
    await bench_desk.be(bench.outsider)
    for address in (f"{BENCH}/samples/{sample}", f"{BENCH}/samples/{sample}/slip"):
        await bench_desk.look(address, status=404)


@pytest.mark.parametrize(("who", "status"), [("operator", 200), ("cadre", 200), ("auditor", 403), ("handler", 403)])
async def test_whoever_stands_at_a_drop_off_takes_bags_in(
    bench_desk: Desk, bench: Bench, who: str, status: int
) -> None:
    await bench_desk.be(getattr(bench.cast, who))
    await bench_desk.look(NEW, status=status)

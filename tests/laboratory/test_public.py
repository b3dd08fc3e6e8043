"""A sample as its farmer reads it: where it is, what was found and how sure that is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory.conclusions import Standing
from backend.laboratory.public import PublicSample, public_sample
from backend.laboratory.report_tables import FertiliserAdviceGiven, LabReport
from backend.laboratory.result_tables import Retest
from backend.laboratory.words import Method, RetestKind, RetestState, SampleKind, SampleState, SoilCategory, Verdict
from tests.laboratory.bench import Bench

HOTLINE = "0635-0000002"


async def seen(sample_id: UUID) -> PublicSample:
    """What the holder of the slip reads."""
    found = await public_sample(sample_id=sample_id)
    assert found is not None
    return found


async def repeat(result_id: UUID, number: int, state: RetestState, **columns: Any) -> None:
    """A repeat that a positive opened, as a row."""
    given = {"kind": RetestKind.REPEAT, "asked_at": clock.now()} | columns
    await Retest.insert(Retest(id=ids.uuid7(), result=result_id, number=number, state=state, **given))


async def report(bench: Bench, sample_id: UUID, number: str = "JC100000000018", **columns: Any) -> UUID:
    """A report as a row."""
    given: dict[str, Any] = {
        "id": ids.uuid7(),
        "number": number,
        "sample": sample_id,
        "contents": "{}",
        "sha256": b"\0" * 32,
        "signature": b"\0" * 64,
        "key_id": "0" * 16,
        "issued_at": clock.now(),
        "issued_by": bench.technician.person_id,
    }
    row = LabReport(**(given | columns))
    await LabReport.insert(row)
    return row.id


async def advice(bench: Bench, sample_id: UUID, *, signed: bool) -> None:
    """Advice on fertiliser as a row."""
    signature = {"signed_by": bench.expert.person_id, "signed_at": clock.now(), "signed_note": "分两次追"}
    row = FertiliserAdviceGiven(
        id=ids.uuid7(),
        sample=sample_id,
        crop_code="peanut",
        nutrient="n",
        fertiliser="urea",
        asked="{}",
        advice=msgspec.json.encode({"kg_per_mu": Decimal("17.5")}).decode(),
        made_at=clock.now(),
        made_by=bench.technician.person_id,
        arguments_digest=b"\0" * 32,
        **(signature if signed else {}),
    )
    await FertiliserAdviceGiven.insert(row)


async def test_a_sample_on_its_way_says_where_it_is_and_whom_to_ring(bench: Bench) -> None:
    await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", bench.studio, HOTLINE)
    sample_id = await bench.sample(drop_off=bench.station, holder=bench.station, plot="东坡地")

    told = await seen(sample_id)

    assert (told.drop_off, told.holder, told.at_bench) == ("梁村检测点", "梁村检测点", False)
    assert (told.studio, told.studio_phone, told.findings) == ("农技工作室", HOTLINE, [])
    assert told.crop is not None
    assert (told.crop.zh, told.plot, told.reachable, told.shares) == ("大白菜", "东坡地", False, False)


async def test_a_desk_without_a_telephone_tells_the_one_of_the_unit_above_it(bench: Bench) -> None:
    await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", bench.studio, HOTLINE)

    assert (await seen(await bench.sample(unit=bench.station))).studio_phone == HOTLINE


async def test_a_first_positive_is_measured_again_before_it_counts(bench: Bench) -> None:
    sample_id = await bench.sample()
    first = await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)
    await repeat(first, 1, RetestState.OPEN)
    await repeat(first, 2, RetestState.OPEN)

    (found,) = (await seen(sample_id)).findings

    assert (found.standing, found.repeats_open, found.takes_n) == (Standing.REPEATING, 2, 1)
    assert (found.reading.name.zh, found.reading.kind, found.reading.value) == ("抑制率", "inhibition", "63.2 %")


async def test_a_positive_that_both_repeats_overturned_is_cleared(bench: Bench) -> None:
    sample_id = await bench.sample()
    first = await bench.result(sample_id, 63.2, verdict=Verdict.POSITIVE)
    for number in (1, 2):
        again = await bench.result(sample_id, 12.0 + number, verdict=Verdict.NEGATIVE)
        await repeat(first, number, RetestState.OVERTURNED, answered_by_result=again)

    (found,) = (await seen(sample_id)).findings

    assert (found.reading.verdict, found.standing, found.takes_n, found.high_n) == (
        Verdict.NEGATIVE,
        Standing.CLEARED,
        3,
        1,
    )


async def test_each_analyte_of_a_soil_sample_is_a_finding_in_the_order_of_the_file(bench: Bench) -> None:
    sample_id = await bench.sample(kind=None, crop_said=None)
    soil = {"method": Method.SOIL_TEST}
    await bench.result(sample_id, 5.2, analyte="ph", unit_said=None, ph_class="strongly_acid", **soil)
    await bench.result(sample_id, 8.1, analyte="olsen_p", unit_said="mg/kg", grade=4, **soil)
    await bench.result(sample_id, 0.45, analyte="cadmium", unit_said="mg/kg", category=SoilCategory.SAFE_USE, **soil)

    told = await seen(sample_id)

    assert told.kind is SampleKind.SOIL
    assert [(each.reading.name.zh, each.reading.kind) for each in told.findings] == [
        ("pH", "ph"),
        ("有效磷", "nutrient"),
        ("镉", "soil_pollutant"),
    ]


async def test_the_report_that_counts_is_named_and_what_came_after_it_is_said(bench: Bench) -> None:
    sample_id = await bench.sample()
    await bench.result(sample_id, verdict=Verdict.NEGATIVE)
    newer = await report(bench, sample_id, "JC100000000026")
    await report(bench, sample_id, superseded_by=newer, issued_at=clock.now() + timedelta(hours=1))

    told = await seen(sample_id)
    assert told.report is not None
    assert (told.report.number, told.newer) == ("JC100000000026", False)

    await bench.result(sample_id, verdict=Verdict.NEGATIVE, judged_at=clock.now() + timedelta(minutes=1))
    assert (await seen(sample_id)).newer


@pytest.mark.parametrize("signed", [True, False])
async def test_advice_has_no_number_before_an_agronomist_signed_it(bench: Bench, signed: bool) -> None:
    sample_id = await bench.sample(kind=SampleKind.SOIL)
    await advice(bench, sample_id, signed=signed)

    (told,) = (await seen(sample_id)).advice

    assert told.crop.zh == "花生"
    assert (told.kg_per_mu, told.signed_by) == ((Decimal("17.5"), "孟繁荣") if signed else (None, None))


async def test_what_he_said_last_about_sharing_counts(bench: Bench) -> None:
    sample_id = await bench.sample()
    await bench.shares(sample_id)
    assert (await seen(sample_id)).shares

    await bench.shares(sample_id, given=False)

    told = await seen(sample_id)
    assert (told.shares, told.shares_since is not None) == (False, True)


async def test_a_sample_that_only_a_file_told_of_or_that_is_gone_is_nobodys_page(bench: Bench) -> None:
    assert await public_sample(sample_id=await bench.held()) is None
    joined = await bench.sample("另一个", state=SampleState.JOINED, joined_to=await bench.sample())
    assert await public_sample(sample_id=joined) is None
    assert await public_sample(sample_id=ids.uuid7()) is None

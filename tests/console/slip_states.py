"""Every state in which a farmer may find his slip, and a stranger a report: each made anew, as the path to its page."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.laboratory import reports, slips
from backend.laboratory.judgement_reasons import because
from backend.laboratory.judgement_rows import reasons_json
from backend.laboratory.report_schemas import NewReportIssue
from backend.laboratory.sample_tables import SampleHandOver
from backend.laboratory.words import Method, RetestState, RunKind, SampleKind, SoilCategory, Verdict
from tests.laboratory.bench import Bench
from tests.laboratory.test_public import advice, repeat


async def handed_in(bench: Bench, **columns: Any) -> UUID:
    """A sample whose farmer took a slip home."""
    id = ids.uuid7()
    given = {"crop_said": "黄瓜", "plot": "东坡地", "code": f"S26{id.hex[-8:].upper()}", "drop_off": bench.station}
    return await bench.sample(id=id, slip_sha256=slips.slip_sha256(id), **(given | columns))


def slip(sample_id: UUID) -> str:
    """The path to his page."""
    return f"/s/{slips.slip_code(sample_id)}"


async def tested(bench: Bench, percent: float, verdict: Verdict, code: str, **columns: Any) -> tuple[UUID, UUID]:
    """A sample and its first reading of enzyme inhibition."""
    sample_id = await handed_in(bench, **columns)
    why = because(code, value=percent, suspect_from=40, positive_from=50)
    reasons = reasons_json((why, because("negative_is_no_proof"))) if code == "below_bands" else reasons_json((why,))
    rule = "GB/T 5009.199-2003; Lianxin bands 2026-01"
    return sample_id, await bench.result(sample_id, percent, verdict=verdict, reasons=reasons, rule=rule)


async def on_its_way(bench: Bench) -> str:
    return slip(await handed_in(bench, holder=bench.station, wants_call=True))


async def waiting(bench: Bench) -> str:
    sample_id = await handed_in(bench)
    step = SampleHandOver(
        id=ids.uuid7(),
        sample=sample_id,
        from_unit=bench.station,
        to_unit=bench.studio,
        at=clock.now(),
        recorded_at=clock.now(),
        by=bench.technician.person_id,
        temperature_c=4,
        arguments_digest=b"\0" * 32,
    )
    await SampleHandOver.insert(step)
    return slip(sample_id)


async def negative(bench: Bench) -> str:
    sample_id, _ = await tested(bench, 12.5, Verdict.NEGATIVE, "below_bands")
    await reports.issue(sample_id=sample_id, new=NewReportIssue(id=ids.uuid7()), by=bench.technician)
    await bench.shares(sample_id)
    return slip(sample_id)


async def suspect(bench: Bench) -> str:
    sample_id, _ = await tested(bench, 45.2, Verdict.SUSPECT, "suspect_band")
    return slip(sample_id)


async def repeating(bench: Bench) -> str:
    sample_id, first = await tested(bench, 63.2, Verdict.POSITIVE, "inhibited")
    for number in (1, 2):
        await repeat(first, number, RetestState.OPEN)
    return slip(sample_id)


async def repeated(bench: Bench) -> str:
    sample_id, first = await tested(bench, 63.2, Verdict.POSITIVE, "inhibited")
    for number in (1, 2):
        again = await bench.result(sample_id, 60.0 + number, verdict=Verdict.POSITIVE)
        await repeat(first, number, RetestState.UPHELD, answered_by_result=again)
    return slip(sample_id)


async def cleared(bench: Bench) -> str:
    sample_id, first = await tested(bench, 63.2, Verdict.POSITIVE, "inhibited")
    for number in (1, 2):
        again = await bench.result(sample_id, 20.0 + number, verdict=Verdict.NEGATIVE)
        await repeat(first, number, RetestState.OVERTURNED, answered_by_result=again)
    return slip(sample_id)


async def banned(bench: Bench) -> str:
    sample_id = await handed_in(bench)
    found = {"analyte": "carbofuran", "method": Method.STRIP, "value": None, "unit_said": None, "tc_ratio": 0}
    await bench.result(sample_id, verdict=Verdict.POSITIVE, ban_found=True, **found)
    return slip(sample_id)


async def invalid(bench: Bench) -> str:
    sample_id, _ = await tested(bench, 3.0, Verdict.INVALID, "blank_unknown")
    return slip(sample_id)


async def undecided(bench: Bench) -> str:
    sample_id = await handed_in(bench)
    await bench.result(sample_id, reasons=reasons_json((because("calibration_overdue"),)))
    return slip(sample_id)


async def supervision(bench: Bench) -> str:
    sample_id, _ = await tested(bench, 63.2, Verdict.POSITIVE, "inhibited", run_kind=RunKind.SUPERVISION)
    return slip(sample_id)


GRADED = (
    ("organic_matter", 11.2, 4),
    ("alkali_hydrolysable_n", 52, 5),
    ("olsen_p", 2.4, 6),
    ("available_k", 172, 2),
    ("available_zn", 0.7, 3),
)


async def _soil(bench: Bench) -> UUID:
    """What one field has."""
    sample_id = await handed_in(bench, kind=SampleKind.SOIL, crop_said=None, plot="村北洼地")
    soil = {"method": Method.SOIL_TEST, "unit_said": "mg/kg"}
    await bench.result(sample_id, 5.2, analyte="ph", ph_class="strongly_acid", **(soil | {"unit_said": None}))
    graded = (
        ("organic_matter", 11.2, 4),
        ("alkali_hydrolysable_n", 52, 5),
        ("olsen_p", 2.4, 6),
        ("available_k", 172, 2),
    )
    for code, value, grade in (*graded, ("available_zn", 0.7, 3)):
        unit = {"unit_said": "g/kg" if code == "organic_matter" else "mg/kg"}
        await bench.result(sample_id, value, analyte=code, grade=grade, **(soil | unit))
    return sample_id


async def soil(bench: Bench) -> str:
    sample_id = await _soil(bench)
    await advice(bench, sample_id, signed=True)
    return slip(sample_id)


async def soil_unsigned(bench: Bench) -> str:
    sample_id = await _soil(bench)
    await advice(bench, sample_id, signed=False)
    return slip(sample_id)


async def heavy_metal(bench: Bench) -> str:
    sample_id = await _soil(bench)
    found = {"method": Method.SOIL_TEST, "unit_said": "mg/kg"}
    await bench.result(sample_id, 0.45, analyte="cadmium", category=SoilCategory.SAFE_USE, **found)
    return slip(sample_id)


async def void(bench: Bench) -> str:
    return "/s/ABCD-EFGH-JKMN-PQRS"


async def _issued(bench: Bench, times: int = 1) -> list[str]:
    sample_id, _ = await tested(bench, 12.5, Verdict.NEGATIVE, "below_bands")
    made = [
        await reports.issue(sample_id=sample_id, new=NewReportIssue(id=ids.uuid7()), by=bench.technician)
        for _ in range(times)
    ]
    return [f"/t/{each.record.number}" for each in made]


async def genuine(bench: Bench) -> str:
    return (await _issued(bench))[0]


async def replaced(bench: Bench) -> str:
    return (await _issued(bench, 2))[0]


async def another_digest(bench: Bench) -> str:
    return (await _issued(bench))[0] + "?sha256=" + "0" * 64


async def newer(bench: Bench) -> str:
    sample_id, _ = await tested(bench, 12.5, Verdict.NEGATIVE, "below_bands")
    await reports.issue(sample_id=sample_id, new=NewReportIssue(id=ids.uuid7()), by=bench.technician)
    await bench.result(sample_id, 14, verdict=Verdict.NEGATIVE, judged_at=clock.now() + timedelta(minutes=1))
    return slip(sample_id)


STATES: dict[str, Callable[[Bench], Awaitable[str]]] = {
    each.__name__: each
    for each in (
        *(on_its_way, waiting, negative, newer, suspect, repeating, repeated, cleared, banned, invalid, undecided),
        *(supervision, soil, soil_unsigned, heavy_metal, void, genuine, replaced, another_digest),
    )
}

"""Results: who reads them, how they are listed, looked at and judged beside."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory import limits, rejudging, result_lists, result_routes, results
from backend.laboratory.refusals_results import NotThisBench, ResultUnknown
from backend.laboratory.result_queries import Filters
from backend.laboratory.words import JudgedBecause, Method, RunKind, Verdict
from tests.laboratory.bench import Bench, client_of, signed_in


async def judged(bench: Bench, percent: float = 62, **columns) -> UUID:
    sample = columns.pop("sample", None) or await bench.sample(f"NY-{ids.uuid7()}"[:20])
    result = await bench.result(sample, percent, **columns)
    limits.forget()
    await rejudging.judge_again(result_ids=[result], because=JudgedBecause.JOINED, by=bench.technician)
    return result


async def listed(who, **filters) -> list[UUID]:
    return [each.id for each in (await result_lists.list_results(by=who, filters=Filters(**filters))).items]


async def sample_of(result_id: UUID) -> UUID:
    (row,) = await fetch("SELECT sample FROM laboratory_result WHERE id = $1", result_id)
    return row["sample"]


async def test_a_result_tells_what_was_measured_why_it_is_judged_so_and_what_follows(bench):
    result = await judged(
        bench, instrument=await bench.instrument(), instrument_verdict="合格", method_code="inhibition"
    )

    found = await results.get_result(result_id=result, by=bench.technician)

    assert (found.judgement.verdict, found.judgement.value, found.judgement.unit) == (Verdict.POSITIVE, 62.0, "%")
    assert found.judgement.reasons[0].says == "抑制率 62 %，达到或超过 50 %。"
    assert found.disagrees
    assert found.analyte_name == "抑制率"
    assert found.instrument_serial == "NC-1001"
    assert [(each.kind, each.number) for each in found.retests] == [("repeat", 1), ("repeat", 2)]
    assert [each.because for each in found.earlier] == [JudgedBecause.JOINED]
    assert found.earlier[0].verdict is None


async def test_a_banned_finding_in_a_free_sample_is_read_by_its_bench_and_by_nobody_else(bench):
    """The promise of issue 7: never by partners or enforcement without the farmer's consent."""
    sample = await bench.sample(household=bench.cast.household, sampled_on=date(2026, 7, 1))
    banned = {"analyte": "omethoate", "unit_said": "mg/kg", "method": Method.CHROMATOGRAPHY}
    result = await judged(bench, 0.5, sample=sample, **banned)
    cast = bench.cast

    for who in (bench.technician, bench.expert):
        found = await results.get_result(result_id=result, by=who)
        assert (found.ban_found, found.judgement.verdict) == (True, Verdict.POSITIVE)
    for who in (cast.stranger, cast.cadre, cast.supervisor, cast.auditor, cast.admin, cast.operator, bench.outsider):
        assert await listed(who) == []
        with pytest.raises(ResultUnknown):
            await results.get_result(result_id=result, by=who)


async def test_with_the_farmers_consent_an_overseer_reads_it_and_a_stranger_still_does_not(bench):
    sample = await bench.sample()
    result = await judged(bench, sample=sample)
    await bench.shares(sample)

    assert await listed(bench.cast.supervisor) == [result]
    assert await listed(bench.outsider) == []
    await bench.shares(sample, given=False)
    assert await listed(bench.cast.supervisor) == []


async def test_a_supervision_sampling_is_read_by_who_oversees_the_place(bench):
    result = await judged(bench, sample=await bench.sample(run_kind=RunKind.SUPERVISION))

    assert await listed(bench.cast.supervisor) == [result]
    assert await listed(bench.cast.cadre) == []


async def test_a_station_reads_what_its_own_samples_came_to_and_the_studio_above_reads_it_too(bench):
    sample = await bench.sample(unit=bench.station)
    result = await judged(bench, sample=sample, unit=bench.station)

    assert await listed(bench.station_technician) == [result]
    assert await listed(bench.technician) == [result]
    assert await listed(bench.station_technician, unit_id=bench.studio) == []


async def test_results_are_listed_by_every_filter_newest_first_and_page_by_page(bench):
    sample = await bench.sample()
    old = await judged(bench, 8, sample=sample, received_at=clock.now() - timedelta(days=3))
    clean = await judged(bench, 9, sample=sample, instrument_verdict="阳性")
    found = await judged(bench, 70)
    who = bench.technician

    assert await listed(who) == [found, clean, old]
    assert await listed(who, verdict=Verdict.POSITIVE) == [found]
    assert await listed(who, sample_id=sample) == [clean, old]
    assert await listed(who, disagrees=True) == [clean]
    assert await listed(who, until=clock.today() - timedelta(days=1)) == [old]
    assert await listed(who, since=clock.today(), analyte="cholinesterase_inhibition") == [found, clean]
    assert await listed(who, analyte="cadmium") == []
    first = await result_lists.list_results(by=who, limit=2)
    assert [each.id for each in first.items] == [found, clean]
    rest = await result_lists.list_results(by=who, limit=2, cursor=first.next_cursor)
    assert ([each.id for each in rest.items], rest.next_cursor) == ([old], None)


async def test_whoever_looked_at_it_first_stays_until_it_is_judged_again(bench):
    result = await judged(bench)
    await results.review(result_id=result, by=bench.technician)
    again = await results.review(result_id=result, by=bench.expert)
    assert again.reviewed_by is not None
    assert again.reviewed_by.id == bench.technician.person_id

    await fetch("UPDATE laboratory_result SET value = 8 WHERE id = $1", result)
    await rejudging.judge_again(result_ids=[result], because=JudgedBecause.RUN_RECORDED, by=bench.technician)

    assert (await results.get_result(result_id=result, by=bench.technician)).reviewed_by is None


async def test_an_overseer_of_a_supervision_sampling_reads_it_and_does_not_review_it(bench):
    result = await judged(bench, sample=await bench.sample(run_kind=RunKind.SUPERVISION))

    with pytest.raises(NotThisBench):
        await results.review(result_id=result, by=bench.cast.supervisor)


async def test_a_table_that_changed_changes_nothing_old_and_shows_the_difference_when_asked(bench):
    sample = await bench.sample(crop_said="梨", sampled_on=date(2026, 2, 28))
    glyphosate = {"analyte": "glyphosate", "unit_said": "mg/kg", "method": Method.CHROMATOGRAPHY}
    result = await judged(bench, 0.2, sample=sample, **glyphosate)
    before = await results.get_result(result_id=result, by=bench.technician)
    assert (before.judgement.verdict, before.judgement.rule) == (Verdict.POSITIVE, "GB 2763-2021")

    (beside,) = await results.rejudge_beside(sample_id=sample, on=date(2026, 3, 1), by=bench.technician)

    assert beside.differs
    assert (beside.beside.verdict, beside.beside.rule) == (None, "GB 2763-2026")
    assert beside.counts.verdict is Verdict.POSITIVE
    after = await results.get_result(result_id=result, by=bench.technician)
    assert after.judgement == before.judgement
    assert after.earlier[0].because is JudgedBecause.ASKED


async def test_asked_twice_by_the_same_limits_one_judgement_stands_beside(bench):
    result = await judged(bench)
    sample = await sample_of(result)

    for _ in range(2):
        (same,) = await results.rejudge_beside(sample_id=sample, by=bench.expert)
        assert not same.differs

    found = await results.get_result(result_id=result, by=bench.technician)
    assert [each.because for each in found.earlier].count(JudgedBecause.ASKED) == 1


async def test_over_http_nobody_a_wrong_shape_a_stranger_and_the_right_person(bench):
    result = await judged(bench)
    sample = await sample_of(result)
    async with client_of(result_routes.router) as client:
        path, his = f"/laboratory/results/{result}", await signed_in(bench.technician)
        theirs = await signed_in(bench.cast.stranger)

        assert (await client.get(path)).status_code == 401
        assert (await client.get("/laboratory/results?verdict=maybe", headers=his)).status_code == 400
        refused = await client.get(path, headers=theirs)
        assert (refused.status_code, refused.json()["code"]) == (404, "laboratory/result-unknown")
        assert (await client.get("/laboratory/results", headers=theirs)).json()["items"] == []
        found = await client.get(path, headers=his)
        assert (found.status_code, found.json()["value"]) == (200, 62.0)
        query = f"?sample_id={sample}&verdict=positive&since=2020-01-01&disagrees=false"
        assert [each["id"] for each in (await client.get(f"/laboratory/results{query}", headers=his)).json()["items"]]
        for _ in range(2):
            assert (await client.post(f"{path}/review", headers=his)).status_code == 200
            beside = await client.post(f"/laboratory/samples/{sample}/rejudge?on=2026-01-01", headers=his)
            assert beside.status_code == 200
        assert (await client.post(f"/laboratory/samples/{sample}/rejudge", headers=theirs)).status_code == 404


async def test_numbers_are_kept_as_they_were_measured(bench):
    result = await judged(bench, 39.996)

    (row,) = await fetch("SELECT value, judged_value FROM laboratory_result WHERE id = $1", result)

    assert (row["value"], row["judged_value"]) == (Decimal("39.996"), Decimal("39.996"))

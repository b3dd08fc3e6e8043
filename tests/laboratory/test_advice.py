"""Advice on fertiliser: every number told, none guessed, a draft until an agronomist answers for it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Forbidden
from backend.laboratory import advice, advice_routes, reports
from backend.laboratory.public import public_sample
from backend.laboratory.report_refusals import AdviceUnknown, CannotAdvise, FindingsWithheld, NotToSign
from backend.laboratory.report_schemas import (
    AdviceSignature,
    FertiliserAdviceRecord,
    NewFertiliserAdvice,
    NewReportIssue,
    OwnCoefficient,
)
from backend.laboratory.result_tables import SecondLook
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.words import Comparator, Method, SampleKind
from backend.people.actors import Actor
from tests.laboratory.bench import Bench, client_of, signed_in


async def soil(bench: Bench, mg_per_kg: float | None = 60, **columns: Any) -> UUID:
    """A sample of soil with its alkali-hydrolysable nitrogen."""
    sample_id = await bench.sample("T-001", kind=SampleKind.SOIL, household=bench.cast.household)
    if mg_per_kg is not None:
        given = {"analyte": "alkali_hydrolysable_n", "method": Method.SOIL_TEST, "unit_said": "mg/kg", "grade": 4}
        await bench.result(sample_id, mg_per_kg, **(given | columns))
    return sample_id


def new(**said: Any) -> NewFertiliserAdvice:
    """Urea for peanuts, 300 kg a mu: the worked example."""
    given = {"crop_code": "peanut", "nutrient": "n", "fertiliser": "urea", "target_yield_kg_per_mu": 300.0}
    return NewFertiliserAdvice(**(given | said))


async def advised(bench: Bench, sample_id: UUID, **said: Any) -> FertiliserAdviceRecord:
    made = await advice.advise_fertiliser(sample_id=sample_id, new=new(**said), by=bench.technician)
    return made.record


@pytest.fixture
async def wire(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(advice_routes.router) as client:
        yield client


async def test_the_worked_example_comes_out_with_every_number_and_its_source(bench: Bench) -> None:
    found = await advised(bench, await soil(bench))

    assert (found.kg_per_mu, found.crop_takes_kg_per_mu, found.soil_gives_kg_per_mu) == (17.5, 15.0, 4.95)
    told = {each.name: each for each in found.inputs}
    assert (told["soil_test_mg_per_kg"].value, told["uptake_kg_per_kg"].value) == (60.0, 0.05)
    assert all(each.source and each.unit and each.says for each in found.inputs)
    assert "土壤检测" in told["soil_test_mg_per_kg"].source
    assert (found.signed_by, found.missing) == (None, [])
    assert "签字" in found.note


async def test_a_missing_coefficient_gives_no_number_and_says_which(bench: Bench) -> None:
    found = await advised(bench, await soil(bench), crop_code="wheat")

    assert found.kg_per_mu is None
    assert set(found.missing) == {"uptake_kg_per_kg", "correction", "use_rate"}


@pytest.mark.parametrize(
    ("value", "columns"),
    [(None, {}), (60, {"comparator": Comparator.BELOW}), (60, {"unit_said": None}), (60, {"unit_said": "%"})],
)
async def test_a_soil_test_that_is_no_plain_number_is_missing(
    bench: Bench, value: float | None, columns: dict[str, Any]
) -> None:
    found = await advised(bench, await soil(bench, value, **columns))

    assert (found.kg_per_mu, found.missing) == (None, ["soil_test_mg_per_kg"])


async def test_a_rich_soil_needs_none_and_never_less(bench: Bench) -> None:
    found = await advised(bench, await soil(bench, 900))

    assert found.kg_per_mu == 0.0


async def test_coefficients_of_ones_own_go_before_those_on_file_and_a_blank_plot_gives_the_correction(
    bench: Bench,
) -> None:
    own = [OwnCoefficient(name="blank_yield_kg_per_mu", value=99, unit="kg/mu", source="2025 年梁村空白区")]
    found = await advised(bench, await soil(bench), own=own)

    correction = next(each for each in found.inputs if each.name == "correction")
    assert correction.value == 0.55
    assert "2025 年梁村空白区" in correction.source
    assert found.kg_per_mu == 17.5


async def test_from_three_years_mean_the_lower_usual_target_is_taken_and_told(bench: Bench) -> None:
    found = await advised(
        bench, await soil(bench), target_yield_kg_per_mu=None, mean_yield_kg_per_mu=250.0, crop_kind="cash"
    )

    target = next(each for each in found.inputs if each.name == "target_yield_kg_per_mu")
    assert target.value == 300.0
    assert "350" in target.source
    assert found.kg_per_mu == 17.5


async def test_what_does_not_fit_is_refused_with_its_field(bench: Bench) -> None:
    sample_id = await soil(bench)
    produce = await bench.sample("NY-009")
    strange = [OwnCoefficient(name="moon_phase", value=1, source="calendar")]

    with pytest.raises(CannotAdvise):
        await advised(bench, produce)
    for said in ({"crop_code": "unobtainium"}, {"own": strange}, {"result_id": ids.uuid7()}):
        with pytest.raises(CannotAdvise) as refused:
            await advised(bench, sample_id, **said)
        assert refused.value.errors[0].pointer.startswith(f"/{next(iter(said))}")


async def test_the_same_id_is_the_same_advice_and_other_content_is_refused(bench: Bench) -> None:
    sample_id, id = await soil(bench), ids.uuid7()
    first = await advice.advise_fertiliser(sample_id=sample_id, new=new(id=id), by=bench.technician)
    again = await advice.advise_fertiliser(sample_id=sample_id, new=new(id=id), by=bench.technician)

    assert (first.created, again.created, again.record) == (True, False, first.record)
    with pytest.raises(DifferentArguments):
        await advice.advise_fertiliser(
            sample_id=sample_id, new=new(id=id, target_yield_kg_per_mu=400.0), by=bench.technician
        )


async def test_a_new_draft_replaces_the_draft_before_and_no_signed_one(bench: Bench) -> None:
    sample_id = await soil(bench)
    first = await advised(bench, sample_id)
    signed = await advice.sign_advice(advice_id=first.id, new=AdviceSignature(), by=bench.expert)
    await advised(bench, sample_id, target_yield_kg_per_mu=320.0)
    third = await advised(bench, sample_id, target_yield_kg_per_mu=340.0)

    listed = await advice.list_advice(sample_id=sample_id, by=bench.technician)
    assert [each.id for each in listed] == [third.id, signed.id]
    await advice.sign_advice(advice_id=third.id, new=AdviceSignature(), by=bench.second)
    assert [each.id for each in await advice.list_advice(sample_id=sample_id, by=bench.expert)] == [third.id]


async def test_only_an_expert_of_its_studio_signs_and_twice_is_once(bench: Bench) -> None:
    found = await advised(bench, await soil(bench))

    with pytest.raises(Forbidden):
        await advice.sign_advice(advice_id=found.id, new=AdviceSignature(), by=bench.technician)
    with pytest.raises(SampleUnknown):
        await advice.sign_advice(advice_id=found.id, new=AdviceSignature(), by=bench.outsider)
    note = AdviceSignature(note="分两次施")
    first = await advice.sign_advice(advice_id=found.id, new=note, by=bench.expert)
    again = await advice.sign_advice(advice_id=found.id, new=note, by=bench.expert)
    assert first == again
    assert first.signed_by is not None
    assert (first.signed_by.name, first.signed_note) == ("孟繁荣", "分两次施")
    assert not any("签字" in each for each in first.reasons)
    with pytest.raises(NotToSign):
        await advice.sign_advice(advice_id=found.id, new=note, by=bench.second)
    with pytest.raises(AdviceUnknown):
        await advice.sign_advice(advice_id=ids.uuid7(), new=note, by=bench.expert)


async def test_a_signature_carries_the_moment_of_the_house_s_own_clock(bench: Bench) -> None:
    found = await advised(bench, await soil(bench))
    moment = clock.now() - timedelta(days=3)

    with clock.stopped(moment):
        signed = await advice.sign_advice(advice_id=found.id, new=AdviceSignature(), by=bench.expert)
    assert signed.signed_at == moment


async def test_without_an_amount_or_replaced_nothing_is_signed(bench: Bench) -> None:
    sample_id = await soil(bench)
    empty = await advised(bench, sample_id, crop_code="wheat")
    old = await advised(bench, sample_id)
    await advised(bench, sample_id, target_yield_kg_per_mu=320.0)

    for each in (empty, old):
        with pytest.raises(NotToSign):
            await advice.sign_advice(advice_id=each.id, new=AdviceSignature(), by=bench.expert)


async def test_the_grower_and_his_report_get_the_amount_only_once_it_is_signed(bench: Bench) -> None:
    sample_id = await soil(bench, grade=4, judged_value=60, judged_unit="mg/kg", rule="x")
    found = await advised(bench, sample_id)
    before = await public_sample(sample_id=sample_id)
    draft = (await reports.issue(sample_id=sample_id, new=NewReportIssue(), by=bench.technician)).record
    await advice.sign_advice(advice_id=found.id, new=AdviceSignature(), by=bench.expert)
    after = await public_sample(sample_id=sample_id)
    signed = (await reports.issue(sample_id=sample_id, new=NewReportIssue(), by=bench.technician)).record

    assert before is not None
    assert after is not None
    assert [each.kg_per_mu for each in before.advice] == [None]
    assert [str(each.kg_per_mu) for each in after.advice] == ["17.5"]
    assert draft.contents.advice == []
    day = clock.today().isoformat()
    assert signed.contents.advice == [f"花生：尿素，每亩 17.5 公斤（补氮；农技员 孟繁荣 {day} 签字）"]


async def test_routes_ask_nobody_wrong_shape_stranger_right_person_twice(bench: Bench, wire: httpx.AsyncClient) -> None:
    sample_id = await soil(bench)
    path = f"/laboratory/samples/{sample_id}/fertiliser-advice"
    body = {"crop_code": "peanut", "nutrient": "n", "fertiliser": "urea", "target_yield_kg_per_mu": 300}
    desk, cadre = await signed_in(bench.technician), await signed_in(bench.cast.cadre)

    assert (await wire.post(path, json=body)).status_code == 401
    assert (await wire.post(path, json=body | {"nutrient": "gold"}, headers=desk)).status_code == 400
    assert (await wire.post(path, json=body, headers=await signed_in(bench.outsider))).status_code == 404
    assert (await wire.post(path, json=body, headers=cadre)).status_code == 403
    assert (await wire.get(path, headers=cadre)).status_code == 403
    key = {"Idempotency-Key": "one"}
    first = await wire.post(path, json=body, headers=desk | key)
    again = await wire.post(path, json=body, headers=desk | key)
    assert (first.status_code, again.status_code) == (201, 200)
    sign = f"/laboratory/fertiliser-advice/{first.json()['id']}/signature"
    assert (await wire.post(sign, json={}, headers=desk)).status_code == 403
    assert (await wire.post(sign, json={}, headers=await signed_in(bench.expert))).status_code == 200
    listed = await wire.get(path, headers=desk)
    assert [each["signed_by"]["name"] for each in listed.json()] == ["孟繁荣"]


async def test_advice_is_withheld_like_findings(bench: Bench) -> None:
    sample_id = await soil(bench)
    await advised(bench, sample_id)

    with pytest.raises(FindingsWithheld):
        await advice.list_advice(sample_id=sample_id, by=bench.cast.cadre)
    await bench.shares(sample_id)
    assert len(await advice.list_advice(sample_id=sample_id, by=bench.cast.cadre)) == 1


async def waiting(bench: Bench, who: Actor) -> list[UUID]:
    """What he is asked to sign; the figure says as many."""
    found = (await advice.list_to_sign(by=who)).items
    assert await advice.count_to_sign(by=who) == len(found)
    return [each.advice.id for each in found]


async def test_an_expert_is_asked_to_sign_drafts_with_an_amount_that_count(bench: Bench) -> None:
    sample_id = await soil(bench)
    await advised(bench, sample_id, crop_code="wheat")  # without an amount
    await advised(bench, sample_id)
    newer = await advised(bench, sample_id, target_yield_kg_per_mu=320.0)  # replaces the one before

    assert await waiting(bench, bench.expert) == [newer.id]
    await advice.sign_advice(advice_id=newer.id, new=AdviceSignature(), by=bench.second)
    assert await waiting(bench, bench.expert) == []


async def test_it_is_asked_of_the_studios_own_experts_and_of_those_above_a_station_only(bench: Bench) -> None:
    own = await advised(bench, await soil(bench))
    below = await bench.sample("T-002", kind=SampleKind.SOIL, unit=bench.station, holder=bench.station)
    await bench.result(below, 60, analyte="alkali_hydrolysable_n", method=Method.SOIL_TEST, unit_said="mg/kg", grade=4)
    made = await advice.advise_fertiliser(sample_id=below, new=new(), by=bench.station_technician)

    for who in (bench.expert, bench.second):
        assert await waiting(bench, who) == [own.id, made.record.id]
    for who in (bench.technician, bench.station_technician, bench.outsider, bench.cast.cadre, bench.cast.supervisor):
        assert await waiting(bench, who) == []


async def test_who_owes_a_second_look_at_the_sample_is_not_asked_before(bench: Bench) -> None:
    sample_id = await soil(bench)
    made = await advised(bench, sample_id)
    look = SecondLook(
        id=ids.uuid7(), result=await bench.result(sample_id), photo_id=ids.uuid7(), expert=bench.expert.person_id,
        asked_by=bench.technician.person_id, asked_at=clock.now(), arguments_digest=b"",
    )  # fmt: skip
    await SecondLook.insert(look)

    assert await waiting(bench, bench.expert) == []
    assert await waiting(bench, bench.second) == [made.id]


async def test_the_oldest_comes_first_and_every_page_goes_on_where_the_last_ended(bench: Bench) -> None:
    made = []
    for days in (1, 3, 2):
        with clock.stopped(clock.now() - timedelta(days=days)):
            found = await advised(bench, await soil(bench))
        made.append((found.made_at, found.id))

    pages, cursor = [], None
    while not pages or cursor:
        page = await advice.list_to_sign(by=bench.expert, limit=1, cursor=cursor)
        pages.append([each.advice.id for each in page.items])
        cursor = page.next_cursor

    assert pages == [[id] for _, id in sorted(made)]


async def test_the_list_to_sign_asks_nobody_wrong_shape_stranger_right_person(
    bench: Bench, wire: httpx.AsyncClient
) -> None:
    made = await advised(bench, await soil(bench))
    path = "/laboratory/fertiliser-advice"
    expert = await signed_in(bench.expert)

    assert (await wire.get(path)).status_code == 401
    for wrong in ({"state": "signed"}, {"limit": 0}, {"cursor": "nonsense"}):
        assert (await wire.get(path, params=wrong, headers=expert)).status_code == 400
    stranger = await wire.get(path, headers=await signed_in(bench.cast.stranger))
    assert (stranger.status_code, stranger.json()) == (200, {"items": [], "next_cursor": None})
    answer = await wire.get(path, params={"state": "to_sign"}, headers=expert)
    assert answer.headers["cache-control"] == "no-store"
    [one] = answer.json()["items"]
    assert (one["advice"]["id"], one["advice"]["kg_per_mu"]) == (str(made.id), 17.5)
    assert (one["sample"]["code"], one["sample"]["id"]) == ("T-001", str(made.sample_id))
    assert one["sample"]["household_code"]

"""A sample that only a file told of stands beside those it may be, and is joined in one step."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.laboratory import held_samples, joining, sample_lists, sample_routes
from backend.laboratory.sample_refusals import CannotJoin, JoinedAlready, NotReceived, NotYourSample, SampleUnknown
from backend.laboratory.words import LandUse, SampleKind
from tests.laboratory.bench import Bench, client_of, signed_in


async def held_with(bench: Bench, percent: float = 78.0, **columns: Any) -> UUID:
    """A held sample with one reading, whose instrument called it fine."""
    held = await bench.held(**columns)
    instrument = await bench.instrument(f"NC-{uuid4().hex[:6]}")
    await bench.result(held, percent, instrument=instrument, verdict="negative", sample_said="没登记-7")
    await fetch("UPDATE laboratory_sample SET results_n = 1 WHERE id = $1", held)
    return held


async def test_its_results_move_over_and_are_judged_again_and_the_old_judgement_is_kept(bench: Bench) -> None:
    held, sample = await held_with(bench), await bench.sample()
    record = await joining.join(held_id=held, sample_id=sample, by=bench.technician)
    row = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1", held)
    (result,) = await fetch("SELECT * FROM laboratory_result WHERE sample = $1", sample)
    (kept,) = await fetch("SELECT * FROM laboratory_judgement WHERE result = $1", result["id"])

    assert (record.id, record.results_n, record.verdict) == (sample, 1, "positive")
    assert (row["state"], row["joined_to"], row["results_n"]) == ("joined", sample, 0)
    assert row["joined_by"] == bench.technician.person_id
    assert '"negative"' in kept["judgement"]
    assert (kept["because"], kept["by"]) == ("joined", bench.technician.person_id)


async def test_a_positive_that_comes_by_joining_opens_its_repeats(bench: Bench) -> None:
    held, sample = await held_with(bench), await bench.sample()
    await joining.join(held_id=held, sample_id=sample, by=bench.technician)
    rows = await fetch(
        "SELECT t.kind, t.state FROM laboratory_retest t JOIN laboratory_result r ON r.id = t.result "
        "WHERE r.sample = $1",
        sample,
    )
    assert [(row["kind"], row["state"]) for row in rows] == [("repeat", "open")] * 2


async def test_a_ph_that_comes_by_joining_lets_a_metal_of_the_same_soil_be_judged(bench: Bench) -> None:
    soil = {"kind": SampleKind.SOIL, "crop_said": None}
    sample = await bench.sample(**soil, land_use=LandUse.UPLAND)
    metal = {"analyte": "cadmium", "method": "soil_test", "unit_said": "mg/kg"}
    cadmium = await bench.result(sample, 0.2, **metal)
    held = await bench.held()
    await bench.result(held, 6.0, analyte="ph", method="soil_test", unit_said=None)
    await joining.join(held_id=held, sample_id=sample, by=bench.technician)
    row = await fetch_row("SELECT category FROM laboratory_result WHERE id = $1", cadmium)

    assert row["category"] == "priority_protection"


async def test_joined_twice_is_the_same_and_a_third_sample_does_not_get_it(bench: Bench) -> None:
    held, sample, other = await held_with(bench), await bench.sample(), await bench.sample("NY-2")
    first = await joining.join(held_id=held, sample_id=sample, by=bench.technician)
    again = await joining.join(held_id=held, sample_id=sample, by=bench.technician)
    with pytest.raises(JoinedAlready):
        await joining.join(held_id=held, sample_id=other, by=bench.technician)

    assert first == again
    assert len(await fetch("SELECT id FROM laboratory_judgement")) == 1


async def test_only_a_held_one_is_joined_and_only_to_a_received_one_of_the_same_kind(bench: Bench) -> None:
    held, received = await held_with(bench), await bench.sample()
    soil = await bench.sample("T-1", kind=SampleKind.SOIL)
    for one, other, refusal in (
        (received, soil, CannotJoin),
        (held, soil, CannotJoin),
        (held, await bench.held("另一个"), NotReceived),
        (held, uuid4(), SampleUnknown),
        (uuid4(), received, SampleUnknown),
    ):
        with pytest.raises(refusal):
            await joining.join(held_id=one, sample_id=other, by=bench.technician)


async def test_who_does_not_test_them_does_not_join_them(bench: Bench) -> None:
    held, sample = await held_with(bench), await bench.sample()
    for who, refusal in (
        (bench.cast.supervisor, NotYourSample),
        (bench.station_technician, SampleUnknown),
        (bench.outsider, SampleUnknown),
        (bench.cast.stranger, SampleUnknown),
    ):
        with pytest.raises(refusal):
            await joining.join(held_id=held, sample_id=sample, by=who)
    assert (await joining.join(held_id=held, sample_id=sample, by=bench.expert)).results_n == 1


async def test_the_likeliest_stand_first_by_code_then_crop_then_what_has_no_result_yet(bench: Bench) -> None:
    now = clock.now()
    await held_with(bench, code="42", crop_code="cabbage")
    same_end = await bench.sample(f"S{clock.today():%y%m%d}0042")
    same_crop = await bench.sample("A-1", crop_code="cabbage", received_at=now - timedelta(days=2))
    fresh = await bench.sample("A-2", received_at=now - timedelta(days=1))
    tested = await bench.sample("A-3", results_n=3)
    await bench.sample("A-4", received_at=now - timedelta(days=40))
    (found,) = (await held_samples.list_held(by=bench.technician)).items

    assert [each.id for each in found.candidates] == [same_end, same_crop, fresh, tested]
    assert (found.said, found.sample.code, found.sample.state) == ("没登记-7", "42", "held")
    assert found.instrument_serial.startswith("NC-")


async def test_held_samples_are_for_their_desk_and_page_and_go_when_they_are_joined(bench: Bench) -> None:
    now = clock.now()
    made = [await held_with(bench, code=f"H{n}", received_at=now - timedelta(minutes=n)) for n in range(3)]
    sample = await bench.sample()
    first = await held_samples.list_held(by=bench.technician, limit=2)
    second = await held_samples.list_held(by=bench.technician, limit=2, cursor=first.next_cursor)

    assert [each.sample.id for each in (*first.items, *second.items)] == made
    for who in (bench.outsider, bench.station_technician, bench.cast.supervisor):
        assert (await held_samples.list_held(by=who)).items == []
    await joining.join(held_id=made[0], sample_id=sample, by=bench.technician)
    assert len((await held_samples.list_held(by=bench.technician)).items) == 2
    assert made[0] not in [each.id for each in (await sample_lists.list_samples(by=bench.technician)).items]


async def test_joining_over_http_is_asked_in_order(bench: Bench) -> None:
    held, sample = await held_with(bench), await bench.sample()
    path, body = f"/laboratory/samples/{held}/join", {"sample_id": str(sample)}
    async with client_of(sample_routes.router) as wire:
        nobody = await wire.post(path, json=body)
        listed = await wire.get("/laboratory/held-samples", headers=await signed_in(bench.technician))
        wrong = await wire.post(path, json={"sample": 1}, headers=await signed_in(bench.technician))
        stranger = await wire.post(path, json=body, headers=await signed_in(bench.outsider))
        right = [await wire.post(path, json=body, headers=await signed_in(bench.technician)) for _ in range(2)]

    assert [each["sample"]["id"] for each in listed.json()["items"]] == [str(held)]
    assert [each.status_code for each in (nobody, wrong, stranger, *right)] == [401, 400, 404, 200, 200]
    assert right[0].json() == right[1].json()

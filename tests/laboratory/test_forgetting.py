"""A farmer who has himself forgotten leaves a fact without a story; and nothing personal is kept for ever anyhow."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.laboratory import (
    farmer_notices,
    forgetting,
    hand_overs,
    joining,
    sample_routes,
    samples,
    slips,
)
from backend.laboratory.import_tables import ImportFile
from backend.laboratory.report_tables import LabReport
from backend.laboratory.result_tables import Retest
from backend.laboratory.sample_refusals import KeptByLaw, NotYourSample, SampleUnknown, SlipVoid
from backend.laboratory.sample_schemas import NewHandOver, NewSample, NewSampleConsent
from backend.laboratory.words import RunKind, SampleConsentPurpose, SampleKind
from backend.people import retention
from tests.cast import VILLAGE
from tests.laboratory.bench import Bench, client_of, signed_in

HIS = ("东地三亩", "他家的菜", "随班车捎来", "林家白菜", "林大山说", "林家.csv")
"""Words that stand somewhere of him, each in a table of its own but the first two."""
AGREED = [
    NewSampleConsent(purpose=each, text_version="1", text_sha256=hashlib.sha256(b"words").hexdigest(), given=True)
    for each in SampleConsentPurpose
]


async def told(bench: Bench, **changed: Any) -> UUID:
    """A sample of which much is known, tested, joined, reported, and its farmer written to."""
    given = {
        "kind": SampleKind.PRODUCE,
        "contact_name": "林大山",
        "contact_phone": "199 0000 0058",
        "household_id": bench.cast.household,
        "plot": "东地三亩",
        "note": "他家的菜",
        "consents": AGREED,
    }
    made = await samples.receive(new=NewSample(**(given | changed)), by=bench.technician, door="test")
    id = made.record.id
    step = NewHandOver(to_unit_id=bench.station, note="随班车捎来")
    await hand_overs.hand_over(sample_id=id, new=step, by=bench.technician)
    await _tested(bench, id)
    await farmer_notices.results_are_ready(id)
    return id


async def _tested(bench: Bench, id: UUID) -> None:
    held = await bench.held("林家白菜")
    file = await _file(bench)
    result = await bench.result(held, 78.0, sample_said="林家白菜", verdict="positive", import_file=file)
    await joining.join(held_id=held, sample_id=id, by=bench.technician)
    asked = {"result": result, "kind": "objection", "state": "open", "reason": "林大山说不可能"}
    await Retest.insert(Retest(id=ids.uuid7(), asked_at=clock.now(), **asked))
    report = {"number": f"JC{id.hex[-12:]}", "contents": '{"plot": "东地三亩"}', "sha256": b"1", "signature": b"2"}
    await LabReport.insert(
        LabReport(
            id=ids.uuid7(),
            sample=id,
            key_id="0" * 16,
            issued_at=clock.now(),
            issued_by=bench.technician.person_id,
            **report,
        )
    )


async def _file(bench: Bench) -> UUID:
    row = ImportFile(
        id=ids.uuid7(),
        unit=bench.studio,
        file_name="林家.csv",
        size_bytes=10,
        sha256=b"3",
        key_sealed=b"a key",
        door="api",
        state="done",
        received_at=clock.now(),
        arguments_digest=b"4",
    )
    await ImportFile.insert(row)
    return row.id


async def everything() -> str:
    """All that the room's tables say in clear."""
    tables = await fetch("SELECT tablename FROM pg_tables WHERE tablename LIKE 'laboratory!_%' ESCAPE '!'")
    said = [await fetch(f"SELECT row_to_json(t)::text AS x FROM {row['tablename']} t") for row in tables]
    return " ".join(row["x"] for rows in said for row in rows)


async def test_every_word_of_his_goes_and_what_was_found_stays(bench: Bench) -> None:
    id = await told(bench)
    before = await everything()
    assert [word for word in HIS if word not in before] == []

    for _ in range(2):
        record = await forgetting.forget(sample_id=id, by=bench.technician)
    after = await everything()
    assert [word for word in HIS if word in after] == ["林家.csv"], "a file's name goes with the file, in its own time"
    assert (record.contact_name, record.contact_phone, record.household_id) == (None, None, None)
    assert (record.verdict, record.results_n, record.division.code) == ("positive", 1, VILLAGE)
    assert not record.shares


async def test_his_number_is_written_to_no_more_and_his_slip_opens_nothing(bench: Bench) -> None:
    id = await told(bench)
    alive = "SELECT 1 FROM push_address WHERE subject = $1 AND dead_at IS NULL"
    assert len(await fetch(alive, id)) == 1
    await forgetting.forget(sample_id=id, by=bench.technician)
    assert await fetch(alive, id) == []
    with pytest.raises(SlipVoid):
        await slips.sample_of_slip(slips.slip_code(id), address="1.2.3.4")


async def test_another_farmers_words_stay(bench: Bench) -> None:
    id, other = await told(bench), await bench.sample("NY-9", plot="西坡")
    await forgetting.forget(sample_id=id, by=bench.technician)
    row = await fetch_row("SELECT plot FROM laboratory_sample WHERE id = $1", other)
    assert row["plot"] == "西坡"


async def test_his_desk_does_it_and_nobody_else_and_never_to_what_the_authority_sampled(bench: Bench) -> None:
    id = await told(bench)
    for who, refusal in (
        (bench.expert, NotYourSample),
        (bench.cast.supervisor, NotYourSample),
        (bench.cast.cadre, NotYourSample),
        (bench.outsider, SampleUnknown),
    ):
        with pytest.raises(refusal):
            await forgetting.forget(sample_id=id, by=who)
    sampled = await told(bench, run_kind=RunKind.SUPERVISION, code="JD-1")
    with pytest.raises(KeptByLaw):
        await forgetting.forget(sample_id=sampled, by=bench.technician)
    assert (await forgetting.forget(sample_id=id, by=bench.cast.admin)).contact_name is None


async def test_forgetting_over_http_is_asked_in_order(bench: Bench) -> None:
    id = await told(bench)
    path = f"/laboratory/samples/{id}/forgetting"
    async with client_of(sample_routes.router) as wire:
        answers = [
            (await wire.post(path, headers=headers)).status_code
            for headers in (
                {},
                await signed_in(bench.outsider),
                await signed_in(bench.technician),
                await signed_in(bench.technician),
            )
        ]
    assert answers == [401, 404, 200, 200]


async def test_after_three_years_no_contact_no_word_and_no_slip_is_left_and_no_original_opens(bench: Bench) -> None:
    with clock.stopped(clock.now() - timedelta(days=1100)):
        id = await told(bench)
    young = await bench.sample("NY-9", plot="西坡")
    before = await everything()
    assert [word for word in HIS if word not in before] == []
    await _daily_run()
    after = await everything()
    sample = await fetch_row("SELECT * FROM laboratory_sample WHERE id = $1", id)
    file = await fetch_row("SELECT key_sealed FROM laboratory_import")
    kept = await fetch_row("SELECT plot FROM laboratory_sample WHERE id = $1", young)

    assert [word for word in HIS if word in after] == []
    assert (sample["contact_phone_index"], sample["slip_sha256"], file["key_sealed"]) == (None, None, None)
    assert await fetch("SELECT 1 FROM laboratory_consent") == []
    assert kept["plot"] == "西坡"
    assert (await fetch_row("SELECT verdict FROM laboratory_result"))["verdict"] == "positive"


async def test_a_number_is_let_go_ninety_days_after_the_last_result(bench: Bench) -> None:
    id = await told(bench)
    alive = "SELECT 1 FROM push_address WHERE subject = $1 AND dead_at IS NULL"
    await _daily_run()
    assert len(await fetch(alive, id)) == 1
    with clock.stopped(clock.now() + timedelta(days=91)):
        await _daily_run()
    assert await fetch(alive, id) == []


async def _daily_run() -> None:
    for each in retention.rules():
        if each.name.startswith("laboratory."):
            await retention.apply_rule(each)

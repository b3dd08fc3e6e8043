"""A farmer hears that his results are there: by a message that tells nothing else, or somebody rings him."""

import hashlib
from datetime import timedelta
from typing import Any

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.laboratory import farmer_notices, reports, samples
from backend.laboratory.report_schemas import NewReportIssue
from backend.laboratory.report_tables import LabReport
from backend.laboratory.sample_schemas import NewSample, NewSampleConsent, SampleRecord
from backend.laboratory.words import SampleConsentPurpose, SampleKind
from tests.laboratory.bench import Bench

PHONE = "199 0000 0058"
AGREED = NewSampleConsent(
    purpose=SampleConsentPurpose.HANDLING,
    text_version="1",
    text_sha256=hashlib.sha256(b"words").hexdigest(),
    given=True,
)


async def handed_in(bench: Bench, **changed: Any) -> SampleRecord:
    """At the station, by a farmer who left his number and agreed."""
    told = {"kind": SampleKind.PRODUCE, "contact_name": "林大山", "contact_phone": PHONE, "consents": [AGREED]}
    new = NewSample(**(told | changed))
    return (await samples.receive(new=new, by=bench.station_technician, door="test")).record


async def reported(bench: Bench, sample: SampleRecord, number: str = "JC000000000001") -> None:
    """A report of it was issued, a moment after the one before."""
    row = LabReport(
        id=ids.uuid7(),
        number=number,
        sample=sample.id,
        contents="{}",
        sha256=bytes(32),
        signature=bytes(64),
        key_id="0" * 16,
        issued_at=clock.now() + timedelta(seconds=int(number[-1])),
        issued_by=bench.technician.person_id,
    )
    await LabReport.insert(row)


tell = transaction(farmer_notices.results_are_ready)


async def messages() -> list[Any]:
    return list(await fetch("SELECT text_zh, link FROM push_notice ORDER BY id"))


async def calls() -> list[Any]:
    return list(await fetch("SELECT assignee, household, title_zh, detail_zh, state, link FROM tasks_task ORDER BY id"))


async def test_who_left_his_number_and_agreed_gets_a_message_that_tells_no_finding(bench: Bench) -> None:
    sample = await handed_in(bench)
    await bench.result(sample.id, 78.0, verdict="positive", ban_found=True)
    await reported(bench, sample)
    assert await tell(sample.id)
    (sent,) = await messages()

    assert "结果出来了" in sent["text_zh"]
    assert sample.code in sent["text_zh"]
    assert not [word for word in ("阳性", "超标", "禁", "78", "林大山", "/s/") if word in sent["text_zh"]]
    assert sent["link"] is None
    assert await calls() == []


async def test_to_issue_a_report_is_to_tell_the_farmer_once(bench: Bench) -> None:
    sample = await handed_in(bench, crop_said="韭菜")
    await bench.result(sample.id, 12.5, verdict="negative")
    new = NewReportIssue(id=ids.uuid7())
    for _ in range(2):
        await reports.issue(sample_id=sample.id, new=new, by=bench.technician)
    assert len(await messages()) == 1


async def test_told_again_of_one_report_is_once_and_of_a_later_one_again(bench: Bench) -> None:
    sample = await handed_in(bench)
    await reported(bench, sample)
    for _ in range(2):
        await tell(sample.id)
    assert len(await messages()) == 1
    await reported(bench, sample, "JC000000000002")
    await tell(sample.id)
    assert len(await messages()) == 2


async def test_who_wants_to_be_rung_or_did_not_agree_is_rung_from_where_he_handed_it_in(bench: Bench) -> None:
    for changed in ({"wants_call": True}, {"consents": []}, {"consents": [], "code": "B", "contact_name": None}):
        sample = await handed_in(bench, **changed)
        assert await tell(sample.id), changed
    tasks = await calls()

    assert await messages() == []
    assert {row["assignee"] for row in tasks} == {bench.station_technician.person_id}
    assert len(tasks) == 3
    assert "林大山" not in "".join(row["title_zh"] + row["detail_zh"] for row in tasks)


async def test_a_household_without_a_number_is_told_by_the_desk_and_without_a_desk_by_who_serves_it(
    bench: Bench,
) -> None:
    told = {"contact_name": None, "contact_phone": None, "household_id": bench.cast.household, "consents": []}
    sample = await handed_in(bench, **told)
    assert await tell(sample.id)
    await fetch("UPDATE people_role_assignment SET valid_to = '2026-01-02' WHERE role = 'technician'")
    other = await handed_in(bench, **told, code="B")
    assert await tell(other.id)
    assert {(row["assignee"], row["household"]) for row in await calls()} == {
        (bench.station_technician.person_id, None),
        (None, bench.cast.household),
    }


async def test_rung_once_for_a_report_and_a_later_report_takes_the_call_before_back(bench: Bench) -> None:
    sample = await handed_in(bench, wants_call=True)
    await reported(bench, sample)
    for _ in range(2):
        await tell(sample.id)
    assert [row["state"] for row in await calls()] == ["open"]
    await reported(bench, sample, "JC000000000002")
    await tell(sample.id)
    assert sorted(row["state"] for row in await calls()) == ["open", "withdrawn"]


async def test_of_a_market_lot_and_of_a_held_sample_nobody_is_told(bench: Bench) -> None:
    lot = await handed_in(bench, contact_name=None, contact_phone=None, market_lot="早市 12 号")
    assert not await tell(lot.id)
    assert not await tell(await bench.held())
    assert (await messages(), await calls()) == ([], [])

"""Reports: what is known now, frozen, numbered and signed; read by whom the findings concern, verified by anybody."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.cases import numbers
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden
from backend.laboratory import report_policies, report_routes, report_signing, reports
from backend.laboratory.judgement_rows import columns
from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.report_policies import report_policy
from backend.laboratory.report_refusals import FindingsWithheld, LookFirst, NothingToReport, ReportErased, ReportUnknown
from backend.laboratory.report_schemas import LabReportRecord, NewReportIssue
from backend.laboratory.result_tables import SecondLook
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.words import Calibration, Method, RunKind
from backend.people.allowances import Allowance
from tests.cast import VILLAGE
from tests.laboratory.bench import Bench, client_of, signed_in

HERE = "198.51.100.7"


async def judged(bench: Bench, sample_id: UUID, percent: float, **told: Any) -> UUID:
    """A reading of enzyme inhibition with the judgement that the rules give it."""
    circumstances: dict[str, Any] = {"sampled_on": clock.today(), "calibration": Calibration.VALID} | told
    reading = Reading(line=2, method=Method.ENZYME_INHIBITION, value=Decimal(str(percent)), unit="%")
    found = judge(reading, context=Context(**circumstances))
    return await bench.result(sample_id, percent, **columns(found))


async def issued(bench: Bench, percent: float = 12.5, **sample: Any) -> LabReportRecord:
    """The report of a sample with one result."""
    sample_id = await bench.sample(**sample)
    await judged(bench, sample_id, percent)
    made = await reports.issue(sample_id=sample_id, new=NewReportIssue(), by=bench.technician)
    return made.record


@pytest.fixture
async def wire(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(report_routes.router, report_routes.public_router) as client:
        yield client


async def test_a_report_tells_what_was_found_in_words_of_the_farmers_page(bench: Bench) -> None:
    report = await issued(bench, 63.2, plot="村东大棚")

    said = report.contents
    assert (said.overall, said.lines[0].verdict, said.lines[0].verdict_says) == ("stop", "positive", "阳性")
    assert (said.lines[0].analyte, said.lines[0].value, said.lines[0].unit) == ("抑制率", "63.2", "%")
    assert said.lines[0].limit == "50 % 起为阳性"
    assert said.what_to_do
    assert any("免费检测" in each for each in said.caution)
    assert (said.studio, said.issued_by, said.plot) == ("农技工作室", "于化验", "村东大棚")
    assert said.way[0].endswith("农技工作室")


async def test_a_number_is_checked_by_its_last_digit_and_cannot_be_guessed_from_the_one_before(bench: Bench) -> None:
    one, other = await issued(bench), await issued(bench, code="NY-002")

    assert one.number.startswith("JC")
    assert numbers.is_number(one.number.removeprefix("JC"))
    assert abs(int(one.number[2:]) - int(other.number[2:])) > 1000


async def test_it_is_in_chinese_whoever_issues_it(bench: Bench, wire: httpx.AsyncClient) -> None:
    sample_id = await bench.sample()
    await judged(bench, sample_id, 12.5)
    headers = await signed_in(bench.technician) | {"Accept-Language": "en"}

    answer = await wire.post(f"/laboratory/samples/{sample_id}/reports", json={}, headers=headers)

    assert answer.status_code == 201
    assert answer.json()["contents"]["lines"][0]["verdict_says"] == "阴性"


async def test_whoever_holds_the_json_checks_it_without_us(bench: Bench, wire: httpx.AsyncClient) -> None:
    report = await issued(bench, 63.2)
    headers = await signed_in(bench.technician)
    got = (await wire.get(f"/laboratory/reports/{report.number}", headers=headers)).json()
    key = (await wire.get("/laboratory/signing-key")).json()

    theirs = json.dumps(got["contents"], sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(theirs).digest()
    assert digest.hex() == got["sha256"]
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"])).verify(bytes.fromhex(got["signature"]), digest)


async def test_the_same_id_is_the_same_report_and_another_sample_may_not_have_it(bench: Bench) -> None:
    sample_id, other = await bench.sample(), await bench.sample("NY-002")
    await judged(bench, sample_id, 12.5)
    await judged(bench, other, 12.5)
    new = NewReportIssue(id=ids.uuid7())
    first = await reports.issue(sample_id=sample_id, new=new, by=bench.technician)
    again = await reports.issue(sample_id=sample_id, new=new, by=bench.technician)

    assert (first.created, again.created, again.record) == (True, False, first.record)
    with pytest.raises(DifferentArguments):
        await reports.issue(sample_id=other, new=new, by=bench.technician)


async def test_two_presses_at_once_are_one_report(bench: Bench) -> None:
    sample_id = await bench.sample()
    await judged(bench, sample_id, 12.5)
    new = NewReportIssue(id=ids.uuid7())
    made = await asyncio.gather(*(reports.issue(sample_id=sample_id, new=new, by=bench.technician) for _ in range(4)))

    assert sorted(each.created for each in made) == [False, False, False, True]
    assert {each.record.number for each in made} == {made[0].record.number}


async def test_a_later_report_supersedes_the_first_which_still_says_what_it_said(bench: Bench) -> None:
    first = await issued(bench, 63.2)
    await judged(bench, first.sample_id, 12.0)
    second = (await reports.issue(sample_id=first.sample_id, new=NewReportIssue(), by=bench.expert)).record

    before = await reports.get(number=first.number, by=bench.technician)
    assert before.superseded_by == second.number
    assert before.contents == first.contents
    assert (await reports.verify(number=first.number, address=HERE)).counts is False
    assert (await reports.verify(number=second.number, address=HERE)).counts is True
    last = await reports.of_slip(sample_id=first.sample_id)
    assert last is not None
    assert last.number == second.number


async def test_issuing_has_the_farmer_rung_once_for_each_report(bench: Bench) -> None:
    sample_id = await bench.sample(household=bench.cast.household, drop_off=bench.station)
    await judged(bench, sample_id, 12.5)
    new = NewReportIssue(id=ids.uuid7())
    for _ in range(2):
        await reports.issue(sample_id=sample_id, new=new, by=bench.technician)

    asked = await fetch("SELECT kind, title_zh FROM tasks_task WHERE origin_id = $1 AND state = 'open'", sample_id)
    assert [row["kind"] for row in asked] == ["call"]
    assert "阴性" not in asked[0]["title_zh"]


@pytest.mark.parametrize("state", ["no result", "held", "overdue"])
async def test_nothing_is_issued_where_there_is_nothing_to_say(bench: Bench, state: str) -> None:
    sample_id = await (bench.held() if state == "held" else bench.sample())
    if state != "no result":
        told = {"calibration": Calibration.OVERDUE} if state == "overdue" else {}
        await judged(bench, sample_id, 63.2, **told)

    with pytest.raises(NothingToReport):
        await reports.issue(sample_id=sample_id, new=NewReportIssue(), by=bench.technician)


async def test_what_was_measured_again_stands_in_its_line(bench: Bench) -> None:
    sample_id = await bench.sample()
    result_id = await judged(bench, sample_id, 63.2)
    for number in (1, 2):
        await fetch(
            "INSERT INTO laboratory_retest (id, result, kind, number, state, reason, asked_at) "
            "VALUES ($1, $2, 'repeat', $3, 'open', '', now())",
            *(ids.uuid7(), result_id, number),
        )
    report = (await reports.issue(sample_id=sample_id, new=NewReportIssue(), by=bench.technician)).record

    assert report.contents.lines[0].why[-2:] == ["复测 1：还没做。", "复测 2：还没做。"]
    assert "再测 2 次" in report.contents.means


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("cadre", FindingsWithheld),
        ("supervisor", FindingsWithheld),
        ("station_technician", SampleUnknown),
        ("outsider", SampleUnknown),
        ("stranger", SampleUnknown),
    ],
)
async def test_a_free_samples_report_is_read_by_its_desk_and_its_studios_experts_only(
    bench: Bench, who: str, refused: type[Exception]
) -> None:
    report = await issued(bench, 63.2, household=bench.cast.household)
    by = getattr(bench, who, None) or getattr(bench.cast, who)

    with pytest.raises(refused):
        await reports.get(number=report.number, by=by)
    with pytest.raises(refused):
        await reports.issue(sample_id=report.sample_id, new=NewReportIssue(), by=by)
    for mine in (bench.technician, bench.expert):
        assert (await reports.get(number=report.number, by=mine)).slip_url is not None


async def test_with_the_farmers_consent_his_cadre_reads_it_and_issues_none(bench: Bench) -> None:
    report = await issued(bench, 63.2, household=bench.cast.household)
    await bench.shares(report.sample_id)

    got = await reports.get(number=report.number, by=bench.cast.cadre)
    assert got.contents == report.contents
    assert got.slip_url is None
    with pytest.raises(Forbidden):
        await reports.issue(sample_id=report.sample_id, new=NewReportIssue(), by=bench.cast.cadre)
    await bench.shares(report.sample_id, given=False)
    with pytest.raises(FindingsWithheld):
        await reports.get(number=report.number, by=bench.cast.cadre)


async def test_overseers_read_the_report_of_a_supervision_sampling(bench: Bench) -> None:
    report = await issued(bench, 63.2, run_kind=RunKind.SUPERVISION, division_code=VILLAGE)

    assert (await reports.get(number=report.number, by=bench.cast.supervisor)).contents.run_kind == "supervision"


async def test_an_expert_who_owes_a_second_look_reads_no_report_before(bench: Bench) -> None:
    report = await issued(bench, 63.2)
    row = await fetch_row("SELECT id FROM laboratory_result WHERE sample = $1", report.sample_id)
    assert row is not None
    look = SecondLook(
        id=ids.uuid7(), result=row["id"], photo_id=ids.uuid7(), expert=bench.expert.person_id,
        asked_by=bench.technician.person_id, asked_at=clock.now(), arguments_digest=b"",
    )  # fmt: skip
    await SecondLook.insert(look)

    with pytest.raises(LookFirst):
        await reports.get(number=report.number, by=bench.expert)
    assert await reports.get(number=report.number, by=bench.second)


async def test_a_stranger_verifies_a_report_and_learns_nothing_of_what_was_found(
    bench: Bench, wire: httpx.AsyncClient
) -> None:
    report = await issued(bench, 63.2)
    spaced = f"{report.number[:2]} {report.number[2:6]} {report.number[6:10]} {report.number[10:]}".lower()
    printed = " ".join(report.sha256[i : i + 8] for i in range(0, 64, 8)).upper()

    answer = await wire.get(f"/laboratory/reports/{spaced}/verification", params={"sha256": printed})
    said = answer.json()
    assert (said["genuine"], said["counts"], said["says_the_same"], said["erased"]) == (True, True, True, False)
    assert not {"contents", "lines", "overall", "village", "crop"} & said.keys()
    other = await wire.get(f"/laboratory/reports/{report.number}/verification", params={"sha256": "0" * 64})
    assert other.json()["says_the_same"] is False


async def test_a_number_that_is_mistyped_and_one_never_issued_have_one_answer(
    bench: Bench, wire: httpx.AsyncClient
) -> None:
    never = f"JC{numbers.number_of(4711)}"
    wrong = (never, "JC000000000001", never.removeprefix("JC"), "x", "JC%00", "JC" + "1" * 300, "报告")

    answers = [await wire.get(f"/laboratory/reports/{each}/verification") for each in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "laboratory/report-unknown"


async def test_who_tries_one_number_after_another_waits_and_nobody_else_does(
    bench: Bench, wire: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = await issued(bench)
    few = msgspec.structs.replace(report_policy(clock.today()), checks_per_address=Allowance(3, timedelta(minutes=30)))
    monkeypatch.setattr(report_policies, "REPORT_POLICIES", (few,))
    tried = [report.number, "JC1", "x", report.number]

    answers = [
        await wire.get(f"/laboratory/reports/{each}/verification", headers={"X-Forwarded-For": HERE}) for each in tried
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 404, 429], "a right number is a try too"
    assert answers[-1].json()["code"] == "laboratory/report-busy"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 600
    assert (await reports.verify(number=report.number, address="198.51.100.8")).genuine


def test_a_market_full_of_buyers_behind_one_address_is_let_through() -> None:
    assert report_policy(clock.today()).checks_per_address.at_once >= 300


async def test_a_report_that_somebody_changed_in_the_database_is_genuine_no_more(bench: Bench) -> None:
    report = await issued(bench, 63.2)
    await fetch(
        "UPDATE laboratory_report SET contents = jsonb_set(contents, '{lines,0,value}', '\"13.2\"') WHERE number = $1",
        report.number,
    )

    assert (await reports.verify(number=report.number, address=HERE)).genuine is False


async def test_an_erased_report_can_still_be_verified_and_read_no_more(bench: Bench) -> None:
    report = await issued(bench, 63.2)
    await fetch("UPDATE laboratory_report SET contents = NULL WHERE number = $1", report.number)

    verified = await reports.verify(number=report.number, sha256=report.sha256, address=HERE)
    assert (verified.erased, verified.genuine, verified.says_the_same) == (True, True, True)
    with pytest.raises(ReportErased):
        await reports.get(number=report.number, by=bench.technician)


async def test_a_report_of_an_earlier_key_is_told_as_such(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    report = await issued(bench)
    other = report_signing._derived("another secret of the house")
    monkeypatch.setattr(report_signing, "_private_key", lambda: other)

    assert (await reports.verify(number=report.number, address=HERE)).key_known is False


async def test_a_member_thought_of_later_changes_no_digest_of_before(bench: Bench) -> None:
    report = await issued(bench)
    row = await fetch_row("SELECT contents FROM laboratory_report WHERE number = $1", report.number)
    assert row is not None

    assert report_signing.digest_of(report.contents) == report_signing.digest_of(json.loads(row["contents"]))
    assert "advice" not in json.loads(row["contents"])


async def test_routes_ask_nobody_wrong_shape_stranger_right_person_twice(bench: Bench, wire: httpx.AsyncClient) -> None:
    sample_id = await bench.sample()
    await judged(bench, sample_id, 12.5)
    path = f"/laboratory/samples/{sample_id}/reports"
    desk, stranger = await signed_in(bench.technician), await signed_in(bench.cast.stranger)

    assert (await wire.post(path, json={})).status_code == 401
    assert (await wire.post(path, json={"number": "JC1"}, headers=desk)).status_code == 400
    assert (await wire.post(path, json={}, headers=stranger)).status_code == 404
    key = {"Idempotency-Key": "one"}
    first = await wire.post(path, json={}, headers=desk | key)
    again = await wire.post(path, json={}, headers=desk | key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    number = first.json()["number"]
    assert (await wire.get(f"/laboratory/reports/{number}")).status_code == 401
    assert (await wire.get(f"/laboratory/reports/{number}", headers=stranger)).status_code == 404
    with pytest.raises(ReportUnknown):
        await reports.get(number="JC 1234", by=bench.technician)


async def test_accept_decides_between_the_json_and_the_sheet(bench: Bench, wire: httpx.AsyncClient) -> None:
    report = await issued(bench)
    desk = await signed_in(bench.technician)
    path = f"/laboratory/reports/{report.number}"

    plain = await wire.get(path, headers=desk)
    sheet = await wire.get(path, headers=desk | {"Accept": "application/pdf"})
    assert plain.headers["content-type"].startswith("application/json")
    assert sheet.headers["content-type"].startswith("application/pdf")
    assert sheet.content.startswith(b"%PDF-")
    assert (await wire.get(f"{path}/pdf", headers=desk)).content.startswith(b"%PDF-")
    assert timedelta(0) <= clock.now() - report.issued_at < timedelta(minutes=5)

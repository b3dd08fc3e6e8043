"""A sample was joined to the wrong one: one step back, and each has exactly its own again."""

from uuid import UUID, uuid4

import pytest

from backend.core.database import fetch, fetch_row
from backend.laboratory import held_samples, joining, reports, sample_records, sample_routes, separating
from backend.laboratory.report_schemas import NewReportIssue
from backend.laboratory.sample_refusals import CannotSeparate, NotYourSample, SampleUnknown
from tests.laboratory.bench import Bench, client_of, signed_in
from tests.laboratory.files import HEAD, imported, only_row, row

SOIL = "样品编号,检测日期,pH\r\n"


async def came(bench: Bench, code: str = "H1", percent: float = 12.5, **told: str) -> UUID:
    """A sample that a file alone tells of."""
    each = await only_row(HEAD + row(code, percent, **told), bench.technician)
    assert each.held
    assert each.sample_id is not None
    return each.sample_id


async def joined(bench: Bench, held: UUID, sample: UUID) -> None:
    await joining.join(held_id=held, sample_id=sample, by=bench.technician)


async def separated(bench: Bench, held: UUID) -> None:
    await separating.separate(held_id=held, by=bench.technician)


async def values(sample: UUID) -> list[float]:
    rows = await fetch("SELECT value FROM laboratory_result WHERE sample = $1 ORDER BY value", sample)
    return [float(each["value"]) for each in rows]


async def counted(sample: UUID) -> tuple[int, bool]:
    """How many results it says it has, and whether it says when the last came."""
    each = await fetch_row("SELECT results_n, last_result_at FROM laboratory_sample WHERE id = $1", sample)
    return each["results_n"], each["last_result_at"] is not None


async def waiting(sample: UUID) -> list[tuple[str, str]]:
    rows = await fetch(
        "SELECT t.kind, t.state FROM laboratory_retest t JOIN laboratory_result r ON r.id = t.result "
        "WHERE r.sample = $1 ORDER BY t.kind, t.number",
        sample,
    )
    return [(each["kind"], each["state"]) for each in rows]


async def open_tasks(sample: UUID) -> int:
    rows = await fetch(
        "SELECT id FROM tasks_task WHERE link = $1 AND state = 'open'", f"/console/bench/samples/{sample}"
    )
    return len(rows)


async def test_exactly_the_results_that_came_with_it_go_back_and_it_is_held_again(bench: Bench) -> None:
    sample = await bench.sample()
    await only_row(HEAD + row("NY-001", 5, record="own"), bench.technician)
    held, other = await came(bench), await came(bench, "H2", 20)
    for each in (held, other):
        await joined(bench, each, sample)
    await only_row(HEAD + row("H1", 13, record="later"), bench.technician)  # goes to the received one by the join
    assert await values(sample) == [5, 12.5, 13, 20]
    record = await separating.separate(held_id=held, by=bench.technician)

    assert (await values(held), await values(sample)) == ([12.5, 13], [5, 20])
    assert (await counted(held), await counted(sample)) == ((2, True), (2, True))
    assert (record.id, record.state, record.joined_to, "join" in record.may) == (held, "held", None, True)
    assert [each.sample.id for each in (await held_samples.list_held(by=bench.technician)).items] == [held]
    assert (await only_row(HEAD + row("H1", 14, record="last"), bench.technician)).sample_id == held


async def test_a_row_without_a_name_and_one_of_an_instrument_of_another_countys_serial_find_back(bench: Bench) -> None:
    elsewhere = await bench.instrument("SN-1", unit=bench.elsewhere)
    sample = await bench.sample()
    nameless = await imported("通道号,抑制率(%),检测时间\r\n1,5,2026-05-01 09:00\r\n", bench.technician)
    for held in (await came(bench), nameless.rows[0].sample_id):
        assert held is not None
        await joined(bench, held, sample)
        await separated(bench, held)
        assert (await counted(held), await counted(sample)) == ((1, True), (0, False))
    assert await fetch("SELECT 1 FROM laboratory_result WHERE instrument = $1", elsewhere) == []


async def test_of_two_with_one_code_what_came_to_the_received_one_by_itself_stays(bench: Bench) -> None:
    held = await came(bench, "NY-001", 7, record="before")
    sample = await bench.sample("NY-001")
    direct = await only_row(HEAD + row("NY-001", 9, record="after"), bench.technician)
    assert direct.sample_id == sample
    await joined(bench, held, sample)
    await separated(bench, held)

    assert (await values(held), await values(sample)) == ([7], [9])


async def test_both_are_judged_again_by_what_each_is(bench: Bench) -> None:
    sample = await bench.sample(kind="soil", land_use="upland", crop_said=None)
    cadmium = await bench.result(sample, 0.2, analyte="cadmium", method="soil_test", unit_said="mg/kg")
    told = await imported(SOIL + "T9,2026-05-01,6.0\r\n", bench.technician, kind="soil")
    held = told.rows[0].sample_id
    assert held is not None
    await joined(bench, held, sample)
    judged = "SELECT category FROM laboratory_result WHERE id = $1"
    assert (await fetch_row(judged, cadmium))["category"] == "priority_protection"
    await separated(bench, held)

    assert (await fetch_row(judged, cadmium))["category"] is None
    kept = await fetch("SELECT because, by FROM laboratory_judgement WHERE result = $1 ORDER BY at", cadmium)
    assert {(each["because"], each["by"]) for each in kept} == {("joined", bench.technician.person_id)}
    assert len(kept) == 2


async def test_a_repeat_that_the_others_result_answered_waits_again_with_a_task(bench: Bench) -> None:
    sample = await bench.sample()
    await only_row(HEAD + row("NY-001", 63, record="own"), bench.technician)
    held = await came(bench, percent=70, at="2026-05-01 11:00")
    await joined(bench, held, sample)
    assert sorted(state for _, state in await waiting(sample)) == ["open", "upheld", "withdrawn", "withdrawn"]
    await separated(bench, held)

    assert await waiting(sample) == [("repeat", "open")] * 2
    assert await waiting(held) == [("repeat", "open")] * 2, "its own positive has to be repeated, too"
    assert (await open_tasks(sample), await open_tasks(held)) == (1, 1)


async def test_a_confirmation_that_only_both_together_called_for_is_withdrawn(bench: Bench) -> None:
    sample = await bench.sample()
    await only_row(HEAD + row("NY-001", 63, record="own"), bench.technician)
    held, other = (
        await came(bench, percent=70, at="2026-05-01 11:00"),
        await came(bench, "H2", 71, at="2026-05-01 13:00"),
    )
    for each in (held, other):
        await joined(bench, each, sample)
    assert ("confirmation", "open") in await waiting(sample)
    await separated(bench, held)

    states = await waiting(sample)
    assert ("confirmation", "withdrawn") in states
    assert [each for each in states if each[1] == "open"] == [("repeat", "open")]
    await joined(bench, held, sample)
    assert ("confirmation", "open") in await waiting(sample), "measured and joined again, it is called for again"


async def test_joined_and_separated_over_and_over_is_as_it_was(bench: Bench) -> None:
    sample = await bench.sample()
    await only_row(HEAD + row("NY-001", 63, record="own"), bench.technician)
    held = await came(bench, percent=70, at="2026-05-01 11:00")
    for _ in range(3):
        await joined(bench, held, sample)
        assert await waiting(held) == []
        await separated(bench, held)
        await separated(bench, held)
        assert await waiting(sample) == await waiting(held) == [("repeat", "open")] * 2
        assert (await open_tasks(sample), await open_tasks(held)) == (1, 1)


async def test_once_a_report_holds_its_results_they_stay_and_it_says_which(bench: Bench) -> None:
    sample, held = await bench.sample(), await came(bench)
    await joined(bench, held, sample)
    issued = await reports.issue(sample_id=sample, new=NewReportIssue(), by=bench.technician)
    with pytest.raises(CannotSeparate) as refused:
        await separated(bench, held)

    assert refused.value.facts["number"] == issued.record.number
    assert await values(sample) == [12.5]


async def test_a_report_of_before_the_join_is_no_hindrance(bench: Bench) -> None:
    sample = await bench.sample()
    await only_row(HEAD + row("NY-001", 5), bench.technician)
    await reports.issue(sample_id=sample, new=NewReportIssue(), by=bench.technician)
    held = await came(bench)
    await joined(bench, held, sample)
    await separated(bench, held)
    assert await values(held) == [12.5]


async def test_what_was_received_or_can_no_longer_be_told_apart_stays(bench: Bench) -> None:
    sample, held = await bench.sample(), await came(bench)
    await joined(bench, held, sample)
    await fetch("UPDATE laboratory_result SET sample_said = NULL")
    for each in (sample, held):
        with pytest.raises(CannotSeparate):
            await separated(bench, each)
    with pytest.raises(SampleUnknown):
        await separated(bench, uuid4())


async def test_the_same_people_separate_as_join_and_it_is_written_down_who(bench: Bench) -> None:
    sample, held = await bench.sample(), await came(bench)
    await joined(bench, held, sample)
    for who, refusal in (
        (bench.cast.supervisor, NotYourSample),
        (bench.station_technician, SampleUnknown),
        (bench.outsider, SampleUnknown),
        (bench.cast.stranger, SampleUnknown),
    ):
        with pytest.raises(refusal):
            await separating.separate(held_id=held, by=who)
    await separating.separate(held_id=held, by=bench.expert)
    rows = await fetch("SELECT subject_id, person, fields FROM people_access_log WHERE 'separated' = ANY(fields)")
    assert {each["subject_id"] for each in rows} == {held, sample}
    assert {each["person"] for each in rows} == {bench.expert.person_id}


async def test_separating_over_http_twice_is_the_same_and_the_received_one_says_what_is_joined(bench: Bench) -> None:
    sample, held = await bench.sample(), await came(bench)
    await joined(bench, held, sample)
    before = await sample_records.get(sample_id=sample, by=bench.technician)
    path = f"/laboratory/samples/{held}/separation"
    async with client_of(sample_routes.router) as wire:
        nobody = await wire.post(path)
        stranger = await wire.post(path, headers=await signed_in(bench.outsider))
        right = [await wire.post(path, headers=await signed_in(bench.technician)) for _ in range(2)]
    after = await sample_records.get(sample_id=sample, by=bench.technician)

    assert [each.status_code for each in (nobody, stranger, *right)] == [401, 404, 200, 200]
    assert right[0].json() == right[1].json()
    assert [(each.id, each.code) for each in before.joined] == [(held, "H1")]
    assert (after.joined, after.results_n) == ([], 0)

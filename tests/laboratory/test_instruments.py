from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.laboratory import calibrating, calibration_history, instrument_queries, instruments, live_keys
from backend.laboratory.instrument_amending import amend
from backend.laboratory.instrument_refusals import (
    InstrumentElsewhere,
    InstrumentUnknown,
    NotOverdue,
    NotRegistered,
    NotYourInstrument,
)
from backend.laboratory.instrument_schemas import InstrumentAmendment, NewCalibration, NewInstrument, NewOverride
from backend.laboratory.words import Calibration, Method

TOLD = {"maker": "某仪器厂", "model": "NC-800", "method": Method.ENZYME_INHIBITION, "firmware": "1.2"}


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)


async def test_an_instrument_is_registered_with_its_calibration_and_again_it_is_the_same(bench):
    new = NewInstrument(
        id=ids.uuid7(), serial="NC-1", calibrated_on=days(-5), calibration_due_on=days(360), certificate="JL-7", **TOLD
    )
    first = await instruments.register(new=new, by=bench.technician)
    again = await instruments.register(new=new, by=bench.technician)

    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    told = first.record
    assert (told.id, told.serial, told.unit.id, told.registered) == (new.id, "NC-1", bench.studio, True)
    assert (told.calibration, told.calibration_due_on, told.certificate) == (Calibration.VALID, days(360), "JL-7")
    assert (told.maker, told.method, told.live, told.results_n) == ("某仪器厂", Method.ENZYME_INHIBITION, False, 0)


async def test_one_that_files_told_of_keeps_its_id_and_its_results_when_it_is_registered(bench):
    known = await instruments.seen("ＮＣ-2", bench.studio)
    await bench.result(await bench.sample(), instrument=known)
    before = await instrument_queries.get(instrument_id=known, by=bench.technician)
    made = await instruments.register(new=NewInstrument(serial="NC-2", id=ids.uuid7()), by=bench.technician)

    assert (before.registered, before.calibration) == (False, Calibration.UNKNOWN)
    assert (made.created, made.record.id, made.record.results_n) == (True, known, 1)
    assert made.record.last_result_at is not None
    assert made.record.registered


async def test_other_content_under_the_same_serial_or_another_instruments_id_is_refused(bench):
    first = await instruments.register(new=NewInstrument(serial="NC-3"), by=bench.technician)
    for other in (NewInstrument(serial="NC-3", model="X"), NewInstrument(serial="NC-4", id=first.record.id)):
        with pytest.raises(DifferentArguments):
            await instruments.register(new=other, by=bench.technician)


async def test_what_another_desk_of_the_county_registered_is_asked_for_there(bench):
    await bench.instrument("NC-5")
    with pytest.raises(InstrumentElsewhere):
        await instruments.register(new=NewInstrument(serial="NC-5"), by=bench.station_technician)


async def test_makers_number_from_one_anew_so_each_county_has_its_own_001(bench):
    ours = await bench.instrument("001")
    theirs = await instruments.register(new=NewInstrument(serial="001"), by=bench.outsider)

    assert theirs.created
    assert theirs.record.id != ours
    assert (theirs.record.serial, theirs.record.calibration) == ("001 @370782", Calibration.UNKNOWN)
    assert await instruments.seen("001", bench.station) == ours
    assert await instruments.seen("001", bench.elsewhere) == theirs.record.id
    assert not (await instruments.register(new=NewInstrument(serial="001"), by=bench.outsider)).created


async def test_whoever_leads_the_place_registers_at_any_of_its_desks_and_says_at_which(bench):
    supervisor = bench.cast.supervisor
    made = await instruments.register(new=NewInstrument(serial="NC-6", unit_id=bench.station), by=supervisor)
    assert made.record.unit.id == bench.station
    for unit in (None, bench.elsewhere, UUID(int=1)):
        with pytest.raises(Invalid) as refused:
            await instruments.register(new=NewInstrument(serial="NC-7", unit_id=unit), by=supervisor)
        assert [each.pointer for each in refused.value.errors] == ["/unit_id"]
    assert await fetch("SELECT 1 FROM laboratory_instrument WHERE serial = 'NC-7'") == []


async def test_experts_and_cadres_register_nothing(bench):
    for who in (bench.expert, bench.cast.cadre, bench.cast.operator, bench.cast.auditor):
        with pytest.raises(Forbidden):
            await instruments.register(new=NewInstrument(serial="NC-8"), by=who)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"serial": " \0 "}, "/serial"),
        ({"calibrated_on": date(2026, 1, 1)}, "/calibration_due_on"),
        ({"calibration_due_on": date(2026, 1, 1)}, "/calibrated_on"),
    ],
)
async def test_half_a_calibration_and_no_serial_are_refused(bench, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        await instruments.register(new=NewInstrument(**{"serial": "NC-9", **wrong}), by=bench.technician)
    assert [each.pointer for each in refused.value.errors] == [pointer]


async def test_an_instrument_is_seen_at_its_desk_above_it_and_by_who_oversees_the_place(bench):
    at_station = await bench.instrument("ST-1", unit=bench.station)
    at_studio = await bench.instrument("ST-2")
    both, lower = {at_station, at_studio}, {at_station}
    for who, seen in (
        (bench.technician, both),
        (bench.expert, both),
        (bench.station_technician, lower),
        (bench.cast.supervisor, both),
        (bench.cast.auditor, both),
        (bench.outsider, set()),
        (bench.cast.cadre, set()),
        (bench.cast.stranger, set()),
    ):
        listed = await instrument_queries.list_instruments(by=who)
        assert {each.id for each in listed.items} == seen, who.name
        for each in both - seen:
            with pytest.raises(InstrumentUnknown):
                await instrument_queries.get(instrument_id=each, by=who)


async def test_the_list_is_by_serial_and_goes_on_where_a_page_ended(bench):
    for serial in ("C", "A", "B"):
        await bench.instrument(serial)
    await instruments.seen("D", bench.studio)
    first = await instrument_queries.list_instruments(by=bench.technician, limit=3)
    rest = await instrument_queries.list_instruments(by=bench.technician, limit=3, cursor=first.next_cursor)
    unregistered = await instrument_queries.list_instruments(by=bench.technician, registered=False)

    assert [each.serial for each in first.items] == ["A", "B", "C"]
    assert [each.serial for each in rest.items] == ["D"]
    assert rest.next_cursor is None
    assert [each.serial for each in unregistered.items] == ["D"]


async def test_a_calibration_is_recorded_once_and_lifts_what_was_overdue(bench):
    instrument = await bench.instrument(due_in_days=-3)
    new = NewCalibration(id=ids.uuid7(), done_on=days(0), due_on=days(365), certificate="JL-8")
    before = await instrument_queries.get(instrument_id=instrument, by=bench.technician)
    first = await calibrating.record_calibration(instrument_id=instrument, new=new, by=bench.technician)
    again = await calibrating.record_calibration(instrument_id=instrument, new=new, by=bench.technician)

    assert before.calibration is Calibration.OVERDUE
    assert (first.created, again.created) == (True, False)
    assert (again.record.calibration, again.record.certificate) == (Calibration.VALID, "JL-8")
    other = NewCalibration(id=new.id, done_on=days(0), due_on=days(300))
    with pytest.raises(DifferentArguments):
        await calibrating.record_calibration(instrument_id=instrument, new=other, by=bench.technician)


@pytest.mark.parametrize(("done", "due", "pointer"), [(1, 300, "/done_on"), (-1, -2, "/due_on"), (-1, 1096, "/due_on")])
async def test_days_of_a_calibration_that_cannot_be_are_refused(bench, done, due, pointer):
    instrument = await bench.instrument()
    new = NewCalibration(done_on=days(done), due_on=days(due))
    with pytest.raises(Invalid) as refused:
        await calibrating.record_calibration(instrument_id=instrument, new=new, by=bench.technician)
    assert [each.pointer for each in refused.value.errors] == [pointer]


async def test_whoever_only_sees_an_instrument_does_not_keep_it(bench):
    instrument = await bench.instrument()
    new = NewCalibration(done_on=days(0), due_on=days(10))
    for who in (bench.expert, bench.cast.auditor):
        with pytest.raises(NotYourInstrument):
            await calibrating.record_calibration(instrument_id=instrument, new=new, by=who)
    with pytest.raises(InstrumentUnknown):
        await calibrating.record_calibration(instrument_id=instrument, new=new, by=bench.station_technician)


async def blocked(bench, instrument: UUID, *, days_ago: int = 0) -> UUID:
    """A reading of an overdue instrument as it was judged."""
    at = clock.now() - timedelta(days=days_ago)
    reasons = '[{"code":"calibration_overdue","facts":{}}]'
    sample = await bench.sample(f"NY-{ids.uuid7()}")
    return await bench.result(sample, 62, instrument=instrument, reasons=reasons, tested_at=at)


async def verdict(result: UUID) -> str | None:
    row = await fetch_row("SELECT verdict FROM laboratory_result WHERE id = $1", result)
    assert row is not None
    found: str | None = row["verdict"]
    return found


async def test_who_answers_for_an_overdue_one_frees_what_it_measured_on_his_days_and_is_written_down(bench):
    instrument = await bench.instrument(due_in_days=-9)
    today, yesterday, before = [await blocked(bench, instrument, days_ago=ago) for ago in (0, 1, 2)]
    supervisor = bench.cast.supervisor
    new = NewOverride(id=ids.uuid7(), from_on=days(-1), until_on=days(3), reason="备机送检，比对合格")
    first = await calibrating.override(instrument_id=instrument, new=new, by=supervisor)
    again = await calibrating.override(instrument_id=instrument, new=new, by=supervisor)

    assert (first.created, again.created) == (True, False)
    assert (first.record.calibration, first.record.overridden_until) == (Calibration.OVERRIDDEN, days(3))
    assert first.record.override_reason == "备机送检，比对合格"
    assert [await verdict(each) for each in (today, yesterday, before)] == ["positive", "positive", None]
    kept = await fetch("SELECT result, because, by FROM laboratory_judgement")
    assert {tuple(row) for row in kept} == {(each, "overridden", supervisor.person_id) for each in (today, yesterday)}
    told = await fetch("SELECT person, subject_id, fields FROM people_access_log WHERE subject_kind = 'instrument'")
    assert [tuple(row) for row in told] == [(supervisor.person_id, instrument, ["calibration_override"])]


async def test_nobody_answers_for_one_that_is_calibrated_or_of_which_nothing_is_known(bench):
    for serial, due in (("OK", 5), ("?", None)):
        instrument = await bench.instrument(serial, due_in_days=due)
        new = NewOverride(until_on=days(1), reason="先用着吧")
        with pytest.raises(NotOverdue):
            await calibrating.override(instrument_id=instrument, new=new, by=bench.cast.supervisor)


@pytest.mark.parametrize(
    ("first", "last", "pointer"),
    [(1, 2, "/from_on"), (-8, 1, "/from_on"), (0, 14, "/until_on"), (-7, -1, "/until_on")],
)
async def test_one_answers_for_two_weeks_at_most_and_for_a_week_back(bench, first, last, pointer):
    instrument = await bench.instrument(due_in_days=-30)
    new = NewOverride(from_on=days(first), until_on=days(last), reason="先用着吧")
    with pytest.raises(Invalid) as refused:
        await calibrating.override(instrument_id=instrument, new=new, by=bench.cast.supervisor)
    assert [each.pointer for each in refused.value.errors] == [pointer]
    longest = NewOverride(until_on=days(13), reason="先用着吧")
    assert (await calibrating.override(instrument_id=instrument, new=longest, by=bench.cast.admin)).created


async def test_a_technician_cannot_answer_for_himself_and_an_expert_of_the_studio_can(bench):
    instrument = await bench.instrument(due_in_days=-1, unit=bench.station)
    new = NewOverride(until_on=days(1), reason="等明天校准")
    for who in (bench.technician, bench.station_technician, bench.cast.auditor):
        with pytest.raises(NotYourInstrument):
            await calibrating.override(instrument_id=instrument, new=new, by=who)
    for who in (bench.outsider, bench.cast.cadre):
        with pytest.raises(InstrumentUnknown):
            await calibrating.override(instrument_id=instrument, new=new, by=who)
    assert (await calibrating.override(instrument_id=instrument, new=new, by=bench.expert)).created


async def test_a_certificate_that_comes_late_frees_what_was_blocked_on_its_days_and_nothing_else(bench):
    instrument = await bench.instrument(due_in_days=-9)
    today, before = [await blocked(bench, instrument, days_ago=ago) for ago in (0, 5)]
    standing = await bench.result(await bench.sample("其他"), 12, instrument=instrument, verdict="positive")
    new = NewCalibration(done_on=days(-2), due_on=days(300))
    await calibrating.record_calibration(instrument_id=instrument, new=new, by=bench.technician)

    assert [await verdict(each) for each in (today, before, standing)] == ["positive", None, "positive"]
    assert [row["result"] for row in await fetch("SELECT result FROM laboratory_judgement")] == [today]


async def test_who_wrote_it_down_and_who_answered_is_read_by_whoever_sees_the_instrument(bench):
    instrument = await bench.instrument(due_in_days=-1)
    override = NewOverride(until_on=days(1), reason="等明天校准")
    await calibrating.override(instrument_id=instrument, new=override, by=bench.cast.supervisor)
    done = NewCalibration(done_on=days(0), due_on=days(300), certificate="JL-9")
    await calibrating.record_calibration(instrument_id=instrument, new=done, by=bench.technician)
    told = await calibration_history.history(instrument_id=instrument, by=bench.cast.auditor)

    assert [each.certificate for each in told.calibrations] == ["JL-9", None]
    assert told.calibrations[0].recorded_by.name == bench.technician.name
    (answered,) = told.overrides
    assert (answered.by.name, answered.from_on, answered.reason) == (bench.cast.supervisor.name, days(0), "等明天校准")
    with pytest.raises(InstrumentUnknown):
        await calibration_history.history(instrument_id=instrument, by=bench.outsider)


async def test_what_is_named_of_an_instrument_changes_and_the_rest_stays(bench):
    instrument = await bench.instrument("NC-1", firmware="1.2", maker="某仪器厂")
    changes = InstrumentAmendment(firmware="1.3", unit_id=bench.station, maker=None)
    for _ in range(2):
        told = await amend(instrument_id=instrument, changes=changes, by=bench.technician)
        assert (told.firmware, told.unit.id, told.maker) == ("1.3", bench.station, None)
        assert told.method is Method.ENZYME_INHIBITION


async def test_a_retired_one_is_listed_apart_and_its_key_ends(bench):
    instrument = await bench.instrument()
    await live_keys.make_key(instrument_id=instrument, by=bench.technician, base_url="")
    told, again, back = [
        await amend(instrument_id=instrument, changes=InstrumentAmendment(retired=retired), by=bench.technician)
        for retired in (True, True, False)
    ]
    assert told.retired_at == again.retired_at is not None
    assert (told.live, back.live, back.retired_at) == (False, False, None)
    await amend(instrument_id=instrument, changes=InstrumentAmendment(retired=True), by=bench.technician)
    assert (await instrument_queries.list_instruments(by=bench.technician)).items == []
    listed = await instrument_queries.list_instruments(by=bench.technician, retired=True)
    assert [each.id for each in listed.items] == [instrument]


async def test_an_instrument_is_changed_by_those_who_keep_it_and_moved_to_a_desk_of_theirs(bench):
    instrument, firmware = await bench.instrument(), InstrumentAmendment(firmware="2")
    for who, refusal in ((bench.expert, NotYourInstrument), (bench.station_technician, InstrumentUnknown)):
        with pytest.raises(refusal):
            await amend(instrument_id=instrument, changes=firmware, by=who)
    with pytest.raises(Invalid):
        await amend(instrument_id=instrument, changes=InstrumentAmendment(unit_id=bench.elsewhere), by=bench.technician)
    known = await instruments.seen("NC-77", bench.studio)
    with pytest.raises(NotRegistered):
        await amend(instrument_id=known, changes=firmware, by=bench.technician)

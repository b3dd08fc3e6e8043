"""The demo's hotline: every state a duty desk meets has an example, posted and done as it is in a county."""

from backend.core import clock
from backend.core.database import fetch
from backend.hotline import callbacks, firm_cases, pledges, survey_results, surveys, transfers
from backend.hotline.transfer_schemas import Responsible
from backend.hotline.words import CallbackReason, CallbackState, CallState, PledgeState, Supervised, TextState
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.rosters import queries
from seed import hotline, hotline_desk, hotline_plans, hotline_systems
from seed.cast import holder
from seed.duty import HOTLINE_PHONE


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def one_in(role: Role):
    return await actor(person_id=holder(role).id)


async def test_calls_of_the_last_days_were_answered_missed_and_rung_and_somebody_said_what_became_of_them(planted):
    (counted,) = await fetch("SELECT count(*) AS n FROM hotline_call")

    assert counted["n"] >= 40
    assert await words("SELECT DISTINCT state FROM hotline_call") == {CallState.ENDED, CallState.MISSED}
    assert await words("SELECT DISTINCT direction FROM hotline_call") == {"in", "out"}
    assert len(await words("SELECT DISTINCT wrap_up FROM hotline_call WHERE wrap_up IS NOT NULL")) >= 9
    (left,) = await fetch("SELECT count(*) AS n FROM hotline_call WHERE state = 'ended' AND wrap_up IS NULL")
    assert left["n"] == 0


async def test_a_callback_is_there_in_every_state_and_for_every_reason_of_the_line(planted):
    assert await words("SELECT DISTINCT state FROM hotline_callback") == set(CallbackState)
    assert await words("SELECT DISTINCT reason FROM hotline_callback") == {
        CallbackReason.MISSED_CALL,
        CallbackReason.RESOLUTION,
    }
    assert await words("SELECT DISTINCT satisfaction FROM hotline_callback WHERE satisfaction IS NOT NULL") == {
        "satisfied",
        "dissatisfied",
        "unreachable",
    }
    found = (await callbacks.list_callbacks(by=await one_in(Role.OPERATOR), limit=100)).items
    assert any(each.overdue for each in found)
    supervised = await callbacks.list_callbacks(by=await one_in(Role.SUPERVISOR), supervised=True, closed=True)
    assert [each.supervised for each in supervised.items] == [Supervised.DISSATISFIED]


async def test_a_call_missed_just_now_waits_at_every_start_and_rings_whoever_is_on_duty(planted):
    with clock.stopped(clock.now() - 2 * hotline.STAYS_FRESH):
        before = await hotline.miss_anew()
    found = await hotline.miss_anew()

    assert await hotline.miss_anew() == found
    assert found.callback_id != before.callback_id
    seen = await callbacks.look_at_callback(callback_id=found.callback_id, by=await one_in(Role.OPERATOR))
    on_duty = await queries.on_duty(unit_id=HOTLINE_PHONE.unit_id)
    assert seen.callback.assignee_id in {each.person_id for each in on_duty}
    assert seen.callback.told_at is not None


async def test_each_short_code_was_written_once_and_one_text_waits_to_be_read(planted):
    assert await words("SELECT code FROM hotline_text WHERE code IS NOT NULL") == {"MQ", "ZX", "CX", "TD"}
    rows = await fetch("SELECT state, count(*) AS n FROM hotline_text GROUP BY state")
    assert {row["state"]: row["n"] for row in rows} == {
        TextState.CASE: 2,
        TextState.ANSWERED: 2,
        TextState.UNROUTABLE: 1,
    }


async def test_one_line_has_a_caller_and_another_gave_one_back(planted):
    by = await one_in(Role.SUPERVISOR)
    out = await transfers.get_transfer(transfer_id=hotline_desk.TO_110, by=by)
    back = await transfers.get_transfer(transfer_id=hotline_desk.TO_12348, by=by)

    assert (out.responsible, out.closed_at) == (Responsible.THE_LINE, None)
    assert (back.responsible, back.closed_at) == (Responsible.US, None)
    assert back.returned_because


async def test_a_firm_s_matter_lies_at_the_leader_s_desk_with_its_clocks_running(planted):
    found = await firm_cases.get_enterprise_case(firm_case_id=hotline_desk.FIRM_CASE, by=await one_in(Role.SUPERVISOR))

    assert (found.state, found.case_state) == ("open", "reopened")
    assert {each.kind for each in found.clocks} == {"endorsement", "enterprise"}


async def test_of_twenty_slips_two_were_typed_in_and_keep_the_time_of_the_paper(planted):
    rows = await fetch(
        'SELECT s."case", s.begun_at, c.opened_at FROM hotline_flow_slip s LEFT JOIN cases_case c ON c.id = s."case"'
    )
    typed = [row for row in rows if row["case"]]

    assert (len(rows), len(typed)) == (20, 2)
    assert all(row["begun_at"] == row["opened_at"] for row in typed)


async def test_pledges_are_kept_late_dropped_and_under_way(planted):
    told = await pledges.public_pledges()
    states = {each.state for batch in told.batches for each in batch.pledges}

    assert len(told.batches) == 2
    assert states == set(PledgeState)
    assert told.counts.overdue_n >= 1


async def test_a_closed_survey_tells_its_results_and_another_goes_on(planted):
    by = await one_in(Role.SUPERVISOR)
    told = await survey_results.survey_results(survey_id=hotline_plans.CLOSED, by=by)
    running = await surveys.get_survey(survey_id=hotline_plans.RUNNING, by=by)

    assert told.wave.drawn_n == hotline_plans.HOUSEHOLDS_N
    assert all(each.estimate is not None for each in told.questions)
    assert 0 < running.answered_n < running.drawn_n
    assert running.to_ask_n > 0
    assert await fetch("SELECT 1 FROM hotline_survey_draw WHERE wave = $1 LIMIT 1", hotline_plans.CLOSED) == []


async def test_a_talk_and_a_note_wait_for_whoever_comes_next(planted):
    assert await words("SELECT count(*) FROM hotline_unit_talk WHERE fix_by IS NOT NULL AND fixed_on IS NULL") == {1}
    assert await words("SELECT count(*) FROM hotline_shift_note WHERE taken_at IS NULL") == {1}


async def test_both_systems_have_the_same_secret_at_every_start(planted):
    first = await hotline_systems.line_systems("http://127.0.0.1:8000")

    assert await hotline_systems.line_systems("http://127.0.0.1:8000") == first
    assert first.phone.post_to.startswith("http://127.0.0.1:8000/api/v1/hotline/calls/posts/")
    assert first.sms.post_to.startswith("http://127.0.0.1:8000/api/v1/hotline/texts/posts/")
    assert first.phone.secret
    assert first.phone.secret != first.sms.secret


async def test_nothing_of_it_lies_in_the_future(planted):
    for column, table in (
        ("received_at", "hotline_call"),
        ("opened_at", "hotline_callback"),
        ("received_at", "hotline_text"),
    ):
        (latest,) = await fetch(f"SELECT max({column}) AS at FROM {table}")
        assert latest["at"] <= clock.now(), table

"""Puts the demo's pledges and surveys in: two batches; a wave that is closed, and one that is being asked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import cycle
from uuid import UUID

from backend.core import clock
from backend.hotline.pledge_schemas import NewPledge, NewPledgeBatch, PledgeChange
from backend.hotline.pledges import change_pledge, publish_pledges
from backend.hotline.survey_asking import next_survey_call, record_survey_answer
from backend.hotline.survey_planning import plan_survey
from backend.hotline.survey_schemas import NewSurveyAnswer, NewSurveyWave, StrataBy, SurveyOutcome
from backend.hotline.surveys import close_survey
from backend.hotline.words import PledgeState
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import made_id
from seed.bench_after import when
from seed.case_story import unit
from seed.cast import COUNTY, Member, holder
from seed.hotline_plan_words import ANSWERS, BATCHES, QUESTIONS, Pledged

Cast = Mapping[Member, Actor]
PLEDGES = {title: made_id(f"pledges/{number}") for number, title in enumerate(BATCHES, start=1)}
CLOSED, RUNNING = made_id("survey/closed"), made_id("survey/running")
HOUSEHOLDS_N = 60
PUBLISHED_AGO, LATE_PUBLISHED_AGO = 55, 12


async def publish_all(cast: Cast, day: date) -> None:
    """Both batches are of the year in which the one that is late fell due."""
    by, year = cast[holder(Role.SUPERVISOR)], (day - timedelta(days=10)).year
    for number, (title, pledged) in enumerate(BATCHES.items(), start=1):
        pledges = [
            NewPledge(title=each.title, unit_id=unit(each.unit), office=each.office, due_on=_due(each, day, year))
            for each in pledged
        ]
        new = NewPledgeBatch(division_code=COUNTY, year=year, number=number, title=title, pledges=pledges)
        with clock.stopped(when(day, (PUBLISHED_AGO if number == 1 else LATE_PUBLISHED_AGO, 10))):
            batch = (await publish_pledges(id=PLEDGES[title], new=new, by=by)).record
        for each, shown in zip(pledged, batch.pledges, strict=True):
            await _change(each, shown.id, day, by)


def _due(pledged: Pledged, day: date, year: int) -> date:
    """Within the batch's year."""
    return min(max(day + timedelta(days=pledged.due), date(year, 1, 1)), date(year, 12, 31))


async def _change(pledged: Pledged, pledge_id: UUID, day: date, by: Actor) -> None:
    if pledged.state is PledgeState.UNDERWAY:
        return
    done_on = None if pledged.done is None else day - timedelta(days=pledged.done)
    with clock.stopped(when(day, (pledged.done or 5, 17))):
        await change_pledge(
            pledge_id=pledge_id, change=PledgeChange(becomes=pledged.state, done_on=done_on, note=pledged.note), by=by
        )


async def ask_around(cast: Cast, day: date) -> None:
    """The last quarter's wave, whole; of this quarter's a third has been asked."""
    supervisor = cast[holder(Role.SUPERVISOR)]
    await _plan(CLOSED, "上季度群众满意度电话调查（演示）", day, 75, 60, seed=20260930, by=supervisor)
    await _ask(CLOSED, when(day, (72, 9)), HOUSEHOLDS_N, cast)
    await _ask(CLOSED, when(day, (71, 16)), HOUSEHOLDS_N, cast)
    with clock.stopped(when(day, (58, 9))):
        await close_survey(survey_id=CLOSED, by=supervisor)
    await _plan(RUNNING, "本季度群众满意度电话调查（演示）", day, 6, -20, seed=20261231, by=supervisor)
    await _ask(RUNNING, when(day, (3, 9)), HOUSEHOLDS_N // 3, cast)


async def _plan(id: UUID, name: str, day: date, begins: int, ends: int, *, seed: int, by: Actor) -> None:
    """Days before the planting."""
    new = NewSurveyWave(
        name=name,
        division_code=COUNTY,
        strata=StrataBy.TOWNSHIP,
        households=HOUSEHOLDS_N,
        questions=QUESTIONS,
        begins_on=day - timedelta(days=begins),
        ends_on=day - timedelta(days=ends),
        seed=seed,
    )
    with clock.stopped(when(day, (begins, 8.5))):
        await plan_survey(id=id, new=new, by=by)


async def _ask(survey_id: UUID, began: datetime, households_n: int, cast: Cast) -> None:
    """One after the other, by the desk's operator, until so many were rung or nobody is left: of nine, seven answer."""
    by, given = cast[holder(Role.OPERATOR)], cycle(ANSWERS)
    for number in range(households_n):
        with clock.stopped(began + timedelta(minutes=2 * number)):
            call = (await next_survey_call(survey_id=survey_id, by=by, request_id="seed")).call
            if call is None:
                return
            outcome = {4: SurveyOutcome.DECLINED, 8: SurveyOutcome.NOT_REACHED}.get(number % 9, SurveyOutcome.ANSWERED)
            answers = next(given) if outcome is SurveyOutcome.ANSWERED else {}
            new = NewSurveyAnswer(draw_id=call.draw_id, outcome=outcome, answers=answers)
            await record_survey_answer(survey_id=survey_id, new=new, by=by)

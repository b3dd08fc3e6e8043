"""/console/desk/surveys: surveys by telephone. How far each came; once it is closed what it tells, and how sure."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Stream

from backend.cases.visibility import DESK
from backend.console import labels as places
from backend.console.desk import survey_csv, survey_labels
from backend.console.desk.survey_intervals import Intervals, intervals
from backend.console.pages import page
from backend.console.typed import typed
from backend.core.words import Term, say
from backend.hotline import surveys
from backend.hotline.survey_results import survey_results
from backend.hotline.survey_schemas import SurveyQuestionResult, SurveyWaveRecord
from backend.hotline.words import WaveState
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.guards import SignedIn

HERE = "/console/desk/surveys"
ROWS = 30
MOST_STRATA = 30
"""Shown at first, the least done; all of them are one tap away."""
MOST_BARS = 20
SAID = {
    "planned": Term("Drawn. Operators ring its households from its first day on."),
    "closed": Term("Closed. Who was drawn is forgotten; what was answered is told below."),
}
Did = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/surveys", include_in_schema=False)
async def show_surveys(by: SignedIn, after: After = "") -> Response[str]:
    """Those of one's territory, the last drawn first."""
    found = await surveys.list_surveys(by=by, limit=ROWS, cursor=after or None)
    return page(
        "desk/surveys.html",
        by=by,
        found=found,
        says=survey_labels,
        rings=lambda wave: may_ring(wave, by),
        plans=by.has(*surveys.PLANNERS),
    )


@get("/surveys/{survey_id:uuid}", include_in_schema=False)
async def show_survey(
    by: SignedIn, survey_id: FromPath[UUID], every: FromQuery[bool] = False, did: Did = ""
) -> Response[str]:
    """One, by strata; once it is closed what it tells, for those who oversee it."""
    return await _page(by, survey_id, every=every, did=did)


@post("/surveys/{survey_id:uuid}/closure", include_in_schema=False, status_code=200)
async def close(by: SignedIn, request: Request[Any, Any, Any], survey_id: FromPath[UUID]) -> Response[Any]:
    """收尾. A second tap closes nothing more."""
    form = await typed(request)
    if not form.get("sure"):
        return await _page(by, survey_id, problem=say("Tick that you have read it, then close the survey."))
    await surveys.close_survey(survey_id=survey_id, by=by)
    return Redirect(f"{HERE}/{survey_id}?did=closed", status_code=303)


@get("/surveys/{survey_id:uuid}/results.csv", include_in_schema=False)
async def send_results(by: SignedIn, survey_id: FromPath[UUID]) -> Stream:
    """What it tells, for whoever checks it: seed, strata, n, weights, intervals. Empty: too few answered."""
    found = await survey_results(survey_id=survey_id, by=by)
    name = f"survey-{found.wave.begins_on}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(survey_csv.lines(found), media_type="text/csv; charset=utf-8", headers=headers)


def may_ring(wave: SurveyWaveRecord, by: Actor) -> bool:
    """Whether he may ring its households, today."""
    return survey_labels.runs(wave) and visible_to(by, roles=DESK).covers(wave.prefix)


async def _page(
    by: Actor, survey_id: UUID, *, every: bool = False, did: str = "", problem: str | None = None
) -> Response[str]:
    one = await surveys.get_survey(survey_id=survey_id, by=by)
    strata, closed = survey_labels.progress(one), one.state == WaveState.CLOSED
    told = await survey_results(survey_id=survey_id, by=by) if closed and by.has(*OVERSEERS) else None
    return page(
        "desk/survey.html",
        status=400 if problem else 200,
        by=by,
        one=one,
        says=survey_labels,
        strata=strata if every else strata[:MOST_STRATA],
        strata_n=len(strata),
        every=every,
        results=told,
        picture=_picture,
        place=places.place,
        rings=may_ring(one, by),
        may_close=not closed and visible_to(by, roles=surveys.PLANNERS).covers(one.prefix),
        problem=problem,
        told=say(SAID[did]) if did in SAID and (did == "planned" or closed) else None,
    )


def _picture(question: SurveyQuestionResult) -> Intervals | None:
    """Of all strata, then of each that may be told; None where nothing may."""
    if question.estimate is None:
        return None
    strata = [(places.place(each.name), each.estimate) for each in question.strata if each.estimate is not None]
    return intervals([(say("All strata together"), question.estimate), *strata[:MOST_BARS]])


HANDLERS = (show_surveys, show_survey, close, send_results)

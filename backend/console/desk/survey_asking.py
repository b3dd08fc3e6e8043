"""/console/desk/surveys/{id}/asking: the next to ring, what to read aloud, what was answered.

A number is told to whoever asked for the next household, and that is written down; no address leads back to it. What a
form that was refused shows again of the household is what it sent along itself.
"""

import re
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.visibility import DESK
from backend.console import labels as places
from backend.console.desk.surveys import HERE, may_ring
from backend.console.form_refusals import Tried, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, shaped, typed
from backend.core.logs import request_id
from backend.core.refusals import Refusal, Unknown
from backend.core.words import Term, say
from backend.hotline import surveys
from backend.hotline.survey_asking import coming_survey_call, next_survey_call, record_survey_answer
from backend.hotline.survey_refusals import NotYourSurvey
from backend.hotline.survey_schemas import NewSurveyAnswer, SurveyCall, SurveyOutcome, SurveyWaveRecord
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn

DIALLED = re.compile(r"\+?[0-9]{5,20}")
OUTCOMES = {
    "answered": SurveyOutcome.ANSWERED,
    "declined": SurveyOutcome.DECLINED,
    "not-reached": SurveyOutcome.NOT_REACHED,
    "wrong-number": SurveyOutcome.WRONG_NUMBER,
}
"""By the last part of a form's address."""
SAID = {
    "answered": Term("Written down. Nobody can tell any more who said it."),
    "declined": Term("Written down: refused. It is not rung again."),
    "not-reached": Term("Written down: not reached. It comes again on another day."),
    "wrong-number": Term("Written down: the number is wrong. It is not rung again."),
    "never-again": Term("Written down. No survey rings this household any more."),
}
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/surveys/{survey_id:uuid}/asking", include_in_schema=False)
async def show_asking(by: SignedIn, survey_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """Before one rings; `did`: what came of the last household."""
    wave = await _wave(survey_id, by)
    coming = await coming_survey_call(survey_id=survey_id, by=by) if may_ring(wave, by) else None
    return _page(by, wave, coming=coming, told=say(SAID[did]) if did in SAID else None)


@post("/surveys/{survey_id:uuid}/asking/next", include_in_schema=False, status_code=200)
async def take_next(by: SignedIn, request: Request[Any, Any, Any], survey_id: FromPath[UUID]) -> Response[str]:
    """The next household with its number, which nobody else gets today; the access log says who looked. A second tap
    shows the same one.
    """
    form, wave = await typed(request), await _wave(survey_id, by)
    try:
        coming = identity(form.get("coming")) if form.get("coming") else None
        found = await next_survey_call(survey_id=survey_id, by=by, request_id=request_id.get(), draw_id=coming)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(by, wave, refused=tried(refusal, names={}))
    if found.call is None:
        return _page(by, wave, told=say("Nobody is left to ring for today."))
    return _page(by, wave, form=_form_of(found.call))


def _form_of(call: SurveyCall) -> Typed:
    given = {
        "draw": str(call.draw_id),
        "phone": call.phone,
        "who": call.contact_name or "",
        "stratum": places.place(call.stratum_name),
        "number": str(call.number),
        "tries": str(call.tries),
    }
    return Typed({name: [value] for name, value in given.items()})


@post("/surveys/{survey_id:uuid}/asking/{outcome:str}", include_in_schema=False, status_code=200)
async def record(
    by: SignedIn, request: Request[Any, Any, Any], survey_id: FromPath[UUID], outcome: FromPath[str]
) -> Response[Any]:
    """答了, 不愿意, 没打通, 号码不对. A second tap is the same."""
    if outcome not in OUTCOMES:
        raise Unknown("There is no such page.")
    form, wave = await typed(request), await _wave(survey_id, by)
    never = bool(form.get("never"))
    try:
        new = shaped(
            NewSurveyAnswer,
            draw_id=identity(form.get("draw")),
            outcome=OUTCOMES[outcome],
            answers=_answers(form, wave) if outcome == "answered" else {},
            never_again=never,
        )
        await record_survey_answer(survey_id=survey_id, new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(by, wave, form=form, refused=tried(refusal, names={}))
    return Redirect(f"{HERE}/{survey_id}/asking?did={'never-again' if never else outcome}", status_code=303)


def _answers(form: Typed, wave: SurveyWaveRecord) -> dict[str, str]:
    given = {each.code: form.get(f"answer-{each.code}") for each in wave.questions}
    return {code: choice for code, choice in given.items() if choice}


async def _wave(survey_id: UUID, by: Actor) -> SurveyWaveRecord:
    """Raises SurveyUnknown (404), NotYourSurvey (403)."""
    wave = await surveys.get_survey(survey_id=survey_id, by=by)
    if not visible_to(by, roles=DESK).covers(wave.prefix):
        raise NotYourSurvey("This is for operators, supervisors and administrators of all of its division.")
    return wave


def _page(
    by: Actor,
    wave: SurveyWaveRecord,
    *,
    form: Typed | None = None,
    refused: Tried | None = None,
    told: str | None = None,
    coming: UUID | None = None,
) -> Response[str]:
    given = form or Typed()
    return page(
        "desk/survey_asking.html",
        status=refused.status if refused else 200,
        by=by,
        wave=wave,
        rings=may_ring(wave, by),
        form=given,
        asking=bool(given.get("draw")),
        phone=given.get("phone") if DIALLED.fullmatch(given.get("phone")) else "",
        place=places.place(by.held[0].division_name),
        refused=refused,
        coming=coming,
        told=told,
    )


HANDLERS = (show_asking, take_next, record)

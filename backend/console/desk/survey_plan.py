"""/console/desk/surveys/new: a survey is looked at before it is drawn: sizes, how sure that is, who is left out."""

import unicodedata
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from backend.console import labels as places
from backend.console.cases import division_choices
from backend.console.desk import survey_labels
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import survey_planning, surveys
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_preview import preview_survey
from backend.hotline.survey_questions import standard_questions
from backend.hotline.survey_schemas import NewSurveyWave, StrataBy, SurveyPreview, SurveyQuestion
from backend.people.actors import Actor
from backend.people.guards import SignedIn

HERE = "/console/desk/surveys"
HOUSEHOLDS, DAYS = 400, 30
"""What the form begins with: about ±5 points; a month."""
STRATA = ((StrataBy.TOWNSHIP.value, Term("by townships")), (StrataBy.VILLAGE.value, Term("by villages")))
NAMES = {"division_code": "division", "questions": "question"}
WRONG = {
    "name": Term("Give it a name of up to 120 characters."),
    "division_code": Term("Choose the place from the list."),
    "strata": Term("Choose townships or villages."),
    "households": Term("A number from 1 to 20,000 is wanted."),
    "questions": Term("Tick one question at least, or write one."),
    "begins_on": Term("A day looks like this: 2026-11-30."),
    "ends_on": Term("A day looks like this: 2026-11-30."),
}
OWN = Term("A question of your own needs its words (up to 200 characters) and two answers at least, each of up to 60.")


@get("/surveys/new", include_in_schema=False)
async def show_form(by: SignedIn) -> Response[str]:
    """With the usual questions ticked."""
    today = clock.today()
    given = {
        "id": str(uuid7()),
        "strata": StrataBy.TOWNSHIP.value,
        "households": str(HOUSEHOLDS),
        "begins_on": today.isoformat(),
        "ends_on": today.fromordinal(today.toordinal() + DAYS).isoformat(),
    }
    ticked = {"question": [each.code for each in standard_questions()]}
    return await _form(by, Typed({name: [value] for name, value in given.items()} | ticked))


@post("/surveys/new", include_in_schema=False, status_code=200)
async def plan(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at it, or draw it. A second tap draws nothing more."""
    by.must_have(*surveys.PLANNERS)
    form = await typed(request)
    try:
        id, new = identity(form.get("id")), _new(form)
        if form.get("act") == "look":
            return await _form(by, form, found=await _preview(new, by))
        await survey_planning.plan_survey(id=id, new=new, by=by)
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=NAMES))
    return Redirect(f"{HERE}/{id}?did=planned", status_code=303)


async def _preview(new: NewSurveyWave, by: Actor) -> SurveyPreview:
    return await preview_survey(division_code=new.division_code, strata=new.strata, households=new.households, by=by)


def _new(form: Typed) -> NewSurveyWave:
    """Raises Invalid (400)."""
    given: dict[str, Any] = {name: form.get(name) for name in ("name", "strata", "begins_on", "ends_on")}
    given |= {"division_code": form.get("division"), "households": _whole(form.get("households"))}
    usual = [each for each in standard_questions() if each.code in form.all("question")]
    own = _own(form)
    questions = [*usual, *([own] if own else [])]
    if not questions:
        raise Invalid("Please look at the marked fields.", errors=[at_field("questions", say(WRONG["questions"]))])
    return fitting(NewSurveyWave, given | {"questions": questions}, wrong=WRONG)


def _own(form: Typed) -> SurveyQuestion | None:
    """A question of one's own: its answers one a line, those that count and all others."""
    sides = [(line, True) for line in _lines(form.get("own_good"))] + [
        (line, False) for line in _lines(form.get("own_other"))
    ]
    if not form.get("own_text") and not sides:
        return None
    choices = [{"code": f"own_{n}", "text": text, "counted": good} for n, (text, good) in enumerate(sides, start=1)]
    try:
        return fitting(SurveyQuestion, {"code": "own", "text": form.get("own_text"), "choices": choices}, wrong={})
    except Invalid as refusal:
        raise Invalid("Please look at the marked fields.", errors=[at_field("own_text", say(OWN))]) from refusal


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _whole(text: str) -> int | str:
    """As people type it: `400`, `１,２００`."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else text


async def _form(
    by: Actor, form: Typed, refused: Tried | None = None, *, found: SurveyPreview | None = None
) -> Response[str]:
    by.must_have(*surveys.PLANNERS)
    strata = [each for each in found.strata if each.frame_n] if found else []
    return page(
        "desk/survey_new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        refused=refused,
        at=refused.at if refused else {},
        divisions=await division_choices(by),
        strata_by=STRATA,
        usual=standard_questions(),
        policy=survey_policy(clock.today()),
        found=found,
        strata=sorted(strata, key=lambda each: -each.frame_n),
        says=survey_labels,
        place=places.place,
    )


HANDLERS = (show_form, plan)

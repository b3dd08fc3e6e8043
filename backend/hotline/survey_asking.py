"""Asking: the next household to ring, and what came of it. Its answer goes to its stratum, itself gets a tick."""

from typing import Any
from uuid import UUID

import msgspec

from backend.cases.visibility import DESK
from backend.core import clock
from backend.core.cipher import unseal
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import FieldError, Invalid
from backend.core.words import say
from backend.hotline import survey_queries as queries
from backend.hotline.callback_policies import callback_policy
from backend.hotline.callback_rules import part_of
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_queries import Row
from backend.hotline.survey_refusals import AskedBefore, NotTheHour, NotYourSurvey, SurveyClosed, SurveyUnknown
from backend.hotline.survey_schemas import (
    NewSurveyAnswer,
    NextSurveyCall,
    SurveyCall,
    SurveyDrawRecord,
    SurveyOutcome,
    SurveyQuestion,
    SurveyStratum,
)
from backend.hotline.surveys import questions_of, seen
from backend.hotline.words import DrawState, WaveState
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.consents import withdraw_by_telephone


@transaction
async def next_survey_call(
    *, survey_id: UUID, by: Actor, request_id: str, draw_id: UUID | None = None
) -> NextSurveyCall:
    """The next household, which nobody else gets today; the reading of its number is logged.

    draw_id   which it is to be (see `coming_survey_call`): asked for again by whoever has it, it is the same one;
              somebody else's, and it is the next

    For operators, supervisors and admins of all of its division, by day, while it runs.
    Raises SurveyUnknown (404), NotYourSurvey (403), SurveyClosed, NotTheHour (409).
    """
    wave = await _running(survey_id, by=by)
    now = clock.now()
    if part_of(now, callback_policy(clock.today())) is None or not _in_its_days(wave):
        raise NotTheHour(
            "Households are rung by day, from {begins_on} to {ends_on}.",
            begins_on=wave["begins_on"].isoformat(),
            ends_on=wave["ends_on"].isoformat(),
        )
    taken = await _again(draw_id, survey_id, by=by) or await _take(survey_id, wanted=draw_id)
    if taken is not None:
        await note_access(
            by=by,
            subject_kind="household",
            subject_id=taken["household"],
            fields=["contact_name", "contact_phone"],
            request_id=request_id,
        )
    left = await queries.wave(survey_id)
    return NextSurveyCall(call=_call(taken, wave) if taken else None, to_ask_n=left["to_ask_n"] if left else 0)


async def _running(survey_id: UUID, *, by: Actor) -> Row:
    wave = await seen(survey_id, by=by)
    if not visible_to(by, roles=DESK).covers(wave["prefix"]):
        raise NotYourSurvey("This is for operators, supervisors and administrators of all of its division.")
    if wave["state"] != WaveState.DRAWN:
        raise SurveyClosed("Survey {id} is closed; nobody is asked any more.", id=str(survey_id))
    return wave


def _in_its_days(wave: Row) -> bool:
    return bool(wave["begins_on"] <= clock.today() <= wave["ends_on"])


async def coming_survey_call(*, survey_id: UUID, by: Actor) -> UUID | None:
    """Which household would come next, for a second tap to be the same one; nothing of it is read.

    Raises SurveyUnknown (404), NotYourSurvey (403), SurveyClosed (409).
    """
    await _running(survey_id, by=by)
    return await queries.coming(survey_id, on=clock.today())


async def _again(draw_id: UUID | None, survey_id: UUID, *, by: Actor) -> Row | None:
    """The one he has already, while it may be rung."""
    if draw_id is None:
        return None
    had = await queries.taken_by(draw_id, wave_id=survey_id, person_id=by.person_id, on=clock.today())
    return had if had is not None and had["may_be_rung"] and had["contact_phone_sealed"] is not None else None


async def _take(survey_id: UUID, *, wanted: UUID | None = None) -> Row | None:
    """Whoever opted out, or moved away, since the draw is ticked off and passed over."""
    while (taken := await queries.take_next(survey_id, on=clock.today(), wanted=wanted)) is not None:
        if taken["may_be_rung"] and taken["contact_phone_sealed"] is not None:
            return taken
        await queries.tick(taken["id"], DrawState.UNREACHABLE.value)
    return None


def _call(taken: Row, wave: Row) -> SurveyCall:
    names = {each.code: each.name for each in msgspec.json.decode(wave["strata"], type=list[SurveyStratum])}
    return SurveyCall(
        draw_id=taken["id"],
        number=taken["number"],
        stratum_name=names[taken["stratum_code"]],
        contact_name=_open(taken, "contact_name_sealed"),
        phone=_open(taken, "contact_phone_sealed") or "",
        tries=taken["tries_n"],
        questions=questions_of(wave),
    )


def _open(taken: Row, column: str) -> str | None:
    sealed: Any = taken[column]
    return None if sealed is None else unseal(sealed, column=f"people_household.{column}")


@transaction
async def record_survey_answer(*, survey_id: UUID, new: NewSurveyAnswer, by: Actor) -> Outcome[SurveyDrawRecord]:
    """What came of a household. Said again it changes nothing: what it answered stands nowhere beside it.

    Raises SurveyUnknown (404), NotYourSurvey (403), SurveyClosed, AskedBefore (409), Invalid (400).
    """
    wave = await _running(survey_id, by=by)
    _check(new, questions_of(wave))
    draw = await queries.draw(new.draw_id, wave_id=survey_id)
    if draw is None:
        raise SurveyUnknown("There is no household {id} in this survey.", id=str(new.draw_id))
    state = _becomes(new.outcome, tries=draw["tries_n"])
    if draw["state"] != DrawState.TO_ASK:
        if draw["state"] != state:
            raise AskedBefore("It was written down before what came of this household; that stays.")
        return Outcome(_record(draw, draw["state"]), created=False)
    await queries.tick(draw["id"], state.value)
    if new.outcome is SurveyOutcome.ANSWERED:
        await queries.insert_answer(survey_id, draw["stratum_code"], new.answers)
    if new.never_again:
        words = say("May we ring you again for another survey?")
        await withdraw_by_telephone(household_id=draw["household"], purpose=queries.PURPOSE, words=words, by=by)
    return Outcome(_record(draw, state), created=True)


def _becomes(outcome: SurveyOutcome, *, tries: int) -> DrawState:
    if outcome is SurveyOutcome.ANSWERED:
        return DrawState.ANSWERED
    if outcome is SurveyOutcome.DECLINED:
        return DrawState.DECLINED
    if outcome is SurveyOutcome.WRONG_NUMBER:
        return DrawState.UNREACHABLE
    return DrawState.UNREACHABLE if tries >= survey_policy(clock.today()).tries else DrawState.TO_ASK


def _check(new: NewSurveyAnswer, questions: list[SurveyQuestion]) -> None:
    """Raises Invalid (400)."""
    known = {each.code: {choice.code for choice in each.choices} for each in questions}
    wrong = [
        FieldError(pointer=f"/answers/{code}", detail="The survey has no such question or choice.", code="unknown")
        for code, choice in new.answers.items()
        if choice not in known.get(code, ())
    ]
    if (new.outcome is SurveyOutcome.ANSWERED) != bool(new.answers):
        detail = "Write down answers where he gave some, and none where he gave none."
        wrong.append(FieldError(pointer="/answers", detail=detail, code="required"))
    if wrong:
        raise Invalid(errors=wrong)


def _record(draw: Row, state: str) -> SurveyDrawRecord:
    return SurveyDrawRecord(id=draw["id"], state=DrawState(state), tries=draw["tries_n"])

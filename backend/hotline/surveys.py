"""Surveys by telephone, read and closed (`survey_planning` draws them). Who was drawn is known while a wave runs, who
said what never.

supervisors, admins   plan and close one of their territory
auditors besides      read what it tells, once it is closed
operators besides     see it and ring
"""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.cases.visibility import SEERS
from backend.core import clock, paging
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.paging import Page, Position
from backend.hotline import survey_queries as queries
from backend.hotline.survey_queries import Row
from backend.hotline.survey_refusals import NotYourSurvey, SurveyUnknown
from backend.hotline.survey_schemas import SurveyQuestion, SurveyStratum, SurveyWaveRecord
from backend.hotline.words import DrawState, WaveState
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role

PLANNERS = (Role.SUPERVISOR, Role.ADMIN)


async def get_survey(*, survey_id: UUID, by: Actor) -> SurveyWaveRecord:
    """A wave of one's territory, and how far it is. Raises SurveyUnknown (404)."""
    return await told(await seen(survey_id, by=by))


async def list_surveys(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[SurveyWaveRecord]:
    """Those of one's territory, the last drawn first."""
    clause, values = visible_to(by, roles=SEERS).clause("w.prefix", 1)
    rows = await queries.waves(clause, values, limit=limit, after=paging.position(cursor))
    items = [await told(row) for row in rows]
    return paging.page(items, limit, lambda each: Position(each.drawn_at, each.id))


@transaction
async def close_survey(*, survey_id: UUID, by: Actor) -> SurveyWaveRecord:
    """Nobody is asked any more; who was drawn is forgotten. A second time changes nothing.

    Raises SurveyUnknown (404), NotYourSurvey (403).
    """
    row = await seen(survey_id, by=by, lock=True)
    if not visible_to(by, roles=PLANNERS).covers(row["prefix"]):
        raise NotYourSurvey("A survey is closed by a supervisor or an administrator of all of its division.")
    await _close(row)
    return await get_survey(survey_id=survey_id, by=by)


@schedule("hotline/close-surveys", "41 3 * * *")
async def close_over() -> None:
    """Waves whose last day is over."""
    for survey_id in await queries.over(before=clock.today()):
        await _close_over(survey_id)


@transaction
async def _close_over(survey_id: UUID) -> None:
    if (row := await queries.wave(survey_id, lock=True)) is not None:
        await _close(row)


async def _close(row: Row) -> None:
    if row["state"] == WaveState.DRAWN:
        strata = await _strata(row)
        await queries.close(row["id"], strata=msgspec.json.encode(strata), at=clock.now())


async def seen(survey_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    """A wave that `by` may know of. Raises SurveyUnknown (404)."""
    row = await queries.wave(survey_id, lock=lock)
    if row is None or not visible_to(by, roles=SEERS).covers(row["prefix"]):
        raise SurveyUnknown("There is no survey {id} in your territory.", id=str(survey_id))
    return row


async def _strata(row: Row) -> list[SurveyStratum]:
    """With what came of each so far; of a closed wave as it was then."""
    kept = msgspec.json.decode(row["strata"], type=list[SurveyStratum])
    if row["state"] != WaveState.DRAWN:
        return kept
    came = await queries.came_of(row["id"])
    return [
        replace(
            each,
            answered_n=came.get((each.code, DrawState.ANSWERED), 0),
            declined_n=came.get((each.code, DrawState.DECLINED), 0),
            unreachable_n=came.get((each.code, DrawState.UNREACHABLE), 0),
        )
        for each in kept
    ]


async def told(row: Row) -> SurveyWaveRecord:
    """A wave with what came of it so far."""
    return record(row, await _strata(row))


def questions_of(row: Row) -> list[SurveyQuestion]:
    """What a wave asks."""
    return msgspec.json.decode(row["questions"], type=list[SurveyQuestion])


def record(row: Row, strata: list[SurveyStratum]) -> SurveyWaveRecord:
    """A wave as it is told."""
    names = ("id", "name", "prefix", "seed", "begins_on", "ends_on", "drawn_at", "closed_at", "to_ask_n")
    return SurveyWaveRecord(
        **{name: row[name] for name in names},
        division_id=row["division"],
        state=WaveState(row["state"]),
        questions=questions_of(row),
        strata=strata,
        frame_n=sum(each.frame_n for each in strata),
        drawn_n=sum(each.drawn_n for each in strata),
        answered_n=sum(each.answered_n for each in strata),
    )

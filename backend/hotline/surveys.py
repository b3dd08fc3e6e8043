"""Surveys by telephone, planned, read and closed. Who was drawn is known while a wave runs, who said what never.

supervisors, admins   plan and close one of their territory
auditors besides      read what it tells, once it is closed
operators besides     see it and ring
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from secrets import randbelow
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.cases.visibility import SEERS
from backend.core import clock, creates, paging
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.paging import Page, Position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.hotline import survey_queries as queries
from backend.hotline.survey_draws import Drawn, EarlierWave, allocate, draw, without
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_queries import Row
from backend.hotline.survey_refusals import NotYourSurvey, SurveyUnknown
from backend.hotline.survey_schemas import NewSurveyWave, SurveyQuestion, SurveyStratum, SurveyWaveRecord
from backend.hotline.words import DrawState, WaveState
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.queries import division as find_division
from backend.territory.schemas import DivisionRecord

PLANNERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def plan_survey(*, id: UUID, new: NewSurveyWave, by: Actor) -> Outcome[SurveyWaveRecord]:
    """Draw households, stratified by division; who opted out and who was drawn this year is left out.

    Raises Forbidden, NotYourSurvey (403), DivisionUnknown (404), DifferentArguments (409), Invalid (400).
    """
    by.must_have(*PLANNERS)
    division = await find_division(code=new.division_code)
    if not visible_to(by, roles=PLANNERS).covers(division.prefix):
        raise NotYourSurvey("A survey is planned by a supervisor or an administrator of all of its division.")
    digest = creates.digest([replace(new, id=None), by.person_id])
    await queries.lock_year(clock.today().year)
    if (known := await queries.wave(id)) is not None:
        if known["arguments_digest"] != digest:
            raise DifferentArguments("Survey {id} was planned with other content; it stays.", id=str(id))
        return Outcome(await _record(known), created=False)
    _check(new)
    await _draw(id, new, division, digest=digest, by=by)
    return Outcome(await get_survey(survey_id=id, by=by), created=True)


def _check(new: NewSurveyWave) -> None:
    """Raises Invalid (400)."""
    wrong, policy = [], survey_policy(clock.today())
    if new.ends_on < max(new.begins_on, clock.today()):
        wrong.append(FieldError(pointer="/ends_on", detail="It would be over before it begins.", code="range"))
    if (new.ends_on - new.begins_on).days >= policy.longest_days:
        detail = "A survey lasts {days} days at most."
        wrong.append(FieldError(pointer="/ends_on", detail=detail, code="range", facts={"days": policy.longest_days}))
    if not _different(each.code for each in new.questions):
        wrong.append(FieldError(pointer="/questions", detail="Two questions have the same code.", code="twice"))
    for number, question in enumerate(new.questions):
        if not _different(each.code for each in question.choices):
            pointer = f"/questions/{number}/choices"
            wrong.append(FieldError(pointer=pointer, detail="Two choices have the same code.", code="twice"))
    if wrong:
        raise Invalid(errors=wrong)


def _different(codes: Any) -> bool:
    given = list(codes)
    return len(set(given)) == len(given)


async def _draw(id: UUID, new: NewSurveyWave, division: DivisionRecord, *, digest: bytes, by: Actor) -> None:
    seed = randbelow(2**63) if new.seed is None else new.seed
    strata = await queries.strata(division.prefix, new.strata.value, on=clock.today())
    households = await queries.frame(division.prefix)
    earlier = await drawn_this_year(division.prefix)
    least = survey_policy(clock.today()).least_a_stratum
    chosen = partial(_choose, strata, households, earlier, seed=seed, total=new.households, least=least)
    drawn, kept = await asyncio.to_thread(chosen)
    if not drawn:
        wrong = FieldError(pointer="/division_code", detail="There is nobody left there who may be asked.", code="none")
        raise Invalid(errors=[wrong])
    now = clock.now()
    await queries.insert(
        {
            "id": id,
            "name": new.name.strip(),
            "division": division.id,
            "prefix": division.prefix,
            "questions": msgspec.json.encode(new.questions).decode(),
            "strata": msgspec.json.encode(kept).decode(),
            "seed": seed,
            "state": WaveState.DRAWN.value,
            "begins_on": new.begins_on,
            "ends_on": new.ends_on,
            "drawn_at": now,
            "drawn_by": by.person_id,
            "arguments_digest": digest,
        }
    )
    await queries.insert_draws(id, drawn)


async def drawn_this_year(prefix: str) -> list[EarlierWave]:
    """The waves of this year that overlap a territory: whom they drew is not drawn again."""
    year = clock.today().year
    since, until = (datetime(each, 1, 1, tzinfo=clock.SHANGHAI).astimezone(UTC) for each in (year, year + 1))
    waves = await queries.waves_drawn(since=since, until=until, prefix=prefix)
    return [
        EarlierWave(wave["seed"], {each["prefix"]: each["last"] for each in wave["strata"] if each["last"]})
        for wave in waves
    ]


def _choose(
    strata: Sequence[Row],
    households: Sequence[tuple[UUID, str]],
    earlier: Sequence[EarlierWave],
    *,
    seed: int,
    total: int,
    least: int,
) -> tuple[list[Drawn], list[SurveyStratum]]:
    """The households drawn, and what is kept of each stratum. Hashes a county's households: not on the event loop."""
    digits = {len(each["prefix"]) for each in strata}
    codes = {each["prefix"]: each["code"] for each in strata}
    frame: dict[str, list[UUID]] = {each["code"]: [] for each in strata}
    for household_id, division_code in without(households, earlier=earlier):
        found = [codes[division_code[:n]] for n in digits if division_code[:n] in codes]
        if found:
            frame[found[0]].append(household_id)
    sizes = allocate({code: len(each) for code, each in frame.items()}, total=total, least=least)
    drawn = draw(frame, seed=seed, sizes=sizes)
    last = {each.stratum_code: each.key for each in drawn}
    kept = [
        SurveyStratum(
            code=each["code"],
            prefix=each["prefix"],
            name=each["name"],
            frame_n=len(frame[each["code"]]),
            drawn_n=sizes[each["code"]],
            last=last.get(each["code"], ""),
        )
        for each in strata
    ]
    return drawn, kept


async def get_survey(*, survey_id: UUID, by: Actor) -> SurveyWaveRecord:
    """A wave of one's territory, and how far it is. Raises SurveyUnknown (404)."""
    return await _record(await seen(survey_id, by=by))


async def list_surveys(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[SurveyWaveRecord]:
    """Those of one's territory, the last drawn first."""
    clause, values = visible_to(by, roles=SEERS).clause("w.prefix", 1)
    rows = await queries.waves(clause, values, limit=limit, after=paging.position(cursor))
    items = [await _record(row) for row in rows]
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


async def _record(row: Row) -> SurveyWaveRecord:
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

"""A survey by telephone, planned: whom it asks is drawn by lot, and may be drawn again from the same seed."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from secrets import randbelow
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.hotline import survey_queries as queries
from backend.hotline.survey_draws import Drawn, EarlierWave, allocate, draw, without
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_queries import Row
from backend.hotline.survey_refusals import NotYourSurvey
from backend.hotline.survey_schemas import NewSurveyWave, SurveyStratum, SurveyWaveRecord
from backend.hotline.surveys import PLANNERS, get_survey, told
from backend.hotline.words import WaveState
from backend.people.actors import Actor, visible_to
from backend.territory.queries import division as find_division
from backend.territory.schemas import DivisionRecord


@transaction
async def plan_survey(*, id: UUID, new: NewSurveyWave, by: Actor) -> Outcome[SurveyWaveRecord]:
    """Draw households, stratified by division; who opted out and who was drawn this year is left out.

    Raises Forbidden, NotYourSurvey (403), DivisionUnknown (404), DifferentArguments (409), Invalid (400).
    """
    by.must_have(*PLANNERS)
    division = await find_division(code=new.division_code)
    if not visible_to(by, roles=PLANNERS).covers(division.prefix):
        raise NotYourSurvey("A survey is planned by a supervisor or an administrator of all of its division.")
    asked = [replace(new, id=None), by.person_id]
    await queries.lock_year(clock.today().year)
    if (known := await queries.wave(id)) is not None:
        if not creates.same(known["arguments_digest"], asked):
            raise DifferentArguments("Survey {id} was planned with other content; it stays.", id=str(id))
        return Outcome(await told(known), created=False)
    _check(new)
    await _draw(id, new, division, digest=creates.digest(asked), by=by)
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
    drawn, kept = await _by_lot(new, division.prefix, seed)
    if not drawn:
        wrong = FieldError(pointer="/division_code", detail="There is nobody left there who may be asked.", code="none")
        raise Invalid(errors=[wrong])
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
            "drawn_at": clock.now(),
            "drawn_by": by.person_id,
            "arguments_digest": digest,
        }
    )
    await queries.insert_draws(id, drawn)


async def _by_lot(new: NewSurveyWave, prefix: str, seed: int) -> tuple[list[Drawn], list[SurveyStratum]]:
    strata = await queries.strata(prefix, new.strata.value, on=clock.today())
    households = await queries.frame(prefix)
    earlier = await drawn_this_year(prefix)
    least = survey_policy(clock.today()).least_a_stratum
    chosen = partial(_choose, strata, households, earlier, seed=seed, total=new.households, least=least)
    return await asyncio.to_thread(chosen)


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
    frame = _by_stratum(without(households, earlier=earlier), strata)
    sizes = allocate({code: len(each) for code, each in frame.items()}, total=total, least=least)
    drawn = draw(frame, seed=seed, sizes=sizes)
    return drawn, _kept(strata, frame, sizes, drawn)


def _by_stratum(households: Iterable[tuple[UUID, str]], strata: Sequence[Row]) -> dict[str, list[UUID]]:
    digits = {len(each["prefix"]) for each in strata}
    codes = {each["prefix"]: each["code"] for each in strata}
    frame: dict[str, list[UUID]] = {each["code"]: [] for each in strata}
    for household_id, division_code in households:
        found = [codes[division_code[:n]] for n in digits if division_code[:n] in codes]
        if found:
            frame[found[0]].append(household_id)
    return frame


def _kept(
    strata: Sequence[Row], frame: Mapping[str, list[UUID]], sizes: Mapping[str, int], drawn: Sequence[Drawn]
) -> list[SurveyStratum]:
    last = {each.stratum_code: each.key for each in drawn}
    return [
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

"""Puts the demo's outreach in: two rounds from door to door, letters, talks, posters, the app's coverage, checks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from backend.antifraud import checks, coverages, letters, round_marks, rounds, talks
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.outreach_schemas import NewAppCoverage, NewFix, NewPosters, NewSupervisionCheck, NewTalk
from backend.antifraud.outreach_words import AgeBand, HouseholdMark
from backend.antifraud.round_schemas import NewHouseholdMark, NewRound
from backend.core import clock
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import made_id
from seed import outreach_words as words
from seed.bench_after import when
from seed.cast import EVERYBODY, LIANGCUN, Member, holder
from seed.households import NewHousehold
from seed.outreach_words import Doors

Cast = Mapping[Member, Actor]
CLOSED, RUNNING = made_id("round/closed"), made_id("round/running")
RUNNING_SINCE, RUNNING_FOR = 12, 45
"""Days before the planting, and in all: a demo of a month still has a round that runs."""
LISTED_AT = (58, 10)
"""When what was counted before there was a county to put it into is written down."""


async def go_round(cast: Cast, households: list[NewHousehold], day: date) -> None:
    """All of it; twice is harmless."""
    await _closed_round(cast, households, day)
    await _running_round(cast, households, day)
    await _letters(cast, day)
    await _talks(cast, day)
    await _counted(cast, day)
    await _checked(cast, day)


async def _closed_round(cast: Cast, households: list[NewHousehold], day: date) -> None:
    """The autumn's: three weeks, closed a day after its last."""
    supervisor = cast[holder(Role.SUPERVISOR)]
    new = NewRound(
        id=CLOSED,
        name="秋收后反诈走访（演示）",
        division_code=LIANGCUN,
        begins_on=day - timedelta(days=57),
        ends_on=day - timedelta(days=36),
        fraud_type="fake_investment",
    )
    with clock.stopped(when(day, (58, 9))):
        planned = await rounds.plan_round(new=new, by=supervisor)
    if planned.created:
        await _knock(CLOSED, words.CLOSED_DOORS, households, cast, when(day, (55, 9)), when(day, (36, 19)))
        with clock.stopped(when(day, (35, 9))):
            await rounds.close_round(round_id=CLOSED, by=supervisor)


async def _running_round(cast: Cast, households: list[NewHousehold], day: date) -> None:
    begins_on = day - timedelta(days=RUNNING_SINCE)
    new = NewRound(
        id=RUNNING,
        name="冒充客服专项入户（演示）",
        division_code=LIANGCUN,
        begins_on=begins_on,
        ends_on=begins_on + timedelta(days=RUNNING_FOR),
        fraud_type="fake_customer_service",
    )
    with clock.stopped(when(day, (RUNNING_SINCE + 1, 9))):
        planned = await rounds.plan_round(new=new, by=cast[holder(Role.SUPERVISOR)])
    if planned.created:
        await _knock(RUNNING, words.RUNNING_DOORS, households, cast, when(day, (RUNNING_SINCE, 9)), when(day, (1, 19)))


async def _knock(
    round_id: UUID,
    doors: Iterable[Doors],
    households: list[NewHousehold],
    cast: Cast,
    since: datetime,
    until: datetime,
) -> None:
    """Each assistant sends all doors of his villages in one go on the last evening, as a phone without signal does."""
    for village in doors:
        marks = list(_marks(village, [each.id for each in households if each.village.code == village.village], since))
        with clock.stopped(until):
            await round_marks.record_marks(round_id=round_id, marks=marks, by=_assistant(village.village, cast))


def _marks(doors: Doors, household_ids: list[UUID], since: datetime) -> Iterator[NewHouseholdMark]:
    """One door after the other, ten an evening; those that stayed shut are spread among the others."""
    of_all = doors.visited + doors.absent + doors.declined
    shut = [HouseholdMark.ABSENT] * doors.absent + [HouseholdMark.DECLINED] * doors.declined
    every = of_all // (len(shut) + 1) if shut else of_all
    for number, household_id in enumerate(household_ids[:of_all]):
        turn, rest = divmod(number + 1, every)
        mark = shut[turn - 1] if rest == 0 and turn <= len(shut) else HouseholdMark.VISITED
        opened = mark is HouseholdMark.VISITED
        yield NewHouseholdMark(
            household_id=household_id,
            mark=mark,
            at=since + timedelta(days=number // 10, minutes=12 * (number % 10)),
            age_band=_AGES[number % len(_AGES)] if opened else AgeBand.UNSAID,
        )


_AGES = (AgeBand.FROM_41, AgeBand.FROM_18, AgeBand.FROM_41, AgeBand.OVER_65, AgeBand.FROM_18)


def _assistant(village: str, cast: Cast) -> Actor:
    """The one of a village; where there is none the supervisor writes down what the village tells him."""
    of_it = (each for each in EVERYBODY if each.role is Role.ASSISTANT and village in each.division_codes)
    return cast[next(of_it, holder(Role.SUPERVISOR))]


async def _letters(cast: Cast, day: date) -> None:
    """Whole books go out by the supervisor's hand; what becomes of them an assistant writes down the same evening."""
    for days_ago, moves in groupby(words.LETTERS, key=lambda each: each.days_ago):
        with clock.stopped(when(day, (days_ago, 18.5))):
            for each in moves:
                given = each.move is words.GIVEN
                new = NewLetters(
                    id=made_id(f"letters/{each.move}/{each.first}"),
                    move=each.move,
                    first=f"GT2026-{each.first:06}",
                    last=f"GT2026-{each.last:06}",
                    division_code=each.village,
                    at=when(day, (days_ago, 17)),
                    round_id=RUNNING if days_ago < RUNNING_SINCE and not given else None,
                )
                by = cast[holder(Role.SUPERVISOR)] if given else _assistant(each.village, cast)
                await letters.issue_letters(new=new, by=by)


async def _talks(cast: Cast, day: date) -> None:
    for number, talk in enumerate(words.TALKS):
        at = when(day, (talk.days_ago, talk.hour))
        new = NewTalk(
            id=made_id(f"talk/{number}"),
            division_code=talk.village,
            place=talk.place,
            headcount=talk.headcount,
            at=at,
            fraud_type=talk.fraud_type,
        )
        with clock.stopped(at + timedelta(hours=1)):
            await talks.record_talk(new=new, by=_assistant(talk.village, cast))
    for number, put_up in enumerate(words.POSTERS):
        at = when(day, (put_up.days_ago, 10))
        posters = NewPosters(
            id=made_id(f"posters/{number}"),
            division_code=put_up.village,
            place=put_up.place,
            posters_n=put_up.number,
            at=at,
        )
        with clock.stopped(at + timedelta(hours=1)):
            await talks.record_posters(new=posters, by=_assistant(put_up.village, cast))


async def _counted(cast: Cast, day: date) -> None:
    for each in words.COVERAGES:
        new = NewAppCoverage(
            id=made_id(f"coverage/{each.village}/{each.days_ago}"),
            division_code=each.village,
            with_app_n=each.with_app,
            asked_n=each.asked,
            on=day - timedelta(days=each.days_ago),
            source=words.COUNTED_HOW,
        )
        with clock.stopped(when(day, min((each.days_ago, 18), LISTED_AT))):
            await coverages.record_app_coverage(new=new, by=_assistant(each.village, cast))


async def _checked(cast: Cast, day: date) -> None:
    for number, each in enumerate(words.CHECKS):
        on = day - timedelta(days=each.days_ago)
        new = NewSupervisionCheck(
            id=made_id(f"supervision check/{number}"),
            group_number=each.group,
            division_code=each.village,
            on=on,
            finding=each.finding,
            fix_by=on + timedelta(days=each.fix_within) if each.fix_within else None,
        )
        with clock.stopped(when(day, (each.days_ago, 16))):
            made = await checks.record_check(new=new, by=cast[holder(Role.AUDITOR)])
        if each.fixed_after:
            await _put_right(made.record.id, on + timedelta(days=each.fixed_after), each.fixed_how, each.village, cast)


async def _put_right(check_id: UUID, on: date, how: str, village: str, cast: Cast) -> None:
    with clock.stopped(when(on, (0, 17))):
        await checks.fix_check(check_id=check_id, fix=NewFix(fixed_on=on, note=how), by=_assistant(village, cast))

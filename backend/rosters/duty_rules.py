"""Duty rules: which hours of a post must be staffed. A changed mind is a new rule with a new date."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor
from backend.rosters import queries, telling
from backend.rosters.duty_rule_schemas import DutyRuleRecord, NewDutyRule
from backend.rosters.duty_rule_tables import DutyRule
from backend.rosters.gaps import leave_open
from backend.rosters.refusals import DutyRuleBegun
from backend.rosters.rules import staffed_minutes
from backend.rosters.units import DutyUnit, led_unit, readable_unit

NEW_HOURS = Term("the duty rule asks for more hours")


@transaction
async def set_duty_rule(*, id: UUID, new: NewDutyRule, by: Actor) -> Outcome[DutyRuleRecord]:
    """Set which hours of a post must be staffed. It ends the rules of these weekdays the day before it begins.

    Hours of rosters published before that it leaves without anybody become known gaps, with a task.
    Raises Invalid (400), NotYourRoster (403), UnitUnknown (404), DutyRuleBegun, DifferentArguments (409).
    """
    unit = await led_unit(new.unit_id, by=by)
    minutes = staffed_minutes(new.staffed)
    _check(new)
    await queries.lock_roster(unit.id, new.post)
    asked = msgspec.structs.replace(new, id=None)
    stored = await fetch_row(f"{_RULE} WHERE r.id = $1", id)
    if stored is None:
        await _end_earlier(new)
        await _insert(id, new, minutes, digest(asked), by)
        await _open_gaps(unit, new, by)
        stored = await fetch_row(f"{_RULE} WHERE r.id = $1", id)
        return Outcome(_record(stored), created=True)
    if not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Duty rule {id} was set with other arguments; it stays as it is.", id=id)
    return Outcome(_record(stored), created=False)


def _check(new: NewDutyRule) -> None:
    if new.valid_to is not None and new.valid_to < new.valid_from:
        wrong = FieldError(pointer="/valid_to", detail="The end has to be later than the beginning.")
        raise Invalid("The duty rule has mistakes.", errors=[wrong])


async def list_duty_rules(*, unit_id: UUID, by: Actor) -> list[DutyRuleRecord]:
    """The rules of a unit that have not ended, by post and date. Raises UnitUnknown (404)."""
    await readable_unit(unit_id, by=by)
    return await rules_of(unit_id)


async def rules_of(unit_id: UUID) -> list[DutyRuleRecord]:
    """The same for whoever has asked already."""
    rows = await fetch(
        f"{_RULE} WHERE r.unit = $1 AND (r.valid_to IS NULL OR r.valid_to >= $2) "
        "ORDER BY r.post, r.valid_from, r.weekdays, r.id",
        unit_id,
        clock.today(),
    )
    return [_record(row) for row in rows]


_RULE = """
SELECT r.id, r.unit AS unit_id, r.post, r.staffed, r.weekdays, r.overlap_allowed, r.valid_from, r.valid_to, r.source,
       r.arguments_digest FROM rosters_duty_rule r
"""


async def _end_earlier(new: NewDutyRule) -> None:
    await fetch(
        "UPDATE rosters_duty_rule SET valid_to = $4 WHERE unit = $1 AND post = $2 AND valid_from <= $4 "
        "AND (valid_to IS NULL OR valid_to > $4) AND weekdays && $3::smallint[]",
        new.unit_id,
        new.post,
        new.weekdays,
        new.valid_from - timedelta(days=1),
    )


async def _insert(id: UUID, new: NewDutyRule, minutes: list[int], arguments: bytes, by: Actor) -> None:
    rule = DutyRule(
        id=id, unit=new.unit_id, post=new.post.value, staffed=new.staffed.strip(), minutes=minutes,
        weekdays=sorted(set(new.weekdays)), overlap_allowed=new.overlap_allowed, valid_from=new.valid_from,
        valid_to=new.valid_to, source=new.source.strip(), set_by=by.person_id, set_at=clock.now(),
        arguments_digest=arguments,
    )  # fmt: skip
    try:
        await DutyRule.insert(rule)
    except asyncpg.ExclusionViolationError as error:
        raise DutyRuleBegun(
            "A rule for this post begins on {valid_from} or later; choose a later day.",
            valid_from=new.valid_from.isoformat(),
        ) from error


async def _open_gaps(unit: DutyUnit, new: NewDutyRule, by: Actor) -> None:
    """What is published from today on and lacks somebody by the new rule."""
    begins = max(clock.now(), _midnight(new.valid_from))
    rows = await fetch(
        "SELECT greatest(starts_at, $3) AS starts_at, ends_at FROM rosters_publication "
        "WHERE unit = $1 AND post = $2 AND ends_at > $3 ORDER BY starts_at",
        unit.id,
        new.post,
        begins,
    )
    reason = telling.Saying(NEW_HOURS).told("zh")
    for row in rows:
        unseen = await queries.unseen_gaps(unit.id, new.post, row["starts_at"], row["ends_at"])
        await leave_open(unit, new.post, unseen, reason=reason, by=by.person_id)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _record(row: asyncpg.Record) -> DutyRuleRecord:
    return msgspec.convert({k: v for k, v in row.items() if k != "arguments_digest"}, DutyRuleRecord)

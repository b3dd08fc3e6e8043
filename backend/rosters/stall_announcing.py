"""A confirmed stall is announced to its township or county some days before, once; a changed one is told anew."""

from typing import Any
from uuid import UUID

import asyncpg
import structlog

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import schedule
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.people.actors import Actor
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.push import campaigns
from backend.push.provider import Category
from backend.push.schemas import NewNotice
from backend.rosters.stall_asking import span_of
from backend.rosters.station_words import DayState, StallRuleKind
from backend.rosters.telling import Saying
from backend.rosters.units import IN_FORCE
from backend.tasks import actions as tasks
from backend.tasks.tables import TaskState

log = structlog.get_logger()

TITLES = {
    StallRuleKind.ODD_MARKET: Term("Deputies at the market"),
    StallRuleKind.EVEN_STATION: Term("Deputies at the station"),
}
COMES = Term("{place}, {span}: deputies and staff are there to listen and to help. Everybody is welcome.")
MOVED = Term("New time: {place}, {span}. Deputies and staff are there to listen and to help.")
CALLED_OFF = Term("It does not take place: {place}, {span}.")
ROLES = [Role.CADRE, Role.ASSISTANT]
PUSH = "push"

_DUE = """
SELECT s.id, s."on", s.state, s.note, s.sequence, s.notice_id, u.name AS place_name, r.kind, r.opens_minute,
       r.closes_minute, r.set_by, v.code AS division_code, v.prefix
FROM rosters_stall_day s JOIN rosters_stall_rule r ON r.id = s.rule
JOIN people_unit u ON u.id = s.place AND u.closed_at IS NULL
JOIN territory_division v ON v.id = r.division
WHERE s.announced_at IS NULL AND s."on" >= $1 AND s."on" <= $1 + r.announce_days_before
AND (s.state = 'confirmed' OR s.notice_id IS NOT NULL)
"""
"""Whoever was told of a day is told at once that it moved or is off, whoever decided so."""


@schedule("rosters/stalls-announce", "5 8-19 * * *")
async def announce_stalls() -> None:
    """What is due, one transaction each. One that cannot be sent keeps no other waiting."""
    for row in await fetch(f'{_DUE} ORDER BY s."on", s.id', clock.today()):
        try:
            await _announce(row["id"])
        except Refusal as refusal:
            log.warning("a stall was not announced", stall_id=str(row["id"]), code=refusal.code)


@transaction
async def _announce(stall_id: UUID) -> None:
    row = await fetch_row(f"{_DUE} AND s.id = $2 FOR UPDATE OF s SKIP LOCKED", clock.today(), stall_id)
    if row is None or span_of(row)[1] <= clock.now():
        return
    by = await _sender(row)
    if by is None:
        log.warning("a stall was not announced", stall_id=str(stall_id), code="nobody to send it")
        return
    await _stop(row["notice_id"], by)
    notice_id = ids.from_key(stall_id, "announce", str(row["sequence"]))
    await campaigns.send_notice(id=notice_id, new=_notice(row), by=by)
    await fetch(
        "UPDATE rosters_stall_day SET announced_at = $2, notice_id = $3 WHERE id = $1",
        stall_id,
        clock.now(),
        notice_id,
    )


async def _sender(row: asyncpg.Record) -> Actor | None:
    """Whoever set the rule, while he leads the place it is announced in; else whoever does, the nearest first."""
    found = await fetch_row(
        f"""
        SELECT a.person FROM people_role_assignment a JOIN territory_division d ON d.id = a.division
        JOIN people_person p ON p.id = a.person AND p.closed_at IS NULL
        WHERE a.role IN ('supervisor', 'admin') AND starts_with($1, d.prefix)
        AND {IN_FORCE.format(r="a", on="$3::date")}
        ORDER BY a.person <> $2, length(d.prefix) DESC, a.valid_from, a.person LIMIT 1
        """,
        row["prefix"],
        row["set_by"],
        clock.today(),
    )
    return await actor(person_id=found["person"]) if found else None


async def _stop(notice_id: UUID | None, by: Actor) -> None:
    """Nobody is told any more what no longer holds; who was asked to post it in a group need not."""
    if notice_id is None:
        return
    campaign = await campaigns.seen_campaign(notice_id, by)
    if campaign["campaign_state"] not in campaigns.OVER:
        await campaigns.cancel_campaign(notice_id=notice_id, by=by)
    await tasks.settle(origin_room=PUSH, origin_id=notice_id, to=TaskState.WITHDRAWN)


def _notice(row: asyncpg.Record) -> NewNotice:
    held = MOVED if row["notice_id"] else COMES
    words = CALLED_OFF if row["state"] == DayState.CALLED_OFF else held
    title, text = Saying(TITLES[row["kind"]]), Saying(words, place=row["place_name"], span=span_of(row))
    return NewNotice(
        division_codes=[row["division_code"]],
        category=Category.INFO,
        title_zh=title.told("zh"),
        title_en=title.told("en"),
        text_zh=_with_note(text.told("zh"), row),
        text_en=_with_note(text.told("en"), row),
        roles=ROLES,
        citizens=True,
        groups=True,
        public=True,
        expires_at=span_of(row)[1],
    )


def _with_note(text: str, row: Any) -> str:
    return f"{text} {row['note']}" if row["note"] else text

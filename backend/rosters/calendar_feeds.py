"""Calendars that phones follow: an address that nobody guesses, told to its owner alone, dead once he revokes it.

The secret in it is derived from the calendar's id and the server's own secret, and only a keyed hash of it is kept: a
copied database opens nothing, and its maker, sending the same id again, is told the same address again.
"""

import os
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from backend.core import cipher, clock, words
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import say
from backend.people import rules, tokens
from backend.people.actors import Actor
from backend.rosters import calendar_queries
from backend.rosters.calendar_occasions import market_occasions, shift_occasions, stall_occasions
from backend.rosters.calendar_refusals import CalendarFeedUnknown, TooManyCalendars
from backend.rosters.calendar_schemas import FollowedCalendar, NewPhoneCalendar, Occasion, PhoneCalendarRecord
from backend.rosters.station_words import CalendarKind
from backend.territory.queries import division
from backend.territory.rules import PREFIX_DIGITS, prefix_of
from backend.territory.tables import Level

MOST = 20
PATH = "/feeds/calendars"
_COLUMN = "rosters_calendar_feed.secret"


@transaction
async def issue_calendar(*, id: UUID, new: NewPhoneCalendar, by: Actor, base_url: str) -> Outcome[PhoneCalendarRecord]:
    """An address to follow one's own shifts, or the markets or stalls of any place, which are everybody's.

    The same id with the same content is the same calendar, told with its address while it counts. Raises Invalid,
    DivisionCodeWrong (400), DivisionUnknown (404), TooManyCalendars, DifferentArguments (409).
    """
    _check(new)
    place = (await division(code=new.division_code)).id if new.division_code else None
    asked = [by.person_id, new.kind, new.division_code]
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || 'calendars', 0))", by.person_id)
    row = await calendar_queries.feed(id)
    if row is None:
        await _must_have_room(by)
        await _keep(id, new.kind, by.person_id, place, digest(asked))
    elif not same(row["arguments_digest"], asked):
        raise DifferentArguments("Calendar {id} was issued before with other content; it stays.", id=str(id))
    return Outcome(_record(row or await calendar_queries.feed(id), base_url=base_url), created=row is None)


def _check(new: NewPhoneCalendar) -> None:
    if new.kind is CalendarKind.SHIFTS and new.division_code:
        why = "A calendar of shifts shows your own; leave the place out."
    elif new.kind is not CalendarKind.SHIFTS and not new.division_code:
        why = "Say of which place: its division code."
    else:
        return
    raise Invalid("The calendar has a mistake.", errors=[FieldError(pointer="/division_code", detail=why)])


async def _must_have_room(by: Actor) -> None:
    if len(await calendar_queries.feeds_of(by.person_id)) >= MOST:
        raise TooManyCalendars("You have {n} calendars. Revoke one that no phone follows any more.", n=MOST)


async def _keep(id: UUID, kind: CalendarKind, person_id: UUID, place: UUID | None, arguments: bytes) -> None:
    made = await fetch_row(
        "INSERT INTO rosters_calendar_feed (id, kind, person, division, secret_index, made_at, arguments_digest) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(id, kind, person_id, place, _index(_secret(id)), clock.now(), arguments),
    )
    if made is None:  # somebody else's, in the same moment
        raise DifferentArguments("Calendar {id} was issued before with other content; it stays.", id=str(id))


async def list_calendars(*, by: Actor) -> list[PhoneCalendarRecord]:
    """One's own that count, the newest first, without their addresses."""
    return [_record(row) for row in await calendar_queries.feeds_of(by.person_id)]


@transaction
async def revoke_calendar(*, calendar_id: UUID, by: Actor) -> PhoneCalendarRecord:
    """Its address opens nothing from now on, and what stood for it is destroyed. Twice is harmless.

    Raises CalendarFeedUnknown (404).
    """
    row = await calendar_queries.feed(calendar_id)
    if row is None or row["person"] != by.person_id:
        raise CalendarFeedUnknown("You have no calendar {id}.", id=str(calendar_id))
    await fetch(
        "UPDATE rosters_calendar_feed SET revoked_at = $2, secret_index = $3 WHERE id = $1 AND revoked_at IS NULL",
        *(calendar_id, clock.now(), os.urandom(32)),
    )
    return _record(await calendar_queries.feed(calendar_id))


async def followed_calendar(*, secret: str) -> FollowedCalendar:
    """What stands behind an address today. Raises CalendarFeedUnknown (404): wrong, revoked, its owner gone, all alike.

    No name of anybody is in it, and no telephone number.
    """
    row = await calendar_queries.feed_behind(_index(secret))
    if row is None:
        raise CalendarFeedUnknown("No calendar has this address. Ask whoever gave it to you for a new one.")
    before = words.language.set(row["language"])
    try:
        name, occasions = await _shown(row)
        return FollowedCalendar(name=name, language=row["language"], occasions=occasions)
    finally:
        words.language.reset(before)


async def _shown(row: asyncpg.Record) -> tuple[str, list[Occasion]]:
    first, last = calendar_queries.window(clock.today())
    if row["kind"] == CalendarKind.SHIFTS:
        shifts = await calendar_queries.shifts_of(row["person"], first=first, last=last)
        return say("My duty shifts"), shift_occasions(shifts, today=clock.today())
    prefix, place = _under(row["division_code"]), row["division_name"]
    if row["kind"] == CalendarKind.STALLS:
        stalls = await calendar_queries.stall_days(prefix, first=first, last=last)
        return say("Deputies' days: {place}", place=place), stall_occasions(stalls, first=first)
    return say("Market days: {place}", place=place), await _markets(prefix, first, last)


async def _markets(prefix: str, first: date, last: date) -> list[Occasion]:
    days = await calendar_queries.market_days(prefix, first=first, last=last)
    hours = await calendar_queries.market_hours([row["unit_id"] for row in days], first=first, last=last)
    return market_occasions(days, hours, first=first)


def _under(division_code: str) -> str:
    """The prefix of the places shown: a village goes to the markets of its township."""
    return prefix_of(division_code)[: PREFIX_DIGITS[Level.TOWNSHIP]]


def _secret(feed_id: UUID) -> str:
    return rules.derived_token("calendar", str(feed_id), key=tokens.derivation_key())


def _index(secret: str) -> bytes:
    return cipher.blind_index(secret, column=_COLUMN)


def _record(row: Any, *, base_url: str | None = None) -> PhoneCalendarRecord:
    told = base_url is not None and row["revoked_at"] is None
    address = f"{base_url}{PATH}/{_secret(row['id'])}.ics" if told else None
    return PhoneCalendarRecord(
        id=row["id"],
        kind=row["kind"],
        division_code=row["division_code"],
        division_name=row["division_name"],
        made_at=row["made_at"],
        revoked_at=row["revoked_at"],
        address=address,
        webcal=f"webcal:{address.partition(':')[2]}" if address else None,
    )

"""Requests as GeoReport lists them: published cases, by number or in a span of at most ninety days."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from backend.cases import numbers, reading
from backend.cases.reference import categories
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.core.words import language, say
from backend.open311 import case_queries, statuses
from backend.open311.case_queries import Levels, Narrowed, Row
from backend.open311.errors import JurisdictionUnknown, RequestUnknown
from backend.open311.policies import open311_policy
from backend.open311.publishing import WITH_WORDS, covered, levels, point, shown_level
from backend.open311.words import Level
from backend.territory import queries as territory

_W3 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+ -]\d\d:\d\d)", re.IGNORECASE)
MOST_NUMBERS = 200


class Asked(Struct, frozen=True, kw_only=True):
    """What a list was asked for, as it came. Empty is the same as not given (GeoReport, Optional Arguments)."""

    service_request_id: str = ""
    service_code: str = ""
    start_date: str = ""
    end_date: str = ""
    status: str = ""
    jurisdiction_id: str = ""
    page: int = 1
    page_size: int | None = None


async def list_requests(asked: Asked) -> list[dict[str, Any]]:
    """Published requests. `service_request_id` overrides everything else. Raises Invalid (400), JurisdictionUnknown."""
    prefixes = await prefixes_of(asked.jurisdiction_id)
    published = await published_levels()
    if asked.service_request_id:
        wanted = [numbers.plain(each) for each in parts(asked.service_request_id)[:MOST_NUMBERS]]
        return await in_turn(shown, await case_queries.numbered(wanted, published))
    most = open311_policy(clock.today()).most_requests
    begins_at, ends_at = span(asked.start_date, asked.end_date)
    size = min(asked.page_size or most, most)
    narrowed = Narrowed(
        begins_at=begins_at,
        ends_at=ends_at,
        service_codes=parts(asked.service_code) or None,
        is_open=_is_open(parts(asked.status)),
        prefixes=prefixes,
    )
    rows = await case_queries.listed(narrowed, published, limit=size, offset=(asked.page - 1) * size)
    return await in_turn(shown, rows)


async def get_request(number: str) -> list[dict[str, Any]]:
    """One request, as a list of one. Raises RequestUnknown (404)."""
    found = await case_queries.numbered([numbers.plain(number)[:16]], await published_levels())
    if not found:
        raise RequestUnknown("There is no published request {number}.", number=number)
    return [shown(row) for row in found]


async def in_turn(make: Callable[[Row], dict[str, Any]], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Each row as it is shown. Covering a text takes 1.5 ms a thousand characters: others get their turn in between."""
    made = []
    for row in rows:
        made.append(make(row))
        await asyncio.sleep(0)
    return made


async def published_levels() -> Levels:
    """What is published today."""
    return levels(categories=await categories(), day=clock.today())


async def prefixes_of(jurisdiction_id: str) -> tuple[str, ...] | None:
    """The code prefixes of a jurisdiction, which is a division's code. Raises JurisdictionUnknown (404)."""
    if not jurisdiction_id:
        return None
    try:
        division = await territory.division(code=jurisdiction_id)
    except (territory.DivisionUnknown, Invalid) as error:
        raise JurisdictionUnknown(
            "Here a jurisdiction_id is the code of a division, such as 371526000000; {jurisdiction_id} is none.",
            jurisdiction_id=jurisdiction_id,
        ) from error
    return await territory.prefixes(division_id=division.id)


def span(start: str, end: str) -> tuple[datetime, datetime]:
    """The span asked for; the last ninety days, or ninety from the one end that is given. Raises Invalid (400)."""
    widest = open311_policy(clock.today()).widest_span
    begins_at, ends_at = moment(start, "start_date"), moment(end, "end_date")
    if begins_at is None:
        ends_at = ends_at or clock.now()
        return ends_at - widest, ends_at
    ends_at = ends_at or min(begins_at + widest, max(clock.now(), begins_at))
    if ends_at - begins_at > widest + timedelta(seconds=1):
        wrong = FieldError(
            pointer="start_date",
            detail="A span is at most {days} days: ask several times.",
            code="range",
            facts={"days": widest.days},
        )
        raise Invalid("The span is too wide.", errors=[wrong])
    return begins_at, ends_at


def moment(text: str, name: str) -> datetime | None:
    """A moment in W3C's form with its zone; a plus that became a blank on its way is forgiven. Raises Invalid (400)."""
    if not text.strip():
        return None
    found = _W3.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        zone = "+00:00" if found[2] in "Zz" else found[2].replace(" ", "+")
        return datetime.fromisoformat(found[1] + zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        wrong = FieldError(pointer=name, detail="Write a moment with its zone, such as 2026-11-20T08:00:00+08:00.")
        raise Invalid("A moment cannot be read.", errors=[wrong]) from error


def parts(text: str) -> list[str]:
    """What is between the commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _is_open(wanted: Sequence[str]) -> bool | None:
    unknown = sorted(set(wanted) - {"open", "closed"})
    if unknown:
        wrong = FieldError(pointer="status", detail="A status is open or closed.", code="unknown")
        raise Invalid("A status is open or closed.", errors=[wrong])
    return None if len(set(wanted)) != 1 else wanted[0] == "open"


def shown(row: Row) -> dict[str, Any]:
    """One request in GeoReport's words, and `extended_status` in mySociety's."""
    level = shown_level(row)
    longitude, latitude = point(row, level)
    name = service_name(row)
    return {
        "service_request_id": row["number"],
        "status": statuses.plain(row["state"]),
        "extended_status": statuses.further(row["state"], row["outcome"]),
        "status_notes": last_words(row, level),
        "service_name": name,
        "service_code": row["category_code"],
        "description": covered(row["description"], row) if level in WITH_WORDS else None,
        "agency_responsible": row["agency"],
        "service_notice": None if level in WITH_WORDS else say("What was written is not published."),
        "requested_datetime": w3(row["received_at"]),
        "updated_datetime": w3(updated_at(row)),
        "expected_datetime": w3(row["expected_at"]),
        "address": _address(row, level),
        "address_id": row["division_code"] if level in WITH_WORDS else None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": None,
    }


def service_name(row: Row) -> str:
    """The category in the reader's language."""
    return (row["category_zh"] if language.get() == "zh" else row["category_en"]) or row["category_code"]


def updated_at(row: Row) -> datetime:
    """When it last changed: when it was closed, else its newest state or answer."""
    moments = (row["closed_at"], row["state_since"], row["responded_at"])
    return row["closed_at"] or max(each for each in moments if each is not None)


def last_words(row: Row, level: Level) -> str | None:
    """What an office said last, covered."""
    if level not in WITH_WORDS:
        return None
    said = reading.said(row["payload"]) or {}
    return covered(str(said.get("words") or said.get("reason") or ""), row) or None


def _address(row: Row, level: Level) -> str | None:
    if level not in WITH_WORDS:
        return None
    note = covered(row["place_note"] or "", row) if level is Level.FULL else ""
    return " ".join(each for each in (note, row["division_name"]) if each)


def w3(at: datetime | None) -> str | None:
    """A moment as GeoReport writes it, on the wall clock of Shandong."""
    return None if at is None else clock.local(at).isoformat(timespec="seconds")

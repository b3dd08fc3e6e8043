"""Talks with residents, and posters: where, how many, and perhaps a photo of the place. No names."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from backend.antifraud import outreach_rows as rows
from backend.antifraud import rounds
from backend.antifraud.outreach_places import (
    READERS,
    RECORDERS,
    check_at,
    check_fraud_type,
    check_text,
    place,
    prefixes_of,
)
from backend.antifraud.outreach_schemas import NewPosters, NewTalk, PostersRecord, TalkRecord
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.media.actions import claim_photos
from backend.people.actors import Actor

TALKS, POSTERS = "antifraud_talk", "antifraud_poster"


@transaction
async def record_talk(*, new: NewTalk, by: Actor) -> Outcome[TalkRecord]:
    """Write down a talk. By assistants, supervisors and administrators of the place.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown, RoundUnknown, PhotoUnknown (404), Invalid (400),
    PhotoClaimed, DifferentArguments (409).
    """
    check_fraud_type(new.fraud_type, on=clock.local(new.at).date())
    if new.round_id is not None:
        await rounds.visible(new.round_id, by=by)
    columns = {"headcount": new.headcount, "fraud_type": new.fraud_type, "round": new.round_id}
    row, created = await _write(TALKS, new, columns, kind="talk", by=by)
    return Outcome(convert(rows.told(row, TalkRecord.__struct_fields__), TalkRecord), created)


@transaction
async def record_posters(*, new: NewPosters, by: Actor) -> Outcome[PostersRecord]:
    """Write down posters. By the same, and raises the same."""
    row, created = await _write(POSTERS, new, {"posters_n": new.posters_n}, kind="poster", by=by)
    return Outcome(convert(rows.told(row, PostersRecord.__struct_fields__), PostersRecord), created)


async def _write(
    table: str, new: NewTalk | NewPosters, columns: Mapping[str, Any], *, kind: str, by: Actor
) -> tuple[rows.Row, bool]:
    division = await place(new.division_code, by=by, roles=RECORDERS)
    check_at(new.at)
    check_text(new.place, "/place")
    id = new.id or ids.uuid7()
    shared = {
        "id": id,
        "division_code": division.code,
        "place": new.place.strip(),
        "photo_id": new.photo_id,
        "at": new.at,
    }
    made = {"recorded_at": clock.now(), "by": by.person_id}
    told = [replace(new, id=None), by.person_id]
    row, created = await rows.write(table, {**shared, **columns, **made}, told=told)
    if created and new.photo_id is not None:
        await _claim(new.photo_id, kind, id, division.code, by)
    return row, created


async def _claim(photo_id: UUID, kind: str, record_id: UUID, division_code: str, by: Actor) -> None:
    await claim_photos(
        photo_ids=[photo_id], kind=kind, record_id=record_id, division_code=division_code, uploaded_by=by.person_id
    )


async def list_talks(
    *, by: Actor, division_code: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[TalkRecord]:
    """Talks of a territory, the newest first. Raises Forbidden, NotYourPlace (403), DivisionUnknown (404)."""
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    found = await rows.newest(TALKS, prefixes, limit=limit + 1, after=position(cursor))
    records = [convert(rows.told(row, TalkRecord.__struct_fields__), TalkRecord) for row in found]
    return page(records, limit, lambda each: Position(each.recorded_at, each.id))


async def list_posters(
    *, by: Actor, division_code: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[PostersRecord]:
    """Posters of a territory, the newest first. Raises the same."""
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    found = await rows.newest(POSTERS, prefixes, limit=limit + 1, after=position(cursor))
    records = [convert(rows.told(row, PostersRecord.__struct_fields__), PostersRecord) for row in found]
    return page(records, limit, lambda each: Position(each.recorded_at, each.id))

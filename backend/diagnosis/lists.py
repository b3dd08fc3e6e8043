"""The queue: what waits, by the clock that falls due first; what is answered and not told; what was answered.

A page costs the same whether there are a thousand requests or a million: what waits is read clock by clock until the
page is full, and only then what is shown of it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch, fetch_row
from backend.core.paging import Page, page, position_of
from backend.core.shapes import Moment
from backend.diagnosis import list_items
from backend.diagnosis.request_schemas import QueueItem
from backend.diagnosis.visibility import Conditions, Reader, reader
from backend.diagnosis.words import OPEN_STATES, RequestState
from backend.people.actors import Actor

S = RequestState


class Part(StrEnum):
    """A part of the queue.

    offered   put before me
    claimed   I have it
    pool      in the pool, for me to take or to watch
    asked     the farmer was asked back
    opinion   a second opinion is asked of me; the oldest first
    to_tell   answered, and nobody has told the farmer yet; the oldest first
    all       everything that waits for somebody
    answered  what was answered, asked last first
    """

    OFFERED = "offered"
    CLAIMED = "claimed"
    POOL = "pool"
    ASKED = "asked"
    OPINION = "opinion"
    TO_TELL = "to_tell"
    ALL = "all"
    ANSWERED = "answered"


STATES: dict[Part, frozenset[RequestState]] = {
    Part.OFFERED: frozenset({S.OFFERED}),
    Part.CLAIMED: frozenset({S.CLAIMED}),
    Part.POOL: frozenset({S.POOLED}),
    Part.ASKED: frozenset({S.ASKED}),
    Part.OPINION: frozenset(S) - {S.ENDED},
    Part.TO_TELL: frozenset({S.ANSWERED}),
    Part.ALL: OPEN_STATES,
    Part.ANSWERED: frozenset({S.ANSWERED}),
}
OWN = frozenset({Part.OFFERED, Part.CLAIMED})
WAITS = "r.state NOT IN ('answered', 'ended')"
"""Word for word the condition of the partial indexes."""


class Place(Struct, frozen=True, array_like=True):
    """The place of a row: `timed` 0 while a clock runs, 1 for what stands still behind it."""

    timed: int
    at: Moment
    id: UUID


class Found(Struct, frozen=True):
    """A row of a page before it is shown."""

    id: UUID
    place: Place


async def list_queue(
    *, by: Actor, part: Part | str = Part.ALL, crop_code: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[QueueItem]:
    """One page of what `by` sees. Raises Invalid (400) for a cursor of another list."""
    reading, chosen = await reader(by), Part(part)
    after = position_of(cursor, Place)
    found = await _found(reading, chosen, crop_code, limit + 1, after)
    cut = page(found, limit, lambda each: each.place)
    return Page(await list_items.shown([each.id for each in cut.items], by=reading), cut.next_cursor)


async def queue_counts(*, by: Actor) -> dict[str, int]:
    """How many there are in each part but the last, by its name."""
    reading = await reader(by)
    counted = Conditions()
    ways = _ways(counted, reading)
    waiting = " UNION ".join(f"SELECT r.id, r.state FROM diagnosis_request r WHERE {WAITS} AND {each}" for each in ways)
    untold = " UNION ".join(f"SELECT r.id FROM diagnosis_request r WHERE {UNTOLD} AND {each}" for each in ways)
    person = counted.value(reading.person_id)
    row = await fetch_row(
        f"""
        SELECT count(*) FILTER (WHERE w.state = 'offered' AND r.expert = {person}) AS offered,
               count(*) FILTER (WHERE w.state = 'claimed' AND r.expert = {person}) AS claimed,
               count(*) FILTER (WHERE w.state = 'pooled') AS pool,
               count(*) FILTER (WHERE w.state = 'asked') AS asked,
               (SELECT count(*) FROM diagnosis_second_opinion o JOIN diagnosis_request r ON r.id = o.request
                WHERE o.expert = {person} AND o.answered_at IS NULL AND r.state <> 'ended') AS opinion,
               count(*) AS "all", (SELECT count(*) FROM ({untold}) u) AS to_tell
        FROM ({waiting}) w JOIN diagnosis_request r USING (id)
        """,
        *counted.values,
    )
    return dict(row or {})


async def _found(
    reading: Reader, part: Part, crop_code: str | None, limit: int, after: Place | None
) -> Sequence[Found]:
    if part is Part.OPINION:
        return await _owed(reading, crop_code, limit, after)
    if part is Part.TO_TELL:
        return await _plain(reading, part, crop_code, limit, after, "r.answered_at", "ASC")
    if part is Part.ANSWERED:
        return await _plain(reading, part, crop_code, limit, after, "r.asked_at", "DESC")
    found = [] if after and after.timed else list(await _timed(reading, part, crop_code, limit, after))
    if len(found) < limit:
        still = after if after and after.timed else None
        found += await _still(reading, part, crop_code, limit - len(found), still)
    return found


UNTOLD = "r.state = 'answered' AND r.told_at IS NULL"
_RUNS = "k.subject_room = 'cases' AND k.kind = 'response' AND k.state = 'running' AND k.due_at IS NOT NULL"
_OF_FEW = f"""
    SELECT r.id, k.due_at AS place FROM diagnosis_request r JOIN deadlines_clock k ON k.subject_id = r.id
    WHERE {_RUNS} AND {{after}} AND {{which}}
"""
_OF_MANY = f"""
    SELECT r.id, k.due_at AS place FROM deadlines_clock k CROSS JOIN LATERAL (
        SELECT r.id FROM diagnosis_request r WHERE r.id = k.subject_id AND {{which}} OFFSET 0) r
    WHERE {_RUNS} AND {{after}}
"""
"""Clock by clock in the order of deadlines, until the page is full (see `cases.lists`)."""


async def _timed(
    reading: Reader, part: Part, crop_code: str | None, limit: int, after: Place | None
) -> Iterable[Found]:
    """What has a clock that runs, the earliest deadline first."""
    asked = _narrowed(part, crop_code, reading)
    place = f"(k.due_at, r.id) > ({asked.value(after.at)}, {asked.value(after.id)})" if after else "TRUE"
    ways = _ways(asked, reading, part)
    parts = [
        (_OF_MANY if each in asked.many else _OF_FEW).format(after=place, which=f"{asked.sql} AND {each}")
        for each in ways
    ]
    return await _first(asked, parts, "k.due_at, r.id", "place, id", limit, timed=0)


async def _still(
    reading: Reader, part: Part, crop_code: str | None, limit: int, after: Place | None
) -> Sequence[Found]:
    """What waits without a clock that runs: the farmer was asked, or somebody has answered in substance already."""
    asked = _narrowed(part, crop_code, reading)
    asked.parts.append(f"NOT EXISTS (SELECT FROM deadlines_clock k WHERE k.subject_id = r.id AND {_RUNS})")
    return await _by(asked, reading, part, "r.asked_at", "ASC", limit, after, timed=1)


async def _plain(
    reading: Reader, part: Part, crop_code: str | None, limit: int, after: Place | None, column: str, way: str
) -> Sequence[Found]:
    asked = _narrowed(part, crop_code, reading)
    if part is Part.TO_TELL:
        asked.parts.append("r.told_at IS NULL")
    return await _by(asked, reading, part, column, way, limit, after, timed=0)


async def _owed(reading: Reader, crop_code: str | None, limit: int, after: Place | None) -> Sequence[Found]:
    """Second opinions that are asked of the reader and not given yet."""
    asked = _narrowed(Part.OPINION, crop_code, reading)
    asked.add("o.expert = {} AND o.answered_at IS NULL", reading.person_id)
    if after is not None:
        asked.add("(o.asked_at, r.id) > ({}, {})", after.at, after.id)
    one = (
        "SELECT r.id, o.asked_at AS place FROM diagnosis_second_opinion o JOIN diagnosis_request r ON r.id = o.request "
        f"WHERE {asked.sql}"
    )
    return await _first(asked, [one], "o.asked_at, r.id", "place, id", limit, timed=0)


async def _by(
    asked: Conditions,
    reading: Reader,
    part: Part,
    column: str,
    way: str,
    limit: int,
    after: Place | None,
    *,
    timed: int,
) -> Sequence[Found]:
    if after is not None:
        sign = ">" if way == "ASC" else "<"
        asked.add(f"({column}, r.id) {sign} ({{}}, {{}})", after.at, after.id)
    ways = _ways(asked, reading, part)
    parts = [f"SELECT r.id, {column} AS place FROM diagnosis_request r WHERE {asked.sql} AND {each}" for each in ways]
    return await _first(asked, parts, f"{column} {way}, r.id {way}", f"place {way}, id {way}", limit, timed=timed)


async def _first(
    asked: Conditions, parts: Sequence[str], in_order: str, over_all: str, limit: int, *, timed: int
) -> list[Found]:
    """The first rows of each way in which the reader sees requests, and the first of these."""
    firsts = " UNION ".join(f"({each} ORDER BY {in_order} LIMIT {limit})" for each in parts)
    rows = await fetch(f"SELECT id, place FROM ({firsts}) firsts ORDER BY {over_all} LIMIT {limit}", *asked.values)
    return [Found(row["id"], Place(timed, row["place"], row["id"])) for row in rows]


def _narrowed(part: Part, crop_code: str | None, reading: Reader) -> Conditions:
    asked = Conditions()
    states = STATES[part]
    if part not in (Part.OPINION, Part.TO_TELL, Part.ANSWERED):
        asked.parts.append(WAITS)
    if states != OPEN_STATES:
        listed = ", ".join(f"'{state}'" for state in sorted(states))
        asked.parts.append(f"r.state IN ({listed})" if len(states) > 1 else f"r.state = {listed}")
    if part in OWN:
        asked.add("r.expert = {}", reading.person_id)
    if crop_code is not None:
        asked.add("r.crop = {}", crop_code)
    return asked


def _ways(asked: Conditions, reading: Reader, part: Part | None = None) -> list[str]:
    """The ways in which he sees them; what is his own he sees anyhow."""
    return ["TRUE"] if part in OWN else asked.ways(reading)

"""Needs become cases: the same ids, every step as a line of the case's timeline, chained and sealed.

It stands on rooms below, all of whose migrations have run before this one. Deadlines of needs that are open begin now:
there was none when they were received, and nobody shall be reminded a hundred times on the day of an upgrade. Those that
had ended have clocks from the day on which they are reopened.

Going back fills the former tables again. What they could not say is lost there: `explained` and `withdrawn` are told as
unreasonable and solved. The cases stay, because by then they may be part of a pair, a meeting or a briefing; going
forwards again leaves a case that is there as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.cases import clocks, found, lookups, reference, storing, timeline
from backend.cases.chain import START, Line
from backend.cases.numbers import number_of
from backend.cases.timeline import NewLine
from backend.core import clock, creates
from backend.core.database import engine, fetch
from backend.deadlines import reference as deadlines

ID = "2026-11-22T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "needs become cases"

BATCH = 1000
STATES = {"passed_on": "dispatched", "solved": "resolved", "unreasonable": "unreasonable"}
KINDS = {"solved": "resolved", "unreasonable": "rejected"}

Row = Mapping[str, Any]

_NEEDS = """
SELECT n.*, v.recorded_by, v.door, v.division FROM visits_need n JOIN visits_visit v ON v.id = n.visit
WHERE NOT EXISTS (SELECT FROM cases_case c WHERE c.id = n.id) ORDER BY n.id LIMIT $1
"""
_EVENTS = "SELECT * FROM visits_need_event WHERE need = ANY($1) ORDER BY need, at, id"


async def _needs_become_cases() -> None:
    if not await fetch("SELECT FROM visits_need LIMIT 1"):
        return
    await reference.load_reference()
    await deadlines.load_reference()
    while needs := await fetch(_NEEDS, BATCH):
        await _become_cases(needs)


async def _become_cases(needs: Sequence[Row]) -> None:
    ids = [need["id"] for need in needs]
    events = {id: list(rows) for id, rows in groupby(await fetch(_EVENTS, ids), lambda event: event["need"])}
    numbering = await lookups.number(len(needs), division_codes=[need["division_code"] for need in needs])
    known = await reference.categories()
    rows, lines, started = [], [], []
    for need, sequence in zip(needs, numbering.sequences, strict=True):
        taken = events.get(need["id"], [])
        policy_code = found.category_of(need["category"], known).policy_code
        row = _case(need, taken, number_of(sequence), policy_code)
        rows.append(row)
        lines += _lines(need, taken)
        if row["closed_at"] is None:
            started.append(_clocks(row, numbering.receiving[row["division_code"]]))
    await storing.open_many(rows, lines)
    if started:
        await clocks.start_many(started, by=None)


def _case(need: Row, events: Sequence[Row], number: str, policy_code: str) -> dict[str, Any]:
    """The row of the case as it would be had its steps been taken there."""
    kinds = [kind for event in events for kind in _kinds(event)]
    again = sum(kind in ("contested", "reopened") for kind in kinds)
    state = STATES.get(need["state"], "reopened" if again else "received")
    ended = state in ("resolved", "unreasonable")
    at = need["state_since"]
    passed_on = [event["by"] for event in events if event["to_state"] == "passed_on"]
    return {
        "id": need["id"],
        "number": number,
        "channel": "visit",
        "kind": "request",
        "category_code": need["category"],
        "title": found.title_of(need["description"]) if need["description"].strip() else "",
        "description": need["description"],
        "division": need["division"],
        "division_code": need["division_code"],
        "household": need["household"],
        "origin_room": "visits",
        "origin_id": need["visit"],
        "state": state,
        "state_since": at,
        "outcome": {"resolved": "solved", "unreasonable": "unreasonable"}.get(state),
        "policy_code": policy_code,
        "assignee": passed_on[-1] if passed_on and state == "dispatched" else None,
        "hops": 0,
        "loop": 1,
        "reopened_n": again,
        "opened_by": need["recorded_by"],
        "opened_at": need["received_at"],
        "received_at": need["received_at"],
        "entered_late": False,
        "responded_at": at if ended else None,
        "resolved_at": at if ended else None,
        "closed_at": at if ended else None,
        "version": 1 + len(kinds),
        "coarse": False,
        "arguments_digest": creates.digest(["a need before it was a case", need["id"]]),
    }


def _clocks(row: Mapping[str, Any], receiving_unit: UUID | None) -> clocks.NewClocks:
    return clocks.NewClocks(
        case_id=row["id"],
        number=row["number"],
        unit_id=receiving_unit,
        division_code=row["division_code"],
        policy_code=row["policy_code"],
        opened_at=clock.now(),
        upstream_due_at=None,
    )


def _lines(need: Row, events: Sequence[Row]) -> list[Line]:
    said: dict[str, object] = {"channel": "visit", "category_code": need["category"], "door": need["door"]}
    opened = next((event for event in events if event["event"] == "opened"), None)
    told = [(need["recorded_by"], need["received_at"], [_line(opened and opened["id"], "opened", said)])]
    told += [(event["by"], event["at"], list(_told(event))) for event in events if event is not opened]
    lines: list[Line] = []
    end = (0, START)
    for by, at, new in told:
        lines += timeline.chain_on(end, new, case_id=need["id"], by=by, by_unit=None, at=at)
        end = (lines[-1].seq, lines[-1].digest)
    return lines


def _kinds(event: Row) -> list[str]:
    """Which steps of a case one step of a need was."""
    if event["event"] == "opened":
        return []
    if event["event"] == "contested":
        return ["contested"]
    if event["to_state"] == "passed_on":
        return ["dispatched"] if event["from_state"] == "received" else ["reopened", "dispatched"]
    return [KINDS[event["to_state"]]]


def _told(event: Row) -> Iterator[NewLine]:
    """The lines of a step, as the case's verb writes them: sent again by a phone, the step is known."""
    first, *then = _kinds(event)
    words = (event["remark"] or "").strip()
    if first == "dispatched":
        internal = {"remark": words} if words else None
        yield _step(event, event["id"], first, {"unit_id": None}, internal)
        if internal:
            yield _line(None, "noted", {**internal, "about": first}, public=False)
        return
    yield _step(event, event["id"], first, {"words": words} | ({"photo_ids": []} if first == "resolved" else {}))
    if then:
        yield _step(event, uuid5(event["id"], "taken back"), "dispatched", {"unit_id": None})


def _step(
    event: Row, id: UUID, kind: str, said: dict[str, object], internal: dict[str, object] | None = None
) -> NewLine:
    given = creates.digest([kind, event["by"], said, internal]).hex()
    facts: dict[str, object] = {"to_unit": None, "to_unit_name": None} if kind == "dispatched" else {}
    return _line(id, kind, {**said, **facts, "given": given})


def _line(id: UUID | None, kind: str, said: dict[str, object], *, public: bool = True) -> NewLine:
    return NewLine(kind=kind, public=public, payload=said, id=id)


BACKWARDS = (
    'ALTER TABLE visits_need ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX visits_need_visit ON visits_need (visit)",
    "CREATE INDEX visits_need_household ON visits_need (household) WHERE household IS NOT NULL",
    "CREATE INDEX visits_need_division ON visits_need (division_code, state)",
    "CREATE INDEX visits_need_newest ON visits_need (received_at DESC, id DESC)",
    "CREATE INDEX visits_need_event_need ON visits_need_event (need, at)",
    """
    INSERT INTO visits_need (id, visit, household, division_code, category, description, state, state_since,
                             contested_at, received_at)
    SELECT c.id, c.origin_id, c.household, c.division_code, c.category_code, c.description,
           CASE WHEN c.state IN ('received', 'reopened') THEN 'received'
                WHEN c.closed_at IS NULL OR c.state = 'merged' THEN 'passed_on'
                WHEN c.outcome IN ('explained', 'unreasonable') THEN 'unreasonable' ELSE 'solved' END,
           c.state_since,
           (SELECT max(e.at) FROM cases_event e WHERE e."case" = c.id AND e.kind = 'contested'), c.received_at
    FROM cases_case c WHERE c.origin_room = 'visits'
    """,
    """
    INSERT INTO visits_need_event (id, need, at, "by", from_state, to_state, event, remark)
    SELECT e.id, e."case", e.at, coalesce(e."by", c.opened_by),
           lag(e.to_state) OVER (PARTITION BY e."case" ORDER BY e.seq), e.to_state,
           CASE WHEN e.kind IN ('opened', 'contested') THEN e.kind ELSE 'moved' END,
           nullif(coalesce(e.payload::json ->> 'words', (
               SELECT r.payload::json ->> 'remark' FROM cases_event r
               WHERE r."case" = e."case" AND r.seq = e.seq + 1 AND r.kind = 'noted')), '')
    FROM (
        SELECT l.*, CASE l.kind
            WHEN 'opened' THEN 'received' WHEN 'contested' THEN 'received' WHEN 'unmerged' THEN 'received'
            WHEN 'reopened' THEN CASE WHEN n.kind = 'dispatched' AND n.at = l.at THEN 'passed_on' ELSE 'received' END
            WHEN 'dispatched' THEN 'passed_on' WHEN 'resolved' THEN 'solved' WHEN 'answered_on_spot' THEN 'solved'
            WHEN 'withdrawn' THEN 'solved' ELSE 'unreasonable' END AS to_state
        FROM cases_event l LEFT JOIN cases_event n ON n."case" = l."case" AND n.seq = l.seq + 1
        LEFT JOIN cases_event b ON b."case" = l."case" AND b.seq = l.seq - 1
        WHERE l.kind IN ('opened', 'contested', 'unmerged', 'reopened', 'dispatched', 'resolved', 'answered_on_spot',
                         'withdrawn', 'rejected', 'explained')
          AND NOT (l.kind = 'dispatched' AND b.kind = 'reopened' AND b.at = l.at)
    ) e JOIN cases_case c ON c.id = e."case" AND c.origin_room = 'visits'
    """,
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="visits", description=DESCRIPTION)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(_needs_become_cases)
    manager.add_raw_backwards(undo)
    return manager

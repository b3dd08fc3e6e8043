"""The SQL of routing: what is asked, who is able, what they have, and the decision as it was made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis.words import OfferEnding, RefusalReason

Row = Mapping[str, Any]

_URGENT = "diagnosis_urgent"
ONE_BY_ONE = 0x6C78_726F_7574_6573
"""The key of the lock under which decisions are made: somebody able in two counties would be seen idle in both."""

WAITS = "state NOT IN ('answered', 'ended')"
"""Word for word the condition of the partial indexes."""

_ASKED = f"""
SELECT r.id, r.studio, r.crop, r.topic, r.division_code, r.state, r.offers_n, c.household, c.contact_phone_index,
       c.number, c.policy_code = '{_URGENT}' AS urgent, k.name_zh AS crop_zh, k.name_en AS crop_en,
       coalesce(c.longitude, d.longitude) AS longitude, coalesce(c.latitude, d.latitude) AS latitude
FROM diagnosis_request r JOIN cases_case c ON c.id = r.id JOIN territory_division d ON d.id = c.division
JOIN diagnosis_crop k ON k.code = r.crop
WHERE r.id = $1
"""

FITS = """
(k.crop IS NULL OR k.crop = {crop}) AND (k.topic IS NULL OR {topic} = 'unsure' OR k.topic = {topic})
AND starts_with({code}, k.prefix)
"""
"""That a competence `k` covers a crop, a topic (whoever is not sure may mean any) and a place."""

ANSWERS_TODAY = """
p.closed_at IS NULL AND e.valid_from <= {day} AND (e.valid_to IS NULL OR e.valid_to >= {day})
AND EXISTS (SELECT FROM people_role_assignment a WHERE a.person = e.id AND a.role = 'expert'
            AND a.valid_from <= {day} AND (a.valid_to IS NULL OR a.valid_to >= {day}))
"""
"""That an expert `e` with the account `p` answers on a day: his profile and his role are in force."""

PRESENCE = """
EXISTS (SELECT FROM rosters_shift s WHERE s.person = e.id AND s.unit IN (e.unit, {studio})
        AND s.state IN ('published', 'confirmed') AND s.starts_at <= {at}
        AND s.starts_at > {at} - interval '72 hours' AND s.ends_at > {at}) AS on_duty,
ARRAY(SELECT l.starts_at FROM rosters_leave l WHERE l.person = e.id AND l.state = 'approved' AND l.ends_at > {at}
      ORDER BY l.starts_at, l.id) AS leaves_at,
ARRAY(SELECT l.ends_at FROM rosters_leave l WHERE l.person = e.id AND l.state = 'approved' AND l.ends_at > {at}
      ORDER BY l.starts_at, l.id) AS back_at
"""
"""Whether an expert `e` holds a shift of his unit or of the studio, and his approved leave from a moment on."""

_FITS = FITS.format(crop="$2", topic="$3::text", code="$4")
_ABLE = f"""
WITH before AS (
    SELECT a.expert, count(DISTINCT a.request) AS answered_n
    FROM cases_case c JOIN diagnosis_answer a ON a.request = c.id AND a.kind = 'first' AND a.given_at > $9
    WHERE c.id <> $1 AND (c.household = $7 OR c.contact_phone_index = $8) GROUP BY a.expert
), round AS (
    SELECT coalesce(max(a.given_at), '-infinity') AS at FROM diagnosis_answer a
    WHERE a.request = $1 AND a.kind IN ('first', 'correction')
)
SELECT e.id, e.tier, e.unit, e.staffed, e.weekdays, e.able_per_day, e.away_until,
       coalesce(e.longitude, d.longitude) AS longitude, coalesce(e.latitude, d.latitude) AS latitude,
       k.crop_named, k.topic_named, k.place_named, coalesce(b.answered_n, 0) AS household_n,
       EXISTS (SELECT FROM diagnosis_offer o WHERE o.request = $1 AND o.expert = e.id
               AND o.offered_at > (SELECT at FROM round)) AS was_asked,
       {PRESENCE.format(at="$6::timestamptz", studio="$10")}
FROM diagnosis_expert e JOIN people_person p ON p.id = e.id JOIN people_unit u ON u.id = e.unit
JOIN territory_division d ON d.id = u.division
JOIN LATERAL (
    SELECT k.crop IS NOT NULL AS crop_named, k.topic IS NOT NULL AND k.topic = $3::text AS topic_named,
           length(k.prefix) > 6 AS place_named
    FROM diagnosis_competence k WHERE k.expert = e.id AND {_FITS}
    ORDER BY k.crop IS NOT NULL DESC, k.topic IS NOT NULL DESC, length(k.prefix) DESC LIMIT 1
) k ON TRUE
LEFT JOIN before b ON b.expert = e.id
WHERE {ANSWERS_TODAY.format(day="$5::date")}
ORDER BY e.id
"""


async def asked(request_id: UUID) -> Row | None:
    """What a request asks, with its case's place, number and urgency."""
    return await fetch_row(_ASKED, request_id)


async def able(wanted: Row, *, day: date, at: datetime, remembered_from: datetime) -> Sequence[Row]:
    """Whoever is able to answer a request: field, place, account, role and profile; hours and leave are still open.

    remembered_from   answers to the same household (or from the same telephone) since then count

    `was_asked` since it was answered last: what comes back finds everybody again.
    """
    return await fetch(
        _ABLE,
        *(wanted["id"], wanted["crop"], wanted["topic"], wanted["division_code"], day, at),
        *(wanted["household"], wanted["contact_phone_index"], remembered_from, wanted["studio"]),
    )


async def seat(expert_id: UUID, *, day: date, at: datetime) -> Row | None:
    """One expert with his hours and his leave, if he answers on a day."""
    return await fetch_row(
        f"SELECT e.id, e.unit, e.tier, e.staffed, e.weekdays, e.able_per_day, e.away_until, "
        f"{PRESENCE.format(at='$3::timestamptz', studio='e.unit')} "
        "FROM diagnosis_expert e JOIN people_person p ON p.id = e.id "
        f"WHERE e.id = $1 AND {ANSWERS_TODAY.format(day='$2::date')}",
        *(expert_id, day, at),
    )


async def lock_decisions() -> None:
    """One decision at a time, until the transaction ends: what is read after this is what everybody has."""
    await fetch("SELECT pg_advisory_xact_lock($1)", ONE_BY_ONE)


async def loads(expert_ids: Sequence[UUID], *, since: date) -> dict[UUID, Row]:
    """What each has: `open_n` requests that wait for him now; `due` and `given` since a day."""
    rows = await fetch(
        f"""
        SELECT e.id, coalesce(t.due, 0) AS due, coalesce(t.given, 0) AS given,
               (SELECT count(*) FROM diagnosis_request q
                WHERE q.expert = e.id AND {WAITS} AND q.state <> 'asked') AS open_n
        FROM unnest($1::uuid[]) e(id)
        LEFT JOIN (SELECT expert, sum(due) AS due, sum(given) AS given FROM diagnosis_turn
                   WHERE expert = ANY($1) AND on_day >= $2 GROUP BY expert) t ON t.expert = e.id
        """,
        list(expert_ids),
        since,
    )
    return {row["id"]: row for row in rows}


_DECIDE = """
WITH routed AS (
    INSERT INTO diagnosis_routing (id, request, at, decision, chosen, considered, candidates, policy_from)
    VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
), turns AS (
    INSERT INTO diagnosis_turn (id, expert, on_day, due, given)
    SELECT gen_random_uuid(), t.expert, $9, t.due, (t.expert = $5)::int
    FROM unnest($10::uuid[], $11::float8[]) AS t (expert, due)
    ON CONFLICT (expert, on_day) DO UPDATE
    SET due = diagnosis_turn.due + excluded.due, given = diagnosis_turn.given + excluded.given
)
INSERT INTO diagnosis_offer (id, request, expert, routing, offered_at, until)
SELECT $12, $2, $5, $1, $3, $13 WHERE $5::uuid IS NOT NULL
"""


async def decide(
    *,
    request_id: UUID,
    at: datetime,
    day: date,
    decision: str,
    chosen: UUID | None,
    until: datetime | None,
    considered: int,
    candidates: Sequence[Any],
    policy_from: date,
    turns: Mapping[UUID, float],
) -> UUID:
    """Write a decision, whose turn it was, and the offer, if there is one; the id that the offer has or would have."""
    offer_id = ids.uuid7(at)
    await fetch(
        _DECIDE,
        *(ids.uuid7(at), request_id, at, decision, chosen, considered),
        *(msgspec.json.encode(candidates).decode(), policy_from, day, list(turns), list(turns.values())),
        *(offer_id, until),
    )
    return offer_id


async def end_offer(
    request_id: UUID,
    *,
    ending: OfferEnding,
    at: datetime,
    reason: RefusalReason | None = None,
    remark: str | None = None,
) -> Row | None:
    """End the open offer of a request; whose it was, and its id. None where there is none."""
    return await fetch_row(
        "UPDATE diagnosis_offer SET ended_at = $2, ending = $3, reason = $4, remark = $5 "
        "WHERE request = $1 AND ended_at IS NULL RETURNING id, expert, until",
        *(request_id, at, ending.value, reason and reason.value, remark),
    )


_ITS_TASK = "t.origin_room = 'diagnosis' AND t.origin_id = r.id AND t.kind = 'acknowledge' AND t.assignee = r.expert"


async def declined_task(request_id: UUID) -> str | None:
    """What somebody said who declined the task of a request that is before him; None where he has not."""
    row = await fetch_row(
        f"SELECT coalesce(t.close_remark, '') AS remark FROM diagnosis_request r JOIN tasks_task t ON {_ITS_TASK} "
        "WHERE r.id = $1 AND t.state = 'declined' AND t.asked_at >= r.state_since LIMIT 1",
        request_id,
    )
    return row["remark"] if row else None


async def due_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Requests whose offer has lapsed, or whose time to be routed, or in the pool, has come; the earliest first."""
    rows = await fetch(
        f"""
        SELECT id FROM (
            (SELECT id, offer_until AS due_at FROM diagnosis_request
             WHERE offer_until IS NOT NULL AND offer_until <= $1 AND state = 'offered' ORDER BY offer_until LIMIT $2)
            UNION ALL
            (SELECT r.id, t.closed_at FROM diagnosis_request r CROSS JOIN LATERAL (
                 SELECT t.closed_at FROM tasks_task t
                 WHERE {_ITS_TASK} AND t.state = 'declined' AND t.asked_at >= r.state_since OFFSET 0) t
             WHERE r.{WAITS} AND r.state = 'offered' LIMIT $2)
            UNION ALL
            (SELECT id, route_after FROM diagnosis_request
             WHERE route_after IS NOT NULL AND route_after <= $1 AND state IN ('routing', 'pooled')
             ORDER BY route_after LIMIT $2)
        ) due ORDER BY due_at LIMIT $2
        """,
        at,
        limit,
    )
    return [row["id"] for row in rows]


async def routings(request_id: UUID) -> Sequence[Row]:
    """The decisions about a request, the earliest first."""
    return await fetch(
        """
        SELECT t.id, t.at, t.decision, t.chosen, t.considered, t.candidates, t.policy_from
        FROM diagnosis_routing t WHERE t.request = $1 ORDER BY t.at, t.id
        """,
        request_id,
    )

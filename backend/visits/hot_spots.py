"""Hot spots (未诉先办, act before the complaint): several households of one village with one topic, close together.

Every kind of contact counts here, a call about a dry well tells as much as a visit. A contact without a household (a
place, a firm) counts as one of its own; one household coming back does not make a hot spot. How many within how many
days is dated data: `hot_spot` and `hot_spot_window` in visits_flag_policy. A hot spot names a place and a topic, never
a person or a household.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import local, now
from backend.core.database import fetch
from backend.people.actors import Actor, visible_to
from backend.visits.need_states import OPEN
from backend.visits.visibility import Conditions, prefixes_of

VISITS_SHOWN = 20


class HotSpot(msgspec.Struct, frozen=True, kw_only=True):
    """One place and topic. `visit_ids` are the latest VISITS_SHOWN contacts; `open_needs` are those of the topic."""

    division_code: str
    division_name: str
    topic: str
    households: int
    contacts: int
    visits: int
    open_needs: int
    first_at: datetime
    last_at: datetime
    visit_ids: list[UUID]


class HotSpots(msgspec.Struct, frozen=True, kw_only=True):
    """The hot spots of a window, the most households first, and the numbers they were found with."""

    window_from: datetime
    window_to: datetime
    window_days: int
    least_households: int
    items: list[HotSpot]


async def hot_spots(
    *, by: Actor, division_code: str | None = None, topic: str | None = None, until: datetime | None = None
) -> HotSpots:
    """Hot spots among the contacts that `by` may see, in the window that ends `until` (now unless told).

    topic   a topic's code; a top category takes its sub-topics along

    A cadre sees what his own contacts add up to, a supervisor his territory's. Raises DivisionUnknown (404).
    """
    until = until or now()
    least_households, window_days = await _policy(until)
    window_from = until - timedelta(days=window_days)
    found = Conditions()
    found.visits_of(visible_to(by))
    found.add("v.occurred_at > {} AND v.occurred_at <= {}", window_from, until)
    if division_code is not None:
        found.add(found.under("v.division_code", await prefixes_of(division_code)))
    rows = await _grouped(found, topic, least_households)
    return HotSpots(
        window_from=window_from,
        window_to=until,
        window_days=window_days,
        least_households=least_households,
        items=[msgspec.convert(dict(row), HotSpot) for row in rows],
    )


async def _policy(at: datetime) -> tuple[int, int]:
    rows = await fetch(
        "SELECT DISTINCT ON (kind) kind, threshold FROM visits_flag_policy "
        "WHERE kind IN ('hot_spot', 'hot_spot_window') ORDER BY kind, valid_from <= $1 DESC, abs(valid_from - $1)",
        local(at).date(),
    )
    numbers = {row["kind"]: int(row["threshold"]) for row in rows}
    return numbers["hot_spot"], numbers["hot_spot_window"]


async def _grouped(found: Conditions, topic: str | None, least_households: int) -> list[Mapping[str, Any]]:
    """Cells are counted with their village: a cell of thirty households is too small to have a spot of its own."""
    asked = "TRUE"
    if topic is not None:
        place = found.value(topic)
        asked = f"(topic = {place} OR starts_with(topic, {place} || '.'))"
    return list(
        await fetch(
            f"""
            WITH spot AS (
                SELECT left(v.division_code, 12) AS division_code, topic,
                       count(DISTINCT coalesce(v.household, v.id)) AS households,
                       count(DISTINCT v.id) AS contacts,
                       count(DISTINCT v.id) FILTER (WHERE v.channel = 'visit') AS visits,
                       min(v.occurred_at) AS first_at, max(v.occurred_at) AS last_at,
                       array_agg(v.id ORDER BY v.occurred_at DESC, v.id DESC) AS ids
                FROM visits_visit v CROSS JOIN LATERAL unnest(v.topics) AS topic
                WHERE {found.sql} AND {asked} GROUP BY 1, 2
                HAVING count(DISTINCT coalesce(v.household, v.id)) >= {found.value(least_households)}
            )
            SELECT s.division_code, d.name AS division_name, s.topic, s.households, s.contacts, s.visits, s.first_at,
                   s.last_at, s.ids[:{VISITS_SHOWN}] AS visit_ids,
                   (SELECT count(*) FROM cases_case c WHERE {OPEN} AND c.origin_id = ANY(s.ids)
                      AND (c.category_code = s.topic OR starts_with(c.category_code, s.topic || '.'))) AS open_needs
            FROM spot s JOIN LATERAL (
                SELECT d.name FROM territory_division d WHERE d.code = s.division_code
                ORDER BY d.valid_to IS NULL DESC, d.valid_to DESC LIMIT 1
            ) d ON TRUE
            ORDER BY s.households DESC, s.last_at DESC, s.division_code, s.topic
            """,
            *found.values,
        )
    )

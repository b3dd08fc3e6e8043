"""What can be looked up about a visit: its household, division, campaign, team, device, the points before and after.

In a part, `a` is what the visit says (`lookup_statements.ASKED`), `who` the person who asks and the day.
"""

from msgspec import Struct


class Part(Struct, frozen=True):
    """One thing to look up: needed where a visit says one of `asked_by`, and the columns and joins that do it."""

    asked_by: tuple[str, ...]
    columns: dict[str, str]
    join: str


_NEIGHBOUR = """
LEFT JOIN LATERAL (
    SELECT x.id, x.occurred_at, x.longitude, x.latitude, x.accuracy_m FROM visits_visit x
    WHERE a.located AND x.recorded_by = who.person_id AND x.occurred_at {side}
      AND x.channel = 'visit' AND x.longitude IS NOT NULL AND NOT x.coarse AND x.id <> a.visit_id
    ORDER BY x.occurred_at {order} LIMIT 1
) {alias} ON TRUE
"""


def _neighbour(name: str, alias: str, side: str, order: str) -> Part:
    columns = {"id": "id", "at": "occurred_at"} | {of: of for of in ("longitude", "latitude", "accuracy_m")}
    return Part(
        ("located",),
        {f"{name}_{of}": f"{alias}.{column}" for of, column in columns.items()},
        _NEIGHBOUR.format(alias=alias, side=side, order=order),
    )


PARTS = {
    "household": Part(
        ("household_id", "household_code"),
        {
            "household_id": "h.id",
            "household_code": "h.code",
            "household_division_code": "h.division_code",
            "household_longitude": "h.longitude",
            "household_latitude": "h.latitude",
            "serves": """h.id IS NOT NULL AND EXISTS (
                SELECT FROM people_household_service s WHERE s.household = h.id AND s.person = who.person_id
                AND (daterange(s.valid_from, s.valid_to, '[]') @> a.day
                     OR daterange(s.valid_from, s.valid_to, '[]') @> who.today))""",
        },
        """
        LEFT JOIN LATERAL (
            SELECT * FROM people_household h WHERE h.id = a.household_id
            UNION ALL SELECT * FROM people_household h WHERE a.household_id IS NULL AND h.code = a.household_code
        ) h ON TRUE
        """,
    ),
    "division": Part(
        ("visit_id",),
        {"division_id": "d.id", "division_code": "d.code", "division_name": "d.name"},
        """
        LEFT JOIN LATERAL (
            SELECT * FROM (
                SELECT x.id, x.code, x.name, x.valid_from, x.valid_to FROM territory_division x
                WHERE x.code = a.division_code
                {of_household}
            ) y
            ORDER BY y.valid_from <= a.day AND (y.valid_to IS NULL OR y.valid_to >= a.day) DESC, y.valid_from DESC
            LIMIT 1
        ) d ON TRUE
        """,
    ),
    "campaign": Part(
        ("campaign_code", "campaign_kind"),
        {"campaign_id": "c.id", "campaign_code": "c.code"},
        """
        LEFT JOIN LATERAL (
            SELECT c.id, c.code FROM visits_campaign c JOIN territory_division w ON w.id = c.division
            WHERE (c.code = a.campaign_code OR (a.campaign_code IS NULL AND c.kind = a.campaign_kind))
              AND starts_with(d.code, w.prefix)
              AND c.valid_from <= a.day AND (c.valid_to IS NULL OR c.valid_to >= a.day)
            ORDER BY length(w.prefix) DESC, c.valid_from DESC LIMIT 1
        ) c ON TRUE
        """,
    ),
    "team": Part(
        ("team_number",),
        {"team_id": "t.id"},
        """
        LEFT JOIN LATERAL (
            SELECT t.id FROM visits_service_team t JOIN territory_division w ON w.id = t.division
            WHERE t.number = a.team_number AND starts_with(d.code, w.prefix)
            ORDER BY length(w.prefix) DESC LIMIT 1
        ) t ON TRUE
        """,
    ),
    "device": Part(
        ("device_id",),
        {"device_id": "e.id"},
        "LEFT JOIN people_device e ON e.id = a.device_id AND e.person = who.person_id",
    ),
    "before": _neighbour("before", "b", "BETWEEN a.occurred_at - interval '1 day' AND a.occurred_at", "DESC"),
    "after": _neighbour("after", "f", "> a.occurred_at AND x.occurred_at < a.occurred_at + interval '1 day'", "ASC"),
}

OF_HOUSEHOLD = """
    UNION ALL
    SELECT x.id, x.code, x.name, x.valid_from, x.valid_to FROM territory_division x
    WHERE a.division_code IS NULL AND x.id = h.division
"""
"""Where the household is looked up, too: a division that a visit does not say is its household's."""

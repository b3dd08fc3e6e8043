"""The SQL of partners."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]

_SHOWN = """
SELECT p.id, p.name, p.division_codes, p.prefixes, p.may, p.valid_until, p.opened_at, p.closed_at, p.arguments_digest,
       p.key_sha256,
       p.unit, u.name AS unit_name, u.public_phone AS unit_phone,
       w.address, w.purpose, w.events, w.fields, w.only_own, w.enabled, w.set_at, w.version, w.secret_sealed,
       (SELECT count(*) FROM open311_filing f WHERE f.partner = p.id) AS filed,
       (SELECT jsonb_object_agg(s.state, s.n) FROM (
            SELECT d.state, count(*) AS n FROM open311_delivery d WHERE d.partner = p.id GROUP BY d.state) s) AS sent
FROM open311_partner p JOIN people_unit u ON u.id = p.unit LEFT JOIN open311_webhook w ON w.partner = p.id
"""


async def partner(partner_id: UUID) -> Row | None:
    """One partner with its webhook."""
    return await fetch_row(f"{_SHOWN} WHERE p.id = $1", partner_id)


async def partners(prefixes: Sequence[str]) -> Sequence[Row]:
    """Partners with a jurisdiction under one of the prefixes; those that ended come last."""
    return await fetch(
        f"""
        {_SHOWN} WHERE EXISTS (SELECT FROM unnest(p.prefixes) j, unnest($1::text[]) s WHERE starts_with(j, s))
        ORDER BY p.closed_at IS NOT NULL, p.name, p.id
        """,
        list(prefixes),
    )


async def of_key(key_sha256: bytes, *, day: date) -> Row | None:
    """The partner whose key this is, if it counts on a day."""
    return await fetch_row(
        "SELECT id, name, division_codes, prefixes, may FROM open311_partner "
        "WHERE key_sha256 = $1 AND closed_at IS NULL AND (valid_until IS NULL OR valid_until >= $2)",
        key_sha256,
        day,
    )

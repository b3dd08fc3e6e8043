"""What PostgreSQL does to answer, held by the rows it read: which plan it takes for ten rows is anybody's guess."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.core.database import fetch


@dataclass(frozen=True)
class Scan:
    """One part of a plan that read a table. `rows` counts those it threw away too, over all its loops."""

    table: str
    rows: float
    whole: bool


async def scans(sql: str, *values: object) -> list[Scan]:
    """What a statement reads, once its tables have been counted: no other test's counts choose the plan."""
    for table in sorted({scan.table for scan in await explained(f"EXPLAIN (FORMAT JSON) {sql}", *values)}):
        if table and await fetch(f"SELECT FROM {table} LIMIT 1"):
            await fetch(f"ANALYZE {table}")
    return await explained(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", *values)


async def explained(explain: str, *values: object) -> list[Scan]:
    """The scans in an answer to EXPLAIN (FORMAT JSON); rows are known with ANALYZE only."""
    [row] = await fetch(explain, *values)
    return list(_scans(json.loads(row[0])[0]["Plan"]))


def touched(found: list[Scan], table: str = "") -> float:
    """Rows that were read in all, or of one table."""
    return sum(scan.rows for scan in found if table in ("", scan.table))


def read_whole(found: list[Scan], table: str) -> bool:
    """Whether a table was read from its beginning to its end."""
    return any(scan.whole for scan in found if scan.table == table)


def _scans(plan: dict[str, Any], table: str = "") -> Iterator[Scan]:
    table = plan.get("Relation Name", table)
    if "Scan" in plan["Node Type"]:
        dropped = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        rows = plan.get("Actual Loops", 0) * (plan.get("Actual Rows", 0) + dropped)
        yield Scan(table, rows, plan["Node Type"].endswith("Seq Scan"))
    for part in plan.get("Plans", []):
        yield from _scans(part, table)

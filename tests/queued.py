"""The queue worked by hand, in the order in which its jobs fell due: what a DELETE returns lies in any order."""

import msgspec

from backend.core import jobs
from backend.core.database import fetch


async def do_jobs(*entrypoints: str, late: bool = False) -> int:
    """Do what is due of these (SQL's LIKE), with `late` also what was put off; how many that were."""
    rows = await fetch(_TAKE, list(entrypoints), late)
    for row in rows:
        registered = jobs.registered[row["entrypoint"]]
        await registered.handler(msgspec.json.decode(row["payload"], type=registered.payload))
    return len(rows)


_TAKE = """
WITH taken AS (
    DELETE FROM pgqueuer WHERE entrypoint LIKE ANY($1) AND ($2 OR execute_after <= now())
    RETURNING execute_after, id, entrypoint, payload
)
SELECT entrypoint, payload FROM taken ORDER BY execute_after, id
"""

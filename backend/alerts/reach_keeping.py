"""What stays of a reach: counts by village, written before push forgets its recipients."""

from datetime import timedelta

from backend.alerts import reach_queries as queries
from backend.core import clock
from backend.core.jobs import schedule
from backend.push.tables import FORGOTTEN_AFTER_DAYS

FORGOTTEN_AFTER = timedelta(days=FORGOTTEN_AFTER_DAYS)
DAYS_TO_SPARE = timedelta(days=10)
"""So long the worker may stand still before a count is lost; after so many weeks nobody acknowledges any more."""


@schedule("alerts/keep-reach", "20 1 * * *")
async def keep_reaches() -> None:
    """Every night, before the hour in which push forgets."""
    at = clock.now()
    due = await queries.to_keep(sent_after=at - FORGOTTEN_AFTER, sent_before=at - FORGOTTEN_AFTER + DAYS_TO_SPARE)
    for row in due:
        await queries.keep(row["id"], notice_id=row["notice_id"], at=at)

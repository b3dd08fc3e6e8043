"""What this room drops by itself every night: lines of the log of changes, and views of phones that stay away."""

from backend.core import clock
from backend.core.jobs import schedule
from backend.sync import watermarks
from backend.sync.policies import sync_policy


@schedule("sync/forget", "23 3 * * *")
async def forget() -> None:
    """At 03:23 in Shandong."""
    policy, now = sync_policy(clock.today()), clock.now()
    await watermarks.forget_changes(before=now - policy.changes_for)
    await watermarks.forget_views(before=now - policy.views_for)

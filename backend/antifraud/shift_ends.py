"""When a shift ends, what its holder has not finished goes on to whoever is on duty: by itself, once, nights too.

Nobody else being on duty it stays with him, and is looked at again every minute until somebody comes. Whoever took a
warning off duty keeps it, until a shift of his own ends.
"""

from uuid import UUID

import structlog

from backend.antifraud import assigning
from backend.antifraud import warning_queries as queries
from backend.antifraud.takers import in_order
from backend.antifraud.warning_queries import Row
from backend.antifraud.warning_words import HandedBecause
from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.people.tables import Role, UnitKind
from backend.push import actions as push
from backend.push.actions import Category

log = structlog.get_logger()

_GONE_ON = push.Text(
    zh="您班上没办完的一条反诈预警，已经交给接班的人。正在打电话、正在对方家里的，请办完再走，并告诉接班的人。",
    en="A warning of your shift went on to whoever follows you. If you are just calling or visiting, finish it and "
    "tell your colleague.",
    title_zh="预警已经交班",
    title_en="A warning was handed over",
    public=True,
)
_LEFT = f"""
SELECT w.id FROM antifraud_warning w WHERE w.state <> 'closed' AND w.purged_at IS NULL AND {{which}} AND EXISTS (
    SELECT FROM rosters_shift s JOIN people_unit u ON u.id = s.unit
    WHERE s.person = w.assignee AND s.starts_at > w.assigned_at - interval '72 hours'
    AND least(s.ends_at, s.ended_at) > greatest(w.assigned_at, s.starts_at) AND least(s.ends_at, s.ended_at) <= $1
    AND (u.kind = '{UnitKind.POLICE}' OR EXISTS (
        SELECT FROM people_role_assignment r
        WHERE r.person = s.person AND r.unit = s.unit AND r.role = '{Role.ASSISTANT}')))
"""
"""A shift has at most 72 hours; one that was swapped away or fell away while it ran ended at that moment."""
_ALL = _LEFT.format(which="TRUE") + "ORDER BY w.received_at, w.id"
_ONE = _LEFT.format(which="w.id = $2")


@schedule("antifraud/shift-ends", "* * * * *")
async def hand_over_all() -> None:
    """Shifts begin and end at whole minutes, and so does this."""
    for row in await fetch(_ALL, clock.now()):
        await hand_over(warning_id=row["id"])


@transaction
async def hand_over(*, warning_id: UUID) -> bool:
    """One of them, while its row is held; whether it went on."""
    warning = await queries.warning(warning_id, lock=True)
    if warning is None or not await fetch(_ONE, clock.now(), warning_id):
        return False
    taker = await _on_duty_instead(warning)
    if taker is None:
        return False
    left = warning["assignee_id"]
    await assigning.hand(warning, taker, because=HandedBecause.SHIFT_END)
    await push.notify(
        to=left,
        text=_GONE_ON,
        category=Category.SERVICE,
        dedupe_key=f"{assigning.ROOM} {warning_id} gone on at {clock.now().isoformat()}",
        origin_room=assigning.ROOM,
        origin_id=warning_id,
        no_links=True,
        exercise=warning["exercise"],
        on_duty=True,
    )
    log.info("a warning went on at the end of a shift", warning_id=str(warning_id))
    return True


async def _on_duty_instead(warning: Row) -> UUID | None:
    """Who is on duty now, those first who never had it; nobody where its holder still is himself."""
    order = await in_order(division_code=warning["division_code"], at=clock.now())
    on_duty = [each.person_id for each in order if each.on_duty]
    if not on_duty or warning["assignee_id"] in on_duty:
        return None
    had = {row["person_id"] for row in await queries.hands(warning["id"])}
    return min(on_duty, key=lambda each: each in had)

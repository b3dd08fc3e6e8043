"""Puts the demo's public warnings in: one in force, one that was updated, one cancelled, an exercise, a draft.

Each was drafted by one and approved by another; like all notices of the demo none of it left the house (`notices`).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.alerts.deciding import approve_alert
from backend.alerts.drafting import raise_alert
from backend.alerts.following_on import cancel_alert, update_alert
from backend.alerts.schemas import NewAlert
from backend.core import clock
from backend.core.database import fetch_row
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.push import outlets
from backend.push.planning import plan
from backend.push.states import DeliveryState
from backend.tasks.actions import complete_task
from seed import alert_words as words
from seed import made_id
from seed.bench_after import when
from seed.cast import CADRES, FRAUD_DESK, OTHERS, POLICE, Member, holder
from seed.notices import WAYS, acknowledged, moved_on, posting
from seed.places import VILLAGES

Cast = Mapping[Member, Actor]
IN_FORCE, DRAFT = made_id("alert/in force"), made_id("alert/draft")
ALERT_IDS = {
    "in_force": IN_FORCE,
    "updated": made_id("alert/fog"),
    "update": made_id("alert/fog again"),
    "cancelled": made_id("alert/borrowed name"),
    "cancellation": made_id("alert/not so"),
    "exercise": made_id("alert/drill"),
    "draft": DRAFT,
}
SECOND_LOOK = timedelta(minutes=9)
DRAFTED_AGO = timedelta(minutes=50)
POSTED_IN = 6
"""Villages whose groups' owners have posted the one in force."""


async def is_there() -> bool:
    """Whether they are in: a demo that was planted before there were any gets them at its next start."""
    return await fetch_row("SELECT FROM alerts_alert WHERE id = $1", DRAFT) is not None


async def raise_alerts(cast: Cast, day: date) -> None:
    """In the order in which they went out. Told once: what is in stays as it became."""
    if await is_there():
        return
    desk, operator = cast[FRAUD_DESK], cast[holder(Role.OPERATOR)]
    with outlets.in_their_place(WAYS):
        name_at, drill_at, fog_at = when(day, (20, 10)), when(day, (12, 9)), when(day, (2, 18))
        await _goes_out(ALERT_IDS["cancelled"], words.borrowed_name(name_at), cast, by=desk, at=name_at)
        await _called_off(cast, when(day, (19, 11)))
        await _goes_out(ALERT_IDS["exercise"], words.drill(drill_at), cast, by=operator, at=drill_at)
        await _goes_out(ALERT_IDS["updated"], words.fog(fog_at), cast, by=operator, at=fog_at)
        await _updated(cast, when(day, (1, 6)))
        await _in_force(cast, when(day, (1, 8.5)))
    at = clock.now() - DRAFTED_AGO
    with clock.stopped(at):
        await raise_alert(id=DRAFT, new=words.second_hand(at), by=desk)


async def _goes_out(id: UUID, new: NewAlert, cast: Cast, *, by: Actor, at: datetime) -> None:
    with clock.stopped(at):
        await raise_alert(id=id, new=new, by=by)
    await _approved(id, cast, at + SECOND_LOOK)


async def _approved(id: UUID, cast: Cast, at: datetime) -> None:
    """By the second person; planned at once, as a worker does it."""
    with clock.stopped(at):
        record = await approve_alert(alert_id=id, note="内容核对过，可以发", by=cast[holder(Role.SUPERVISOR)])
        if record.notice_id is not None:
            await plan(record.notice_id)


async def _called_off(cast: Cast, at: datetime) -> None:
    id = ALERT_IDS["cancellation"]
    with clock.stopped(at):
        await cancel_alert(id=id, alert_id=ALERT_IDS["cancelled"], cancellation=words.NOT_SO, by=cast[FRAUD_DESK])
    await _approved(id, cast, at + SECOND_LOOK)


async def _updated(cast: Cast, at: datetime) -> None:
    id, changes = ALERT_IDS["update"], words.thicker_fog(at)
    with clock.stopped(at):
        await update_alert(id=id, alert_id=ALERT_IDS["updated"], changes=changes, by=cast[holder(Role.OPERATOR)])
    await _approved(id, cast, at + SECOND_LOOK)


async def _in_force(cast: Cast, at: datetime) -> None:
    """With how far it has come: carriers, phones, groups, and who has said that he saw it."""
    await _goes_out(IN_FORCE, words.service_desk(at), cast, by=cast[FRAUD_DESK], at=at)
    began = at + SECOND_LOOK
    row = await fetch_row("SELECT notice_id FROM alerts_alert WHERE id = $1", IN_FORCE)
    assert row is not None  # noqa: S101 - published above
    notice_id, S = row["notice_id"], DeliveryState
    await moved_on(notice_id, began + timedelta(minutes=1), [S.FAILED] * 3 + [S.ACCEPTED] * 70)
    await moved_on(notice_id, began + timedelta(minutes=2), [S.DELIVERED] * 58)
    await moved_on(notice_id, began + timedelta(minutes=30), [S.SHOWN] * 37)
    for number, village in enumerate(VILLAGES[:POSTED_IN]):
        owner = next(cast[cadre] for cadre in CADRES if village.code in cadre.division_codes)
        with clock.stopped(began + timedelta(minutes=11 + 6 * number)):
            await complete_task(task_id=posting(notice_id, village.code), by=owner)
    seen = (CADRES[1], CADRES[2], CADRES[4], OTHERS[0], *POLICE[2:5])
    await acknowledged(notice_id, [cast[member] for member in seen], began + timedelta(minutes=45))


async def identifier(alert_id: UUID = IN_FORCE) -> str:
    """Under which the feed gives it."""
    row = await fetch_row("SELECT identifier FROM alerts_alert WHERE id = $1", alert_id)
    return row["identifier"] or "" if row else ""

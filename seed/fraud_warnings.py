"""Puts the demo's fraud warnings in: by the police centre's system or its desk, each with what became of it.

Of the first day nothing but the outcome is left: its key has been destroyed, as it is after thirty days.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec

from backend.antifraud import acting, escalating, purging, receiving, warning_sources
from backend.antifraud.warning_schemas import (
    NewAttempt,
    NewWarningSource,
    PostedWarning,
    TypedWarning,
    WarningHandOver,
    WarningSourceRecord,
)
from backend.antifraud.warning_words import HandedBecause, WarningOutcome
from backend.antifraud.words import WarningLevel
from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.post_signatures import PostHeaders
from backend.open311 import signing
from backend.people.actors import Actor
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import made_id
from seed.bench_after import when as at_hour
from seed.cast import COUNTY, FRAUD_DESK, VILLAGE, Member, holder
from seed.clinic import when
from seed.warning_words import FRESH, RUNNING, Step, Told
from seed.warning_words_ended import ENDED, PURGED

Cast = Mapping[Member, Actor]
SOURCE_ID = made_id("warning source")
PURGED_ON = (14, 0.2)
"""Thirty-one days after the first warnings, soon after midnight."""
STAYS_FRESH = timedelta(hours=2)
DAYS_KEPT = 30


async def post_warnings(cast: Cast, day: date) -> None:
    """Everything up to this moment. Told once: what was told before stays as it became."""
    if await _there(PURGED[0].id):
        return
    await source("", by=cast[holder(Role.ADMIN)])
    await _tell(PURGED, cast, day)
    with clock.stopped(at_hour(day, PURGED_ON)):
        await purging.destroy_keys()
    await _tell((*ENDED, *RUNNING), cast, day)


async def source(base_url: str, *, by: Actor) -> WarningSourceRecord:
    """The police centre's system, with the secret that it signs with: the same one at every start."""
    new = NewWarningSource(name="高唐县反诈中心预警系统（演示）", division_code=COUNTY)
    made = await warning_sources.add_warning_source(id=SOURCE_ID, new=new, by=by, base_url=base_url)
    return made.record


async def _tell(told: Iterable[Told], cast: Cast, day: date) -> None:
    for each in sorted(told, key=lambda one: when(day, one.at)):
        began = when(day, each.at)
        with clock.stopped(began):
            warning_id = await (_post(each, cast) if each.posted else _type(each, cast))
        for number, step in enumerate(each.steps):
            with clock.stopped(began + timedelta(minutes=step.after)):
                await _do(warning_id, made_id(f"attempt/{each.name}/{number}"), step, cast)


async def _type(told: Told, cast: Cast) -> UUID:
    new = TypedWarning(
        level=told.level, division_code=told.village, person=told.person, fraud_type=told.fraud_type, id=told.id
    )
    return (await receiving.enter_warning(id=told.id, new=new, by=cast[FRAUD_DESK])).record.id


async def _post(told: Told, cast: Cast) -> UUID:
    """As the centre's system sends it: signed."""
    secret = (await source("", by=cast[holder(Role.ADMIN)])).secret or ""
    body = msgspec.json.encode(
        PostedWarning(
            reference=f"GT-{told.name}",
            level=told.level,
            division_code=told.village,
            person=told.person,
            fraud_type=told.fraud_type,
        )
    )
    signed = signing.headers(delivery_id=told.id, at=clock.now(), body=body, secret=secret)
    headers = PostHeaders(signed["webhook-id"], signed["webhook-timestamp"], signed["webhook-signature"])
    return (await receiving.receive_warning(source_id=SOURCE_ID, headers=headers, body=body)).record.id


async def _do(warning_id: UUID, attempt_id: UUID, step: Step, cast: Cast) -> None:
    if step.what == "not_taken":
        await escalating.hand_on(warning_id=warning_id)
        return
    by, number = await _whose(warning_id, cast)
    if step.what == "take":
        await acting.acknowledge_warning(warning_id=warning_id, by=by)
    elif step.what == "hand_over":
        said = WarningHandOver(from_number=number, because=HandedBecause.HANDED)
        await acting.hand_over_warning(warning_id=warning_id, said=said, by=by)
    elif step.how is not None:
        new = NewAttempt(how=step.how, reached=step.reached, note=step.note)
        await acting.record_attempt(warning_id=warning_id, id=attempt_id, new=new, by=by)
    elif step.outcome is not None:
        await acting.close_warning(warning_id=warning_id, outcome=step.outcome, by=by)


async def _whose(warning_id: UUID, cast: Cast) -> tuple[Actor, int]:
    """Who has it now, and the number of his hand."""
    row = await fetch_row(
        "SELECT person, number FROM antifraud_hand WHERE warning = $1 ORDER BY number DESC LIMIT 1", warning_id
    )
    if row is None:
        raise LookupError(f"Nobody has warning {warning_id}")
    return next(who for member, who in cast.items() if member.id == row["person"]), row["number"]


@transaction
async def ring_anew() -> UUID:
    """An exercise that nobody has taken yet, so that a visitor sees the clock run; its id.

    One of these two hours stays; else it is a new one, and those before it are closed.
    """
    began, today = clock.now(), clock.today()
    days = [today - timedelta(days=back) for back in range(DAYS_KEPT)]
    fresh = [made_id(f"warning/fresh/{each}/{number}") for each in days for number in range(24)]
    rows = await fetch("SELECT id, state, received_at FROM antifraud_warning WHERE id = ANY($1)", fresh)
    for row in rows:
        if row["received_at"] > began - STAYS_FRESH:
            return UUID(str(row["id"]))
    known = {row["id"] for row in rows}
    id = next(each for each in fresh[:24] if each not in known)
    supervisor, desk = [await actor(person_id=who.id) for who in (holder(Role.SUPERVISOR), FRAUD_DESK)]
    for row in rows:
        if row["state"] != "closed":
            await acting.close_warning(warning_id=row["id"], outcome=WarningOutcome.MISTAKEN, by=supervisor)
    new = TypedWarning(
        level=WarningLevel.HIGH, division_code=VILLAGE, person=FRESH, fraud_type="fake_customer_service", exercise=True
    )
    return (await receiving.enter_warning(id=id, new=new, by=desk)).record.id


async def warning_ids() -> dict[str, UUID]:
    """Every warning of the story by its name; those that were posted have ids of their own, in the order they came."""
    rows = await fetch("SELECT id FROM antifraud_warning WHERE source = $1 ORDER BY received_at", SOURCE_ID)
    posted = dict(zip([each.name for each in ENDED if each.posted], [row["id"] for row in rows], strict=False))
    typed = {each.name: each.id for each in (*PURGED, *ENDED, *RUNNING) if not each.posted}
    return typed | posted


async def _there(warning_id: UUID) -> bool:
    return await fetch_row("SELECT FROM antifraud_warning WHERE id = $1", warning_id) is not None

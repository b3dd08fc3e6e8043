"""What happened in the county's villages: contacts recorded, needs moved on, flags answered, some checked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from backend.cases import ending, working
from backend.core import clock
from backend.media.actions import keep_photo
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.visits import needs, spot_checks
from backend.visits.actions import record_visit
from backend.visits.tables import NeedState
from seed import made_id
from seed.cast import COUNTY, EVERYBODY, Member, holder
from seed.story import DAYS
from seed.story_words import PHOTOS, Move, Told

HERE = Path(__file__).parent
SPOT_CHECK = made_id("spot check")
SAMPLE = 12
ANSWERED_WITHIN = timedelta(days=3)


async def keep_photos() -> None:
    """The pictures that some contacts show."""
    for name, photo_id in (
        ("culvert", PHOTOS.culvert),
        ("wheat_rust", PHOTOS.wheat_rust),
        ("culvert", PHOTOS.culvert_again),
    ):
        await keep_photo(
            content=(HERE / "photos" / f"{name}.jpg").read_bytes(),
            file_name=f"{name}.jpg",
            uploaded_by=EVERYBODY[0].id,
            photo_id=photo_id,
            door=Door.SEED,
        )


async def happens(told: Told, cast: Mapping[Member, Actor], *, ends_at: datetime) -> None:
    """One contact, and what became of its needs up to `ends_at`."""
    with clock.stopped(told.received_at):
        outcome = await record_visit(new=told.new, by=cast[told.by], door="seed")
    if not outcome.created:
        return
    at = told.received_at
    for need_id in [need.id for need in told.new.needs if need.id]:
        for move in _moves(told, ends_at):
            at += move.after
            if at >= ends_at:
                return
            mover = cast[holder(Role.HANDLER)] if move.by_handler else cast[told.by]
            with clock.stopped(at):
                await _move(need_id, move, mover)
        if at < ends_at - ANSWERED_WITHIN:
            await _answer(need_id, at + timedelta(hours=20), cast[told.by])


def _moves(told: Told, ends_at: datetime) -> tuple[Move, ...]:
    """As told; but nothing lies unmoved for weeks, or the supervisor's first day would be a heap of reminders."""
    lies = not told.moves and told.received_at < ends_at - ANSWERED_WITHIN
    return (Move(NeedState.PASSED_ON, timedelta(hours=6), by_handler=False),) if lies else told.moves


async def _answer(need_id: UUID, at: datetime, by: Actor) -> None:
    """Whoever still waits has heard how it stands."""
    if (await needs.get_need(need_id=need_id, by=by)).need.state == NeedState.PASSED_ON:
        with clock.stopped(at):
            await working.respond(
                case_id=need_id,
                id=made_id(f"answer/{need_id}"),
                remark="已经联系上了，排进了日程，办好会再告诉您。",
                by=by,
            )


async def _move(need_id: UUID, move: Move, by: Actor) -> None:
    """In the words of a need; what only cases have words for, by their verbs."""
    id, remark = made_id(f"step/{need_id}/{move.to_state}"), move.remark or ""
    if move.to_state is NeedState.EXPLAINED:
        await working.explain(case_id=need_id, id=id, reason_code="no_funds", remark=remark, by=by)
    elif move.to_state is NeedState.WITHDRAWN:
        await ending.withdraw(case_id=need_id, id=id, remark=remark, by=by)
    else:
        await needs.move_need(
            id=id, need_id=need_id, to_state=move.to_state, remark=move.remark, unit_id=move.unit_id, by=by
        )


async def checked(cast: Mapping[Member, Actor], begins_at: datetime) -> None:
    """The auditor draws a dozen visits and has asked about most of them."""
    auditor = cast[holder(Role.AUDITOR)]
    with clock.stopped(begins_at + timedelta(days=DAYS - 1)):
        drawn = await spot_checks.draw_spot_check(
            id=SPOT_CHECK,
            division_code=COUNTY,
            occurred_from=begins_at,
            occurred_to=begins_at + timedelta(days=DAYS - 2),
            size=SAMPLE,
            seed=20261122,
            by=auditor,
        )
        if drawn.created:
            await _find(drawn.record.id, [item.id for item in drawn.record.items], auditor)


async def _find(spot_check_id: UUID, item_ids: list[UUID], by: Actor) -> None:
    kinds = spot_checks.FindingKind
    answers = [kinds.CONFIRMED] * 8 + [kinds.UNREACHABLE, kinds.NOT_CONFIRMED]
    for item_id, finding in zip(item_ids, answers, strict=False):
        await spot_checks.record_finding(spot_check_id=spot_check_id, item_id=item_id, finding=finding, by=by)

"""Hot spots of place and topic (未诉先办, act before the complaint): found by the system, decided on by a supervisor.

A window of days is held against what the place itself had before. What is found names a place and a topic, never a
person; below ten people nothing of it is fit for the public. Taken up, its cases are one proactive matter; dropped or
left alone it is not proposed again for a while.
"""

from uuid import UUID, uuid5

from backend.cases import hot_spot_queries as queries
from backend.cases import loop_queries, notices, people, timeline, unit_tasks
from backend.cases.areas import READERS, decided_in, reads
from backend.cases.hot_spot_queries import Row
from backend.cases.hot_spot_schemas import HotSpotDecision, HotSpotRecord
from backend.cases.loop_policies import HotSpotPolicy, hot_spot_policy
from backend.cases.loop_refusals import HotSpotDecided, HotSpotUnknown
from backend.cases.loop_words import HotSpotState
from backend.cases.merging import lock_both
from backend.cases.reading import unit
from backend.cases.refusals import UnitUnknown
from backend.cases.schemas import CategoryShown, DivisionShown
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.paging import Page, Position, page, position
from backend.core.words import Term
from backend.people.actors import Actor, visible_to
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState

STATES = {
    HotSpotState.TAKEN_UP: Term("taken up"),
    HotSpotState.DROPPED: Term("dropped"),
    HotSpotState.EXPIRED: Term("expired for want of a decision"),
}


@schedule("cases/find-hot-spots", "20 6 * * *")
async def find_hot_spots() -> None:
    """Every morning: let go what nobody decided on, propose what stands out. Twice is harmless."""
    await _expire()
    at, policy = clock.now(), hot_spot_policy(clock.today())
    for row in await queries.standing_out(policy, at):
        await _propose(row, policy)


@transaction
async def _expire() -> None:
    for spot_id in await queries.expire(clock.now()):
        await tasks.settle(origin_room=notices.ROOM, origin_id=spot_id, to=TaskState.WITHDRAWN)


@transaction
async def _propose(row: Row, policy: HotSpotPolicy) -> None:
    spot_id = await queries.propose(ids.uuid7(), row, policy=policy, at=clock.now())
    supervisor = await people.supervisor_of(row["code"])
    if supervisor is None:
        return
    task = NewTask(
        id=uuid5(spot_id, "decide"),
        kind=TaskKind.OTHER,
        title_zh="发现一个诉求热点，请决定是否主动办理",
        title_en="A hot spot was found: take it up or drop it",
        assignee_id=supervisor,
        division_code=row["code"],
        origin_room=notices.ROOM,
        origin_id=spot_id,
    )
    await tasks.ask_many(tasks=[task])


async def list_hot_spots(
    *, by: Actor, state: HotSpotState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[HotSpotRecord]:
    """Hot spots of one's territory, the latest first: for supervisors, auditors, admins and operators."""
    rows = await queries.shown(visible_to(by, roles=READERS), state=state, limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda spot: Position(spot.found_at, spot.id))


@transaction
async def decide_hot_spot(*, hot_spot_id: UUID, decision: HotSpotDecision, by: Actor) -> HotSpotRecord:
    """Take it up or drop it, by a supervisor of the place. The same word again changes nothing.

    Raises NotYourArea (403), HotSpotUnknown, UnitUnknown (404), HotSpotDecided (409).
    """
    row = await queries.locked(hot_spot_id)
    if row is None or not reads(row["division_code"], by=by):
        raise HotSpotUnknown("There is no hot spot {id} that you may see.", id=str(hot_spot_id))
    await decided_in(row["division_code"], by=by)
    to = HotSpotState.TAKEN_UP if decision.take_up else HotSpotState.DROPPED
    if row["state"] == HotSpotState.PROPOSED:
        await _decide(row, to, decision, by=by)
    elif row["state"] != to:
        raise HotSpotDecided("It is {state} already.", state=STATES[row["state"]])
    return _record(await queries.one(hot_spot_id) or row)


async def _decide(row: Row, to: HotSpotState, decision: HotSpotDecision, *, by: Actor) -> None:
    lead = decision.lead_unit_id if decision.take_up else None
    if lead is not None and not await loop_queries.units([lead]):
        raise UnitUnknown("There is no open unit {id}.", id=str(lead))
    reason = decision.reason.strip()
    await queries.decide(row["id"], state=to.value, reason=reason, lead_unit=lead, by=by.person_id, at=clock.now())
    await tasks.settle(origin_room=notices.ROOM, origin_id=row["id"], by=by)
    if decision.take_up:
        await _tell_cases(row["id"], by=by)
    if lead is not None:
        await unit_tasks.ask_unit(
            lead,
            title_zh="诉求热点：请主动上门办理",
            title_en="A hot spot: act before the next complaint",
            origin_id=row["id"],
            division_code=row["division_code"],
            by=by,
            id=uuid5(row["id"], "act"),
        )


async def _tell_cases(hot_spot_id: UUID, *, by: Actor) -> None:
    case_ids = await queries.case_ids(hot_spot_id)
    await lock_both(*case_ids)
    for case_id in case_ids:
        payload: dict[str, object] = {"hot_spot": str(hot_spot_id)}
        await timeline.append(case_id=case_id, kind="taken_up_together", public=False, payload=payload, by=by.person_id)


def _record(row: Row) -> HotSpotRecord:
    policy = hot_spot_policy(clock.local(row["found_at"]).date())
    code = row["category_code"]
    return HotSpotRecord(
        **{
            name: row[name]
            for name in (
                *("id", "window_from", "window_to", "cases_n", "people_n", "expected_n", "found_at", "expires_at"),
                *("decided_at", "reason", "case_ids"),
            )
        },
        division=DivisionShown(row["division_code"], row["division_name"]),
        category=CategoryShown(code, row["name_zh"] or code, row["name_en"] or code),
        state=HotSpotState(row["state"]),
        publishable=row["people_n"] >= policy.public_people,
        lead_unit=unit(row["lead_unit"], row["unit_name"], row["public_phone"]),
    )

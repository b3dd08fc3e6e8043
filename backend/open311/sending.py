"""From a timeline to a partner: each minute what is new is put in the log, and each message is sent by a job.

A message that is not accepted is tried again, later each time (`policies`), and then held. It says the same at every
try, under the same id. As soon as one of its bytes may have left, the citizen's timeline says to whom what went: once
for each partner, purpose and set of fields.
"""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.cases import exchange
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.open311 import case_queries, fields, signing
from backend.open311 import delivery_queries as queries
from backend.open311.policies import open311_policy
from backend.open311.tables import Delivery
from backend.open311.words import NEVER_LEFT, Answer, DeliveryState, Event, Field

LANE = "partners"
SEND = "open311/send"
BATCH = 200
JSON = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "lianxin-webhooks"}


@schedule("open311/gather", "* * * * *")
async def gather() -> None:
    """Put what partners are to be told in the log. Twice is harmless: a line is told once."""
    for partner_id in await queries.enabled():
        while await gather_for(partner_id) == BATCH:
            pass


@transaction
async def gather_for(partner_id: UUID) -> int:
    """One batch for one partner; how many lines it was."""
    webhook = await queries.held(partner_id)
    if webhook is None:
        return 0
    now = clock.now()
    look_back = open311_policy(clock.today()).look_back
    lines = await queries.untold(webhook, to=now, look_back=look_back, limit=BATCH)
    known = await case_queries.facts(sorted({line["case_id"] for line in lines}))
    for line in lines:
        await _put(webhook, line, known[line["case_id"]])
    await queries.looked(partner_id, lines[-1]["at"] if len(lines) == BATCH else now)
    return len(lines)


async def _put(webhook: queries.Row, line: queries.Row, case: queries.Row) -> None:
    allowed = [Field(each) for each in webhook["fields"]]
    event = Event(line["kind"])
    body = fields.message(
        event=event, at=line["at"], purpose=webhook["purpose"], fields=allowed, row=case, payload=line["payload"]
    )
    delivery = Delivery(
        id=ids.uuid7(),
        partner=webhook["partner"],
        case=line["case_id"],
        line=line["id"],
        event=event.value,
        address=webhook["address"],
        purpose=webhook["purpose"],
        fields=[each.value for each in allowed],
        body=body,
        body_sha256=hashlib.sha256(body.encode()).digest(),
        state=DeliveryState.WAITING.value,
        made_at=clock.now(),
    )
    await Delivery.insert(delivery)
    await send_soon(delivery.id)


async def send_soon(delivery_id: UUID, *, after: timedelta | None = None) -> None:
    """Queue a delivery, in the caller's transaction. While one try waits, another is not added."""
    await enqueue(SEND, delivery_id, after=after, dedupe=None if after else f"{SEND} {delivery_id}")


@job(SEND, lane=LANE, at_once=lambda: 4)
async def send(delivery_id: UUID) -> None:
    """One try."""
    row = await queries.waiting(delivery_id)
    if row is None or row["body"] is None:
        return
    outcome = await _try(row) if row["enabled"] else None
    await _settle(row, outcome)


async def _try(row: queries.Row) -> Any:
    from backend.open311 import outgoing  # aiohttp is heavy, and most houses have no partner

    body = row["body"].encode()
    signed = signing.headers(
        delivery_id=row["id"], at=clock.now(), body=body, secret=signing.shown(row["secret_sealed"])
    )
    return await outgoing.post(row["address"], body, JSON | signed)


@transaction
async def _settle(row: queries.Row, outcome: Any) -> None:
    answer = outcome.answer if outcome else Answer.SWITCHED_OFF
    waits = open311_policy(clock.today()).waits
    attempts = row["attempts"] + (1 if outcome else 0)
    changes: dict[Any, Any] = {
        "address": row["address"],
        "attempts": attempts,
        "status": outcome.status if outcome else None,
        "answer": answer.value,
        "tried_at": clock.now(),
    }
    if answer is Answer.ACCEPTED:
        changes |= {"state": DeliveryState.DELIVERED.value, "delivered_at": clock.now()}
    elif answer is Answer.SWITCHED_OFF or attempts > len(waits):
        changes["state"] = DeliveryState.HELD.value
    else:
        await send_soon(row["id"], after=waits[attempts - 1])
    await Delivery.update(changes).where(Delivery.id == row["id"])
    if answer not in NEVER_LEFT:
        await _disclose(row)


async def _disclose(row: queries.Row) -> None:
    allowed = sorted(Field(each) for each in row["fields"])
    words = fields.told(allowed, partner=row["name"], purpose=row["purpose"])
    await exchange.disclose(
        case_id=row["case"],
        id=uuid5(row["case"], f"disclosed\n{row['partner']}\n{words}"),
        words=words,
        partner=row["name"],
        purpose=row["purpose"],
        fields=[each.value for each in allowed],
    )

"""What experts are told: a task in their day and a notice on their phone, in both languages, without a farmer's name.

A notice of an offer belongs to the offer (`origin_id`): it is called off with it, and no other notice is.
"""

from datetime import datetime
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases.numbers import grouped
from backend.core.words import Term
from backend.diagnosis.routing_queries import Row
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import Text, said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "diagnosis"
LOOK = TaskKind.ACKNOWLEDGE
"""The kind of the task that goes with an offer; no other task of the room has it."""

NEW = Term("A question about {crop} ({number}) is before you. Take it, or pass it on, by {until}.")
NEW_OPEN = Term("A question about {crop} ({number}) is before you. Take it, or pass it on.")
URGENT = Term("Urgent: a question about {crop} ({number}) is before you. Take it, or pass it on, by {until}.")
URGENT_OPEN = Term("Urgent: a question about {crop} ({number}) is before you. Take it, or pass it on.")
HANDED = Term("A colleague hands over to you a question about {crop} ({number}).")
POOLED = Term("A question about {crop} ({number}) waits in the pool: whoever is free may take it.")
NOBODY = Term("A question about {crop} ({number}) finds no expert: settle who answers it.")
TAKEN_OVER = Term("The question about {crop} ({number}) was taken over; there is nothing left to do for you.")


class Said(Struct, frozen=True, kw_only=True):
    """What a notice says of a request: its number and crop, how urgent it is, and by when."""

    request_id: UUID
    number: str
    crop_zh: str
    crop_en: str
    division_code: str
    urgent: bool = False
    until: datetime | None = None

    @classmethod
    def of(cls, wanted: Row, until: datetime | None = None) -> "Said":
        """Out of `routing_queries.asked`."""
        return cls(
            request_id=wanted["id"],
            number=grouped(wanted["number"]),
            crop_zh=wanted["crop_zh"],
            crop_en=wanted["crop_en"],
            division_code=wanted["division_code"],
            urgent=wanted["urgent"],
            until=until,
        )


async def offered(
    wanted: Row, offer_id: UUID, *, expert: UUID, until: datetime | None, awake: bool, handed: bool = False
) -> None:
    """Put a request before an expert: a task that runs out with the offer, and a notice, at any hour if urgent.

    awake   he is at work now: no quiet hours, and not only three notices a day
    """
    about = Said.of(wanted, until)
    if handed:
        message = HANDED
    elif until is None:
        message = URGENT_OPEN if about.urgent else NEW_OPEN
    else:
        message = URGENT if about.urgent else NEW
    await ask(about, message, id=uuid5(offer_id, "task"), to=expert, kind=LOOK, expires_at=until)
    await tell(about, message, to=[expert], origin_id=offer_id, dedupe_key=f"diagnosis offer {offer_id}", awake=awake)


async def pooled(wanted: Row, *, to: list[UUID]) -> None:
    """One notice to whoever is on duty; everybody else who is able sees it in the queue."""
    if to:
        key = f"diagnosis pool {wanted['id']} {wanted['offers_n']}"
        await tell(Said.of(wanted), POOLED, to=to, origin_id=_pool(wanted["id"]), dedupe_key=key, awake=True)


async def nobody(wanted: Row, *, to: UUID) -> None:
    """A supervisor settles who answers: no expert took it, and there is no chief."""
    about, id = Said.of(wanted), uuid5(wanted["id"], "nobody")
    await ask(about, NOBODY, id=id, to=to, kind=LOOK)
    await tell(about, NOBODY, to=[to], origin_id=id, dedupe_key=f"diagnosis nobody {wanted['id']}")


async def taken_over(wanted: Row, offer_id: UUID, *, from_whom: UUID) -> None:
    """Whoever had it hears that he need not go on."""
    key = f"diagnosis taken over {offer_id} {from_whom}"
    await tell(Said.of(wanted), TAKEN_OVER, to=[from_whom], origin_id=offer_id, dedupe_key=key, urgent=False)


async def settle(request_id: UUID, offer_id: UUID | None, *, by: Actor | None = None, done: bool = False) -> None:
    """Close the task of an offer, and stop its notice (without an offer, the pool's): it was taken, or it went on."""
    to = TaskState.DONE if done else TaskState.WITHDRAWN
    await tasks.settle(origin_room=ROOM, origin_id=request_id, kind=LOOK, to=to, by=by)
    await push.call_off(origin_room=ROOM, origin_id=offer_id or _pool(request_id))


async def ask(
    about: Said, message: str, *, id: UUID, to: UUID, kind: TaskKind, expires_at: datetime | None = None
) -> None:
    """A task in somebody's day about a request."""
    words = _text(about, message)
    task = NewTask(
        id=id,
        kind=kind,
        title_zh=words.zh,
        title_en=words.en,
        assignee_id=to,
        urgency=Urgency.EMERGENCY if about.urgent else Urgency.NORMAL,
        expires_at=expires_at,
        division_code=about.division_code,
        origin_room=ROOM,
        origin_id=about.request_id,
        link=link(about.request_id),
    )
    await tasks.ask_many(tasks=[task])


async def tell(
    about: Said,
    message: str,
    *,
    to: list[UUID],
    origin_id: UUID,
    dedupe_key: str,
    awake: bool = False,
    urgent: bool | None = None,
) -> None:
    """A notice about a request. An urgent one rings day and night, others keep quiet hours unless he is awake."""
    await push.notify(
        to=to,
        text=_text(about, message),
        category=Category.EMERGENCY if (about.urgent if urgent is None else urgent) else Category.SERVICE,
        dedupe_key=dedupe_key,
        link=link(about.request_id),
        expires_at=about.until,
        origin_room=ROOM,
        origin_id=origin_id,
        on_duty=awake,
    )


def link(request_id: UUID) -> str:
    """The expert's page of a request."""
    return f"/console/clinic/{request_id}"


def _pool(request_id: UUID) -> UUID:
    return uuid5(request_id, "pool")


def _text(about: Said, message: str) -> Text:
    facts = {"number": about.number, "until": about.until}
    return Text(
        zh=said("zh", message, crop=about.crop_zh, **facts), en=said("en", message, crop=about.crop_en, **facts)
    )

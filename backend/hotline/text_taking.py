"""Text messages that a person reads: what they say, what he makes of them."""

from typing import Any
from uuid import UUID, uuid5

from backend.cases.opening import open_case
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.hotline import text_answers, text_contents
from backend.hotline import text_queries as queries
from backend.hotline.desk_asks import ROOM, asked_no_more
from backend.hotline.text_refusals import TextForgotten, TextTaken, TextUnknown
from backend.hotline.text_schemas import TextCase, TextDetail, TextRecord, TextTaking
from backend.hotline.words import TextState
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.push.told_citizens import Told, told_to_citizens
from backend.push.wording import Text

DESK = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
WAITING = (TextState.RECEIVED, TextState.UNROUTABLE)


async def list_texts(
    *, by: Actor, waiting: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[TextRecord]:
    """Those of one's desk and territory, the newest first, without words and senders.

    waiting   nobody has read it, and nothing came of it by itself

    Raises Forbidden (403), Invalid (400).
    """
    by.must_have(*DESK)
    scope = visible_to(by, roles=DESK)
    rows = await queries.page(scope, units=_units(by), waiting=waiting, limit=limit, after=position(cursor))
    return page(rows, limit, lambda each: Position(each.received_at, each.id))


async def look_at_text(*, text_id: UUID, by: Actor) -> TextRecord:
    """One as it stands in a list. Raises Forbidden (403), TextUnknown (404)."""
    return queries.record(await _seen(text_id, by))


@transaction
async def get_text(*, text_id: UUID, by: Actor, request_id: str, with_sender: bool = True) -> TextDetail:
    """What it says and, unless told otherwise, who wrote it; the read goes into the access log.

    Raises Forbidden (403), TextUnknown (404).
    """
    row = await _seen(text_id, by)
    sender, body = text_contents.opened(row)
    found = TextDetail(text=queries.record(row), sender=sender if with_sender else None, body=body)
    fields = [name for name in ("sender", "body") if getattr(found, name) is not None]
    if fields:
        await note_access(by=by, subject_kind="text", subject_id=text_id, fields=fields, request_id=request_id)
    return found


async def answers_to(*, text_id: UUID, by: Actor) -> list[Told]:
    """What was sent back, and how far it came. Raises Forbidden (403), TextUnknown (404)."""
    await _seen(text_id, by)
    return await told_to_citizens(origin_room=ROOM, origin_id=text_id)


@transaction
async def take_text(*, text_id: UUID, taking: TextTaking, by: Actor) -> TextRecord:
    """Make of a message what it is: a case, an answer, or nothing. The same by the same person again changes nothing.

    Raises Forbidden (403), TextUnknown (404), TextTaken, TextForgotten (409), and what opening a case raises.
    """
    row = await _seen(text_id, by, lock=True)
    becomes = TextState.CASE if taking.case else TextState.ANSWERED
    if row["state"] not in WAITING:
        if (row["taken_by"], row["state"]) == (by.person_id, becomes):
            return queries.record(row)
        raise TextTaken("Something came of it already; it stays.")
    sender, body = text_contents.opened(row)
    if sender is None or body is None:
        raise TextForgotten("Its words and its sender were forgotten after six months.")
    case_id = await _open(row, taking.case, sender, body, by=by) if taking.case else None
    if taking.answer:
        words = Text(zh=taking.answer.strip(), public=True)
        await text_answers.write(sender, words, text_id=text_id, key="by a person")
    await queries.change(text_id, state=becomes.value, case=case_id, taken_by=by.person_id, taken_at=clock.now())
    await asked_no_more(text_id, by=by, done=True)
    return queries.record(await queries.text(text_id))


async def _open(row: Any, made: TextCase, sender: str, body: str, *, by: Actor) -> UUID:
    """The case, with his receipt number by text message."""
    new = NewCase(
        id=uuid5(row["id"], "case"),
        channel=Channel.SMS,
        category_code=made.category_code,
        title=made.title,
        description=body,
        division_code=made.division_code,
        household_id=made.household_id,
        contact_phone=sender,
        opened_at=min(row["sent_at"], clock.now()),
    )
    opened = (await open_case(new=new, by=by, door="sms", owner_unit_id=row["unit"])).record.case
    facts = {"number": opened.number_said, "plain": opened.number}
    await text_answers.answer(sender, text_answers.GOT, text_id=row["id"], **facts)
    return opened.id


async def _seen(text_id: UUID, by: Actor, *, lock: bool = False) -> Any:
    by.must_have(*DESK)
    row = await queries.text(text_id, lock=lock)
    if row is None or not (row["unit"] in _units(by) or visible_to(by, roles=DESK).covers(row["division_code"])):
        raise TextUnknown("There is no text message {id} that you may see.", id=str(text_id))
    return row


def _units(by: Actor) -> list[UUID]:
    return [held.unit_id for held in by.held if held.unit_id is not None and held.role in DESK]

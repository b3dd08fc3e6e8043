"""Text messages come in (民情通): signed posts of a gateway; one message by its reference, however often it is posted.

    MQ, ZX + words   a case or a question, where the number's village is known; its receipt number goes back
    CX + number      where a case of his stands
    TD               nothing comes to the number any more
    anything else    a person reads it (`text_taking`)

Words of an emergency ring the desk at once, and he is told whom to dial. What became of messages that we send, the
provider tells push (receiveReceipts).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.cases import numbers
from backend.cases.found import title_of
from backend.cases.opening import open_case
from backend.cases.schemas import NewCase
from backend.cases.words import CaseKind, CaseState, Channel
from backend.core import clock, ids, malformed
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, Invalid
from backend.core.words import Term
from backend.hotline import emergency_words, line_posts, text_answers, text_contents
from backend.hotline import text_queries as queries
from backend.hotline.call_numbers import hold_reference
from backend.hotline.call_refusals import LinePostAgain
from backend.hotline.call_schemas import SayFirst
from backend.hotline.desk_asks import ask_desk
from backend.hotline.systems import KnownSystem
from backend.hotline.text_rules import CodeKind, Written, read, text_policy
from backend.hotline.text_schemas import PostedText, TextReceipt
from backend.hotline.words import SystemKind, TextState
from backend.people.rules import normal_phone
from backend.push.citizens import stop_by_text
from backend.tasks.tables import Urgency

READ = Term("A text message waits for somebody to read it.")
READ_NOW = Term("A text message speaks of an emergency: read it now and ring the sender.")
PAGE = "/console/desk/texts"
HOUR = timedelta(hours=1)
VILLAGE_DIGITS = 12


class Came(Struct, frozen=True, kw_only=True):
    """A message that is being looked at."""

    id: UUID
    system: KnownSystem
    sender: str
    posted: PostedText
    written: Written
    talks: bool


class Became(Struct, frozen=True, kw_only=True):
    """What became of it by itself."""

    state: TextState
    case_id: UUID | None = None


async def receive_sms(*, system_id: UUID, headers: PostHeaders, body: bytes) -> Outcome[TextReceipt]:
    """Take in a signed post. The same reference again is the same message.

    body   a PostedText as JSON, exactly as it was signed; kept nowhere

    Raises LinePostNotSigned (401), Invalid (400), LinePostAgain, DifferentArguments (409).
    """
    system = await line_posts.sender(system_id, kind=SystemKind.SMS, headers=headers, body=body)
    return await _take_in(system, headers.message_id, _decoded(body))


def _decoded(body: bytes) -> PostedText:
    """Raises Invalid (400), which names the field and never its value."""
    try:
        posted = msgspec.json.decode(body, type=PostedText)
    except msgspec.ValidationError as error:
        raise Invalid("The post has mistakes; nothing was kept.", errors=[malformed.of_body(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid("The post is no JSON.") from None
    normal_phone(posted.sender)
    return posted


@transaction
async def _take_in(system: KnownSystem, message_id: str, posted: PostedText) -> Outcome[TextReceipt]:
    reference, digest = posted.reference.strip(), text_contents.digest(posted.sender, posted.body)
    await hold_reference(f"{system.id}\n{reference}")
    seen = await line_posts.came_before(system.id, message_id)
    stored = await queries.by_reference(system.id, reference)
    if stored is not None:
        if stored["arguments_digest"] != digest:
            raise DifferentArguments("Reference {reference} is another message's; it stays.", reference=reference)
        return Outcome(_receipt(stored["id"], TextState(stored["state"]), stored["received_at"]), created=False)
    if seen:
        raise LinePostAgain(
            "Message {id} came before with another reference. Give each message its own id.", id=message_id
        )
    return Outcome(await _keep(system, reference, posted, digest), created=True)


async def _keep(system: KnownSystem, reference: str, posted: PostedText, digest: bytes) -> TextReceipt:
    at, id, sender = clock.now(), ids.uuid7(), normal_phone(posted.sender)
    alarm, contents = emergency_words.found_in(posted.body), text_contents.sealed(sender, posted.body)
    written = read(posted.body, on=clock.local(at).date())
    answered_n = await queries.answered_since(contents["sender_index"], at - HOUR)
    await queries.insert(
        {
            "id": id,
            "system": system.id,
            "reference": reference,
            **contents,
            "code": written.code.code if written.code else None,
            "unit": system.unit_id,
            "division_code": system.division_code,
            "state": TextState.RECEIVED.value,
            "emergency": alarm is not None,
            "sent_at": posted.sent_at,
            "received_at": at,
            "arguments_digest": digest,
        }
    )
    talks = answered_n < text_policy(clock.local(at).date()).answers_an_hour
    came = Came(id=id, system=system, sender=sender, posted=posted, written=written, talks=talks)
    became = await _followed(came) if talks else Became(state=TextState.UNROUTABLE)
    await queries.change(id, state=became.state.value, case=became.case_id)
    await _ring(came, became, alarm)
    return _receipt(id, became.state, at)


async def _followed(came: Came) -> Became:
    """What its short code asks for."""
    kind = came.written.code.kind if came.written.code else None
    if kind in (CodeKind.REQUEST, CodeKind.QUESTION):
        return await _opened(came) if came.written.words else await _answered(came, text_answers.HOW)
    if kind is CodeKind.TRACK:
        return await _tracked(came)
    if kind is CodeKind.STOP and not came.written.words and await stop_by_text(phone=came.sender):
        return Became(state=TextState.ANSWERED)
    return Became(state=TextState.UNROUTABLE)


async def _opened(came: Came) -> Became:
    """A case in the village of the sender; where nobody knows it, a person reads it."""
    place = await _place(came)
    code = came.written.code
    if place is None or code is None:
        return Became(state=TextState.UNROUTABLE)
    division_code, household_id = place
    new = NewCase(
        id=uuid5(came.id, "case"),
        channel=Channel.SMS,
        category_code=code.category_code or "other",
        kind=CaseKind.QUESTION if code.kind is CodeKind.QUESTION else CaseKind.REQUEST,
        title=title_of(came.written.words),
        description=came.written.words,
        division_code=division_code,
        household_id=household_id,
        contact_phone=came.sender,
    )
    opened = (await open_case(new=new, by=None, door="sms", owner_unit_id=came.system.unit_id)).record.case
    facts = {"number": opened.number_said, "plain": opened.number}
    await text_answers.answer(came.sender, text_answers.GOT, text_id=came.id, **facts)
    return Became(state=TextState.CASE, case_id=opened.id)


async def _place(came: Came) -> tuple[str, UUID | None] | None:
    """The one village in which the number is known, with its household where that is one too."""
    known = await queries.places_of(came.sender, came.system.prefix)
    villages = {code[:VILLAGE_DIGITS] for code, _ in known}
    if len(villages) != 1:
        return None
    homes = {(code, household) for code, household in known if household is not None}
    return next(iter(homes)) if len(homes) == 1 else (villages.pop(), None)


async def _tracked(came: Came) -> Became:
    """Where a case of this number's stands. Another's, and none at all, are the same answer."""
    asked = numbers.plain(came.written.words) or None
    found = await queries.case_of(came.sender, asked)
    if found is None:
        return await _answered(came, text_answers.NONE)
    facts = text_answers.standing(found["number"], CaseState(found["state"]), found["unit_name"])
    return await _answered(came, text_answers.STANDS, **facts)


async def _answered(came: Came, message: str, **facts: Any) -> Became:
    """Where no text message reaches the number, somebody has to ring it."""
    told = await text_answers.answer(came.sender, message, text_id=came.id, **facts)
    return Became(state=TextState.ANSWERED if told else TextState.UNROUTABLE)


async def _ring(came: Came, became: Became, alarm: SayFirst | None) -> None:
    """The desk is asked to read what nobody has; an emergency rings it whatever became of the message."""
    if alarm is None and became.state is not TextState.UNROUTABLE:
        return
    await ask_desk(
        came.system.unit_id,
        READ_NOW if alarm else READ,
        id=uuid5(came.id, "read"),
        origin_id=came.id,
        division_code=came.system.division_code,
        by=None,
        link=f"{PAGE}/{came.id}",
        urgency=Urgency.EMERGENCY if alarm else Urgency.HIGH,
    )
    if alarm is not None and came.talks:
        await text_answers.answer(came.sender, text_answers.DIAL, text_id=came.id, key="dial", line=alarm.line.value)


def _receipt(id: UUID, state: TextState, at: Any) -> TextReceipt:
    return TextReceipt(id=id, state=state, received_at=at)

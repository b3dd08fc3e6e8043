"""What a phone does offline about sick crops: ask, write down what the farmer answers, tell him, say what became of it.

A request does not wait for its photos: it is made with those that are here and expects the others, which join its case
by a command of their own (`addCasePhotos`) when they come.
"""

from collections.abc import Sequence
from uuid import UUID, uuid5

import msgspec

from backend.core import creates
from backend.diagnosis import outcomes, questions, records, requests, telling
from backend.diagnosis.answer_schemas import NewOutcome, NewTelling
from backend.diagnosis.request_schemas import DiagnosisRecord, NewRequest, QuestionAnswer
from backend.sync import ledger
from backend.sync.bodies import body, made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.commands.cases import ADD_PHOTOS, AddCasePhotos
from backend.sync.ledger import Line
from backend.sync.photos_here import here, must_be_here
from backend.sync.words import CommandOutcome

DOOR = "sync"
MOST_EXPECTED = 20


class AnswerQuestion(QuestionAnswer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the farmer says to a question. Without `id` his answer has the command's."""

    request_id: UUID
    question_id: UUID


class TellAnswer(NewTelling, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The farmer has heard the answer. Without `id` the telling has the command's."""

    request_id: UUID


class RecordOutcome(NewOutcome, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of the crop. Without `id` the outcome has the command's."""

    request_id: UUID


async def _request(said: NewRequest, doing: Doing) -> Done:
    """Told with its number and the receipt's secret, which are told once."""
    come = await here(said.photo_ids, author_id=doing.by.person_id, carrier_id=doing.carrier.person_id)
    late = [id for id in said.photo_ids if id not in come]
    new = body(
        said,
        NewRequest,
        id=said.id or doing.command_id,
        asked_at=said.asked_at or doing.done_at,
        photo_ids=[id for id in said.photo_ids if id in come],
        photos_expected=min(said.photos_expected + len(late), MOST_EXPECTED),
    )
    outcome = await requests.request_diagnosis(new=new, by=doing.by, door=DOOR)
    done = made(outcome, outcome.record.request.id)
    if not (late and outcome.created):
        return msgspec.structs.replace(done, record=outcome.record)
    await ledger.keep([_waiting(outcome.record.request.id, late, doing)])
    return msgspec.structs.replace(done, record=outcome.record, waiting_for=late)


def _waiting(request_id: UUID, photo_ids: Sequence[UUID], doing: Doing) -> Line:
    said = AddCasePhotos(case_id=request_id, photo_ids=list(photo_ids))
    return Line(
        id=uuid5(doing.command_id, "photos"),
        verb=ADD_PHOTOS,
        author_id=doing.by.person_id,
        carrier_id=doing.carrier.person_id,
        device_id=doing.carrier.device_id,
        captured_at=doing.captured_at,
        received_at=doing.received_at,
        ahead=doing.ahead,
        digest=creates.digest([ADD_PHOTOS, doing.by.person_id, said]),
        outcome=CommandOutcome.WAITING,
        arguments=msgspec.json.encode(said),
        waiting_for=photo_ids,
    )


async def _answer(said: AnswerQuestion, doing: Doing) -> Done:
    await must_be_here(said.photo_ids, doing=doing)
    new = body(said, QuestionAnswer, id=said.id or doing.command_id)
    await questions.answer_question(
        request_id=said.request_id, question_id=said.question_id, new=new, by=doing.by, at=doing.done_at
    )
    return Done(record_id=said.request_id)


async def _tell(said: TellAnswer, doing: Doing) -> Done:
    new = body(said, NewTelling, id=said.id or doing.command_id)
    return made(await telling.tell(request_id=said.request_id, new=new, by=doing.by, at=doing.done_at), said.request_id)


async def _outcome(said: RecordOutcome, doing: Doing) -> Done:
    new = body(said, NewOutcome, id=said.id or doing.command_id)
    outcome = await outcomes.record_outcome(request_id=said.request_id, new=new, by=doing.by, at=doing.done_at)
    return made(outcome, outcome.record.id)


async def _read(request_id: UUID, doing: Doing) -> DiagnosisRecord:
    return await records.get(request_id=request_id, by=doing.by)


offer(CommandKind(verb="requestDiagnosis", arguments=NewRequest, run=_request, read=_read))
offer(CommandKind(verb="answerQuestion", arguments=AnswerQuestion, run=_answer, read=_read))
offer(CommandKind(verb="tellAnswer", arguments=TellAnswer, run=_tell, read=_read))
offer(CommandKind(verb="recordOutcome", arguments=RecordOutcome, run=_outcome))

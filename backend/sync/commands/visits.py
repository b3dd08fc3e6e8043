"""What a phone does with visits offline: record one, add its photos, answer a flag. Amending is `amending`."""

from uuid import UUID

from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.photos_here import must_be_here
from backend.sync.words import CommandOutcome
from backend.visits import actions
from backend.visits.photos import attach_photos
from backend.visits.schemas import FlagAnswer, NewVisit, NewVisitPhotos, VisitRecord
from backend.visits.tables import FlagKind

ATTACH = "attachVisitPhotos"


class AttachVisitPhotos(NewVisitPhotos, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Photos of one's own visit that came after it. It waits for them."""

    visit_id: UUID


class AnswerFlag(FlagAnswer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the cadre says to a flag on his own visit."""

    visit_id: UUID
    kind: FlagKind


async def _attach(said: AttachVisitPhotos, doing: Doing) -> Done:
    await must_be_here([photo.photo_id for photo in said.photos], doing=doing)
    await attach_photos(visit_id=said.visit_id, photos=said.photos, by=doing.by)
    return Done(record_id=said.visit_id)


async def _answer(said: AnswerFlag, doing: Doing) -> Done:
    outcome = await actions.answer_flag(
        visit_id=said.visit_id, kind=said.kind, answer=said.answer, by=doing.by, at=doing.done_at
    )
    done = CommandOutcome.STORED if outcome.created else CommandOutcome.DUPLICATE
    record = None if outcome.created else await _read(said.visit_id, doing)
    return Done(record_id=said.visit_id, outcome=done, record=record)


async def _read(visit_id: UUID, doing: Doing) -> VisitRecord:
    return await actions.get_visit(visit_id=visit_id, by=doing.by)


offer(CommandKind(verb="recordVisit", arguments=NewVisit, run=None))
offer(CommandKind(verb=ATTACH, arguments=AttachVisitPhotos, run=_attach, read=_read))
offer(CommandKind(verb="answerFlag", arguments=AnswerFlag, run=_answer, read=_read))

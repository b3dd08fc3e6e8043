"""What whoever acts on a case does away from the office: take it in hand, report back, note, resolve, add photos.

A step says when it was done and when it came: the case's clocks run by the latter, so that no phone's clock can put
back what was due.
"""

from uuid import UUID

from backend.cases import dispatching, records, working
from backend.cases.schemas import CaseRecord
from backend.cases.step_schemas import AddingPhotos, Noting, Resolving, TakingInHand, Telling
from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.photos_here import must_be_here

ADD_PHOTOS = "addCasePhotos"


class TakeCaseInHand(TakingInHand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case is one's own from now on. Without `id` a step has the command's."""

    case_id: UUID


class RespondToCase(Telling, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer in substance while the work goes on."""

    case_id: UUID


class NoteOnCase(Noting, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A remark for staff."""

    case_id: UUID


class ResolveCase(Resolving, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked for is done. It waits for its photos, which show it."""

    case_id: UUID


class AddCasePhotos(AddingPhotos, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """More photos of the matter."""

    case_id: UUID


async def _take_in_hand(said: TakeCaseInHand, doing: Doing) -> Done:
    id = said.id or doing.command_id
    await dispatching.take_in_hand(case_id=said.case_id, id=id, by=doing.by, at=doing.done_at)
    return Done(record_id=said.case_id)


async def _respond(said: RespondToCase, doing: Doing) -> Done:
    id = said.id or doing.command_id
    await working.respond(case_id=said.case_id, id=id, remark=said.remark, by=doing.by, at=doing.done_at)
    return Done(record_id=said.case_id)


async def _note(said: NoteOnCase, doing: Doing) -> Done:
    id = said.id or doing.command_id
    await working.note(case_id=said.case_id, id=id, remark=said.remark, by=doing.by, at=doing.done_at)
    return Done(record_id=said.case_id)


async def _resolve(said: ResolveCase, doing: Doing) -> Done:
    await must_be_here(said.photo_ids, doing=doing)
    id = said.id or doing.command_id
    await working.resolve(
        case_id=said.case_id,
        id=id,
        remark=said.remark,
        photo_ids=said.photo_ids,
        by=doing.by,
        at=doing.done_at,
    )
    return Done(record_id=said.case_id)


async def _add_photos(said: AddCasePhotos, doing: Doing) -> Done:
    await must_be_here(said.photo_ids, doing=doing)
    id = said.id or doing.command_id
    await working.add_photos(case_id=said.case_id, id=id, photo_ids=said.photo_ids, by=doing.by, at=doing.done_at)
    return Done(record_id=said.case_id)


async def _read(case_id: UUID, doing: Doing) -> CaseRecord:
    return await records.get_case(case_id=case_id, by=doing.by)


offer(CommandKind(verb="takeCaseInHand", arguments=TakeCaseInHand, run=_take_in_hand, read=_read))
offer(CommandKind(verb="respondToCase", arguments=RespondToCase, run=_respond, read=_read))
offer(CommandKind(verb="noteOnCase", arguments=NoteOnCase, run=_note, read=_read))
offer(CommandKind(verb="resolveCase", arguments=ResolveCase, run=_resolve, read=_read))
offer(CommandKind(verb=ADD_PHOTOS, arguments=AddCasePhotos, run=_add_photos, read=_read))

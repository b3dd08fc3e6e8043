"""Reading cases: one with all that stands around it, and its contact, which leaves a trace."""

from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases import clocks, queries, reading
from backend.cases.blindness import ASKED_AND_SENT, is_blind
from backend.cases.contacts import opened
from backend.cases.holding import unknown
from backend.cases.schemas import CaseRecord, PhotoShown, TimelineLine
from backend.cases.visibility import Seen, sight
from backend.core.database import transaction
from backend.deadlines.schemas import ClockRecord
from backend.media.facts import SIZES
from backend.media.signed_addresses import signed_address
from backend.people.access_log import note_access
from backend.people.actors import Actor

PHOTOS_OPEN_FOR = timedelta(hours=1)


class CaseContact(Struct, frozen=True, kw_only=True):
    """How to reach whoever asked; null where he left nothing, or had it erased."""

    case_id: UUID
    contact_name: str | None
    contact_phone: str | None


async def get_case(*, case_id: UUID, by: Actor, timeline: bool = False) -> CaseRecord:
    """A case that `by` may see; with all its lines where `timeline` is asked for. Raises CaseUnknown (404).

    Its photos come along by signed addresses: who handles a case sees them, whatever he may see besides.
    """
    case = await _read(case_id, by=by, timeline=timeline)
    return msgspec.structs.replace(case, photos=[_shown(photo_id) for photo_id in case.photo_ids])


def _shown(photo_id: UUID) -> PhotoShown:
    large, small = (signed_address(photo_id=photo_id, longest=each, valid_for=PHOTOS_OPEN_FOR) for each in SIZES)
    return PhotoShown(photo_id, small, large)


async def read(case_id: UUID, *, known: list[ClockRecord] | None = None) -> CaseRecord:
    """The same without asking who reads: for verbs that have looked. Raises CaseUnknown (404).

    known   its clocks, from a verb that has just moved them
    """
    return await _read(case_id, by=None, timeline=False, known=known)


@transaction
async def read_contact(*, case_id: UUID, by: Actor, request_id: str) -> CaseContact:
    """How to reach whoever asked; the read goes into the access log. Raises CaseUnknown (404)."""
    await _read(case_id, by=by, timeline=False)
    sealed = await queries.contact(case_id)
    await note_access(
        by=by,
        subject_kind="case",
        subject_id=case_id,
        fields=["contact_name", "contact_phone"],
        request_id=request_id,
    )
    return CaseContact(case_id=case_id, **opened(sealed or {}))


async def _read(
    case_id: UUID, *, by: Actor | None, timeline: bool, known: list[ClockRecord] | None = None
) -> CaseRecord:
    row = await queries.case(case_id)
    if row is None or (by is not None and not sight(by).sees(msgspec.convert(dict(row), Seen))):
        raise unknown(case_id)
    lines = await _lines(case_id, by) if timeline else None
    running = known if known is not None else await clocks.of_case(case_id)
    return reading.record(row, clocks=running, photo_ids=row["photo_ids"], timeline=lines)


async def _lines(case_id: UUID, by: Actor | None) -> list[TimelineLine]:
    """All lines; to whoever owes a blind opinion only what was asked and sent."""
    blind = by is not None and await is_blind(case_id=case_id, person_id=by.person_id)
    rows = await queries.lines(case_id)
    return [reading.line(each) for each in rows if not blind or each["kind"] in ASKED_AND_SENT]

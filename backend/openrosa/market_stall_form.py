"""A stall on a market: a form's answers become a case for each matter.

A matter keeps its own time, and its paper slip's number where it has one (`hotline.flow_slip_stalls`). All matters of a
record are taken or none. The record itself is kept as it was sent; it says who held the stall.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from backend.cases import working
from backend.cases.loop_words import FeedbackWay
from backend.cases.rules import StepNotOpen
from backend.cases.schemas import SpotAnswer
from backend.cases.words import CaseKind
from backend.core import clock
from backend.core.refusals import FieldError
from backend.core.words import Term, say, translations
from backend.hotline.flow_slip_schemas import TypedFlowSlip
from backend.hotline.flow_slip_stalls import Heard, SlipFate, case_of_matter, take_at_stall
from backend.openrosa import queries
from backend.openrosa.answers import shaped, wrong
from backend.openrosa.instances import NamedFile
from backend.openrosa.mapping_reading import answers_of
from backend.openrosa.stall_csv import markets_csv, villages_csv
from backend.openrosa.verb_doors import Became, Sent, VerbDoor
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor
from backend.people.station_schemas import StationRecord
from backend.people.stations import list_desks

DOOR = "openrosa"
WANTS_EXPERT = "expert"
QUESTION_CATEGORY, SUGGESTION_CATEGORY = "other.policy_question", "other.suggestion"
FIXED_CATEGORIES: Mapping[str, str] = {CaseKind.QUESTION: QUESTION_CATEGORY, CaseKind.SUGGESTION: SUGGESTION_CATEGORY}
"""Of the kinds whose category nobody has to choose."""

AT_STALL, HELD_BY, EXPERT = Term("At the stall: {place}"), Term("Held by: {names}"), Term("Wants an expert to look")
WAYS = {
    FeedbackWay.IN_PERSON: Term("Wishes to be told in person"),
    FeedbackWay.POSTED_NOTICE: Term("Wishes to be told by a posted notice"),
    FeedbackWay.WECHAT: Term("Wishes to be told by WeChat"),
}


class Matter(Struct, frozen=True, kw_only=True):
    """One matter as the phone wrote it."""

    typed: TypedFlowSlip
    slip_number: str | None
    way: FeedbackWay | None
    wants_expert: bool
    photos: frozenset[NamedFile]


class SaidPhoto(Struct, frozen=True):
    """A photo of a matter."""

    photo_id: UUID
    kind: str = ""


class Said(Struct, frozen=True, kw_only=True):
    """One matter under the names of the mapping, before it is looked over."""

    slip_number: str | None = None
    begun_at: str | None = None
    kind: str = ""
    category: str | None = None
    title: str | None = None
    words: str | None = None
    village: str | None = None
    place_note: str | None = None
    answer: str | None = None
    way: str | None = None
    contact_agreed: bool = False
    contact_name: str | None = None
    contact_phone: str | None = None
    photo: list[SaidPhoto] = []


class Stall(Struct, frozen=True, kw_only=True):
    """A stall under the names of the mapping."""

    market: str | None = None
    place: str | None = None
    held_by: str | None = None
    matters: list[Said] = []


class FilledStall(Struct, frozen=True):
    """A stall as it was read. Where it stood is looked up when it is recorded."""

    stall_id: UUID
    stall: Stall
    matters: list[Matter]

    async def record(self, *, by: Actor) -> Became:
        """Raises what opening a case refuses."""
        station = await _station(self.stall.market, by)
        where = station.name if station else self.stall.place
        heard = [
            await take_at_stall(
                id=matter_id(self.stall_id, n),
                typed=replace(each.typed, description=_words(each, where, self.stall.held_by)),
                by=by,
                door=DOOR,
                stall_id=self.stall_id,
                number=each.slip_number,
                unit_id=station.id if station else None,
            )
            for n, each in enumerate(self.matters)
        ]
        took = frozenset(photo for each in self.matters for photo in each.photos)
        division_code = heard[0].case.division.code if heard else by.held[0].division_code
        return Became(self.stall_id, division_code, took, said=_said(heard))


def matter_id(stall_id: UUID, n: int) -> UUID:
    """The id of the nth matter's case, where no slip gives it one."""
    return uuid5(stall_id, f"matter {n}")


def _read(sent: Sent) -> FilledStall:
    stall = shaped(answers_of(sent), Stall)
    heard = [each for each in stall.matters if each.title or each.words or each.slip_number]
    photos = {photo: file for file, photo in sent.files.items()}
    return FilledStall(sent.instance.submission_id, stall, [_matter(each, photos) for each in heard])


def _matter(said: Said, photos: Mapping[UUID, NamedFile]) -> Matter:
    """Raises Invalid (400)."""
    wants_expert = said.kind == WANTS_EXPERT
    kind = CaseKind.REQUEST.value if wants_expert else said.kind
    if not kind:
        raise wrong(FieldError(pointer="/kind", detail="Say what kind of matter it is.", code="required"))
    answers: dict[str, Any] = {
        "begun_at": said.begun_at,
        "kind": kind,
        "category_code": FIXED_CATEGORIES.get(kind) or said.category,
        "title": said.title,
        "description": said.words,
        "division_code": said.village,
        "place_note": said.place_note,
        "contact_name": said.contact_name if said.contact_agreed else None,
        "contact_phone": said.contact_phone if said.contact_agreed else None,
        "photo_ids": [str(each.photo_id) for each in said.photo],
    }
    typed = shaped(answers, TypedFlowSlip)
    if typed.kind is CaseKind.QUESTION and said.answer:
        typed = replace(typed, answer=shaped({"words": said.answer}, SpotAnswer))
    return Matter(
        typed=replace(typed, begun_at=min(typed.begun_at, clock.now())),
        slip_number=said.slip_number,
        way=shaped({"way": said.way}, _Way).way,
        wants_expert=wants_expert,
        photos=frozenset(photos[each.photo_id] for each in said.photo),
    )


class _Way(Struct, frozen=True):
    way: FeedbackWay | None = None


async def _station(market: str | None, by: Actor) -> StationRecord | None:
    """The one that was chosen; none that has closed since, or is nowhere near."""
    return next((each for each in await list_desks(by=by) if str(each.id) == market), None) if market else None


def _words(matter: Matter, where: str | None, held_by: str | None) -> str:
    """His own words, and below them what the case is told of the stall: in Chinese, for it stays."""
    chinese = translations("zh").gettext
    below = [
        chinese(AT_STALL).format(place=where) if where else "",
        chinese(HELD_BY).format(names=held_by) if held_by else "",
        chinese(EXPERT) if matter.wants_expert else "",
        chinese(WAYS[matter.way]) if matter.way else "",
    ]
    return "\n".join(filter(None, (matter.typed.description, "；".join(filter(None, below)))))


def _said(heard: list[Heard]) -> str:
    """What the phone is told: how many, and which numbers were no open slip's."""
    odd = [each.number or "" for each in heard if each.fate not in (SlipFate.TAKEN, SlipFate.NONE)]
    if odd:
        return say("Received, {n} matters. These numbers were no open slips: {numbers}.", n=len(heard), numbers=odd)
    return say("Received, {n} matters.", n=len(heard))


async def _add(stall_id: UUID, sent: Sent, by: Actor) -> Became:
    """Photos that come later go to their matter. One that takes no photo any more leaves them with the submission."""
    took: set[NamedFile] = set()
    division_code = by.held[0].division_code
    for n, matter in enumerate(_read(sent).matters):
        case_id = await case_of_matter(id=matter_id(stall_id, n), number=matter.slip_number)
        if not matter.photos or case_id is None:
            continue
        division_code = await queries.division_of_case(case_id)
        photo_ids = sorted(sent.files[photo] for photo in matter.photos)
        step_id = uuid5(case_id, " ".join(map(str, photo_ids)))
        try:
            await working.add_photos(case_id=case_id, id=step_id, photo_ids=photo_ids, by=by)
        except StepNotOpen:  # said before anything was written
            continue
        took |= matter.photos
    return Became(stall_id, division_code, frozenset(took))


MARKET_STALL = VerbDoor(
    verb="recordStall",
    becomes=RecordKind.MARKET_STALL,
    read=_read,
    add=_add,
    media={"markets.csv": markets_csv, "villages.csv": villages_csv},
)

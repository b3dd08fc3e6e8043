"""A request as the expert's desk shows it: photos before and now, the way to the next one, why somebody has it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console import labels
from backend.core.words import Term, say
from backend.diagnosis.request_schemas import DiagnosisRecord, RequestPhoto
from backend.media.facts import Kind, PhotoState, Reason

LEFT = {
    "refusal": Term("It goes on to somebody else."),
    "hand-over": Term("Handed over."),
}


class Photos(Struct, frozen=True):
    """What came at first, what came after a question or an answer, and what can be listened to."""

    first: list[RequestPhoto]
    later: list[RequestPhoto]
    voices: list[RequestPhoto]


class Walk(Struct, frozen=True, kw_only=True):
    """The list this request was opened from: its name, how many are in it, the one before and the one after."""

    name: str
    back: str
    n: int | None = None
    previous: str | None = None
    next: str | None = None


def photos(one: DiagnosisRecord) -> Photos:
    """Those that came after somebody asked back, or after an answer, show how it is now."""
    seen = [each for each in one.photos if each.kind is Kind.PHOTO and each.large]
    turned = _turned(one)
    later = [each for each in seen if turned and each.received_at > turned]
    return Photos(
        first=[each for each in seen if each not in later],
        later=later,
        voices=[each for each in one.photos if each.voice],
    )


def _turned(one: DiagnosisRecord) -> datetime | None:
    """When the first word went back to the farmer that was not the gate's."""
    said = [each.asked_at for each in one.questions if each.asked_by] + [each.given_at for each in one.answers]
    return min(said, default=None)


def reasons_of(photo: RequestPhoto) -> list[str]:
    """Why a photo shows little, in words."""
    known = dict(labels.photo_reasons())
    said = [known[Reason(each)] for each in photo.reasons if each in tuple(Reason)]
    return said or ([say("Refused")] if photo.state is PhotoState.REFUSED else [])


def walk(items: list[Any], *, at: UUID, tab: str, name: str, n: int | None) -> Walk:
    """Where one stands in a list of ids with an `id` each; outside it the next is its first."""
    ids = [each.id for each in items]
    here = ids.index(at) if at in ids else -1
    return Walk(
        name=name,
        back=f"/console/clinic?tab={tab}",
        n=n,
        previous=_to(ids[here - 1], tab) if here > 0 else None,
        next=_to(ids[here + 1], tab) if here + 1 < len(ids) and ids[here + 1] != at else None,
    )


def did(step: str) -> str | None:
    """What was just done, where the question is not one's own any more."""
    return say(LEFT[step]) if step in LEFT else None


def _to(request_id: UUID, tab: str) -> str:
    return f"/console/clinic/{request_id}?tab={tab}"

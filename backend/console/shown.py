"""Visits as a page shows them: words instead of codes, places without the committee's name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console import labels
from backend.people.actors import Actor
from backend.territory.points import PointRecord
from backend.visits.reference import Reference, reference
from backend.visits.schemas import FlagRecord, VisitNeed, VisitRecord


class FlagShown(Struct, frozen=True):
    """A flag in a sentence."""

    kind: str
    name: str
    sentence: str
    answer: str | None


class NeedShown(Struct, frozen=True):
    """A need with its state in a word and a tone."""

    id: UUID
    category_name: str
    description: str
    state_name: str
    tone: str
    state_since: datetime


class PhotoShown(Struct, frozen=True):
    """A photo and what it shows."""

    photo_id: UUID
    kind_name: str


class VisitShown(Struct, frozen=True, kw_only=True):
    """One visit for a row or a page."""

    id: UUID
    channel: str
    channel_name: str
    occurred_at: datetime
    received_at: datetime
    entered_late: bool
    place: str
    household_id: UUID | None
    household_code: str | None
    recorded_by_name: str
    mine: bool
    companions: list[str]
    topic_names: list[str]
    campaign_code: str | None
    note: str | None
    point: PointRecord | None
    coarse: bool
    flags: list[FlagShown]
    needs: list[NeedShown]
    photos: list[PhotoShown]

    @property
    def flag_names(self) -> list[str]:
        """The flags by name, for a row."""
        return [flag.name for flag in self.flags]


async def shown_visits(records: Iterable[VisitRecord], *, by: Actor) -> list[VisitShown]:
    """Records as a page shows them."""
    words = await reference()
    return [_visit(record, words, by) for record in records]


def topic_name(code: str, words: Reference) -> str:
    """A topic's name, or its code where it is no longer known."""
    topic = words.topics.get(code)
    return labels.topic(topic.name_zh, topic.name_en) if topic else code


def _visit(record: VisitRecord, words: Reference, by: Actor) -> VisitShown:
    return VisitShown(
        id=record.id,
        channel=record.channel,
        channel_name=labels.channel(record.channel),
        occurred_at=record.occurred_at,
        received_at=record.received_at,
        entered_late=record.entered_late,
        place=_place(record),
        household_id=record.household.id if record.household else None,
        household_code=record.household.code if record.household else None,
        recorded_by_name=record.recorded_by.name,
        mine=record.recorded_by.id == by.person_id,
        companions=record.companions,
        topic_names=[topic_name(code, words) for code in record.topics],
        campaign_code=record.campaign_code,
        note=record.note,
        point=record.point,
        coarse=record.coarse,
        flags=[_flag(flag) for flag in record.flags],
        needs=[_need(need, words) for need in record.needs],
        photos=[PhotoShown(photo.photo_id, labels.photo(photo.kind)) for photo in record.photos],
    )


def _place(record: VisitRecord) -> str:
    parts = [labels.place(record.division.name), record.household and record.household.code, record.place_note]
    return " · ".join(part for part in parts if part)


def _flag(flag: FlagRecord) -> FlagShown:
    facts: dict[str, Any] = {"measured": flag.measured, "threshold": flag.threshold, **flag.facts}
    return FlagShown(flag.kind, labels.flag(flag.kind), labels.flag_sentence(flag.kind, facts), flag.answer)


def _need(need: VisitNeed, words: Reference) -> NeedShown:
    state, tone = labels.need_state(need.state)
    return NeedShown(need.id, topic_name(need.category, words), need.description, state, tone, need.state_since)

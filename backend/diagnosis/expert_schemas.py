"""The shapes of experts and of routing: a profile as it is set and read, an offer's steps, and "why me?"."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from backend.cases.schemas import DivisionShown, UnitShown
from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment
from backend.diagnosis.words import RefusalReason, Tier, Topic
from backend.territory.points import Point

Title = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
Staffed = Annotated[str, Meta(min_length=1, max_length=120, description="08:30-11:30,14:00-17:30, Shandong's clock")]
Weekday = Annotated[int, Meta(ge=1, le=7)]
Weekdays = Annotated[list[Weekday], Meta(min_length=1, max_length=7, description="1 is Monday")]
AblePerDay = Annotated[int, Meta(ge=1, le=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]


class NewCompetence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field: crop × topic × place; null: all of them."""

    division_code: DivisionCode
    crop_code: Code | None = None
    topic: Topic | None = None


class ExpertSetting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be written of an expert; what is not named stays as it is. A new profile needs unit, tier, title,
    hours, weekdays, able_per_day and competences.

    An expert himself may name staffed, weekdays, able_per_day and away_until.

    portrait_id   a photo uploaded before by whoever sets it
    point         where he works, never his home; null: his unit's place
    away_until    a pause; null ends it
    competences   all of them: those that are not named any more are gone
    """

    unit_id: UUID | UnsetType = UNSET
    tier: Tier | UnsetType = UNSET
    title_zh: Title | UnsetType = UNSET
    portrait_id: UUID | UnsetType | None = UNSET
    point: Point | UnsetType | None = UNSET
    staffed: Staffed | UnsetType = UNSET
    weekdays: Weekdays | UnsetType = UNSET
    able_per_day: AblePerDay | UnsetType = UNSET
    away_until: Moment | UnsetType | None = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    competences: Annotated[list[NewCompetence], Meta(min_length=1, max_length=60)] | UnsetType = UNSET


class CompetenceRecord(Struct, frozen=True, kw_only=True):
    """One field of an expert; null: all of them."""

    crop_code: str | None
    crop_zh: str | None
    topic: Topic | None
    division: DivisionShown


class ExpertRecord(Struct, frozen=True, kw_only=True):
    """An expert as staff read him.

    portrait        a path that opens for an hour
    there_now       he is in his hours or on duty, and not away
    there_next      the moment from which he is there, now included; null: not within a month
    open_n          how many requests he has
    due, given      how many were his turn in the last days, and how many he was given
                    (these three for himself, his chief, supervisors and admins alone; null to others)
    """

    id: UUID
    name: str
    title_zh: str
    tier: Tier
    unit: UnitShown
    portrait: str | None
    competences: list[CompetenceRecord]
    staffed: str
    weekdays: list[int]
    able_per_day: int
    away_until: datetime | None
    valid_from: date
    valid_to: date | None
    there_now: bool
    there_next: datetime | None
    open_n: int | None
    due: float | None
    given: int | None


class Claiming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """He takes it. `id`: of the step, made by the phone; an Idempotency-Key stands for it too."""

    id: UUID | None = None


class Declining(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """He does not take it. `other` needs a remark; no names in it."""

    reason: RefusalReason
    remark: Annotated[str, Meta(max_length=500, pattern=NO_NUL)] = ""


class HandingOver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else takes it, and why. `id` is that of the new offer."""

    to_person_id: UUID
    reason: Reason
    id: UUID | None = None


class PartShown(Struct, frozen=True, kw_only=True):
    """One part of a score: `value` from 0 to 1, times its weight, gives the points; `words`: the same, said."""

    name: str
    value: float
    weight: float
    points: float
    words: str


class CandidateShown(Struct, frozen=True, kw_only=True):
    """One expert as he was weighed. `full`: he had as much as he is able for, so all others came first."""

    expert_id: UUID
    expert_name: str
    score: float
    full: bool
    parts: list[PartShown]


class RoutingRecord(Struct, frozen=True, kw_only=True):
    """One decision, as it was made.

    decision     offered, pooled, chief, nobody; `words` say the same
    considered   how many experts were able and there
    candidates   the best first, at most ten; an expert reads his own alone
    policy_from  since when the weights count, and `policy_source` where they come from
    """

    id: UUID
    at: datetime
    decision: str
    words: str
    considered: int
    chosen_id: UUID | None
    candidates: list[CandidateShown]
    policy_from: date
    policy_source: str

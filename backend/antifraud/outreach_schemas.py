"""The shapes of talks, posters, coverage and checks on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment

PlaceText = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
Said = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
Heads = Annotated[int, Meta(ge=1, le=100_000)]
LEAST_ASKED = 5
"""Fewer would tell of somebody whether he has the app."""


class NewTalk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A talk with residents. place: such as 村委会大院, nobody's name; photo_id: sent before, by the same person."""

    division_code: DivisionCode
    place: PlaceText
    headcount: Heads
    at: Moment
    fraud_type: Code | None = None
    round_id: UUID | None = None
    photo_id: UUID | None = None
    id: UUID | None = None


class TalkRecord(Struct, frozen=True, kw_only=True):
    """A talk that was held."""

    id: UUID
    division_code: str
    place: str
    headcount: int
    fraud_type: str | None
    round_id: UUID | None
    photo_id: UUID | None
    at: datetime
    recorded_at: datetime
    recorded_by: UUID


class NewPosters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Posters that hang at a place now. photo_id: of the place, sent before, by the same person."""

    division_code: DivisionCode
    place: PlaceText
    posters_n: Heads
    at: Moment
    photo_id: UUID | None = None
    id: UUID | None = None


class PostersRecord(Struct, frozen=True, kw_only=True):
    """Posters at a place."""

    id: UUID
    division_code: str
    place: str
    posters_n: int
    photo_id: UUID | None
    at: datetime
    recorded_at: datetime
    recorded_by: UUID


class NewAppCoverage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a village say of themselves that they have the app. Two numbers: nobody's name, nobody's phone.

    asked_n   who was asked and answered; five at least
    source    how it was counted, such as 村民大会举手
    """

    division_code: DivisionCode
    with_app_n: Annotated[int, Meta(ge=0, le=1_000_000)]
    asked_n: Annotated[int, Meta(ge=LEAST_ASKED, le=1_000_000)]
    on: date
    source: Annotated[str, Meta(min_length=2, max_length=200, pattern=NO_NUL)]
    id: UUID | None = None


class AppCoverageRecord(Struct, frozen=True, kw_only=True):
    """A count of one village."""

    id: UUID
    division_code: str
    with_app_n: int
    asked_n: int
    share: float
    on: date
    source: str
    recorded_at: datetime
    recorded_by: UUID


class VillageAppCoverage(Struct, frozen=True, kw_only=True):
    """The newest count of a village; all null: nobody has counted there, which is a gap."""

    division_code: str
    name: str
    with_app_n: int | None
    asked_n: int | None
    share: float | None
    on: date | None
    source: str | None


class VillagePlace(Struct, frozen=True, array_like=True):
    """The place of a village in a list, for a cursor."""

    division_code: str


class NewSupervisionCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a supervision group found on an irregular check. finding: no name and no number of a resident.

    group_number   Guan county has six
    fix_by         null: nothing is to be put right
    """

    group_number: Annotated[int, Meta(ge=1, le=99)]
    division_code: DivisionCode
    on: date
    finding: Said
    fix_by: date | None = None
    id: UUID | None = None


class NewFix(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it was put right."""

    fixed_on: date
    note: Annotated[str, Meta(min_length=1, max_length=400, pattern=NO_NUL)]


class SupervisionCheckRecord(Struct, frozen=True, kw_only=True):
    """A check. The words are empty two years after it. overdue: not put right, and `fix_by` is past."""

    id: UUID
    group_number: int
    division_code: str
    on: date
    finding: str
    fix_by: date | None
    fixed_on: date | None
    fixed_note: str | None
    overdue: bool
    recorded_at: datetime
    recorded_by: UUID

"""The shapes of public pledges (百件实事)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import DivisionShown, UnitShown
from backend.core.shapes import NO_NUL, DivisionCode
from backend.hotline.words import PledgeState

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Note = Annotated[str, Meta(min_length=1, max_length=400, pattern=NO_NUL)]
Year = Annotated[int, Meta(ge=2000, le=2100)]
Nth = Annotated[int, Meta(ge=1, le=999)]


class NewPledge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing a unit promises everybody, by the end of a day. `office` answers for it: an office, no name."""

    title: Title
    unit_id: UUID
    office: Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
    due_on: date


class NewPledgeBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A batch, whole: its pledges are numbered from 1 in the order given."""

    division_code: DivisionCode
    year: Year
    number: Nth
    title: Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
    pledges: Annotated[list[NewPledge], Meta(min_length=1, max_length=500)]
    id: UUID | None = None


class PledgeChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Done on a day; dropped, with the reason; or underway again, where that was a mistake, with the reason.

    note   everybody reads it
    """

    becomes: PledgeState
    done_on: date | None = None
    note: Note | None = None


class PublicPledge(Struct, frozen=True, kw_only=True):
    """A pledge as everybody reads it.

    overdue     underway after its day, or done later than it
    late_days   by how many days, until today or until it was done
    """

    id: UUID
    number: int
    title: str
    unit: UnitShown
    office: str
    due_on: date
    state: PledgeState
    done_on: date | None
    note: str | None
    overdue: bool
    late_days: int


class PublicPledgeBatch(Struct, frozen=True, kw_only=True):
    """A batch with its pledges in their order."""

    id: UUID
    division: DivisionShown
    year: int
    number: int
    title: str
    published_at: datetime
    pledges: list[PublicPledge]


class PledgeSeen(Struct, frozen=True, kw_only=True):
    """A pledge before somebody of the staff: he `settles` it and may say anything, or `reports` that it is done."""

    pledge: PublicPledge
    batch_title: str
    division: DivisionShown
    settles: bool
    reports: bool


class PledgeCounts(Struct, frozen=True, kw_only=True):
    """`pledges_n` is the sum of done, underway and dropped; in time and late are parts of done, overdue of underway."""

    pledges_n: int
    done_n: int
    done_in_time_n: int
    done_late_n: int
    underway_n: int
    overdue_n: int
    dropped_n: int


class PublicPledges(Struct, frozen=True, kw_only=True):
    """All pledges of a year, of a place and what lies in it.

    division   null: of all places here
    years, places   of which there are any
    """

    division: DivisionShown | None
    year: int
    years: list[int]
    places: list[DivisionShown]
    counted_on: date
    counts: PledgeCounts
    batches: list[PublicPledgeBatch]

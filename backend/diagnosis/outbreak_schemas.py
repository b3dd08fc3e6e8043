"""The shape of an outbreak. It names a crop, a disease, a township and a number: nobody, and no field."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import DivisionShown
from backend.territory.coordinates import Crs


class Named(Struct, frozen=True, kw_only=True):
    """A crop or a condition, by the name people use; `eppo_code` where the EPPO Global Database has one."""

    code: str
    name_zh: str
    name_en: str
    eppo_code: str | None


class OutbreakRecord(Struct, frozen=True, kw_only=True):
    """An outbreak as anybody may read it: what would point at fewer than five households is left out.

    division             the township in which most of it is
    longitude, latitude  the middle of a 1 km cell, in `crs`; never a farm's place
    households_n         households in `window_days`, within `radius_km`; a request without one counts by its telephone
    before_n             the same in the window before it was raised; null where that were one to four
    ended_on             null: it goes on. It ends when nothing was seen of it for `window_days`
    """

    id: UUID
    crop: Named
    condition: Named
    division: DivisionShown
    crs: Crs
    longitude: float
    latitude: float
    radius_km: float
    window_days: int
    households_n: int
    before_n: int | None
    raised_at: datetime
    last_seen_on: date
    ended_on: date | None

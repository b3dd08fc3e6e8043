"""Contacts as phones send them, for the tests of recording."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.ids import uuid7
from backend.media import actions as media
from backend.people.actors import Actor
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.visits.schemas import NewVisit
from backend.visits.tables import Channel

HOUSE = (116.3012, 36.9305)
"""Longitude and latitude of the cast's household LLM-001."""

NORTH_M = 1 / 111_194.93
"""Degrees of latitude in a metre, on the sphere that decides."""


def an_hour_ago() -> datetime:
    """An hour ago, to the second."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def contact(**said: Any) -> NewVisit:
    """A visit to LLM-001 an hour ago, unless told otherwise."""
    usual = {"id": uuid7(), "channel": Channel.VISIT, "occurred_at": an_hour_ago(), "household_code": "LLM-001"}
    return NewVisit(**(usual | said))


def body(**said: Any) -> dict[str, Any]:
    """The same as JSON."""
    usual = {
        "id": str(uuid7()),
        "channel": "visit",
        "occurred_at": an_hour_ago().isoformat(),
        "household_code": "LLM-001",
    }
    return {name: value for name, value in (usual | said).items() if value is not None}


def point(north_m: float = 0.0, **said: Any) -> Point:
    """Metres north of the house of LLM-001."""
    usual = {"crs": Crs.WGS84, "longitude": HOUSE[0], "latitude": HOUSE[1] + north_m * NORTH_M, "accuracy_m": 10.0}
    return Point(**(usual | said))


async def photo_of(by: Actor, content: bytes) -> UUID:
    """A photo that this person sent."""
    kept = await media.keep_photo(content=content, file_name="a.jpg", uploaded_by=by.person_id, photo_id=uuid7())
    return kept.id

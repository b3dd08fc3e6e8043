"""Where a poster hangs, and whose experts answer there."""

from msgspec import Struct

from backend.console import labels
from backend.core.refusals import Unknown
from backend.diagnosis.refusals import NoStudio
from backend.diagnosis.studios import Station, studio_of
from backend.people import stations
from backend.people.station_schemas import StationOpener


class Place(Struct, frozen=True):
    """A station, the name of its division, and the studio whose experts answer there, with its telephone."""

    station: StationOpener
    division: str
    studio: str | None
    phone: str | None

    @property
    def opener(self) -> str:
        """Whose the files are that come with the form."""
        return f"station:{self.station.unit_id}"


async def place_of(station: StationOpener) -> Place:
    """Whose experts answer here; its telephone, else the station's own."""
    shown = await stations.station(unit_id=station.unit_id)
    try:
        studio_id = await studio_of(
            station=Station(station.unit_id, station.division_code), division_code=station.division_code, proposed=None
        )
        studio = await stations.station(unit_id=studio_id)
    except (NoStudio, Unknown):
        studio = None
    phone = (studio.public_phone if studio else None) or shown.public_phone
    return Place(station, labels.place(shown.division_name), studio.name if studio else None, phone)

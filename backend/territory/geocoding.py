"""Addresses for division points, from whichever geopy geocoder the settings name; off unless they name one.

Nothing outside is asked inside a request: the verb enqueues a job in its transaction, the worker asks. Only a
division's public point is ever sent out, never a household's or a visit's.
"""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from geopy.exc import ConfigurationError, GeocoderNotFound
from geopy.geocoders import get_geocoder_for_service

from backend.core import jobs
from backend.core.settings import Settings, SettingsError, settings
from backend.territory import queries
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.tables import Division

JOB = "territory/reverse_geocode"

_SPEAKS = {"baidu": Crs.BD09, "baiduv3": Crs.BD09}
"""What a service takes its points in, where that is not WGS-84."""


async def ask_for_address(*, division_id: UUID) -> bool:
    """Have the worker look up the address of a division's point. False while no geocoder is named: nothing happens."""
    if not settings().geocoder:
        return False
    await jobs.enqueue(JOB, division_id, dedupe=f"{JOB} {division_id}")
    return True


@jobs.job(JOB)
async def describe_division_point(division_id: UUID) -> None:
    """Ask the geocoder and keep its address on the division. A failing service fails the job, which is tried again."""
    chosen = settings()
    found = await queries.division_by_id(division_id=division_id)
    if not chosen.geocoder or found.point is None:
        return
    longitude, latitude = from_wgs84(found.point.longitude, found.point.latitude, spoken_crs(chosen.geocoder))
    answer = await asyncio.to_thread(geocoder(chosen).reverse, (latitude, longitude), exactly_one=True)
    await Division.update({Division.geocoded_address: answer.address if answer else None}).where(
        Division.id == found.id
    )


def spoken_crs(name: str) -> Crs:
    """The system that a geocoder takes its points in."""
    return _SPEAKS.get(name.lower(), Crs.WGS84)


def geocoder(chosen: Settings) -> Any:
    """The geopy geocoder that GEOCODER names, made with GEOCODER_OPTIONS (a JSON object). Raises SettingsError."""
    try:
        options = msgspec.json.decode(chosen.geocoder_options, type=dict[str, Any])
        return get_geocoder_for_service(chosen.geocoder)(**{"timeout": 10, **options})
    except GeocoderNotFound as error:
        raise SettingsError(f"GEOCODER={chosen.geocoder!r} is none of geopy's geocoders") from error
    except (msgspec.MsgspecError, TypeError, ConfigurationError) as error:
        raise SettingsError(f"GEOCODER_OPTIONS cannot be used for {chosen.geocoder}: {error}") from error

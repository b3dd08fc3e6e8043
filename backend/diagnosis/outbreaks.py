"""Outbreaks as anybody signed in reads them: those of his county, with nothing in them that points at fewer than k."""

from collections.abc import Iterable

from backend.cases.schemas import DivisionShown
from backend.core import clock
from backend.core.paging import Page, Position, page, position
from backend.core.statements import Conditions
from backend.diagnosis import outbreak_queries as queries
from backend.diagnosis.outbreak_notices import COUNTY_DIGITS
from backend.diagnosis.outbreak_queries import Row
from backend.diagnosis.outbreak_schemas import Named, OutbreakRecord
from backend.diagnosis.policies import diagnosis_policy
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.points import DECIMALS


async def list_outbreaks(
    *,
    by: Actor,
    crop_code: str | None = None,
    condition_code: str | None = None,
    division_code: str | None = None,
    open: bool | None = None,
    crs: Crs = Crs.WGS84,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OutbreakRecord]:
    """Outbreaks in the counties where `by` holds any role, the latest raised first.

    division_code   of a division and all below it; of a village: of the township it lies in

    Raises DivisionUnknown (404), Invalid (400) for a cursor of another list.
    """
    found = Conditions()
    counties = {prefix[:COUNTY_DIGITS] for prefix in by.prefixes(Role)}
    found.parts.append(found.under("o.division_code", counties))
    if crop_code is not None:
        found.add("o.crop = {}", crop_code)
    if condition_code is not None:
        found.add("o.condition = {}", condition_code)
    if open is not None:
        found.add("o.ended_at IS NULL" if open else "o.ended_at IS NOT NULL")
    if division_code is not None:
        division = await territory.division(code=division_code)
        _in_or_around(found, await territory.prefixes(division_id=division.id))
    rows = await queries.shown(found, limit=limit + 1, after=position(cursor))
    places = {row["id"]: Position(row["raised_at"], row["id"]) for row in rows}
    return page([_record(row, crs) for row in rows], limit, lambda record: places[record.id])


def _in_or_around(found: Conditions, prefixes: Iterable[str]) -> None:
    below = [found.under("o.division_code", [prefix]) for prefix in prefixes]
    above = [f"starts_with({found.value(prefix)}, d.prefix)" for prefix in prefixes]
    found.parts.append(f"({' OR '.join([*below, *above])})")


def _record(row: Row, crs: Crs) -> OutbreakRecord:
    longitude, latitude = from_wgs84(row["longitude"], row["latitude"], crs)
    return OutbreakRecord(
        **{name: row[name] for name in ("id", "radius_km", "window_days", "households_n", "raised_at")},
        crop=_named(row, "crop"),
        condition=_named(row, "condition"),
        division=DivisionShown(row["division_code"], row["division_name"]),
        crs=crs,
        longitude=round(longitude, DECIMALS),
        latitude=round(latitude, DECIMALS),
        before_n=_told(row["before_n"], diagnosis_policy(row["policy_from"]).outbreak_households),
        last_seen_on=clock.local(row["last_seen_at"]).date(),
        ended_on=row["ended_at"] and clock.local(row["ended_at"]).date(),
    )


def _told(households_n: int, least: int) -> int | None:
    return households_n if households_n == 0 or households_n >= least else None


def _named(row: Row, kind: str) -> Named:
    return Named(code=row[kind], name_zh=row[f"{kind}_zh"], name_en=row[f"{kind}_en"], eppo_code=row[f"{kind}_eppo"])

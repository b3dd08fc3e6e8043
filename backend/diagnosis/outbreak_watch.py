"""Outbreaks: the same diagnosis on the same crop, rising in one neighbourhood, is told to experts and stations once.

    raised   households enough (k), and more than `rise` times those of the window before
    grows    what is seen within its radius afterwards is its own, and raises nothing again
    ends     nothing was seen there for a window; or corrections left fewer than k of what had raised it

Looked for after each coded answer, and every night. What a chief corrected counts, what he corrected away does not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.diagnosis import outbreak_notices as notices
from backend.diagnosis import outbreak_queries as queries
from backend.diagnosis.outbreak_queries import Row
from backend.diagnosis.outbreak_rules import Burst, Sighting, Terms, around, bursts, count, within
from backend.diagnosis.outbreak_tables import Outbreak
from backend.diagnosis.policies import DiagnosisPolicy, diagnosis_policy
from backend.territory.coordinates import cell_1km

LOOK = "diagnosis/look-for-outbreaks"

TOWNSHIP_DIGITS, CODE_DIGITS = 9, 12


class Diagnosed(Struct, frozen=True):
    """One diagnosis on one crop, by their codes."""

    condition: str
    crop: str


async def look_soon(*, request_id: UUID) -> None:
    """Have it looked for after the running transaction, which gave or corrected an answer."""
    await enqueue(LOOK, request_id, priority=-1)


@job(LOOK)
async def look_at_request(request_id: UUID) -> None:
    """Everything that a request was ever said to have: what a correction took away may have raised something."""
    for condition, crop in await queries.diagnosed(request_id):
        await look_for(condition=condition, crop=crop)


@schedule("diagnosis/look-for-all-outbreaks", "40 5 * * *")
async def look_for_all() -> None:
    """Every night: whatever was diagnosed in the last windows, and what may be over. Twice is harmless."""
    at, policy = clock.now(), diagnosis_policy(clock.today())
    for condition, crop in await queries.seen_since(at - 2 * policy.outbreak_window):
        await look_for(condition=condition, crop=crop)


@transaction
async def look_for(*, condition: str, crop: str) -> list[UUID]:
    """Look at one diagnosis on one crop as it is now; the ids of outbreaks raised. Two who look wait for each other."""
    await queries.alone(condition, crop)
    at, policy = clock.now(), diagnosis_policy(clock.today())
    open_ones = await queries.open_ones(condition, crop)
    window = max([policy.outbreak_window, *(timedelta(days=row["window_days"]) for row in open_ones)])
    rows = await queries.sightings(condition, crop, after=at - 2 * window, until=at)
    seen = [_sighting(row) for row in rows if row["longitude"] is not None]
    known = [(row["longitude"], row["latitude"]) for row in open_ones if await _goes_on(row, seen, at)]
    found = bursts(seen, at=at, terms=_terms(policy), known=known)
    what = Diagnosed(condition, crop)
    return [raised for burst in found if (raised := await _raise(burst, what, policy, at))]


def _sighting(row: Row) -> Sighting:
    return Sighting(
        request_id=row["request_id"],
        seen_at=row["seen_at"],
        cell=cell_1km(row["longitude"], row["latitude"]),
        place=row["division_code"][:TOWNSHIP_DIGITS].ljust(CODE_DIGITS, "0"),
        studio_id=row["studio_id"],
        household_id=row["household_id"],
        phone=row["phone"],
    )


def _terms(policy: DiagnosisPolicy) -> Terms:
    return Terms(
        households=policy.outbreak_households,
        radius_km=policy.outbreak_radius_km,
        window=policy.outbreak_window,
        rise=policy.outbreak_rise,
    )


async def _goes_on(row: Row, seen: Sequence[Sighting], at: datetime) -> bool:
    """Bring an open outbreak up to date, by the policy it was raised under; whether it goes on."""
    policy = diagnosis_policy(row["policy_from"])
    here = around((row["longitude"], row["latitude"]), seen, radius_km=row["radius_km"])
    since_raised = within(here, after=row["raised_at"] - policy.outbreak_window, until=at)
    if at - row["raised_at"] < policy.outbreak_window and count(since_raised) < policy.outbreak_households:
        await queries.end(row["id"], at=at)
        await notices.take_back(row, at=at)
        return False
    last_seen_at = max((each.seen_at for each in here), default=row["last_seen_at"])
    if at - max(last_seen_at, row["last_seen_at"]) >= policy.outbreak_window:
        await queries.end(row["id"], at=at)
        await notices.settle(row["id"])
        return False
    now = count(within(here, after=at - policy.outbreak_window, until=at))
    told = now if now >= policy.outbreak_households else None
    await queries.grow(row["id"], households_n=told, last_seen_at=last_seen_at)
    return True


async def _raise(burst: Burst, what: Diagnosed, policy: DiagnosisPolicy, at: datetime) -> UUID | None:
    """Write it down and tell it; None where its place is no division any more, and its county neither."""
    division = await _township(burst)
    if division is None:
        return None
    raised = Outbreak(
        id=ids.uuid7(at),
        crop=what.crop,
        condition=what.condition,
        division=division["id"],
        division_code=division["code"],
        longitude=burst.cell[0],
        latitude=burst.cell[1],
        radius_km=policy.outbreak_radius_km,
        window_days=policy.outbreak_window.days,
        households_n=burst.households_n,
        before_n=burst.before_n,
        raised_at=at,
        last_seen_at=max(each.seen_at for each in burst.sightings),
        policy_from=policy.valid_from,
    )
    raised.notice_id = await notices.tell(raised.to_dict(), division["name"], studio_id=_studio(burst))
    await Outbreak.insert(raised)
    return UUID(str(raised.id))


async def _township(burst: Burst) -> Row | None:
    """The township in which most of it is; its county where that was merged into another since."""
    places = [each.place for each in burst.sightings]
    most = max(sorted(set(places)), key=places.count)
    county = most[: notices.COUNTY_DIGITS].ljust(CODE_DIGITS, "0")
    today = clock.today()
    return await queries.division_of(most, today) or await queries.division_of(county, today)


def _studio(burst: Burst) -> UUID | None:
    studios = [each.studio_id for each in burst.sightings if each.studio_id]
    return max(sorted(set(studios)), key=studios.count, default=None)

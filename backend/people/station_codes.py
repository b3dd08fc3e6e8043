"""Station codes: what a farmer's phone carries in place of a sign-in after it scanned the QR of a station.

A code stands for its station, not for a person. Like an access key it is derived from its id and the server's secret,
and only its hash is stored: a copied database opens nothing, and a poster can be printed again. Several codes of one
station count side by side, each until it is revoked.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people import rules, tokens, unit_queries
from backend.people.access_tables import StationCode
from backend.people.actors import Actor, visible_to
from backend.people.allowances import Allowance, take
from backend.people.policies import station_policy
from backend.people.refusals import NotAStation, StationBusy, StationCodeUnknown, StationCodeVoid, UnitUnknown
from backend.people.station_schemas import StationCodeRecord, StationOpener
from backend.people.tables import Role, UnitKind

STATIONS = frozenset({UnitKind.STATION, UnitKind.STUDIO})
KEEPERS = (Role.ADMIN, Role.SUPERVISOR)


async def make_station_code(*, unit_id: UUID, by: Actor, id: UUID | None = None) -> str:
    """A new code as it is printed, `7K3M-9QXT-…`. Raises as `new_station_code`."""
    made = await new_station_code(unit_id=unit_id, by=by, id=id)
    assert made.record.code is not None  # noqa: S101 - a revoked one is refused
    return made.record.code


@transaction
async def new_station_code(*, unit_id: UUID, by: Actor, id: UUID | None = None) -> Outcome[StationCodeRecord]:
    """A new code; the same id again is the same code. Older ones go on to count.

    For administrators and supervisors of the station's territory.

    Raises Forbidden (403), UnitUnknown (404), NotAStation (409), DifferentArguments (409), StationCodeVoid (401) for
    the id of a revoked one.
    """
    await _must_keep(unit_id, by)
    code_id = id or ids.uuid7()
    fresh = StationCode(
        id=code_id, unit=unit_id, code_sha256=rules.sha256(_code(code_id)), made_by=by.person_id, made_at=clock.now()
    )
    written = await StationCode.insert(fresh).on_conflict(target=StationCode.id, action="DO NOTHING")
    row = await StationCode.select().where(StationCode.id == code_id).first()
    if row is None or row["unit"] != unit_id:
        raise DifferentArguments
    if row["revoked_at"]:
        raise StationCodeVoid
    return Outcome(_record(row), created=bool(written))


async def list_station_codes(*, unit_id: UUID, by: Actor) -> list[StationCodeRecord]:
    """All codes of a station, the newest first; the code itself while it counts. Raises as `new_station_code`."""
    await _must_keep(unit_id, by)
    rows = await StationCode.select().where(StationCode.unit == unit_id).order_by(StationCode.made_at, ascending=False)
    return [_record(row) for row in rows]


@transaction
async def revoke_station_code(*, code_id: UUID, by: Actor) -> None:
    """Void from the next request on; done twice it is the same. Raises Forbidden (403), StationCodeUnknown (404)."""
    by.must_have(*KEEPERS)
    row = await unit_queries.station_of_code(code_id=code_id)
    if row is None or not visible_to(by, roles=KEEPERS).covers(row["division_code"]):
        raise StationCodeUnknown
    await StationCode.update({StationCode.revoked_at: clock.now(), StationCode.revoked_by: by.person_id}).where(
        (StationCode.id == code_id) & StationCode.revoked_at.is_null()
    )


async def unit_of_station_code(code: str, *, address: str) -> StationOpener:
    """The open station that a code stands for, read as people write it: any case, blanks or hyphens between, O for 0.

    address  where the request comes from: who tries wrong ones again and again is told to wait

    Raises StationCodeVoid (401), StationBusy (429).
    """
    read = rules.station_code(code)
    opener = await unit_queries.station_opener(code_sha256=rules.sha256(read)) if read else None
    if opener is None:
        await _take(f"wrong {address}", station_policy(clock.today()).wrong_codes_per_address)
        raise StationCodeVoid
    return opener


async def let_in(opener: StationOpener, *, address: str) -> None:
    """Count something that is opened by a code. Raises StationBusy (429) where one address or code opens too much."""
    policy = station_policy(clock.today())
    await _take(f"address {address}", policy.openings_per_address)
    await _take(f"station code {opener.code_id}", policy.openings_per_code)


async def _take(holder: str, allowance: Allowance) -> None:
    wait: timedelta | None = await take(holder, allowance)
    if wait is not None:
        raise StationBusy(wait)


async def _must_keep(unit_id: UUID, by: Actor) -> None:
    by.must_have(*KEEPERS)
    unit = await unit_queries.open_unit(unit_id=unit_id)
    if unit is None or not visible_to(by, roles=KEEPERS).covers(unit["division_code"]):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    if unit["kind"] not in STATIONS:
        raise NotAStation


def _record(row: Mapping[str, Any]) -> StationCodeRecord:
    return StationCodeRecord(
        id=row["id"],
        unit_id=row["unit"],
        made_at=row["made_at"],
        revoked_at=row["revoked_at"],
        code=None if row["revoked_at"] else rules.grouped(_code(row["id"])),
    )


def _code(code_id: UUID) -> str:
    return rules.code_of(rules.derived_token("station code", str(code_id), key=tokens.derivation_key()))

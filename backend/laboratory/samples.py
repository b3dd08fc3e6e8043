"""Receiving: a bag with soil or produce is handed in, gets a number and a slip, and its way begins.

One transaction writes the sample, its first hand and what its farmer agreed to.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import structlog

from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.laboratory import (
    sample_contacts,
    sample_desks,
    sample_records,
    sample_rules,
    sample_storing,
    slips,
)
from backend.laboratory.sample_desks import Desk
from backend.laboratory.sample_refusals import SampleCodeTaken
from backend.laboratory.sample_schemas import NewSample, SampleRecord
from backend.laboratory.words import RunKind, SampleState
from backend.people.actors import Actor
from backend.people.household_queries import household_row
from backend.people.refusals import HouseholdUnknown, OtherTerritory
from backend.people.tables import Role
from backend.territory import queries as territory

log = structlog.get_logger()

RECEIVERS = (
    *(Role.TECHNICIAN, Role.EXPERT, Role.OPERATOR, Role.CADRE, Role.ASSISTANT),
    *(Role.SUPERVISOR, Role.ADMIN),
)
"""759 points take samples in; who stands there may be anybody but an auditor or a handling unit."""
SAMPLERS = (Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN)
"""Who takes samples for the authority."""


@transaction
async def receive(*, new: NewSample, by: Actor, door: str) -> Outcome[SampleRecord]:
    """A sample is handed in. The same id with the same content is there once: the sample as it is now.

    door   how it came in: api, page, seed; for the log

    Raises Invalid (400), Forbidden, OtherTerritory (403), HouseholdUnknown, DivisionUnknown (404), NoDesk,
    SampleCodeTaken, DifferentArguments (409).
    """
    by.must_have(*(SAMPLERS if new.run_kind is RunKind.SUPERVISION else RECEIVERS))
    arrived_at = clock.now()
    new = sample_rules.normalised(new)
    sample_id, told = new.id or ids.uuid7(arrived_at), sample_rules.told(new, by=by)
    if (stored := await sample_storing.digest_of(sample_id)) is not None:
        return await _again(sample_id, stored, told, by)
    sample_rules.check(new, arrived_at=arrived_at)
    columns, digest = await _columns(new, sample_id, new.received_at or arrived_at, by), creates.digest(told)
    if not await sample_storing.insert("laboratory_sample", columns | {"arguments_digest": digest}):
        stored = await sample_storing.digest_of(sample_id)
        if stored is not None:  # somebody was faster with this id
            return await _again(sample_id, stored, told, by)
        raise SampleCodeTaken(
            "Another bag of that day is called “{code}”. Put a new number on this one, or look at that one.",
            code=columns["code"],
        )
    await _begin_way(new, columns, digest, arrived_at, by)
    await sample_storing.insert_consents(sample_id, new.consents, at=columns["received_at"], recorded_by=by.person_id)
    log.info("sample received", sample=str(sample_id), door=door)
    return Outcome(await sample_records.read(sample_id, by=by), created=True)


async def _again(sample_id: UUID, stored: bytes, told: object, by: Actor) -> Outcome[SampleRecord]:
    if not creates.same(stored, told):
        raise DifferentArguments("Sample {id} was received before with other content; it stays.", id=str(sample_id))
    return Outcome(await sample_records.read(sample_id, by=by), created=False)


async def _columns(new: NewSample, sample_id: UUID, received_at: datetime, by: Actor) -> dict[str, Any]:
    """The row: who tests it, where it is, where it comes from, and its number."""
    drop_off = await _drop_off(new, by)
    place = await _place(new, by)
    if new.unit_id is not None:
        desk = await sample_desks.named_desk(new.unit_id, by=by, pointer="/unit_id")
    else:
        desk = await sample_desks.testing_desk(drop_off=drop_off, division_code=place, by=by)
    division_code = place or (drop_off or desk).division_code
    _check_place(division_code, desk, drop_off, by)
    return {
        "id": sample_id,
        "code": new.code or await sample_storing.next_code(desk.id, received_at),
        "state": SampleState.RECEIVED.value,
        "kind": new.kind.value,
        "run_kind": new.run_kind.value,
        "unit": desk.id,
        "drop_off": drop_off.id if drop_off else None,
        "holder": (drop_off or desk).id,
        "division_code": division_code,
        "household": new.household_id,
        **{name: getattr(new, name) for name in _AS_TOLD},
        "land_use": new.land_use.value if new.land_use else None,
        "received_at": received_at,
        "received_by": by.person_id,
        **sample_contacts.sealed(contact_name=new.contact_name, contact_phone=new.contact_phone),
        "slip_sha256": slips.slip_sha256(sample_id),
        "results_n": 0,
    }


_AS_TOLD = (
    *("market_lot", "crop_code", "crop_said", "plot", "depth_top_cm", "depth_bottom_cm", "cores_n", "sampled_on"),
    *("wants_call", "note"),
)


async def _drop_off(new: NewSample, by: Actor) -> Desk | None:
    if new.drop_off_id is not None:
        return await sample_desks.named_desk(new.drop_off_id, by=by, pointer="/drop_off_id")
    return await sample_desks.own_desk(by)


async def _place(new: NewSample, by: Actor) -> str | None:
    """Where it was taken, as far as it is told; a household has to be one that `by` may see."""
    household = await _household_place(new.household_id, by) if new.household_id else None
    if new.division_code is not None:
        await territory.division(code=new.division_code)
    return new.division_code or household


async def _household_place(household_id: UUID, by: Actor) -> str:
    row = await household_row(household_id=household_id)
    his = row is not None and (row["served_by"] == by.person_id or row["division_code"].startswith(by.prefixes(Role)))
    if row is None or not his or row["closed_at"] is not None:
        raise HouseholdUnknown("There is no household {household_id}.", household_id=str(household_id))
    code: str = row["division_code"]
    return code


def _check_place(division_code: str, desk: Desk, drop_off: Desk | None, by: Actor) -> None:
    """A farmer may come from the village beyond, but not from another county."""
    county = {each.division_code[:COUNTY_DIGITS] for each in (desk, drop_off) if each}
    if not (division_code.startswith(by.prefixes(Role)) or division_code[:COUNTY_DIGITS] in county):
        raise OtherTerritory(division_code)


COUNTY_DIGITS = 6
"""Of a division's code: province, prefecture, county."""


async def _begin_way(new: NewSample, columns: dict[str, Any], digest: bytes, arrived_at: datetime, by: Actor) -> None:
    """The first of its hands: how warm it was when it was handed in."""
    step = {
        "id": uuid5(columns["id"], "handed in"),
        "sample": columns["id"],
        "from_unit": None,
        "to_unit": columns["holder"],
        "at": columns["received_at"],
        "recorded_at": arrived_at,
        "by": by.person_id,
        "temperature_c": None if new.temperature_c is None else Decimal(str(new.temperature_c)),
        "travelled": new.travelled.value if new.travelled else None,
        "note": None,
        "arguments_digest": digest,
    }
    await sample_storing.insert("laboratory_hand_over", step)

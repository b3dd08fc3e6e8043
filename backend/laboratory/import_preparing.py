"""What is told of a file, checked and looked up, before its first row is read."""

from datetime import datetime
from uuid import UUID

from backend.core.refusals import FieldError
from backend.laboratory import import_queries, profiles
from backend.laboratory.context import Told
from backend.laboratory.import_desks import Desk
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.import_work import RunTold, Work
from backend.laboratory.limits import current_tables
from backend.laboratory.profiles import Profile, ProfileWrong
from backend.laboratory.refusals_imports import InstrumentOfAnother, ProfileUnknown, RunOfAnother


async def prepared(*, import_id: UUID, desk: Desk, new: NewImport, received_at: datetime) -> Work:
    """Raises ProfileUnknown, InstrumentOfAnother, RunOfAnother (400)."""
    work = Work(
        id=import_id,
        desk=desk,
        told=Told(crop=new.crop, on=new.sampled_on, kind=new.kind, land_use=new.land_use),
        run_kind=new.run_kind,
        received_at=received_at,
        tables=await current_tables(),
        dry_run=new.dry_run,
        profile=_profile(new.profile),
        run=await _run(new.run_id, desk),
    )
    if new.instrument_id:
        known = await _instrument(new.instrument_id, desk)
        work.instrument_id, work.serial = new.instrument_id, known["serial"]
        work.profile = work.profile or _registered(known["profile"])
        await work.know_standings([new.instrument_id])
    return work


def _profile(name: str | None) -> Profile | None:
    try:
        return profiles.named(name) if name else None
    except ProfileWrong:
        known = [each.name for each in profiles.shipped()]
        detail = "There is no profile {seen}; there are {known}."
        wrong = FieldError(pointer="profile", code="unknown", detail=detail, facts={"seen": name, "known": known})
        raise ProfileUnknown(errors=[wrong]) from None


def _registered(name: str | None) -> Profile | None:
    """The profile that an instrument was registered with; one that is gone since is no reason to refuse its file."""
    return next((each for each in profiles.shipped() if each.name == name), None)


async def _instrument(instrument_id: UUID, desk: Desk) -> import_queries.Row:
    known = await import_queries.instrument_of(instrument_id, desk.units)
    if known is None:
        wrong = FieldError(pointer="instrument_id", code="unknown", detail="There is no such instrument at this desk.")
        raise InstrumentOfAnother(errors=[wrong])
    return known


async def _run(run_id: UUID | None, desk: Desk) -> RunTold | None:
    found = await import_queries.run_of(run_id, desk.units) if run_id else None
    if run_id and found is None:
        wrong = FieldError(pointer="run_id", code="unknown", detail="There is no such run at this desk.")
        raise RunOfAnother(errors=[wrong])
    return found

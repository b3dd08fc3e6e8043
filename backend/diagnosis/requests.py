"""Asking: one transaction makes the case, sends it to its studio, and writes the request and what was agreed to.

Every door calls this: a station's QR, the telephone, a walk-in, JSON, Collect. What comes next is the gate's.
"""

from datetime import datetime
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.cases import dispatching, numbers, receipts
from backend.cases.opening import open_case
from backend.cases.receipts import receipt_url, ticket_for
from backend.cases.schemas import CaseRecord, OpenedCase
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.diagnosis import gate, likeness, records, request_rules, request_storing
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.reference import crops
from backend.diagnosis.request_schemas import CropRecord, NewRequest, RequestedDiagnosis
from backend.diagnosis.studios import Station, division_of, station_of, studio_of
from backend.diagnosis.words import ConsentPurpose, RequestState
from backend.people.actors import Actor
from backend.people.station_schemas import StationOpener

DISPATCHED = "dispatched to its studio"


@transaction
async def request_diagnosis(
    *,
    new: NewRequest,
    by: Actor | None,
    station: StationOpener | None = None,
    opener: str | None = None,
    door: str,
) -> Outcome[RequestedDiagnosis]:
    """Ask what a crop has. The same id with the same content is there once: the request as it is now.

    by       None: the farmer himself, at a station's QR; then `handling` is agreed to. A repeat of his tells the same
             secret again, because his phone made the id and may never have heard the answer
    station  whose code was scanned
    opener   whose photos may be taken up where `by` is nobody: `media.openers.Opener.identity`
    door     how it came in: page, api, collect, seed …; told on the timeline

    Raises Invalid, CropUnknown, ConsentNeeded, CategoryUnknown, PointOutside (400), OutsideYourTerritory (403),
    PhotoUnknown (404), DifferentArguments, PhotoClaimed, NoStudio (409).
    """
    received_at = clock.now()
    new = request_rules.normalised(new)
    request_id = new.id or ids.uuid7(received_at)
    desk = await station_of(new, station=station, by=by)
    told = request_rules.told(new, station_id=desk.id if desk else None, by=by)
    if (stored := await request_storing.digest_of(request_id)) is not None:
        return await _again(request_id, stored, told, by)
    crop = (await crops()).get(new.crop_code, clock.today())
    request_rules.check(new, crop, received_at=received_at, of_citizen=by is None)
    assert crop is not None  # noqa: S101 - `check` has refused
    opened = await _open(new, crop, request_id, desk, by=by, opener=opener, door=door)
    if not opened.created:  # somebody was faster with this id, or it is a case of another kind
        return await _again(request_id, await request_storing.digest_of(request_id), told, by)
    await _write(new, opened.record.case, desk, opened.record, creates.digest(told), received_at, by)
    await gate.begin(request_id)
    await likeness.look_soon(request_id=request_id)
    return Outcome(await _requested(request_id, opened.record.secret, by), created=True)


async def _open(
    new: NewRequest,
    crop: CropRecord,
    request_id: UUID,
    desk: Station | None,
    *,
    by: Actor | None,
    opener: str | None,
    door: str,
) -> Outcome[OpenedCase]:
    urgent = request_rules.is_urgent(new, diagnosis_policy(clock.today()))
    case = request_rules.case_of(new, crop, id=request_id, division_code=await division_of(new, desk), urgent=urgent)
    return await open_case(
        new=case, by=by, door=door, opener=opener, owner_unit_id=desk.id if desk else None, automatic=False
    )


async def _write(
    new: NewRequest,
    case: CaseRecord,
    desk: Station | None,
    opened: OpenedCase,
    digest: bytes,
    received_at: datetime,
    by: Actor | None,
) -> None:
    """The request's own rows, and the case on its way to the studio."""
    proposed = opened.proposal.unit.id if opened.proposal else None
    studio = await studio_of(station=desk, division_code=case.division.code, proposed=proposed)
    await dispatching.dispatch_quietly(case_id=case.id, id=uuid5(case.id, DISPATCHED), unit_id=studio)
    photos_expected = len(new.photo_ids) + new.photos_expected
    await request_storing.insert(
        {
            "id": case.id,
            "station": desk.id if desk else None,
            "studio": studio,
            "crop": new.crop_code,
            "topic": new.topic.value,
            "growth_stage": new.growth_stage.value,
            "organ": new.organ.value,
            "area_mu": new.area_mu,
            "onset_on": new.onset_on,
            "weather_note": new.weather_note,
            "treatments": new.treatments,
            "photos_expected": photos_expected,
            "no_better_photo": False,
            "wants_call": new.wants_call,
            "learning": request_rules.agreed(new, ConsentPurpose.LEARNING),
            "division_code": case.division.code,
            "asked_at": new.asked_at or received_at,
            "arguments_digest": digest,
            "state": (RequestState.AWAITING_PHOTO if photos_expected else RequestState.ROUTING).value,
            "state_since": received_at,
            "route_after": None if photos_expected else received_at,
            "offers_n": 0,
        }
    )
    recorded_by = by.person_id if by else None
    await request_storing.insert_consents(case.id, new.consents, at=received_at, recorded_by=recorded_by)


async def _again(request_id: UUID, stored: bytes | None, told: object, by: Actor | None) -> Outcome[RequestedDiagnosis]:
    if not creates.same(stored, told):
        raise DifferentArguments("Request {id} was made before with other content; it stays.", id=str(request_id))
    secret = await receipts.tell_again(request_id) if by is None else None
    return Outcome(await _requested(request_id, secret, by), created=False)


async def _requested(request_id: UUID, secret: str | None, by: Actor | None) -> RequestedDiagnosis:
    request = await records.read(request_id, by=by)
    if by is None:  # a farmer's phone: no stranger's number of the same field, nobody's routing
        request = replace(request, alike=[], offers=[], may=[])
    return RequestedDiagnosis(
        request=request,
        number=request.case.number,
        number_said=numbers.grouped(request.case.number),
        secret=secret,
        receipt_url=receipt_url(request.case.number),
        ticket=ticket_for(request_id) if by is None else None,
    )

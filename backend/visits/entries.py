"""An entry: one visit that was checked and judged, ready to be written. Pure; single visits and batches share it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.refusals import FieldError
from backend.people.actors import Actor
from backend.territory import points
from backend.visits import flags, rules
from backend.visits.flags import Fix, Flag, Policies
from backend.visits.lookups import Found
from backend.visits.photo_lookups import PhotoFacts
from backend.visits.reference import Reference
from backend.visits.schemas import (
    DivisionShown,
    FlagRecord,
    HouseholdShown,
    NewVisit,
    PersonShown,
    VisitNeed,
    VisitPhotoRecord,
    VisitRecord,
)
from backend.visits.tables import Channel, NeedState

Photos = Mapping[UUID, PhotoFacts]


class Entry(Struct, frozen=True, kw_only=True):
    """A visit as it will be stored. `new` is normalised; `point` holds the columns of `tables.Located`."""

    id: UUID
    new: NewVisit
    by: Actor
    door: str
    received_at: datetime
    entered_late: bool
    digest: bytes
    found: Found
    photos: Photos
    point: dict[str, Any]
    flags: list[Flag]

    @property
    def fix(self) -> Fix | None:
        """Where and when the cadre was, if this was face to face and has a point."""
        return fix_of(self.id, self.new, self.point)


def entry(
    *,
    visit_id: UUID,
    new: NewVisit,
    by: Actor,
    door: str,
    received_at: datetime,
    digest: bytes,
    found: Found,
    photos: Photos,
    reference: Reference,
) -> Entry:
    """Check a normalised visit against what was found, and judge it.

    Raises ReferenceUnknown (400), OutsideYourTerritory (403), PointOutside (400).
    """
    check_references(new, found, photos, reference)
    rules.check_territory(
        by=by,
        division_code=found.division_code or "",
        household_division_code=found.household_division_code,
        serves=found.serves,
    )
    point = points.columns(new.point)
    policies = reference.policies_on(clock.local(received_at).date())
    return Entry(
        id=visit_id,
        new=new,
        by=by,
        door=door,
        received_at=received_at,
        entered_late=rules.entered_late(new.occurred_at, received_at, timedelta(hours=policies.late_entry_h)),
        digest=digest,
        found=found,
        photos={photo.photo_id: photos[photo.photo_id] for photo in new.photos},
        point=point,
        flags=list(judged(visit_id, new, point, found, photos, received_at, policies)),
    )


def judged(
    visit_id: UUID,
    new: NewVisit,
    point: Mapping[str, Any],
    found: Found,
    photos: Photos,
    received_at: datetime,
    policies: Policies,
) -> Iterator[Flag]:
    """What looks odd. Distance and speed are asked of face-to-face visits only."""
    fix, home = fix_of(visit_id, new, point), found.household_place
    held = [other for photo in new.photos for other in photos[photo.photo_id].other_visits if other != visit_id]
    raised = [
        fix and home and flags.far_from_household(fix, home, policies.far_from_household_m),
        flags.mock_location(point["mock"]),
        flags.accuracy_zero(point["accuracy_m"]),
        flags.clock_skew(new.occurred_at, new.sent_at, received_at, policies.clock_skew_s),
        fix and flags.too_fast(fix, (found.before, found.after), policies.too_fast_km_per_h, policies.too_fast_apart_m),
        flags.photo_reused(held),
    ]
    yield from (flag for flag in raised if isinstance(flag, Flag))


def fix_of(visit_id: UUID, new: NewVisit, point: Mapping[str, Any]) -> Fix | None:
    """Where and when a face-to-face visit was; None for a call, and without a point."""
    if new.channel != Channel.VISIT or point["longitude"] is None:
        return None
    return Fix(visit_id, new.occurred_at, point["longitude"], point["latitude"], point["accuracy_m"])


def check_references(new: NewVisit, found: Found, photos: Photos, reference: Reference) -> None:
    """Raises ReferenceUnknown (400) that names every field at once."""
    wrong = [*_unknown_places(new, found), *_unknown_topics(new, reference), *_unknown_photos(new, photos)]
    if wrong:
        raise rules.ReferenceUnknown("Something the visit names is not there; see errors.", errors=wrong)


def _unknown_places(new: NewVisit, found: Found) -> Iterator[FieldError]:
    if new.household_id is not None and found.household_id is None:
        yield _unknown("/household_id", "There is no household {value}.", new.household_id)
    elif new.household_code is not None and found.household_id is None:
        yield _unknown("/household_code", "No household has the card {value}.", new.household_code)
    if new.division_code is not None and found.division_id is None:
        yield _unknown("/division_code", "There is no division {value}.", new.division_code)
    if new.campaign_code is not None and found.campaign_id is None:
        yield _unknown("/campaign_code", "No such campaign ran there on that day: {value}.", new.campaign_code)
    elif new.campaign_kind is not None and found.campaign_id is None:
        yield _unknown("/campaign_kind", "No such campaign ran there on that day: {value}.", new.campaign_kind.value)
    if new.service_team is not None and found.team_id is None:
        yield _unknown("/service_team", "There is no service team {value} there.", new.service_team)
    if new.device_id is not None and found.device_id is None:
        yield _unknown("/device_id", "{value} is not a device you signed in from.", new.device_id)


def _unknown_topics(new: NewVisit, reference: Reference) -> Iterator[FieldError]:
    day = clock.local(new.occurred_at).date()
    named = [(f"/topics/{i}", topic) for i, topic in enumerate(new.topics)]
    named += [(f"/needs/{i}/category", need.category) for i, need in enumerate(new.needs)]
    for pointer, topic in named:
        if not reference.has_topic(topic, day):
            yield _unknown(pointer, "{value} is not a topic; the topics are listed at /api/v1/visits/topics.", topic)


def _unknown_photos(new: NewVisit, photos: Photos) -> Iterator[FieldError]:
    for i, photo in enumerate(new.photos):
        if photo.photo_id not in photos:
            detail = "Photo {value} is not one that you sent: send the photo first."
            yield _unknown(f"/photos/{i}/photo_id", detail, photo.photo_id)


def _unknown(pointer: str, detail: str, value: object) -> FieldError:
    return FieldError(pointer=pointer, detail=detail, code="unknown", facts={"value": str(value)})


def record_of(entry: Entry) -> VisitRecord:
    """The record as it stands right after it was written, without reading it back."""
    new, found = entry.new, entry.found
    return VisitRecord(
        id=entry.id,
        channel=new.channel,
        occurred_at=new.occurred_at,
        received_at=entry.received_at,
        entered_late=entry.entered_late,
        recorded_by=PersonShown(entry.by.person_id, entry.by.name),
        household=HouseholdShown(found.household_id, found.household_code or "") if found.household_id else None,
        division=DivisionShown(found.division_code or "", found.division_name or ""),
        place_note=new.place_note,
        point=points.as_read(entry.point),
        coarse=False,
        campaign_code=found.campaign_code,
        service_team=new.service_team,
        topics=new.topics,
        note=new.note,
        companions=new.companions,
        device_id=found.device_id,
        door=entry.door,
        version=1,
        needs=_needs(entry),
        photos=[VisitPhotoRecord(photo_id=photo.photo_id, kind=photo.kind) for photo in new.photos],
        flags=flag_records(entry.flags, entry.received_at),
    )


def flag_records(raised: Sequence[Flag], at: datetime) -> list[FlagRecord]:
    """Flags that nobody has seen yet."""
    return [
        FlagRecord(
            kind=flag.kind,
            measured=flag.measured,
            threshold=flag.threshold,
            unit=flags.UNITS[flag.kind],
            facts=flag.facts,
            raised_at=at,
            seen_at=None,
            answer=None,
            answered_at=None,
        )
        for flag in raised
    ]


def _needs(entry: Entry) -> list[VisitNeed]:
    return [
        VisitNeed(
            id=rules.need_id(entry.id, i, need),
            category=need.category,
            description=need.description,
            state=NeedState.RECEIVED,
            state_since=entry.received_at,
            contested_at=None,
        )
        for i, need in enumerate(entry.new.needs)
    ]

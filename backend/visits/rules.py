"""What is always so about a visit: its normal form, what it cannot say, when it counts as late, who may record it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.core import creates
from backend.core.refusals import DifferentArguments, FieldError, Forbidden, Invalid
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.visits.schemas import NewNeed, NewVisit

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
TYPED_IN_WITHIN = timedelta(days=366)
"""How long ago a contact that is typed in today may have been: what is further back is a clock that was never set."""

NEED_ID_TAKEN = "A need's id already stands for another need. Take a new id."

ANY_ROLE = frozenset(Role)

Problems = Iterator[FieldError]


class OutsideYourTerritory(Forbidden):
    """The household or place is in no division where this person holds a role, nor a household he serves."""

    code, title = "visits/household-of-another-territory", "Not in your area"


class ReferenceUnknown(Invalid):
    """The visit names a household, division, topic, campaign, team, photo or device that is not there."""

    code, title = "visits/reference-unknown", "The visit names something that is not there"


def normalised(new: NewVisit) -> NewVisit:
    """The same visit with its texts stripped (empty ones null), each topic once, `occurred_at` in UTC.

    Raises Invalid (400) for what no visit can say: a moment outside 2000 to 2099, no place at all, one photo or one
    need's id twice. An earlier or later moment is a broken clock, not a late entry.
    """
    wrong = list(_moments(new)) + list(_place(new)) + list(_repeats(new))
    if wrong:
        raise Invalid("The visit cannot be so; see errors.", errors=wrong)
    return replace(
        new,
        occurred_at=new.occurred_at.astimezone(UTC),
        place_note=stripped(new.place_note),
        note=stripped(new.note),
        topics=list(dict.fromkeys(new.topics)),
        companions=[name.strip() for name in new.companions if name.strip()],
        needs=[replace(need, description=need.description.strip()) for need in new.needs],
    )


def stripped(text: str | None) -> str | None:
    """Text without blanks around it; null when nothing is left."""
    return (text.strip() or None) if text else None


def told(new: NewVisit, person_id: UUID) -> tuple[UUID, NewVisit]:
    """What a second sending must equal, from a normalised visit.

    Its id and `sent_at` are left out: a retry is sent later. The person is in it, so nobody confirms another's record.
    """
    return person_id, replace(new, id=None, sent_at=None)


def check_same(stored: bytes, told: tuple[UUID, NewVisit], visit_id: UUID) -> None:
    """Raises DifferentArguments (409) unless a second sending says what the first one said."""
    if not creates.same(stored, told):
        detail = "The id {id} came before with other content, or from somebody else. Take a new id, or amend the visit."
        raise DifferentArguments(detail, id=str(visit_id))


def id_of_content(digest: bytes, person_id: UUID) -> UUID:
    """The id of a row that came without one: the same person and content give the same id for ever."""
    return uuid5(person_id, digest.hex())


def need_id(visit_id: UUID, position: int, need: NewNeed) -> UUID:
    """The need's own id, or one that follows from the visit's id and its place in the list."""
    return need.id or uuid5(visit_id, f"need {position}")


def said_at(occurred_at: datetime, received_at: datetime) -> datetime:
    """When a need was said, from when its deadline runs: at the contact, unless the phone's clock was plainly wrong.

    >>> at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> said_at(at - timedelta(days=2), at) == at - timedelta(days=2)
    True
    >>> said_at(at + timedelta(minutes=1), at) == said_at(at - timedelta(days=2000), at) == at
    True
    """
    return occurred_at if received_at - TYPED_IN_WITHIN <= occurred_at <= received_at else received_at


def entered_late(occurred_at: datetime, received_at: datetime, late_after: timedelta) -> bool:
    """Whether the entry came later than is usual. Late entry is welcome; it is only marked.

    >>> at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> entered_late(at, at + timedelta(hours=24), timedelta(hours=24))
    False
    >>> entered_late(at, at + timedelta(hours=24, seconds=1), timedelta(hours=24))
    True
    """
    return received_at - occurred_at > late_after


def check_territory(*, by: Actor, division_code: str, household_division_code: str | None, serves: bool) -> None:
    """Raises OutsideYourTerritory (403) unless place and household lie where he holds a role, or he serves it."""
    if serves:
        return
    prefixes = by.prefixes(ANY_ROLE)
    for code in {division_code, household_division_code or division_code}:
        if not prefixes or not code.startswith(prefixes):
            detail = "{division_code} is not in your area. Ask to be assigned there, or correct the code."
            raise OutsideYourTerritory(detail, division_code=code)


def _moments(new: NewVisit) -> Problems:
    moments = {"/occurred_at": new.occurred_at, "/sent_at": new.sent_at}
    moments["/point/fixed_at"] = new.point.fixed_at if new.point else None
    for pointer, moment in moments.items():
        if moment is not None and not EARLIEST <= moment < LATEST:
            detail = "{value} is not between the years 2000 and 2099: look at the phone's date."
            yield FieldError(pointer=pointer, detail=detail, code="range", facts={"value": moment.isoformat()})


def _place(new: NewVisit) -> Problems:
    if new.household_id is None and new.household_code is None and new.division_code is None:
        yield FieldError(
            pointer="/division_code",
            detail="Say where it was: household_id, household_code or division_code.",
            code="required",
        )


def _repeats(new: NewVisit) -> Problems:
    seen: set[UUID] = set()
    for i, photo in enumerate(new.photos):
        if photo.photo_id in seen:
            yield _repeated(f"/photos/{i}/photo_id", "This photo is in the visit already.")
        seen.add(photo.photo_id)
    for i, need in enumerate(new.needs):
        if need.id is not None and need.id in seen:
            yield _repeated(f"/needs/{i}/id", "This need is in the visit already.")
        seen |= {need.id} if need.id else set()


def _repeated(pointer: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, detail=detail, code="repeated")

"""A sample that is handed in: what it cannot say, and its number where its bag has none. Pure."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from backend.cases.entries import AHEAD, EARLIEST
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.laboratory import cells, sample_contacts
from backend.laboratory.naming import commodity
from backend.laboratory.reference import folded
from backend.laboratory.sample_schemas import NewSample
from backend.laboratory.words import SampleConsentPurpose, SampleKind
from backend.people.actors import Actor
from backend.people.rules import normal_phone

MADE_CODE = re.compile(r"S[0-9]{6}([0-9]{4,})")
LAST_DIGITS = 4
"""What somebody types into an instrument of a long number."""


def normalised(new: NewSample) -> NewSample:
    """Texts stripped, moments in UTC; a crop by its code in the list of commodities, where the list has it."""
    crop = commodity(new.crop_code or new.crop_said)
    return replace(
        new,
        code=plain_code(new.code),
        crop_code=crop.code if crop else new.crop_code,
        crop_said=_text(new.crop_said),
        plot=_text(new.plot),
        market_lot=_text(new.market_lot),
        note=_text(new.note),
        contact_name=_text(new.contact_name),
        received_at=new.received_at and new.received_at.astimezone(UTC),
    )


def plain_code(text: str | None) -> str | None:
    """What stands on a bag, as instruments' files are read: half width, nothing around it.

    >>> plain_code(" ＮＹ－００１ ")
    'NY-001'
    """
    return _text(cells.clean(text)) if text else None


def check(new: NewSample, *, arrived_at: datetime) -> None:
    """Raises Invalid (400): every field that is wrong, in one refusal.

    arrived_at   when it came to us, in UTC: nothing was received or sampled after that
    """
    wrong = [*_days(new, arrived_at), *_crop(new), *_depth(new), *_phone(new)]
    if wrong:
        raise Invalid("Something has to be put right first. Nothing of what you wrote is lost.", errors=wrong)


def told(new: NewSample, *, by: Actor) -> tuple[object, ...]:
    """What a repeat must equal; the contact by a keyed hash."""
    contact = sample_contacts.keyed(contact_name=new.contact_name, contact_phone=new.contact_phone)
    return by.person_id, replace(new, id=None, contact_name=None, contact_phone=None), contact


def agreed(new: NewSample, purpose: SampleConsentPurpose) -> bool:
    """Whether he said yes; said twice, the last word counts."""
    return next((each.given for each in reversed(new.consents) if each.purpose is purpose), False)


def made_code(day: date, last: str | None) -> str:
    """The number after the last one of a studio's day, for a bag without a barcode.

    >>> made_code(date(2026, 5, 1), None), made_code(date(2026, 5, 1), "S2605010041")
    ('S2605010001', 'S2605010042')
    """
    found = MADE_CODE.fullmatch(last or "")
    return f"S{day:%y%m%d}{int(found[1]) + 1 if found else 1:04d}"


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """A day in Shandong: its first moment, and the next day's."""
    begins = datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)
    return begins, begins + timedelta(days=1)


def likeness(said: str | None, code: str) -> int:
    """How much a code that stood in a file looks like a bag's: 3 the same, 2 the same digits at the end, 1 one of the
    two within the other, 0 not at all.

    >>> [likeness(said, "S2605010042") for said in ("s260501 0042", "42", "ny-7", None)]
    [3, 2, 0, 0]
    """
    here, there = _plain(said or ""), _plain(code)
    if not here or not there:
        return 0
    if here == there:
        return 3
    if here.isdigit() and len(here) <= LAST_DIGITS and int(here) == _last_number(there):
        return 2
    return 1 if min(len(here), len(there)) > 2 and (here in there or there in here) else 0


@lru_cache(maxsize=4096)
def _last_number(code: str) -> int | None:
    digits = re.search(rf"[0-9]{{1,{LAST_DIGITS}}}$", code)
    return int(digits[0]) if digits else None


@lru_cache(maxsize=4096)
def _plain(code: str) -> str:
    return folded(code).replace("_", "")


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def _days(new: NewSample, arrived_at: datetime) -> list[FieldError]:
    wrong = []
    if new.received_at is not None and not EARLIEST <= new.received_at <= arrived_at + AHEAD:
        detail = "{value} is not between the year 2000 and now: look at the date."
        facts = {"value": new.received_at.isoformat()}
        wrong.append(FieldError(pointer="/received_at", detail=detail, code="range", facts=facts))
    last = clock.local((new.received_at or arrived_at) + AHEAD).date()
    if new.sampled_on is not None and not EARLIEST.date() <= new.sampled_on <= last:
        detail = "It was sampled before it was handed in: look at the date."
        facts = {"value": new.sampled_on.isoformat()}
        wrong.append(FieldError(pointer="/sampled_on", detail=detail, code="range", facts=facts))
    return wrong


def _crop(new: NewSample) -> list[FieldError]:
    if new.crop_code is None or commodity(new.crop_code):
        return []
    detail = "“{code}” is not in the list of commodities; write what it is called into crop_said."
    return [FieldError(pointer="/crop_code", detail=detail, code="unknown", facts={"code": new.crop_code})]


def _depth(new: NewSample) -> list[FieldError]:
    if new.kind is SampleKind.PRODUCE:
        told = [name for name in ("depth_top_cm", "depth_bottom_cm", "cores_n") if getattr(new, name) is not None]
        return [
            FieldError(pointer=f"/{name}", detail="Only soil has a depth and cores: leave it out.") for name in told
        ]
    top, bottom = new.depth_top_cm, new.depth_bottom_cm
    if bottom is not None and bottom <= (top or 0):
        return [FieldError(pointer="/depth_bottom_cm", detail="The lower end lies below the upper one, in cm.")]
    if top is not None and bottom is None:
        return [FieldError(pointer="/depth_bottom_cm", detail="Say down to how many cm as well.")]
    return []


def _phone(new: NewSample) -> list[FieldError]:
    if not new.contact_phone:
        return []
    try:
        normal_phone(new.contact_phone)
    except Invalid:
        detail = "This is no telephone number: 11 digits, such as 138 0000 0000. You may also leave it empty."
        return [FieldError(pointer="/contact_phone", detail=detail)]
    return []

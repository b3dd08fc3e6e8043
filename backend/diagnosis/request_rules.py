"""A new request: what it cannot say, and the case it makes. Pure, but for the words of the catalogue."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from backend.cases.entries import AHEAD, EARLIEST
from backend.cases.schemas import NewCase
from backend.cases.words import CaseKind, Channel
from backend.core import clock
from backend.core.cipher import blind_index
from backend.core.refusals import FieldError, Invalid, Refusal
from backend.core.words import Term
from backend.diagnosis.policies import DiagnosisPolicy
from backend.diagnosis.refusals import ConsentNeeded, CropUnknown
from backend.diagnosis.request_schemas import CropRecord, NewRequest
from backend.diagnosis.words import ConsentPurpose, Topic
from backend.people.actors import Actor
from backend.people.rules import normal_phone
from backend.push.wording import said

CATEGORY = "production.crop_disease"
CATEGORIES = {
    Topic.NUTRITION: "production.soil_fertilizer",
    Topic.SEED: "production.fake_inputs",
    Topic.CHEMICAL_DAMAGE: CATEGORY,
}
"""Where a topic has a category of its own."""

POLICY, URGENT_POLICY = "diagnosis", "diagnosis_urgent"
TITLE_WORDS = 40
TITLED, UNTITLED = Term("{crop}: {words}"), Term("{crop}: what is the matter with it?")
TOLD_BY_VOICE = frozenset({Channel.PHONE, Channel.WALK_IN, Channel.MARKET_STALL})
"""Doors at which somebody speaks: the answer is spoken too."""


def normalised(new: NewRequest) -> NewRequest:
    """Texts stripped, moments in UTC; who called or came is called or told."""
    return replace(
        new,
        symptoms=new.symptoms.strip(),
        weather_note=_text(new.weather_note),
        treatments=_text(new.treatments),
        place_note=_text(new.place_note),
        asked_at=new.asked_at and new.asked_at.astimezone(UTC),
        wants_call=new.wants_call or new.channel in TOLD_BY_VOICE,
        photo_ids=list(dict.fromkeys(new.photo_ids)),
    )


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def check(new: NewRequest, crop: CropRecord | None, *, received_at: datetime, of_citizen: bool) -> None:
    """Raises CropUnknown, Invalid, ConsentNeeded (400): every field that is wrong, in one refusal."""
    wrong = [*_crop(crop, new), *_days(new, received_at), *_phone(new)]
    if of_citizen and new.household_id is not None:
        wrong.append(FieldError(pointer="/household_id", detail="Leave it out: nobody knows yet who you are."))
    if wrong:
        kind: type[Refusal] = CropUnknown if len(wrong) == 1 and crop is None else Invalid
        raise kind("Something has to be put right first. Nothing of what you wrote is lost.", errors=wrong)
    if of_citizen and not agreed(new, ConsentPurpose.HANDLING):
        detail = "Tick that we may use this to answer you."
        raise ConsentNeeded(
            "Without your consent nobody may look at it.",
            errors=[FieldError(pointer="/consents", detail=detail, code="required")],
        )


def agreed(new: NewRequest, purpose: ConsentPurpose) -> bool:
    """Whether he said yes; said twice, the last word counts."""
    return next((each.given for each in reversed(new.consents) if each.purpose is purpose), False)


def _crop(crop: CropRecord | None, new: NewRequest) -> list[FieldError]:
    if crop is not None:
        return []
    detail = "Choose the crop out of the list; if it is not there, take “Another crop”."
    return [FieldError(pointer="/crop_code", detail=detail, code="unknown", facts={"code": new.crop_code})]


def _days(new: NewRequest, received_at: datetime) -> list[FieldError]:
    wrong = []
    if new.onset_on is not None and not EARLIEST.date() <= new.onset_on <= clock.local(received_at + AHEAD).date():
        wrong.append(
            FieldError(pointer="/onset_on", detail="It began today or earlier: look at the date.", code="range")
        )
    if new.asked_at is not None and not EARLIEST <= new.asked_at <= received_at + AHEAD:
        detail = "{value} is not between the year 2000 and now: look at the date."
        facts = {"value": new.asked_at.isoformat()}
        wrong.append(FieldError(pointer="/asked_at", detail=detail, code="range", facts=facts))
    return wrong


def _phone(new: NewRequest) -> list[FieldError]:
    if not new.contact_phone:
        return []
    try:
        normal_phone(new.contact_phone)
    except Invalid:
        detail = "This is no telephone number: 11 digits, such as 138 0000 0000. You may also leave it empty."
        return [FieldError(pointer="/contact_phone", detail=detail)]
    return []


def told(new: NewRequest, *, station_id: UUID | None, by: Actor | None) -> tuple[object, ...]:
    """What a repeat must equal; the contact by a keyed hash, because a plain one of a phone can be guessed back."""
    contact = blind_index(f"{new.contact_name}\n{new.contact_phone}", column="diagnosis_request.contact").hex()
    plain = replace(new, id=None, contact_name=None, contact_phone=None, station_unit_id=station_id)
    return by.person_id if by else None, plain, contact


def is_urgent(new: NewRequest, policy: DiagnosisPolicy) -> bool:
    """Whether so much land is at stake that it comes first."""
    return new.area_mu is not None and new.area_mu >= policy.urgent_area_mu


def case_of(new: NewRequest, crop: CropRecord, *, id: UUID, division_code: str | None, urgent: bool) -> NewCase:
    """The case that carries it: number, place, contact, words, photos, clocks."""
    return NewCase(
        id=id,
        channel=new.channel,
        kind=CaseKind.DIAGNOSIS,
        category_code=CATEGORIES.get(new.topic, CATEGORY),
        policy_code=URGENT_POLICY if urgent else POLICY,
        title=title_of(new.symptoms, crop),
        description=new.symptoms,
        division_code=division_code,
        household_id=new.household_id,
        point=new.point,
        place_note=new.place_note,
        contact_name=_text(new.contact_name),
        contact_phone=new.contact_phone or None,
        opened_at=new.asked_at,
        photo_ids=new.photo_ids,
    )


def title_of(symptoms: str, crop: CropRecord) -> str:
    """The crop and the first words, in Chinese as it was said."""
    first = next(iter(symptoms.splitlines()), "").strip()
    if not first:
        return said("zh", UNTITLED, crop=crop.name_zh)
    return said(
        "zh", TITLED, crop=crop.name_zh, words=first if len(first) <= TITLE_WORDS else f"{first[:TITLE_WORDS]}…"
    )

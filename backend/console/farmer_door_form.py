"""What a farmer's form says, made into a request; it arrives the same with scripts and without."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec

from backend.cases.words import Channel
from backend.console import farmer_door_consent, form_photos
from backend.console.farmer_door_place import Place
from backend.console.forms import Filled
from backend.core.refusals import Refusal
from backend.diagnosis.request_schemas import NewRequest
from backend.media.receiving import Door, Owner

T = TypeVar("T")
ANOTHER = "other"
"""The crop that is not in the list, and the button beside it."""

MOST_FILES = 6
FIELD = re.compile(r"`(?:\$\.)?(\w+)`$")
WRONG = {
    "symptoms": "What you wrote is too long: make it shorter.",
    "treatments": "What you wrote is too long: make it shorter.",
    "weather_note": "What you wrote is too long: make it shorter.",
    "place_note": "What you wrote is too long: make it shorter.",
    "area_mu": "How much land, in mu: a number such as 3 or 1.5.",
    "contact_name": "The name is too long: at most 60 characters.",
    "contact_phone": "A telephone number has 5 to 20 digits; please look at it again, or leave it out.",
}
"""What to say of a field that msgspec turned away."""


class _NoCrop(Refusal):
    status, code, title = 400, "console/crop-missing", "Which crop is it?"


class _NotAgreed(Refusal):
    status, code, title = 400, "console/not-agreed", "One tick is missing"


class _NoPhone(Refusal):
    status, code, title = 400, "console/phone-missing", "Where should we call?"


class _Unreadable(Refusal):
    status, code, title = 400, "console/answer-unreadable", "Something cannot be read"


def read(form: Filled, place: Place) -> NewRequest:
    """The request, still without its files. Raises a Refusal (400) that says which answer to look at again."""
    given: dict[str, Any] = {
        "id": form.id(),
        "channel": Channel.QR,
        "crop_code": crop_of(form),
        "area_mu": _area(form.get("area")),
        "onset_on": _of_text(date.fromisoformat, form.get("onset_on")),
        "asked_at": _of_text(_moment, form.get("asked_at")),
        "contact_phone": _narrow(form.get("phone")),
        "photos_expected": _of_text(int, form.get("photos_expected")),
        "wants_call": form.get("call") == "yes",
        "consents": _consents(form, place),
        "symptoms": form.words("symptoms"),
    }
    named = ("topic", "organ", "growth_stage", "weather_note", "treatments", "place_note", "contact_name")
    given |= {name: form.get(name).replace("\x00", "") for name in named}
    if not given["crop_code"]:
        raise _NoCrop("Tap the crop, or choose it from the list below the pictures.")
    if given["wants_call"] and not given["contact_phone"]:
        raise _NoPhone("You ticked that we call you: write the number, or take the tick away.")
    try:
        return msgspec.convert({name: value for name, value in given.items() if value not in ("", None)}, NewRequest)
    except msgspec.ValidationError as error:
        named_field = FIELD.search(str(error))
        said = WRONG.get(named_field[1] if named_field else "", "Please look at what is filled in again.")
        raise _Unreadable(said) from error


def crop_of(form: Filled) -> str:
    """What was tapped; where that is "another" or nothing, what the list says."""
    tapped = form.get("crop")
    return form.get("crop_other") or tapped if tapped in ("", ANOTHER) else tapped


def _consents(form: Filled, place: Place) -> list[Any]:
    if form.get("agree") != "yes":
        raise _NotAgreed("Tick that the experts may look at it: without that nobody may answer you.")
    return farmer_door_consent.consents(
        form.get("consent"),
        station=place.station.name,
        studio=place.studio,
        handling=True,
        learning=form.get("learning") == "yes",
    )


def _area(text: str) -> float | None:
    """As people write it: 3, ３.５, 3亩, 1/2 is not read."""
    plain = _narrow(text).removesuffix("亩").strip().replace(",", "")
    try:
        return float(plain) if plain else None
    except ValueError as error:
        raise _Unreadable(WRONG["area_mu"]) from error


def _narrow(text: str) -> str:
    """Full-width digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _of_text(read: Callable[[str], T], text: str) -> T | None:
    try:
        return read(text) if text else None
    except ValueError as error:
        raise _Unreadable("Please look at what is filled in again.") from error


async def keep_files(form: Filled, id: UUID, place: Place) -> list[UUID]:
    """Photos and a recording that came with the form itself, under ids that follow from its own: sent twice they are
    the same. Raises PhotoTooLarge (413).
    """
    chosen = [*form.files.get("photo", []), *form.files.get("voice", [])][:MOST_FILES]
    owner = Owner(opener=place.opener, unit_id=place.station.unit_id, division_code=place.station.division_code)
    return [
        await form_photos.keep(part, uuid5(id, str(n)), owner=owner, door=Door.STATION) for n, part in enumerate(chosen)
    ]

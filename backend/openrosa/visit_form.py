"""The visit form, translated: answers by their names in field_kits/visit become a `NewVisit`."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core.malformed import of_body
from backend.core.refusals import FieldError, Invalid
from backend.openrosa.instances import Instance, NamedFile
from backend.territory.coordinates import Crs
from backend.visits.schemas import NewVisit
from backend.visits.tables import PhotoKind

PHOTO_KINDS = {
    "photos/photo": PhotoKind.SCENE,
    "photos/photo_before": PhotoKind.BEFORE,
    "photos/photo_after": PhotoKind.AFTER,
}
NO_CAMPAIGN = "none"

_BETWEEN_NAMES = re.compile(r"[、，,；;\n]+")


def new_visit(instance: Instance, photos: Mapping[NamedFile, UUID]) -> NewVisit:
    """What the phone wrote, as the verb takes it.

    photos   ids of those named files that are there

    Raises Invalid (400), which names the answers that cannot be taken.
    """
    answers = {
        "id": str(instance.record_id),
        "channel": instance.answer("contact/channel"),
        "occurred_at": instance.answer("contact/occurred_at"),
        **_place(instance),
        "point": _point(instance.answer("contact/point")),
        "campaign_kind": _campaign(instance.answer("findings/campaign")),
        "topics": (instance.answer("findings/topics") or "").split(),
        "note": instance.answer("findings/note"),
        "companions": _names(instance.answer("findings/companions") or ""),
        "needs": _needs(instance),
        "photos": [
            {"photo_id": str(photo), "kind": PHOTO_KINDS[named.question]}
            for named, photo in photos.items()
            if named.question in PHOTO_KINDS
        ],
    }
    try:
        return msgspec.convert({name: said for name, said in answers.items() if said is not None}, NewVisit)
    except msgspec.ValidationError as error:
        raise Invalid("Some answers of the record cannot be taken.", errors=[of_body(error)]) from error


def _place(instance: Instance) -> dict[str, str | None]:
    """The household, or else village and place: the form fills in the village of the last record, perhaps another."""
    household = instance.answer("contact/household_code")
    if household:
        return {"household_code": household}
    return {
        "division_code": instance.answer("contact/division_code"),
        "place_note": instance.answer("contact/place_note"),
    }


def _point(said: str | None) -> dict[str, Any] | None:
    """`latitude longitude altitude accuracy`, in WGS-84; the last two may be missing."""
    if said is None:
        return None
    try:
        latitude, longitude, *rest = (float(number) for number in said.split())
    except ValueError as error:
        wrong = FieldError(pointer="/point", code="shape", detail="A position is latitude and longitude in degrees.")
        raise Invalid("Some answers of the record cannot be taken.", errors=[wrong]) from error
    point: dict[str, Any] = {"crs": Crs.WGS84, "longitude": longitude, "latitude": latitude}
    return point | ({"accuracy_m": rest[1]} if len(rest) > 1 else {})


def _campaign(said: str | None) -> str | None:
    return None if said == NO_CAMPAIGN else said


def _names(said: str) -> list[str]:
    return [name.strip() for name in _BETWEEN_NAMES.split(said) if name.strip()]


def _needs(instance: Instance) -> list[dict[str, str]]:
    """One per repeat that was filled in."""
    told = [
        {child.tag: (child.text or "").strip() for child in repeat if isinstance(child.tag, str)}
        for repeat in instance.elements("need")
    ]
    return [
        {"category": need.get("category", ""), "description": need.get("description", "")}
        for need in told
        if any(need.values())
    ]

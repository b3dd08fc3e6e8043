"""What lies around a request, for its page: a map with a mark each, the same as a list, and the household's past."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console import diagnosis_labels, labels
from backend.console.pages import metres
from backend.core.settings import settings
from backend.core.words import language, say
from backend.diagnosis import surroundings
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.diagnosis.surroundings import Around, Earlier, Nearby
from backend.territory.coordinates import Crs, from_wgs84


class Row(Struct, frozen=True, kw_only=True):
    """A question nearby, in a line."""

    diagnosis: str
    place: str
    distance: str
    at: datetime


class AroundShown(Struct, frozen=True, kw_only=True):
    """The neighbours. `summary`: what was found how often, the commonest first; `points`: for the map's script."""

    title: str
    summary: list[tuple[str, int]]
    rows: list[Row]
    points: list[dict[str, Any]]


class Past(Struct, frozen=True, kw_only=True):
    """Something the household asked before."""

    id: UUID
    title: str
    at: datetime
    words: str


async def shown(one: DiagnosisRecord) -> AroundShown:
    """The neighbours; on the map those of which the place is known, where this one's is."""
    found = await surroundings.around(request_id=one.id)
    return AroundShown(
        title=say(
            "{crop} nearby, {weeks} weeks",
            crop=diagnosis_labels.name(one.crop),
            weeks=surroundings.NEARBY_WEEKS,
        ),
        summary=Counter(_said(each) for each in found.nearby).most_common(4),
        rows=[_row(each) for each in found.nearby],
        points=_points(found),
    )


def _row(one: Nearby) -> Row:
    return Row(diagnosis=_said(one), place=labels.place(one.place), distance=_far(one), at=one.asked_at)


def _far(one: Nearby) -> str:
    if one.distance_m is not None:
        return metres(one.distance_m)
    return say("the same village") if one.same_village else say("the same township")


def _said(one: Nearby) -> str:
    if one.condition:
        return one.condition[0] if language.get() == "zh" else one.condition[1]
    return say("Answered without a code") if one.answered else say("Not answered yet")


def _points(found: Around) -> list[dict[str, Any]]:
    """This question and those around it, as marks; nothing where its own place is not known."""
    if found.longitude is None or found.latitude is None:
        return []
    here = _point(found.longitude, found.latitude, "here", say("This question"))
    spots = [
        _point(each.longitude, each.latitude, "answered" if each.answered else "open", _named(each))
        for each in found.nearby
        if each.longitude is not None and each.latitude is not None
    ]
    return [here, *spots] if spots else []


def _named(one: Nearby) -> str:
    return f"{_said(one)} · {labels.place(one.place)}"


def _point(longitude: float, latitude: float, form: str, label: str) -> dict[str, Any]:
    east, north = from_wgs84(longitude, latitude, Crs(settings().tiles_crs))
    return {"longitude": round(east, 5), "latitude": round(north, 5), "form": form, "label": label}


async def past(one: DiagnosisRecord) -> list[Past]:
    """What the same household asked before."""
    return [_past(each) for each in await surroundings.before(request_id=one.id)]


def _past(one: Earlier) -> Past:
    result = diagnosis_labels.label(diagnosis_labels.RESULTS, one.result) if one.result else ""
    words = ["" if one.asker else say("perhaps the same field"), one.diagnosis or say("Not answered yet"), result]
    return Past(id=one.id, title=one.title, at=one.asked_at, words=" · ".join(word for word in words if word))

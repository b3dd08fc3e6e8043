"""Setting the profile of an expert: by whoever keeps his unit's, his hours also by himself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import FieldError, Forbidden, Invalid
from backend.diagnosis import expert_hours, expert_queries
from backend.diagnosis.expert_queries import Row
from backend.diagnosis.expert_records import KEEPERS, is_seen, keeps, records_of
from backend.diagnosis.expert_schemas import ExpertRecord, ExpertSetting, NewCompetence
from backend.diagnosis.offer_refusals import ExpertUnknown, NotAnExpert
from backend.diagnosis.refusals import CropUnknown
from backend.diagnosis.words import Tier, Topic
from backend.media.actions import claim_photos
from backend.people import unit_queries
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown
from backend.territory import points
from backend.territory import queries as territory

OWN = frozenset({"staffed", "weekdays", "able_per_day", "away_until"})
"""What an expert sets himself."""

NEEDED = ("unit_id", "tier", "title_zh", "staffed", "weekdays", "able_per_day", "competences")
"""What a new profile has."""


@transaction
async def set_expert(*, person_id: UUID, new: ExpertSetting, by: Actor) -> Outcome[ExpertRecord]:
    """Write a profile; what is not named stays, and the same again changes nothing.

    For supervisors and admins of the unit's territory (of the old unit's and the new one's); hours, ability and pause
    for the expert too. Whoever pauses has nothing before him any more: it goes on to the next.

    Raises Invalid, CropUnknown (400), Forbidden (403), ExpertUnknown, UnitUnknown, DivisionUnknown, PhotoUnknown (404),
    NotAnExpert, PhotoClaimed (409).
    """
    row = await expert_queries.expert(person_id, lock=True)
    named = {name for name in new.__struct_fields__ if getattr(new, name) is not UNSET}
    division_code = await _must_set(person_id, row, new, named, by)
    columns = _columns(new, row)
    if "portrait_id" in named and new.portrait_id:
        await _claim_portrait(person_id, new.portrait_id, row, division_code, by)
    columns |= {"set_by": by.person_id, "set_at": clock.now()}
    if row is None:
        await expert_queries.write(person_id, {"valid_from": clock.today()} | columns)
    else:
        await expert_queries.change(person_id, columns)
    if new.competences is not UNSET:
        await expert_queries.replace_competences(person_id, await _fields(new.competences))
    if isinstance(new.away_until, datetime) and new.away_until > clock.now():
        await expert_queries.let_offers_lapse(person_id, at=clock.now())
    written = await expert_queries.expert(person_id)
    return Outcome((await records_of([written] if written else [], by))[0], created=row is None)


async def _must_set(person_id: UUID, row: Row | None, new: ExpertSetting, named: set[str], by: Actor) -> str:
    """Whether `by` may; the division of the unit. Raises as `set_expert`."""
    if row is not None and by.person_id == person_id and not keeps(row["division_code"], by):
        if not named <= OWN:
            raise Forbidden("You set your own hours, how many a day, and when you are away; the rest your supervisor.")
        return str(row["division_code"])
    if row is None and not by.has(*KEEPERS):
        raise unknown(person_id)
    if row is not None and not keeps(row["division_code"], by):
        raise (
            unknown(person_id) if not is_seen(row, by) else Forbidden("This is for a supervisor of the expert's unit.")
        )
    if row is None:
        _must_have_all(named)
    division_code = await _unit_division(new, row, by)
    person = await expert_queries.person(person_id, day=clock.today())
    if person is None:
        raise unknown(person_id)
    if not person["is_expert"]:
        raise NotAnExpert("The account holds no role of an expert today. Give it one first.")
    return division_code


def _must_have_all(named: set[str]) -> None:
    missing = [name for name in NEEDED if name not in named]
    if missing:
        wrong = [FieldError(pointer=f"/{name}", detail="A new profile needs it.", code="missing") for name in missing]
        raise Invalid("A new profile needs more than that.", errors=wrong)


async def _unit_division(new: ExpertSetting, row: Row | None, by: Actor) -> str:
    if new.unit_id is UNSET:
        return str(row["division_code"]) if row else ""
    found = await unit_queries.open_unit(unit_id=new.unit_id)
    if found is None or not keeps(found["division_code"], by):
        raise UnitUnknown
    return str(found["division_code"])


def _columns(new: ExpertSetting, row: Row | None) -> dict[str, Any]:
    """What is named, as columns. Raises Invalid (400)."""
    plain = {
        "unit": new.unit_id,
        "tier": new.tier,
        "title_zh": new.title_zh,
        "portrait": new.portrait_id,
        "staffed": new.staffed,
        "weekdays": new.weekdays if new.weekdays is UNSET else sorted(set(new.weekdays)),
        "able_per_day": new.able_per_day,
        "away_until": new.away_until,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
    }
    columns: dict[str, Any] = {name: value for name, value in plain.items() if value is not UNSET}
    if new.point is not UNSET:
        place = points.columns(new.point)
        columns |= {name: place[name] for name in ("longitude", "latitude")}
    if new.staffed is not UNSET:
        expert_hours.hours(new.staffed, ())
    begins = columns.get("valid_from", row["valid_from"] if row else clock.today())
    ends = columns.get("valid_to", row["valid_to"] if row else None)
    if ends is not None and ends < begins:
        wrong = FieldError(pointer="/valid_to", detail="The end has to be later than the beginning.")
        raise Invalid("The profile has a mistake.", errors=[wrong])
    if "tier" in columns:
        columns["tier"] = Tier(columns["tier"]).value
    return columns


async def _fields(new: Sequence[NewCompetence]) -> list[tuple[str | None, str | None, str]]:
    """Crop, topic and prefix of each, once. Raises CropUnknown (400), DivisionUnknown (404)."""
    crops = {each.crop_code for each in new if each.crop_code}
    unknown = crops - await expert_queries.known_crops(crops, day=clock.today())
    if unknown:
        raise CropUnknown("There is no crop {code} in the list of today.", code=min(unknown))
    fields = [
        (
            each.crop_code,
            each.topic.value if each.topic and each.topic is not Topic.UNSURE else None,
            (await territory.division(code=each.division_code)).prefix,
        )
        for each in new
    ]
    return list(dict.fromkeys(fields))


async def _claim_portrait(person_id: UUID, photo_id: UUID, row: Row | None, division_code: str, by: Actor) -> None:
    if row is not None and row["portrait"] == photo_id:
        return
    await claim_photos(
        photo_ids=[photo_id],
        kind="portrait",
        record_id=person_id,
        division_code=division_code,
        uploaded_by=by.person_id,
    )


def unknown(person_id: UUID) -> ExpertUnknown:
    """The refusal for an expert who is not there, or not for this reader."""
    return ExpertUnknown("There is no expert {id} that you may see.", id=str(person_id))

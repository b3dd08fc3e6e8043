"""Puts the demo's clinic in: experts with their faces, a station's QR, requests in every state, an outbreak."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.cases import ending, receipts, records
from backend.cases.receipts import Recognised
from backend.cases.words import Satisfaction
from backend.console import farmer_door_consent
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch_row
from backend.diagnosis import (
    answers,
    experts,
    gate,
    offers,
    outbreak_watch,
    outcomes,
    questions,
    second_opinions,
    telling,
)
from backend.diagnosis.answer_schemas import NewSecondOpinion, NewTelling
from backend.diagnosis.expert_schemas import ExpertSetting, NewCompetence
from backend.diagnosis.request_schemas import NewQuestion, NewRequest, RequestedDiagnosis
from backend.diagnosis.requests import request_diagnosis
from backend.diagnosis.words import ToldHow
from backend.media import looking
from backend.media.actions import keep_photo
from backend.media.receiving import Door, Owner, receive
from backend.people.actors import Actor
from backend.people.sessions import actor
from backend.people.station_codes import make_station_code
from backend.people.station_schemas import StationOpener
from backend.people.tables import Role
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from seed import cases, made_id
from seed.cast import UNITS, Member, holder
from seed.clinic_expert_words import ANSWERING, CHIEF, Answering
from seed.clinic_words import ASKED, NOW, RECEIPT, RUSTY, SECOND_OPINION, Asked, Moment, Then
from seed.households import NewHousehold

Cast = Mapping[Member, Actor]
PHOTOS = Path(__file__).parent / "photos"
STATION = next(unit for unit in UNITS if unit.key == "point")
STUDIO = next(unit for unit in UNITS if unit.key == "studio")
CODE_ID = made_id("station code/point")
DIAGNOSIS_IDS = {asked.name: asked.id for asked in (*ASKED, *RUSTY)}
LOOKED_AT_AFTER = timedelta(minutes=1)


async def is_there() -> bool:
    """Whether the clinic is in: a demo that was planted before there was one gets it at its next start."""
    return await fetch_row("SELECT FROM diagnosis_request WHERE id = $1", DIAGNOSIS_IDS[RECEIPT]) is not None


async def open_clinic(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """Everybody who answers, sixty days ago; then what was asked, in the order in which it came in."""
    houses = {household.code: household for household in households}
    await set_up(cast)
    await _station_code(cast)
    for asked in sorted((*ASKED, *RUSTY), key=lambda asked: when(morning.date(), asked.at)):
        await _asked(asked, cast, houses, morning.date())
    await _second_opinion(cast)
    await outbreak_watch.look_for_all()


async def set_up(cast: Cast) -> None:
    """Who answers what."""
    supervisor = cast[holder(Role.SUPERVISOR)]
    for each in ANSWERING:
        await experts.set_expert(person_id=each.member.id, new=await _setting(each), by=supervisor)


async def _setting(each: Answering) -> ExpertSetting:
    portrait = await keep_photo(
        content=(PHOTOS / f"{each.portrait}.jpg").read_bytes(),
        file_name=f"{each.portrait}.jpg",
        uploaded_by=holder(Role.SUPERVISOR).id,
        photo_id=made_id(f"photo/{each.portrait}"),
        door=Door.SEED,
    )
    return ExpertSetting(
        unit_id=STUDIO.id,
        tier=each.tier,
        title_zh=each.title,
        portrait_id=portrait.id,
        point=Point(crs=Crs.WGS84, longitude=each.place[0], latitude=each.place[1]),
        staffed=each.staffed,
        weekdays=list(range(1, 8)),
        able_per_day=each.able_per_day,
        valid_from=clock.today() - timedelta(days=365),
        competences=[NewCompetence(crop_code=crop, division_code=each.division_code) for crop in each.crops or (None,)],
    )


async def _station_code(cast: Cast) -> str:
    return await make_station_code(unit_id=STATION.id, id=CODE_ID, by=cast[holder(Role.SUPERVISOR)])


async def station_url(base_url: str) -> str:
    """Where the QR of the demo's station leads."""
    by = await actor(person_id=holder(Role.SUPERVISOR).id)
    return f"{base_url}/q/{await make_station_code(unit_id=STATION.id, id=CODE_ID, by=by)}"


async def _asked(asked: Asked, cast: Cast, houses: Mapping[str, NewHousehold], day: date) -> None:
    at = when(day, asked.at)
    with clock.stopped(at):
        if asked.phoned:
            by = cast[holder(Role.OPERATOR)]
            made = await request_diagnosis(new=_new(asked, houses), by=by, door="seed")
        else:
            made = await _by_qr(asked, houses)
    if not made.created:
        return
    with clock.stopped(clock.now() if asked.at[0] == NOW else at + LOOKED_AT_AFTER):
        await gate.pass_or_ask(asked.id)
    for number, step in enumerate(asked.steps):
        with clock.stopped(when(day, step.at)):
            await _happens(asked, number, step, cast)


async def _by_qr(asked: Asked, houses: Mapping[str, NewHousehold]) -> Outcome[RequestedDiagnosis]:
    opener = f"station:{STATION.id}"
    for number, name in enumerate(asked.photos):
        await _photo(made_id(f"photo/{asked.name}/{number}"), name, opener)
    station = StationOpener(code_id=CODE_ID, unit_id=STATION.id, name=STATION.name, division_code=STATION.division_code)
    return await request_diagnosis(new=_new(asked, houses), by=None, station=station, opener=opener, door="seed")


async def _photo(photo_id: UUID, name: str, opener: str) -> None:
    """A photo with its verdict, which a county's worker gives a moment later."""
    content = (PHOTOS / f"{name}.jpg").read_bytes()
    await receive(
        source=content,
        file_name=f"{name}.jpg",
        photo_id=photo_id,
        uploaded_by=None,
        owner=Owner(opener=opener, unit_id=STATION.id, division_code=STATION.division_code),
        door=Door.STATION,
    )
    await looking.look(looking.Look(sha256(content).hexdigest()))


def _new(asked: Asked, houses: Mapping[str, NewHousehold]) -> NewRequest:
    more: dict[str, Any] = dict(asked.more)
    learning, house = bool(more.pop("learning", False)), houses[asked.where]
    place = {"household_id": house.id} if asked.phoned else {"division_code": house.village.code, "point": house.point}
    return NewRequest(
        id=asked.id,
        channel=asked.channel,
        crop_code=asked.crop,
        symptoms=asked.symptoms,
        photo_ids=[made_id(f"photo/{asked.name}/{number}") for number in range(len(asked.photos))],
        consents=farmer_door_consent.consents(
            farmer_door_consent.VERSION, station=STATION.name, studio=STUDIO.name, handling=True, learning=learning
        ),
        **place,
        **more,
    )


async def _happens(asked: Asked, number: int, step: Then, cast: Cast) -> None:
    """One step of a story. Whoever has it claims and answers; the story names the one it is about."""
    id, by = made_id(f"diagnosis/{asked.name}/{number}"), cast[step.by] if step.by else None
    if by is None:
        await _farmer(asked.id, id, step)
    elif step.what == "tell":
        await telling.tell(request_id=asked.id, new=NewTelling(id=id, how=ToldHow.CALLED), by=by)
    else:
        await _expert(asked.id, id, step, by if step.by == CHIEF else await _whose(asked.id))


async def _farmer(request_id: UUID, id: UUID, step: Then) -> None:
    if step.what == "outcome":
        await outcomes.record_outcome(request_id=request_id, new=step.given, by=None)
    else:
        await ending.evaluate(case_id=request_id, id=id, satisfaction=Satisfaction.SATISFIED, by=None)


async def _expert(request_id: UUID, id: UUID, step: Then, by: Actor) -> None:
    if step.what == "claim":
        await offers.claim(request_id=request_id, id=id, by=by)
    elif step.what == "ask":
        new = NewQuestion(id=id, words=step.given, wants_photo=True)
        await questions.ask_farmer(request_id=request_id, new=new, by=by)
    else:
        await answers.answer_diagnosis(request_id=request_id, new=step.given, by=by)


async def _whose(request_id: UUID) -> Actor:
    """Before whom it lies."""
    row = await fetch_row("SELECT expert FROM diagnosis_request WHERE id = $1", request_id)
    if row is None or row["expert"] is None:
        raise LookupError(f"Nobody has request {request_id}")
    return await actor(person_id=row["expert"])


async def _second_opinion(cast: Cast) -> None:
    name, asks, answers_it = SECOND_OPINION
    new = NewSecondOpinion(id=made_id("second opinion"), reason="用来对一对看法", expert_id=answers_it.id)
    await second_opinions.request_second_opinion(request_id=DIAGNOSIS_IDS[name], new=new, by=cast[asks])


async def receipt(known: str | None) -> tuple[str, str]:
    """Number and secret of an answered request's receipt; a new secret where the one that is known opens nothing."""
    by, case_id = await actor(person_id=holder(Role.OPERATOR).id), DIAGNOSIS_IDS[RECEIPT]
    number = (await records.get_case(case_id=case_id, by=by)).number
    if known and await cases.opens(number, known):
        return number, known
    renewed = await receipts.recover(case_id=case_id, id=ids.uuid7(), recognised=Recognised.CALLED_BACK, by=by)
    return number, renewed.record.secret or ""


def when(day: date, moment: Moment) -> datetime:
    """A moment of the story."""
    if moment[0] == NOW:
        return clock.now() - timedelta(minutes=moment[1])
    return datetime.combine(day, time(), clock.SHANGHAI) + timedelta(days=-moment[0], hours=moment[1])

"""What comes of the bench's results: an objection, a strip's photo before an expert, advice that is signed, reports."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch_row
from backend.laboratory import advice, reports, retests, second_looks
from backend.laboratory.report_schemas import AdviceSignature, NewFertiliserAdvice, NewReportIssue
from backend.laboratory.result_schemas import NewRetest, NewSecondLook
from backend.laboratory.words import Method, RetestKind
from backend.media.actions import keep_photo
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import made_id
from seed.bench_words import ADVISED_AT, BAGS, OBJECTED, REPORTED, SOIL_SHOWN, STRIP_LOOKED_AT, Moment
from seed.cast import Member, holder

Cast = Mapping[Member, Actor]
PHOTO = Path(__file__).parent / "photos" / "strip.jpg"
TOLD_AT: Moment = (2, 11)
LOOK_ID = made_id("second look")
ADVICE_ID = made_id("fertiliser advice")


async def come_of_it(cast: Cast, day: date) -> None:
    """In this order; reports last, so that they say all of it."""
    await _object(cast, day)
    await _look(cast)
    with clock.stopped(when(day, ADVISED_AT)):
        await _advise(cast)
    for code, at in REPORTED.items():
        with clock.stopped(when(day, at)):
            new = NewReportIssue(id=report_id(code))
            await reports.issue(sample_id=_sample(code), new=new, by=cast[holder(Role.TECHNICIAN)])


def when(day: date, moment: Moment) -> datetime:
    """A moment of the story."""
    return datetime.combine(day, time(), clock.SHANGHAI) + timedelta(days=-moment[0], hours=moment[1])


def report_id(code: str) -> UUID:
    """Of a sample's first report."""
    return made_id(f"report/{code}")


async def _object(cast: Cast, day: date) -> None:
    """The stall's owner is told at eleven and objects within the hour; by no rapid method, then."""
    told_at = when(day, TOLD_AT)
    new = NewRetest(
        id=made_id("objection"),
        kind=RetestKind.OBJECTION,
        method=Method.CHROMATOGRAPHY,
        reason="摊主不认可快检结果，当场提出异议。",
        told_at=told_at,
    )
    with clock.stopped(told_at + timedelta(minutes=40)):
        await retests.request_retest(result_id=await _result(OBJECTED), new=new, by=cast[holder(Role.TECHNICIAN)])


async def _look(cast: Cast) -> None:
    photo = await keep_photo(
        content=PHOTO.read_bytes(),
        file_name=PHOTO.name,
        uploaded_by=holder(Role.TECHNICIAN).id,
        photo_id=made_id("photo/strip"),
        door=Door.SEED,
    )
    new = NewSecondLook(id=LOOK_ID, photo_id=photo.id)
    result_id = await _result(STRIP_LOOKED_AT)
    await second_looks.request_second_look(result_id=result_id, new=new, by=cast[holder(Role.TECHNICIAN)])


async def _advise(cast: Cast) -> None:
    new = NewFertiliserAdvice(
        id=ADVICE_ID, crop_code="peanut", nutrient="n", fertiliser="urea", target_yield_kg_per_mu=300
    )
    await advice.advise_fertiliser(sample_id=_sample(SOIL_SHOWN), new=new, by=cast[holder(Role.TECHNICIAN)])
    signed = AdviceSignature(note="花生固氮，尿素少施；分两次，别一次撒完。")
    await advice.sign_advice(advice_id=ADVICE_ID, new=signed, by=cast[holder(Role.EXPERT)])


def _sample(code: str) -> UUID:
    return next(bag.id for bag in BAGS if bag.code == code)


async def _result(code: str) -> UUID:
    row = await fetch_row("SELECT id FROM laboratory_result WHERE sample = $1 ORDER BY line LIMIT 1", _sample(code))
    if row is None:
        raise LookupError(f"Nothing was measured of {code}")
    found: UUID = row["id"]
    return found

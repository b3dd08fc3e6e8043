"""Puts the demo's cases in: the routing table, the cases and their steps, a meeting, a suggestion, expedite notices."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from backend.cases import meetings, receipts, records, routing, suggestions
from backend.cases.loop_schemas import Conclusion, NewMeeting, SubTask
from backend.cases.loop_words import Signatory
from backend.cases.opening import open_case
from backend.cases.receipts import Recognised
from backend.cases.refusals import ReceiptUnknown
from backend.cases.schemas import NewCase, NewRoute
from backend.cases.suggestion_rules import text_of, text_sha256
from backend.cases.suggestion_schemas import NewHearing, NewSignature
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.deadlines.expediting import expedite
from backend.media.actions import keep_photo
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.tasks.actions import acknowledge_task
from seed import case_words as words
from seed import made_id
from seed.case_story import Moment, Then, Told, case_id, unit
from seed.case_words import CASES
from seed.cast import CADRES, COUNTY, HANDLERS, LIANGCUN, Member, holder
from seed.households import NewHousehold
from seed.places import VILLAGES

Cast = Mapping[Member, Actor]

WHO = {
    "desk": holder(Role.OPERATOR),
    "supervisor": holder(Role.SUPERVISOR),
    "water": holder(Role.HANDLER),
    "cadre": CADRES[0],
    **{member.unit or "": member for member in HANDLERS},
}
"""Who acts in the story, by the unit or the desk he is at."""

ROUTES = (
    ("planning_construction", COUNTY, "construction", False),
    ("planning_construction.water", COUNTY, "water", True),
    ("planning_construction.environment", LIANGCUN, "centre", True),
    ("production", COUNTY, "farming", False),
    ("production.irrigation", COUNTY, "water", False),
    ("livelihood_security", COUNTY, "civil", False),
    ("justice_rights.consumer", COUNTY, "market", False),
    ("justice_rights.disputes", LIANGCUN, "centre", False),
)
"""Category, division, unit, and whether it dispatches by itself. Wages, policy and suggestions: the desk chooses."""

OF_EACH_KIND = (
    *("green", "yellow", "overdue", "suspended", "explained", "rejected", "contested", "reopened", "merged"),
    *("merged_into", "on_the_spot", "emergency", "suggestion", "province", "late_slip", "two_hops", "withdrawn"),
)
CASE_IDS = {name: case_id(name) for name in OF_EACH_KIND} | {"meeting": case_id("canal"), "receipt": case_id("receipt")}
"""What demo.json names: one case of each kind."""

SWEEPS = ((4, 18.5), (3, 12.5), (2, 8), (2, 10.5))
BEFORE = Path(__file__).parent / "photos" / "culvert.jpg"
POINTS = {village.letters: village.point for village in VILLAGES}


async def tell_cases(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """The routing table sixty days old, the cases in the order in which they came in, then what happened to each."""
    day, houses = morning.date(), {household.code: household for household in households}
    await _routes(cast[WHO["supervisor"]], day - timedelta(days=60))
    with clock.stopped(when(day, (2, 9.9))):
        await keep_photo(
            content=BEFORE.read_bytes(),
            file_name=BEFORE.name,
            uploaded_by=CADRES[0].id,
            photo_id=made_id("photo/case culvert"),
            door=Door.SEED,
        )
    await tell(CASES, cast, houses, day)
    await _suggestion(cast, day)
    await _meeting(cast, day)
    await _reminded(cast, day)


async def tell(stories: Iterable[Told], cast: Cast, houses: Mapping[str, NewHousehold], day: date) -> None:
    """Cases in the order in which they came in, then what happened to each."""
    in_order = sorted(stories, key=lambda told: when(day, told.typed_in or told.at))
    for told in in_order:
        await _opened(told, cast, houses, day)
    for told in in_order:
        for number, step in enumerate(told.steps):
            await _happens(told, number, step, cast, day)


async def _routes(by: Actor, day: date) -> None:
    for category, division_code, key, automatic in ROUTES:
        new = NewRoute(
            category_code=category,
            division_code=division_code,
            unit_id=unit(key),
            source="演示县的事项分办表（虚构）",
            automatic=automatic,
            valid_from=day,
        )
        await routing.add_route(id=made_id(f"route/{category}/{division_code}"), new=new, by=by)


async def _opened(told: Told, cast: Cast, houses: Mapping[str, NewHousehold], day: date) -> None:
    house, by = houses[told.where], cast[WHO[told.by]] if told.by else None
    place: dict[str, Any] = {"household_id": house.id} if told.channel is Channel.VISIT else {"point": house.point}
    new = NewCase(
        id=told.id,
        channel=told.channel,
        category_code=told.category,
        title=told.title,
        description=told.description,
        division_code=house.division_code,
        contact_name=house.contact_name,
        contact_phone=house.contact_phone,
        opened_at=when(day, told.at) if told.typed_in else None,
        upstream_due_at=when(day, told.due) if told.due else None,
        **place,
        **told.more,
    )
    with clock.stopped(when(day, told.typed_in or told.at)):
        await open_case(new=new, by=by, door="seed")


async def _happens(told: Told, number: int, step: Then, cast: Cast, day: date) -> None:
    by = cast[WHO[step.by]] if step.by else None
    with clock.stopped(when(day, step.at)):
        await step.verb(case_id=told.id, id=made_id(f"case/{told.name}/{number}"), by=by, **step.given)


async def _suggestion(cast: Cast, day: date) -> None:
    """Three signed, three met on the spot; the three reports are still to come."""
    told = next(told for told in CASES if told.name == "suggestion")
    text = text_sha256(text_of(told.title, told.description)).hex()
    for number, signatory in enumerate((Signatory.SUGGESTER, Signatory.COUNTY_LEADER, Signatory.BUREAU_HEAD)):
        at = when(day, (8 - number, 10))
        signature = NewSignature(
            id=made_id(f"signature/{signatory}"),
            signatory=signatory,
            text_sha256=text,
            signed_as=words.OFFICES.get(signatory.value),
            signed_at=at,
        )
        with clock.stopped(at):
            await suggestions.sign(case_id=told.id, new=signature, by=cast[WHO["desk"]])
    at = when(day, (4, 9.5))
    hearing = NewHearing(
        id=made_id("hearing"),
        held_at=at,
        point=POINTS[told.where.partition("-")[0]],
        committee="镇人大主席",
        unit_id=unit("construction"),
        unit_spoke_by="县住建局副局长",
        suggester_came=True,
        minutes=words.HEARING_MINUTES,
        place_note="小学门口",
    )
    with clock.stopped(at + timedelta(hours=2)):
        await suggestions.hold_hearing(case_id=told.id, new=hearing, by=cast[WHO["desk"]])


async def _meeting(cast: Cast, day: date) -> None:
    """Called five days ago, held three days ago: the water bureau leads."""
    meeting_id, by = made_id("meeting"), cast[WHO["supervisor"]]
    new = NewMeeting(
        id=meeting_id,
        title=words.MEETING,
        division_code=COUNTY,
        meets_at=when(day, (3, 14)),
        case_ids=[case_id("canal"), case_id("underpass")],
        unit_ids=[unit(key) for key in words.SUB_TASKS],
        place_note="茶棚村委会",
    )
    with clock.stopped(when(day, (5, 10))):
        await meetings.open_meeting(new=new, by=by)
    due_at = when(day, (-5, 17))
    conclusion = Conclusion(
        minutes=words.MINUTES,
        lead_unit_id=unit("water"),
        attended_unit_ids=[unit(key) for key in words.SUB_TASKS],
        sub_tasks=[
            SubTask(id=made_id(f"sub-task/{key}"), unit_id=unit(key), what=what, due_at=due_at)
            for key, what in words.SUB_TASKS.items()
        ],
        due_at=due_at,
    )
    with clock.stopped(when(day, (3, 16))):
        await meetings.conclude_meeting(meeting_id=meeting_id, conclusion=conclusion, by=by)


async def _reminded(cast: Cast, day: date) -> None:
    """The clocks are looked at as they were in those days; whoever was asked first about the dry well took it on."""
    for number, moment in enumerate(SWEEPS):
        with clock.stopped(when(day, moment)):
            await expedite()
        if number == 0:
            with clock.stopped(when(day, moment) + timedelta(minutes=25)):
                await _took_on(cast)


async def _took_on(cast: Cast) -> None:
    rows = await fetch(
        "SELECT s.task_id, s.person FROM deadlines_sending s JOIN deadlines_expedite n ON n.id = s.notice "
        "JOIN deadlines_clock c ON c.id = n.clock WHERE c.subject_id = $1 AND n.number = 1 AND s.level = 1",
        case_id("overdue"),
    )
    for row in rows:
        by = next(who for member, who in cast.items() if member.id == row["person"])
        await acknowledge_task(task_id=row["task_id"], by=by)


async def receipt(known: str | None) -> tuple[str, str]:
    """Number and secret of the receipt that demo.json shows. One that does not open it any more is made anew."""
    by = await actor(person_id=WHO["desk"].id)
    number = (await records.get_case(case_id=case_id("receipt"), by=by)).number
    if known and await opens(number, known):
        return number, known
    renewed = await receipts.recover(
        case_id=case_id("receipt"), id=ids.uuid7(), recognised=Recognised.CALLED_BACK, by=by
    )
    return number, renewed.record.secret or ""


async def opens(number: str, secret: str) -> bool:
    """Whether a secret opens a receipt."""
    try:
        await receipts.opened_by(number=number, secret=secret, address="127.0.0.1")
    except ReceiptUnknown:
        return False
    return True


def when(day: date, moment: Moment) -> datetime:
    """A moment of the story."""
    return datetime.combine(day - timedelta(days=moment[0]), time(), clock.SHANGHAI) + timedelta(hours=moment[1])

"""What the demo's people were told: village groups, a notice that is over, one on its way, and an inbox each.

Nothing of it left the house, and nothing will: its numbers belong to nobody, and its ways (`demo-sms`, `demo-app`) are
no provider's. So the one on its way stays where it is, to be looked at, paused, gone on with, called off.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast as typed
from uuid import UUID, uuid5

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.consents import record_consent
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.tables import Role
from backend.push import actions as push
from backend.push import addresses, campaigns, groups, outlets
from backend.push.address_schemas import NewPushAddress
from backend.push.escalation import every_minute
from backend.push.moving import Move, move
from backend.push.planning import plan
from backend.push.provider import AddressKind, Category, Provider
from backend.push.states import DeliveryState, GroupKind
from backend.tasks.actions import complete_task, decline_task
from backend.tasks.tables import DeclineReason
from seed import made_id
from seed import notice_words as words
from seed.cast import CADRES, EVERYBODY, ONE_PER_ROLE, Member, holder
from seed.households import NewHousehold
from seed.places import VILLAGES

OVER, ON_ITS_WAY = made_id("notice/over"), made_id("notice/on its way")
NOTICES = {"finished": OVER, "running": ON_ITS_WAY}
HEADCOUNTS = (113, 86, 142, 97, 171, 64, 205, 128, 233, 76)
HOUSEHOLDS_EACH, CITIZENS_EACH = 5, 2
CONSENT_TEXT = "notices-2026-09"

Cast = Mapping[Member, Actor]


class Way(Struct, frozen=True):
    """What planning asks of a provider."""

    name: str
    kinds: frozenset[AddressKind]


WAYS = [
    typed(Provider, Way("demo-app", frozenset({AddressKind.HMS_TOKEN}))),
    typed(Provider, Way("demo-sms", frozenset({AddressKind.SMS}))),
]


async def tell_around(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """Groups and addresses a week before this `morning`; one notice three days before, one the day before."""
    supervisor = cast[holder(Role.SUPERVISOR)]
    with outlets.in_their_place(WAYS):
        with clock.stopped(morning - timedelta(days=7)):
            await _groups(supervisor)
            await _addresses(cast, households)
        with clock.stopped(morning - timedelta(hours=70)):
            is_new = (await campaigns.send_notice(id=OVER, new=words.over(), by=supervisor)).created
            await plan(OVER)
        if is_new:
            await _comes_to_its_end(cast, morning - timedelta(hours=70))
        with clock.stopped(morning - timedelta(hours=15)):
            is_new = (await campaigns.send_notice(id=ON_ITS_WAY, new=words.on_its_way(morning), by=supervisor)).created
            await plan(ON_ITS_WAY)
        if is_new:
            await _comes_half_way(cast, morning - timedelta(hours=15))
        await _inboxes(morning)


async def _groups(supervisor: Actor) -> None:
    owner_of = {code: cadre for cadre in CADRES for code in cadre.division_codes}
    for village, headcount in zip(VILLAGES, HEADCOUNTS, strict=True):
        await groups.open_group(
            id=_group(village.code),
            name=f"{village.name}村民群",
            kind=GroupKind.WECHAT,
            division_code=village.code,
            owner_id=owner_of[village.code].id,
            headcount=headcount,
            headcount_as_of=clock.today(),
            by=supervisor,
        )


def _group(village_code: str) -> UUID:
    return made_id(f"group/{village_code}")


async def _addresses(cast: Cast, households: list[NewHousehold]) -> None:
    """Apps of all but two, one of which is muted; SMS of five households and two others in each village."""
    for member in EVERYBODY[1:-1]:
        muted = [Category.SERVICE] if member == CADRES[-1] else []
        new = NewPushAddress(kind=AddressKind.HMS_TOKEN, value=f"demo-{member.id}", muted=muted)
        await addresses.register_push_address(id=made_id(f"address/{member.phone}"), new=new, by=cast[member])
    for village in VILLAGES:
        cadre = next(cast[each] for each in CADRES if village.code in each.division_codes)
        for household in [each for each in households if each.village == village][:HOUSEHOLDS_EACH]:
            await _household(household, by=cadre)
        for number in range(CITIZENS_EACH):
            await _citizen(village.code, number)


async def _household(household: NewHousehold, *, by: Actor) -> None:
    consent_id = made_id(f"consent/{household.code}")
    await record_consent(
        id=consent_id,
        household_id=household.id,
        purpose="notices",
        text_version=CONSENT_TEXT,
        text_sha256=hashlib.sha256(CONSENT_TEXT.encode()).hexdigest(),
        channel=ConsentChannel.VISIT,
        method=ConsentMethod.SPOKEN,
        given=True,
        at=clock.now(),
        by=by,
    )
    await addresses.register_household_address(
        id=made_id(f"address/{household.code}"),
        household_id=household.id,
        kind=AddressKind.SMS,
        value=household.contact_phone.replace(" ", ""),
        consent_id=consent_id,
        division_code=household.division_code,
    )


async def _citizen(village_code: str, number: int) -> None:
    name = f"citizen/{village_code}/{number}"
    await addresses.register_citizen_address(
        id=made_id(f"address/{name}"),
        citizen_id=made_id(name),
        kind=AddressKind.SMS,
        value=f"1549{village_code[8:]}{number:03}",
        opted_in_text=CONSENT_TEXT,
        division_code=village_code,
    )


async def _comes_to_its_end(cast: Cast, began: datetime) -> None:
    """A minute later carriers have it, four numbers fail; later phones showed it, groups posted; then it is over."""
    S = DeliveryState
    await moved_on(OVER, began + timedelta(minutes=1), [S.FAILED] * 4 + [S.ACCEPTED] * 200)
    await moved_on(OVER, began + timedelta(minutes=2), [S.DELIVERED] * 62)
    await moved_on(OVER, began + timedelta(hours=1), [S.SHOWN] * 49)
    for number, village in enumerate(VILLAGES[:9]):
        owner = next(cast[cadre] for cadre in CADRES if village.code in cadre.division_codes)
        with clock.stopped(began + timedelta(minutes=20 + 7 * number)):
            if number == 8:
                await decline_task(task_id=posting(OVER, village.code), reason=DeclineReason.NOT_MINE, by=owner)
            else:
                await complete_task(task_id=posting(OVER, village.code), by=owner)
    await acknowledged(OVER, [cast[cadre] for cadre in CADRES[:4]], began + timedelta(minutes=40))
    for hours in (1, 2, 3, 4):
        with clock.stopped(began + timedelta(hours=hours, minutes=5)):
            await every_minute()


async def _comes_half_way(cast: Cast, began: datetime) -> None:
    S = DeliveryState
    await moved_on(ON_ITS_WAY, began + timedelta(minutes=1), [S.FAILED] * 2 + [S.ACCEPTED] * 45)
    await moved_on(ON_ITS_WAY, began + timedelta(minutes=2), [S.DELIVERED] * 33)
    await moved_on(ON_ITS_WAY, began + timedelta(minutes=9), [S.SHOWN] * 18)
    with clock.stopped(began + timedelta(minutes=15)):
        for village in VILLAGES[2:5]:
            owner = next(cast[cadre] for cadre in CADRES if village.code in cadre.division_codes)
            await complete_task(task_id=posting(ON_ITS_WAY, village.code), by=owner)
    await acknowledged(ON_ITS_WAY, [cast[cadre] for cadre in CADRES[2:4]], began + timedelta(minutes=20))


async def moved_on(notice_id: UUID, at: datetime, to: Sequence[DeliveryState]) -> None:
    """What a carrier says of the first so many that may still move on, in the same order every time."""
    rows = await fetch(
        "SELECT d.id FROM push_delivery d JOIN push_recipient r ON r.id = d.recipient "
        "WHERE d.notice = $1 AND d.state NOT IN ('muted', 'failed') ORDER BY r.subject",
        notice_id,
    )
    moves = [Move(id=row["id"], state=state) for row, state in zip(rows, to, strict=False)]
    await move(moves, at=at)


def posting(notice_id: UUID, village_code: str) -> UUID:
    """The forward task for a village's group."""
    return uuid5(notice_id, f"forward to {_group(village_code)}")


async def acknowledged(notice_id: UUID, who: Sequence[Actor], at: datetime) -> None:
    with clock.stopped(at):
        for by in who:
            await push.acknowledge_notice(notice_id=notice_id, by=by)


async def _inboxes(morning: datetime) -> None:
    """Each demo account has something to read; who goes from door to door has an exercise to answer."""
    everybody = [member.id for member in ONE_PER_ROLE]
    with clock.stopped(morning - timedelta(days=2)):
        await push.notify(
            to=everybody,
            text=words.WELCOME,
            category=Category.INFO,
            dedupe_key="demo/welcome",
        )
    with clock.stopped(morning - timedelta(hours=14)):
        await push.notify(
            to=everybody,
            text=words.MEETING,
            category=Category.SERVICE,
            dedupe_key="demo/meeting",
            link="/console/today",
        )
    with clock.stopped(morning - timedelta(minutes=40)):
        await push.notify(
            to=[member.id for member in ONE_PER_ROLE if member.role in (Role.CADRE, Role.ASSISTANT, Role.OPERATOR)],
            text=words.RAINSTORM,
            category=Category.EMERGENCY,
            dedupe_key="demo/rainstorm",
            expires_at=morning + timedelta(days=30),
            exercise=True,
        )

"""What the tests of this room stand on: two ways out of the house, phones, and the queue worked by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.push import addresses, outlets
from backend.push.address_schemas import NewPushAddress
from backend.push.provider import AddressKind, Category
from backend.push.routes import router
from tests.application import application
from tests.push.outside import Outside
from tests.queued import do_jobs

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""A Monday, 12:00 in Shandong."""


class Ways:
    """The providers of a test: an app's push with receipts, WeChat without, SMS with."""

    def __init__(self) -> None:
        self.app = Outside("fcm", AddressKind.FCM_TOKEN, AddressKind.FCM_FID, AddressKind.FCM_TOPIC)
        self.hms = Outside("hms", AddressKind.HMS_TOKEN)
        self.wechat = Outside("wechat", AddressKind.WECHAT_OPENID, receipts=False)
        self.sms = Outside("sms", AddressKind.SMS)

    def all(self) -> list[Outside]:
        return [self.app, self.hms, self.wechat, self.sms]


@pytest.fixture
async def ways(cast, monkeypatch) -> Ways:
    made = Ways()
    monkeypatch.setattr(outlets, "in_use", made.all)
    return made


@pytest.fixture
async def noon() -> AsyncIterator[None]:
    """Noon, and no seconds passing."""
    with clock.stopped(NOON):
        yield


def later(**span: float):
    """The clock, so much later than it stands."""
    return clock.stopped(clock.now() + timedelta(**span))


@pytest.fixture
def phone(ways) -> Callable[..., Awaitable[UUID]]:
    """`await phone(cast.cadre, "token-1")` registers an address of his; its id."""

    async def register(
        who: Actor, value: str, kind: AddressKind = AddressKind.FCM_TOKEN, muted: list[Category] | None = None
    ) -> UUID:
        if kind == AddressKind.SMS:  # of a number of the test's own: people may only register their account's
            given = {"person_id": who.person_id, "kind": AddressKind(kind), "value": value}
            return (await addresses.register_address_of(id=ids.uuid7(), **given)).record.id
        new = NewPushAddress(kind=AddressKind(kind), value=value, muted=muted or [])
        return (await addresses.register_push_address(id=ids.uuid7(), new=new, by=who)).record.id

    return register


@pytest.fixture
def work(ways) -> Callable[..., Awaitable[None]]:
    """Do this room's jobs until there is none; with `late` first those that were put off, as if their time had come."""

    async def do(*, late: bool = False) -> None:
        done = await do_jobs("push/%", late=late)
        while done:
            done = await do_jobs("push/%")

    return do


@pytest.fixture
async def states() -> Callable[[], Awaitable[dict[str, int]]]:
    """How many deliveries stand in each state, counted one by one."""

    async def counted() -> dict[str, int]:
        rows = await fetch("SELECT state, count(*) AS n FROM push_delivery GROUP BY state ORDER BY state")
        return {row["state"]: row["n"] for row in rows}

    return counted


@pytest.fixture
async def wire() -> AsyncIterator[httpx.AsyncClient]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client

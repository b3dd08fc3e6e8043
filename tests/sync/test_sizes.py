"""What travels is small: a first sync is one request under 100 KB, one at which nothing changed under 200 bytes."""

import asyncio
import gzip
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from backend.alerts import deciding, drafting
from backend.core import clock, ids
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.sync.schemas import SyncPage
from tests.alerts.warnings import new_alert
from tests.application import whole_house
from tests.cast import SINCE, VILLAGE
from tests.serving import on_loopback
from tests.tasks.requests import asked
from tests.visits.fieldwork import Fieldwork

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FIRST_SYNC_BYTES, IDLE_BYTES = 100_000, 200
HOUSEHOLDS, TASKS, VISITS, NEEDS = 30, 12, 57, 10
NAMES, LANES = "林宋潘丁王李张刘陈杨", "东南西北中"


@pytest.fixture
async def busy(cast, published) -> Actor:
    """A cadre with a month's work, who carries all five kits: he goes round with the police's leaflets too."""
    fieldwork = Fieldwork(cast)
    given = {"role": Role.ASSISTANT, "division_code": VILLAGE, "valid_from": SINCE}
    await actions.assign_role(person_id=cast.cadre.person_id, **given)
    by = await sessions.actor(person_id=cast.cadre.person_id)
    households = [
        await fieldwork.household(
            f"LLM-{number:03d}",
            served_by=by,
            at=(116.3 + number * 0.00137, 36.93 - number * 0.00091),
            name=f"{NAMES[number % 10]}{LANES[number % 5]}{NAMES[number % 7]}",
        )
        for number in range(100, 100 + HOUSEHOLDS)
    ]
    visits = [
        await fieldwork.visit(
            by,
            household=households[number % HOUSEHOLDS],
            at=clock.now() - timedelta(hours=11 * number + 1),
            note=f"看了第{number}块地，说好{number % 9 + 2}天后再来",
            topics=["production"],
        )
        for number in range(VISITS)
    ]
    for number in range(NEEDS):
        await fieldwork.need(visits[number], household=households[number])
    for number in range(TASKS):
        await asked(assignee_id=by.person_id, title_zh=f"回访第{number}户", household_id=households[number])
    draft = await drafting.raise_alert(id=ids.uuid7(), new=new_alert(), by=cast.operator)
    await deciding.approve_alert(alert_id=draft.record.id, by=cast.supervisor)
    return by


async def pulled(by: Actor, encoding: str) -> tuple[httpx.Response, bytes]:
    """A first sync through the whole house, and its bytes as they travelled."""
    token = await sessions.access_token_for(person_id=by.person_id, valid_for=timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
    transport = httpx.ASGITransport(whole_house())
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
        client.stream("GET", "/api/v1/sync/changes", headers=headers) as answer,
    ):
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize(("encoding", "opened"), [("zstd", zstd.decompress), ("gzip", gzip.decompress)])
async def test_the_first_sync_of_a_month_of_work_is_one_answer_under_100_kb(busy, encoding, opened):
    answer, sent = await pulled(busy, encoding)

    page = msgspec.json.decode(opened(sent), type=SyncPage)
    assert answer.headers["content-encoding"] == encoding
    assert len(sent) < FIRST_SYNC_BYTES
    assert not page.more
    carried = page.changes
    assert len(carried.households.put) >= HOUSEHOLDS
    assert (len(carried.kits.put), len(carried.alerts.put)) == (5, 1)
    assert len(carried.kit_files.put) > 50
    assert len(carried.bans.put) > 30
    assert len(carried.tasks.put) >= TASKS
    assert (len(carried.visits.put), len(carried.cases.put)) == (VISITS, NEEDS)


async def test_a_sync_at_which_nothing_changed_is_under_200_bytes_with_its_head(cast):
    token = await sessions.access_token_for(person_id=cast.cadre.person_id, valid_for=timedelta(minutes=5))
    async with on_loopback(whole_house()) as url:
        head = f"Host: {urlsplit(url).netloc}\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: zstd, gzip\r\n"
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
            cursor = (await client.get("/api/v1/sync/changes")).json()["cursor"]
        asking = f"GET /api/v1/sync/changes?cursor={cursor} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
        answer = await _spoken(url, asking)

    assert answer.startswith(b"HTTP/1.1 204 ")
    assert answer.endswith(b"\r\n\r\n")
    assert len(answer) < IDLE_BYTES


async def _spoken(url: str, request: str) -> bytes:
    """Everything that a server says to one request, to the last byte."""
    reading, writing = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    writing.write(request.encode())
    said = await reading.read()
    writing.close()
    await writing.wait_closed()
    return said

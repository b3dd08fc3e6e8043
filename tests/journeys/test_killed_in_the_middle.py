"""Whatever is killed, and when: no acknowledged visit is lost, none is there twice, the next start needs no hand."""

import asyncio
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from backend.core.postgres import EmbeddedPostgres

AT_ONCE = 16
A_BREATH_S = 0.05
CADRE = "15400000001"


class Load:
    """Visits on their way from many phones at once, and what each phone heard. They never run out."""

    def __init__(self, url: str, signed_in: dict[str, str]) -> None:
        self.url, self.signed_in = url, signed_in
        self.visits: dict[str, dict[str, str]] = {}
        self.acknowledged: set[str] = set()
        self.enough = asyncio.Event()
        self.cut: list[httpx.TransportError] = []

    async def send_until_cut(self, acknowledged_n: int) -> None:
        """Send; `enough` is set when so many are acknowledged. A phone whose line is cut keeps what it has."""
        async with self._client() as client:
            await asyncio.gather(*(self._phone(client, acknowledged_n) for _ in range(AT_ONCE)))

    async def _phone(self, client: httpx.AsyncClient, acknowledged_n: int) -> None:
        while True:
            visit_id, visit = str(uuid4()), _visit(len(self.visits))
            self.visits[visit_id] = visit
            try:
                answer = await client.post("/api/v1/visits", json={"id": visit_id, **visit})
            except httpx.TransportError as error:
                self.cut.append(error)
                return
            if answer.status_code == 201:
                self.acknowledged.add(visit_id)
            elif answer.status_code < 500:
                raise AssertionError(answer.text)
            else:
                await asyncio.sleep(A_BREATH_S)
            if len(self.acknowledged) >= acknowledged_n:
                self.enough.set()

    async def send_again(self) -> dict[str, int]:
        """Every phone sends all it has; the status of each."""
        heard: dict[str, int] = {}

        async def one(client: httpx.AsyncClient, visit_id: str) -> None:
            answer = await client.post("/api/v1/visits", json={"id": visit_id, **self.visits[visit_id]})
            heard[visit_id] = answer.status_code

        async with self._client() as client:
            ids = list(self.visits)
            for start in range(0, len(ids), AT_ONCE):
                await asyncio.gather(*(one(client, visit_id) for visit_id in ids[start : start + AT_ONCE]))
        return heard

    async def read(self, visit_ids: set[str]) -> dict[str, int]:
        async with self._client() as client:
            return {each: (await client.get(f"/api/v1/visits/{each}")).status_code for each in visit_ids}

    async def listed(self) -> list[str]:
        """Every visit that the list shows, page by page."""
        seen: list[str] = []
        more: dict[str, str] | None = {}
        async with self._client() as client:
            while more is not None:
                page = (await client.get("/api/v1/visits", params={"limit": "1000"} | more)).json()
                seen += [visit["id"] for visit in page["items"]]
                more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        return seen

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=self.signed_in, timeout=20)


def _visit(number: int) -> dict[str, str]:
    occurred_at = datetime.now(UTC) - timedelta(minutes=number % 300)
    return {"channel": "call", "occurred_at": occurred_at.isoformat(), "household_code": f"LLM-{1 + number % 30:03}"}


async def test_what_was_acknowledged_is_there_after_everything_was_killed_in_the_middle(house, seeded):
    password = house.move_in(seeded)
    house.open()
    signed_in = house.sign_in(CADRE, password)
    everything: set[str] = set()
    for acknowledged_n, postgres_first in ((12, True), (60, False), (120, True)):
        load = Load(house.url, signed_in)
        sending = asyncio.create_task(load.send_until_cut(acknowledged_n))
        await asyncio.wait_for(load.enough.wait(), 20)
        await asyncio.to_thread(house.kill_everybody, postgres_first=postgres_first)
        await sending
        assert len(load.cut) == AT_ONCE, "everybody was in the middle of it"
        assert acknowledged_n <= len(load.acknowledged)

        await asyncio.to_thread(house.open)

        assert set((await load.read(load.acknowledged)).values()) == {200}
        again = await load.send_again()
        assert {again[visit_id] for visit_id in load.acknowledged} == {200}
        assert set(again.values()) <= {200, 201}
        assert set((await load.send_again()).values()) == {200}
        everything |= set(load.visits)
        listed = await load.listed()
        assert len(listed) == len(set(listed))
        assert everything <= set(listed)
    assert house.close() == 0


async def test_three_nodes_that_migrate_one_empty_database_at_once_all_succeed(house):
    with EmbeddedPostgres(house.data / "postgres") as shared:
        nodes = [house.begin("migrate", DATABASE_URL=shared.dsn) for _ in range(3)]

        left = [await asyncio.to_thread(node.wait, 60) for node in nodes]

    assert left == [0, 0, 0], house.printed.read_text()


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_a_server_that_is_told_to_leave_answers_what_it_began_and_leaves_with_zero(house, seeded, processes):
    password = house.move_in(seeded)
    house.open(WEB_PROCESSES=processes)
    signed_in = house.sign_in(CADRE, password)
    load = Load(house.url, signed_in)
    told = asyncio.Event()
    slow = asyncio.create_task(_slow_visit(house.port, signed_in, told))
    sending = asyncio.create_task(load.send_until_cut(60))
    await asyncio.wait_for(load.enough.wait(), 20)

    leaving = asyncio.create_task(asyncio.to_thread(house.close, group=True))
    asyncio.get_running_loop().call_later(1, told.set)

    status, connection = await slow
    assert (status, connection) == (201, "close")
    await sending
    assert len(load.cut) == AT_ONCE
    assert await leaving == 0, house.printed.read_text()
    assert house.postmaster() is None
    house.open()
    assert set(await load.listed()) & set(load.visits) == load.acknowledged  # none was begun and left unanswered
    assert house.close() == 0


async def test_a_phone_that_listens_for_notices_does_not_keep_a_leaving_server_waiting(house, seeded):
    password = house.move_in(seeded)
    house.open()
    phone = httpx.AsyncClient(base_url=house.url, headers=house.sign_in(CADRE, password), timeout=20)
    async with phone, phone.stream("GET", "/api/v1/my/notices/stream") as stream:
        leaving = asyncio.create_task(asyncio.to_thread(house.close))
        with suppress(httpx.TransportError):  # cut or ended, it is over
            async for _ in stream.aiter_lines():
                pass

    assert await asyncio.wait_for(leaving, 15) == 0, house.printed.read_text()  # the grace period is 30 s


async def _slow_visit(port: int, signed_in: dict[str, str], told: asyncio.Event) -> tuple[int, str]:
    """A visit from a phone on a bad line, half of it after the server was told to leave: status and `Connection`."""
    body = httpx.Request("POST", "http://x", json={"id": str(uuid4()), **_visit(1)}).content
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [
        "POST /api/v1/visits HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Authorization: {signed_in['Authorization']}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode() + body[:20])
    await told.wait()
    for start in range(20, len(body), 20):
        writer.write(body[start : start + 20])
        await writer.drain()
        await asyncio.sleep(0.05)
    answer = (await reader.read()).decode().lower()
    writer.close()
    await writer.wait_closed()
    connection = [line.partition(": ")[2] for line in answer.split("\r\n") if line.startswith("connection:")]
    return int(answer.split()[1]), (connection or [""])[0]


async def test_processes_whose_supervisor_was_killed_leave_and_free_the_port(house):
    house.open(WEB_PROCESSES="2")
    postmaster = house.postmaster()

    house.process.kill()
    house.process.wait()
    await asyncio.to_thread(_wait_until_free, house.port)

    assert house.postmaster() == postmaster
    house.open()
    assert house.close() == 0
    assert house.postmaster() is None


def _wait_until_free(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("somebody still listens")

"""What the client's tests stand on: a phone on its own file, with a line to the whole house that can break."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx
import pytest
from lianxin_client import Phone, Store
from PIL import Image

from backend.core import clock, ids
from tests.application import whole_house
from tests.cast import PASSWORD, Cast, phone_of
from tests.sync.line import Line

T = TypeVar("T")
Fault = Callable[[httpx.Request, Callable[[httpx.Request], httpx.Response]], httpx.Response]


class Breaking(Line):
    """A line that does what `fault` says, and keeps what went over it."""

    fault: Fault | None = None

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.sent.append(request)
        return self.fault(request, super().handle_request) if self.fault else super().handle_request(request)

    def pushed(self) -> list[bytes]:
        """The bodies of pushes, in order."""
        return [each.content for each in self.sent if each.url.path == "/api/v1/sync/commands"]


class Pocket:
    """A phone as a test has it. What waits for the house runs on a thread, so that the house can answer."""

    def __init__(self, folder: Path, line: Breaking) -> None:
        self.path, self.line = folder / "phone.sqlite", line
        self.phone = self.woken()

    def woken(self) -> Phone:
        """Made anew from its file, as after a crash."""
        self.phone = Phone(Store(self.path), httpx.Client(base_url="http://test", transport=self.line))
        return self.phone

    async def sign_in(self, who: str) -> str:
        """Somebody of the cast signs in; his id."""
        return (await off(self.phone.sign_in, phone_of(who), PASSWORD)).id

    async def sync(self) -> Any:
        """Everything, once."""
        return await off(self.phone.sync)

    def contact(self, **said: Any) -> str:
        """A call that the holder writes down; the command's id."""
        usual = {"id": str(ids.uuid7()), "channel": "call", "occurred_at": clock.now().isoformat()}
        return self.phone.do("recordVisit", usual | {"household_code": "LLM-001"} | said)

    def standings(self) -> dict[str, str]:
        """Where each command stands."""
        return {each.id: each.standing.value for each in self.phone.queue.all()}


async def off(call: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Off the loop."""
    return await asyncio.to_thread(partial(call, *arguments, **named))


def no_line(request: httpx.Request, deliver: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    raise httpx.ConnectError("no line")


def answer_lost(request: httpx.Request, deliver: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    deliver(request)
    raise httpx.ReadTimeout("no answer")


@pytest.fixture
async def line(cast: Cast) -> Breaking:
    return Breaking(whole_house(), asyncio.get_running_loop())


@pytest.fixture
def pocket(tmp_path: Path, line: Breaking) -> Iterator[Pocket]:
    held = Pocket(tmp_path, line)
    yield held
    held.phone.store.close()


@pytest.fixture
def picture() -> bytes:
    """A small photo."""
    written = BytesIO()
    Image.frombytes("RGB", (24, 24), Random(7).randbytes(24 * 24 * 3)).save(written, "JPEG")
    return written.getvalue()

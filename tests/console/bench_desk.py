"""The bench's pages as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from litestar import Router
from lxml import html

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.console import bench_routes, today
from backend.console import refused as console_refused
from backend.core.ids import uuid7
from backend.people.actors import Actor
from backend.people.guards import NEEDS_SIGN_IN
from backend.people.sessions import access_token_for
from tests.application import application

BENCH = "/console/bench"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HEADER = "样品编号,样品名称,抑制率(%),结论,检测日期,仪器编号,记录编号"
ROWS = (
    "NY-001,白菜,12.5,合格,2026-11-20 09:30,NC-1001,1",
    "NY-002,黄瓜,63.2,不合格,2026-11-20 09:35,NC-1001,2",
    "NY-003,番茄,44.0,合格,2026-11-20 09:40,NC-1001,3",
    "NY-004,豆角,很多,合格,2026-11-20 09:45,NC-1001,4",
)
"""Of an instrument: a negative, a positive, a suspect that it calls good, and one that is no number."""
PAGES = Router(
    path="/",
    route_handlers=[bench_routes.router, today.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


class Page:
    """What it shows."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.text = answer.text
        self.address = str(answer.url)
        self.tree = html.fromstring(answer.text)

    def all(self, path: str) -> list[Any]:
        return list(self.tree.xpath(path))

    def said(self, path: str) -> str:
        return " ".join(" ".join("".join(one.itertext()).split()) for one in self.all(path))

    def offers(self, step: str) -> bool:
        return bool(self.all(f'//form[contains(@action, "/{step}")]'))


class Desk:
    """A browser without scripts: it looks, fills in forms and sends what stands in them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def be(self, who: Actor) -> "Desk":
        token = await access_token_for(person_id=who.person_id, valid_for=timedelta(hours=1))
        self._client.headers["Authorization"] = f"Bearer {token}"
        return self

    async def look(self, address: str = BENCH, status: int = 200) -> Page:
        answer = await self._client.get(address, follow_redirects=True)
        assert answer.status_code == status, answer.text
        return Page(answer)

    async def raw(self, address: str) -> httpx.Response:
        return await self._client.get(address)

    async def send(self, page: Page, step: str, *, near: str = "", **typed: str) -> Page:
        """The form of a step (the first one; with `near` the first that holds these words), and what is typed in."""
        form = next(
            one for one in page.tree.forms if one.action.endswith(f"/{step}") and near in "".join(one.itertext())
        )
        data = dict(form.form_values()) | typed
        answer = await self._client.post(form.action, data=data, headers=SAME_SITE, follow_redirects=True)
        return Page(answer)

    async def press(self, page: Page, step: str, **typed: str) -> Page:
        """A button that sends its form to a step of its own."""
        (button,) = page.all(f'//button[contains(@formaction, "/{step}") and not(@aria-hidden)]')
        form = next(button.iterancestors("form"))
        data = dict(form.form_values()) | typed
        answer = await self._client.post(button.get("formaction"), data=data, headers=SAME_SITE, follow_redirects=True)
        return Page(answer)

    async def drop(self, *rows: str, name: str = "0520.csv", content: bytes | None = None, **fields: str) -> Page:
        """A file on the page: its header and these rows."""
        body = content if content is not None else "\n".join((HEADER, *rows)).encode("gb18030")
        answer = await self._client.post(
            f"{BENCH}/imports",
            data={"id": str(uuid7())} | fields,
            files={"file": (name, body, "text/csv")},
            headers=SAME_SITE,
            follow_redirects=True,
        )
        return Page(answer)

    async def led(self, address: str, **typed: str) -> str:
        """Where sending a form leads to."""
        answer = await self._client.post(address, data=typed, headers=SAME_SITE)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def photo(self, address: str, content: bytes) -> Page:
        """A photo from a form of its own."""
        answer = await self._client.post(
            address,
            data={"id": str(uuid7())},
            files={"photo": ("strip.jpg", content, "image/jpeg")},
            headers=SAME_SITE,
            follow_redirects=True,
        )
        return Page(answer)


@asynccontextmanager
async def desk_of(who: Actor) -> AsyncIterator[Desk]:
    """In front of the bench's pages, as somebody."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield await Desk(client).be(who)

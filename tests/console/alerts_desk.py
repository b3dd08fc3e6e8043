"""The pages of warnings as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from lxml import html

from backend.console.routes import router
from backend.feeds import warnings
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from tests.application import application
from tests.cast import TOWNSHIP

ALERTS = "/console/alerts"
NEW = f"{ALERTS}/new"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
WRITTEN = {
    "event": "冒充惠农补贴诈骗",
    "category": "Security",
    "colour": "yellow",
    "urgency": "Expected",
    "certainty": "Observed",
    "fraud_type": "farm_supplies_and_subsidies",
    "headline": "有人冒充补贴办打电话要验证码",
    "description": "骗子说补贴要退款，让您报验证码。",
    "instruction": "不报验证码，先打 96110 问一问。",
    "places": [TOWNSHIP],
}
"""What somebody types and ticks; the rest stays as the page gave it."""


class Shown:
    """A page, and its forms."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status, self.text, self.address = answer.status_code, answer.text, str(answer.url.raw_path, "ascii")
        self.tree = html.fromstring(answer.text)

    def said(self, path: str = "//main") -> str:
        return " ".join(" ".join("".join(one.itertext()).split()) for one in self.tree.xpath(path))

    def form(self, ending: str) -> Any:
        return next((one for one in self.tree.forms if one.action.endswith(ending)), None)

    def wrong(self) -> set[str]:
        """Which fields it marks."""
        return {one.get("id").removeprefix("wrong-") for one in self.tree.xpath('//*[@class="wrong"]')}

    @property
    def id(self) -> str:
        """Of the warning it shows."""
        return self.address.partition("?")[0].rsplit("/", 1)[-1]


class Desk:
    """It looks, fills in forms and sends what stands in them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def be(self, who: Actor) -> "Desk":
        token = await access_token_for(person_id=who.person_id, valid_for=timedelta(days=40))
        self.client.headers["Authorization"] = f"Bearer {token}"
        return self

    async def look(self, address: str = ALERTS, status: int = 200) -> Shown:
        answer = await self.client.get(address, follow_redirects=True)
        assert answer.status_code == status, answer.text
        return Shown(answer)

    async def send(self, page: Shown, ending: str, **typed: Any) -> Shown:
        """The form whose address ends so, and what is typed in."""
        form = page.form(ending)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        data |= typed
        answer = await self.client.post(form.action, data=data, headers=SAME_SITE, follow_redirects=True)
        return Shown(answer)

    async def write(self, page: Shown | None = None, *, step: str = "send", **typed: Any) -> Shown:
        """The form of a new warning."""
        return await self.send(page or await self.look(f"{NEW}?preset=fraud"), "/new", step=step, **WRITTEN | typed)


@asynccontextmanager
async def alerts_desk(who: Actor) -> AsyncIterator[Desk]:
    """In front of the console and the public feed, as somebody."""
    app = application(router, warnings.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield await Desk(client).be(who)

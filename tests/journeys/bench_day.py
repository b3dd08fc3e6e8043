"""A studio's day, told over HTTP: who stands at the bench, who hands in, who looks on; nobody knows a verb."""

from datetime import timedelta
from typing import Any

import httpx
from lxml import html

from backend.core import ids
from backend.people import sessions
from backend.people.actors import Actor
from tests.application import whole_house
from tests.cast import Cast
from tests.laboratory.bench import Bench

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HEADER = "仪器编号,记录号,通道号,样品编号,样品名称,检测项目,抑制率(%),判定结果,检测时间,检测人员"


class Day:
    """The program without a port, and the people of `bench`."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(whole_house()), base_url="http://test")

    @classmethod
    async def begin(cls, cast: Cast) -> "Day":
        """A studio, a station below it, and who works there."""
        return cls(await Bench.make(cast))

    async def post(self, who: Actor | None, path: str, said: Any = None, *, status: int, **more: Any) -> Any:
        """Send something as somebody; what the answer says."""
        answer = await self.client.post(f"/api/v1/laboratory{path}", json=said, headers=await _as(who), **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def get(self, who: Actor | None, path: str, *, status: int = 200) -> Any:
        """Ask for something as somebody."""
        answer = await self.client.get(f"/api/v1/laboratory{path}", headers=await _as(who))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def drop(self, who: Actor, lines: list[str], *, status: int = 201, **told: str) -> dict[str, Any]:
        """Drop a file on the bench, as the instrument's program wrote it: Chinese headers, GBK."""
        content = "\r\n".join([HEADER, *lines, ""]).encode("gbk")
        answer = await self.client.post(
            "/api/v1/laboratory/imports",
            files={"file": ("20261120.csv", content, "text/csv")},
            data=told,
            headers=await _as(who),
        )
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def tasks(self, who: Actor, kind: str) -> list[dict[str, Any]]:
        """What of one kind waits for somebody."""
        answer = await self.client.get("/api/v1/my/tasks", headers=await _as(who))
        return [task for task in answer.json()["tasks"] if task["kind"] == kind]

    async def scan(self, slip_url: str) -> "Page":
        """What the farmer sees when he scans his slip."""
        return Page(await self.client.get(slip_url))

    async def say(self, slip_url: str, share: str) -> "Page":
        """What he answers to the question on it."""
        page = await self.scan(slip_url)
        fields = {each.get("name"): each.get("value") for each in page.tree.xpath("//form//input[@type='hidden']")}
        answer = await self.client.post(
            f"{slip_url}/consent", data=fields | {"share": share}, headers=SAME_SITE, follow_redirects=True
        )
        return Page(answer)


class Page:
    """One of the farmer's pages as a browser without scripts has it."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.tree: Any = html.fromstring(answer.text)
        self.text = " ".join(self.tree.text_content().split())

    @property
    def seen(self) -> tuple[str, str]:
        """The picture by its name, and the word below it."""
        section = self.tree.xpath("//section[contains(@class, 'verdict')]")[0]
        return section.get("class").split()[-1], section.xpath(".//h1")[0].text_content()


async def _as(who: Actor | None) -> dict[str, str]:
    if who is None:
        return {}
    token = await sessions.access_token_for(person_id=who.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


def new(**said: Any) -> dict[str, Any]:
    """Something with an id of its own, so that it may be said again."""
    return {"id": str(ids.uuid7())} | said

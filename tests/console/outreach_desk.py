"""The pages of outreach as a browser without scripts has them: its forms, with files too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from litestar import Router

from backend.antifraud import round_marks
from backend.antifraud.outreach_words import HouseholdMark
from backend.antifraud.round_schemas import NewHouseholdMark
from backend.console import refused, today
from backend.console.outreach import outreach_routes
from backend.core import clock, ids
from backend.people import households
from backend.people.guards import NEEDS_SIGN_IN
from backend.people.tables import Role
from tests.antifraud.outreach import somebody
from tests.application import application
from tests.cast import COUNTY, VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page

HERE = "/console/outreach"


class OutreachDesk(Desk):
    """Sends a form of a page with what stands in it, what is typed, and perhaps a photo."""

    async def fill(self, page: Page, action: str, *, photo: tuple[str, bytes] | None = None, **typed: str) -> Page:
        form = next(one for one in page.tree.forms if (one.action or "").endswith(action) and one.method == "POST")
        data = {name: value for name, value in form.form_values() if name != "photo"} | typed
        files = {"photo": (*photo, "image/jpeg")} if photo else None
        if form.get("enctype") and not files:
            files = {"photo": ("", b"", "application/octet-stream")}
        answer = await self._client.post(form.action, data=data, files=files, headers=SAME_SITE, follow_redirects=True)
        return Page(answer)

    async def post(self, address: str, **typed: str) -> httpx.Response:
        return await self._client.post(address, data=typed, headers=SAME_SITE)


@cache
def outreach_pages() -> Router:
    """The pages as the program serves them, and the front page from which they are one tap away."""
    return Router(
        path="/",
        route_handlers=[Router(path="/console", route_handlers=[outreach_routes.router]), today.router],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def outreach_desk() -> AsyncIterator[OutreachDesk]:
    """In front of them; nobody is signed in yet."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application(outreach_pages())), base_url="http://test"
    ) as client:
        yield OutreachDesk(client)


async def doors(cast: Cast, *division_codes: str, how_many: int = 5) -> list[UUID]:
    """Households enough for the numbers of villages to be told."""
    seeder, made = await somebody(Role.ADMIN, COUNTY, number=62), []
    for place in division_codes or (VILLAGE,):
        for number in range(how_many):
            one = await households.register_household(
                id=ids.uuid7(),
                code=f"{place[-3:]}-{number:02d}",
                division_code=place,
                contact_name="邻居",
                contact_phone=f"199 0001 {number:02d}{place[-2:]}",
                by=seeder,
            )
            made.append(one.id)
    return made


async def knocked(cast: Cast, plan: Any, household_id: UUID, mark: HouseholdMark = HouseholdMark.VISITED) -> None:
    """What became of a door an hour ago."""
    new = NewHouseholdMark(household_id=household_id, mark=mark, at=clock.now() - timedelta(hours=1))
    await round_marks.record_mark(round_id=plan.id, new=new, by=cast.assistant)


def listed(page: Page, section: str) -> list[str]:
    """The rows of a section's list, in words."""
    rows = page.all(f'//section[@aria-labelledby="{section}"]//ul[contains(@class, "list")]/li')
    return [" ".join("".join(one.itertext()).split()) for one in rows]

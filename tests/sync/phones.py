"""A phone as the tests of pulling need it: it keeps what it is told and pulls on, without HTTP and without a queue."""

from typing import Any

import msgspec

from backend.people.actors import Actor
from backend.sync.pulling import sync_pull
from backend.sync.schemas import SyncPage


class Phone:
    """What one person's phone holds: by entity and id, records as JSON has them."""

    def __init__(self, by: Actor) -> None:
        self.by, self.cursor, self.holds = by, None, {}
        self.gone: list[tuple[str, str, str]] = []

    async def pull(self, limit: int | None = None) -> list[SyncPage]:
        """Pull until nothing more is told; the pages."""
        pages = []
        while page := await self.pull_once(limit):
            pages.append(page)
            if not page.more:
                break
        return pages

    async def pull_once(self, limit: int | None = None) -> SyncPage | None:
        """One answer, kept."""
        page = await sync_pull(by=self.by, request_id="r", cursor=self.cursor, limit=limit)
        if page is not None:
            self.keep(page)
        return page

    def keep(self, page: SyncPage) -> None:
        """Keep one answer."""
        told = msgspec.to_builtins(page)
        if told["reset"]:
            self.holds = {}
        for entity, changes in told["changes"].items():
            held = self.holds.setdefault(entity, {})
            held.update({str(record["id"]): record for record in changes["put"]})
            for each in changes["gone"]:
                held.pop(each["id"])
                self.gone.append((entity, each["id"], each["why"]))
        self.cursor = told["cursor"]

    def of(self, entity: str) -> dict[str, dict[str, Any]]:
        """What it holds of one entity."""
        return self.holds.get(entity, {})

"""What phones sent, and the pages on which it is put right, as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid5

import httpx
from litestar import Router

from backend.console import refused as console_refused
from backend.console import today
from backend.console.submissions import routes
from backend.openrosa import actions
from backend.openrosa.instances import ROOM
from backend.openrosa.submission_rows import Sender
from backend.people.actors import Actor
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.console.bench_desk import Desk
from tests.openrosa.collect import INSTANCE_ID, instance

HERE = "/console/submissions"
OTHER = "uuid:11111111-2222-4333-8444-555555555555"
UNKNOWN_CARD = "<household_code>NO-999</household_code>"
REFUSED = instance(contact=UNKNOWN_CARD, photos="<photo>1.jpg</photo><photo_after>2.jpg</photo_after>")
PAGES = Router(
    path="/",
    route_handlers=[routes.router, today.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


def id_of(instance_id: str = INSTANCE_ID) -> UUID:
    """Of the submission of a visit."""
    return uuid5(ROOM, f"visit\n{instance_id}")


WAITING = id_of()


async def came(by: Actor, xml: bytes = REFUSED, **files: bytes) -> None:
    """What his phone sent; `photo_1=...` is the file 1.jpg."""
    named = {f"{name.removeprefix('photo_')}.jpg": (lambda content=content: content) for name, content in files.items()}
    await actions.submit(xml=xml, files=named, sender=Sender(by))


@asynccontextmanager
async def phone_desk() -> AsyncIterator[Desk]:
    """In front of the pages, as nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)

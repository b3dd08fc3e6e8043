"""Who is sending: the key in the address, or HTTP Basic.

A wrong key gets 403 and no challenge, because no password typed into the phone would help.
"""

from typing import Any

from litestar import Request
from litestar.di import Provide

from backend.core.refusals import Refusal, SignInNeeded
from backend.core.settings import settings
from backend.people.actors import Actor
from backend.people.basic import actor_of_basic, is_basic
from backend.people.keys import actor_of_access_key


class KeyVoid(Refusal):
    """The key in the address is not one, or was revoked."""

    status, code, title = 403, "openrosa/key-void", "This address is no longer valid"


class DraftsElsewhere(Refusal):
    """An address as other servers have it for trying a form out before it is published."""

    status, code, title = 404, "openrosa/drafts-elsewhere", "Forms are not tried out at this address"


async def sender(request: Request[Any, Any, Any]) -> Actor:
    """The actor of the key in the path, else of Basic. Raises KeyVoid (403), SignInNeeded (401), SignInLocked (429)."""
    key = request.path_params.get("key")
    return await (_of_key(key) if key is not None else _of_basic(request))


async def _of_key(key: str) -> Actor:
    try:
        return await actor_of_access_key(key)
    except Refusal as refusal:
        if refusal.status != 401:
            raise
        raise KeyVoid("Ask for a new QR code and scan it in the settings of ODK Collect.") from refusal


async def _of_basic(request: Request[Any, Any, Any]) -> Actor:
    if not is_basic(request):
        raise SignInNeeded("Sign in with your phone number and password.")
    return await actor_of_basic(request, in_the_open=settings().openrosa_basic_over_http)


BY_SENDER = {"by": Provide(sender)}

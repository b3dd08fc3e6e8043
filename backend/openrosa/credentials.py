"""Who is sending: the key in the address, or HTTP Basic.

A wrong key gets 403 and no challenge, because no password typed into the phone would help. Basic is taken over TLS, and
from this machine itself (a proxy beside us that ends TLS, a demo).
"""

from base64 import b64decode
from ipaddress import ip_address
from typing import Any

from litestar import Request
from litestar.di import Provide

from backend.core.addresses import base_url
from backend.core.refusals import Invalid, Refusal, SignInNeeded
from backend.people.actors import Actor
from backend.people.keys import actor_of_access_key
from backend.people.sessions import actor_of_password


class KeyVoid(Refusal):
    """The key in the address is not one, or was revoked."""

    status, code, title = 403, "openrosa/key-void", "This address is no longer valid"


class PasswordInTheOpen(Refusal):
    """Basic without TLS: anybody on the way can read the password."""

    status, code, title = 403, "openrosa/password-in-the-open", "A password may only travel over https"


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
    phone, password = _said(request.headers.get("authorization", ""))
    if not _is_private(request):
        raise PasswordInTheOpen("Use an https address, or the address with a key from the QR code.")
    try:
        return await actor_of_password(phone, password)
    except Invalid as refusal:
        raise SignInNeeded("Phone number or password are not right.") from refusal


def _said(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    try:
        name, colon, password = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        name = colon = password = ""
    if scheme.lower() != "basic" or not colon or "\x00" in name + password:
        raise SignInNeeded("Sign in with your phone number and password.")
    return name, password


def _is_private(request: Request[Any, Any, Any]) -> bool:
    if base_url(request).startswith("https://"):
        return True
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


BY_SENDER = {"by": Provide(sender)}

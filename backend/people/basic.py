"""HTTP Basic with phone number and password, for programs that know nothing else (QGIS, GDAL, ODK Collect).

Taken over TLS, and from this machine itself: a proxy beside us that ends TLS, a demo.
"""

from base64 import b64decode
from ipaddress import ip_address
from typing import Any

from litestar import Request

from backend.core.addresses import base_url
from backend.core.refusals import Invalid, Refusal
from backend.people.actors import Actor
from backend.people.refusals import SignInRefused
from backend.people.sessions import actor_of_password

CHALLENGE = 'Basic realm="lianxin", charset="UTF-8"'


class PasswordInTheOpen(Refusal):
    """Basic without TLS: anybody on the way can read the password."""

    status, code, title = 403, "people/password-in-the-open", "A password may only travel over https"


def is_basic(request: Request[Any, Any, Any]) -> bool:
    """Whether the request brings Basic credentials."""
    return request.headers.get("authorization", "").lower().startswith("basic ")


async def actor_of_basic(request: Request[Any, Any, Any]) -> Actor:
    """The actor of the Basic credentials. Raises PasswordInTheOpen (403), SignInRefused (401), SignInLocked (429)."""
    phone, password = _said(request.headers.get("authorization", ""))
    if not _is_private(request):
        raise PasswordInTheOpen("Use an https address, a Bearer token, or the address with a key from the QR code.")
    try:
        return await actor_of_password(phone, password)
    except Invalid as refusal:
        raise SignInRefused from refusal


def _said(header: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(header[len("basic ") :].strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise SignInRefused from error
    if not colon or "\x00" in name + password:
        raise SignInRefused
    return name, password


def _is_private(request: Request[Any, Any, Any]) -> bool:
    if base_url(request).startswith("https://"):
        return True
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False

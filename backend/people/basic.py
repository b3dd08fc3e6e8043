"""HTTP Basic with phone number and password, for programs that know nothing else (QGIS, GDAL, ODK Collect).

Taken over TLS, and from this machine itself: a demo. A proxy beside us that ends TLS says so in X-Forwarded-Proto.
"""

from base64 import b64decode
from typing import Any

from litestar import Request

from backend.core.peers import travelled_in_private
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


async def actor_of_basic(request: Request[Any, Any, Any], *, in_the_open: bool = False) -> Actor:
    """The actor of the Basic credentials. `in_the_open`: also without TLS, from anywhere.

    Raises PasswordInTheOpen (403), SignInRefused (401), SignInLocked (429).
    """
    phone, password = _said(request.headers.get("authorization", ""))
    if not (in_the_open or travelled_in_private(request)):
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

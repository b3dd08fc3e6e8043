"""Signed tokens: short-lived access tokens for apps, session tokens for the browser's cookie."""

import hashlib
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import jwt
import msgspec

from backend.core import clock
from backend.core.settings import settings
from backend.people.refusals import TokenVoid

_ALGORITHM = "HS256"
_CLOCK_IS_OURS: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


class Kind(StrEnum):
    """What a token is for; one is never taken for the other."""

    ACCESS = "access"
    SESSION = "session"


class Claims(msgspec.Struct, frozen=True):
    """What a token says. `epoch` is the person's count of sign-outs everywhere at its issue; times are seconds."""

    sub: UUID
    epoch: int
    device: UUID | None
    kind: Kind
    iat: int
    exp: int


def issue(*, person_id: UUID, epoch: int, device_id: UUID | None, kind: Kind, valid_for: timedelta) -> str:
    """A signed token, valid from now."""
    now = clock.now()
    claims = {
        "sub": str(person_id),
        "epoch": epoch,
        "device": str(device_id) if device_id else None,
        "kind": kind,
        "iat": int(now.timestamp()),
        "exp": int((now + valid_for).timestamp()),
    }
    return jwt.encode(claims, _key(), algorithm=_ALGORITHM)


def read(token: str, *, kind: Kind) -> Claims:
    """The claims of a token of ours that has not run out. Raises TokenVoid."""
    try:
        claims = msgspec.convert(jwt.decode(token, _key(), algorithms=[_ALGORITHM], options=_CLOCK_IS_OURS), Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError) as error:
        raise TokenVoid from error
    if claims.kind is not kind or claims.exp <= clock.now().timestamp():
        raise TokenVoid
    return claims


@cache
def _key() -> bytes:
    return hashlib.sha256(b"lianxin access tokens\n" + settings().secret_key.encode()).digest()


@cache
def derivation_key() -> bytes:
    """The key from which opaque tokens are derived (`rules.derived_token`)."""
    return hashlib.sha256(b"lianxin opaque tokens\n" + settings().secret_key.encode()).digest()

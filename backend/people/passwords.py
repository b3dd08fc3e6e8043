"""Passwords: argon2id in a thread, a few at a time, and as slow for nobody as for somebody."""

import asyncio
import os
import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2
"""Each check holds 19 MiB and a core for some 20 ms: more at once only starve the other requests."""

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's password storage cheat sheet, argon2id. A hash made with other parameters is renewed at the next sign-in."""

turn = asyncio.Semaphore(_AT_ONCE)


async def hash_password(password: str) -> str:
    """The encoded argon2id hash; its parameters travel inside it."""
    return await asyncio.to_thread(hasher.hash, _normal(password))


async def matches(password: str, encoded: str | None) -> bool:
    """Whether a password fits. With no hash (no account, no password yet) it takes as long and says no."""
    return await asyncio.to_thread(_matches, _normal(password), encoded or _NOBODY)


def outdated(encoded: str) -> bool:
    """Whether the hash was made with older parameters than today's."""
    return hasher.check_needs_rehash(encoded)


def _matches(password: bytes, encoded: str) -> bool:
    try:
        return hasher.verify(encoded, password)
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> bytes:
    """NFC, as RFC 8265 has it: the same keys pressed on another phone are the same bytes."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _random_b64(size: int) -> str:
    return b64encode(os.urandom(size)).decode().rstrip("=")


_NOBODY = (
    f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    f"${_random_b64(hasher.salt_len)}${_random_b64(hasher.hash_len)}"
)
"""A hash that no password has, with the parameters of a real one."""

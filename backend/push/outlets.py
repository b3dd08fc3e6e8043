"""The providers this process sends through: one of each for its event loop, made when it is first asked."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from backend.push.provider import AddressKind, Provider
from backend.push.providers import configured

_made: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Provider]] = WeakKeyDictionary()


def in_use() -> list[Provider]:
    """Every configured provider. Raises SettingsError."""
    loop = asyncio.get_running_loop()
    if loop not in _made:
        _made[loop] = configured()
    return _made[loop]


def serving() -> dict[AddressKind, str]:
    """Who serves which kind of address; the first one configured where several could."""
    return {kind: provider.name for provider in reversed(in_use()) for kind in provider.kinds}


def named(name: str) -> Provider | None:
    """The provider of a name, where it is configured."""
    return next((provider for provider in in_use() if provider.name == name), None)


@contextmanager
def in_their_place(providers: list[Provider]) -> Iterator[None]:
    """Have this event loop plan for these ways instead of the configured ones: the demo's, which lead nowhere."""
    loop, before = asyncio.get_running_loop(), in_use()
    _made[loop] = providers
    try:
        yield
    finally:
        _made[loop] = before

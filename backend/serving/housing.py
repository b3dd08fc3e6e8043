"""The database under the program: the one that DATABASE_URL names, or PostgreSQL of our own in LIANXIN_DATA."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg

from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import Settings, settings

OLDEST_POSTGRES = 15


class DatabaseUnusable(RuntimeError):
    """DATABASE_URL leads to no database that will do; the message says why, and never shows the password."""


@contextmanager
def housed() -> Iterator[Settings]:
    """Settings whose `database_url` leads somewhere for as long as the block runs.

    Where we start a server, its address goes into this process's environment too: child processes find it there.
    """
    if settings().database_url:
        yield settings()
        return
    with EmbeddedPostgres(settings().lianxin_data / "postgres") as server:
        os.environ["DATABASE_URL"] = server.dsn
        settings.cache_clear()
        try:
            yield settings()
        finally:
            del os.environ["DATABASE_URL"]
            settings.cache_clear()


async def version_of(dsn: str) -> int:
    """The major version of the server. Raises DatabaseUnusable when it cannot be reached or is too old."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnusable(f"The database {shown(dsn)} cannot be reached: {_plain(error)}.") from error
    try:
        version: int = connection.get_server_version().major
    finally:
        await connection.close()
    if version < OLDEST_POSTGRES:
        raise DatabaseUnusable(
            f"The database {shown(dsn)} is PostgreSQL {version}; {OLDEST_POSTGRES} or newer is needed."
        )
    return version


def shown(dsn: str) -> str:
    """An address as it may be printed: host, port and database, without user and password."""
    try:
        parts = urlsplit(dsn)
        place = f"at {parts.hostname}:{parts.port or 5432}" if parts.hostname else "on this machine"
    except ValueError:
        return "that DATABASE_URL names"
    return f"{parts.path.strip('/')} {place}" if parts.scheme.startswith("postgres") else "that DATABASE_URL names"


def _plain(error: Exception) -> str:
    """One line, without the address: asyncpg quotes what it could not parse, password and all."""
    if isinstance(error, ValueError | asyncpg.InterfaceError):
        return "DATABASE_URL should read like postgresql://user:password@host:5432/lianxin"
    if isinstance(error, TimeoutError):
        return "no answer within 10 s"
    return " ".join((getattr(error, "strerror", None) or str(error)).split()).rstrip(".")

"""What the tests of kits stand on beside the cast: a kit `orchard` that is gone after each test, and the wire."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.kits.routes import router
from tests.application import application
from tests.cast import Cast
from tests.kits.small_kit import forgotten


@pytest.fixture
async def orchard(cast: Cast) -> AsyncIterator[Cast]:
    """The cast, in whose county the kit `orchard` may be published."""
    async with forgotten():
        yield cast


@pytest.fixture
async def wire(orchard: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes."""
    transport = httpx.ASGITransport(application(router))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield client


def zip_of(folder: Path, *, below: str = "") -> bytes:
    """A folder as somebody would send it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as sent:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                sent.write(path, f"{below}{path.relative_to(folder).as_posix()}")
    return written.getvalue()

"""A phone that goes on until its photo is there, and remembers what it was told and what it sent."""

import asyncio

import httpx

from tests.media.uploads.phone import BYTES, TUS, metadata
from tests.serving import CERTIFICATES

TOO_MANY_TRIES = 300


class PatientPhone:
    """Sends one file; after each broken request it asks for the offset and goes on from there."""

    def __init__(
        self, url: str, headers: dict[str, str], content: bytes, photo_id: str, chunk: int | None = None
    ) -> None:
        self._url, self.headers, self._content, self._chunk = url, headers | TUS, content, chunk
        self._said = metadata(filename="现场.jpg", id=photo_id)
        self.told: list[int] = []
        self.sent_from: list[int] = []
        self.broken = 0

    async def send(self) -> str:
        """The address of the upload, when all of it is there. No byte below a told offset is ever sent again."""
        address = await self._until(self.open)
        offset = 0
        while offset < len(self._content):
            self.told.append(offset)
            offset = await self._until(lambda: self.go_on(address))
        return address

    async def _until(self, ask):
        for attempt in range(TOO_MANY_TRIES):
            try:
                return await ask()
            except (httpx.TransportError, Again):
                self.broken += 1
                await asyncio.sleep(min(0.05 * attempt, 0.5))
        raise AssertionError(f"given up; last told {self.told[-1:]}")

    async def open(self) -> str:
        async with self.client() as client:
            headers = {"Upload-Length": str(len(self._content)), "Upload-Metadata": self._said}
            answer = await client.post("/uploads", headers=self.headers | headers)
        _must_be(answer, 201)
        return httpx.URL(answer.headers["location"]).path

    async def go_on(self, address: str) -> int:
        async with self.client() as client:
            asked = await client.head(address, headers=self.headers)
            _must_be(asked, 200)
            offset = int(asked.headers["upload-offset"])
            if offset == len(self._content):
                return offset
            assert offset >= max(self.told, default=0), "an offset that was told is never taken back"
            self.told.append(offset)
            self.sent_from.append(offset)
            until = len(self._content) if self._chunk is None else offset + self._chunk
            headers = {"Upload-Offset": str(offset), "Content-Type": BYTES}
            answer = await client.patch(address, content=self._content[offset:until], headers=self.headers | headers)
        _must_be(answer, 204)
        return int(answer.headers["upload-offset"])

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._url, timeout=60, verify=CERTIFICATES)


class Again(Exception):
    """A refusal after which one asks and goes on."""


def _must_be(answer: httpx.Response, status: int) -> None:
    if answer.status_code in (409, 423, 502, 503):
        raise Again
    assert answer.status_code == status, answer.text

"""A tus client that knows nothing but HTTP."""

from base64 import b64encode
from typing import Any

import httpx

BYTES = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def metadata(**pairs: str) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())


class Phone:
    """Somebody signed in, who speaks tus."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers | TUS

    async def ask(self, method: str, address: str, content: Any = b"", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.request(method, address, content=content, headers=self._headers | named)

    async def open(self, length: int, **headers: str) -> str:
        answer = await self.ask("POST", "/uploads", Upload_Length=str(length), **headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def send(self, address: str, offset: int, content: Any, **headers: str) -> httpx.Response:
        return await self.ask("PATCH", address, content, Upload_Offset=str(offset), Content_Type=BYTES, **headers)

    async def offset(self, address: str) -> int:
        answer = await self.ask("HEAD", address)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    async def photo(self, address: str) -> httpx.Response:
        return await self.ask("GET", f"/api/v1/photos/{address.rpartition('/')[2]}")

"""What a form sends, with files or without: fields by name, and the files somebody really chose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Request
from msgspec import Struct

from backend.core.multipart import Part, is_multipart, parts_of
from backend.core.refusals import Invalid, Refusal, TooLarge
from backend.core.settings import settings
from backend.people.refusals import CrossSite

MOST_PARTS = 30
MOST_PHOTOS = 6
FIELD_BYTES = 20_000
MOST_LETTERS = 2000


class TooManyWords(Refusal):
    """More than a step's line takes."""

    status, code, title = 400, "console/too-many-words", "This is too long"


class Filled(Struct, frozen=True):
    """A form. `files` by the name of their field, in the order chosen."""

    fields: dict[str, str]
    files: dict[str, list[Part]]

    def get(self, name: str) -> str:
        """A field as it was typed, without the blanks around it."""
        return self.fields.get(name, "").strip()

    def words(self, name: str = "words") -> str:
        """What somebody wrote. Raises TooManyWords (400)."""
        written = self.get(name).replace("\x00", "")
        if len(written) > MOST_LETTERS:
            raise TooManyWords("Up to {n} characters fit in. Make it shorter.", n=MOST_LETTERS)
        return written

    def id(self) -> UUID:
        """The id of the step, made with the page. Raises Invalid (400)."""
        try:
            return UUID(self.get("id"))
        except ValueError as error:
            raise Invalid("The page is too old. Load it again.") from error


@asynccontextmanager
async def filled(request: Request[Any, Any, Any]) -> AsyncIterator[Filled]:
    """Read a form; its files are gone afterwards. The route sets `request_max_body_size=None`.

    Raises MultipartBroken (400), TooLarge (413).
    """
    if not is_multipart(request):
        yield Filled(await _texts(request), {})
        return
    most = MOST_PHOTOS * settings().station_upload_max_bytes
    async with parts_of(request, max_bytes=most, max_parts=MOST_PARTS) as parts:
        files: dict[str, list[Part]] = {}
        for part in parts:
            if part.file_name is not None and part.size_bytes:
                files.setdefault(part.name, []).append(part)
        texts = [part for part in parts if part.file_name is None]
        yield Filled({part.name: part.content()[:FIELD_BYTES].decode("utf-8", "replace") for part in texts}, files)


def must_be_ours(request: Request[Any, Any, Any]) -> None:
    """No other site's page sends a form that needs no sign-in. An old browser that says nothing of it is let in: it
    carries nobody's cookie. Raises CrossSite (403).
    """
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise CrossSite


async def _texts(request: Request[Any, Any, Any]) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > settings().request_max_bytes:
            raise TooLarge("At most {megabytes} MB are taken at once.", megabytes=1)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))

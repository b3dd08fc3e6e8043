"""A changed folder as a ZIP, or one changed sheet: looked over first, with every mistake at its place, then published.

What was looked over travels with the page that says so, and that page publishes exactly it: nothing lies here between.
"""

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect
from msgspec import Struct

from backend.console.kits import labels
from backend.console.kits.listing import HERE, kits_page
from backend.console.pages import page
from backend.console.refused import told
from backend.core.multipart import Part, is_multipart, parts_of
from backend.core.problems import problem
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.kits import queries
from backend.kits.folder_zips import folder_of, with_sheet, zip_of_folder
from backend.kits.refusals import KitWrong, ZipBroken
from backend.kits.schemas import Published
from backend.kits.sending import publish_kit
from backend.kits.unpacking import unpack
from backend.kits.words import PublishOutcome
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

MOST_BYTES, MOST_PARTS = 15_000_000, 5
SHEETS = (".xlsx", ".md")


class Differs(Struct, frozen=True):
    """Paths, against the version that phones have now."""

    new: list[str]
    changed: list[str]
    gone: list[str]


@post("/check", include_in_schema=False, status_code=200, request_max_body_size=None)
async def check_kit(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """先检查. Nothing is published."""
    by.must_have(Role.ADMIN)
    try:
        content = await _sent(request, by)
        published = await publish_kit(content=content, by=by, dry_run=True)
    except KitWrong as refusal:
        return _wrong(by, refusal)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await kits_page(by, problem=told(refusal), status=refusal.status)
    return await _fine(by, published, content)


@post("/publication", include_in_schema=False, status_code=200, request_max_body_size=None)
async def publish(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """发布. The same a second time is nothing new."""
    by.must_have(Role.ADMIN)
    try:
        content = await _carried(request)
        done = await publish_kit(content=content, by=by, dry_run=False)
    except KitWrong as refusal:
        return _wrong(by, refusal)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await kits_page(by, problem=told(refusal), status=refusal.status)
    did = "published" if done.outcome is PublishOutcome.STORED else "there"
    return Redirect(f"{HERE}?did={did}", status_code=303)


async def _sent(request: Request[Any, Any, Any], by: Actor) -> bytes:
    """A ZIP as it came; a sheet, laid into the folder of the kit that was chosen."""
    if not is_multipart(request):
        raise ZipBroken("Choose a file first.")
    async with parts_of(request, max_bytes=MOST_BYTES, max_parts=MOST_PARTS) as parts:
        fields = {part.name: part for part in parts}
        file = fields.get("file")
        if file is None or not file.size_bytes:
            raise ZipBroken("Choose a file first.")
        name, content = file.file_name or "", file.content()
        kit_id = _text(fields.get("kit"))
    if PurePosixPath(name).suffix.lower() not in SHEETS:
        return content
    folder = await folder_of(kit_id=kit_id, version=None, by=by)
    return zip_of_folder(kit_id, with_sheet(folder, file_name=name, sheet=content))


async def _carried(request: Request[Any, Any, Any]) -> bytes:
    """What the page carried that looked it over."""
    if not is_multipart(request):
        raise ZipBroken("Choose a file first.")
    async with parts_of(request, max_bytes=MOST_BYTES, max_parts=MOST_PARTS) as parts:
        sent = [part.content() for part in parts if part.name == "zip"]
    try:
        return b64decode(sent[0] if sent else b"", validate=True)
    except binascii.Error as error:
        raise ZipBroken("The page is too old. Load it again.") from error


def _text(part: Part | None) -> str:
    return part.content()[:100].decode("utf-8", "replace").strip() if part else ""


def _wrong(by: Actor, refusal: KitWrong) -> Response[str]:
    """Every mistake, by file."""
    by_file: dict[str, list[tuple[str, str]]] = {}
    for error in problem(refusal).get("errors", []):
        place = labels.where(error["pointer"])
        by_file.setdefault(labels.file_of(error["pointer"]), []).append((place, error["detail"]))
    return page("kits/mistakes.html", status=400, by=by, files=by_file, n=len(refusal.errors))


async def _fine(by: Actor, published: Published, content: bytes) -> Response[str]:
    return page(
        "kits/checked.html",
        by=by,
        published=published,
        there=published.outcome is PublishOutcome.DUPLICATE,
        differs=await _differs(content),
        zip=b64encode(content).decode(),
        now=await queries.newest_of(published.kit_id),
        say=say,
    )


async def _differs(content: bytes) -> Differs:
    kit_id, files, _ = unpack(content)
    row = await queries.newest_of(kit_id)
    before = {file.path: file.sha256 for file in queries.files_of(row)} if row else {}
    after = {path: sha256(held).hexdigest() for path, held in files.items() if path != "README.md"}
    return Differs(
        new=sorted(after.keys() - before.keys()),
        changed=sorted(path for path in after.keys() & before.keys() if after[path] != before[path]),
        gone=sorted(before.keys() - after.keys()),
    )


HANDLERS = (check_kit, publish)

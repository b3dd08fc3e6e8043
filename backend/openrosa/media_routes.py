"""The files that a form chooses from: their list (OpenRosa's form manifest), and each of them, as this person gets it.

Source: docs.getodk.org/openrosa-form-list; Collect hashes the manifest, and fetches a file again when its hash changed.
"""

from hashlib import md5
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.core.refusals import Unknown
from backend.kits import lists
from backend.kits.schemas import PublishedForm
from backend.openrosa.addresses import form_address, root_of
from backend.openrosa.catalogue import made_media, offered
from backend.openrosa.envelope import XML, headers, xml_text
from backend.people.actors import Actor

By = NamedDependency[Actor]
CSV = "text/csv; charset=utf-8"
NAMESPACE = "http://openrosa.org/xforms/xformsManifest"


@get("/forms/{form_id:str}/manifest", operation_id="listFormMedia", summary="The files that a form comes with")
async def list_form_media(request: Request[Any, Any, Any], form_id: FromPath[str], by: By) -> Response[bytes]:
    """Each with the hash of the bytes that this person would get now."""
    below = f"{form_address(root_of(request), form_id)}/media"
    files = await contents(await offered(form_id, by), by)
    listed = "".join(_listed(name, content, f"{below}/{quote(name, safe='')}") for name, content in files.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="{NAMESPACE}">{listed}</manifest>'
    return Response(body.encode(), headers=headers(), media_type=XML)


async def contents(form: PublishedForm, by: Actor) -> dict[str, bytes]:
    """The files that a form shows or chooses from, by name: its kit's own, and those that are made for each person."""
    own = {each.name: await lists.content_of(each.sha256) for each in await lists.media_for(form)}
    made = {name: await make(by) for name, make in made_media(form).items()}
    return {name: content for name, content in (own | made).items() if content is not None}


def _listed(name: str, content: bytes, address: str) -> str:
    return (
        f"<mediaFile><filename>{xml_text(name)}</filename><hash>md5:{_md5(content)}</hash>"
        f"<downloadUrl>{xml_text(address)}</downloadUrl></mediaFile>"
    )


def _md5(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()  # OpenRosa's change mark, not a safeguard


@get("/forms/{form_id:str}/media/{file_name:str}", operation_id="getFormMedia", summary="A file that a form comes with")
async def get_form_media(
    request: Request[Any, Any, Any], form_id: FromPath[str], file_name: FromPath[str], by: By
) -> Response[bytes]:
    """As it is now for this person, byte for byte what a manifest of this moment says."""
    content = (await contents(await offered(form_id, by), by)).get(file_name)
    if content is None:
        raise Unknown("There is nothing at this address.")
    kind = guess_type(file_name)[0] or "application/octet-stream"
    kind = CSV if kind == "text/csv" else kind
    known = headers() | {"ETag": f'"{_md5(content)}"', "Cache-Control": "private, no-cache"}
    if known["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=known, media_type=kind)
    return Response(content, headers=known, media_type=kind)

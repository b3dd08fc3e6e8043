"""What ODK Collect sends, and what it reads out of an answer."""

from pathlib import Path
from uuid import UUID

import httpx
from lxml import etree

from tests.openrosa.forms import current_form

PHOTO = (Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg").read_bytes()
RESPONSE = "{http://openrosa.org/http/response}"
INSTANCE_ID = "uuid:e5cf2e98-28bc-4383-9250-b48d49496c0d"
VISIT_ID = UUID(INSTANCE_ID.removeprefix("uuid:"))


def instance(
    *,
    instance_id: str | None = INSTANCE_ID,
    form_id: str = "visit",
    version: str | None = None,
    meta: str = "",
    point: str = "36.8966547 116.2815093 0.0 12.5",
    contact: str = "<household_code>LLM-001</household_code>",
    photos: str = "",
    note: str = "小麦出苗齐",
    more: str = "",
) -> bytes:
    """A visit as Collect would write it, with what a test wants to be different."""
    said_id = "" if instance_id is None else f"<orx:instanceID>{instance_id}</orx:instanceID>"
    return (
        f'<data id="{form_id}" version="{current_form("visit").version if version is None else version}">'
        f"<contact><channel>visit</channel><occurred_at>2026-11-20T15:31:52.417+08:00</occurred_at>{contact}"
        f"<point>{point}</point></contact>"
        f"<findings><campaign>none</campaign><topics>production</topics><note>{note}</note></findings>"
        f'<photos>{photos}</photos>{more}<orx:meta xmlns:orx="http://openrosa.org/xforms">{said_id}{meta}</orx:meta></data>'
    ).encode()


def message(answer: httpx.Response, nature: str = "error") -> str:
    """The sentence that Collect would show. Every answer is checked for what every answer must carry."""
    must_be_openrosa(answer)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert root.tag == f"{RESPONSE}OpenRosaResponse"
    [told] = root
    assert (told.tag, told.get("nature")) == (f"{RESPONSE}message", nature)
    return told.text


def must_be_openrosa(answer: httpx.Response) -> None:
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert answer.headers["x-openrosa-accept-content-length"] == "4000000"
    assert len(answer.headers.get_list("date")) == 1


async def send(
    phone: httpx.AsyncClient, xml: bytes, files: dict[str, bytes] | None = None, **options
) -> httpx.Response:
    """One POST as Collect makes it: the XML first, each file under its own name."""
    parts = [("xml_submission_file", ("走访.xml", xml, "text/xml"))]
    parts += [(name, (name, content, "image/jpeg")) for name, content in (files or {}).items()]
    return await phone.post("/submission", files=parts, **options)

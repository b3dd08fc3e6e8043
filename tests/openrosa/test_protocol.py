"""What Collect expects of the wire: heads, waiting before a body, compression, and who may send a password how."""

import asyncio
from base64 import b64encode
from hashlib import md5

import httpx
import pytest
from lxml import etree

from backend.core.database import fetch
from backend.openrosa import credentials, routes
from tests.application import application, whole_house
from tests.cast import PASSWORD
from tests.cast import phone_of as number_of
from tests.openrosa.collect import PHOTO, instance, message, must_be_openrosa, send

LIST = "{http://openrosa.org/xforms/xformsList}"
BOUNDARY = "6472065c-3255"
TEN_MEGABYTES = 10_000_000


def basic(password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{number_of('cadre')}:{password}".encode()).decode()}


def body_of(xml: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n\r\n'
    return head.encode() + xml + f"\r\n--{BOUNDARY}--\r\n".encode()


class Wire:
    """A connection as a phone holds it open: nothing is sent that a test does not send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def ask(self, method: str, path: str, *fields: str) -> None:
        self.writer.write("\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *fields, "", ""]).encode())

    async def head(self) -> tuple[int, dict[str, str]]:
        said = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        status, *fields = said.decode().strip().split("\r\n")
        return int(status.split()[1]), {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}


@pytest.fixture
async def wire(served):
    host, _, port = served.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    yield Wire(reader, writer)
    writer.close()


def posting(size: int) -> tuple[str, ...]:
    return (f"Content-Type: multipart/form-data; boundary={BOUNDARY}", f"Content-Length: {size}")


async def test_the_head_before_an_upload_and_the_upload_travel_on_one_connection(phone, wire):
    path = f"{phone.base_url.path}submission?deviceID=collect%3AT7mZq2VxKd0aJw4E"
    wire.ask("HEAD", path, "X-OpenRosa-Version: 1.0")
    status, head = await wire.head()
    assert (status, head["x-openrosa-accept-content-length"]) == (204, "4000000")
    assert not {"location", "content-encoding", "transfer-encoding"} & set(head)
    assert head.get("content-length", "0") == "0"
    assert head["date"].endswith("GMT")

    content = body_of(instance())
    wire.ask("POST", path, "X-OpenRosa-Version: 1.0", *posting(len(content)))
    wire.writer.write(content)
    assert (await wire.head())[0] == 201
    [row] = await fetch("SELECT device_id FROM openrosa_submission")
    assert row["device_id"] == "collect:T7mZq2VxKd0aJw4E"


async def test_a_phone_that_waits_to_be_asked_for_the_body_is_asked(phone, wire):
    content = body_of(instance())
    wire.ask("POST", f"{phone.base_url.path}submission", "Expect: 100-continue", *posting(len(content)))
    assert (await wire.head())[0] == 100
    wire.writer.write(content)
    assert (await wire.head())[0] == 201


@pytest.mark.parametrize(
    ("path", "field", "status"),
    [
        ("/openrosa/key/no-such-key/submission", "X-OpenRosa-Version: 1.0", 403),
        ("/openrosa/submission", "X-OpenRosa-Version: 1.0", 401),
        ("/openrosa/submission", f"Authorization: {basic('wrong')['Authorization']}", 401),
    ],
)
@pytest.mark.parametrize("waits", [True, False])
async def test_whoever_may_not_send_learns_it_before_the_body(cast, wire, path, field, status, waits):
    expects = ["Expect: 100-continue"] if waits else []
    wire.ask("POST", path, field, *expects, *posting(TEN_MEGABYTES))
    assert (await wire.head())[0] == status


async def test_a_request_without_the_header_and_with_a_date_in_the_phones_words_is_taken(phone):
    headers = [(b"Date", "二, 24 十一月 2026 08:15:00 GMT+08:00".encode())]
    for path in ("/formList", "/forms/visit.xml"):
        answer = await phone.get(path, headers=headers)
        must_be_openrosa(answer)
        assert answer.status_code == 200
    assert (await send(phone, instance(), headers=headers)).status_code == 201


async def test_far_more_is_taken_than_phones_are_told_to_send_at_once(phone):
    answer = await send(phone, instance(), {"unasked.jpg": b"\0" * 5_000_000})
    assert answer.status_code == 201


async def test_of_two_parts_with_one_name_the_last_counts(phone):
    parts = [("xml_submission_file", ("a.xml", instance(photos="<photo>1.jpg</photo>"), "text/xml"))]
    parts += [("1.jpg", ("1.jpg", content, "image/jpeg")) for content in (b"cut off", PHOTO)]
    assert (await phone.post("/submission", files=parts)).status_code == 201
    [original] = await fetch("SELECT size_bytes FROM media_original")
    assert original["size_bytes"] == len(PHOTO)


@pytest.fixture
async def house(phone):
    """The whole house, as it is served, with compression; addresses begin where the cadre's do."""
    transport = httpx.ASGITransport(whole_house(), client=("127.0.0.1", 5000))
    base = f"http://test{phone.base_url.path}"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"Accept-Encoding": "gzip"}) as client:
        yield client


async def test_lists_and_forms_are_compressed_and_their_bytes_are_what_their_hashes_say(house):
    listed = await house.get("/formList")
    assert (listed.headers["content-encoding"], listed.headers["content-type"]) == ("gzip", "text/xml; charset=utf-8")
    assert "accept-encoding" in listed.headers["vary"].lower()
    for form in etree.fromstring(listed.content):
        answer = await house.get(form.findtext(f"{LIST}downloadUrl"))
        assert answer.headers["content-encoding"] == "gzip"
        assert form.findtext(f"{LIST}hash") == f"md5:{md5(answer.content, usedforsecurity=False).hexdigest()}"


async def test_through_compression_a_known_form_is_304_and_a_head_stays_204(house):
    form = await house.get("/forms/visit.xml")
    for known in (form.headers["etag"], f"W/{form.headers['etag']}", f'"x", {form.headers["etag"]}'):
        again = await house.get("/forms/visit.xml", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    head = await house.head("/submission?deviceID=x")
    assert (head.status_code, head.content, "content-encoding" in head.headers) == (204, b"", False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("root", ["", "/key/no-such-key"])
async def test_an_address_for_trying_a_form_out_is_refused_in_words(served, cast, method, root):
    async with httpx.AsyncClient(base_url=f"{served}/openrosa{root}") as phone:
        for path in ("/test/abcdef", "/test/abcdef/projects/1/forms/visit/draft/formList", "/test/abcdef/submission"):
            answer = await phone.request(method, path)
            must_be_openrosa(answer)
            assert answer.status_code == 404
            assert method == "HEAD" or "二维码" in message(answer)


def caller(client: str, scheme: str = "http") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(routes.router), client=(client, 5000))
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://lianxin.example/openrosa", headers=basic())


@pytest.mark.parametrize(
    ("client", "proto", "status"),
    [
        ("10.0.0.2", "https", 200),
        ("10.0.0.2", "http, https", 200),
        ("10.0.0.2", "http", 403),
        ("10.0.0.2", None, 403),
        ("127.0.0.1", "http", 403),
        ("127.0.0.1", None, 200),
        ("8.8.8.8", "https", 403),
        ("8.8.8.8", None, 403),
    ],
)
async def test_only_a_proxy_beside_us_is_believed_that_a_password_came_over_tls(cast, client, proto, status):
    async with caller(client) as phone:
        answer = await phone.get("/formList", headers={} if proto is None else {"X-Forwarded-Proto": proto})
    assert answer.status_code == status


async def test_a_public_https_address_does_not_make_a_password_in_the_open_private(cast, monkeypatch):
    public = type("Public", (), {"public_url": "https://lianxin.example"})()
    monkeypatch.setattr("backend.core.addresses.settings", lambda: public)
    async with caller("8.8.8.8") as phone:
        assert (await phone.get("/formList")).status_code == 403


async def test_a_closed_network_may_choose_to_send_passwords_without_tls(cast, monkeypatch):
    chosen = type("Chosen", (), {"openrosa_basic_over_http": True})()
    monkeypatch.setattr(credentials, "settings", lambda: chosen)
    async with caller("8.8.8.8") as phone:
        assert (await phone.get("/formList")).status_code == 200


@pytest.mark.parametrize("path", ["/formList", "/forms/visit.xml", "/forms/visit/manifest"])
async def test_a_head_where_only_get_is_at_home_is_refused_and_not_taken_for_another_server(phone, path):
    answer = await phone.head(path)
    must_be_openrosa(answer)
    assert answer.status_code == 405


async def test_every_answer_is_in_the_language_of_the_phone(house):
    for language, says in (("zh-CN", "表"), ("en", "form")):
        answer = await house.get("/forms/none.xml", headers={"Accept-Language": language})
        assert answer.headers["content-language"] == language[:2]
        assert says in answer.text

"""What a phone is told when a record cannot be taken: a 4xx, in an envelope it can show, and nothing stored."""

import asyncio
import re
from base64 import b64encode

import httpx
import pytest
from litestar import Litestar

from backend.core.database import fetch
from backend.core.settings import settings
from backend.openrosa import actions, routes
from tests.cast import PASSWORD
from tests.cast import phone_of as number_of
from tests.openrosa.collect import PHOTO, instance, message, must_be_openrosa, send

BOUNDARY = "6472065c-3255"


async def must_hold_nothing():
    for table in ("openrosa_submission", "visits_visit", "media_photo", "media_original"):
        assert await fetch(f"SELECT 1 FROM {table}") == [], table


def body(*parts: tuple[str, bytes]) -> bytes:
    said = b"".join(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return said + f"--{BOUNDARY}--\r\n".encode()


XML_HEAD = 'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"'
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
WHOLE = body((XML_HEAD, b"<data/>"))


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", MULTIPART, 400),
        (WHOLE[:-6], MULTIPART, 400),
        (WHOLE[:80], MULTIPART, 400),
        (body(("Content-Disposition form-data", b"x")), MULTIPART, 400),
        (body(('Content-Disposition: form-data; name="other"', b"x")), MULTIPART, 400),
        (body((XML_HEAD, b"<data/>"), (XML_HEAD, b"<data/>")), MULTIPART, 400),
        (b"<data/>", {"Content-Type": "text/xml"}, 415),
        (WHOLE, {"Content-Type": "multipart/form-data"}, 415),
        (WHOLE, {"Content-Type": "multipart/mixed; boundary=" + BOUNDARY}, 415),
        (WHOLE, {}, 415),
        (b"\x1f\x8b\x08", MULTIPART | {"Content-Encoding": "gzip"}, 415),
    ],
    ids=["empty", "cut end", "cut part", "broken part header", "no xml part", "two xml parts", "bare xml",
         "no boundary", "mixed", "no type", "gzip"],
)  # fmt: skip
async def test_a_body_that_is_no_whole_multipart_form_is_refused(phone, content, headers, status):
    answer = await phone.post("/submission", content=content, headers=headers)
    assert answer.status_code == status
    assert re.search("[一-鿿]", message(answer))
    await must_hold_nothing()


DEEP = b"<data id='visit'>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</data>"
BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'.encode() for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + b"]><data id='visit'>&i;</data>"  # fmt: skip
OUTSIDE = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><data id="visit"><note>&a;</note></data>'


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"   ",
        b"not xml",
        b"<dat",
        instance()[:-20],
        instance() + b"<more/>",
        BOMB,
        OUTSIDE,
        b'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd"><data id="visit"/>',
        DEEP,
        instance(note="a\x00b"),
        instance(note="a&#0;b"),
        instance().replace(b"<note>", b"<note>\xff\xfe"),
        instance().decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='UTF-16'?>" + instance(),
        b"<?xml version='1.0' encoding='EBCDIC-CP-US'?>" + instance(),
        b"<?xml version='1.0' encoding='nonsense'?>" + instance(),
    ],
    ids=["empty", "blank", "text", "cut in the first tag", "cut near the end", "two roots", "bomb", "external entity",
         "external dtd", "deep", "NUL", "NUL reference", "not UTF-8", "UTF-16", "says UTF-16", "says EBCDIC",
         "says nonsense"],
)  # fmt: skip
async def test_hostile_or_broken_xml_is_refused(phone, xml):
    answer = await send(phone, xml, {"1.jpg": PHOTO})
    assert answer.status_code == 400
    message(answer)
    await must_hold_nothing()


@pytest.mark.parametrize(
    ("xml", "status", "says"),
    [
        (b"<data/>", 400, "没有说明填的是哪张表"),
        (b"<data id=''/>", 400, "没有说明填的是哪张表"),
        (instance(form_id="census"), 404, "census"),
        (instance(form_id="&lt;script&gt;" + "x" * 5000), 404, "<script>"),
        (instance(version="1999"), 404, "1999"),
        (instance(version=""), 404, "重新下载表单"),
        (instance(instance_id="x" * 121), 400, "120"),
        (instance(instance_id="a\nb"), 400, "120"),
        (instance(meta="<deprecatedID>uuid:1</deprecatedID>"), 404, "要改的那条记录不在这里"),
        (b"<data id='visit' encrypted='yes'><base64EncryptedKey/></data>", 400, "加密"),
        (instance(photos=f"<photo>{'x' * 201}</photo>"), 400, "200"),
    ],
)
async def test_what_is_no_record_of_a_form_is_refused_in_words(phone, xml, status, says):
    answer = await send(phone, xml, {"1.jpg": PHOTO})
    told = message(answer)
    assert answer.status_code == status, told
    assert says in told
    assert len(told) < 500
    await must_hold_nothing()


async def test_a_refused_record_leaves_no_photo_in_the_store(phone, photo_objects):
    await send(phone, instance(note="first"))
    before = photo_objects()
    assert (await send(phone, instance(photos="<photo>1.jpg</photo>"), {"1.jpg": PHOTO})).status_code == 409
    assert photo_objects() == before


async def test_xml_over_a_megabyte_is_too_large(phone):
    answer = await send(phone, instance(note="长" * 400_000))
    assert (answer.status_code, "1 MB" in message(answer)) == (413, True)
    await must_hold_nothing()


async def test_a_body_over_the_limit_is_413_and_not_a_reset(served, phone, monkeypatch):
    """On a bare socket: the whole body is written before anything is read, as a phone does it."""
    monkeypatch.setattr("backend.openrosa.routes.settings", lambda: _Small())
    content = body(
        (XML_HEAD, instance()), ('Content-Disposition: form-data; name="1.jpg"; filename="1.jpg"', b"\0" * 30_000_000)
    )
    host, _, port = served.removeprefix("http://").partition(":")
    for framing in (f"Content-Length: {len(content)}", "Transfer-Encoding: chunked"):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = [
            f"POST {phone.base_url.path}submission HTTP/1.1",
            "Host: x",
            f"Content-Type: {MULTIPART['Content-Type']}",
        ]
        writer.write("\r\n".join([*head, framing, "", ""]).encode())
        writer.write(content if "Length" in framing else b"%x\r\n" % len(content) + content + b"\r\n0\r\n\r\n")
        await asyncio.wait_for(writer.drain(), 20)
        status = await asyncio.wait_for(reader.readline(), 20)
        assert status.split()[1] == b"413"
        writer.close()
    await must_hold_nothing()


class _Small:
    openrosa_max_bytes = 1_000_000


async def test_other_content_under_the_same_id_is_409_and_the_first_stays(phone, phone_of, cast):
    first = await send(phone, instance(note="first"))
    second = await send(phone, instance(note="second"))
    by_another = await send(await phone_of(cast.next_cadre), instance(note="first"))

    assert [answer.status_code for answer in (first, second, by_another)] == [201, 409, 409]
    assert "以第一次发送的为准" in message(second)
    assert [row["note"] for row in await fetch("SELECT note FROM visits_visit")] == ["first"]


async def test_ten_different_records_under_one_id_at_once_leave_one(phone):
    answers = await asyncio.gather(*(send(phone, instance(note=f"{i}")) for i in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert len(await fetch("SELECT 1 FROM visits_visit")) == 1


PATHS = [
    ("GET", "/formList"),
    ("GET", "/forms/visit.xml"),
    ("HEAD", "/submission"),
    ("GET", "/submission"),
    ("POST", "/submission"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_nobody_is_asked_for_a_password_where_one_can_help(served, cast, method, path):
    async with httpx.AsyncClient(base_url=f"{served}/openrosa") as nobody:
        for headers in (
            {},
            {"Authorization": "Basic !"},
            {"Authorization": "Bearer x"},
            _basic("wrong"),
            _basic("x", "a\x00"),
        ):
            answer = await nobody.request(method, path, headers=headers)
            must_be_openrosa(answer)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == 'Basic realm="lianxin", charset="UTF-8"'


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_a_wrong_key_is_403_without_a_challenge(served, cast, method, path):
    async with httpx.AsyncClient(base_url=f"{served}/openrosa/key/no-such-key") as nobody:
        answer = await nobody.request(method, path, headers=_basic(PASSWORD))
        must_be_openrosa(answer)
        assert answer.status_code == 403
        assert "www-authenticate" not in answer.headers
        assert method == "HEAD" or "二维码" in message(answer)


def _basic(password: str, phone: str | None = None) -> dict[str, str]:
    said = f"{phone or number_of('cadre')}:{password}"
    return {"Authorization": "Basic " + b64encode(said.encode()).decode()}


@pytest.mark.parametrize(
    ("scheme", "client", "status"),
    [("http", "192.0.2.7", 403), ("https", "192.0.2.7", 200), ("http", "127.0.0.1", 200), ("http", "::1", 200)],
)
async def test_a_password_travels_over_tls_or_within_this_machine_only(cast, scheme, client, status):
    app = Litestar([routes.router])
    transport = httpx.ASGITransport(app, client=(client, 5000))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://lianxin.example/openrosa") as phone:
        answer = await phone.get("/formList", headers=_basic(PASSWORD))
    assert answer.status_code == status
    assert status == 200 or "https" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/forms/other.xml", 404),
        ("GET", "/forms/visit", 404),
        ("GET", "/nothing/here", 404),
        ("POST", "/formList", 405),
        ("PUT", "/submission", 405),
        ("DELETE", "/forms/visit.xml", 405),
    ],
)
async def test_other_addresses_and_methods_answer_in_an_envelope_too(phone, method, path, status):
    answer = await phone.request(method, path)
    assert answer.status_code == status
    message(answer)


async def test_our_own_bug_is_told_in_an_envelope_without_its_text(phone, monkeypatch):
    async def broken(**_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(actions, "submit", broken)
    answer = await send(phone, instance())
    assert answer.status_code == 500
    assert "secret" not in message(answer)


async def test_the_limits_told_are_those_of_the_settings(phone):
    assert settings().openrosa_accept_bytes < settings().openrosa_max_bytes
    answer = await phone.head("/submission")
    assert int(answer.headers["x-openrosa-accept-content-length"]) == settings().openrosa_accept_bytes

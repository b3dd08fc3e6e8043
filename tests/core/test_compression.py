"""Answers travel as small as the asker can take them, and never in a way that he refuses."""

import gzip
import sys

import httpx
import pytest
from litestar import Litestar, get
from litestar.response import Stream

from backend.core.compression import answer_encoding, compression

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONG = "连心桥，从村里到能办事的人，再走回来。" * 60


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd", "zstd"),
        ("ZSTD", "zstd"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, zstd;q=0", "gzip"),
        ("gzip;q=0.9, zstd;q=0.5", "gzip"),
        ("gzip; q=0, zstd; q=0", None),
        ("zstd;q=0, *;q=0.5", "gzip"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("br", None),
        ("", None),
        ("not-gzip, xzstd", None),
        ("gzip;q=oho", None),
        (";;,q=,", None),
    ],
)
def test_an_answer_is_encoded_as_the_asker_likes_best(header, encoding):
    assert answer_encoding(header) == encoding


@get("/long", sync_to_thread=False)
def tell_long() -> str:
    return LONG


@get("/short", sync_to_thread=False)
def tell_short() -> str:
    return "好"


@get("/nothing", status_code=204, sync_to_thread=False)
def tell_nothing() -> None:
    return None


@get("/as-it-is", sync_to_thread=False)
def tell_as_it_is() -> str:
    return LONG


@get("/lines", sync_to_thread=False)
def tell_lines() -> Stream:
    async def lines():
        for number in range(50):
            yield f"{number} {LONG}\n"

    return Stream(lines())


APP = Litestar(
    [tell_long, tell_short, tell_nothing, tell_as_it_is, tell_lines],
    compression_config=compression(exclude=["/as-it-is"]),
    logging_config=None,
)


async def asked(path, accept):
    """The answer's status and headers, and its bytes as they travelled."""
    transport = httpx.ASGITransport(APP)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
        client.stream("GET", path, headers={"Accept-Encoding": accept}) as answer,
    ):
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize(("accept", "opened"), [("zstd, gzip", zstd.decompress), ("gzip", gzip.decompress)])
@pytest.mark.parametrize("path", ["/long", "/lines"])
async def test_what_was_encoded_opens_again_and_caches_are_told(accept, opened, path):
    answer, sent = await asked(path, accept)
    _, plain = await asked(path, "identity")

    assert answer.headers["content-encoding"] == accept.split(",")[0]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(sent) < len(plain)
    assert opened(sent) == plain


async def test_a_length_that_is_told_is_the_length_that_travels():
    answer, sent = await asked("/long", "zstd")

    assert int(answer.headers["content-length"]) == len(sent)


async def test_whoever_takes_none_of_it_gets_the_answer_as_it_is_and_caches_are_told():
    answer, sent = await asked("/long", "gzip;q=0, zstd;q=0")

    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"
    assert sent.decode() == LONG


@pytest.mark.parametrize("path", ["/short", "/nothing", "/as-it-is"])
async def test_what_would_not_shrink_stays_as_it_is(path):
    answer, _ = await asked(path, "zstd, gzip")

    assert "content-encoding" not in answer.headers


async def test_an_answer_without_a_body_tells_caches_nothing():
    answer, sent = await asked("/nothing", "br")

    assert (answer.status_code, sent) == (204, b"")
    assert "vary" not in answer.headers

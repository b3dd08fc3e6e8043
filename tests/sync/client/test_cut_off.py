"""Answers and batches that are cut off anywhere: the phone stays as it was, and so does the house."""

import httpx
import pytest
from lianxin_client import NotNow

from backend.core.database import fetch
from backend.core.problems import Malformed
from backend.sync.pushing import sync_push
from tests.sync.client.conftest import off

PULL, PUSH = "/api/v1/sync/changes", "/api/v1/sync/commands"

GZIP_END = 24
"""Bytes after what was packed: it is whole without them."""


class Cut:
    """Passes on the first answer to `path` up to a byte, again and again; `whole` is all of it."""

    def __init__(self, path: str) -> None:
        self.path, self.bytes, self.whole = path, 0, b""
        self.headers = httpx.Headers()

    def __call__(self, request, deliver):
        if request.url.path != self.path:
            return deliver(request)
        if not self.whole:
            answer = deliver(request)
            self.whole, self.headers = b"".join(answer.stream), answer.headers
        return httpx.Response(200, headers=self.headers, stream=httpx.ByteStream(self.whole[: self.bytes]))


def places(cut):
    """Of a short answer each byte; of a long one each of the last, and a hundred others."""
    end = len(cut.whole) - (GZIP_END if cut.headers.get("Content-Encoding") == "gzip" else 0)
    return sorted({*range(1, end, end // 150 + 1), *range(max(1, end - 50), end)})


def cut_anywhere(cut, attempt, state):
    """Each time there is no answer, and nothing on the phone has changed."""
    before = state()
    with pytest.raises(NotNow):
        attempt()
    for place in places(cut):
        cut.bytes = place
        with pytest.raises(NotNow):
            attempt()
        assert state() == before, cut.bytes
    cut.bytes = len(cut.whole)
    attempt()
    assert state() != before


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_pull_that_is_cut_off_anywhere_is_asked_for_again(pocket, line, encoding):
    me = await pocket.sign_in("cadre")
    pocket.phone._http.headers["Accept-Encoding"] = encoding
    line.fault = cut = Cut(PULL)

    def held():
        return pocket.phone.store.cursor(me), len(pocket.phone.store.rows("SELECT id FROM record"))

    await off(cut_anywhere, cut, pocket.phone.pull, held)
    assert cut.headers.get("Content-Encoding", "identity") == encoding


async def test_verdicts_that_are_cut_off_anywhere_are_asked_for_again(pocket, line):
    await pocket.sign_in("cadre")
    for _ in range(2):
        pocket.contact()
    line.fault = cut = Cut(PUSH)

    await off(cut_anywhere, cut, pocket.phone.push, pocket.standings)


async def test_a_batch_that_is_cut_off_anywhere_is_no_batch(pocket, line, cast):
    await pocket.sign_in("cadre")
    pocket.contact(note="渠堵了")
    await off(pocket.phone.push)
    [body] = line.pushed()
    await fetch("DELETE FROM visits_visit")

    for end in range(len(body)):
        with pytest.raises(Malformed):
            await sync_push(body=body[:end], by=cast.cadre)

    assert await fetch("SELECT id FROM visits_visit") == []

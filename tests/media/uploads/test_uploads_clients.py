"""The clients that people use, unmodified: tuspy, aiotus and tus-js-client against real servers."""

import asyncio
import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from os import urandom
from pathlib import Path

import aiohttp
import aiotus
import httpx
import pytest
import yarl
from aiotus import core as aiotus_core
from tusclient import client as tuspy
from tusclient.storage import filestorage

from backend.core import ids
from backend.core.database import fetch
from tests.cast import Cast
from tests.conftest import Played, emptied
from tests.media.uploads.nodes import Line, Nodes
from tests.media.uploads.phone import TUS

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # the clients' own: files and bodies of theirs

NAME = "现场照片 3.jpg"
TUS_JS = "tus-js-client@4.3.1"
DRIVER = Path(__file__).with_name("upload.mjs")


@pytest.fixture(scope="module")
async def cast(pool: None, played: Played) -> AsyncIterator[Cast]:
    """Of all that follow: they share a server, and no table is emptied under it."""
    async with emptied():
        yield await played.again()


@pytest.fixture(scope="module")
def url(migrated: str, cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    nodes = Nodes(migrated, tmp_path_factory.mktemp("clients") / "printed")
    try:
        yield f"http://127.0.0.1:{nodes.start()}"
    finally:
        nodes.close()


@pytest.fixture
def large(photo) -> bytes:
    return photo + urandom(1_500_000)


@pytest.fixture
async def arrived(url, signed_in):
    """`await arrived(address, content)`: it is whole and the only photo since the test began; what is told of it."""
    before = await _photos()

    async def told_of(address: str, content: bytes) -> dict:
        async with httpx.AsyncClient(base_url=url, headers=signed_in) as client:
            told = (await client.get(f"/api/v1/photos/{address.rpartition('/')[2]}")).json()
        assert (told["sha256"], told["size_bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
        assert await _photos() - before == {told["id"]}
        return told

    return told_of


async def _photos() -> set[str]:
    return {str(row["id"]) for row in await fetch("SELECT id FROM media_photo")}


# tuspy


@pytest.mark.parametrize("with_checksum", [True, False])
async def test_tuspy_sends_a_photo_in_chunks(url, signed_in, large, with_checksum, arrived):
    uploader = tuspy.TusClient(f"{url}/uploads", headers=signed_in).uploader(
        file_stream=io.BytesIO(large),
        chunk_size=400_000,
        metadata={"filename": NAME, "id": str(ids.uuid7())},
        upload_checksum=with_checksum,
    )
    await asyncio.to_thread(uploader.upload)

    assert (await arrived(uploader.url, large))["file_name"] == NAME


async def test_tuspy_goes_on_in_another_process_from_the_address_it_kept(url, signed_in, large, tmp_path, arrived):
    file = tmp_path / "1.jpg"
    file.write_bytes(large)

    def begin():
        return tuspy.TusClient(f"{url}/uploads/", headers=signed_in).uploader(
            file_path=str(file),
            chunk_size=600_000,
            store_url=True,
            url_storage=filestorage.FileStorage(str(tmp_path / "kept.json")),
        )

    first = begin()
    await asyncio.to_thread(first.upload_chunk)
    second = begin()
    assert (second.url, second.offset) == (first.url, 600_000)
    await asyncio.to_thread(second.upload)

    await arrived(second.url, large)


# aiotus


async def test_aiotus_sends_a_photo_and_reads_its_chinese_name_back(url, signed_in, large, arrived):
    address = await aiotus.upload(f"{url}/uploads", io.BytesIO(large), {"filename": NAME.encode()}, headers=signed_in)

    assert address is not None
    assert (await aiotus.metadata(address, headers=signed_in)) == {"filename": NAME.encode()}
    assert (await arrived(str(address), large))["file_name"] == NAME


async def test_aiotus_puts_a_photo_together_from_parts_it_sends_side_by_side(url, signed_in, large, arrived):
    third = len(large) // 3
    parts = [io.BytesIO(large[at : at + third + 3]) for at in range(0, len(large), third + 3)]
    address = await aiotus.upload_multiple(f"{url}/uploads", parts, {"filename": NAME.encode()}, headers=signed_in)

    assert address is not None
    assert (await arrived(str(address), large))["file_name"] == NAME


async def test_aiotus_learns_what_the_server_can_do(url):
    async with aiohttp.ClientSession() as session:
        told = await aiotus_core.configuration(session, yarl.URL(f"{url}/uploads"))

    assert told.protocol_versions == ["1.0.0"]
    assert {"creation-with-upload", "checksum", "concatenation", "termination"} <= set(told.protocol_extensions)
    assert told.max_size == 20_000_000


# tus-js-client


@pytest.fixture(scope="session")
def tus_js(tmp_path_factory) -> Path:
    """A folder with tus-js-client in it. In CI its absence is a failure, elsewhere a loud skip."""
    folder = tmp_path_factory.mktemp("tus-js")
    npm = shutil.which("npm")
    done = npm and subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", TUS_JS],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if not done or done.returncode:
        why = f"tus-js-client needs node and npm: {done.stderr[-300:] if done else 'npm is not here'}"
        assert not os.environ.get("CI"), why
        pytest.skip(why)
    return folder


async def drive(tus_js: Path, endpoint: str, file: Path, **options) -> dict:
    process = await asyncio.create_subprocess_exec(
        "node", str(DRIVER), endpoint, str(file), json.dumps(options), cwd=tus_js, stdout=-1, stderr=-1
    )
    out, err = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, (out, err)
    return json.loads(out.splitlines()[-1])


JS_OPTIONS = {
    "one PATCH": {},
    "chunks": {"chunkSize": 300_000},
    "creation with upload": {"uploadDataDuringCreation": True, "chunkSize": 500_000},
    "method override": {"overridePatchMethod": True, "chunkSize": 500_000},
    "parallel": {"parallelUploads": 3},
    "aborted and resumed": {"chunkSize": 300_000, "abortAfter": 600_000},
}


@pytest.mark.parametrize("options", JS_OPTIONS.values(), ids=JS_OPTIONS)
async def test_tus_js_client_sends_a_photo(tus_js, url, signed_in, large, tmp_path, options, arrived):
    file = tmp_path / "1.jpg"
    file.write_bytes(large)
    done = await drive(tus_js, f"{url}/uploads", file, headers=signed_in, metadata={"filename": NAME}, **options)

    assert done["aborted"] == ("abortAfter" in options)
    assert (await arrived(done["url"], large))["file_name"] == NAME


async def test_tus_js_client_gets_a_photo_through_a_line_that_is_cut_every_100_kb(
    tus_js, url, signed_in, photo, tmp_path, arrived
):
    file, content = tmp_path / "1.jpg", photo + urandom(600_000)
    file.write_bytes(content)
    port = int(url.rpartition(":")[2])
    async with Line(lambda: [port], bits_per_s=4_000_000, latency_s=0.02, cut_every=100_000) as line:
        done = await drive(tus_js, f"{line.url}/uploads", file, headers=signed_in, metadata={"filename": NAME})

    assert line.cuts >= 6
    await arrived(done["url"], content)


async def test_an_ended_upload_is_gone_for_every_client(url, signed_in):
    async with httpx.AsyncClient(base_url=url, headers=signed_in | TUS) as client:
        address = (await client.post("/uploads", headers={"Upload-Length": "5"})).headers["location"]
        await client.delete(address)
        assert (await client.head(address)).status_code == 410

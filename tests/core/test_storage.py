"""A folder on disk, and a bucket: obstore's own client against a small S3 of this test's."""

import os
import re
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from backend.core import durable_files, storage
from backend.core.storage_folder import Folder
from backend.core.storage_refusals import ObjectMissing, StorageDown, StorageFull

PATH = "photos/ab/abcdef.jpg"


class _Bucket(BaseHTTPRequestHandler):
    """As much of S3 as obstore uses for us: PUT, GET, HEAD, and POST ?delete. `failing` makes every answer a 503."""

    protocol_version = "HTTP/1.1"

    def _answer(self, status, body=b""):
        if self.server.failing:
            status, body = 503, b""
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Fri, 01 May 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.failing:
            self.server.objects[self.path] = content
        self._answer(200)

    def do_GET(self):
        found = self.server.objects.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    do_HEAD = do_GET

    def do_POST(self):
        """DeleteObjects: what is not there counts as deleted."""
        named = re.findall(rb"<Key>(.*?)</Key>", self.rfile.read(int(self.headers["Content-Length"])))
        for key in named:
            self.server.objects.pop(f"{urlsplit(self.path).path}/{key.decode()}", None)
        told = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in named)
        self._answer(200, b'<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">%s</DeleteResult>' % told)

    def log_message(self, *_):
        """Quiet."""


@contextmanager
def _s3():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bucket)
    server.objects, server.failing, server.daemon_threads = {}, False, True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # by itself it leaves after half a second
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def bucket(monkeypatch):
    with _s3() as server:
        monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "county")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        yield server


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    if request.param == "folder":
        return Folder(tmp_path / "objects")
    request.getfixturevalue("bucket")
    storage.place.cache_clear()
    return storage.place("s3://county/objects")


async def test_what_was_put_is_there_until_it_is_deleted(place):
    assert not await place.exists(PATH)
    await place.put(PATH, b"\xff\xd8 first")
    assert await place.exists(PATH)
    assert await place.get(PATH) == b"\xff\xd8 first"

    await place.delete(PATH)
    assert not await place.exists(PATH)


async def test_putting_again_replaces_the_whole(place):
    await place.put(PATH, b"a much longer first content")
    await place.put(PATH, b"short")

    assert await place.get(PATH) == b"short"


async def test_nothing_under_a_path_is_said_plainly(place):
    with pytest.raises(ObjectMissing):
        await place.get("photos/ab/nothing.jpg")
    await place.delete("photos/ab/nothing.jpg")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "photos/../../x", "a//b", "", "photos/.hidden", "a\x00b"])
async def test_a_path_that_is_not_ours_is_a_mistake_in_the_code(place, path):
    with pytest.raises(ValueError, match="Not a path of ours"):
        await place.put(path, b"")


async def test_the_rooms_use_the_place_that_the_settings_name():
    await storage.put("probes/one", b"1")

    assert await storage.get("probes/one") == b"1"
    assert await storage.exists("probes/one")
    await storage.delete("probes/one")
    assert not await storage.exists("probes/one")


async def test_a_put_returns_after_file_and_folders_were_flushed(tmp_path, monkeypatch):
    root = tmp_path / "objects"
    folder = Folder(root)
    flushed = []
    real = os.fsync

    def watched(descriptor):
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        flushed.append((name.removeprefix(str(tmp_path)), (root / PATH).exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    await folder.put(PATH, b"bytes")

    names = [name for name, _ in flushed]
    assert names[:2] == ["/objects", "/objects/photos"], "the new folders' names, each in the folder above"
    assert names[2].endswith(".part")
    assert not flushed[2][1], "the name appears after the bytes are flushed"
    assert flushed[3] == ("/objects/photos/ab", True), "and the name is flushed last"


async def test_a_delete_is_flushed_too(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    await folder.put("a/b", b"1")
    flushed = []
    monkeypatch.setattr(durable_files, "flush_folder", flushed.append)
    await folder.delete("a/b")

    assert flushed == [tmp_path / "a"]


_FILL = """
import asyncio, signal, sys
from pathlib import Path
from backend.core.storage_folder import Folder
from backend.core.storage_refusals import StorageFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
async def main():
    folder = Folder(Path(sys.argv[1]))
    await folder.put("a/small", b"x" * 1000)
    try:
        await folder.put("a/big", b"x" * 100_000)
    except StorageFull as refusal:
        print(refusal.status, refusal.retry_after_s)
asyncio.run(main())
"""


def test_a_full_disk_is_a_503_that_leaves_no_half_file(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(tmp_path / "objects")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.splitlines()[-1] == "503 300", done.stderr
    assert sorted(os.listdir(tmp_path / "objects" / "a")) == ["small"]


async def test_a_write_that_fails_otherwise_is_storage_down_and_keeps_what_was_there(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    await folder.put("a/b", b"first")

    def broken(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageDown) as refusal:
        await folder.put("a/b", b"second")

    assert (refusal.value.status, refusal.value.retry_after_s) == (503, 30)
    assert await folder.get("a/b") == b"first"
    assert os.listdir(tmp_path / "a") == ["b"]


def test_a_folder_that_cannot_be_made_is_storage_down():
    with pytest.raises(StorageDown):
        Folder(Path("/proc/nowhere/objects"))


async def test_a_bucket_that_answers_with_errors_is_storage_down_and_nothing_was_kept(bucket):
    storage.place.cache_clear()
    place = storage.place("s3://county/objects")
    bucket.failing = True
    with pytest.raises(StorageDown):
        await place.put(PATH, b"bytes")

    bucket.failing = False
    assert not await place.exists(PATH)


async def test_a_bucket_keeps_objects_under_the_prefix_that_the_address_names(bucket):
    storage.place.cache_clear()
    await storage.place("s3://county/objects").put(PATH, b"bytes")

    assert bucket.objects == {f"/county/objects/{PATH}": b"bytes"}


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from backend.core.storage_folder import Folder
async def main():
    folder = Folder(Path(sys.argv[1]))
    for n in range(50):
        await folder.put(f"a/{n}", b"x" * 10_000)
        print(n, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_every_put_that_returned_before_a_kill_is_whole_afterwards(tmp_path):
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], capture_output=True, text=True, timeout=60)

    assert done.returncode == -signal.SIGKILL
    confirmed = done.stdout.split()
    assert len(confirmed) == 50
    assert all((tmp_path / "a" / n).stat().st_size == 10_000 for n in confirmed)


async def test_what_is_put_anew_is_whole_flushed_and_never_half_there(tmp_path, monkeypatch):
    """In place, for a path that nobody knows yet; what fails is taken away again."""
    place, flushed, real = Folder(tmp_path), [], os.fsync

    def watched(descriptor):
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    await place.put_new(PATH, iter([b"one", b"", b"two" * 100_000]))
    assert await place.get(PATH) == b"one" + b"two" * 100_000
    assert [Path(each).name for each in flushed[-2:]] == ["abcdef.jpg", "ab"]

    def broken():
        yield b"one"
        raise OSError(28, "said the disk")

    with pytest.raises(StorageFull):
        await place.put_new("photos/ab/other.jpg", broken())
    with pytest.raises(StorageDown):
        await place.put_new(PATH, iter([b"three"]))
    assert [path.name for path in tmp_path.glob("**/*.*")] == ["abcdef.jpg"]
    assert (await place.get(PATH))[:3] == b"one"


async def test_what_is_put_anew_in_pieces_is_one_object(place):
    await place.put_new(PATH, iter([b"one", b"two"]))

    assert await place.get(PATH) == b"onetwo"

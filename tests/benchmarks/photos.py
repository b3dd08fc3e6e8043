"""How fast photos are looked at, and how soon a farmer hears about his: `python -m tests.benchmarks.photos`.

look    one photo of 12 million pixels on one core, in processor time: all that `pictures.look` does (decode, upright,
        two copies, EXIF, grades, hash), beside Pillow's bare draft + resize + save of the same two copies in the same
        run; the same photo with a wide-gamut profile; and libvips, through pyvips or else the program `vipsthumbnail`
        (which starts anew for each photo), where one of them is installed
wait    from the last byte on disk to the verdict, of farmers' photos that come one after the other while a hundred
        cadres' photos of 12 million pixels wait; the real worker and its processes
"""

import asyncio
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import structlog
from PIL import Image

from tests.media.drawn import PHOTOS, display_p3

SMALL = os.environ.get("BENCH_SCALE") == "small"
ROUNDS = 3 if SMALL else 15
CADRES, FARMERS = (6, 2) if SMALL else (100, 20)
SIZE = (4000, 3000)


class Looked(NamedTuple):
    """Milliseconds of one core for one photo."""

    ours_ms: float
    wide_gamut_ms: float
    pillow_ms: float
    vips_ms: float | None
    vips: str


class Waited(NamedTuple):
    """Seconds from the last byte to the verdict, and how fast the hundred went meanwhile."""

    median_s: float
    p95_s: float
    photos_per_s: float


def main() -> int:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    content = twelve_million_pixels()
    looked = look(content)
    ratio = looked.ours_ms / looked.pillow_ms
    print(f"a photo of 12 MP ({len(content) / 1e6:.1f} MB), per core: {looked.ours_ms:.0f} ms")
    print(f"Pillow's draft + resize + save: {looked.pillow_ms:.0f} ms, ours is {ratio:.2f} times that (aim: 1.3)")
    print(f"with a wide-gamut profile, turned into sRGB: {looked.wide_gamut_ms:.0f} ms")
    if looked.vips_ms is None:
        print("libvips: absent (neither pyvips nor vipsthumbnail is installed)")
    else:
        ratio = looked.ours_ms / looked.vips_ms
        print(f"libvips ({looked.vips}), the two copies alone: {looked.vips_ms:.0f} ms, ours is {ratio:.2f} times that")
    waited = asyncio.run(wait(content))
    print(f"last byte to verdict, behind {CADRES} photos: median {waited.median_s:.2f} s, p95 {waited.p95_s:.2f} s "
          f"(aim: 2); {waited.photos_per_s:.1f} photos/s meanwhile")  # fmt: skip
    return 0


def twelve_million_pixels() -> bytes:
    """A phone's photo scaled up, with a sensor's noise."""
    image = Image.open(PHOTOS / "orientation_8.jpg").convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    noisy = Image.blend(image, Image.effect_noise(SIZE, 12).convert("RGB"), 0.12)
    exif = Image.Exif()
    exif[0x0112] = 6
    written = BytesIO()
    noisy.save(written, "JPEG", quality=92, exif=exif)
    return written.getvalue()


def look(content: bytes) -> Looked:
    """Each in turn, so that a noisy neighbour hits all of them."""
    from backend.media import pictures

    wide = _with_profile(content)
    work: dict[str, Callable[[], object]] = {
        "ours": lambda: pictures.look(content, max_pixels=120_000_000),
        "wide": lambda: pictures.look(wide, max_pixels=120_000_000),
        "pillow": lambda: _pillow(content),
    }
    vips, through = _vips(content)
    if vips is not None:
        work["vips"] = vips
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, do in work.items():
            started = _processor_s()
            do()
            spent[name].append((_processor_s() - started) * 1000)
    medians = {name: statistics.median(each) for name, each in spent.items()}
    return Looked(medians["ours"], medians["wide"], medians["pillow"], medians.get("vips"), through)


def _processor_s() -> float:
    """Of this process and of those that it started and that have ended."""
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system


def _with_profile(content: bytes) -> bytes:
    """The same photo as a newer phone says it: APP2 with the profile of its screen, after the first marker."""
    profile = b"ICC_PROFILE\0\1\1" + display_p3()
    return content[:2] + b"\xff\xe2" + (len(profile) + 2).to_bytes(2, "big") + profile + content[2:]


def _pillow(content: bytes) -> None:
    """The least that Pillow can do for the same two copies."""
    image = Image.open(BytesIO(content))
    image.draft("RGB", (1600, 1200))
    large = image.resize((1600, 1200), Image.Resampling.LANCZOS)
    large.save(BytesIO(), "JPEG", quality=82, optimize=True)
    large.resize((320, 240), Image.Resampling.LANCZOS).save(BytesIO(), "JPEG", quality=82, optimize=True)


def _vips(content: bytes) -> tuple[Callable[[], object] | None, str]:
    """What makes the two copies with libvips on one core, and through what; nothing where it is absent."""
    os.environ["VIPS_CONCURRENCY"] = "1"
    with suppress(ImportError):
        import pyvips  # type: ignore[import-not-found]

        def work() -> None:
            large = pyvips.Image.thumbnail_buffer(content, 1600, size="down").copy_memory()
            large.jpegsave_buffer(Q=82, keep="none", optimize_coding=True)
            large.thumbnail_image(320).jpegsave_buffer(Q=82, keep="none", optimize_coding=True)

        return work, f"pyvips {pyvips.__version__}"
    program = shutil.which("vipsthumbnail")
    return (partial(_vips_program, program, content), "vipsthumbnail") if program else (None, "")


def _vips_program(program: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "original.jpg").write_bytes(content)
        for source, size in (("original.jpg", 1600), ("1600.jpg", 320)):
            output = f"{size}.jpg[Q=82,optimize_coding,strip]"
            subprocess.run([program, source, "--size", f"{size}x{size}", "-o", output], cwd=folder, check=True)


async def wait(content: bytes) -> Waited:
    """With its own PostgreSQL and folder; fsync is on in both."""
    with _data_folder() as data:
        os.environ["LIANXIN_DATA"] = str(data)
        from backend.core import database, migrations
        from backend.core.postgres import EmbeddedPostgres

        with EmbeddedPostgres(data / "postgres") as postgres:
            await migrations.forwards(postgres.dsn)
            await database.connect(postgres.dsn, pool_size=10, acquire_timeout_s=30)
            waited = await _behind_the_cadres(content)
            await database.disconnect()
            return waited


async def _behind_the_cadres(content: bytes) -> Waited:
    from backend.core import job_worker
    from backend.media.receiving import Door

    for number in range(CADRES):
        await _send(content, number, Door.API)
    stop = asyncio.Event()
    working = asyncio.create_task(job_worker.worker(stop))
    await asyncio.sleep(1)
    started, before = time.monotonic(), await _looked_at()
    spans = [await _one_farmer(content, CADRES + number) for number in range(FARMERS)]
    rate = (await _looked_at() - before) / (time.monotonic() - started)
    stop.set()
    await working
    spans.sort()
    return Waited(statistics.median(spans), spans[int(len(spans) * 0.95) - (len(spans) >= 20)], rate)


async def _one_farmer(content: bytes, number: int) -> float:
    """The queue stays a hundred long: a cadre sends one too."""
    from backend.media import queries
    from backend.media.receiving import Door

    for more in range(max(0, CADRES - await _waiting())):
        await _send(content, number * 1000 + more, Door.API)
    photo_id = await _send(content, -number, Door.STATION)
    started = time.monotonic()
    while (row := await queries.photo(photo_id)) is None or row["state"] == "waiting":
        await asyncio.sleep(0.01)
    return time.monotonic() - started


async def _send(content: bytes, number: int, door):
    from backend.core import ids
    from backend.media import receiving

    other = content + f"{number}".encode()  # other bytes, the same picture
    kept = await receiving.receive(source=other, file_name="", photo_id=ids.uuid7(), uploaded_by=None, door=door)
    return kept.record.id


async def _waiting() -> int:
    from backend.core.database import fetch

    return (await fetch("SELECT count(*) FROM media_photo WHERE state = 'waiting'"))[0][0]


async def _looked_at() -> int:
    from backend.core.database import fetch

    return (await fetch("SELECT count(*) FROM media_original WHERE looked_at IS NOT NULL"))[0][0]


@contextmanager
def _data_folder():
    folder = Path(tempfile.mkdtemp(prefix="lianxin-bench-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

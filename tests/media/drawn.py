"""Pictures and other files, drawn when a test needs them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from random import Random

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter

pillow_heif.register_heif_opener()

PHOTOS = Path(__file__).parent / "photos"


def field(*, seed: int = 1, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """A sharp scene that is like no other seed's: sky, ground, and many leaves."""
    random, image = Random(seed), Image.new("RGB", size, (110, 150, 90))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0], size[1] * random.uniform(0.2, 0.6)), fill=(170, 200, 230))
    for _ in range(12):
        draw.ellipse(_box(random, size, 0.3), fill=_colour(random))
    for _ in range(700):
        draw.ellipse(_box(random, size, 0.02), fill=_colour(random))
    return image


def _box(random: Random, size: tuple[int, int], share: float) -> tuple[float, float, float, float]:
    x, y = random.uniform(0, size[0]), random.uniform(0, size[1])
    return x, y, x + random.uniform(0.3, 1) * share * size[0], y + random.uniform(0.3, 1) * share * size[0]


def _colour(random: Random) -> tuple[int, int, int]:
    return random.randrange(20, 240), random.randrange(40, 250), random.randrange(10, 200)


def saved(image: Image.Image, kind: str = "JPEG", **more) -> bytes:
    written = BytesIO()
    image.save(written, kind, **({"quality": 90} if kind != "PNG" else {}) | more)
    return written.getvalue()


def deep(image: Image.Image) -> Image.Image:
    """The same in grey of 16 bits."""
    return image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")


def dark() -> bytes:
    return saved(field(seed=5).point(lambda value: value * 0.18))


def bright() -> bytes:
    return saved(field().point(lambda value: 205 + value * 0.2))


def foggy() -> bytes:
    return saved(field().point(lambda value: 120 + value * 0.07))


def blurred(radius: float = 6) -> bytes:
    return saved(field().filter(ImageFilter.GaussianBlur(radius)))


def covered() -> bytes:
    """The lens cap, with a sensor's noise."""
    random = Random(7)
    noise = Image.frombytes("L", (800, 600), bytes(random.randrange(0, 5) for _ in range(480_000)))
    return saved(noise.convert("RGB"))


def moving(kind: str) -> bytes:
    frames = [field(seed=seed, size=(600, 450)) for seed in (1, 2, 3)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def png_that_claims(width: int, height: int, *, bytes_within: int = 1000) -> bytes:
    """A PNG whose header promises far more pixels than its few bytes hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * bytes_within, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def amr(frames: int = 50) -> bytes:
    """A voice note of WeChat's kind: 12.2 kbit/s, 20 ms a frame."""
    return b"#!AMR\n" + (b"\x3c" + b"\x11" * 31) * frames


def m4a(*, handler: bytes = b"soun", data: int = 3000) -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    media = box(b"hdlr", b"\0" * 8 + handler + b"\0" * 13)
    return (
        box(b"ftyp", b"M4A \0\0\2\0M4A mp42isom") + box(b"moov", box(b"trak", box(b"mdia", media)))
        + box(b"mdat", b"\x21" * data)
    )  # fmt: skip


def ogg() -> bytes:
    return b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead" + b"\0" * 11 + b"OggS\0\4" + b"\0" * 20 + b"\1\x40" + b"\7" * 64


WEBM_HEAD = bytes.fromhex(
    "1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff"
    "1549a966992ad7b1830f42404d80864368726f6d655741864368726f6d651654ae6bbfaebdd7810173c587910af54bb4"
    "75588381028686415f4f50555363a2934f707573486561640101000080bb0000000000e18db584473b80009f81016264"
    "8120"
)
"""What Chromium's MediaRecorder begins a note with: EBML, a segment without a length, one track of Opus."""


def webm(*, codec: bytes = b"A_OPUS") -> bytes:
    block = b"\xa3\xb7\x81\x00\x00\x80" + b"\x7b" * 51
    return WEBM_HEAD.replace(b"A_OPUS", codec) + b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + b"\xe7\x81\x00" + block * 20


def mp3() -> bytes:
    return b"ID3\4\0\0\0\0\0\0" + (b"\xff\xfb\x90\x00" + b"\0" * 413) * 20


def pdf(pages: int = 1) -> bytes:
    return (
        b"%PDF-1.4\n" + b"1 0 obj<</Type/Catalog>>endobj\n" * pages + b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )


def display_p3() -> bytes:
    """The colour profile of a newer phone's screen and camera (ICC version 2): a matrix and a gamma of 2.2."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    words = b"Display P3\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + bytes(79 + (-len(words) - 91) % 4),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(data), len(value))
        data += value
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data

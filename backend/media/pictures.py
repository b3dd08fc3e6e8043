"""Pillow, and only here: look at bytes that call themselves a photo, and make the copies that may be shown.

Work runs on two threads of its own: Pillow lets go of the interpreter while it decodes and scales, and two at once
bound the memory that hostile pictures can take. A copy is drawn anew from pixels: nothing of the file's metadata
(EXIF, XMP, comments, thumbnails) goes into it. Kept as JPEG; why not WebP or AVIF was measured (7 ms against 65-2,400).
"""

import asyncio
import struct
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from typing import ParamSpec, TypeVar

from PIL import Image
from PIL.ExifTags import Base

from backend.core.settings import settings
from backend.media import exif
from backend.media.facts import CameraFacts, Facts
from backend.media.tables import PhotoState

P = ParamSpec("P")
R = TypeVar("R")

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SIZES = (1600, 320)
"""Longest side of the copies, in pixels."""
QUALITY = 82
WHOLE_SHARE = 3
"""PNG and WebP are decoded whole, JPEG at an eighth where it is huge: they get a third of the pixels."""
PAPER = (255, 255, 255)

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)
_BROKEN = (OSError, ValueError, TypeError, SyntaxError, ArithmeticError, LookupError, EOFError, struct.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

NOT_A_PHOTO = "This is not a photo that can be opened: send JPEG, PNG or WebP."
BROKEN = "The photo is damaged or cut off: take or send it again."
TOO_MANY_PIXELS = "The photo has more pixels than can be taken: send a smaller one."

warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow's own guard; a warning would pass unseen
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # over EXIF that lies: its fields are left out

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")


async def look(content: bytes) -> tuple[Facts, dict[str, bytes]]:
    """The facts about some bytes, and the copies by name (`"1600"`, `"320"`): none where they are refused."""
    return await in_thread(_look, content, settings().photo_max_pixels)


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run CPU work off the loop, on the two threads of this module."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))


def _look(content: bytes, max_pixels: int) -> tuple[Facts, dict[str, bytes]]:
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with Image.open(BytesIO(content), formats=tuple(FORMATS)) as image:
            _must_fit(image, max_pixels)
            return _accepted(image)
    except _BOMBS:
        return _refused(content, TOO_MANY_PIXELS)
    except Image.UnidentifiedImageError:
        return _refused(content, NOT_A_PHOTO)
    except _BROKEN:
        return _refused(content, BROKEN)


def _must_fit(image: Image.Image, max_pixels: int) -> None:
    allowed = max_pixels if image.format == "JPEG" else max_pixels // WHOLE_SHARE
    if image.width * image.height > allowed:
        raise Image.DecompressionBombError


def _accepted(image: Image.Image) -> tuple[Facts, dict[str, bytes]]:
    content_type = FORMATS[image.format or ""]
    size, (orientation, camera) = image.size, _camera(image)
    pixels = image if image.format == "JPEG" else _on_paper(image)  # only a JPEG can be decoded small
    copies = {}
    for longest in SIZES:  # largest first: the small one is made from it
        pixels.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
        copies[str(longest)] = _jpeg(pixels, orientation)
    width, height = reversed(size) if orientation in _LYING else size
    facts = Facts(
        state=PhotoState.ACCEPTED, content_type=content_type, width=width, height=height, camera=camera
    )  # fmt: skip
    return facts, copies


def _camera(image: Image.Image) -> tuple[int, CameraFacts]:
    """Orientation (1 to 8) and camera. A broken EXIF block costs its fields, not the photo."""
    try:
        block = image.getexif()
        orientation = block.get(Base.Orientation)
        return orientation if orientation in _UPRIGHT else 1, exif.read(block)
    except exif.UNREADABLE:
        return 1, CameraFacts()


def _jpeg(image: Image.Image, orientation: int) -> bytes:
    pixels = _on_paper(image)
    if orientation in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[orientation])
    pixels.info = {}  # Pillow would write the comment in here into the copy
    written = BytesIO()
    pixels.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _on_paper(image: Image.Image) -> Image.Image:
    """RGB; what was transparent is white, 16 bits become 8 (Pillow would cut them off at 255)."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB") if image.mode != "RGB" else image.copy()
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, PAPER)
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _refused(content: bytes, verdict: str) -> tuple[Facts, dict[str, bytes]]:
    return Facts(state=PhotoState.REFUSED, content_type=_content_type(content), verdict=verdict), {}


def _content_type(content: bytes) -> str:
    starts = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}
    return next((name for start, name in starts.items() if content.startswith(start)), "application/octet-stream")

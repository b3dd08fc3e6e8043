"""Pillow, and only here: look at bytes that call themselves a photo, and make the copies that may be shown.

Runs in processes of its own (`darkroom`). A copy is drawn anew from pixels: nothing of the file's metadata (EXIF, XMP,
comments, thumbnails) goes into it. Kept as JPEG; why not WebP or AVIF was measured (7 ms against 65-2,400).
"""

import struct
import warnings
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms
from PIL.ExifTags import Base

from backend.media import content_types, exif, grading, likeness
from backend.media.facts import SIZES, CameraFacts, Facts, PhotoState, Reason, refused

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
QUALITY = 82
WHOLE_SHARE = 3
"""PNG, WebP and HEIC are decoded whole, JPEG at an eighth where it is huge: they get a third of the pixels."""
PAPER = (255, 255, 255)
LONGEST_PROFILE_BYTES = 1_000_000
SRGB = ImageCms.createProfile("sRGB")

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
_BROKEN = (
    *(OSError, ValueError, TypeError, SyntaxError, ArithmeticError, LookupError, EOFError, struct.error),
    *(AttributeError, AssertionError, RuntimeError, NotImplementedError),
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow's own guard; a warning would pass unseen
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # over EXIF that lies: its fields are left out
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1  # a process per core looks already


def look(content: bytes, *, max_pixels: int) -> tuple[Facts, dict[str, bytes]]:
    """The facts about some bytes, and the copies by name (`"1600"`, `"320"`): none where they are refused."""
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with Image.open(BytesIO(content), formats=tuple(FORMATS)) as image:
            _must_fit(image, max_pixels)
            return _seen(image)
    except _BOMBS:
        return _refused(content, Reason.TOO_MANY_PIXELS)
    except MemoryError:
        return _refused(content, Reason.TOO_HEAVY)
    except Image.UnidentifiedImageError:
        return _refused(content, _of_unidentified(content))
    except _BROKEN:
        return _refused(content, Reason.BROKEN)


def _must_fit(image: Image.Image, max_pixels: int) -> None:
    allowed = max_pixels if image.format == "JPEG" else max_pixels // WHOLE_SHARE
    if image.width * image.height > allowed:
        raise Image.DecompressionBombError


def _seen(image: Image.Image) -> tuple[Facts, dict[str, bytes]]:
    content_type, animated = FORMATS[image.format or ""], getattr(image, "is_animated", False)
    size, (orientation, camera), profile = image.size, _camera(image), image.info.get("icc_profile")
    pixels = image if image.format == "JPEG" else _on_paper(image)  # only a JPEG can be decoded small
    greys, copies = _copies(pixels, orientation, profile)
    width, height = reversed(size) if orientation in _LYING else size
    measures, something = grading.measure(greys[0])
    if not something:
        return refused(Reason.NOTHING_TO_SEE, content_type), {}
    moving = (Reason.ANIMATED,) if animated and content_type != "image/heic" else ()  # a burst is no film
    facts = Facts(
        state=PhotoState.ACCEPTED,
        content_type=content_type,
        reasons=grading.reasons(measures, width=width, height=height) + moving,
        width=width,
        height=height,
        camera=camera,
        measures=measures,
        perceptual_hash=likeness.perceptual_hash(greys[-1]),
    )
    return facts, copies


def _copies(pixels: Image.Image, orientation: int, profile: bytes | None) -> tuple[list[Image.Image], dict[str, bytes]]:
    """The copies in grey for measuring, and as JPEG; the largest first: the small one is made from it."""
    greys, written = [], {}
    _decode_small(pixels)
    pixels.thumbnail((SIZES[0], SIZES[0]), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = _in_srgb(_on_paper(pixels), profile)
    upright = _upright(small, orientation)
    for longest in SIZES:
        upright.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
        greys.append(upright.convert("L"))
        written[str(longest)] = _jpeg(upright)
    return greys, written


def _decode_small(pixels: Image.Image) -> None:
    """Let a JPEG be decoded at a half, a quarter or an eighth, no smaller than the copy. `thumbnail` asks for twice the
    copy: 12 million pixels are then decoded whole, and take 176 ms instead of 76, to differ by one grey of 255."""
    scale = SIZES[0] / max(pixels.size)
    if scale < 1:
        pixels.draft(None, (round(pixels.width * scale) or 1, round(pixels.height * scale) or 1))
    pixels.load()


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """A copy carries no profile, and a screen takes it for sRGB: a phone's wide-gamut colours would look dull. Done on
    the copy's pixels, and only where there is another profile; one that cannot be read changes nothing."""
    if not profile or len(profile) > LONGEST_PROFILE_BYTES:
        return pixels
    try:
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        if theirs.profile.xcolor_space.strip() != "RGB" or "srgb" in (theirs.profile.profile_description or "").lower():
            return pixels
        return ImageCms.profileToProfile(pixels, theirs, SRGB, outputMode="RGB") or pixels
    except (ImageCms.PyCMSError, *_BROKEN):
        return pixels


def _camera(image: Image.Image) -> tuple[int, CameraFacts]:
    """Orientation (1 to 8) and camera. A broken EXIF block costs its fields, not the photo."""
    try:
        block = image.getexif()
        orientation = block.get(Base.Orientation)
        return orientation if orientation in _UPRIGHT else 1, exif.read(block)
    except exif.UNREADABLE:
        return 1, CameraFacts()


def _upright(pixels: Image.Image, orientation: int) -> Image.Image:
    return pixels.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else pixels


def _jpeg(pixels: Image.Image) -> bytes:
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


def _of_unidentified(content: bytes) -> Reason:
    """A beginning of ours that leads nowhere is a photo that was cut off; anything else never was one."""
    known = content_types.content_type(content[: content_types.HEAD_BYTES]).startswith("image/")
    return Reason.BROKEN if known else Reason.NOT_USABLE


def _refused(content: bytes, reason: Reason) -> tuple[Facts, dict[str, bytes]]:
    return refused(reason, content_types.content_type(content[: content_types.HEAD_BYTES])), {}

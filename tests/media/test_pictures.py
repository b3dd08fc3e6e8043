"""What a look at bytes promises: facts that are true, copies that give nothing away, and never an exception."""

import re
import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from backend.core.settings import settings
from backend.media import pictures
from backend.media.facts import PhotoState, Reason
from tests.media import drawn

PHOTO = (Path(__file__).parent / "photos" / "orientation_6_gps.jpg").read_bytes()
RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(*, size=(64, 32), kind="JPEG", mode="RGB", **saved) -> bytes:
    """Its left half is red, its right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    written = BytesIO()
    image.convert(mode).save(written, kind, **saved)
    return written.getvalue()


def with_exif(orientation=None, camera=(), gps=(), **tags) -> bytes:
    exif = Image.Exif()
    if orientation:
        exif[Base.Orientation] = orientation
    exif.update({Base[name]: value for name, value in tags.items()})
    exif.get_ifd(IFD.Exif).update({Base[name]: value for name, value in dict(camera).items()})
    exif.get_ifd(IFD.GPSInfo).update({GPS[name]: value for name, value in dict(gps).items()})
    return picture(exif=exif)


async def look(content):
    return pictures.look(content, max_pixels=settings().photo_max_pixels)


async def test_the_recorded_photo_is_upright_dated_and_placed():
    facts, copies = await look(PHOTO)

    assert facts.state == PhotoState.ACCEPTED
    assert (facts.width, facts.height) == (1200, 1600)
    assert facts.camera.taken_at == datetime(2026, 11, 20, 7, 33, 12, tzinfo=UTC)
    assert not facts.camera.zone_assumed
    assert (facts.camera.make, facts.camera.model) == ("Xiaomi", "M2006C3LC")
    assert facts.camera.point.latitude == pytest.approx(36.896682, abs=1e-6)
    assert facts.camera.point.longitude == pytest.approx(116.281462, abs=1e-6)
    assert Image.open(BytesIO(copies["1600"])).size == (1200, 1600)
    assert Image.open(BytesIO(copies["320"])).size == (240, 320)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_comes_out_as_the_camera_saw_it(orientation):
    upright = Image.open(BytesIO(picture(quality=95))).convert("RGB")
    as_stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    written = BytesIO()
    (upright.transpose(as_stored) if as_stored is not None else upright).save(written, "JPEG", exif=exif, quality=95)

    facts, copies = await look(written.getvalue())

    shown = Image.open(BytesIO(copies["1600"])).convert("RGB")
    assert (facts.width, facts.height) == shown.size == upright.size
    worst = max(high for _, high in ImageChops.difference(shown.resize((8, 4)), upright.resize((8, 4))).getextrema())
    assert worst < 40


@pytest.mark.parametrize(
    ("longitude_ref", "latitude_ref", "longitude", "latitude"),
    [("E", "N", 116.5, 36.25), ("W", "S", -116.5, -36.25), ("W", "N", -116.5, 36.25), ("E", "S", 116.5, -36.25)],
)
async def test_both_hemispheres_are_read(longitude_ref, latitude_ref, longitude, latitude):
    gps = {
        "GPSLatitude": (36.0, 15.0, 0.0),
        "GPSLatitudeRef": latitude_ref,
        "GPSLongitude": (116.0, 30.0, 0.0),
        "GPSLongitudeRef": longitude_ref,
        "GPSHPositioningError": 12.5,
        "GPSDateStamp": "2026:11:20",
        "GPSTimeStamp": (7.0, 33.0, 10.0),
    }
    point = (await look(with_exif(gps=gps)))[0].camera.point

    assert (point.longitude, point.latitude) == (longitude, latitude)
    assert point.crs == "wgs84"
    assert point.accuracy_m == 12.5
    assert point.fixed_at == datetime(2026, 11, 20, 7, 33, 10, tzinfo=UTC)


NORTH_EAST = {"GPSLatitudeRef": "N", "GPSLongitudeRef": "E"}


@pytest.mark.parametrize(
    "gps",
    [
        {"GPSLatitude": (36.0, 0.0, 0.0), "GPSLongitude": (116.0, 0.0, 0.0)},
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0), **NORTH_EAST},
        {"GPSLatitude": (96.0, 0.0, 0.0), "GPSLongitude": (116.0, 0.0, 0.0), **NORTH_EAST},
        {"GPSLatitude": (36.0, 0.0), "GPSLongitude": (116.0, 0.0, 0.0), **NORTH_EAST},
        {"GPSLatitude": 36.0, "GPSLongitude": 116.0, **NORTH_EAST},
    ],
    ids=["no hemisphere", "null island", "beyond the pole", "two numbers", "one number"],
)
async def test_a_position_that_cannot_be_so_is_left_out_and_the_photo_stays(gps):
    facts, _ = await look(with_exif(gps=gps))
    assert facts.state == PhotoState.ACCEPTED
    assert facts.camera.point is None


@pytest.mark.parametrize(
    ("camera", "taken_at", "assumed"),
    [
        ({"DateTimeOriginal": "2026:11:20 15:33:12"}, datetime(2026, 11, 20, 7, 33, 12, tzinfo=UTC), True),
        (
            {"DateTimeOriginal": "2026:11:20 15:33:12", "OffsetTimeOriginal": "-03:30"},
            datetime(2026, 11, 20, 19, 3, 12, tzinfo=UTC),
            False,
        ),
        (
            {"DateTimeOriginal": "2026:11:20 15:33:12", "OffsetTimeOriginal": "   :  "},
            datetime(2026, 11, 20, 7, 33, 12, tzinfo=UTC),
            True,
        ),
        ({"DateTimeOriginal": "0000:00:00 00:00:00"}, None, False),
        ({"DateTimeOriginal": "yesterday"}, None, False),
        ({}, None, False),
    ],
)  # fmt: skip
async def test_a_time_without_an_offset_is_read_as_shanghai_and_says_so(camera, taken_at, assumed):
    facts, _ = await look(with_exif(camera=camera))
    assert (facts.camera.taken_at, facts.camera.zone_assumed) == (taken_at, assumed)


async def test_names_of_cameras_are_cut_and_cleaned():
    in_utf8 = with_exif(Make="Q" * 8 + "x" * 200, Model="\x01 ").replace(b"Q" * 8, "红\x01米\n".encode())
    facts, _ = await look(in_utf8)
    assert facts.camera.make == "红米" + "x" * 78
    assert facts.camera.model is None


SECRET = b"Lin Dashan, 199 0000 0051"


@pytest.mark.parametrize(
    "content",
    [
        picture(comment=SECRET),
        picture(xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
        picture(exif=(lambda e: (e.__setitem__(Base.Artist, SECRET.decode()), e)[1])(Image.Exif())),
        picture(kind="PNG", pnginfo=(lambda i: (i.add_text("Author", SECRET.decode()), i)[1])(PngInfo())),
        picture(kind="WEBP", xmp=SECRET),
        PHOTO,
    ],
    ids=["comment", "xmp", "exif", "png text", "webp xmp", "recorded"],
)
async def test_no_copy_carries_anything_but_pixels(content):
    _, copies = await look(content)
    assert set(copies) == {"1600", "320"}
    for copy in copies.values():
        assert SECRET not in copy
        assert not re.search(rb"Exif|GPS|http://ns.adobe|Xiaomi|Photoshop", copy)
        shown = Image.open(BytesIO(copy))
        assert not shown.getexif()
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "L"),
     ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("WEBP", "RGB")],
)  # fmt: skip
async def test_every_kind_of_pixel_becomes_a_jpeg_that_looks_alike(kind, mode):
    source = picture(kind=kind, mode="L") if mode == "I;16" else picture(kind=kind, mode=mode)
    if mode == "I;16":
        deep = Image.open(BytesIO(source)).convert("I").point(lambda value: value * 257)
        written = BytesIO()
        deep.convert("I;16").save(written, "PNG")
        source = written.getvalue()
    facts, copies = await look(source)

    shown = Image.open(BytesIO(copies["1600"])).convert("L")
    left, right = (ImageStat.Stat(shown.crop(box)).mean[0] for box in ((0, 0, 32, 32), (32, 0, 64, 32)))
    assert facts.state == PhotoState.ACCEPTED
    assert (left, right) == pytest.approx((81, 49), abs=12)


async def test_what_was_transparent_is_white():
    image, written = Image.new("RGBA", (32, 32), (0, 0, 0, 0)), BytesIO()
    image.paste((200, 30, 30, 255), (0, 0, 8, 32))
    image.save(written, "PNG")
    _, copies = await look(written.getvalue())
    assert Image.open(BytesIO(copies["320"])).getpixel((24, 16)) == (255, 255, 255)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header promises far more pixels than its few bytes hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.NOT_USABLE),
        (b"\xff\xd8\xff", Reason.BROKEN),
        (b"<html><script>alert(1)</script></html>", Reason.NOT_USABLE),
        (picture(kind="GIF"), Reason.NOT_USABLE),
        (b"PK\x03\x04" + b"\0" * 100, Reason.NOT_USABLE),
        (picture()[:400], Reason.BROKEN),
        (PHOTO[: len(PHOTO) // 2], Reason.BROKEN),
        (png_that_claims(60_000, 60_000), Reason.TOO_MANY_PIXELS),
        (png_that_claims(8_000, 8_000), Reason.TOO_MANY_PIXELS),
        (png_that_claims(100, 100), Reason.BROKEN),
    ],
    ids=["empty", "three bytes", "html", "gif", "zip", "cut head", "cut half", "bomb", "whole bomb", "short png"],
)  # fmt: skip
async def test_what_is_no_photo_gets_a_verdict_and_no_copy(content, reason):
    facts, copies = await look(content)
    assert (facts.state, facts.reasons, copies) == (PhotoState.REFUSED, (reason,), {})


def test_one_pixel_more_than_allowed_is_refused():
    allowed = 64 * 32
    assert pictures.look(picture(), max_pixels=allowed)[0].state == PhotoState.ACCEPTED
    assert pictures.look(picture(size=(64, 33)), max_pixels=allowed)[0].reasons == (Reason.TOO_MANY_PIXELS,)


@pytest.mark.filterwarnings("ignore::UserWarning")
@hypothesis_settings(max_examples=150, deadline=None)
@given(at=st.integers(2, 2500), byte=st.integers(0, 255), cut=st.integers(0, len(PHOTO)))
def test_no_damaged_byte_ever_raises(at, byte, cut):
    damaged = PHOTO[:at] + bytes([byte]) + PHOTO[at + 1 : max(cut, at + 1)]
    facts, copies = pictures.look(damaged, max_pixels=settings().photo_max_pixels)
    assert (facts.state == PhotoState.ACCEPTED) == bool(copies)


# Colours


def shown_at(copies: dict[str, bytes], x: int, y: int) -> tuple[int, ...]:
    return Image.open(BytesIO(copies["320"])).convert("RGB").getpixel((x, y))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_a_wide_gamut_photo_is_shown_in_the_colours_that_were_seen(kind):
    quality = {} if kind == "PNG" else {"quality": 95}
    plain = await look(picture(kind=kind, **quality))
    wide = await look(picture(kind=kind, icc_profile=drawn.display_p3(), **quality))

    red, same = shown_at(wide[1], 12, 16), shown_at(plain[1], 12, 16)
    assert red[0] > same[0] + 10, "the same numbers mean a stronger red, which sRGB can hardly show"
    assert max(abs(a - b) for a, b in zip(red, (220, 0, 0), strict=True)) < 6
    assert all("icc_profile" not in Image.open(BytesIO(copy)).info for copy in wide[1].values())


@pytest.mark.parametrize(
    "profile",
    [
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        b"no profile at all",
        drawn.display_p3()[:200],
        drawn.display_p3().replace(b"rXYZ", b"rXYz"),
        drawn.display_p3() + bytes(pictures.LONGEST_PROFILE_BYTES),
    ],
    ids=["sRGB", "another space", "nonsense", "cut off", "a colour is missing", "too long"],
)
async def test_a_profile_that_changes_nothing_or_cannot_be_read_costs_nothing(profile):
    facts, copies = await look(picture(kind="PNG", icc_profile=profile))

    assert facts.state == PhotoState.ACCEPTED
    assert shown_at(copies, 12, 16) == shown_at((await look(picture(kind="PNG")))[1], 12, 16)

"""Whether a picture is good enough to see a leaf by, on the copy that an expert sees. Pure numbers; no picture is lost.

A phone's preview hides what 800 pixels show, so that is the size measured at: noise is averaged away, and a photo of
12 million pixels is judged like one of two. The limits were found on the pictures of scikit-image and scikit-learn, on
phone photos and their blurred and darkened twins (tests/media/test_grading.py holds a part of them):
sharp ones measure 3.5 to 24, out of focus by 5 pixels of 1600 at most 2.
"""

from collections.abc import Iterator

from PIL import Image, ImageFilter

from backend.media.facts import Measures, Reason

MEASURED_AT = 800
"""Longest side, in pixels."""

LEAST_SHARPNESS = 1.9
LEAST_BRIGHT, LEAST_MID, BRIGHT_WITH_MID = 80, 25, 130
"""Too dark: even the brightest part is grey, or most is black and nothing is bright."""
MOST_DARK = 190
"""Too bright: even the darkest part is nearly white."""
LEAST_SPAN = 30
"""Flat: fog, a dirty lens, a finger."""
LEAST_SIDE = 400
"""Small: the shorter side of the original, in pixels."""
NOTHING_SPAN = 10
"""Nothing to see: every pixel but one in a thousand is the same grey."""

_PARTS = 8
_BEST = 4
_EDGES = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=1)
_FINER = 4


def measure(grey: Image.Image) -> tuple[Measures, bool]:
    """The measures of an upright copy in mode L, and whether there is anything on it at all."""
    small = _reduced(grey)
    histogram = small.histogram()
    measures = Measures(
        sharpness=_sharpness(small),
        dark=_grey_at(histogram, 0.02),
        mid=_grey_at(histogram, 0.5),
        bright=_grey_at(histogram, 0.98),
    )
    return measures, _grey_at(histogram, 0.999) - _grey_at(histogram, 0.001) >= NOTHING_SPAN


def reasons(measures: Measures, *, width: int, height: int) -> tuple[Reason, ...]:
    """What to tell who took it, the worst first. A dark or flat picture is not called blurred as well."""
    return tuple(_reasons(measures, min(width, height)))


def _reasons(measures: Measures, shorter: int) -> Iterator[Reason]:
    light = _light(measures)
    if light is not None:
        yield light
    elif measures.sharpness < LEAST_SHARPNESS:
        yield Reason.BLURRED
    if shorter < LEAST_SIDE:
        yield Reason.SMALL


def _light(measures: Measures) -> Reason | None:
    dark, mid, bright = measures.dark, measures.mid, measures.bright
    if bright < LEAST_BRIGHT or (mid < LEAST_MID and bright < BRIGHT_WITH_MID):
        return Reason.TOO_DARK
    if dark > MOST_DARK:
        return Reason.TOO_BRIGHT
    return Reason.FLAT if bright - dark < LEAST_SPAN else None


def _reduced(grey: Image.Image) -> Image.Image:
    scale = max(grey.size) / MEASURED_AT
    if scale <= 1:
        return grey
    return grey.resize((max(3, round(grey.width / scale)), max(3, round(grey.height / scale))), Image.Resampling.BOX)


def _sharpness(grey: Image.Image) -> float:
    """The fourth best of 64 parts: a leaf may be sharp before a soft field, one bright speck does not count."""
    if min(grey.size) < _PARTS + 2:
        return 0.0
    edges = grey.filter(_EDGES).crop((1, 1, grey.width - 1, grey.height - 1)).point(lambda value: value * _FINER)
    parts = sorted(edges.resize((_PARTS, _PARTS), Image.Resampling.BOX).tobytes())
    return parts[-_BEST] / _FINER


def _grey_at(histogram: list[int], share: float) -> int:
    wanted, seen = sum(histogram) * share, 0
    for grey, pixels in enumerate(histogram):
        seen += pixels
        if seen >= wanted:
            return grey
    return 255

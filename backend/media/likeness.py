"""Pictures that look alike though their bytes differ: sent on by WeChat, scaled, cropped a little, saved again.

A 64-bit perceptual hash: the signs of the 8 x 8 lowest frequencies of a 32 x 32 grey picture, against their median
(pHash: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, 3.2.1). Copies of one
picture differ in a few bits, two pictures in about 32.
"""

from functools import cache
from math import cos, pi, sqrt
from statistics import median

from PIL import Image

SIDE, KEPT = 32, 8
ALIKE = 7
"""The most bits by which pictures that look alike differ. The index below finds all of these."""

_BANDS, _BAND_BITS = 4, 16


def perceptual_hash(grey: Image.Image) -> int:
    """64 bits as a signed number, for a bigint. `grey` is upright, mode L, any size."""
    pixels = grey.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()
    waves = _waves()
    rows = [[sum(map(float.__mul__, wave, line)) for wave in waves] for line in _lines(pixels)]
    columns = list(zip(*rows, strict=True))
    found = [sum(map(float.__mul__, wave, column)) for wave in waves for column in columns]
    middle = median(found[1:])  # the first is the picture's mean brightness
    number = sum(1 << bit for bit, value in enumerate(found) if value > middle)
    return number - (1 << 64) if number >> 63 else number


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def bands(number: int) -> list[int]:
    """The hash in four numbered parts of 16 bits, for the index."""
    return [(band << _BAND_BITS) | _part(number, band) for band in range(_BANDS)]


def bands_of_alike(number: int) -> list[int]:
    """Every part that a hash within ALIKE bits may share: of four parts one differs in at most one bit."""
    around = (0, *(1 << bit for bit in range(_BAND_BITS)))
    return [(band << _BAND_BITS) | (_part(number, band) ^ change) for band in range(_BANDS) for change in around]


def _part(number: int, band: int) -> int:
    return (number >> (band * _BAND_BITS)) & 0xFFFF


def _lines(pixels: bytes) -> list[list[float]]:
    return [[float(value) for value in pixels[at : at + SIDE]] for at in range(0, len(pixels), SIDE)]


@cache
def _waves() -> list[list[float]]:
    """The first rows of the discrete cosine transform (DCT-II, orthonormal)."""
    return [
        [(sqrt(1 / SIDE) if k == 0 else sqrt(2 / SIDE)) * cos(pi * k * (2 * n + 1) / (2 * SIDE)) for n in range(SIDE)]
        for k in range(KEPT)
    ]

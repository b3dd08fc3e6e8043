"""Grades are held against pictures, not against numbers; likeness against the index that finds it."""

from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from backend.media import grading, likeness
from backend.media.facts import Measures, Reason
from tests.media.drawn import PHOTOS, field, saved

REAL = ("orientation_5.jpg", "orientation_8.jpg", "phone.heic")


def real(name: str) -> Image.Image:
    image = Image.open(PHOTOS / name).convert("RGB")
    image.thumbnail((1600, 1600))
    return image


def judged(image: Image.Image) -> tuple[Reason, ...]:
    measures, something = grading.measure(image.convert("L"))
    assert something
    return grading.reasons(measures, width=image.width, height=image.height)


@pytest.mark.parametrize("name", REAL)
def test_a_photo_as_it_was_taken_is_good_and_its_spoilt_twins_are_not(name):
    image = real(name)
    assert judged(image) == ()
    assert judged(image.filter(ImageFilter.GaussianBlur(5))) == (Reason.BLURRED,)
    assert judged(image.point(lambda value: value * 0.2)) == (Reason.TOO_DARK,)
    assert judged(image.point(lambda value: 200 + value * 0.2)) == (Reason.TOO_BRIGHT,)
    assert judged(image.point(lambda value: 100 + value * 0.1)) == (Reason.FLAT,)


def test_a_sharp_leaf_before_a_soft_field_is_sharp():
    image = field()
    soft = image.filter(ImageFilter.GaussianBlur(8))
    soft.paste(image.crop((300, 200, 750, 600)), (300, 200))
    assert judged(soft) == ()


def test_a_scene_at_dusk_with_a_lamp_in_it_is_not_too_dark():
    assert grading.reasons(Measures(sharpness=5, dark=2, mid=30, bright=150), width=1600, height=1200) == ()


@pytest.mark.parametrize("name", REAL)
def test_a_picture_scaled_saved_again_or_brightened_differs_in_few_bits_and_another_in_many(name):
    image = real(name)
    hashes = [
        likeness.perceptual_hash(Image.open(BytesIO(content)).convert("L"))
        for content in (
            saved(image),
            saved(image.resize((image.width // 3, image.height // 3)), quality=40),
            saved(image.point(lambda value: min(255, value * 1.15))),
        )
    ]
    others = [likeness.perceptual_hash(real(other).convert("L")) for other in REAL if other != name]
    assert max(likeness.distance(hashes[0], each) for each in hashes) <= 4
    assert min(likeness.distance(hashes[0], each) for each in others) > 15


@given(number=st.integers(-(2**63), 2**63 - 1), changed=st.sets(st.integers(0, 63), max_size=likeness.ALIKE))
def test_the_index_finds_every_hash_within_the_distance(number, changed):
    other = number
    for bit in changed:
        other ^= -(1 << 63) if bit == 63 else 1 << bit
    assert likeness.distance(number, other) == len(changed)
    assert set(likeness.bands(other)) & set(likeness.bands_of_alike(number))


def test_scenes_drawn_at_random_do_not_look_alike():
    random = Random(5)
    hashes = [
        likeness.perceptual_hash(field(seed=random.randrange(10**6), size=(320, 240)).convert("L")) for _ in range(40)
    ]
    closest = min(likeness.distance(a, b) for at, a in enumerate(hashes) for b in hashes[:at])
    assert closest > likeness.ALIKE

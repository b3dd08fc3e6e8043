"""What a phone has to fetch: small enough for a thin line, measured on the bundles as they are built."""

from functools import cache

import pytest
from msgspec.structs import replace

from backend.kits.building import bundle_of
from backend.kits.checking import Checked, check
from backend.kits.reading import KIT_TOML, kit_folders, read
from backend.openrosa import kit_verbs  # noqa: F401 - what forms may become

MOST_BYTES, MANY = 300_000, 100

SHIPPED = {folder.kit_id: folder for folder in kit_folders() if KIT_TOML in folder.files}


@cache
def checked(kit_id: str) -> Checked:
    content, told = read(SHIPPED[kit_id])
    return check(kit_id, content, told=told)


def test_all_five_are_shipped():
    assert set(SHIPPED) >= {"visit", "crop_clinic", "soil_and_residue", "antifraud_visit", "market_stall"}


@pytest.mark.parametrize("kit_id", SHIPPED)
def test_every_bundle_that_we_ship_is_a_fifth_of_what_it_may_be(kit_id):
    found = checked(kit_id)
    assert 1_000 < len(bundle_of(found.kit, found.forms)) < MOST_BYTES // 5


def test_a_bundle_with_all_our_forms_and_a_hundred_of_our_cards_stays_under_300_kb():
    every = [checked(kit_id) for kit_id in SHIPPED]
    forms = {path: form for each in every for path, form in each.forms.items()}
    held = {path: content for each in every for path, content in each.kit.content.items()}
    cards = [content for path, content in held.items() if path.startswith("cards/")]
    hundred = {f"cards/c{at:03d}.md": varied(cards[at % len(cards)], at) for at in range(MANY)}
    rest = {path: content for path, content in held.items() if not path.startswith("cards/")}

    size = len(bundle_of(replace(every[0].kit, content=rest | hundred), forms))

    assert len(forms) == len(SHIPPED)
    assert size < MOST_BYTES


def varied(card: bytes, at: int) -> bytes:
    """The same length with other words, so that a ZIP cannot tell that it had them before."""
    return "".join(chr(0x4E00 + (ord(c) * (at + 7)) % 0x5000) if ord(c) > 0x4E00 else c for c in card.decode()).encode()

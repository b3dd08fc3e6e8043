"""Kits on a phone: which version with which forms, and card by card what is read offline."""

from hashlib import sha256

import pytest

from backend.kits import states
from backend.kits.publishing import publish
from backend.kits.words import FormState, KitOrigin
from tests.kits.small_kit import CARD, KIT_TOML, checked, forgotten, write
from tests.sync.phones import Phone

NEXT = "2026112202"


@pytest.fixture
async def orchard(cast, tmp_path):
    """`await orchard(**{"cards/…": "…"})`: it is published, by whoever may."""

    async def sent(version="2026112201", **instead):
        told = {"kit.toml": KIT_TOML.replace("2026112201", version), **instead}
        return await publish(checked=checked(write(tmp_path, **told)), origin=KitOrigin.SENT, by=cast.admin)

    async with forgotten():
        yield sent


def of_orchard(phone, entity="kit_files"):
    return {id: record for id, record in phone.of(entity).items() if id.startswith("orchard")}


async def test_a_kit_that_is_published_comes_with_its_forms_and_every_file_that_is_read(cast, orchard):
    phone = Phone(cast.cadre)
    await phone.pull()
    await orchard()
    await phone.pull()

    kit = phone.of("kits")["orchard"]
    assert (kit["version"], kit["title"]["zh"]) == ("2026112201", "果园")
    assert [(form["form_id"], form["version"], form["state"]) for form in kit["forms"]] == [
        ("orchard", "2026112201", "open")
    ]
    files = of_orchard(phone)
    read = {"cards/ring_rot.md", "checklists/before.toml", "forms/orchard.xml", "letters/notice.typ"}
    assert {record["path"] for record in files.values()} == read
    assert files["orchard/cards/ring_rot.md"]["text"] == CARD
    assert "<h:html" in files["orchard/forms/orchard.xml"]["text"]
    assert "media/apple.png" in kit["files"]  # which comes with the bundle


async def test_every_files_sha256_is_over_its_text_and_is_what_the_kit_says(cast, published):
    phone = Phone(cast.cadre)
    await phone.pull()

    for file in phone.of("kit_files").values():
        assert sha256(file["text"].encode()).hexdigest() == file["sha256"]
        assert phone.of("kits")[file["kit_id"]]["files"][file["path"]] == file["sha256"]
    assert len(phone.of("kit_files")) > 10


async def test_a_card_that_changed_is_one_record(cast, orchard):
    await orchard()
    phone = Phone(cast.cadre)
    await phone.pull()
    await orchard(NEXT, **{"cards/ring_rot.md": f"{CARD}\n再看一眼叶背。\n"})
    [page] = await phone.pull()

    assert [file.id for file in page.changes.kit_files.put] == ["orchard/cards/ring_rot.md"]
    assert [kit.version for kit in page.changes.kits.put] == [NEXT]
    assert page.changes.reference is None


async def test_a_file_that_the_kit_holds_no_more_goes_as_deleted(cast, orchard):
    await orchard()
    phone = Phone(cast.cadre)
    await phone.pull()
    await orchard(NEXT, **{"checklists/before.toml": None})
    await phone.pull()

    assert phone.gone == [("kit_files", "orchard/checklists/before.toml", "deleted")]


async def test_a_form_that_closes_is_told_with_its_kit(cast, orchard):
    await orchard()
    phone = Phone(cast.cadre)
    await phone.pull()
    await states.set_form_state(form_id="orchard", version="2026112201", state=FormState.CLOSING, by=cast.admin)
    [page] = await phone.pull()

    assert [form.state for form in page.changes.kits.put[0].forms] == [FormState.CLOSING]
    assert page.changes.kit_files is None


async def test_a_kit_that_is_withdrawn_ends_with_its_files(cast, orchard):
    await orchard()
    phone = Phone(cast.cadre)
    await phone.pull()
    await states.withdraw_kit(kit_id="orchard", version="2026112201", by=cast.admin)
    await phone.pull()

    assert of_orchard(phone, "kits") == of_orchard(phone) == {}
    assert {why for _, _, why in phone.gone} == {"ended"}
    assert len(phone.gone) == 5


async def test_a_stranger_of_another_county_gets_no_kit_that_is_not_his(cast, orchard):
    phone = Phone(cast.stranger)
    await phone.pull()
    await orchard()
    await phone.pull()

    assert of_orchard(phone, "kits") == of_orchard(phone) == {}


async def test_a_kit_that_is_not_ones_own_any_more_goes_as_not_yours(cast, orchard):
    await orchard()
    phone = Phone(cast.cadre)
    await phone.pull()
    await orchard(NEXT, **{"kit.toml": KIT_TOML.replace("2026112201", NEXT).replace('"cadre", ', "")})
    await phone.pull()

    assert ("kits", "orchard", "not_yours") in phone.gone
    assert {why for entity, _, why in phone.gone if entity == "kit_files"} == {"not_yours"}

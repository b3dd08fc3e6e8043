"""Cards, checklists and letters that we ship: short enough for a phone in the hand, and honest of their source."""

import csv
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import typst

from backend.alerts import reference
from backend.kits.letter_setting import SAMPLE
from tests.kits.sheets import KITS

CARDS = sorted(KITS.glob("*/cards/*.md"))
LETTERS = sorted(KITS.glob("*/letters/*.typ"))
FRAUDS = Path(reference.__file__).with_name("fraud_types.csv")
NEEDED = {"visit": 8, "crop_clinic": 15, "antifraud_visit": 16, "market_stall": 5, "soil_and_residue": 6}

HALF_A_MINUTE = 200
"""Characters that somebody reads in it who seldom reads."""

SOURCE, TITLE, MONTHS = "来源：", "# ", "months:"


@pytest.fixture(scope="module")
def frauds():
    with FRAUDS.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


def said(card: Path) -> str:
    """What somebody reads: without the lines that say what it is called, when it counts and where it comes from."""
    lines = card.read_text(encoding="utf-8").splitlines()
    return "".join("".join(line.split()) for line in lines if not line.startswith((SOURCE, TITLE, MONTHS)))


@pytest.mark.parametrize(("kit", "n"), NEEDED.items())
def test_every_kit_has_its_cards_and_a_list_of_what_to_bring(kit, n):
    assert len([card for card in CARDS if card.parts[-3] == kit]) >= n
    assert list((KITS / kit / "checklists").glob("*.toml"))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: f"{card.parts[-3]}-{card.stem}")
def test_a_card_is_read_in_half_a_minute_and_says_where_it_comes_from(card):
    lines = card.read_text(encoding="utf-8").splitlines()
    assert 40 < len(said(card)) <= HALF_A_MINUTE
    assert lines[-1].startswith(SOURCE)
    assert len(lines[-1]) < 80
    assert re.search(r"[\u4e00-\u9fff]", lines[0])


@pytest.mark.parametrize("card", CARDS, ids=lambda card: f"{card.parts[-3]}-{card.stem}")
def test_a_card_has_no_address_to_open_and_no_number_but_the_public_ones(card):
    text = card.read_text(encoding="utf-8")
    assert "://" not in text
    numbers = re.findall(r"(?<![0-9.])[0-9]{3,}(?![0-9]* ?[年月日厘])", said(card))
    assert set(numbers) <= {"110", "119", "120", "96110"}


def test_every_type_of_fraud_has_its_card_in_its_season_with_one_sentence_to_remember(frauds):
    for code, fraud in frauds.items():
        card = (KITS / "antifraud_visit" / "cards" / f"{code}.md").read_text(encoding="utf-8")
        assert f"\nmonths: {fraud['season']}\n" in card or fraud["season"] == "all", code
        assert (MONTHS in card) == (fraud["season"] != "all"), code
        assert card.count("\n记住：") == 1, code
        assert "骗子这样说：" in card, code


def test_a_crops_card_says_when_to_look_and_what_to_photograph_and_prescribes_nothing():
    clinic = {card.stem: card.read_text(encoding="utf-8") for card in CARDS if card.parts[-3] == "crop_clinic"}
    troubles = {name: text for name, text in clinic.items() if MONTHS in text}
    assert len(troubles) >= 12
    for name, text in troubles.items():
        assert "看什么：" in text, name
        assert "\n拍：" in text, name
        assert not re.search(r"倍液|毫升|[0-9]+ ?克|喷施", text), name


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.stem)
def test_a_letter_holds_no_link_and_what_is_not_filled_in_is_a_line_to_write_on(letter):
    text = letter.read_text(encoding="utf-8")
    assert "://" not in text
    assert '"address"' not in text
    assert 'sys.inputs.at(name, default: "")' in text


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.stem)
@pytest.mark.parametrize("filled_in", [SAMPLE, {}], ids=["filled in", "empty"])
def test_a_letter_is_one_sheet_filled_in_or_not(letter, filled_in):
    noto = Path(find_spec("manimgx_fonts_cjk").origin).parent
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[noto])
    pages = typst.Compiler(letter, font_paths=fonts).compile(format="svg", sys_inputs=filled_in)
    assert isinstance(pages, bytes), "it is more than one page"


def test_a_reminder_letter_is_signed_for_or_not_and_either_is_a_receipt():
    text = (KITS / "antifraud_visit" / "letters" / "reminder.typ").read_text(encoding="utf-8")
    for words in ("收到了，签名", "收到了，不愿签", 'filled("serial"', 'filled("phone"', "96110"):
        assert words in text

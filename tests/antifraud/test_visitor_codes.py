"""The code a visitor says: new every day, one of its kind, and a slip of the tongue is found."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.antifraud import visitor_codes
from backend.antifraud.visitor_codes import check_digit, codes_of_day, plain_code, said

KEY = b"k" * 32
DAY = date(2026, 11, 23)
CARDS = tuple(UUID(int=number) for number in range(1, 758))
CODES = codes_of_day(CARDS, DAY, key=KEY)


def test_everybody_has_one_code_a_day_of_eight_digits() -> None:
    assert len(CODES) == len(set(CODES.values())) == len(CARDS)
    assert all(plain_code(code) == code for code in CODES)


def test_a_day_later_every_code_is_another_one() -> None:
    later = codes_of_day(CARDS, DAY + timedelta(days=1), key=KEY)

    assert {code for code, card in CODES.items() if later.get(code) == card} == set()


def test_another_server_has_other_codes() -> None:
    assert codes_of_day(CARDS, DAY, key=b"o" * 32).keys() != CODES.keys()


def test_two_that_would_say_the_same_say_different_codes_and_a_new_card_changes_nobodys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visitor_codes, "_DRAWN", 20)
    first = codes_of_day(CARDS[:11], DAY, key=KEY)
    more = codes_of_day(CARDS[:12], DAY, key=KEY)

    assert len(first) == 11
    assert first.items() < more.items()


@pytest.mark.parametrize("code", list(CODES)[:40])
def test_one_wrong_digit_and_two_that_changed_places_are_always_found(code: str) -> None:
    wrong = {code[:at] + digit + code[at + 1 :] for at in range(8) for digit in "0123456789"} - {code}
    swapped = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(7)} - {code}

    assert {each for each in wrong | swapped if plain_code(each)} == set()


@pytest.mark.parametrize("typed", [" 0 0 0 0 0000", "0000-0000", "００００　００００", "0000，0000", "0000.0000"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert plain_code(typed) == "00000000"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "abcdefgh", "١٢٣٤٥٦٧٨", "00000000" * 9, "\x00"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert plain_code(typed) is None


def test_a_code_is_said_in_two_breaths() -> None:
    assert (said("12345678"), check_digit("")) == ("1234 5678", 0)

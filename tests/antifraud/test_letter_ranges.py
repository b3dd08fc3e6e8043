"""Letters by ranges: overlapping, lost, returned, typed in a hurry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.antifraud.letter_ranges import Serials, SerialWrong, in_both, letters_n, serials, together, without


def of(first: int, last: int, book: str = "GX") -> Serials:
    return Serials(book, 6, first, last)


RANGES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from(["GX", "LC"])).map(
        lambda told: of(told[0], told[0] + told[1], told[2])
    ),
    max_size=6,
)


def letters(ranges: list[Serials]) -> set[tuple[str, int]]:
    return {(each.prefix, number) for each in ranges for number in range(each.first, each.last + 1)}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("GX000120", "GX000180", "GX000120 – GX000180"),
        ("GX000120", "180", "GX000120 – GX000180"),
        ("ＧＸ００１２０", None, "GX00120"),
        (" GX 000120 ", "GX 000120", "GX000120"),
        ("000120", "000121", "000120 – 000121"),
        ("GX2026—004121", "80", "GX2026-004121 – GX2026-004180"),
    ],
)
def test_what_somebody_types_in_a_hurry_is_understood(first, last, said):
    assert str(serials(first, last)) == said


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("反诈函", None, "serial_wrong"),
        ("", None, "serial_wrong"),
        ("GX000120", "LC000180", "books_differ"),
        ("GX120", "GX000180", "books_differ"),
        ("GX000180", "GX000120", "last_before_first"),
        ("GX000180", "20", "last_before_first"),
    ],
)
def test_what_is_no_range_is_refused_with_its_reason(first, last, code):
    with pytest.raises(SerialWrong, match=code):
        serials(first, last)


def test_eight_hundred_thousand_letters_are_one_range():
    assert letters_n([of(1, 400_000), of(400_001, 800_000), of(1, 10)]) == 800_000
    assert together([of(1, 400_000), of(400_001, 800_000)]) == [of(1, 800_000)]


def test_a_village_s_stock_is_what_it_was_given_without_what_left_it():
    left = without([of(1, 100)], [of(1, 30), of(51, 51), of(91, 120)])

    assert left == [of(31, 50), of(52, 90)]


def test_letters_handed_out_twice_are_named():
    assert in_both([of(1, 50)], [of(41, 60), of(1, 5, "LC")]) == [of(41, 50)]


@given(RANGES, RANGES)
def test_ranges_say_what_sets_of_letters_would_say(one, other):
    assert letters(together(one)) == letters(one)
    assert letters(in_both(one, other)) == letters(one) & letters(other)
    assert letters(without(one, other)) == letters(one) - letters(other)
    assert letters_n(one) == len(letters(one))

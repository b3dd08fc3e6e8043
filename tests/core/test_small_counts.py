"""What is told of numbers that add up to a known sum, so that nobody is found by subtraction."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from backend.core import small_counts
from backend.core.small_counts import told

COUNTS = st.dictionaries(st.text(max_size=2), st.integers(0, 12), max_size=8)


def test_a_number_that_is_left_out_alone_takes_the_smallest_other_along():
    assert told({"a": 5, "b": 4, "c": 8}, least=5) == {"a": None, "b": None, "c": 8}
    assert told({"a": 4}, least=5) == {"a": None}
    assert told({"a": 4, "b": 0}, least=5) == {"a": None, "b": 0}


def test_without_a_least_all_is_told():
    assert told({"a": 1, "b": 0}, least=0) == {"a": 1, "b": 0}


@given(counts=COUNTS)
def test_what_is_left_out_is_of_five_or_more_together_unless_all_is(counts):
    found = told(counts, least=5)
    hidden = sum(counts[key] for key, n in found.items() if n is None)
    assert hidden == 0 or hidden >= 5 or hidden == sum(counts.values())
    assert all(n == 0 or n >= 5 for n in found.values() if n is not None)


def test_the_rules_own_examples_hold():
    assert doctest.testmod(small_counts).failed == 0

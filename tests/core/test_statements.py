"""Statements out of parts: the numbers of the parameters always fit, and nothing given means nothing asked."""

from backend.core.statements import Conditions, Values, under


def test_each_value_gets_the_next_number():
    values = Values("first")

    assert (values("second"), values("third")) == ("$2", "$3")
    assert values.given == ["first", "second", "third"]


def test_no_prefix_means_no_row():
    assert under("code", [], Values()) == "FALSE"


def test_conditions_are_joined_and_their_values_numbered_in_the_order_they_came():
    found = Conditions().add("a = {}", 1)
    found.add(found.under("code", ["3715"]))
    found.add("b BETWEEN {} AND {}", 2, 3)

    assert found.sql == "a = $1 AND ((code >= $2 AND code < $3)) AND b BETWEEN $4 AND $5"
    assert found.values == [1, "3715", "3715:", 2, 3]


def test_without_conditions_everything_is_meant():
    assert Conditions().sql == "TRUE"

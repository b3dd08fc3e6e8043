"""SQL put together out of parts, with the parameters it uses grown alongside, so that their numbers always fit."""

from collections.abc import Iterable
from typing import Any, Self


class Values:
    """The $-parameters of a statement under construction: called with a value, it answers with its place."""

    def __init__(self, *given: Any) -> None:
        self.given: list[Any] = list(given)

    def __call__(self, value: Any) -> str:
        self.given.append(value)
        return f"${len(self.given)}"


def under(column: str, prefixes: Iterable[str], values: Values) -> str:
    """That a column of codes lies under one of the prefixes, as ranges that an index in C order serves.

    FALSE without a prefix.

    >>> under("v.division_code", ["371526"], Values())
    '((v.division_code >= $1 AND v.division_code < $2))'
    """
    ranges = [f"({column} >= {values(prefix)} AND {column} < {values(prefix + ':')})" for prefix in prefixes]
    return f"({' OR '.join(ranges)})" if ranges else "FALSE"


def passing_under(column: str, prefixes: Iterable[str], values: Values) -> str:
    """The same as a test of each row on the way through another order, for prefixes under which many rows lie.

    The one plan that PostgreSQL keeps for a range is for ranges of any width, and sorts a whole county. Bare,
    `starts_with` counts as one row in two hundred; inside `coalesce` as every other one, which is nearer.

    >>> passing_under("v.division_code", ["371526"], Values())
    '(coalesce(starts_with(v.division_code, $1), FALSE))'
    """
    tests = [f"coalesce(starts_with({column}, {values(prefix)}), FALSE)" for prefix in prefixes]
    return f"({' OR '.join(tests)})" if tests else "FALSE"


class Conditions:
    """Conditions of a WHERE, joined with AND; TRUE where there are none."""

    def __init__(self, *given: Any) -> None:
        self.value = Values(*given)
        self.parts: list[str] = []

    def add(self, sql: str, *values: Any) -> Self:
        """One more condition; each {} in it is one of `values`."""
        self.parts.append(sql.format(*(self.value(value) for value in values)))
        return self

    def under(self, column: str, prefixes: Iterable[str]) -> str:
        """That a column of codes lies under one of the prefixes."""
        return under(column, prefixes, self.value)

    @property
    def values(self) -> list[Any]:
        """The parameters, in the order of their numbers."""
        return self.value.given

    @property
    def sql(self) -> str:
        """All of them, for a WHERE."""
        return " AND ".join(self.parts) or "TRUE"

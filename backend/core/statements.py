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

"""Cells of a CSV file that somebody opens in a spreadsheet."""

from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would calculate what begins so: a sample's name may not do that to whoever opens our file."""


def harmless(value: Any) -> Any:
    """The same, a text that begins like a formula behind an apostrophe; numbers stay numbers, a sign alone a sign.

    >>> harmless("=1+1"), harmless(-3), harmless("白菜"), harmless("=")
    ("'=1+1", -3, '白菜', '=')
    """
    return f"'{value}" if isinstance(value, str) and len(value) > 1 and value.startswith(FORMULA) else value

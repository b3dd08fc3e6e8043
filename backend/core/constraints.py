"""Table constraints that Piccolo 1.38 cannot write: its `is_in` loses the values inside a Check."""

from collections.abc import Iterable

from piccolo.constraints import Check


def one_of(column: str, words: Iterable[str]) -> Check:
    """A Check that a column holds one of our own words (or null, where the column allows it)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return Check(f'"{column}" IN ({listed})')

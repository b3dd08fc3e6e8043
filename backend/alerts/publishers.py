"""In whose name a warning goes out: the county's body for its category, as dated data with a source.

GB/T 35965.1-2018 wants a body's three digits from GB/T 4657 in the identifier. A county that has others adds a line.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from backend.alerts import identifiers
from backend.alerts.words import AlertCategory

ALL = frozenset(AlertCategory)


class Publisher(Struct, frozen=True, kw_only=True):
    """A body of every county. `suffix_zh` follows the county's name: 高唐县 + 公安局."""

    valid_from: date
    categories: frozenset[AlertCategory]
    body: str
    suffix_zh: str
    source: str


PUBLISHERS = (
    Publisher(
        valid_from=date(2018, 8, 1),
        categories=ALL,
        body="000",
        suffix_zh="人民政府",
        source="Lianxin, 2026-11: no body of GB/T 4657 is claimed for a county's government until it names its own",
    ),
    Publisher(
        valid_from=date(2018, 8, 1),
        categories=frozenset({AlertCategory.SECURITY}),
        body="312",
        suffix_zh="公安局",
        source="GB/T 4657, 312 as public security; not seen in the text of the 2021 edition: confirm before going live",
    ),
)
"""The last one that has begun and names the category counts."""


def publisher(category: AlertCategory, *, on: date) -> Publisher:
    """Who publishes warnings of a category on a day.

    >>> publisher(AlertCategory.SECURITY, on=date(2026, 11, 22)).suffix_zh
    '公安局'
    """
    return [each for each in PUBLISHERS if each.valid_from <= on and category in each.categories][-1]


def seat(prefixes: Sequence[str]) -> str:
    """Six digits of the smallest county, prefecture or province that holds all of them.

    >>> seat(["371526101335", "371526"]), seat(["371526", "371525"]), seat(["371526", "370782"])
    ('371526', '371500', '370000')
    """
    codes = [prefix[:6].ljust(6, "0") for prefix in prefixes]
    shared = [digits for digits in (6, 4, 2) if len({code[:digits] for code in codes}) == 1]
    return codes[0][: max(shared, default=0)].ljust(6, "0")


def issuer(category: AlertCategory, prefixes: Sequence[str], *, on: date) -> str:
    """The fourteen characters with which all identifiers of that publisher begin."""
    return identifiers.issuer(county_code=seat(prefixes), body=publisher(category, on=on).body)

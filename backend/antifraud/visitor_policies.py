"""How a visitor's code may be checked: dated policies, the newest one that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

from msgspec import Struct

from backend.people.allowances import Allowance

DISSUASION_LINE = "96110"
"""The police's line against fraud, the same all over the country (Ministry of Public Security). DOMAIN A.6."""


class VisitorPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    wrong_codes_per_address   how many codes that are nobody's one address may try
    wrong_codes_per_desk      the same for one signed-in person who answers callers
    after_midnight            how long yesterday's code goes on to count: a visit that began before midnight ends
    """

    valid_from: date
    wrong_codes_per_address: Allowance
    wrong_codes_per_desk: Allowance
    after_midnight: timedelta
    source: str


VISITOR_POLICIES = (
    VisitorPolicy(
        valid_from=date(2017, 1, 1),
        wrong_codes_per_address=Allowance(20, timedelta(minutes=30)),
        wrong_codes_per_desk=Allowance(60, timedelta(minutes=30)),
        after_midnight=timedelta(minutes=30),
        source="Our own choice. Of ten million codes a day those of 757 assistants count: 40 tries an hour find one of "
        "them in two weeks on average, and each is void within a day. Phones of one carrier share an address. A desk "
        "hears digits over a bad line and from many callers, and whoever sits there is known: three times as many.",
    ),
)


def visitor_policy(on: date) -> VisitorPolicy:
    """The policy in force on a day."""
    return max((p for p in VISITOR_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)

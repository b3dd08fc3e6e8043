"""How carefully a citizen's number is proved: dated policies, the newest one that has begun counts."""

from datetime import date, timedelta

import msgspec

from backend.people.allowances import Allowance


class CitizenPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on.

    code_valid_for        how long the six digits open something
    tries                 at one code, the right one included
    codes_per_number      text messages to one number, so that nobody is pestered
    codes_per_number_day  the same over a day: with `tries` it bounds how many digits can be guessed
    codes_per_device      from one address on the net, or by one desk
    ticket_valid_for      how long his page stays open
    """

    valid_from: date
    code_valid_for: timedelta
    tries: int
    codes_per_number: Allowance
    codes_per_number_day: Allowance
    codes_per_device: Allowance
    codes_per_desk: Allowance
    ticket_valid_for: timedelta
    source: str


CITIZEN_POLICIES = (
    CitizenPolicy(
        valid_from=date(2017, 1, 1),
        code_valid_for=timedelta(minutes=10),
        tries=5,
        codes_per_number=Allowance(3, timedelta(minutes=30)),
        codes_per_number_day=Allowance(6, timedelta(days=1)),
        codes_per_device=Allowance(60, timedelta(hours=1)),
        codes_per_desk=Allowance(60, timedelta(hours=1)),
        ticket_valid_for=timedelta(minutes=30),
        source="Our own choice. Operators ration messages to one number by the minute and the hour; many phones of one "
        "carrier share an address. At most 30 guesses a day at a million.",
    ),
)


def citizen_policy(on: date) -> CitizenPolicy:
    """The policy in force on a day."""
    return max((p for p in CITIZEN_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)

"""How often a report may be checked from one address: dated policies, the newest one that has begun counts.

A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

from msgspec import Struct

from backend.people.allowances import Allowance


class ReportPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    checks_per_address   of right numbers too: numbers follow one another by a formula that anybody can read, so whoever
                         tries one after another meets few wrong ones
    """

    valid_from: date
    checks_per_address: Allowance
    source: str


REPORT_POLICIES = (
    ReportPolicy(
        valid_from=date(2017, 1, 1),
        checks_per_address=Allowance(600, timedelta(minutes=30)),
        source="Our own choice: three hundred buyers of a market behind one carrier's address check a report and its "
        "digest in half an hour. Whoever tries a county's 100,000 reports needs three and a half days, and learns no "
        "finding.",
    ),
)


def report_policy(on: date) -> ReportPolicy:
    """The policy in force on a day."""
    return max((each for each in REPORT_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)

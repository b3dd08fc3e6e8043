"""What is refused to citizens who ask for warnings."""

from datetime import timedelta
from math import ceil

from backend.core.refusals import Refusal


class CodeRefused(Refusal):
    """Wrong digits, too many tries, too old, never sent: one answer for all of them."""

    status, code, title = 403, "push/code-refused", "These digits do not fit"

    def __init__(self) -> None:
        super().__init__("Look at the message again, or have a new code sent. Digits count for ten minutes.")


class CodesRationed(Refusal):
    """Too many codes to one number, or from one place."""

    status, code, title = 429, "push/codes-rationed", "Too many codes at once"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after_s = max(1, ceil(wait.total_seconds()))
        minutes = max(1, ceil(wait.total_seconds() / 60))
        super().__init__("Wait {minutes} minutes and have a code sent again.", minutes=minutes)


class NoTextMessages(Refusal):
    """Nobody serves text messages here."""

    status, code, title = 503, "push/no-text-messages", "No text messages from here yet"
    retry_after_s = 3_600  # until somebody has set up a gateway


class NotRegistered(Refusal):
    """The number is proved, and gets nothing."""

    status, code, title = 404, "push/not-registered", "This number gets no warnings yet"


class StaffNumber(Refusal):
    """The number belongs to an account, whose addresses its owner keeps himself."""

    status, code, title = 409, "push/staff-number", "This number belongs to a staff account"


class CitizenTicketExpired(Refusal):
    """Old, altered, or its address is gone."""

    status, code, title = 403, "push/citizen-ticket-expired", "Have a code sent once more"

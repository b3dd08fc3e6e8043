"""Every way in which visitors' cards say no."""

from datetime import timedelta
from math import ceil

from backend.antifraud.visitor_policies import DISSUASION_LINE
from backend.core.refusals import Refusal, Unknown


class VisitorUnknown(Unknown):
    """Mistyped, yesterday's, ended, or never anybody's: one answer for all of them."""

    code, title = "antifraud/visitor-unknown", "Nobody of ours carries this code today"

    def __init__(self) -> None:
        super().__init__(
            "Let him say it once more, digit by digit. If it is still wrong, do not let him in, and ring the police "
            "station or {line}.",
            line=DISSUASION_LINE,
        )


class VisitorsBusy(Refusal):
    """Too many codes that are nobody's came from one address."""

    status, code, title = 429, "antifraud/visitors-busy", "Too many wrong codes"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after_s = max(1, ceil(wait.total_seconds()))
        super().__init__(
            "Try again in {seconds} s. Do not let anybody in until then: ring the police station or {line}.",
            seconds=self.retry_after_s,
            line=DISSUASION_LINE,
        )


class NoVisitorCard(Unknown):
    """Whoever asks for his own code has no card that counts today."""

    code, title = "antifraud/no-visitor-card", "You have no visitor's card"

    def __init__(self) -> None:
        super().__init__("Your supervisor issues it.")


class VisitorCardUnknown(Unknown):
    """No such card, or none of his territory."""

    code, title = "antifraud/visitor-card-unknown", "No such visitor's card"


class VisitorCardThere(Refusal):
    """Somebody carries one card at a time."""

    status, code, title = 409, "antifraud/visitor-card-there", "He has a visitor's card already"


class NoSuchVisitor(Unknown):
    """Nobody of the territory of whoever asks who is an assistant or a cadre."""

    code, title = "antifraud/no-such-visitor", "No such assistant or cadre"

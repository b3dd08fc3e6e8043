"""Whether an expert may be troubled with what a request has: a photo that shows nothing costs nobody's time. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backend.diagnosis.policies import DiagnosisPolicy
from backend.media.facts import Kind, PhotoState, Reason

POOR = frozenset({Reason.TOO_DARK, Reason.TOO_BRIGHT, Reason.FLAT, Reason.BLURRED, Reason.SMALL})
"""What the pipeline takes and shows, and still nobody sees a leaf on."""


class Seen(Struct, frozen=True):
    """A photo or voice note as the pipeline left it."""

    kind: Kind
    state: PhotoState
    reasons: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether the verdict is still to come."""
        return self.state is PhotoState.WAITING

    @property
    def is_good(self) -> bool:
        """Whether it is a picture on which something can be seen."""
        return self.kind is Kind.PHOTO and self.state is PhotoState.ACCEPTED and not POOR.intersection(self.reasons)


class Passing(StrEnum):
    """What the gate says.

    passes    an expert may be looked for
    waits     photos or verdicts are to come
    asks      none of them shows anything: a better one is asked for
    """

    PASSES = "passes"
    WAITS = "waits"
    ASKS = "asks"


class Waiting(Struct, frozen=True, kw_only=True):
    """What is known of a request before the gate.

    expected   photos and voice notes that its phone said it would send
    urgent     it does not wait for a photo
    asked_at   when a better photo was asked for; null: none was yet
    """

    expected: int
    urgent: bool
    no_better_photo: bool
    since: datetime
    asked_at: datetime | None = None


def judged(waiting: Waiting, seen: Sequence[Seen], *, at: datetime, policy: DiagnosisPolicy) -> Passing:
    """What the gate says now.

    One good picture is enough, whatever else comes. Where only voice notes came and nothing else was announced, there
    is nothing to judge. What is urgent, and whoever has no better photo, passes with what there is.
    """
    if waiting.urgent or waiting.no_better_photo or any(each.is_good for each in seen):
        return Passing.PASSES
    if waiting.asked_at is not None and at >= waiting.asked_at + policy.better_photo_awaited:
        return Passing.PASSES
    missing = waiting.asked_at is None and len(seen) < waiting.expected
    if (missing or any(each.waits for each in seen)) and at < waiting.since + policy.photos_awaited:
        return Passing.WAITS
    if len(seen) >= waiting.expected and all(each.kind is Kind.VOICE for each in seen):
        return Passing.PASSES
    return Passing.ASKS


def reasons(seen: Sequence[Seen]) -> list[str]:
    """Why none of the photos will do, each reason once, those of the latest photo first."""
    told = [reason for each in reversed(seen) if not each.is_good for reason in each.reasons]
    return list(dict.fromkeys(told))

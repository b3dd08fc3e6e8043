"""Our words as people read them: channels, flags and states in the language of this request."""

from typing import Any

from backend.core.words import language, say
from backend.media.facts import PhotoState, Reason
from backend.media.schemas import Grade, PhotoRecord
from backend.visits.tables import Channel, FlagKind, NeedState, PhotoKind

_CHANNELS = {Channel.VISIT: "Visit", Channel.CALL: "Call", Channel.SMS: "SMS", Channel.WECHAT: "WeChat"}

_FLAGS = {
    FlagKind.FAR_FROM_HOUSEHOLD: "Far from the house",
    FlagKind.MOCK_LOCATION: "Simulated position",
    FlagKind.ACCURACY_ZERO: "Accuracy of 0 m",
    FlagKind.CLOCK_SKEW: "The phone's clock is wrong",
    FlagKind.TOO_FAST: "Two places too fast",
    FlagKind.PHOTO_REUSED: "Photo seen before",
}

_SENTENCES = {
    FlagKind.FAR_FROM_HOUSEHOLD: (
        "The phone was {distance_m} m from the house, give or take {accuracy_m} m; from {threshold} m on we ask."
    ),
    FlagKind.MOCK_LOCATION: "The phone says that its position came from a simulation.",
    FlagKind.ACCURACY_ZERO: (
        "The phone gave an accuracy of 0 m. A surveyor's receiver does that, a simulated position too."
    ),
    FlagKind.CLOCK_SKEW: (
        "The phone's clock and ours are {measured} seconds apart; from {threshold} seconds on we ask."
    ),
    FlagKind.TOO_FAST: (
        "From the contact before or after this one it takes {measured} km/h; from {threshold} km/h on we ask."
    ),
    FlagKind.PHOTO_REUSED: "The same photo already belongs to another contact.",
}

_STATES = {
    NeedState.RECEIVED: ("Received", ""),
    NeedState.PASSED_ON: ("Passed on", "warn"),
    NeedState.SOLVED: ("Solved", "good"),
    NeedState.UNREASONABLE: ("Cannot be met", "bad"),
    NeedState.EXPLAINED: ("Explained", ""),
    NeedState.WITHDRAWN: ("Withdrawn", ""),
}

_PHOTO_STATES = {
    PhotoState.WAITING: "Being looked at",
    PhotoState.ACCEPTED: "Accepted",
    PhotoState.REFUSED: "Refused",
}

_PHOTO_REASONS = {
    Reason.TOO_DARK: "Too dark",
    Reason.TOO_BRIGHT: "Too bright",
    Reason.BLURRED: "Blurred",
    Reason.FLAT: "Hazy",
    Reason.SMALL: "Very small",
    Reason.ANIMATED: "A moving picture",
    Reason.NOTHING_TO_SEE: "Nothing to see",
    Reason.BROKEN: "Damaged or cut off",
    Reason.NOT_USABLE: "No photo, voice note or PDF",
    Reason.TOO_MANY_PIXELS: "Too many pixels",
    Reason.TOO_LARGE: "Too large",
    Reason.TOO_HEAVY: "Could not be opened",
    Reason.PURGED: "Deleted in time",
}

_GRADES = {Grade.GOOD: ("Good", "good"), Grade.POOR: ("Could be better", "warn"), Grade.UNUSABLE: ("Refused", "bad")}

_PHOTOS = {PhotoKind.BEFORE: "Before", PhotoKind.AFTER: "After", PhotoKind.SCENE: "On the spot"}


def channels() -> list[tuple[str, str]]:
    """Each channel's word and its label, the visit first."""
    return [(channel.value, say(label)) for channel, label in _CHANNELS.items()]


def channel(value: str) -> str:
    """One channel's label."""
    return say(_CHANNELS[Channel(value)])


def flags() -> list[tuple[str, str]]:
    """Each flag's word and its label."""
    return [(kind.value, say(label)) for kind, label in _FLAGS.items()]


def flag(kind: str) -> str:
    """One flag's label."""
    return say(_FLAGS[FlagKind(kind)])


def flag_sentence(kind: str, facts: dict[str, Any]) -> str:
    """What was measured and against what, in a sentence."""
    shown = {name: round(value) if isinstance(value, float) else value for name, value in facts.items()}
    return say(_SENTENCES[FlagKind(kind)], **shown)


def need_state(state: str) -> tuple[str, str]:
    """A need's state as a label, and the tone that goes with it."""
    label, tone = _STATES[NeedState(state)]
    return say(label), tone


def photo(kind: str) -> str:
    """What a photo shows."""
    return say(_PHOTOS[PhotoKind(kind)])


def photo_states() -> list[tuple[str, str]]:
    """Each state's word and its label."""
    return [(state.value, say(label)) for state, label in _PHOTO_STATES.items()]


def photo_reasons() -> list[tuple[str, str]]:
    """Each reason's word and its label, what can be done better first."""
    return [(reason.value, say(label)) for reason, label in _PHOTO_REASONS.items()]


def photo_verdict(photo: PhotoRecord) -> tuple[str, str]:
    """What the pipeline thinks as a label, and the tone that goes with it."""
    if photo.verdict is None:
        return say(_PHOTO_STATES[PhotoState.WAITING]), ""
    label, tone = _GRADES[photo.verdict.grade]
    return say(label), tone


def topic(name_zh: str, name_en: str) -> str:
    """A topic's name in the reader's language; topics carry both."""
    return name_zh if language.get() == "zh" else name_en


def place(name: str) -> str:
    """A division as people call it: the list names the committee (琉璃庙村村委会), people the village."""
    return name.removesuffix("村委会").removesuffix("居委会") or name

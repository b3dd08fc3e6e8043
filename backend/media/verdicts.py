"""What the pipeline thinks, in sentences that a farmer understands: what is wrong, and what to do about it."""

from backend.core.words import say
from backend.media.facts import Kind, PhotoState, Reason
from backend.media.schemas import Grade, ReasonRecord, Verdict

SENTENCES = {
    Reason.NOT_USABLE: "This file cannot be used: send a photo, a voice note (AMR, M4A, OGG, MP3) or a PDF.",
    Reason.BROKEN: "It is damaged or was cut off: take or send it again.",
    Reason.TOO_MANY_PIXELS: "The photo has more pixels than can be taken: send a smaller one.",
    Reason.TOO_HEAVY: "The photo could not be opened here: send it smaller, or as JPEG.",
    Reason.TOO_LARGE: "The file is too large: send a shorter voice note, or a PDF with fewer pages.",
    Reason.NOTHING_TO_SEE: "Nothing can be seen on it: was the lens covered? Take it again.",
    Reason.PURGED: "It was deleted when its time was over.",
    Reason.TOO_DARK: "Too dark: go where there is light, or turn on the flash, and try again.",
    Reason.TOO_BRIGHT: "Too bright: turn away from the sun, and try again.",
    Reason.FLAT: "Hardly anything stands out: wipe the lens, keep fingers away, and try again.",
    Reason.BLURRED: "Blurred: hold the phone still, a hand's length away, tap on the leaf, and try again.",
    Reason.SMALL: "Very small: send the photo in its original size.",
    Reason.ANIMATED: "A moving picture: only its first one is shown.",
}

GOOD = "The photo is good."
RECEIVED = "It arrived whole."


def verdict(state: PhotoState, reasons: list[str], kind: Kind) -> Verdict | None:
    """In the language of this request; none while it waits."""
    if state == PhotoState.WAITING:
        return None
    told = [ReasonRecord(Reason(reason), say(SENTENCES[Reason(reason)])) for reason in reasons]
    if state == PhotoState.REFUSED:
        return Verdict(Grade.UNUSABLE, " ".join(reason.text for reason in told), told)
    if told:
        return Verdict(Grade.POOR, " ".join(reason.text for reason in told), told)
    return Verdict(Grade.GOOD, say(GOOD if kind == Kind.PHOTO else RECEIVED), told)

"""How a better photo is taken: what was wrong with the last one, turned into what to do."""

from collections.abc import Iterable

from backend.core.words import Term, say
from backend.media.facts import Reason

BETTER = {
    Reason.TOO_DARK: Term("It was too dark: go where it is light, or turn on the flash."),
    Reason.TOO_BRIGHT: Term("It was too bright: turn your back to the sun."),
    Reason.BLURRED: Term("It was blurred: hold still, tap the sick spot on the screen, then press."),
    Reason.FLAT: Term("It was hazy: wipe the lens first."),
    Reason.SMALL: Term("It was very small: take it with the camera, not from a chat's small picture."),
    Reason.ANIMATED: Term("It was a moving picture: take a plain photo."),
    Reason.NOTHING_TO_SEE: Term("Nothing could be seen on it: point at the sick spot."),
}
UNOPENED = Term("It could not be opened: take it once more.")
ALWAYS = (
    Term("Go close: the sick leaf or fruit fills the picture."),
    Term("Have the light behind you, and hold the phone with both hands."),
    Term("One photo of the sick spot, and one of the whole plant."),
)


def better(reasons: Iterable[str]) -> list[str]:
    """What to do better than on the last photo, each thing once."""
    said = dict.fromkeys(BETTER.get(Reason(each), UNOPENED) for each in reasons if each in tuple(Reason))
    return [say(each) for each in said]


def always() -> list[str]:
    """What makes any photo a good one."""
    return [say(each) for each in ALWAYS]

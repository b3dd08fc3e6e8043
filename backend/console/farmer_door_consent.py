"""What a farmer agrees to at the door, word for word.

The texts are kept by version: a page may have waited on a phone for days, and what counts is what it said.
"""

import hashlib

from msgspec import Struct

from backend.core.words import LANGUAGES, Term, language, say, translations
from backend.diagnosis.request_schemas import NewRequestConsent
from backend.diagnosis.words import ConsentPurpose

VERSION = "2026-11"
HANDLING = {
    "2026-11": Term(
        "Who: {station}, and the experts of {studio} who look at it. What for: only to answer this question and to "
        "tell you. What: what you fill in, photos, recordings, phone number. A place inside a photo is for them "
        "only. How long: words and phone are deleted two years after it is closed, photos and recordings two years "
        "after they came. How to take it back: on the receipt's page you can withdraw it and have all of it deleted"
        " at any time."
    )
}
LEARNING = {
    "2026-11": Term(
        "My photos and the expert's answer may also be used to teach and for research, without name, phone and "
        "place. You are answered just the same if you leave this empty. Once you have it deleted on the receipt's "
        "page, it is not used any more."
    )
}
EXPERTS = Term("the crop clinic")


class Said(Struct, frozen=True):
    """The two texts as they are shown. `version` travels with the form: the words' edition and their language."""

    handling: str
    learning: str
    version: str


def said(station: str, studio: str | None) -> Said:
    """What somebody is asked to agree to, in the language of this request."""
    facts = {"station": station, "studio": studio or say(EXPERTS)}
    return Said(say(HANDLING[VERSION], **facts), say(LEARNING[VERSION]), f"{VERSION}-{language.get()}")


def consents(
    version: str, *, station: str, studio: str | None, handling: bool, learning: bool
) -> list[NewRequestConsent]:
    """What he agreed to, by the text of the version that his page showed; an unknown version counts as today's."""
    edition, _, tongue = version.rpartition("-")
    edition, tongue = (edition, tongue) if edition in HANDLING and tongue in LANGUAGES else (VERSION, language.get())
    speak = translations(tongue).gettext
    facts = {"station": station, "studio": studio or speak(EXPERTS)}
    texts = {
        ConsentPurpose.HANDLING: (speak(HANDLING[edition]).format(**facts), handling),
        ConsentPurpose.LEARNING: (speak(LEARNING[edition]), learning),
    }
    return [
        NewRequestConsent(
            purpose=purpose,
            text_version=f"door {edition}-{tongue}",
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
            given=given,
        )
        for purpose, (text, given) in texts.items()
    ]

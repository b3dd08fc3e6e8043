"""What a citizen agrees to who asks for warnings, word for word: one text to be read, one to be read out to him.

Texts are kept by version: what counts is what he read or heard.
"""

import hashlib

from msgspec import Struct

from backend.core.refusals import FieldError, Invalid
from backend.core.words import LANGUAGES, Term, language, translations

READ, ALOUD = "2026-11", "2026-11-aloud"
TEXTS = {
    READ: Term(
        "Who: the county's message service. What for: to send you warnings of your village and what you tick, and "
        "nothing else. What: your phone number, your village, what you ticked. How long: until you stop; then the "
        "number is deleted at once, and only a line without name and number is kept for three years that says when "
        "somebody agreed. How to take it back: on this page, or answer a message with TD: then nothing comes any more, "
        "and the number is deleted two days after the operator has told us."
    ),
    ALOUD: Term(
        "We send warnings of your village and what you choose to your phone, and use the number for nothing else. An "
        "emergency comes at night too. You can stop at any time: answer a message with TD, or tell us; the number is "
        "deleted then. Do you agree?"
    ),
}
_UNKNOWN = "This text is not known; read the newest one to him and send its version."


class ConsentText(Struct, frozen=True):
    """A text to agree to. `text_version` goes back with the answer."""

    text_version: str
    text: str


def to_be_read(tongue: str | None = None) -> ConsentText:
    """For his own eyes, in the language of this request."""
    return _text(READ, tongue or language.get())


def to_be_read_out() -> ConsentText:
    """For his ears: always Chinese, whatever language the desk works in."""
    return _text(ALOUD, "zh")


def sha256_of(text_version: str) -> bytes:
    """The hash of the text of a version. Raises Invalid (400) for one that we never had."""
    edition, _, tongue = text_version.rpartition("-")
    if edition not in TEXTS or tongue not in LANGUAGES:
        raise Invalid(_UNKNOWN, errors=[FieldError(pointer="/text_version", detail=_UNKNOWN)])
    return hashlib.sha256(_text(edition, tongue).text.encode()).digest()


def _text(edition: str, tongue: str) -> ConsentText:
    return ConsentText(f"{edition}-{tongue}", translations(tongue).gettext(TEXTS[edition]))

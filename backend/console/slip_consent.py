"""What a farmer agrees to on the page of his slip, word for word: that what was found is told on.

The texts are kept by version: a page may have lain open for days, and what counts is what it said.
"""

import hashlib
from uuid import UUID

from msgspec import Struct

from backend.core.words import LANGUAGES, Term, language, say, translations
from backend.laboratory.sample_schemas import NewSampleConsent
from backend.laboratory.words import SampleConsentPurpose
from backend.people.household_tables import ConsentChannel, ConsentMethod

VERSION = "2026-11"
SHARE = {
    "2026-11": Term(
        "Yes: what was found may also be told to the township and to partners, so that they can help me. I am tested "
        "and advised just the same without it, and I can take it back here at any time."
    )
}


class Said(Struct, frozen=True):
    """The text as it is shown. `version` travels with the form: its edition and its language."""

    text: str
    version: str


def said() -> Said:
    """What he is asked, in the language of this request."""
    return Said(say(SHARE[VERSION]), f"{VERSION}-{language.get()}")


def line(id: UUID, version: str, *, given: bool) -> NewSampleConsent:
    """What he said to it, by the text that his page showed; an unknown version counts as today's."""
    edition, _, tongue = version.rpartition("-")
    edition, tongue = (edition, tongue) if edition in SHARE and tongue in LANGUAGES else (VERSION, language.get())
    text = translations(tongue).gettext(SHARE[edition])
    return NewSampleConsent(
        id=id,
        purpose=SampleConsentPurpose.SHARE,
        text_version=f"slip {edition}-{tongue}",
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        given=given,
        method=ConsentMethod.TAPPED,
        channel=ConsentChannel.PAGE,
    )

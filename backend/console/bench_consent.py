"""What is read to a farmer who hands in a sample, word for word; his yes is spoken.

The texts are kept by version and always Chinese, whatever language the desk works in: what counts is what he heard.
"""

import hashlib

from backend.core.words import Term, translations
from backend.laboratory.sample_schemas import NewSampleConsent
from backend.laboratory.words import SampleConsentPurpose
from backend.people.household_tables import ConsentChannel, ConsentMethod

VERSION = "2026-11"
TEXTS = {
    SampleConsentPurpose.HANDLING: Term(
        "Your name and phone are kept to tell you the result, and for nothing else; they are deleted in time. Only the "
        "bench and its experts read what is found. You may tell us at any time to delete them. Do you agree?"
    ),
    SampleConsentPurpose.SHARE: Term(
        "May what is found also be told to the township and to partners, so that they can help? You are tested and "
        "advised just the same if you say no, and you can take it back on your page."
    ),
}


def texts() -> dict[str, str]:
    """What is read aloud, by purpose."""
    return {purpose.value: _read(purpose) for purpose in TEXTS}


def consents(given: dict[SampleConsentPurpose, bool]) -> list[NewSampleConsent]:
    """What he said to each."""
    return [
        NewSampleConsent(
            purpose=purpose,
            text_version=f"bench {VERSION}-zh",
            text_sha256=hashlib.sha256(_read(purpose).encode()).hexdigest(),
            given=said,
            method=ConsentMethod.SPOKEN,
            channel=ConsentChannel.DESK,
        )
        for purpose, said in given.items()
    ]


def _read(purpose: SampleConsentPurpose) -> str:
    return translations("zh").gettext(TEXTS[purpose])

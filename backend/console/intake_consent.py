"""What is read to somebody who calls or comes before he is helped, word for word; his yes is spoken.

The texts are kept by version and always Chinese, whatever language the desk works in: what counts is what he heard.
"""

import hashlib

from backend.cases.words import Channel
from backend.core.words import Term, translations
from backend.diagnosis.request_schemas import NewRequestConsent
from backend.diagnosis.words import ConsentPurpose
from backend.people.household_tables import ConsentChannel, ConsentMethod

VERSION = "2026-11"
TEXTS = {
    ConsentPurpose.HANDLING: Term(
        "What you tell, your name and your phone are for the experts who answer you, and for nothing else. They are "
        "deleted two years after it is settled. You may tell us at any time to stop and to delete them. Do you agree?"
    ),
    ConsentPurpose.LEARNING: Term(
        "May the experts also learn and teach from this, without your name, phone and place? You are answered just the "
        "same if you say no."
    ),
}
REACHED = {Channel.PHONE: ConsentChannel.CALL}


def texts() -> dict[str, str]:
    """What is read aloud, by purpose."""
    return {purpose.value: _read(purpose) for purpose in TEXTS}


def consents(*, channel: Channel, given: dict[ConsentPurpose, bool]) -> list[NewRequestConsent]:
    """What he said to each."""
    return [
        NewRequestConsent(
            purpose=purpose,
            text_version=f"intake {VERSION}-zh",
            text_sha256=hashlib.sha256(_read(purpose).encode()).hexdigest(),
            given=said,
            method=ConsentMethod.SPOKEN,
            channel=REACHED.get(channel, ConsentChannel.DESK),
        )
        for purpose, said in given.items()
    ]


def _read(purpose: ConsentPurpose) -> str:
    return translations("zh").gettext(TEXTS[purpose])

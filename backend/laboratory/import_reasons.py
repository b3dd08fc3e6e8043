"""Why a row was no news, or may not be shown: codes that never change meaning, each with its sentence."""

from collections.abc import Mapping
from typing import Any

from backend.core.words import say


def _(msgid: str) -> str:
    return msgid


SENTENCES: dict[str, str] = {
    "stored_before": _("This record is stored already: it came on {day}, line {line}."),
    "twice_in_file": _("This record stands in the file twice; line {line} is stored."),
    "content_differs": _("This record of this instrument is stored already, with other content ({day}, line {line})."),
    "withheld": _("Stored. What was found is for the desk that tests and for the farmer."),
}


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """In the reader's language."""
    return say(SENTENCES[code], **facts)

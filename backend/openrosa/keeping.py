"""What a form's verb refuses is kept all the same: the phone was told that it is safe, and somebody puts it right.

A form may say which refusals its phones are told instead (`VerbDoor.tells`): where nothing may be kept without consent
or beyond the end of a round, what was refused is not kept either.
"""

from collections.abc import Mapping
from typing import Any

from backend.core.problems import problem
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import LANGUAGES, language
from backend.kits.mappings import Refused
from backend.kits.schemas import PublishedForm
from backend.openrosa.verb_doors import VerbDoor

NOT_OF_THE_RECORD = frozenset({401, 408, 413, 425, 429})
"""These speak of the sending, not of what was sent: the phone tries again."""

Told = Mapping[str, Any]
"""A refusal as it is kept: `{"status", "code", "zh": {"title", "detail", "errors"}, "en": {…}}`."""


class SentBefore(DifferentArguments):
    """This instance was sent before with other content, or counts no more: never kept a second time."""


def keeps(form: PublishedForm, known: VerbDoor, refusal: Refusal) -> bool:
    """Whether a submission stays although its verb refuses it."""
    if isinstance(refusal, (SentBefore, *known.tells)) or form.mapping.refused is Refused.TELL:
        return False
    return 400 <= refusal.status < 500 and refusal.status not in NOT_OF_THE_RECORD


def told(refusal: Refusal) -> Told:
    """The refusal for whoever reads it later, in every language of the house."""
    kept: dict[str, Any] = {"status": refusal.status, "code": refusal.code}
    for name in LANGUAGES:
        spoken = language.set(name)
        try:
            said = problem(refusal)
        finally:
            language.reset(spoken)
        errors = [{"pointer": error["pointer"], "detail": error["detail"]} for error in said.get("errors", ())]
        kept[name] = {"title": said["title"], "detail": said["detail"], "errors": errors}
    return kept

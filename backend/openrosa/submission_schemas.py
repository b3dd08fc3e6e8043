"""What is told of submissions: where they stand, what they said, and what arrived of their files."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Moment
from backend.openrosa.words import RecordKind, Settling, SubmissionState


class SubmissionSender(Struct, frozen=True, kw_only=True):
    """Whose phone sent it."""

    id: UUID
    name: str


class SubmissionBecame(Struct, frozen=True, kw_only=True):
    """The record it became. `number`: what people call it, where that is a case."""

    kind: RecordKind
    id: UUID
    number: str | None


class RefusedAnswer(Struct, frozen=True, kw_only=True):
    """An answer that cannot be taken. `pointer`: the verb's argument, as a JSON pointer."""

    pointer: str
    detail: str


class SubmissionRefusal(Struct, frozen=True, kw_only=True):
    """Why it has become nothing yet, in the reader's language."""

    status: int
    code: str
    title: str
    detail: str
    errors: list[RefusedAnswer]


class SubmissionSettled(Struct, frozen=True, kw_only=True):
    """Who ended its waiting by hand, and why."""

    by: str
    at: Moment
    note: str | None


class SubmissionRecord(Struct, frozen=True, kw_only=True):
    """One submission.

    replaces       the submission of which it is an edit
    files_n        files that its XML names; missing_n of them have not come
    tried_n        how often it was given to its form's verb
    division_code  where its record is; while it has none, where its sender works
    """

    id: UUID
    form_id: str
    form_version: str
    instance_id: str
    state: SubmissionState
    received_at: Moment
    sender: SubmissionSender
    became: SubmissionBecame | None
    refusal: SubmissionRefusal | None
    replaces: UUID | None
    division_code: str | None
    division_name: str | None
    files_n: int
    missing_n: int
    tried_n: int
    settled: SubmissionSettled | None


class SubmittedAnswer(Struct, frozen=True, kw_only=True):
    """What stands in one field. `path`: below the root; fields of a repeat come once for each, in order."""

    path: str
    value: str


class SubmittedFile(Struct, frozen=True, kw_only=True):
    """A file that the XML names. `sha256`, `size_bytes`: of the bytes as they came; null while they are missing."""

    question: str
    file_name: str
    photo_id: UUID | None
    sha256: str | None
    size_bytes: int | None


class CorrectedAnswer(Struct, frozen=True, kw_only=True):
    """An answer that somebody put right: the verb is given it in place of what was sent. `nth`: of several, from 0."""

    path: str
    nth: int
    value: str
    corrected_by: str
    corrected_at: Moment


class SubmissionDetail(Struct, frozen=True, kw_only=True):
    """One submission whole: whoever sent it can compare what arrived with what he has, digest by digest.

    xml_sha256   of the XML byte for byte as it came; it stays when the XML itself is purged
    xml_bytes    null once it was purged
    answers      empty once the XML was purged, and of forms whose answers nobody is shown
    """

    submission: SubmissionRecord
    xml_sha256: str
    xml_bytes: int | None
    answers: list[SubmittedAnswer]
    corrections: list[CorrectedAnswer]
    files: list[SubmittedFile]


class NewCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to put right. `nth`: of several fields with this path, from 0; an empty value takes the answer out."""

    path: Annotated[str, Meta(min_length=1, max_length=200)]
    value: Annotated[str, Meta(max_length=4000)]
    nth: Annotated[int, Meta(ge=0, le=1000)] = 0


class SubmissionSettlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How its waiting ends, and in which words."""

    outcome: Settling
    note: Annotated[str, Meta(min_length=1, max_length=300, pattern=r"\S")]


class SubmissionMapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read it again.

    form_version  another version of the same form whose mapping counts; its own if absent
    corrections   answers put right first; they stay beside what was sent, with who did it
    """

    form_version: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    corrections: Annotated[list[NewCorrection], Meta(max_length=50)] = []

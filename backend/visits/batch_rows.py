"""The rows of a batch as they come in: read and normalised, or refused with what is wrong with them."""

from uuid import UUID

import msgspec

from backend.core import creates
from backend.core.problems import problem
from backend.core.refusals import FieldError, Refusal
from backend.people.actors import Actor
from backend.visits import rules
from backend.visits.schemas import NewVisit, RowOutcome, RowVerdict


class Row(msgspec.Struct, frozen=True):
    """A row that can be read: normalised, with its digest."""

    index: int
    id: UUID
    new: NewVisit
    digest: bytes


class BatchTooLong(Refusal):
    """More rows than one batch may have; those up to the limit were dealt with."""

    status, code, title = 413, "visits/batch-too-long", "Too many rows"


class RowMalformed(Refusal):
    """The row is no JSON, or not a visit."""

    status, code, title = 400, "core/malformed", "The request cannot be read"


_decoder = msgspec.json.Decoder(NewVisit)


def read_row(index: int, raw: bytes | Refusal, by: Actor) -> Row | RowVerdict:
    """The row as it can be read, or its refusal."""
    if isinstance(raw, Refusal):
        return refused(index, None, raw)
    try:
        new = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return refused(index, _id_in(raw), _malformed(error))
    try:
        new = rules.normalised(new)
    except Refusal as refusal:
        return refused(index, new.id, refusal)
    digest = creates.digest(rules.told(new, by.person_id))
    return Row(index, new.id or rules.id_of_content(digest, by.person_id), new, digest)


def _malformed(error: Exception) -> RowMalformed:
    """msgspec says `… - at `$.needs[0].category``; the pointer is that path as RFC 6901."""
    said, _, path = str(error).partition(" - at `$")
    pointer = path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
    wrong = FieldError(pointer=pointer, detail=said.replace("{", "(").replace("}", ")"), code="shape")
    return RowMalformed("This row is not a visit.", errors=[wrong])


def _id_in(raw: bytes) -> UUID | None:
    """The id of a row that is wrong elsewhere, so that the phone knows which one it was."""
    try:
        return msgspec.json.decode(raw, type=_WithId).id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class _WithId(msgspec.Struct):
    id: UUID | None = None


def refused(index: int, id: UUID | None, refusal: Refusal) -> RowVerdict:
    """What is wrong with a row, as its verdict."""
    return RowVerdict(index=index, id=id, outcome=RowOutcome.REFUSED, problem=problem(refusal))

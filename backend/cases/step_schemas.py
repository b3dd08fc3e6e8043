"""What each step asks for over HTTP. `id` is the step's own, made by the phone; an Idempotency-Key may stand for it."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.receipts import Recognised
from backend.cases.schemas import PhotoIds
from backend.cases.words import Satisfaction
from backend.core.shapes import NO_NUL, Code
from backend.deadlines.tables import SuspensionReason

Remark = Annotated[str, Meta(max_length=2000, pattern=NO_NUL, description="for staff alone")]
Words = Annotated[str, Meta(max_length=2000, pattern=NO_NUL, description="the citizen reads it")]
SomeWords = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL, description="the citizen reads it")]
SomeRemark = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL, description="for staff alone")]
HisWords = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL, description="what the citizen says")]


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all have."""

    id: UUID | None = None


class Dispatching(Shape, frozen=True, kw_only=True):
    """To which unit; null: the one that the routing table proposes."""

    unit_id: UUID | None = None
    remark: Remark | None = None


class TakingInHand(Shape, frozen=True, kw_only=True):
    """Nothing more to say."""


class Transferring(Shape, frozen=True, kw_only=True):
    """To which unit, and why."""

    to_unit_id: UUID
    reason: SomeWords
    remark: Remark | None = None


class Suspending(Shape, frozen=True, kw_only=True):
    """Who or what has to come first; the remark says it in words."""

    reason_code: SuspensionReason
    remark: SomeWords


class Going(Shape, frozen=True, kw_only=True):
    """On, or away, with a word or without."""

    remark: Words = ""


class Telling(Shape, frozen=True, kw_only=True):
    """Words for the citizen."""

    remark: SomeWords


class Noting(Shape, frozen=True, kw_only=True):
    """Words for staff."""

    remark: SomeRemark


class Resolving(Shape, frozen=True, kw_only=True):
    """What was done, and the photos that show it."""

    remark: SomeWords
    photo_ids: PhotoIds = []


class Explaining(Shape, frozen=True, kw_only=True):
    """Why it cannot be done, and the photos that prove that it was explained."""

    reason_code: Code
    remark: SomeWords
    proof_photo_ids: PhotoIds = []


class Rejecting(Shape, frozen=True, kw_only=True):
    """Why it is unreasonable."""

    reason: SomeWords


class Evaluating(Shape, frozen=True, kw_only=True):
    """What the citizen says of it."""

    satisfaction: Satisfaction
    remark: Annotated[str, Meta(max_length=2000, pattern=NO_NUL, description="what the citizen says")] = ""


class ComingBack(Shape, frozen=True, kw_only=True):
    """Why, in the citizen's words."""

    reason: HisWords


class Recovering(Shape, frozen=True, kw_only=True):
    """How the one who lost his receipt was recognised."""

    recognised: Recognised


class AddingPhotos(Shape, frozen=True, kw_only=True):
    """Photos that were uploaded before, by the same person."""

    photo_ids: Annotated[list[UUID], Meta(min_length=1, max_length=20)]


class Tracking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret of a receipt, as it was typed."""

    secret: Annotated[str, Meta(min_length=1, max_length=20, pattern=NO_NUL)]


class AddingReceiptPhotos(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Photos that were uploaded with the ticket. `id` is the phone's, so that sending it again is harmless."""

    ticket: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_=-]+$")]
    id: UUID
    photo_ids: Annotated[list[UUID], Meta(min_length=1, max_length=20)]

"""Suggestions as they are read: which signatures stand, what is missing of the nine."""

from uuid import UUID

import msgspec

from backend.cases import suggestion_queries as queries
from backend.cases.loop_refusals import NotASuggestion
from backend.cases.loop_words import ReportTo, Signatory
from backend.cases.reading import person, unit
from backend.cases.suggestion_queries import Row
from backend.cases.suggestion_rules import missing, text_of, text_sha256
from backend.cases.suggestion_schemas import (
    FeedbackRecord,
    HearingRecord,
    ReportRecord,
    SignatureRecord,
    SuggestionRecord,
)
from backend.cases.words import CaseKind, CaseState
from backend.territory.points import as_read

ANSWERED = frozenset({CaseState.ANSWERED, CaseState.EVALUATED})


async def record(case_id: UUID) -> SuggestionRecord:
    """A suggestion as it is now; whether it may be read, the caller has looked. Raises NotASuggestion (409)."""
    stored = await queries.text(case_id)
    if stored is None or stored["kind"] != CaseKind.SUGGESTION:
        raise NotASuggestion("This case is no suggestion: it takes no signatures.")
    now = current_sha256(stored)
    heard = await queries.hearing(case_id)
    not_there = await lacking(case_id, stored)
    return SuggestionRecord(
        case_id=case_id,
        number=stored["number"],
        text=text_of(stored["title"], stored["description"]),
        text_sha256=now.hex(),
        signatures=[_signature(row, now) for row in await queries.signatures(case_id)],
        hearing=_hearing(heard) if heard else None,
        reports=[msgspec.convert(dict(row), ReportRecord) for row in await queries.reports(case_id)],
        feedback=[feedback_record(row) for row in await queries.feedback(case_id)],
        answered=stored["state"] in ANSWERED,
        archived=not not_there,
        missing=not_there,
    )


async def lacking(case_id: UUID, stored: Row) -> list[str]:
    """What is missing of the nine. A signature for another text than today's is none."""
    now = current_sha256(stored)
    signed = {Signatory(row["signatory"]) for row in await queries.signatures(case_id) if row["text_sha256"] == now}
    reported = {ReportTo(row["audience"]) for row in await queries.reports(case_id)}
    return missing(signed, heard=await queries.hearing(case_id) is not None, reported=reported)


def current_sha256(stored: Row) -> bytes:
    """The hash of the text as it is now."""
    return text_sha256(text_of(stored["title"], stored["description"]))


def feedback_record(row: Row) -> FeedbackRecord:
    """How somebody was told."""
    facts = dict(row) | {"point": as_read(row), "given_by": person(row["given_by"], row["name"])}
    return msgspec.convert(facts, FeedbackRecord, from_attributes=True)


def _signature(row: Row, now: bytes) -> SignatureRecord:
    facts = dict(row) | {
        "recorded_by": person(row["recorded_by"], row["name"]),
        "text_sha256": row["text_sha256"].hex(),
        "stands": row["text_sha256"] == now,
    }
    return msgspec.convert(facts, SignatureRecord, from_attributes=True)


def _hearing(row: Row) -> HearingRecord:
    facts = dict(row) | {"point": as_read(row), "unit": unit(row["unit"], row["name"], row["public_phone"])}
    return msgspec.convert(facts, HearingRecord, from_attributes=True)

"""mySociety's extension: what happened to published requests, and what a partner adds to one that it filed.

A partner's word moves no work: what it adds stands on the timeline. Only if the matter had ended, a status of the open
ones opens it again, and FIXED or CLOSED after our answer says that the citizen is content.
"""

from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases import ending, exchange
from backend.cases.rules import ENDED, TOLD
from backend.cases.words import CaseState, Satisfaction
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.open311 import case_queries, filing, statuses
from backend.open311.forms import Form
from backend.open311.partners import KnownPartner
from backend.open311.policies import open311_policy
from backend.open311.publishing import shown_level
from backend.open311.requests import in_turn, last_words, published_levels, span, w3

LONGEST = 2000


class Update(Struct, frozen=True):
    """An update that is there."""

    id: UUID
    created: bool


async def list_updates(*, start_date: str, end_date: str) -> list[dict[str, Any]]:
    """What happened in a span, the oldest first. Raises Invalid (400)."""
    begins_at, ends_at = span(start_date, end_date)
    rows = await case_queries.updates(
        begins_at,
        ends_at,
        statuses.AFTER,
        await published_levels(),
        limit=open311_policy(clock.today()).most_requests,
    )
    return await in_turn(_shown, rows)


def _shown(row: case_queries.Row) -> dict[str, Any]:
    spoken = last_words(row, shown_level(row)) if row["kind"] in statuses.OFFICES else None
    return {
        "update_id": str(row["line"]),
        "service_request_id": row["number"],
        "status": statuses.after(row["kind"], row["outcome"]),
        "updated_datetime": w3(row["at"]),
        "description": spoken or "",
        "media_url": None,
    }


@transaction
async def post_update(*, form: Form, partner: KnownPartner) -> Update:
    """Take what a partner adds. The same `update_id` (without one: the same words) is taken once.

    Raises RequestUnknown (404), Invalid (400), StepNotOpen, DifferentArguments (409).
    """
    status, words = form["status"].upper().replace(" ", "_"), form["description"]
    _check(form, status, words)
    case = await filing.filed_by(partner, form["service_request_id"])
    id = _id(form, partner, status, words)
    await filing.queries.alone_with(partner.id, str(id))
    before = await filing.queries.case_of_line(id)
    if before is not None:
        if before != case["id"]:
            raise DifferentArguments("Update {id} belongs to another request; it stays.", id=form["update_id"])
        return Update(id, created=False)
    await _take(case["id"], CaseState(case["state"]), id, status, words, partner)
    return Update(id, created=True)


async def _take(case_id: UUID, state: CaseState, id: UUID, status: str, words: str, partner: KnownPartner) -> None:
    if status in statuses.STILL_OPEN and state in ENDED | TOLD:
        await ending.reopen(case_id=case_id, id=id, reason=words, by=None)
    elif status in ("FIXED", "CLOSED") and state is CaseState.ANSWERED:
        await ending.evaluate(case_id=case_id, id=id, satisfaction=Satisfaction.SATISFIED, remark=words, by=None)
    else:
        await exchange.relay(case_id=case_id, id=id, remark=words, partner=partner.name)


def _check(form: Form, status: str, words: str) -> None:
    wrong = []
    if not form["service_request_id"]:
        detail = "Say which request."
        wrong.append(FieldError(pointer="service_request_id", detail=detail, code="required"))
    if not words:
        wrong.append(FieldError(pointer="description", detail="Say what there is to add.", code="required"))
    if len(words) > LONGEST:
        detail = "Too long: at most {limit} characters."
        wrong.append(FieldError(pointer="description", detail=detail, code="length", facts={"limit": LONGEST}))
    if status and status not in statuses.TAKEN:
        detail = "Choose one of: {choices}."
        facts = {"choices": sorted(statuses.TAKEN)}
        wrong.append(FieldError(pointer="status", detail=detail, code="choice", facts=facts))
    if wrong:
        raise Invalid("The request cannot be so; see errors.", errors=wrong)


def _id(form: Form, partner: KnownPartner, status: str, words: str) -> UUID:
    given = form["update_id"] or form["update_id_ext"]
    key = given or f"{form['service_request_id']}\n{form['updated_datetime']}\n{status}\n{words}"
    return ids.from_key(partner.id, "open311 update", key)

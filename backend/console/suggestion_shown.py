"""A suggestion's page: its text, the nine steps, and the forms of those that come next."""

from typing import Any
from uuid import UUID

from litestar import Response
from msgspec import Struct

from backend.cases import offers, records, suggestions, units
from backend.cases.loop_words import FeedbackWay, ReportTo, Signatory
from backend.cases.suggestion_schemas import SignatureRecord, SuggestionRecord
from backend.console import case_labels, labels
from backend.console.pages import page
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.territory.coordinates import Crs

SIGNATORIES = {
    Signatory.COUNTY_LEADER: Term("county leader"),
    Signatory.BUREAU_HEAD: Term("head of the bureau"),
    Signatory.SUGGESTER: Term("the suggester"),
}
REPORTS = {
    ReportTo.PARTY_COMMITTEE: Term("to the party committee"),
    ReportTo.CONGRESS: Term("to the people's congress"),
    ReportTo.PUBLIC_NOTICE: Term("to everybody, by a public notice"),
}
WAYS = {
    FeedbackWay.IN_PERSON: Term("face to face"),
    FeedbackWay.POSTED_NOTICE: Term("by a posted notice (photo and place)"),
    FeedbackWay.WECHAT: Term("by WeChat (a picture of it)"),
}
MAPS = {
    Crs.GCJ02: Term("AMap, Tencent"),
    Crs.BD09: Term("Baidu"),
    Crs.WGS84: Term("GPS"),
}
NEEDS = {"signature": "signed", "text": "amended", "hearing": "heard", "report": "reported", "feedback": "fed_back"}
"""The form, and the step of a case that it takes."""

DID = {
    "signature": Term("The signature is written down."),
    "text": Term("It reads otherwise now. Signatures for the old text are void."),
    "hearing": Term("The hearing is written down."),
    "report": Term("The report is written down."),
    "feedback": Term("Written down: who asked was told."),
}


class Tried(Struct, frozen=True):
    """A form that was refused: which, why, and what had been filled in."""

    step: str = ""
    problem: str = ""
    fields: dict[str, str] = {}
    status: int = 200


async def shown(by: Actor, case_id: UUID, *, did: str = "", tried: Tried | None = None) -> Response[str]:
    """The page after `did`, or with the form that was refused. Raises CaseUnknown (404), NotASuggestion (409)."""
    one = await suggestions.get_suggestion(case_id=case_id, by=by)
    case = await records.get_case(case_id=case_id, by=by)
    may = await offers.open_to(case_id=case_id, by=by)
    forms = [form for form, step in NEEDS.items() if step in may and _fits(form, one)]
    return page(
        "suggestions/suggestion.html",
        status=tried.status if tried else 200,
        by=by,
        one=one,
        case=case,
        place=labels.place,
        stage=case_labels.state(case.state),
        signatures=[(value.value, say(name), _standing(one, value)) for value, name in SIGNATORIES.items()],
        open_signatures=[(value.value, say(name)) for value, name in SIGNATORIES.items() if not _standing(one, value)],
        open_reports=[(value.value, say(name)) for value, name in REPORTS.items() if not _report_to(one, value)],
        void=[(say(SIGNATORIES[each.signatory]), each) for each in one.signatures if not each.stands],
        reports=[(value.value, say(name), _report_to(one, value)) for value, name in REPORTS.items()],
        ways=[(value.value, say(name)) for value, name in WAYS.items()],
        way_of=lambda each: say(WAYS[each.way]),
        maps=[(value.value, say(name)) for value, name in MAPS.items()],
        forms=forms,
        units=await units.of_county(case.division.code) if "hearing" in forms else [],
        at=clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        today=clock.today(),
        id=uuid7(),
        tried=tried or Tried(),
        told=say(DID[did]) if did in DID else None,
    )


def _fits(form: str, one: SuggestionRecord) -> bool:
    """Whether the form is the next thing: one after the other, as the nine come."""
    lacks = [each.partition(".")[0] for each in one.missing]
    return {
        "signature": "signature" in lacks,
        "text": one.hearing is None,
        "hearing": "hearing" in lacks and "signature" not in lacks,
        "report": "report" in lacks and "hearing" not in lacks,
        "feedback": True,
    }[form]


def _standing(one: SuggestionRecord, signatory: Signatory) -> SignatureRecord | None:
    return next((each for each in one.signatures if each.stands and each.signatory is signatory), None)


def _report_to(one: SuggestionRecord, audience: ReportTo) -> Any:
    return next((each for each in one.reports if each.audience is audience), None)

"""Over HTTP: the nine steps of a suggestion, feedback with its proof, a look at a text before it becomes public."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from backend.cases import amending, feedback, suggestion_lists, suggestions
from backend.cases.lint import lint, redacted
from backend.cases.parameters import id_of
from backend.cases.suggestion_lists import SuggestionSummary
from backend.cases.suggestion_schemas import (
    FeedbackRecord,
    NewFeedback,
    NewHearing,
    NewReport,
    NewSignature,
    NewText,
    SuggestionRecord,
    TextChecked,
    TextToCheck,
)
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@get(
    "/case-suggestions",
    operation_id="listSuggestions",
    summary="Suggestions, each with what it lacks of the nine steps",
    description="The latest first. `open`: whether somebody still has to work on the matter itself.",
)
async def list_suggestions(
    by: SignedIn, open: FromQuery[bool | None] = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[SuggestionSummary]:
    """Those among the cases one may see."""
    return await suggestion_lists.list_suggestions(by=by, open=open, limit=limit, cursor=cursor)


@get(
    "/cases/{case_id:uuid}/suggestion",
    operation_id="getSuggestion",
    summary="A suggestion's text, its hash, and its nine steps",
    description="answered: the suggester has his reply. archived: all nine are there; the congress meets once a year.",
)
async def get_suggestion(case_id: FromPath[UUID], by: SignedIn) -> SuggestionRecord:
    """Of a case one may see."""
    return await suggestions.get_suggestion(case_id=case_id, by=by)


@post(
    "/cases/{case_id:uuid}/suggestion/text",
    operation_id="amendSuggestion",
    summary="Let a suggestion read otherwise, which voids its signatures",
    description="The timeline says why and whose signatures are void; what it said before stays in a line for staff. "
    "After the hearing the text stays. The same text again changes nothing.",
    status_code=200,
)
async def amend(
    case_id: FromPath[UUID], data: JSONBody[NewText], by: SignedIn, idempotency_key: Key = None
) -> SuggestionRecord:
    """For whoever made it: by the desk of the place, whoever opened it, or his cadre of today."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="amendSuggestion", by=by))
    return await amending.amend_suggestion(case_id=case_id, new=new, by=by)


@post(
    "/cases/{case_id:uuid}/signatures",
    operation_id="signCase",
    summary="One of three signs the text, by its hash",
    description="`text_sha256` is what getSuggestion gave with the text that he read. A text that changes voids "
    "signatures. Signing the same text again changes nothing.",
    status_code=200,
)
async def sign(
    case_id: FromPath[UUID], data: JSONBody[NewSignature], by: SignedIn, idempotency_key: Key = None
) -> SuggestionRecord:
    """Written down by the desk of the place, whoever opened it, or the unit that has it."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="signCase", by=by))
    return await suggestions.sign(case_id=case_id, new=new, by=by)


@post(
    "/cases/{case_id:uuid}/hearing",
    operation_id="holdHearing",
    summary="Committee, unit and suggester met on the spot",
    status_code=200,
)
async def hold_hearing(
    case_id: FromPath[UUID], data: JSONBody[NewHearing], by: SignedIn, idempotency_key: Key = None
) -> SuggestionRecord:
    """After the three signatures; once."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="holdHearing", by=by))
    return await suggestions.hold_hearing(case_id=case_id, new=new, by=by)


@post(
    "/cases/{case_id:uuid}/reports",
    operation_id="reportCase",
    summary="Reported to party committee, congress, or everybody",
    description="A public notice that names somebody is refused with the place of each hit, or covered with `redact`.",
    status_code=200,
)
async def report(
    case_id: FromPath[UUID], data: JSONBody[NewReport], by: SignedIn, idempotency_key: Key = None
) -> SuggestionRecord:
    """After the hearing; once to each."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="reportCase", by=by))
    return await suggestions.report(case_id=case_id, new=new, by=by)


@post(
    "/cases/{case_id:uuid}/feedback",
    operation_id="giveFeedback",
    summary="Whoever asked was told: in person, by a posted notice, by WeChat",
    description="A posted notice takes a photo and its place and names nobody; a message takes its picture. Once the "
    "matter has ended the case is answered by it.",
    responses={200: ResponseSpec(FeedbackRecord, generate_examples=False, description="Written down before")},
)
async def give_feedback(
    case_id: FromPath[UUID], data: JSONBody[NewFeedback], by: SignedIn, idempotency_key: Key = None
) -> Response[FeedbackRecord]:
    """By the unit that has it, the desk of the place, or whoever opened it."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="giveFeedback", by=by))
    outcome = await feedback.give_feedback(case_id=case_id, new=new, by=by)
    return answered(outcome)


@get("/cases/{case_id:uuid}/feedback", operation_id="listFeedback", summary="How whoever asked was told")
async def list_feedback(case_id: FromPath[UUID], by: SignedIn) -> list[FeedbackRecord]:
    """Oldest first."""
    return await feedback.list_feedback(case_id=case_id, by=by)


@post(
    "/text-checks",
    operation_id="lintText",
    summary="What in a text must not become public",
    description="Telephone, identity and bank card numbers, licence plates, also spelt out or with gaps. Places are "
    "counted in characters (code points). Nothing is stored.",
    status_code=200,
)
async def lint_text(data: JSONBody[TextToCheck], by: SignedIn) -> TextChecked:  # noqa: ARG001 - refuses strangers
    """For anybody signed in."""
    return TextChecked(hits=lint(data.text), redacted=redacted(data.text))


router = Router(
    path="/api/v1",
    route_handlers=[
        *(list_suggestions, get_suggestion, amend, sign, hold_hearing, report),
        *(give_feedback, list_feedback, lint_text),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)

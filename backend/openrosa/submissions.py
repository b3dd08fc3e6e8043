"""What came in, from whom, and what it became: one's own, and those of the territory that one oversees."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, convert

from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.statements import Conditions
from backend.kits.schemas import PublishedForm
from backend.openrosa import kept_xml
from backend.openrosa import submission_queries as queries
from backend.openrosa.catalogue import form_of, point_questions, verb_of
from backend.openrosa.kept_xml import Opened
from backend.openrosa.positions import told
from backend.openrosa.submission_refusals import SubmissionUnknown
from backend.openrosa.submission_schemas import SubmissionDetail, SubmissionRecord, SubmittedAnswer, SubmittedFile
from backend.openrosa.words import SubmissionState
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to


class SubmissionFilters(Struct, frozen=True, kw_only=True):
    """What a list asks for; None asks for all. `received_to` lies beyond the last one."""

    form_id: str | None = None
    state: SubmissionState | None = None
    sender_id: UUID | None = None
    prefix: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None


async def list_submissions(
    *, by: Actor, filters: SubmissionFilters, limit: int = 250, cursor: str | None = None
) -> Page[SubmissionRecord]:
    """The newest first."""
    rows = await queries.submissions(asked_for(filters, by), limit=limit + 1, after=position(cursor))
    return page(rows, limit, lambda each: Position(each.received_at, each.id))


def asked_for(filters: SubmissionFilters, by: Actor) -> Conditions:
    """Those of the filters that he may see."""
    asked = visible(by)
    for sql, value in (
        ("s.form_id = {}", filters.form_id),
        ("s.state = {}", filters.state),
        ("s.submitted_by = {}", filters.sender_id),
        ("s.received_at >= {}", filters.received_from),
        ("s.received_at < {}", filters.received_to),
    ):
        if value is not None:
            asked.add(sql, value)
    if filters.prefix is not None:
        asked.add(asked.under("s.division_code", [filters.prefix]))
    return asked


def visible(by: Actor) -> Conditions:
    """Of rows `s`: those that he sent, and those that lie where he oversees."""
    scope, seen = visible_to(by), Conditions()
    own = f"s.submitted_by = {seen.value(by.person_id)}"
    seen.add(f"({own} OR {seen.under('s.division_code', scope.prefixes)})" if scope.prefixes else own)
    return seen


async def seen(submission_id: UUID, by: Actor) -> SubmissionRecord:
    """One that he may see. Raises SubmissionUnknown (404)."""
    asked = visible(by).add("s.id = {}", submission_id)
    rows = await queries.submissions(asked, limit=1, after=None)
    if not rows:
        raise SubmissionUnknown("There is no submission {id} for you.", id=submission_id)
    return rows[0]


@transaction
async def get_submission(*, submission_id: UUID, by: Actor, request_id: str) -> SubmissionDetail:
    """What was sent, answer by answer, and what arrived, digest by digest. Whoever reads what another person sent is
    written down. Raises SubmissionUnknown (404)."""
    found = await seen(submission_id, by)
    opened = await kept_xml.opened(submission_id)
    form = await form_of(found.form_id, found.form_version)
    shown = None if verb_of(form).hidden else opened
    if shown is not None and found.sender.id != by.person_id:
        await note_access(
            by=by, subject_kind="submission", subject_id=submission_id, fields=["answers"], request_id=request_id
        )
    return SubmissionDetail(
        submission=found,
        xml_sha256=await queries.digest_of(submission_id),
        xml_bytes=None if opened is None else len(opened.xml),
        answers=[] if shown is None else _answers(shown, form, found),
        corrections=[] if shown is None else await kept_xml.corrections_of(submission_id, shown),
        files=[convert(dict(file), SubmittedFile) for file in await queries.files(submission_id)],
    )


def _answers(opened: Opened, form: PublishedForm, found: SubmissionRecord) -> list[SubmittedAnswer]:
    points = point_questions(form.xml)
    return [
        SubmittedAnswer(path=path, value=told(said, found.received_at) if path in points else said)
        for path, said in opened.instance().everything()
    ]

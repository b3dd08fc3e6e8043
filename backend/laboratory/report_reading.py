"""Who may read a sample's report, issue one, and how a stored one is shown."""

from typing import Any
from uuid import UUID

import msgspec

from backend.cases.schemas import PersonShown
from backend.core.refusals import Forbidden
from backend.core.settings import settings
from backend.laboratory import report_queries as queries
from backend.laboratory.report_queries import Row
from backend.laboratory.report_refusals import FindingsWithheld, LookFirst, ReportErased
from backend.laboratory.report_schemas import LabReportRecord, ReportContents
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.slips import slip_url
from backend.laboratory.visibility import LabReader, reader, reads_findings, sees
from backend.people.actors import Actor


async def readable(sample_id: UUID, by: Actor) -> tuple[Row, LabReader]:
    """The sample, if `by` may read what was found in it.

    Raises SampleUnknown (404), FindingsWithheld (403), LookFirst (409).
    """
    looking = await reader(by)
    row = await queries.head(sample_id) if await sees(looking, sample_id) else None
    if row is None:
        raise SampleUnknown
    if sample_id in looking.blind_to:
        raise LookFirst
    if not reads_findings(looking, row):
        raise FindingsWithheld
    return row, looking


async def at_its_desk(sample_id: UUID, by: Actor) -> Row:
    """The same, if `by` tests it or is an expert of its studio. Raises Forbidden (403) besides."""
    row, looking = await readable(sample_id, by)
    if row["unit"] not in looking.tests:
        raise Forbidden("This is for the technicians of its desk and the experts of its studio.")
    return row


def verify_url(number: str) -> str:
    """Where anybody checks a report. Without PUBLIC_URL it is a path."""
    return f"{settings().public_url.rstrip('/')}/t/{number}"


def pdf_url(number: str) -> str:
    """The same of its PDF, for whoever is signed in."""
    return f"{settings().public_url.rstrip('/')}/api/v1/laboratory/reports/{number}/pdf"


def stored_contents(row: Row) -> dict[str, Any] | None:
    """What was signed, member by member; None after it was erased."""
    return None if row["contents"] is None else msgspec.json.decode(row["contents"])


def shown(row: Row, *, with_slip: bool) -> LabReportRecord:
    """A stored report. Raises ReportErased (410)."""
    said = stored_contents(row)
    if said is None:
        raise ReportErased(
            "What it said was erased when its time had come; {number} can still be verified.", number=row["number"]
        )
    return LabReportRecord(
        id=row["id"],
        number=row["number"],
        sample_id=row["sample"],
        issued_at=row["issued_at"],
        issued_by=PersonShown(row["issued_by"], row["issued_by_name"]),
        contents=msgspec.convert(said, ReportContents),
        sha256=row["sha256"].hex(),
        signature=row["signature"].hex(),
        key_id=row["key_id"],
        verify_url=verify_url(row["number"]),
        pdf_url=pdf_url(row["number"]),
        slip_url=slip_url(row["sample"]) if with_slip else None,
        superseded_by=row["superseded_by_number"],
    )

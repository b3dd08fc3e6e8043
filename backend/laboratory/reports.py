"""Reports: what is known of a sample now, frozen, signed and numbered. A later one of the same sample supersedes it."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from backend.cases import numbers
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.laboratory import farmer_notices, report_reading, report_signing
from backend.laboratory import report_queries as queries
from backend.laboratory.public import public_sample, reading
from backend.laboratory.report_contents import contents
from backend.laboratory.report_policies import report_policy
from backend.laboratory.report_queries import MOST_LINES, Row
from backend.laboratory.report_refusals import NothingToReport, ReportBusy, ReportUnknown
from backend.laboratory.report_schemas import LabReportRecord, NewReportIssue, ReportVerification
from backend.laboratory.report_tables import LabReport
from backend.laboratory.words import SampleState
from backend.people.actors import Actor
from backend.people.allowances import take

PREFIX = "JC"


@transaction
async def issue(*, sample_id: UUID, new: NewReportIssue, by: Actor) -> Outcome[LabReportRecord]:
    """Issue a sample's report as it stands now, and have its farmer told; the same id again is the same report.

    By technicians of its desk and experts of its studio.

    Raises SampleUnknown (404), Forbidden, FindingsWithheld (403), NothingToReport (409) for one that nobody received,
    has no results, or only such as an overdue calibration blocks, LookFirst, DifferentArguments (409).
    """
    await report_reading.at_its_desk(sample_id, by)
    head = await queries.head(sample_id, lock=True)
    assert head is not None  # noqa: S101 - it was read just before
    report_id = new.id or ids.uuid7()
    if (stored := await queries.report_of_id(report_id)) is not None:
        return Outcome(_again(stored, sample_id), created=False)
    number = PREFIX + numbers.number_of(await queries.next_sequence())
    await _write(report_id, number, head, by)
    await queries.supersede(sample_id, report_id)
    await farmer_notices.results_are_ready(sample_id)
    written = await queries.report_of_id(report_id)
    assert written is not None  # noqa: S101
    return Outcome(report_reading.shown(written, with_slip=True), created=True)


def _again(stored: Row, sample_id: UUID) -> LabReportRecord:
    if stored["sample"] != sample_id:
        raise DifferentArguments("Report {number} is of another sample.", number=stored["number"])
    return report_reading.shown(stored, with_slip=True)


async def _write(report_id: UUID, number: str, head: Row, by: Actor) -> None:
    """Freeze it: what is stored is what is digested, signed and printed."""
    sample = await public_sample(sample_id=head["id"]) if head["state"] == SampleState.RECEIVED else None
    results = await queries.results(head["id"])
    _check(head, results)
    assert sample is not None  # noqa: S101 - it was received
    now = clock.now()
    said = contents(
        head=head,
        results=results,
        way=await queries.way(head["id"]),
        sample=sample,
        number=number,
        issued_at=now,
        issued_by=by.name,
    )
    digest = report_signing.digest_of(said)
    await LabReport.insert(
        LabReport(
            id=report_id,
            number=number,
            sample=head["id"],
            contents=msgspec.json.encode(said).decode(),
            sha256=digest,
            signature=report_signing.signature_of(digest),
            key_id=report_signing.key_id(),
            issued_at=now,
            issued_by=by.person_id,
        )
    )


def _check(head: Row, results: Sequence[Row]) -> None:
    if head["state"] != SampleState.RECEIVED:
        raise NothingToReport("Nobody received this sample, or it is another one: join it to the one that it is.")
    if not results:
        raise NothingToReport("Nothing was measured of it yet.")
    if len(results) > MOST_LINES:
        raise NothingToReport("It has more than {most} results: export them instead.", most=MOST_LINES)
    codes = [{reason.code for reason in reading(each).reasons} for each in results]
    if all("calibration_overdue" in each for each in codes):
        raise NothingToReport(
            "All it has was measured on an instrument whose calibration is overdue: calibrate it, or have somebody "
            "answer for it."
        )


async def get(*, number: str, by: Actor) -> LabReportRecord:
    """A report that `by` may read. Raises ReportUnknown (404), FindingsWithheld (403), LookFirst (409), ReportErased
    (410).
    """
    row = await _known(number)
    head, looking = await report_reading.readable(row["sample"], by)
    return report_reading.shown(row, with_slip=head["unit"] in looking.tests)


async def of_slip(*, sample_id: UUID) -> LabReportRecord | None:
    """The report that counts, for the holder of the sample's slip, at which the caller has looked. None: there is none
    yet. Raises ReportErased (410).
    """
    row = await queries.last_report(sample_id)
    return report_reading.shown(row, with_slip=True) if row else None


async def verify(*, number: str, sha256: str | None = None, address: str) -> ReportVerification:
    """What a stranger who holds a report may know of it; no finding.

    sha256    hex, as it is printed on the paper; blanks are forgiven
    address   where the question comes from: who tries one number after another is told to wait

    Raises ReportUnknown (404), ReportBusy (429). Call it outside a transaction.
    """
    wait = await take(f"report check {address}", report_policy(clock.today()).checks_per_address)
    if wait is not None:
        raise ReportBusy(wait)
    row = await _known(number)
    head = await queries.head(row["sample"])
    assert head is not None  # noqa: S101 - a report holds its sample
    said = report_reading.stored_contents(row)
    public_key = report_signing.public_key()
    kept = said is None or report_signing.digest_of(said) == row["sha256"]
    signed = report_signing.is_genuine(row["sha256"], row["signature"], public_key=public_key)
    asked = None if sha256 is None else "".join(sha256.split()).lower()
    return ReportVerification(
        number=row["number"],
        issued_at=row["issued_at"],
        studio=head["studio"],
        sample_code=head["code"],
        genuine=kept and signed,
        key_known=row["key_id"] == report_signing.key_id(),
        counts=row["superseded_by"] is None,
        superseded_by=row["superseded_by_number"],
        sha256=row["sha256"].hex(),
        signature=row["signature"].hex(),
        key_id=row["key_id"],
        public_key=public_key.hex(),
        says_the_same=None if not asked else asked == row["sha256"].hex(),
        erased=said is None,
    )


async def _known(number: str) -> Row:
    plain = numbers.plain(number).upper()
    ours = plain.startswith(PREFIX) and numbers.is_number(plain.removeprefix(PREFIX))
    row = await queries.report(plain) if ours else None
    if row is None:
        raise ReportUnknown
    return row

"""Reports over HTTP: issued and read by the desk, verified by anybody who holds one."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.addresses import base_url
from backend.core.creates import Key, answered
from backend.core.peers import address_of
from backend.laboratory import report_pdf, report_signing, reports
from backend.laboratory.report_schemas import (
    LabReportRecord,
    NewReportIssue,
    ReportVerification,
    SigningKey,
)
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Number = Annotated[str, PathParameter(description="JC and twelve digits; blanks are forgiven", max_length=40)]
Checked = Annotated[str, PathParameter(description="JC and twelve digits; blanks are forgiven")]
"""Of any length: a mistyped number has the answer of an unknown one."""
Digest = Annotated[str | None, QueryParameter(description="hex, as it is printed on the paper", max_length=200)]
PRIVATE = {"Cache-Control": "no-store"}


@post(
    "/laboratory/samples/{sample_id:uuid}/reports",
    operation_id="issueReport",
    summary="Issue a sample's report as it stands now",
    description="Frozen, signed and numbered; a later one of the same sample supersedes it, and its page says so. "
    "By technicians of its desk and experts of its studio. Nothing is issued without a result, for a sample that "
    "nobody received, or where an overdue calibration blocks every verdict.",
    responses={200: ResponseSpec(LabReportRecord, generate_examples=False, description="Issued before")},
)
async def issue_report(
    sample_id: FromPath[UUID], data: JSONBody[NewReportIssue], by: SignedIn, idempotency_key: Key = None
) -> Response[LabReportRecord]:
    """In Chinese, whoever issues it."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="issueReport", by=by))
    return answered(await reports.issue(sample_id=sample_id, new=new, by=by), PRIVATE)


@get(
    "/laboratory/reports/{number:str}",
    operation_id="getReport",
    summary="A report, as it was issued",
    description="`Accept: application/pdf` gives the sheet. Whoever may not read what was found in the sample may not "
    "read its report.",
    responses={
        200: ResponseSpec(LabReportRecord, generate_examples=False, description="JSON, or the PDF where that is asked")
    },
)
async def get_report(number: Number, by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Also one that was superseded."""
    report = await reports.get(number=number, by=by)
    if (
        request.accept.best_match(["application/json", "application/pdf"], default="application/json")
        == "application/pdf"
    ):
        return await sheet_of(report, request)
    return Response(report, headers={**PRIVATE, "Vary": "Accept"})


@get(
    "/laboratory/reports/{number:str}/pdf",
    operation_id="getReportPdf",
    summary="A report's sheet to print or to send on",
    media_type="application/pdf",
)
async def get_report_pdf(number: Number, by: SignedIn, request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same as getReport's PDF, at an address of its own."""
    return await sheet_of(await reports.get(number=number, by=by), request)


async def sheet_of(report: LabReportRecord, request: Request[Any, Any, Any]) -> Response[bytes]:
    """The PDF of a report that the caller has looked at; the farmer's page answers with it too."""
    content = await report_pdf.pdf(report, address=base_url(request))
    named = {"Content-Disposition": f'inline; filename="{report.number}.pdf"'}
    return Response(content, media_type="application/pdf", headers={**PRIVATE, **named, "Vary": "Accept"})


@get(
    "/laboratory/reports/{number:str}/verification",
    operation_id="verifyReport",
    summary="Whether a report is ours, and whether it still counts",
    description="No sign-in, and no finding. With `sha256` from the paper also whether it says the same as what was "
    "issued. With the report's `contents` anybody checks by himself: SHA-256 of its canonical JSON (RFC 8785), and "
    "Ed25519 of these 32 bytes under the key of getSigningKey. A number that is mistyped or was never issued gets "
    "one and the same 404; who tries one after another is told to wait.",
)
async def verify_report(request: Request[Any, Any, Any], number: Checked, sha256: Digest = None) -> ReportVerification:
    """For whoever holds the paper."""
    return await reports.verify(number=number, sha256=sha256, address=address_of(request))


@get("/laboratory/signing-key", operation_id="getSigningKey", summary="The key that reports are signed by")
async def get_signing_key() -> SigningKey:
    """It changes only with the server's secret."""
    return SigningKey(
        key_id=report_signing.key_id(),
        public_key=report_signing.public_key().hex(),
        algorithm="Ed25519 (RFC 8032)",
        signs="the 32 bytes of SHA-256 over `contents` as canonical JSON (RFC 8785)",
    )


router = Router(
    path="/api/v1",
    route_handlers=[issue_report, get_report, get_report_pdf],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
public_router = Router(path="/api/v1", route_handlers=[verify_report, get_signing_key], tags=["laboratory"])

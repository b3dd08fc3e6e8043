"""A visit as an answer: with its version as ETag."""

from litestar import Response
from litestar.datastructures import ResponseHeader

from backend.visits.schemas import VisitRecord

ETAG = ResponseHeader(
    name="ETag", description="The version in quotes; send it back as If-Match", documentation_only=True
)


def shown(record: VisitRecord, status_code: int) -> Response[VisitRecord]:
    """201 says where it is."""
    headers = {"ETag": f'"{record.version}"'}
    if status_code == 201:
        headers["Location"] = f"/api/v1/visits/{record.id}"
    return Response(record, status_code=status_code, headers=headers)

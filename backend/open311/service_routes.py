"""What this endpoint is, and what may be asked for here."""

from litestar import Response, get
from litestar.params import FromPath

from backend.core.addresses import base_url
from backend.core.words import say
from backend.open311 import requests, services
from backend.open311.both_formats import Anything, Jurisdiction, both, name_of
from backend.open311.formats import answer
from backend.open311.reference import changed_on

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@both(
    get,
    "/discovery",
    "Discovery",
    summary="What this endpoint is and speaks",
)
async def discovery(request: Anything) -> Response[bytes]:
    """Service discovery."""
    changeset = changed_on().isoformat()
    root = base_url(request)
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{root}/open311/v2",
        "changeset": changeset,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    found = {
        "changeset": changeset,
        "contact": say("Ask the administrator of this server; the guide is at {url}.", url=f"{root}/docs"),
        "key_service": say("Keys are given by the administrator of the county whose matters you will send."),
        "endpoints": [endpoint],
    }
    return answer(request, "discovery", found)


@both(get, "/services", "ListServices", summary="What may be asked for")
async def list_services(request: Anything, jurisdiction: Jurisdiction = "") -> Response[bytes]:
    """The categories of cases."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "services", await services.list_services())


@get("/services/{service_file:str}", operation_id="open311GetService", summary="What a service asks beside the words")
async def get_service(
    request: Anything, service_file: FromPath[str], jurisdiction: Jurisdiction = ""
) -> Response[bytes]:
    """The service's code with .json or .xml."""
    await requests.prefixes_of(jurisdiction)
    return answer(request, "service_definition", await services.service_definition(name_of(service_file)))

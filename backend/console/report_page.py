"""/t/{number}: whether a report is genuine, for whoever was shown one. No finding, no name, no script.

GET /t/{number}?sha256=…   the digest on the paper is compared with ours
"""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, QueryParameter

from backend.console.pages import page
from backend.console.slip_page import PRIVATE, refused
from backend.console.slip_shown import number_said
from backend.core.peers import address_of
from backend.core.refusals import Refusal
from backend.laboratory import reports

Digest = Annotated[str, QueryParameter(max_length=200)]
Big = Annotated[str, QueryParameter(max_length=1)]


@get("/{number:str}", include_in_schema=False)
async def show_report(
    request: Request[Any, Any, Any], number: FromPath[str], sha256: Digest = "", big: Big = ""
) -> Response[str]:
    """What a stranger may know of it."""
    found = await reports.verify(number=number, sha256=sha256 or None, address=address_of(request))
    answer = page("report_page/report.html", found=found, number_said=number_said, sha256=sha256, big=big)
    answer.headers.update(PRIVATE)
    return answer


router = Router(path="/t", route_handlers=[show_report], exception_handlers={Refusal: refused})

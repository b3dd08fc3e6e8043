"""What a page says when a room refuses: the way to sign in, or the reason on a page with a way on."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect

from backend.console.pages import page
from backend.core.problems import problem
from backend.core.refusals import Refusal, SignInNeeded
from backend.core.words import say
from backend.people.guards import no_session_cookie


def to_sign_in(request: Request[Any, Any, Any], _: SignInNeeded) -> Response[Any]:
    """Nobody is signed in: the sign-in page, and back here afterwards."""
    wanted = request.url.path if request.method == "GET" else "/console/today"
    return Redirect(f"/console/sign-in?next={quote(wanted)}", status_code=303, cookies=[no_session_cookie()])


def shown(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """The refusal as a page, with its own status."""
    return page("problem.html", status=refusal.status, title=say(refusal.title), detail=told(refusal))


def told(refusal: Refusal) -> str:
    """A refusal in a sentence or two, its fields included, for a page that stays open."""
    said = problem(refusal)
    return " ".join([said["detail"], *(error["detail"] for error in said.get("errors", []))])


HANDLERS = {SignInNeeded: to_sign_in, Refusal: shown}

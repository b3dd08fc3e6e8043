"""/console/sign-in: phone and password, the first sign-in by a one-time link, and signing out."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from backend.console.pages import page
from backend.console.refused import told
from backend.core.refusals import Refusal
from backend.people import one_time_links, sessions
from backend.people.guards import must_be_same_origin, no_session_cookie, session_cookie


class SignInForm(Struct, forbid_unknown_fields=True):
    """What the form sends."""

    phone: str
    password: str
    next: str = ""


class PasswordForm(Struct, forbid_unknown_fields=True):
    """What the first-sign-in form sends."""

    password: str


@get("/sign-in", include_in_schema=False)
async def show_sign_in(next: FromQuery[str] = "") -> Response[str]:
    """The form."""
    return page("sign_in/form.html", problem=None, phone="", next=_own_path(next))


@post("/sign-in", include_in_schema=False, status_code=200)
async def sign_in(
    request: Request[Any, Any, Any], data: Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Signed in: on to where he wanted to go. Not: the form again, with the reason."""
    must_be_same_origin(request)
    try:
        session = await sessions.open_session(phone=data.phone, password=data.password)
    except Refusal as refusal:
        sentence = told(refusal)
        return page(
            "sign_in/form.html", status=refusal.status, problem=sentence, phone=data.phone, next=_own_path(data.next)
        )
    return Redirect(_own_path(data.next), status_code=303, cookies=[session_cookie(session)])


@post("/sign-out", include_in_schema=False, status_code=303)
async def sign_out(request: Request[Any, Any, Any]) -> Redirect:
    """The cookie goes; other devices stay signed in."""
    must_be_same_origin(request)
    return Redirect("/console/sign-in", status_code=303, cookies=[no_session_cookie()])


@get("/first-sign-in/{token:str}", include_in_schema=False)
async def show_first_sign_in(token: FromPath[str]) -> Response[str]:
    """The form for a first password. Looking at it uses nothing up: WeChat looks at every link before people do."""
    try:
        await one_time_links.show_one_time_link(token=token)
    except Refusal as refusal:
        return page("sign_in/first.html", status=refusal.status, problem=told(refusal))
    return page("sign_in/first.html", problem=None)


@post("/first-sign-in/{token:str}", include_in_schema=False, status_code=200)
async def first_sign_in(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    data: Annotated[PasswordForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """The password is set and the link used up; sign in with it."""
    must_be_same_origin(request)
    try:
        await one_time_links.use_one_time_link(token=token, password=data.password)
    except Refusal as refusal:
        sentence = told(refusal)
        return page("sign_in/first.html", status=refusal.status, problem=sentence)
    return Redirect("/console/sign-in", status_code=303)


def _own_path(path: str) -> str:
    """Only a path of the console: no other site's address gets in through `next`."""
    return path if path.startswith("/console/") and "//" not in path and "\\" not in path else "/console/today"


router = Router(path="/console", route_handlers=[show_sign_in, sign_in, sign_out, show_first_sign_in, first_sign_in])

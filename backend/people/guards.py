"""Who is asking: the dependency `by` of every route that needs somebody signed in."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from backend.core.refusals import SignInNeeded
from backend.core.settings import settings
from backend.people.actors import Actor
from backend.people.refusals import CrossSite
from backend.people.sessions import SessionToken, actor_of_access_token
from backend.people.tokens import Kind

SESSION_COOKIE = "lianxin_session"

SignedIn = NamedDependency[SkipValidation[Actor]]
"""The type of a handler's `by`: `async def who_am_i(by: SignedIn) -> Me`."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def signed_in(request: Request[Any, Any, Any]) -> Actor:
    """The actor behind `Authorization: Bearer` or the console's cookie. Raises SignInNeeded (401), CrossSite (403)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await actor_of_access_token(token.strip())
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        raise SignInNeeded("Send an access token as Authorization: Bearer, or sign in on the page.")
    if request.method not in _SAFE:
        must_be_same_origin(request)
    return await actor_of_access_token(cookie, kind=Kind.SESSION)


def must_be_same_origin(request: Request[Any, Any, Any]) -> None:
    """Refuse what another site's page makes a browser send. Raises CrossSite (403).

    Sec-Fetch-Site says it in every browser since 2023; older ones send Origin with unsafe methods. With neither, no.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if not origin or origin not in {request.headers.get("host"), urlsplit(settings().public_url).netloc}:
        raise CrossSite


def session_cookie(session: SessionToken) -> Cookie:
    """The cookie that keeps a browser signed in: not readable by scripts, not sent by other sites' forms."""
    return _cookie(session.token, int(session.valid_for.total_seconds()))


def no_session_cookie() -> Cookie:
    """The cookie that takes the other away."""
    return _cookie("", 0)


def _cookie(value: str, max_age_s: int) -> Cookie:
    secure = settings().public_url.startswith("https://")
    return Cookie(
        SESSION_COOKIE, value=value, max_age=max_age_s, path="/", httponly=True, samesite="lax", secure=secure
    )


NEEDS_SIGN_IN = {"by": Provide(signed_in)}
"""For a Router's `dependencies`."""

"""Asking the server, and the three ways in which it may not do what was asked."""

from typing import Any

import httpx

LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Nothing is wrong with what was sent: send it again, later."""


class NotNow(Exception):
    """No answer, or one that says: later. Everything stays as it is. `after_s`: not before that many seconds."""

    def __init__(self, why: str, after_s: int | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


class SignInNeeded(Exception):
    """This person's session is over: ask for the password. What waits goes on waiting."""


class Refused(Exception):
    """It will be refused again as it is. `problem`: RFC 9457; show `detail`, decide by `code`."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("code", status))
        self.status, self.problem = status, problem


class Server:
    """The server as one person reaches it. `auth` adds his token and gets him the next one (`signing_in.Tokens`)."""

    def __init__(self, http: httpx.Client, auth: httpx.Auth | None = None) -> None:
        self._http, self._auth = http, auth

    def ask(self, method: str, address: str, **sent: Any) -> httpx.Response:
        """An answer that is a success. Raises NotNow, SignInNeeded, Refused."""
        try:
            answer = self._http.request(method, address, auth=self._auth, **sent)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise NotNow(str(error)) from error
        if answer.status_code in LATER or not (_is_from_us(answer) and _is_whole(answer)):
            wait = answer.headers.get("Retry-After", "")
            raise NotNow(f"{answer.status_code}", int(wait) if wait.isdecimal() else None)
        if answer.is_success:
            return answer
        if answer.status_code == 401 and self._auth:
            raise SignInNeeded
        raise Refused(answer.status_code, answer.json() if answer.content else {})


def _is_from_us(answer: httpx.Response) -> bool:
    """A network that wants to be paid first answers 200 or 302 with a page of its own: nothing of ours was done."""
    if answer.request.method == "HEAD" or answer.status_code == 204:
        return not answer.is_redirect
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    return kind in ("application/json", "application/problem+json") or "Tus-Resumable" in answer.headers


def _is_whole(answer: httpx.Response) -> bool:
    """A proxy that closes too early passes off half an answer as one: half a JSON is none."""
    if answer.request.method == "HEAD" or "json" not in answer.headers.get("Content-Type", ""):
        return True
    try:
        answer.json()
    except ValueError:
        return False
    return True

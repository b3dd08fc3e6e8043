"""Saying no: a refusal carries its status, a code that never changes meaning, and facts as fields.

Rooms subclass `Refusal`; routes catch nothing; `core.problems` writes it as RFC 9457 in the reader's language.
No personal data in a message. Messages are gettext msgids in English; named facts fill them in after translation.
"""

from typing import Any

import msgspec


class Refusal(Exception):
    """One refusal. `detail` is an English msgid with {named} places that `facts` fill in."""

    status: int = 400
    code: str = "core/refused"
    title: str = "Request refused"
    retry_after_s: int | None = None

    def __init__(self, detail: str = "", *, errors: "list[FieldError] | None" = None, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts
        self.errors = errors or []


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field. `pointer` is RFC 6901 into the body, or the parameter's name; `detail` an English
    msgid with {named} places that `facts` fill in."""

    pointer: str
    detail: str
    code: str = "invalid"
    facts: dict[str, Any] = {}


class Invalid(Refusal):
    """The request can be read but says something that cannot be so; `errors` names each field."""

    status, code, title = 400, "core/invalid", "The request has mistakes"


class SignInNeeded(Refusal):
    """Nobody is signed in, or the token no longer counts."""

    status, code, title = 401, "core/sign-in-needed", "Sign in first"


class Forbidden(Refusal):
    """Signed in, but this role may not do that."""

    status, code, title = 403, "core/forbidden", "Not yours to do"


class Unknown(Refusal):
    """No such thing, or none that this person may see: the same answer, so that nothing leaks."""

    status, code, title = 404, "core/unknown", "Not found"


class DifferentArguments(Refusal):
    """The same id came before with other content; the first one stays."""

    status, code, title = 409, "core/different-arguments", "This id already stands for something else"


class TooLarge(Refusal):
    """The body is over the limit."""

    status, code, title = 413, "core/too-large", "Too large"

"""What every address shares that takes signed posts from another system (`core.post_signatures`): headers and guide."""

from dataclasses import dataclass
from typing import Annotated

from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import HeaderParameter

MessageId = Annotated[str, HeaderParameter(name="webhook-id", description="the same at every try of one message")]
Timestamp = Annotated[str, HeaderParameter(name="webhook-timestamp", description="seconds since 1970 of this try")]
Signature = Annotated[
    str,
    HeaderParameter(name="webhook-signature", description="v1,base64(HMAC-SHA256(secret, '{id}.{timestamp}.{body}'))"),
]
"""Empty where a route's default is: the signature then does not hold."""

SCHEME = "Standard Webhooks: three headers, at most five minutes from our clock."
REFUSED = (
    "401 `{code}` says in `reason` which of signature and clock does not hold. Fields that are not listed are refused."
)
AGAIN = "Try again on 5xx, with the same webhook-id and a new timestamp."


def description(said: str, *, code: str) -> str:
    """For the guide: the scheme, what this address does, and when to try again."""
    return " ".join((SCHEME, said, REFUSED.format(code=code), AGAIN))


def takes(body: Schema) -> type[Operation]:
    """The operation of a route that reads its body as bytes, because these were signed: the guide tells its shape."""

    @dataclass  # without it, Litestar's dataclass does not call __post_init__
    class SignedPost(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=body)}, required=True)

    return SignedPost
